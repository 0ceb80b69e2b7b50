package taint

import (
	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// frame is one run of a function's code, or of a file's top level.
type frame struct {
	p     *program
	unit  *unit
	code  ast.ID // the Func or File
	class ast.ID // the class that it is a method of, or None

	returned *cell  // what it returns or yields
	thrown   *cell  // what it throws
	exit     *state // what its variables hold where it returns
	pending  []pending

	loops []*loop
	tries []*attempt // of each try around the point

	// The inexact marks of the nodes around the point.
	sources, sanitizers, sinks []*mark

	object     *cell // what the Member evaluated last is a member of
	applied    set   // the taints of the arguments and the receiver of the call evaluated last
	returning  set   // what that call gives only because a function passed to it returns it
	propagated map[*Match]*propagation
	results    []ast.ID // of a function of Go, the names of its results
	deferred   []ast.ID // what it runs when it ends
	closures   []ast.ID // functions defined in here, in order
	called     map[ast.ID]bool
}

// attempt is a try around the point: what may hold where it is left by an exception, and what was noted of that last.
type attempt struct{ state, noted *state }

// loop is a loop, switch or labelled block around the point.
type loop struct {
	label        string
	only         bool   // a switch or block: continue passes through
	ended, again *state // where break and continue lead
	valued       bool   // a switch that is an expression
	value        *cell  // of it
}

// propagation is what is known of a match of a propagator: what it takes, and where to.
type propagation struct {
	from    set
	to      place
	hasFrom bool
	hasTo   bool
}

// pending is a sink that something from outside the function reaches.
type pending struct {
	sink *mark
	elem elem
}

func (p *program) newFrame(u *unit, code ast.ID) *frame {
	f := &frame{p: p, unit: u, code: code, class: ast.None, exit: unreached(), propagated: map[*Match]*propagation{}, called: map[ast.ID]bool{}}
	f.class = u.classOf(code)
	for id := u.tree.Nodes[code].Parent; id != ast.None; id = u.tree.Nodes[id].Parent {
		f.enter(id)
	}
	return f
}

// classOf is the class whose `this` code sees.
func (u *unit) classOf(code ast.ID) ast.ID {
	class := u.tree.Enclosing(code, ast.Class)
	if receiver := u.tree.Child(code, ast.Receiver); receiver != ast.None {
		if c, ok := u.classes[u.receiverType(receiver)]; ok {
			return c
		}
	}
	return class
}

// enter notes the inexact marks of a node that is about to be evaluated.
func (f *frame) enter(id ast.ID) []*mark {
	marks := f.unit.marksAt(id)
	for _, m := range marks {
		if m.exact {
			continue
		}
		switch m.kind {
		case markSource:
			f.sources = append(f.sources, m)
		case markSanitizer:
			f.sanitizers = append(f.sanitizers, m)
		case markSink:
			f.sinks = append(f.sinks, m)
		}
	}
	return marks
}

// eval runs a statement or computes what an expression's value carries.
func (f *frame) eval(id ast.ID, s *state) *cell {
	if id == ast.None || !f.p.spend() {
		return nil
	}
	sources, sanitizers, sinks := len(f.sources), len(f.sanitizers), len(f.sinks)
	marks := f.enter(id)
	f.applied, f.returning = nil, nil
	v := f.evalNode(id, s)
	if len(marks) > 0 || len(f.sources) > 0 || len(f.sanitizers) > 0 || len(f.sinks) > 0 || f.p.safeTypes {
		v = f.judge(id, v, s, marks)
	}
	f.applied, f.returning = nil, nil // they are of this node, and of none around it
	f.sources, f.sanitizers, f.sinks = f.sources[:sources], f.sanitizers[:sanitizers], f.sinks[:sinks]
	return v
}

// judge applies to a value what rules say of the node that it comes from.
func (f *frame) judge(id ast.ID, v *cell, s *state, marks []*mark) *cell {
	applied, returning := f.applied, f.returning
	for _, m := range marks {
		if m.kind == markTo {
			v = f.arrive(m, id, v, s)
		}
	}
	for _, m := range f.sources {
		v = f.taint(m, id, v, s)
	}
	for _, m := range marks {
		if m.kind == markSource && m.exact {
			v = f.taint(m, id, v, s)
		}
	}
	for _, m := range f.sanitizers {
		v = f.clean(m, id, v, s)
		applied = f.without(applied, m.rule)
	}
	for _, m := range marks {
		if m.kind == markSanitizer && m.exact {
			v = f.clean(m, id, v, s)
			applied = f.without(applied, m.rule)
		}
	}
	if f.p.safeTypes {
		v = f.dropSafeTypes(id, v)
	}
	for _, m := range marks {
		if m.kind == markFrom {
			f.depart(m, v, s)
		}
	}
	for _, m := range marks {
		if m.kind == markSink && m.exact {
			all := v.all()
			if len(returning) > 0 {
				all = all.filter(func(e elem) bool { return !contains(returning, set{e}) })
			}
			f.sink(m, union(all, applied), s)
		}
	}
	for _, m := range f.sinks {
		all := v.all()
		if m.node == id {
			all = union(all, applied)
		}
		f.sink(m, all, s)
	}
	return v
}

func (f *frame) without(s set, rule int) set {
	return s.filter(func(e elem) bool { return f.p.ruleOf(e) != rule })
}

// taint applies a source.
func (f *frame) taint(m *mark, id ast.ID, v *cell, s *state) *cell {
	item := &f.p.rules[m.rule].Sources[m.match.Item]
	if item.Requires != nil && !f.meets(item.Requires, m.rule, union(v.all(), f.appliedAt(m, id))) {
		return v
	}
	fresh := f.fresh(m)
	if item.Control {
		s.set(controlBase, s.get(controlBase).adding(fresh))
		return v
	}
	if item.SideEffect != NoSideEffect && m.node == id {
		if p, ok := f.place(id); ok {
			s.write(p, s.read(p).adding(fresh))
		}
	}
	if item.SideEffect == OnlySideEffect {
		return v
	}
	return v.adding(fresh)
}

func (f *frame) appliedAt(m *mark, id ast.ID) set {
	if m.node == id {
		return f.applied
	}
	return nil
}

// clean applies a sanitizer.
func (f *frame) clean(m *mark, id ast.ID, v *cell, s *state) *cell {
	drop := func(own set) set { return f.without(own, m.rule) }
	item := &f.p.rules[m.rule].Sanitizers[m.match.Item]
	if item.SideEffect != NoSideEffect && m.node == id {
		if p, ok := f.place(id); ok {
			s.write(p, s.read(p).each(drop))
		}
	}
	if item.SideEffect == OnlySideEffect {
		return v
	}
	return v.each(drop)
}

// depart notes what a propagator takes.
func (f *frame) depart(m *mark, v *cell, s *state) {
	item := &f.p.rules[m.rule].Propagators[m.match.Item]
	all := v.all()
	taken := all.filter(func(e elem) bool { return f.p.ruleOf(e) == m.rule })
	if item.Requires != nil && !f.meets(item.Requires, m.rule, taken) {
		taken = nil
	}
	if item.Label != "" {
		taken = f.relabelled(taken, m.rule, item)
	}
	w := f.propagation(m)
	w.from, w.hasFrom = taken, true
	if w.hasTo {
		f.propagate(item, w, s)
	}
}

func (f *frame) propagation(m *mark) *propagation {
	w := f.propagated[m.match]
	if w == nil {
		w = &propagation{}
		f.propagated[m.match] = w
	}
	return w
}

func (f *frame) relabelled(taken set, rule int, item *Propagator) set {
	out := make(set, 0, len(taken))
	for _, e := range taken {
		replace := len(item.ReplaceLabels) == 0
		for _, name := range item.ReplaceLabels {
			replace = replace || name == f.p.labels[e.label].name
		}
		if replace {
			e.label = f.p.label(rule, item.Label)
		}
		out = append(out, e)
	}
	return normal(out)
}

// arrive notes where a propagator leads, and adds what it brings.
func (f *frame) arrive(m *mark, id ast.ID, v *cell, s *state) *cell {
	item := &f.p.rules[m.rule].Propagators[m.match.Item]
	w := f.propagation(m)
	if to, ok := f.place(id); ok && !item.NoSideEffect {
		w.to, w.hasTo = to, true
	}
	if !w.hasFrom {
		return v
	}
	f.propagate(item, w, s)
	return v.adding(w.from)
}

func (f *frame) propagate(item *Propagator, w *propagation, s *state) {
	if len(w.from) > 0 && w.hasTo && !item.NoSideEffect {
		s.write(w.to, s.read(w.to).adding(w.from))
	}
}

// meets reports whether the labels that a rule has in a set meet a condition.
func (f *frame) meets(c *semgrep.Requires, rule int, s set) bool {
	return c.Holds(func(name string) bool {
		for _, e := range s {
			if l := f.p.labels[e.label]; l.rule == rule && l.name == name {
				return true
			}
		}
		return false
	})
}

// sink notes what reaches a sink.
func (f *frame) sink(m *mark, s set, at *state) {
	item := &f.p.rules[m.rule].Sinks[m.match.Item]
	if control := at.get(controlBase); control != nil {
		s = union(s, control.own)
	}
	if len(s) == 0 || item.AtExit && !f.atExit(m.node) {
		return
	}
	if item.Requires != nil && !f.meets(item.Requires, m.rule, s) {
		return
	}
	for _, e := range s {
		l := f.p.labels[e.label]
		if l.rule != m.rule || item.Requires == nil && l.name != DefaultLabel || !item.Requires.Wants(l.name) {
			continue
		}
		f.reach(m, e)
	}
}

// reach notes that a taint reaches a sink, here or in a function called from here.
func (f *frame) reach(m *mark, e elem) {
	if e.origin >= 0 {
		f.p.report(m, e)
		return
	}
	for _, known := range f.pending {
		if known.sink == m && compareElems(known.elem, e) == 0 {
			return
		}
	}
	f.pending = append(f.pending, pending{m, e})
}

// atExit reports whether a function ends behind a node.
func (f *frame) atExit(id ast.ID) bool {
	t := f.unit.tree
	for ; id != ast.None && id != f.code; id = t.Nodes[id].Parent {
		n := &t.Nodes[id]
		switch {
		case n.Kind == ast.Return || n.Kind == ast.Throw:
			return true
		case n.Role == ast.Stmt && n.Next != ast.None:
			return false
		}
	}
	return true
}

// dropSafeTypes cleans numbers and booleans for the rules that take them for safe.
func (f *frame) dropSafeTypes(id ast.ID, v *cell) *cell {
	if len(v.all()) == 0 {
		return v
	}
	number, boolean := f.unit.basicType(id)
	if !number && !boolean {
		return v
	}
	return v.each(func(s set) set {
		return s.filter(func(e elem) bool {
			o := &f.p.rules[f.p.ruleOf(e)].Options
			return !(number && o.SafeNumbers || boolean && o.SafeBooleans)
		})
	})
}

// basicType says whether an expression certainly is a number or a boolean.
func (u *unit) basicType(id ast.ID) (number, boolean bool) {
	n := &u.tree.Nodes[id]
	switch n.Kind {
	case ast.Num:
		return true, false
	case ast.Bool:
		return false, true
	case ast.Unary:
		return false, n.Op == ast.OpNot
	case ast.Binary:
		return false, isComparison(n.Op)
	case ast.Ident, ast.Member, ast.Cast:
		switch u.info.Type(id).Text {
		case "int", "long", "short", "byte", "float", "double", "Integer", "Long", "Short", "Byte", "Float", "Double",
			"number", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "float32", "float64":
			return true, false
		case "bool", "boolean", "Boolean":
			return false, true
		}
	}
	return false, false
}

func isComparison(op ast.Op) bool {
	switch op {
	case ast.OpEq, ast.OpNe, ast.OpStrictEq, ast.OpStrictNe, ast.OpLt, ast.OpLe, ast.OpGt, ast.OpGe, ast.OpIn, ast.OpNotIn,
		ast.OpIs, ast.OpIsNot, ast.OpInstanceOf, ast.OpMatch, ast.OpNotMatch:
		return true
	}
	return false
}
