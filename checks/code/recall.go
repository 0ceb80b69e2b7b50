package code

import (
	"context"
	"maps"
	"slices"

	"github.com/assay-app/assay/checks"
)

// recall takes what earlier runs found in files, and has the others fetched.
//
// What is found in a file depends on its path, its content, the rules, and the files that its imports lead to or might;
// on nothing else, so that a result may be kept. Neither the revision nor whether the change touches a line is part of it.
func (r *review) recall(ctx context.Context, tree checks.Tree, at checks.Revision, paths []checks.Path) {
	r.recalled = map[checks.Path][]checks.Finding{}
	unknown := paths
	if results := r.change.Results; results != nil {
		unknown = nil
		for _, path := range paths {
			if found, ok := results.Recall(at, path); ok {
				r.recalled[path] = found
			} else {
				unknown = append(unknown, path)
			}
		}
	}
	if p, ok := tree.(checks.Prefetcher); ok && len(unknown) > 0 {
		p.Prefetch(ctx, unknown)
	}
}

// keep remembers what was found in a file that was looked at to the end, for all rules.
func (r *review) keep(s *scan) {
	if r.change.Results == nil || r.engine.only != nil || r.engine.err != nil || s.listed || len(s.problems) > 0 || len(s.found) > MaxFindings {
		return
	}
	var others []checks.Path
	for _, name := range slices.Sorted(maps.Keys(s.depends)) {
		others = append(others, checks.Path(name))
	}
	r.change.Results.Keep(s.at, s.path, others, s.found)
}
