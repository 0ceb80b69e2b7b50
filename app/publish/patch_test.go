package publish

import (
	"slices"
	"strings"
	"testing"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
	"github.com/google/go-cmp/cmp"
)

func TestParsePatch(t *testing.T) {
	type lines struct {
		First int
		Lines string // joined by "|", added ones with a plus
	}
	tests := map[string]struct {
		patch string
		want  []lines
		bad   bool
	}{
		"a changed line with context":         {"@@ -1,3 +1,3 @@ func f\n a\n-b\n+B\n c", []lines{{1, "a|+B|c"}}, false},
		"a new file":                          {"@@ -0,0 +1,2 @@\n+a\n+b", []lines{{1, "+a|+b"}}, false},
		"a new file of one line":              {"@@ -0,0 +1 @@\n+a\n\\ No newline at end of file", []lines{{1, "+a"}}, false},
		"a deleted file has no lines":         {"@@ -1,2 +0,0 @@\n-a\n-b", []lines{{1, ""}}, false},
		"two hunks":                           {"@@ -1 +1 @@\n-a\n+A\n@@ -9,2 +9,1 @@\n x\n-y", []lines{{1, "+A"}, {9, "x"}}, false},
		"a line that looks like a header":     {"@@ -1,1 +1,2 @@\n a\n+@@ -5 +5 @@", []lines{{1, "a|+@@ -5 +5 @@"}}, false},
		"both sides lack the last line break": {"@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file", []lines{{1, "+b"}}, false},
		"a carriage return belongs to a line": {"@@ -0,0 +1 @@\n+a\r", []lines{{1, "+a\r"}}, false},
		"nothing":                             {"", nil, true},
		"no header":                           {" a\n+b", nil, true},
		"too few lines":                       {"@@ -1,2 +1,2 @@\n a", nil, true},
		"too many lines":                      {"@@ -1 +1 @@\n a\n b", nil, true},
		"a line without a sign":               {"@@ -1,2 +1,2 @@\n a\nb", nil, true},
		"hunks out of order":                  {"@@ -9 +9 @@\n a\n@@ -1 +1 @@\n b", nil, true},
		"hunks that overlap":                  {"@@ -1,2 +1,2 @@\n a\n b\n@@ -2 +2 @@\n b", nil, true},
		"a negative count":                    {"@@ -1,-1 +1,-1 @@\n", nil, true},
		"a count beyond all files":            {"@@ -1 +99999999999999999999 @@\n a", nil, true},
		"a line 0":                            {"@@ -1 +0,1 @@\n a", nil, true},
		"more than GitHub shows":              {"@@ -0,0 +1 @@\n+" + strings.Repeat("a", maxPatch), nil, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := parsePatch(test.patch)
			if (err != nil) != test.bad {
				t.Fatalf("error %v", err)
			}
			var got []lines
			for _, h := range p {
				var all []string
				for i, line := range h.lines {
					if h.added[i] {
						line = "+" + line
					}
					all = append(all, line)
				}
				got = append(got, lines{h.first, strings.Join(all, "|")})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzParsePatch compares what is accepted with a parser that others wrote.
func FuzzParsePatch(f *testing.F) {
	f.Add("@@ -1,3 +1,3 @@ func f\n a\n-b\n+B\n c")
	f.Add("@@ -0,0 +1 @@\n+a\n\\ No newline at end of file")
	f.Add("@@ -1 +1 @@\n-a\n+A\n@@ -9,2 +9,1 @@\n x\n-y\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePatch(text)
		if err != nil {
			return
		}
		text = strings.TrimSuffix(text, "\n") + "\n"
		files, _, err := gitdiff.Parse(strings.NewReader("diff --git a/f b/f\n--- a/f\n+++ b/f\n" + text))
		if err != nil || len(files) != 1 {
			return // it knows rules beyond where comments can stand, such as hunks that change nothing
		}
		if len(files[0].TextFragments) != len(p) {
			t.Fatalf("%d hunks, gitdiff has %d", len(p), len(files[0].TextFragments))
		}
		for i, h := range files[0].TextFragments {
			var want []string
			for _, line := range h.Lines {
				if line.Op != gitdiff.OpDelete {
					want = append(want, strings.TrimSuffix(line.Line, "\n"))
				}
			}
			if h.NewLines > 0 && int(h.NewPosition) != p[i].first || !slices.Equal(want, p[i].lines) {
				t.Fatalf("hunk %d has from %d %q, gitdiff from %d %q", i, p[i].first, p[i].lines, h.NewPosition, want)
			}
		}
	})
}
