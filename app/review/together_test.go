package review

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

func TestTogether(t *testing.T) {
	about := func(line int, name, advisory string) checks.Finding {
		f := checks.Finding{Rule: "vulnerable-package", Location: checks.Location{Path: "go.mod", Start: checks.Position{Line: line}}}
		if name != "" {
			f.Package = &checks.PackageFact{Ecosystem: "Go", Name: name, Version: "1.0.0", Advisory: advisory}
		}
		return f
	}
	findings := []checks.Finding{
		about(1, "a", "GO-1"), about(1, "", ""), about(1, "a", "GO-2"), about(2, "a", "GO-1"), about(1, "b", "GO-3"), about(1, "a", ""), about(1, "a", "GO-4"),
	}
	leaders, with := Together(findings, []int{6, 0, 1, 2, 3, 4, 5})
	if diff := cmp.Diff([]int{6, 1, 3, 4, 5}, leaders); diff != "" {
		t.Errorf("advisories about one version at one line have one leader: %s", diff)
	}
	if diff := cmp.Diff(map[int][]int{6: {0, 2}}, with); diff != "" {
		t.Errorf("the others go with it: %s", diff)
	}
}
