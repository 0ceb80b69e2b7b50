package publish

import (
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
)

// shown is a patch of two hunks: lines 3 to 6 with 4 and 5 added, and lines 20 to 22 with 21 added.
const shown = "@@ -3,2 +3,4 @@\n three\n+four(1)\n+five = a\n six\n@@ -18,2 +20,3 @@\n twenty\n+twenty-one\n twenty-two"

func at(line, column int) checks.Position { return checks.Position{Line: line, Column: column} }

func TestWhereACommentIsPlaced(t *testing.T) {
	p, err := parsePatch(shown)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		first, last int
		want        [2]int // zero when it is not placed
	}{
		"an added line":                             {4, 4, [2]int{4, 4}},
		"a line of the context":                     {6, 6, [2]int{6, 6}},
		"several lines of one hunk":                 {3, 5, [2]int{3, 5}},
		"from before a hunk: its first added line":  {1, 6, [2]int{4, 4}},
		"to behind a hunk: its first added line":    {21, 40, [2]int{21, 21}},
		"over two hunks: the first added line":      {5, 21, [2]int{5, 5}},
		"context alone, cut by the end of the hunk": {6, 9, [2]int{6, 6}},
		"added lines come before context":           {6, 21, [2]int{21, 21}},
		"between the hunks":                         {8, 12, [2]int{}},
		"behind all of them":                        {23, 23, [2]int{}},
	} {
		t.Run(name, func(t *testing.T) {
			f := checks.Finding{Location: checks.Location{Start: at(test.first, 1), End: at(test.last, 2)}}
			got, ok := placeComment(&f, p)
			if ok != (test.want != [2]int{}) || [2]int{got.first, got.last} != test.want {
				t.Errorf("placed %v at %d-%d, want %v", ok, got.first, got.last, test.want)
			}
		})
	}
	if _, ok := placeComment(&checks.Finding{Location: checks.Location{Start: at(1, 1)}}, nil); ok {
		t.Error("placed in a file without a patch")
	}
}

func TestSuggestions(t *testing.T) {
	p, err := parsePatch(shown)
	if err != nil {
		t.Fatal(err)
	}
	edit := func(start, end checks.Position, text string) checks.Edit {
		return checks.Edit{Path: "a.py", Start: start, End: end, NewText: text}
	}
	for name, test := range map[string]struct {
		snippet string
		edits   []checks.Edit
		want    string // the block's lines; "none" when there is none
		lines   [2]int
	}{
		"within a line":                       {"four(1)", []checks.Edit{edit(at(4, 6), at(4, 7), "2")}, "four(2)", [2]int{4, 4}},
		"two on a line":                       {"four(1)", []checks.Edit{edit(at(4, 1), at(4, 5), "f"), edit(at(4, 6), at(4, 7), "2")}, "f(2)", [2]int{4, 4}},
		"an insertion of a line":              {"", []checks.Edit{edit(at(4, 1), at(4, 1), "new\n")}, "new\nfour(1)", [2]int{4, 4}},
		"a whole line goes":                   {"", []checks.Edit{edit(at(4, 1), at(5, 1), "")}, "", [2]int{4, 4}},
		"a line becomes empty":                {"", []checks.Edit{edit(at(4, 1), at(4, 8), "")}, "\n", [2]int{4, 4}},
		"it grows to the lines of the edits":  {"four(1)", []checks.Edit{edit(at(4, 6), at(4, 7), "b"), edit(at(5, 8), at(5, 9), "b")}, "four(b)\nfive = b", [2]int{4, 5}},
		"an edit in another hunk":             {"", []checks.Edit{edit(at(4, 1), at(4, 2), "F"), edit(at(21, 1), at(21, 2), "T")}, "none", [2]int{4, 4}},
		"an edit outside of what is shown":    {"", []checks.Edit{edit(at(9, 1), at(9, 2), "x")}, "none", [2]int{4, 4}},
		"an edit in another file":             {"", []checks.Edit{{Path: "b.py", Start: at(4, 1), End: at(4, 2), NewText: "x"}}, "none", [2]int{4, 4}},
		"edits that overlap":                  {"", []checks.Edit{edit(at(4, 1), at(4, 4), "x"), edit(at(4, 3), at(4, 5), "y")}, "none", [2]int{4, 4}},
		"an edit that ends before it begins":  {"", []checks.Edit{edit(at(4, 4), at(4, 1), "x")}, "none", [2]int{4, 4}},
		"an edit behind the end of its line":  {"", []checks.Edit{edit(at(4, 99), at(4, 99), "x")}, "none", [2]int{4, 4}},
		"an edit that joins the next line":    {"", []checks.Edit{edit(at(4, 8), at(5, 1), "")}, "none", [2]int{4, 4}},
		"an edit that changes nothing":        {"", []checks.Edit{edit(at(4, 1), at(4, 5), "four")}, "none", [2]int{4, 4}},
		"an edit with something unseen":       {"", []checks.Edit{edit(at(4, 1), at(4, 5), "fo\u200bur")}, "none", [2]int{4, 4}},
		"a redacted finding":                  {"four(…)", []checks.Edit{edit(at(4, 6), at(4, 7), "2")}, "none", [2]int{4, 4}},
		"a fence in the new text":             {"", []checks.Edit{edit(at(4, 1), at(4, 8), "```")}, "```", [2]int{4, 4}},
		"an end at the start of the next one": {"", []checks.Edit{edit(at(4, 1), at(5, 1), "x\n")}, "x", [2]int{4, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			f := checks.Finding{
				Location: checks.Location{Path: "a.py", Start: at(4, 1), End: at(4, 8)}, Snippet: test.snippet,
				Remediation: checks.Remediation{Edits: test.edits},
			}
			got, ok := placeComment(&f, p)
			if !ok || [2]int{got.first, got.last} != test.lines {
				t.Fatalf("placed %v at %d-%d, want %v", ok, got.first, got.last, test.lines)
			}
			if test.want == "none" {
				if got.suggestion != "" {
					t.Errorf("suggested\n%s", got.suggestion)
				}
				return
			}
			lines := strings.Split(string(got.suggestion), "\n")
			if len(lines) < 2 || !strings.HasSuffix(lines[0], "suggestion") {
				t.Fatalf("no suggestion: %q", got.suggestion)
			}
			content := strings.Join(lines[1:len(lines)-1], "\n")
			if test.want == "\n" {
				if len(lines) != 3 || content != "" {
					t.Errorf("suggested %q, want one empty line", got.suggestion)
				}
			} else if content != test.want {
				t.Errorf("suggested %q, want %q", content, test.want)
			}
		})
	}
}

// FuzzApplyEdits compares with doing it byte by byte.
func FuzzApplyEdits(f *testing.F) {
	f.Add("four(1)\nfive = a", 1, 6, 1, 7, "2")
	f.Add("a\nb\nc", 2, 1, 3, 1, "")
	f.Fuzz(func(t *testing.T, text string, line, column, endLine, endColumn int, insert string) {
		if len(text)+len(insert) > 1<<10 {
			return
		}
		lines := strings.Split(text, "\n")
		edit := checks.Edit{Path: "a", Start: at(line, column), End: at(endLine, endColumn), NewText: insert}
		got, ok := applyEdits(lines, 1, "a", []checks.Edit{edit})
		if !ok {
			return
		}
		offset := func(p checks.Position) int {
			before := 0
			for _, l := range lines[:p.Line-1] {
				before += len(l) + 1
			}
			return before + p.Column - 1
		}
		whole := text + "\n"
		want := whole[:offset(edit.Start)] + insert + whole[offset(edit.End):]
		if len(got) > 0 && strings.Join(got, "\n")+"\n" != want || len(got) == 0 && want != "" {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	})
}
