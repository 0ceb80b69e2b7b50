package glob

import (
	"testing"

	"github.com/assay-app/assay/checks"
)

func TestMatch(t *testing.T) {
	tests := map[string]struct {
		pattern string
		yes, no []checks.Path
	}{
		"a name matches at any depth":         {"CLAUDE.md", []checks.Path{"CLAUDE.md", "a/b/CLAUDE.md", "claude.md"}, []checks.Path{"NOTCLAUDE.md", "CLAUDE.md/x", "CLAUDExmd"}},
		"a star stays within a name":          {"*.mdc", []checks.Path{"a.mdc", "x/.mdc"}, []checks.Path{"a.mdcx", "a.mdc/b"}},
		"a folder's files match at any depth": {".cursor/rules/**", []checks.Path{".cursor/rules/a", "p/.cursor/rules/b/c"}, []checks.Path{"x.cursor/rules/a", ".cursor/rulesa"}},
		"two stars in the middle match none":  {"a/**/b", []checks.Path{"a/b", "a/x/y/b"}, []checks.Path{"a/xb"}},
		"a question mark is one byte":         {"a?c", []checks.Path{"abc"}, []checks.Path{"a/c", "ac"}},
		"a newline is an ordinary byte":       {"docs/**", []checks.Path{"docs/a\nb"}, nil},
		"bytes that are not UTF-8 are bytes":  {"*.md", []checks.Path{"\xff.md"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set, err := NewSet([]string{test.pattern})
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range test.yes {
				if !set.Match(path) {
					t.Errorf("%s does not match %q", test.pattern, string(path))
				}
			}
			for _, path := range test.no {
				if set.Match(path) {
					t.Errorf("%s matches %q", test.pattern, string(path))
				}
			}
		})
	}
	if set, err := NewSet(nil); err != nil || set.Match("a") {
		t.Error("no patterns match something")
	}
	if _, err := NewSet([]string{"a", "/"}); err == nil {
		t.Error("an empty pattern is no error")
	}
}
