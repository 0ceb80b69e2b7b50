package markdown

import (
	"slices"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/markdown/markdowntest"
)

func TestGuidanceShowsAddressesAndQuotesAsCode(t *testing.T) {
	tests := map[string]struct {
		text string
		want Block
	}{
		"an address can be copied":                      {"Revoke it at https://example.org/keys and wait.", "Revoke it at `https://example.org/keys` and wait."},
		"the full stop after it is not part of it":      {"See https://example.org/a.b.", "See `https://example.org/a.b`."},
		"a quoted piece is code":                        {"Run `make docs` (see `docs`).", "Run `make docs` (see `docs`)."},
		"text beside it is escaped":                     {"*a* `b` <c>", "&#42;a&#42; `b` &lt;c&gt;"},
		"a backtick without its partner is text":        {"a ` b", "a &#96; b"},
		"code that touches a word stays text":           {"x`y`z", "x&#96;y&#96;z"},
		"code that touches code stays text":             {"`a``b`", "&#96;a&#96;&#96;b&#96;"},
		"lines and paragraphs stay":                     {"a\nb\n\n`c`", "a\nb\n\n`c`"},
		"a line that begins with a mark begins no list": {"- a `b`", "&#45; a `b`"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Guidance(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// FuzzGuidance: whatever the text, the page has paragraphs and code, and links nowhere.
func FuzzGuidance(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
		f.Add("see `" + s + "` at https://example.org/" + s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 4<<10 {
			return
		}
		page, err := markdowntest.Render(string(Guidance(s)))
		if err != nil {
			t.Fatal(err)
		}
		for _, element := range page.Elements {
			if !slices.Contains([]string{"p", "code", "span"}, element) {
				t.Fatalf("%q became <%s>: %q", s, element, Guidance(s))
			}
		}
		if len(page.Links) > 0 {
			t.Fatalf("%q links to %q", s, page.Links)
		}
		for _, mark := range []string{"@", "#"} {
			for i := strings.Index(page.Prose, mark); i >= 0 && i+1 < len(page.Prose); {
				if !strings.HasPrefix(page.Prose[i+1:], "\u200b") {
					t.Fatalf("%q leaves %q unbroken in %q", s, mark, page.Prose)
				}
				next := strings.Index(page.Prose[i+1:], mark)
				if next < 0 {
					break
				}
				i += 1 + next
			}
		}
	})
}
