package markdown

import (
	"slices"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/markdown/markdowntest"
)

func render(t *testing.T, text Block) markdowntest.Page {
	t.Helper()
	page, err := markdowntest.Render(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// page is what is expected of one.
type page struct {
	elements []string
	prose    string
	code     []string
	links    []string
}

// unbroken is text of a page without what we put in to stop GitHub from acting on it, and with white space folded.
func unbroken(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u200b", "")), " ")
}

// inert checks that a page shows exactly the expected text, in the expected elements, and that GitHub finds nothing in
// it to act on.
func inert(t *testing.T, source Block, want page) {
	t.Helper()
	got := render(t, source)
	elements := slices.DeleteFunc(got.Elements, func(e string) bool { return e == "span" }) // around dollars
	if !slices.Equal(elements, want.elements) {
		t.Errorf("the page has the elements %q, want %q\n%s", elements, want.elements, source)
	}
	if a, b := unbroken(got.Prose), unbroken(want.prose); a != b {
		t.Errorf("the page reads\n%q, want\n%q\n%s", a, b, source)
	}
	if !slices.Equal(got.Code, want.code) {
		t.Errorf("the page has the code %q, want %q\n%s", got.Code, want.code, source)
	}
	if !slices.Equal(got.Links, want.links) {
		t.Errorf("the page has the links %q, want %q\n%s", got.Links, want.links, source)
	}
	for _, act := range got.Acts() {
		t.Errorf("GitHub would see %s\n%s", act, source)
	}
	for line := range strings.SplitSeq(string(source), "\n") {
		if len(want.code) == 0 && strings.HasPrefix(line, "/") {
			t.Errorf("a line begins with a command: %q", line)
		}
	}
}
