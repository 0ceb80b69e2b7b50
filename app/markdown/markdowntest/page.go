// Package markdowntest reads finished Markdown as GitHub and a browser would, with a parser that Assay did not write.
// Only tests use it.
package markdowntest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	xhtml "golang.org/x/net/html"
)

// Page is what a browser makes of a piece of Markdown.
type Page struct {
	Elements []string // names in document order; "comment" for one of HTML
	Prose    string   // the text outside of code and links, where GitHub looks for mentions and references
	Code     []string // the text of each piece of code
	Links    []string // where links and images point
}

// Render reads GitHub-flavoured Markdown, HTML and all.
func Render(source string) (Page, error) {
	md := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
	var out strings.Builder
	if err := md.Convert([]byte(source), &out); err != nil {
		return Page{}, fmt.Errorf("render Markdown: %w", err)
	}
	root, err := xhtml.Parse(strings.NewReader(out.String()))
	if err != nil {
		return Page{}, fmt.Errorf("read rendered Markdown: %w", err)
	}
	var p Page
	p.read(root, false)
	return p, nil
}

func (p *Page) read(n *xhtml.Node, quiet bool) {
	switch n.Type {
	case xhtml.TextNode:
		if !quiet {
			p.Prose += n.Data
		}
	case xhtml.CommentNode:
		p.Elements = append(p.Elements, "comment")
	case xhtml.ElementNode:
		if !slices.Contains([]string{"html", "head", "body"}, n.Data) {
			p.Elements = append(p.Elements, n.Data)
		}
		if n.Data == "code" {
			p.Code = append(p.Code, textOf(n))
		}
		for _, a := range n.Attr {
			if a.Key == "href" || a.Key == "src" {
				p.Links = append(p.Links, a.Val)
			}
		}
		quiet = quiet || n.Data == "code" || n.Data == "a"
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.read(c, quiet)
	}
}

func textOf(n *xhtml.Node) string {
	if n.Type == xhtml.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return b.String()
}

// acts are what GitHub makes of the text of a finished page, outside of code and links.
var acts = map[string]*regexp.Regexp{
	"a mention":           regexp.MustCompile(`@[A-Za-z0-9]`),
	"an issue":            regexp.MustCompile(`#[0-9]`),
	"an issue by GH-":     regexp.MustCompile(`(?i)gh-[0-9]`),
	"a commit":            regexp.MustCompile(`(?i)[0-9a-f]{7}`),
	"an address":          regexp.MustCompile(`(?i)[a-z]://|www\.[a-z0-9]`),
	"an emoji":            regexp.MustCompile(`:[A-Za-z0-9_+-]+:`),
	"an unseen character": regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f-\x9f\x{ad}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}\x{e0000}-\x{e0fff}]`),
}

// Acts are the things in the page's text that GitHub would turn into something else, or a reader would not see.
func (p *Page) Acts() []string {
	var found []string
	for what, pattern := range acts {
		if text := pattern.FindString(p.Prose); text != "" {
			found = append(found, fmt.Sprintf("%s: %q", what, text))
		}
	}
	slices.Sort(found)
	return found
}
