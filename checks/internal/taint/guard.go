package taint

import (
	"github.com/assay-app/assay/checks/internal/ast"
)

// guarded are the places that a test clears.
type guarded struct {
	holds, fails []clearing
}

// clearing is a place that is clean for a rule.
type clearing struct {
	rule  int
	place place
}

// guards says what a test clears on its two ways out.
func (f *frame) guards(test ast.ID) guarded {
	if test == ast.None {
		return guarded{}
	}
	t := f.unit.tree
	n := &t.Nodes[test]
	g := f.guardsAt(test, test)
	switch n.Kind {
	case ast.Unary:
		if n.Op == ast.OpNot {
			inner := f.guards(t.Child(test, ast.Value))
			g.holds, g.fails = append(g.holds, inner.fails...), append(g.fails, inner.holds...)
		}
	case ast.Binary:
		left, right := t.Child(test, ast.Left), t.Child(test, ast.Right)
		switch n.Op {
		case ast.OpAnd:
			a, b := f.guards(left), f.guards(right)
			g.holds = append(append(g.holds, a.holds...), b.holds...)
			g.fails = append(g.fails, common(a.fails, b.fails)...)
		case ast.OpOr:
			a, b := f.guards(left), f.guards(right)
			g.fails = append(append(g.fails, a.fails...), b.fails...)
			g.holds = append(g.holds, common(a.holds, b.holds)...)
		case ast.OpEq, ast.OpStrictEq, ast.OpIs, ast.OpNe, ast.OpStrictNe, ast.OpIsNot:
			// `safe(x) == false`, `re.match(p, x) is None`
			value, known := f.unit.truth(right)
			if !known || left == ast.None || t.Nodes[left].Kind != ast.Call && t.Nodes[left].Kind != ast.Await || t.Nodes[right].Kind == ast.Num {
				return f.guardsInside(test, g)
			}
			inner := f.guards(left)
			equal := n.Op == ast.OpEq || n.Op == ast.OpStrictEq || n.Op == ast.OpIs
			if value != equal {
				inner.holds, inner.fails = inner.fails, inner.holds
			}
			g.holds, g.fails = append(g.holds, inner.holds...), append(g.fails, inner.fails...)
		default:
			return f.guardsInside(test, g)
		}
	case ast.Assign: // if (m := re.fullmatch(p, x)):
		inner := f.guards(t.Child(test, ast.Right))
		g.holds, g.fails = append(g.holds, inner.holds...), append(g.fails, inner.fails...)
	case ast.Await, ast.Cast:
		inner := f.guards(t.Child(test, ast.Value))
		g.holds, g.fails = append(g.holds, inner.holds...), append(g.fails, inner.fails...)
	case ast.Call:
		if name := t.Child(test, ast.Callee); name != ast.None && (t.Nodes[name].Name == "bool" || t.Nodes[name].Name == "Boolean") {
			if arg := t.Child(test, ast.Arg); arg != ast.None {
				inner := f.guards(arg)
				g.holds, g.fails = append(g.holds, inner.holds...), append(g.fails, inner.fails...)
				return g
			}
		}
		return f.guardsInside(test, g)
	default:
		return f.guardsInside(test, g)
	}
	return g
}

// guardsInside adds what rules say of parts of a test that is not put together from others: a guard is often written
// as a pattern of the whole test with the focus on the variable.
func (f *frame) guardsInside(test ast.ID, g guarded) guarded {
	for id := test + 1; id < f.unit.tree.Nodes[test].After; id++ {
		if f.unit.markIndex[id] > 0 {
			inner := f.guardsAt(id, ast.None)
			g.holds, g.fails = append(g.holds, inner.holds...), append(g.fails, inner.fails...)
		}
	}
	return g
}

// guardsAt is what rules say of exactly this node. Matches that name the place apart from the test count only for the
// test itself.
func (f *frame) guardsAt(id, test ast.ID) guarded {
	var g guarded
	for _, m := range f.unit.marksAt(id) {
		if m.kind != markGuard || id != test && m.match.Place != ast.None && m.match.Place != m.node {
			continue
		}
		target := m.match.Place
		if target == ast.None {
			target = m.node
		}
		p, ok := f.place(target)
		if !ok {
			continue
		}
		if f.p.rules[m.rule].Sanitizers[m.match.Item].Guard == GuardHolds {
			g.holds = append(g.holds, clearing{m.rule, p})
		} else {
			g.fails = append(g.fails, clearing{m.rule, p})
		}
	}
	return g
}

// common are the clearings in both lists.
func common(a, b []clearing) []clearing {
	var out []clearing
	for _, x := range a {
		for _, y := range b {
			if x.rule == y.rule && x.place.equal(y.place) {
				out = append(out, x)
				break
			}
		}
	}
	return out
}

func (p place) equal(q place) bool {
	if p.base != q.base || p.weak != q.weak || len(p.path) != len(q.path) {
		return false
	}
	for i := range p.path {
		if p.path[i] != q.path[i] {
			return false
		}
	}
	return true
}

// clear cleans places for the rules that say so.
func (f *frame) clear(list []clearing, s *state) {
	for _, c := range list {
		if s.dead || c.place.weak {
			continue
		}
		old := s.read(c.place)
		cleaned := old.each(func(own set) set { return f.without(own, c.rule) })
		if cleaned == old {
			continue
		}
		if cleaned == nil || len(cleaned.all()) == 0 && len(cleaned.refs) == 0 && cleaned.size == 0 && len(c.place.path) == 0 {
			cleaned = nil
		}
		s.write(c.place, cleaned)
	}
}
