package output

import (
	"bytes"
	"math"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/assay-app/assay/checks"
)

// FuzzFormats: findings come out of a process that has read hostile bytes, so that nothing about them is certain. No
// place, however absurd, stops a format, and what is printed stays printable.
func FuzzFormats(f *testing.F) {
	f.Add("a\tb\n…", "a.py", 1, 1, 2, 3, 1, 2, 1, 3, "x\n", false)
	f.Add("…"+"é", "\xff", 0, -1, math.MaxInt, math.MinInt, math.MaxInt, math.MaxInt, -5, 0, "", true)
	f.Add("k = [redacted]", "b", 7, math.MaxInt, 7, math.MinInt, 7, 5, 7, 15, "\u202e", true)
	f.Add("a\nb\nc", "b", 2, 1, 4, 2, 2, 1, 4, 1, "", false)
	f.Fuzz(func(t *testing.T, snippet, path string, line, column, endLine, endColumn, fromLine, from, toLine, to int, text string, secret bool) {
		finding := found("r", checks.Low, at(checks.Path(path), line, column, endLine, endColumn), snippet)
		if secret {
			finding.Check = checks.Secret
		}
		finding.Trace = []checks.Step{{Path: checks.Path(path), Line: line, Text: snippet}}
		finding.Remediation.Edits = []checks.Edit{{
			Path: checks.Path(path), NewText: text,
			Start: checks.Position{Line: fromLine, Column: from}, End: checks.Position{Line: toLine, Column: to},
		}}
		report := reportOf([]checks.Finding{finding})
		for _, format := range Formats() {
			var out bytes.Buffer
			if err := Write(&out, format, report, Style{}); err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			for _, r := range out.String() {
				if concealed(r) && r != '\n' && r != zeroWidthJoiner && r != zeroWidthNonJoiner && r != emojiStyle && r != textStyle {
					t.Fatalf("%s holds %U", format, r)
				}
			}
			if format != SARIF {
				continue
			}
			parsed, err := sarif.FromBytes(out.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if err := parsed.Validate(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
