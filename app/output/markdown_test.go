package output

import (
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
)

func TestMarkdownTellsAdvisoriesTogetherAndEveryPackagesRemedy(t *testing.T) {
	about := func(line int, advisory, name, remedy string) checks.Finding {
		f := found("vulnerable-package", checks.High, at("go.mod", line, 1, line, 5), name+advisory)
		f.Title, f.Remediation.Text = "Vulnerable package: "+name, remedy
		f.Package = &checks.PackageFact{Ecosystem: "Go", Name: name, Version: "1.0.0", Advisory: advisory}
		return f
	}
	got := render(t, Markdown, reportOf([]checks.Finding{
		about(1, "GO-1", "left", "Write 2."), about(1, "GO-2", "left", "Write 2."), about(1, "GO-3", "left", "Write 2."),
		about(2, "GO-1", "right", "Write 3."), about(2, "GO-4", "right", "Write 3."),
	}), Style{})
	for want, times := range map[string]int{
		"| Vulnerable package: left, and 2 more advisories |": 1,
		"| Vulnerable package: right, and 1 more advisory |":  1,
		"| high |":    2,
		"Write 2.":    1,
		"Write 3.":    1,
		"5 findings:": 1,
	} {
		if n := strings.Count(got, want); n != times {
			t.Errorf("%q is there %d times, want %d:\n%s", want, n, times, got)
		}
	}
}
