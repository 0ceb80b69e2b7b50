package markdown

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	xhtml "golang.org/x/net/html"
)

// page is what a browser would make of a piece of Markdown, by a parser that we did not write.
type page struct {
	elements []string // names in document order
	prose    string   // the text outside of code and links, where GitHub looks for mentions and references
	code     []string // the text of each code element
	links    []string
}

func render(t *testing.T, text Block) page {
	t.Helper()
	md := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote),
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
	var out strings.Builder
	if err := md.Convert([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	root, err := xhtml.Parse(strings.NewReader(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	var p page
	p.read(root, false)
	return p
}

func (p *page) read(n *xhtml.Node, quiet bool) {
	switch n.Type {
	case xhtml.TextNode:
		if !quiet {
			p.prose += n.Data
		}
	case xhtml.CommentNode:
		p.elements = append(p.elements, "comment")
	case xhtml.ElementNode:
		switch n.Data {
		case "html", "head", "body":
		default:
			p.elements = append(p.elements, n.Data)
		}
		switch n.Data {
		case "code":
			quiet = true
			p.code = append(p.code, text(n))
		case "a":
			quiet = true
			for _, a := range n.Attr {
				p.links = append(p.links, a.Val)
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.read(c, quiet)
	}
}

func text(n *xhtml.Node) string {
	if n.Type == xhtml.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(text(c))
	}
	return b.String()
}

// acts are what GitHub makes of the text of a finished page, outside of code.
var acts = map[string]*regexp.Regexp{
	"a mention":           regexp.MustCompile(`@[A-Za-z0-9]`),
	"an issue":            regexp.MustCompile(`#[0-9]`),
	"an issue by GH-":     regexp.MustCompile(`(?i)gh-[0-9]`),
	"a commit":            regexp.MustCompile(`(?i)[0-9a-f]{7}`),
	"an address":          regexp.MustCompile(`(?i)[a-z]://|www\.[a-z0-9]`),
	"an emoji":            regexp.MustCompile(`:[A-Za-z0-9_+-]+:`),
	"an unseen character": regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f-\x9f\x{ad}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}\x{e0000}-\x{e0fff}]`),
}

// unbroken is text of a page without what we put in to stop GitHub from acting on it, and with white space folded.
func unbroken(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u200b", "")), " ")
}

// inert checks that a page shows exactly the expected text, in the expected elements, and that GitHub finds nothing in
// it to act on. Elements that GitHub's parser may add or leave out without effect are given in pairs by the caller.
func inert(t *testing.T, source Block, want page) {
	t.Helper()
	got := render(t, source)
	got.elements = slices.DeleteFunc(got.elements, func(e string) bool { return e == "span" })
	if !slices.Equal(got.elements, want.elements) {
		t.Errorf("the page has the elements %q, want %q\n%s", got.elements, want.elements, source)
	}
	if a, b := unbroken(got.prose), unbroken(want.prose); a != b {
		t.Errorf("the page reads\n%q, want\n%q\n%s", a, b, source)
	}
	if !slices.Equal(got.code, want.code) {
		t.Errorf("the page has the code %q, want %q\n%s", got.code, want.code, source)
	}
	if !slices.Equal(got.links, want.links) {
		t.Errorf("the page has the links %q, want %q\n%s", got.links, want.links, source)
	}
	for what, pattern := range acts {
		if found := pattern.FindString(got.prose); found != "" {
			t.Errorf("GitHub would see %s: %q\n%s", what, found, source)
		}
	}
	for line := range strings.SplitSeq(string(source), "\n") {
		if len(want.code) == 0 && strings.HasPrefix(line, "/") {
			t.Errorf("a line begins with a command: %q", line)
		}
	}
}
