package review

import (
	"slices"

	"github.com/assay-app/assay/checks"
)

// owners orders the checks by who speaks when two of them see the same risk at the same place: the more specific one.
var owners = []checks.Name{checks.Secret, checks.Dependency, checks.Agent, checks.Model, checks.Code, checks.Authorship}

// Merge leaves one finding of several that name the same risk on the same lines, so that nothing is said twice. Findings
// of one check never merge: a check knows what it means by two.
func Merge(findings []checks.Finding) []checks.Finding {
	type place struct {
		path        checks.Path
		commit      checks.CommitSHA
		first, last int
	}
	kept := make([]checks.Finding, 0, len(findings))
	byPlace := map[place][]int{}
	for _, f := range findings {
		at := place{f.Location.Path, f.Location.Commit, f.Location.Start.Line, f.Location.LastLine()}
		same := slices.IndexFunc(byPlace[at], func(i int) bool { return sameRisk(&kept[i], &f) })
		if same < 0 {
			byPlace[at] = append(byPlace[at], len(kept))
			kept = append(kept, f)
			continue
		}
		if other := &kept[byPlace[at][same]]; slices.Index(owners, f.Check) < slices.Index(owners, other.Check) {
			*other = f
		}
	}
	return kept
}

// sameRisk reports whether two checks mean the same weakness. A finding that names no CWE never merges.
func sameRisk(a, b *checks.Finding) bool {
	return a.Check != b.Check && a.Revision == b.Revision && slices.ContainsFunc(a.Taxonomy.CWE, func(cwe string) bool {
		return slices.Contains(b.Taxonomy.CWE, cwe)
	})
}
