package code

import (
	"bytes"
	"cmp"
	"context"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
)

// exampleFiles are the files of an example, and the name of the one that the findings are expected in.
func exampleFiles(r *rule, e ruleset.Example) (files map[string]string, name string) {
	if name = e.Path; name == "" {
		name = "src/example" + extensions[string(r.Languages[0])]
	}
	files = map[string]string{name: e.Text}
	for other, text := range e.Files {
		files[path.Join(path.Dir(name), other)] = text
	}
	return files, name
}

func TestAFixTakesAwayWhatItsRuleReports(t *testing.T) {
	all, err := newCatalogue(true)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all.list {
		own := &all.list[i]
		r := all.byID[own.ID]
		if !r.HasFix && r.FixRegex == nil {
			continue
		}
		t.Run(string(own.ID), func(t *testing.T) {
			t.Parallel()
			check := &Check{&catalogue{rules: []*rule{r}, places: all.places}}
			findings := func(files map[string]string) []checks.Finding {
				report, err := check.Run(context.Background(), added(files))
				if err != nil || len(report.Unscanned) > 0 {
					t.Fatal(err, report.Unscanned)
				}
				return report.Findings
			}
			fixes := 0
			for n, e := range own.Examples.Bad {
				files, name := exampleFiles(r, e)
				if strings.HasSuffix(name, ".ipynb") {
					continue // fixes of cells are left out, since they would have to be written in JSON
				}
				before := findings(files)
				var edits []checks.Edit
				for _, f := range before {
					for _, edit := range f.Remediation.Edits {
						if string(edit.Path) == name && !slices.Contains(edits, edit) {
							edits = append(edits, edit)
						}
					}
				}
				if len(edits) == 0 {
					continue
				}
				fixes++
				fixed := apply(t, files[name], edits)
				files[name] = fixed
				if after := findings(files); len(after) != len(before)-len(edits) {
					t.Errorf("bad example %d: %d findings, %d fixes, and then still %d findings:\n%s", n+1, len(before), len(edits), len(after), fixed)
				}
			}
			if fixes == 0 {
				t.Error("no bad example is one that the fix can put right")
			}
		})
	}
}

// apply makes edits in a text, the last one first, so that the places of the others stay true.
func apply(t *testing.T, text string, edits []checks.Edit) string {
	slices.SortFunc(edits, func(a, b checks.Edit) int {
		return cmp.Or(cmp.Compare(b.Start.Line, a.Start.Line), cmp.Compare(b.Start.Column, a.Start.Column))
	})
	offset := func(p checks.Position) int {
		at := 0
		for line := 1; line < p.Line; line++ {
			at += bytes.IndexByte([]byte(text[at:]), '\n') + 1
		}
		return at + p.Column - 1
	}
	end := len(text)
	for _, e := range edits {
		from, to := offset(e.Start), offset(e.End)
		if from > to || to > end {
			t.Fatalf("the fix at %d:%d lies across another one", e.Start.Line, e.Start.Column)
		}
		text, end = text[:from]+e.NewText+text[to:], from
	}
	return text
}
