package localhub

import (
	"bytes"
	"html"
	"html/template"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// markdown renders a comment. Of HTML it lets through a few harmless tags without attributes, as GitHub does of more.
// replaced are the lines that a suggestion block in it would replace.
func markdown(text string, replaced []string) template.HTML {
	gm := goldmark.New(
		goldmark.WithExtensions(extension.GFM),
		goldmark.WithRendererOptions(
			gmhtml.WithHardWraps(),
			renderer.WithNodeRenderers(util.Prioritized(&commentRenderer{replaced: replaced}, 1)),
		),
	)
	var b bytes.Buffer
	if err := gm.Convert([]byte(text), &b); err != nil {
		return template.HTML("<pre>" + html.EscapeString(text) + "</pre>")
	}
	return template.HTML(b.String())
}

// commentRenderer draws what differs from plain Markdown: HTML and suggestion blocks.
type commentRenderer struct{ replaced []string }

// RegisterFuncs implements goldmark's renderer.NodeRenderer.
func (r *commentRenderer) RegisterFuncs(register renderer.NodeRendererFuncRegisterer) {
	register.Register(ast.KindHTMLBlock, r.htmlBlock)
	register.Register(ast.KindRawHTML, r.rawHTML)
	register.Register(ast.KindFencedCodeBlock, r.fence)
	register.Register(ast.KindImage, r.image)
}

var (
	tag      = regexp.MustCompile(`<!--[\s\S]*?-->|</?[a-zA-Z][^<>]*>`)
	harmless = regexp.MustCompile(`^</?(details|summary|sub|sup|kbd|b|i|em|strong|code|br)( open)?\s*/?>$`)
)

// clean keeps harmless tags, drops others and comments, and escapes the text between.
func clean(raw string) string {
	var b strings.Builder
	last := 0
	for _, at := range tag.FindAllStringIndex(raw, -1) {
		b.WriteString(html.EscapeString(html.UnescapeString(raw[last:at[0]])))
		if found := raw[at[0]:at[1]]; harmless.MatchString(found) {
			b.WriteString(found)
		}
		last = at[1]
	}
	b.WriteString(html.EscapeString(html.UnescapeString(raw[last:])))
	return b.String()
}

func (r *commentRenderer) htmlBlock(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	block, ok := node.(*ast.HTMLBlock)
	if !ok || !entering {
		return ast.WalkContinue, nil
	}
	var raw strings.Builder
	for i := range block.Lines().Len() {
		line := block.Lines().At(i)
		raw.Write(line.Value(source))
	}
	if block.HasClosure() {
		raw.Write(block.ClosureLine.Value(source))
	}
	_, err := w.WriteString(clean(raw.String()))
	return ast.WalkContinue, err
}

func (r *commentRenderer) rawHTML(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	inline, ok := node.(*ast.RawHTML)
	if !ok || !entering {
		return ast.WalkSkipChildren, nil
	}
	_, err := w.WriteString(clean(string(inline.Segments.Value(source))))
	return ast.WalkSkipChildren, err
}

// image shows the text of an image. Nothing is fetched from elsewhere.
func (r *commentRenderer) image(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, err := w.WriteString("<em>")
		return ast.WalkContinue, err
	}
	_, err := w.WriteString("</em>")
	return ast.WalkContinue, err
}

func (r *commentRenderer) fence(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	block, ok := node.(*ast.FencedCodeBlock)
	if !ok || !entering {
		return ast.WalkContinue, nil
	}
	var lines []string
	for i := range block.Lines().Len() {
		line := block.Lines().At(i)
		lines = append(lines, strings.TrimRight(string(line.Value(source)), "\r\n"))
	}
	var b strings.Builder
	if string(block.Language(source)) == "suggestion" {
		r.suggestion(&b, lines)
	} else {
		b.WriteString("<pre><code>" + html.EscapeString(strings.Join(lines, "\n")) + "</code></pre>\n")
	}
	_, err := w.WriteString(b.String())
	return ast.WalkContinue, err
}

// suggestion draws the change that the block proposes.
func (r *commentRenderer) suggestion(b *strings.Builder, lines []string) {
	b.WriteString(`<div class="suggestion"><div class="suggestion-title">Suggested change</div><table class="diff">`)
	row := func(class, sign, text string) {
		b.WriteString(`<tr class="` + class + `"><td class="sign">` + sign + `</td><td class="text">` + html.EscapeString(text) + "</td></tr>")
	}
	for _, line := range r.replaced {
		row("deleted", "-", line)
	}
	for _, line := range lines {
		row("added", "+", line)
	}
	b.WriteString("</table></div>\n")
}
