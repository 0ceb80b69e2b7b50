package taint

import (
	"github.com/assay-app/assay/checks/internal/ast"
)

// assignment runs an assignment or declaration; its value is what was assigned.
func (f *frame) assignment(id ast.ID, s *state) *cell {
	t := f.unit.tree
	n := &t.Nodes[id]
	left, right := t.Child(id, ast.Left), t.Child(id, ast.Right)
	if right == ast.None {
		if n.Kind == ast.VarDef && left != ast.None {
			f.assign(left, nil, s, false)
		}
		return nil
	}
	v := f.eval(right, s)
	if left == ast.None {
		return v
	}
	if n.Kind == ast.Assign && n.Op != ast.OpAssign {
		old := f.eval(left, s)
		switch n.Op {
		case ast.OpOr, ast.OpAnd, ast.OpCoalesce:
			v = join(old, v)
		default:
			v = tainted(union(old.all(), v.all()))
		}
	}
	f.assign(left, f.commaOK(left, right, v), s, true)
	return v
}

// assign gives a value to what a pattern names. Evaluate is set when the objects and indexes in the pattern may
// themselves be something to rules.
func (f *frame) assign(target ast.ID, v *cell, s *state, evaluate bool) {
	if target == ast.None || !f.p.spend() {
		return
	}
	t := f.unit.tree
	n := &t.Nodes[target]
	switch n.Kind {
	case ast.List, ast.Tuple:
		for i, e := range t.Children(target, ast.Elem) {
			if t.Nodes[e].Kind == ast.Spread {
				f.assign(t.Child(e, ast.Value), tainted(v.all()), s, evaluate)
				continue
			}
			f.assign(e, v.at(indexName(int64(i))), s, evaluate)
		}
	case ast.Dict:
		for _, e := range t.Children(target, ast.Elem) {
			switch t.Nodes[e].Kind {
			case ast.Pair:
				name := f.keyName(t.Child(e, ast.Key))
				part := v.at(name)
				if len(v.refList()) > 0 && !isElem(name) {
					part = f.property(v, name[1:], s, ast.None)
				}
				f.assign(t.Child(e, ast.Value), part, s, evaluate)
			case ast.Spread:
				f.assign(t.Child(e, ast.Value), v, s, evaluate)
			default:
				f.assign(e, v, s, evaluate)
			}
		}
	case ast.Assign, ast.VarDef: // a default in a pattern
		right := t.Child(target, ast.Right)
		f.assign(t.Child(target, ast.Left), join(v, f.eval(right, s)), s, evaluate)
	case ast.Pair, ast.Spread, ast.Cast, ast.KeywordArg:
		f.assign(t.Child(target, ast.Value), v, s, evaluate)
	default:
		if evaluate {
			f.evalTarget(target, s)
		}
		v = f.judgeTarget(target, v, s)
		if n.Kind == ast.Member && f.unit.keysAreFields && f.callSetter(target, v, s) {
			return
		}
		if p, ok := f.place(target); ok {
			s.write(p, f.via(v, target))
		}
	}
}

// evalTarget evaluates the object and the index of something assigned to.
func (f *frame) evalTarget(target ast.ID, s *state) {
	t := f.unit.tree
	switch t.Nodes[target].Kind {
	case ast.Member, ast.Index:
		for c := t.Nodes[target].First; c != ast.None; c = t.Nodes[c].Next {
			if t.Nodes[c].Role != ast.Property {
				f.eval(c, s)
			}
		}
	case ast.Unary:
		f.eval(t.Child(target, ast.Value), s)
	}
}

// judgeTarget applies what rules say of something assigned to. Being a source there taints what is assigned only by
// side effect, as a source that is written to would be an odd one.
func (f *frame) judgeTarget(target ast.ID, v *cell, s *state) *cell {
	for _, m := range f.unit.marksAt(target) {
		switch m.kind {
		case markSource:
			if f.p.rules[m.rule].Sources[m.match.Item].SideEffect != NoSideEffect {
				v = v.adding(f.fresh(m))
			}
		case markSanitizer:
			if f.p.rules[m.rule].Sanitizers[m.match.Item].SideEffect != NoSideEffect {
				v = v.each(func(own set) set { return f.without(own, m.rule) })
			}
		case markTo:
			if w := f.propagation(m); w.hasFrom {
				v = v.adding(w.from)
			}
		case markSink:
			f.sink(m, v.all(), s)
		}
	}
	return v
}

// via adds a place to the trace of what a value carries.
func (f *frame) via(v *cell, id ast.ID) *cell {
	return v.each(func(own set) set {
		if len(own) == 0 {
			return own
		}
		out := make(set, len(own))
		for i, e := range own {
			e.trace = e.trace.then(f.unit, id)
			out[i] = e
		}
		return out
	})
}

// callSetter runs the method that an assignment to a property calls, if it does.
func (f *frame) callSetter(target ast.ID, v *cell, s *state) bool {
	t := f.unit.tree
	object, property := t.Child(target, ast.Object), t.Child(target, ast.Property)
	p, ok := f.place(object)
	if property == ast.None || !ok {
		return false
	}
	of := s.read(p)
	if of == nil && t.Nodes[object].Name == "this" && f.class != ast.None {
		of = of.withRef(ref{f.unit, f.class, refObject})
	}
	for _, r := range of.refList() {
		if r.kind != refObject {
			continue
		}
		if m, ok := f.p.method(classKey{r.unit, r.node}, setterName(t.Nodes[property].Name)); ok {
			if _, this, ok := f.applyFunc(m.unit, m.node, of, []argument{{node: ast.None, cell: v}}, s, target); ok {
				s.write(p, this)
				return true
			}
		}
	}
	return false
}
