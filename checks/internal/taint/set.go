package taint

import (
	"slices"

	"github.com/assay-app/assay/checks/internal/ast"
)

// elem is one taint: a label of a rule, and where it came from.
type elem struct {
	label  int32 // index of program.labels
	origin int32 // index of program.origins; negative for what came into the function, see context
	trace  *step
}

// set is a sorted set of taints.
type set []elem

// step is a link of a trace, the last first.
type step struct {
	unit  *unit
	node  ast.ID
	prev  *step
	inner *step // of a call: what happens in the function, whose first link follows this one
	n     int   // links up to here
}

func compareElems(a, b elem) int {
	if a.label != b.label {
		return int(a.label) - int(b.label)
	}
	return int(a.origin) - int(b.origin)
}

// union joins two sets; of taints in both, the trace of a stays.
func union(a, b set) set {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0 || contains(a, b):
		return a
	}
	out := make(set, 0, len(a)+len(b))
	i, j, run := 0, 0, 0
	for i < len(a) || j < len(b) {
		var e elem
		switch {
		case j == len(b):
			e = a[i]
			i++
		case i == len(a):
			e = b[j]
			j++
		default:
			switch c := compareElems(a[i], b[j]); {
			case c < 0:
				e = a[i]
				i++
			case c > 0:
				e = b[j]
				j++
			default:
				e = a[i]
				i++
				j++
			}
		}
		if len(out) > 0 && out[len(out)-1].label == e.label {
			run++
		} else {
			run = 0
		}
		if run < maxOrigins {
			out = append(out, e)
		}
	}
	return out
}

// contains reports whether all of b is in a.
func contains(a, b set) bool {
	i := 0
	for _, e := range b {
		for i < len(a) && compareElems(a[i], e) < 0 {
			i++
		}
		if i == len(a) || compareElems(a[i], e) != 0 {
			return false
		}
	}
	return true
}

func equalSets(a, b set) bool {
	return slices.EqualFunc(a, b, func(x, y elem) bool { return compareElems(x, y) == 0 })
}

// filter keeps the taints that keep says.
func (s set) filter(keep func(elem) bool) set {
	for i, e := range s {
		if !keep(e) {
			out := append(set(nil), s[:i]...)
			for _, e := range s[i+1:] {
				if keep(e) {
					out = append(out, e)
				}
			}
			return out
		}
	}
	return s
}

// normal sorts a set that was put together and drops what it has twice.
func normal(s set) set {
	slices.SortStableFunc(s, compareElems)
	s = slices.CompactFunc(s, func(a, b elem) bool { return compareElems(a, b) == 0 })
	return union(s, set{})
}

// then adds a link to a trace; None adds nothing.
func (t *step) then(u *unit, node ast.ID) *step {
	if node == ast.None {
		return t
	}
	n := 0
	if t != nil {
		if t.n >= maxTraceSteps || t.unit == u && t.node == node {
			return t
		}
		n = t.n
	}
	return &step{unit: u, node: node, prev: t, n: n + 1}
}

// splice puts what happens in a function behind the call of it.
func splice(call, inner *step) *step {
	switch {
	case inner == nil:
		return call
	case call == nil:
		return inner
	case call.n >= maxTraceSteps:
		return call
	}
	return &step{prev: call, inner: inner, n: call.n + inner.n, node: ast.None}
}

// steps lists a trace from the source on.
func (t *step) steps(last Step) []Step {
	var out []Step
	var add func(t *step, depth int)
	add = func(t *step, depth int) {
		var chain []*step
		for ; t != nil; t = t.prev {
			chain = append(chain, t)
		}
		for i := len(chain) - 1; i >= 0 && len(out) < maxTraceSteps; i-- {
			switch link := chain[i]; {
			case link.inner != nil:
				if depth < maxTraceSteps {
					add(link.inner, depth+1)
				}
			case len(out) == 0 || out[len(out)-1] != Step{link.unit.file, link.node}:
				out = append(out, Step{link.unit.file, link.node})
			}
		}
	}
	add(t, 0)
	if len(out) == 0 || out[len(out)-1] != last {
		out = append(out, last)
	}
	return out
}
