package taint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// summary is what running a function does, for one kind of call of it: which labels what goes in carries, and where.
// Taints that come in are numbered; a summary speaks of them by a negative origin, and is made concrete for each call.
type summary struct {
	unit *unit
	fn   ast.ID

	returned *cell
	thrown   *cell
	this     *cell
	params   []*cell // what the arguments hold afterwards
	kept     []bool  // of params: still the object that was passed
	outs     []held  // what variables around the function hold afterwards
	pending  []pending

	needs int  // the depth of the outermost running call that it relies on, or nobody
	stale bool // what it relies on has changed
	ran   bool // once at least
}

// incoming numbers the taints that come into a function.
type incoming struct{ actual []set }

// abstract gives each label of a value a number of its own.
func (in *incoming) abstract(c *cell, keep func(elem) bool, first *step) *cell {
	return c.each(func(own set) set {
		var out set
		for i := 0; i < len(own); {
			j := i
			for j < len(own) && own[j].label == own[i].label {
				j++
			}
			if keep == nil || keep(own[i]) {
				in.actual = append(in.actual, own[i:j])
				out = append(out, elem{label: own[i].label, origin: int32(-len(in.actual)), trace: first})
			}
			i = j
		}
		return out
	})
}

// concrete is what a taint of the summary stands for in this call.
func (in *incoming) concrete(e elem, u *unit, at ast.ID) set {
	if e.origin >= 0 {
		e.trace = e.trace.then(u, at)
		return set{e}
	}
	actual := in.actual[-e.origin-1]
	out := make(set, len(actual))
	for i, a := range actual {
		a.label = e.label
		a.trace = splice(a.trace.then(u, at), e.trace)
		out[i] = a
	}
	return out
}

func (in *incoming) concreteCell(c *cell, u *unit, at ast.ID) *cell {
	return c.each(func(own set) set {
		var out set
		for _, e := range own {
			out = union(out, in.concrete(e, u, at))
		}
		return out
	})
}

// sees says which bases a function can see that are not its own: globals of its file, and variables of the functions
// around it and around the functions that it is passed.
type sees struct {
	p     *program
	codes []ref
}

func (v *sees) base(b base) bool {
	if b < firstBase {
		return b == controlBase
	}
	of := &v.p.bases[b]
	for _, r := range v.codes {
		if of.unit == r.unit && (of.owner == 0 || of.owner != r.node && r.unit.tree.Contains(of.owner, r.node)) {
			return true
		}
	}
	return false
}

// applyFunc runs a function for a call at a node: what it returns, and what the object that it ran on is afterwards.
func (f *frame) applyFunc(u *unit, fn ast.ID, receiver *cell, args []argument, s *state, at ast.ID) (returned, this *cell, ok bool) {
	p := f.p
	if !p.spend() || u.tree.Child(fn, ast.Body) == ast.None {
		return nil, nil, false
	}
	if u == f.unit {
		f.called[fn] = true
	}
	seen := sees{p: p, codes: []ref{{u, fn, refCode}}}
	for _, a := range args {
		seen.codes = append(seen.codes, a.cell.refList()...)
	}
	nested := u == f.unit && f.code != fn && u.tree.Contains(f.code, fn) && u.tree.Enclosing(fn, ast.Func, ast.Class, ast.File) == f.code
	if nested && u.tree.Nodes[fn].Flags&ast.FlagLambda != 0 {
		receiver = s.get(thisBase)
	}
	params := u.tree.Children(fn, ast.ParamOf)
	cells, given := u.bindArguments(fn, receiver, args)
	if p.perFunc[classKey{u, fn}] >= maxFuncContexts { // from now on fewer calls are told apart
		receiver = receiver.plain()
		for i := range cells {
			cells[i] = cells[i].plain()
		}
	}

	var in incoming
	keep := p.keepAcross(f, u, fn)
	var key strings.Builder
	key.WriteString(strconv.Itoa(u.number) + ":" + strconv.Itoa(int(fn)))
	for i := range cells {
		var first *step
		cells[i] = in.abstract(cells[i], keep, first.then(u, params[i]))
		if given[i] {
			cells[i].key(&key)
		} else {
			key.WriteByte('.')
		}
	}
	key.WriteByte('/')
	entry := &state{}
	if !u.selfParam(fn) {
		inside := in.abstract(receiver, keep, nil)
		inside.key(&key)
		entry.set(thisBase, inside)
	}
	var captured []base
	for _, h := range s.vars {
		if !seen.base(h.base) {
			continue
		}
		inside := in.abstract(h.cell, p.keepCaptured(u, fn), nil)
		if inside == nil {
			continue
		}
		captured = append(captured, h.base)
		entry.set(h.base, inside)
		key.WriteByte('/')
		key.WriteString(strconv.Itoa(int(h.base)))
		inside.key(&key)
	}

	sum := p.summary(key.String(), u, fn, func(sum *summary) { p.runFunction(sum, entry, cells, given, captured, &seen) })
	if sum == nil {
		p.missCall(u, fn, append(cells, entry.cells()...)...)
		return nil, nil, false
	}
	if !sum.ran { // it calls itself before anything is known of how it ends
		s.dead = true
		return nil, receiver, true
	}
	for _, w := range sum.pending {
		for _, e := range in.concrete(w.elem, f.unit, at) {
			f.reach(w.sink, e)
		}
	}
	for _, o := range sum.outs {
		s.set(o.base, p.acrossCalls(in.concreteCell(o.cell, f.unit, at), s.get(o.base)))
	}
	f.changeArguments(sum, u, fn, params, args, &in, s, at)
	f.thrown = join(f.thrown, in.concreteCell(sum.thrown, f.unit, at))
	returned = in.concreteCell(sum.returned, f.unit, at)
	if p.within {
		var applied set
		for _, a := range args {
			applied = union(applied, a.cell.all())
		}
		returned = p.onlyAcross(returned).adding(f.passed(union(applied, receiver.all())).ownSet().filter(p.isWithin))
	}
	return returned, p.acrossCalls(in.concreteCell(sum.this, f.unit, at), receiver), true
}

// changeArguments gives the variables that were passed what the function left in them.
func (f *frame) changeArguments(sum *summary, u *unit, fn ast.ID, params []ast.ID, args []argument, in *incoming, s *state, at ast.ID) {
	next := 0
	if u.selfParam(fn) {
		next = 1
	}
	for _, a := range args {
		i := -1
		switch {
		case a.name != "":
			for k, p := range params {
				if u.defName(p) == a.name {
					i = k
				}
			}
		case a.spread != ast.NoOp:
			return
		default:
			i = next
			next++
		}
		if i < 0 || i >= len(params) || i >= len(sum.params) || !sum.kept[i] || u.tree.Nodes[params[i]].Flags&(ast.FlagRest|ast.FlagRestMap) != 0 {
			continue
		}
		after := f.p.acrossCalls(in.concreteCell(sum.params[i], f.unit, at), a.cell)
		if equalCells(after, a.cell) {
			continue
		}
		if place, ok := f.place(a.node); ok && f.unit.tree.Nodes[a.node].Kind != ast.Spread {
			s.write(place, after)
		}
	}
}

// summary finds or makes the summary of a kind of call; nil when a bound forbids to.
//
// Functions that call each other are run together until none changes any more: the one that was called first runs again,
// and each of the others once in each of its turns, from what the turn before came to.
func (p *program) summary(key string, u *unit, fn ast.ID, run func(*summary)) *summary {
	sum := p.summaries[key]
	switch {
	case sum != nil && !sum.stale:
		p.lowest = min(p.lowest, sum.needs)
		return sum
	case sum == nil && len(p.summaries) >= maxContexts:
		p.err = ErrBound
		return nil
	case p.depth >= maxCallDepth:
		return nil
	case sum == nil:
		count := classKey{u, fn}
		switch {
		case p.perFunc[count] < maxFuncContexts:
			p.perFunc[count]++
		case p.flatFunc[count] < maxFlatContexts:
			p.flatFunc[count]++
		default:
			return nil
		}
		sum = &summary{unit: u, fn: fn}
		p.summaries[key] = sum
	}
	p.depth++
	around := p.lowest
	first := len(p.order)
	for turn := 0; ; turn++ {
		p.lowest = nobody
		p.order = append(p.order[:first], sum)
		before := *sum
		changed := p.changed
		p.changed = false
		sum.stale, sum.needs = false, p.depth
		run(sum)
		if before.ran {
			sum.widen(&before)
		}
		sum.ran = true
		if !before.ran || !sum.same(&before) {
			p.changed = true
		}
		settled := !p.changed
		p.changed = p.changed || changed
		if p.lowest < p.depth { // one that is running further out needs it, and runs it again
			sum.needs = p.lowest
			break
		}
		if p.err != nil || p.lowest > p.depth || settled {
			p.settle(first)
			p.changed = changed // it is no part of what runs further out
			break
		}
		if turn >= maxRecursion {
			p.err = ErrBound
			break
		}
		for _, s := range p.order[first:] {
			s.stale = true
		}
	}
	p.lowest = min(around, p.lowest)
	if sum.needs == nobody {
		p.lowest = around
	}
	p.depth--
	return sum
}

// nobody is deeper than any call.
const nobody = maxCallDepth + 1

// settle notes that the summaries made since need no other run.
func (p *program) settle(first int) {
	for _, s := range p.order[first:] {
		s.needs, s.stale = nobody, false
	}
	p.order = p.order[:first]
}

// widen adds what the run before came to, so that runs only ever add.
func (s *summary) widen(before *summary) {
	s.returned, s.this, s.thrown = join(before.returned, s.returned), join(before.this, s.this), join(before.thrown, s.thrown)
	for i := range s.params {
		s.params[i] = join(before.params[i], s.params[i])
	}
	outs := state{vars: s.outs}
	s.outs = merge(&state{vars: before.outs}, &outs).vars
	for _, w := range before.pending {
		if !slices.ContainsFunc(s.pending, func(o pending) bool { return o.sink == w.sink && compareElems(o.elem, w.elem) == 0 }) {
			s.pending = append(s.pending, w)
		}
	}
}

// same reports whether two runs came to the same.
func (s *summary) same(o *summary) bool {
	if !equalCells(s.returned, o.returned) || !equalCells(s.this, o.this) || !equalCells(s.thrown, o.thrown) ||
		len(s.outs) != len(o.outs) || len(s.pending) != len(o.pending) || len(s.params) != len(o.params) {
		return false
	}
	for i := range s.outs {
		if s.outs[i].base != o.outs[i].base || !equalCells(s.outs[i].cell, o.outs[i].cell) {
			return false
		}
	}
	for i := range s.params {
		if !equalCells(s.params[i], o.params[i]) {
			return false
		}
	}
	return true
}

// runFunction runs a function once and writes down what it does.
func (p *program) runFunction(sum *summary, entry *state, cells []*cell, given []bool, captured []base, seen *sees) {
	u, fn := sum.unit, sum.fn
	t := u.tree
	f := p.newFrame(u, fn)
	s := entry.clone()
	params := t.Children(fn, ast.ParamOf)
	for i, param := range params {
		v := cells[i]
		if !given[i] {
			v = f.eval(t.Child(param, ast.Default), s)
		}
		f.bindParam(param, v, s)
	}
	if receiver := t.Child(fn, ast.Receiver); receiver != ast.None {
		for id := receiver; id < t.Nodes[receiver].After; id++ {
			if t.Nodes[id].Kind == ast.Ident && t.Nodes[id].Role == ast.DefName {
				f.assign(id, s.get(thisBase), s, false)
			}
		}
	}
	f.results = u.namedResults(fn)
	f.run(t.Child(fn, ast.Body), s)
	f.exit = merge(f.exit, s)
	f.leave()
	f.runClosures(f.exit)

	// Without a bound on depth, what a recursive function puts around its own result would grow for ever.
	sum.returned, sum.thrown, sum.pending = f.returned.flat(maxPath), f.thrown.flat(maxPath), f.pending
	sum.params, sum.kept = make([]*cell, len(params)), make([]bool, len(params))
	for i, param := range params {
		name := t.Child(param, ast.DefName)
		if name == ast.None || t.Nodes[name].Kind != ast.Ident || f.exit.dead {
			continue
		}
		if v := u.info.Variable(name); v != nil && len(v.Assignments) <= 1 {
			sum.params[i], sum.kept[i] = f.exit.get(p.baseOfVariable(u, v)), true
		}
	}
	switch receiver := t.Child(fn, ast.Receiver); {
	case u.selfParam(fn) && len(params) > 0:
		sum.this = cells[0]
		if sum.kept[0] {
			sum.this = sum.params[0]
		}
	case receiver != ast.None:
		sum.this = entry.get(thisBase)
		for id := receiver; id < t.Nodes[receiver].After && !f.exit.dead; id++ {
			if t.Nodes[id].Kind == ast.Ident && t.Nodes[id].Role == ast.DefName {
				b, _ := f.base(id)
				sum.this = f.exit.get(b)
			}
		}
	case f.exit.dead:
		sum.this = entry.get(thisBase)
	default:
		sum.this = f.exit.get(thisBase)
	}
	sum.outs = nil
	if f.exit.dead {
		return
	}
	for _, b := range captured {
		if f.exit.get(b) == nil {
			sum.outs = append(sum.outs, held{b, nil})
		}
	}
	for _, h := range f.exit.vars {
		if seen.base(h.base) {
			sum.outs = append(sum.outs, h)
		}
	}
}

// bindParam gives a parameter its value.
func (f *frame) bindParam(param ast.ID, v *cell, s *state) {
	t := f.unit.tree
	name := t.Child(param, ast.DefName)
	sources, sanitizers, sinks := len(f.sources), len(f.sanitizers), len(f.sinks)
	marks := f.enter(param)
	v = f.judge(param, v, s, marks)
	if name != ast.None {
		marks = f.enter(name)
		v = f.judge(name, v, s, marks)
		f.bindName(name, v, s)
	}
	f.sources, f.sanitizers, f.sinks = f.sources[:sources], f.sanitizers[:sanitizers], f.sinks[:sinks]
}

// bindName is assign for a parameter, in whose pattern sources may be meant by a name.
func (f *frame) bindName(name ast.ID, v *cell, s *state) {
	t := f.unit.tree
	f.assign(name, v, s, false)
	if t.Nodes[name].Kind == ast.Ident {
		return
	}
	for id := name + 1; id < t.Nodes[name].After; id++ {
		for _, m := range f.unit.marksAt(id) {
			if p, ok := f.place(id); ok && m.kind == markSource && t.Nodes[id].Kind == ast.Ident {
				s.write(p, s.read(p).adding(f.fresh(m)))
			}
		}
	}
}

func (f *frame) fresh(m *mark) set {
	var first *step
	return set{{label: m.label, origin: m.origin, trace: first.then(f.unit, m.node)}}
}

// runClosures runs the functions defined in a function that it did not call itself: somebody else may.
func (f *frame) runClosures(s *state) {
	if s.dead {
		s = &state{}
	}
	for i := 0; i < len(f.closures); i++ {
		if fn := f.closures[i]; !f.called[fn] && f.p.err == nil {
			f.applyFunc(f.unit, fn, nil, nil, s.clone(), ast.None)
		}
	}
}
