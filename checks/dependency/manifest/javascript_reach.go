package manifest

// reach finds which packages of a lockfile are for development only, when it says what the project asks for and what
// needs what.
type reach struct {
	needs [][]int32
	roots map[string][]int32 // by group
}

func newReach(packages int) *reach {
	return &reach{make([][]int32, packages), map[string][]int32{}}
}

func (r *reach) need(from, to int) {
	if from < len(r.needs) && to < len(r.needs) {
		r.needs[from] = append(r.needs[from], int32(to))
	}
}

func (r *reach) root(n int, group string) {
	if n < len(r.needs) {
		r.roots[group] = append(r.roots[group], int32(n))
	}
}

// mark sets the group of entries that have none: that of the first of nothing, "optional" and "dev" that they are
// reached from. One that nothing reaches keeps none.
func (r *reach) mark(entries []Entry) {
	seen := make([]bool, len(r.needs))
	for _, group := range []string{"", "optional", "dev"} {
		open := r.roots[group]
		for len(open) > 0 {
			n := open[len(open)-1]
			open = open[:len(open)-1]
			if seen[n] {
				continue
			}
			seen[n] = true
			if entries[n].Group == "" {
				entries[n].Group = group
			}
			open = append(open, r.needs[n]...)
		}
	}
}
