package taint

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// argument is an argument of a call.
type argument struct {
	node   ast.ID
	name   string // of a keyword argument
	spread ast.Op // OpSpread, OpSpreadMap or NoOp
	cell   *cell
}

// call runs a call, of whatever kind.
func (f *frame) call(id ast.ID, s *state) *cell {
	t := f.unit.tree
	callee := t.Child(id, ast.Callee)
	if t.Language == "go" && t.Nodes[id].Kind == ast.New {
		return f.composite(id, callee, s)
	}
	f.object = nil
	target := f.eval(callee, s)
	var receiver *cell
	method := ""
	if callee != ast.None && t.Nodes[callee].Kind == ast.Member {
		receiver = f.object
		if property := t.Child(callee, ast.Property); property != ast.None {
			method = t.Nodes[property].Name
		}
	} else if f.callsItself(callee, target) {
		receiver = s.get(thisBase).withRef(ref{f.unit, f.class, refObject})
	}
	args := f.arguments(id, s)
	applied := union(receiver.all(), target.ownSet())
	for _, a := range args {
		applied = union(applied, a.cell.all())
	}
	f.returning = nil
	if m := f.required(callee, args); m != nil {
		return m
	}
	if f.superCall(callee, args, s, id) {
		return nil
	}
	if function, given, ok := f.invoked(method, target, receiver, args); ok {
		target, args, receiver = function, given, nil
	}
	v := f.callTargets(id, callee, target, receiver, args, s, applied)
	if v == nil && len(target.refList()) == 0 || !hasCode(target) {
		v = f.unknownCall(id, callee, method, receiver, args, s, applied)
	}
	if body := t.Child(id, ast.Body); body != ast.None { // an anonymous class
		f.run(body, s)
	}
	f.applied = applied
	return v
}

// callsItself reports whether a call is of a method of the object that the calling method runs on, as f() is in Java.
func (f *frame) callsItself(callee ast.ID, target *cell) bool {
	t := f.unit.tree
	if !f.unit.implicitThis || f.class == ast.None || callee == ast.None || t.Nodes[callee].Kind != ast.Ident {
		return false
	}
	for _, r := range target.refList() {
		if r.kind != refCode {
			return false
		}
		around := r.unit.tree.Enclosing(r.node, ast.Func, ast.Class, ast.File)
		if around == ast.None || r.unit.tree.Nodes[around].Kind != ast.Class {
			return false
		}
	}
	return len(target.refList()) > 0
}

// composite is a literal of Go: a struct, map or slice with what it holds.
func (f *frame) composite(id, callee ast.ID, s *state) *cell {
	t := f.unit.tree
	args := t.Children(id, ast.Arg)
	class, known := f.p.typeNamed(f.unit, f.unit.typeText(callee))
	if len(args) > 0 && t.Nodes[args[0]].Kind != ast.Pair {
		if known && t.Nodes[callee].Kind != ast.Type {
			return f.positional(class, args, s)
		}
		return f.sequence(args, s)
	}
	var out *cell
	fields := callee != ast.None && t.Nodes[callee].Kind != ast.Type
	for _, a := range args {
		name := anyElem
		if key := t.Child(a, ast.Key); key != ast.None {
			if fields {
				name = "." + t.Nodes[key].Name
			} else {
				f.eval(key, s)
				name = f.elementName(key)
			}
		}
		out = out.put([]string{name}, f.eval(t.Child(a, ast.Value), s), false)
	}
	if fields && known {
		out = out.withRef(ref{class.unit, class.node, refObject})
	}
	return out
}

// positional is a literal of a struct whose fields are given in order.
func (f *frame) positional(class classKey, args []ast.ID, s *state) *cell {
	out := &cell{refs: []ref{{class.unit, class.node, refObject}}}
	names := class.unit.fieldNames(class.node)
	for i, a := range args {
		v := f.eval(a, s)
		if i < len(names) {
			out = out.with("."+names[i], v)
		} else {
			out = out.adding(v.all())
		}
	}
	return out
}

// fieldNames are the fields that the body of a class declares, in order; an embedded one is named as its type.
func (u *unit) fieldNames(class ast.ID) []string {
	t := u.tree
	body := t.Child(class, ast.Body)
	if body == ast.None {
		return nil
	}
	var out []string
	for _, field := range t.Children(body, ast.Stmt) {
		if t.Nodes[field].Kind != ast.VarDef {
			continue
		}
		if left := t.Child(field, ast.Left); left != ast.None {
			out = append(out, t.Nodes[left].Name)
		} else {
			out = append(out, lastName(u.typeText(t.Child(field, ast.TypeOf))))
		}
	}
	return out
}

func hasCode(c *cell) bool {
	for _, r := range c.refList() {
		if r.kind == refCode {
			return true
		}
	}
	return false
}

// arguments evaluates the arguments of a call.
func (f *frame) arguments(id ast.ID, s *state) []argument {
	t := f.unit.tree
	var out []argument
	for c := t.Nodes[id].First; c != ast.None; c = t.Nodes[c].Next {
		if t.Nodes[c].Role != ast.Arg {
			continue
		}
		a := argument{node: c, cell: f.eval(c, s)}
		switch t.Nodes[c].Kind {
		case ast.KeywordArg:
			a.name = t.Nodes[c].Name
		case ast.Spread:
			a.spread = t.Nodes[c].Op
			if a.spread == ast.NoOp {
				a.spread = ast.OpSpread
			}
		}
		out = append(out, a)
	}
	return out
}

// callTargets runs the functions that a call may call, as far as their code is known.
func (f *frame) callTargets(id, callee ast.ID, target, receiver *cell, args []argument, s *state, applied set) *cell {
	var out *cell
	after := unreached()
	known := false
	for _, r := range target.refList() {
		if r.kind == refMore {
			f.p.missTaints(applied)
		}
		if r.kind != refCode {
			continue
		}
		known = true
		for _, fn := range r.unit.overloads(r.node, len(args)) {
			state := s.clone()
			gone := f.restore(target, r, state)
			v, ok := f.apply(ref{r.unit, fn, refCode}, receiver, args, state, id)
			if !ok {
				v = f.passed(applied)
			}
			for _, b := range gone {
				state.set(b, nil)
			}
			out, after = join(out, v), merge(after, state)
		}
	}
	if known {
		s.become(after)
	}
	return out
}

// passed is what a call gives of whose code nothing is known: whatever went in.
func (f *frame) passed(applied set) *cell {
	return tainted(applied.filter(func(e elem) bool { return !f.p.rules[f.p.ruleOf(e)].Options.SafeFunctions }))
}

// apply runs a function, or makes an object of a class. It reports false when the code is not followed, because of a bound.
func (f *frame) apply(r ref, receiver *cell, args []argument, s *state, at ast.ID) (*cell, bool) {
	if r.unit.tree.Nodes[r.node].Kind == ast.Class {
		return f.construct(r, args, s, at)
	}
	v, this, ok := f.applyFunc(r.unit, r.node, receiver, args, s, at)
	method := r.unit.tree.Enclosing(r.node, ast.Func, ast.Class, ast.File) != 0 || r.unit.tree.Child(r.node, ast.Receiver) != ast.None
	if ok && method && !r.unit.byValue(r.node) {
		f.changeReceiver(at, receiver, this, s)
	}
	return v, ok
}

// changeReceiver gives the object of a method call what the method left in it.
func (f *frame) changeReceiver(at ast.ID, before, after *cell, s *state) {
	t := f.unit.tree
	if at == ast.None {
		return
	}
	callee := t.Child(at, ast.Callee)
	if callee != ast.None && t.Nodes[callee].Kind == ast.Ident && before != nil && f.class != ast.None && f.unit.implicitThis {
		s.set(thisBase, after)
		return
	}
	if callee == ast.None || t.Nodes[callee].Kind != ast.Member || equalCells(before, after) {
		return
	}
	object := t.Child(callee, ast.Object)
	if object == ast.None {
		return
	}
	if name := t.Nodes[object].Name; t.Nodes[object].Kind == ast.Ident && name == "super" {
		s.set(thisBase, after)
		return
	}
	if p, ok := f.place(object); ok {
		s.write(p, after)
	}
}

// constructors are what languages call the method that makes an object; Java, C# and C++ call it as the class.
var constructors = []string{"__init__", "constructor", "__construct", "initialize"}

// construct makes an object of a class.
func (f *frame) construct(r ref, args []argument, s *state, at ast.ID) (*cell, bool) {
	object := f.p.initial[classKey{r.unit, r.node}]
	self := ref{r.unit, r.node, refObject}
	if m, ok := f.p.constructor(classKey{r.unit, r.node}, len(args)); ok {
		if _, this, ok := f.applyFunc(m.unit, m.node, object.withRef(self), args, s, at); ok {
			return this.withRef(self), true
		}
	} else if params := r.unit.tree.Children(r.node, ast.ParamOf); len(params) == len(args) { // of a record
		for i, a := range args {
			object = object.with("."+r.unit.defName(params[i]), a.cell)
		}
		return object.withRef(self), true
	}
	for _, a := range args {
		if a.name != "" {
			object = object.with("."+a.name, a.cell)
		} else {
			object = object.adding(a.cell.all())
		}
	}
	return object.withRef(self), true
}

// unknownCall runs a call of whose code nothing is known.
func (f *frame) unknownCall(id, callee ast.ID, method string, receiver *cell, args []argument, s *state, applied set) *cell {
	if method != "" {
		if v, ok := f.collectionCall(callee, method, receiver, args, s); ok {
			return v
		}
	}
	if v, ok := f.makesCollection(id, args); ok {
		return v
	}
	if v, ok := f.recordField(method, receiver, args); ok {
		return v
	}
	out := f.passed(applied)
	f.goCall(callee, args, s, applied)
	f.resolves(callee, s, applied)
	returned, ran := f.callbacks(id, method, receiver, args, s)
	if f.unit.isPromise(id) {
		return s.get(f.p.promise(f.unit, id))
	}
	if method == "bind" && f.unit.keysAreFields && hasFunction(receiver) {
		return receiver
	}
	if !ran {
		return out
	}
	switch method {
	case "map", "flatMap", "then", "reduce", "mapToObj", "select", "collect", "reduceRight", "thenApply":
		return f.passed(returned.all())
	case "forEach", "each":
		return nil
	}
	if method == "" && f.unit.tree.Dotted(callee) == "map" {
		return f.passed(returned.all())
	}
	v := f.passed(returned.all())
	f.returning = v.ownSet().filter(func(e elem) bool { return !contains(applied, set{e}) })
	return join(out, v)
}

// callbacks runs the functions that are passed to a call of whose code nothing is known. What they are called with
// comes from the object that the call is on, as its elements do, or from the list beside the function.
func (f *frame) callbacks(id ast.ID, method string, receiver *cell, args []argument, s *state) (*cell, bool) {
	element := tainted(receiver.all())
	if method == "" {
		if name := f.unit.tree.Dotted(f.unit.tree.Child(id, ast.Callee)); name == "map" || name == "filter" || name == "sorted" || name == "reduce" {
			for _, a := range args {
				element = join(element, tainted(a.cell.all()))
			}
		}
	}
	var out *cell
	ran := false
	for _, a := range args {
		for _, r := range a.cell.refList() {
			if r.kind != refCode || r.unit.tree.Nodes[r.node].Kind != ast.Func {
				continue
			}
			params := len(r.unit.tree.Children(r.node, ast.ParamOf))
			passed := make([]argument, params)
			for i := range passed {
				passed[i] = argument{node: a.node, cell: element}
			}
			state := s.clone()
			gone := f.restore(a.cell, r, state)
			v, _, ok := f.applyFunc(r.unit, r.node, nil, passed, state, id)
			if !ok {
				continue
			}
			for _, b := range gone {
				state.set(b, nil)
			}
			ran = true
			out = join(out, v)
			s.become(merge(s, state)) // it may be called or not
		}
	}
	return out, ran
}

// function is a function as a value; its code runs when it is called, or else at the end of the code around.
func (f *frame) function(id ast.ID, s *state) *cell {
	t := f.unit.tree
	for _, d := range t.Children(id, ast.DecoratorOf) {
		f.eval(d, s)
	}
	known := false
	for _, c := range f.closures {
		known = known || c == id
	}
	if !known {
		f.closures = append(f.closures, id)
	}
	return f.closure(id, s)
}

// bindArguments tells which parameter gets what; receiver is what a first parameter that stands for the object gets.
// Given tells the parameters that got something from those that take their default.
func (u *unit) bindArguments(fn ast.ID, receiver *cell, args []argument) (cells []*cell, given []bool) {
	t := u.tree
	params := t.Children(fn, ast.ParamOf)
	cells, given = make([]*cell, len(params)), make([]bool, len(params))
	next := 0
	if u.selfParam(fn) && len(params) > 0 {
		cells[0], given[0] = receiver, true
		next = 1
	}
	give := func(i int, c *cell) {
		cells[i], given[i] = join(cells[i], c), true
	}
	rest := 0
	for _, a := range args {
		switch {
		case a.name != "":
			u.giveNamed(params, a, give, cells)
		case a.spread != ast.NoOp:
			for i := next; i < len(params); i++ {
				n := &t.Nodes[params[i]]
				switch {
				case a.spread == ast.OpSpreadMap:
					name := u.defName(params[i])
					give(i, join(a.cell.at("["+name), a.cell.at("."+name)))
				case n.Flags&ast.FlagRest != 0:
					give(i, (*cell)(nil).with(anyElem, a.cell.element()))
				default:
					give(i, a.cell.element())
				}
			}
		case next >= len(params):
		case t.Nodes[params[next]].Flags&ast.FlagRest != 0:
			if a.cell != nil {
				cells[next] = cells[next].with(indexName(int64(rest)), a.cell)
			}
			given[next] = true
			rest++
		case t.Nodes[params[next]].Flags&ast.FlagRestMap != 0:
		default:
			give(next, a.cell)
			next++
		}
	}
	return cells, given
}

// giveNamed binds an argument that is given by name.
func (u *unit) giveNamed(params []ast.ID, a argument, give func(int, *cell), cells []*cell) {
	for i, p := range params {
		if u.defName(p) == a.name && u.tree.Nodes[p].Flags&(ast.FlagRest|ast.FlagRestMap) == 0 {
			give(i, a.cell)
			return
		}
	}
	for i, p := range params {
		if u.tree.Nodes[p].Flags&ast.FlagRestMap != 0 {
			give(i, cells[i].with("["+a.name, a.cell))
			return
		}
	}
}

// selfParam reports whether the first parameter of a function is the object that it is called on.
func (u *unit) selfParam(fn ast.ID) bool {
	t := u.tree
	if t.Language != "python" {
		return false
	}
	if around := t.Enclosing(fn, ast.Func, ast.Class, ast.File); t.Nodes[around].Kind != ast.Class {
		return false
	}
	for _, d := range t.Children(fn, ast.DecoratorOf) {
		if callee := t.Child(d, ast.Callee); callee != ast.None && strings.HasSuffix(t.Nodes[callee].Name, "staticmethod") {
			return false
		}
	}
	return t.Nodes[fn].Flags&ast.FlagLambda == 0
}
