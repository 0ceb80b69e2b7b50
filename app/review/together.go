package review

import (
	"fmt"

	"github.com/assay-app/assay/checks"
)

// Together groups findings that say the same of one thing: several advisories about one version of a package at one
// place. A person deals with all of them by one edit, and is told once. Of each group the first index leads; with gives
// the others of its group. The indices keep their order.
func Together(findings []checks.Finding, indices []int) (leaders []int, with map[int][]int) {
	type subject struct {
		rule                     checks.RuleID
		path                     checks.Path
		line                     int
		ecosystem, name, version string
	}
	with = map[int][]int{}
	led := map[subject]int{}
	for _, i := range indices {
		f := &findings[i]
		if f.Package == nil || f.Package.Advisory == "" {
			leaders = append(leaders, i)
			continue
		}
		s := subject{f.Rule, f.Location.Path, f.Location.Start.Line, f.Package.Ecosystem, f.Package.Name, f.Package.Version}
		leader, ok := led[s]
		if !ok {
			led[s] = i
			leaders = append(leaders, i)
			continue
		}
		with[leader] = append(with[leader], i)
	}
	return leaders, with
}

// Title is the title of a finding that is told together with so many others.
func Title(f *checks.Finding, others int) string {
	switch others {
	case 0:
		return f.Title
	case 1:
		return f.Title + ", and 1 more advisory"
	}
	return fmt.Sprintf("%s, and %d more advisories", f.Title, others)
}
