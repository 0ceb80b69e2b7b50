package manifest

// reach finds which packages of a lockfile are for development only, or may be missing, when it says what the project
// asks for and what needs what.
type reach struct {
	needs  [][]int32 // by package: those that it needs,
	wishes [][]int32 // and those that it can do without
	roots  map[string][]int32
}

func newReach(packages int) *reach {
	return &reach{make([][]int32, packages), make([][]int32, packages), map[string][]int32{}}
}

// need notes that one package depends on another.
func (r *reach) need(from, to int, optional bool) {
	edges := r.needs
	if optional {
		edges = r.wishes
	}
	if from < len(edges) && to < len(edges) {
		edges[from] = append(edges[from], int32(to))
	}
}

// root notes that the project asks for a package, in a group.
func (r *reach) root(n int, group string) {
	if n < len(r.needs) {
		r.roots[group] = append(r.roots[group], int32(n))
	}
}

// mark sets the groups of entries: none for what is always installed, "optional" for what else is without development,
// "dev" for the rest that the project leads to. Another group that an entry has is kept.
func (r *reach) mark(entries []Entry) {
	seen := make([]bool, len(r.needs))
	optional := r.roots["optional"]
	for _, group := range []string{"", "optional", "dev"} {
		open := r.roots[group]
		if group == "optional" {
			open = optional
		}
		for len(open) > 0 {
			n := open[len(open)-1]
			open = open[:len(open)-1]
			if seen[n] {
				continue
			}
			seen[n] = true
			if e := &entries[n]; e.Group == "" || e.Group == "optional" && group == "dev" {
				e.Group = group
			}
			open = append(open, r.needs[n]...)
			if group == "" {
				optional = append(optional, r.wishes[n]...)
			} else {
				open = append(open, r.wishes[n]...)
			}
		}
	}
}
