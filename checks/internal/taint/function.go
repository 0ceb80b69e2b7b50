package taint

import (
	"strconv"

	"github.com/assay-app/assay/checks/internal/ast"
)

// invokers are the methods by which languages call a function that is a value.
var invokers = map[string]bool{
	"apply": true, "accept": true, "test": true, "get": true, "run": true, "call": true, "applyAsInt": true, "applyAsLong": true,
	"getAsInt": true, "invoke": true, "bind": true,
}

// invoked tells what `f.apply(x)` of Java and `f.call(this, x)` of JavaScript call, and with what; bind gives the function.
func (f *frame) invoked(method string, target, receiver *cell, args []argument) (*cell, []argument, bool) {
	if !invokers[method] || hasCode(target) || !hasFunction(receiver) {
		return nil, nil, false
	}
	switch {
	case f.unit.implicitThis && method != "bind":
		return receiver, args, true
	case !f.unit.keysAreFields || len(args) == 0 && method != "call":
		return nil, nil, false
	case method == "call":
		return receiver, args[min(1, len(args)):], true
	case method == "apply" && len(args) == 2:
		return receiver, []argument{{node: args[1].node, spread: ast.OpSpread, cell: args[1].cell}}, true
	}
	return nil, nil, false
}

func hasFunction(c *cell) bool {
	for _, r := range c.refList() {
		if r.kind == refCode && r.unit.tree.Nodes[r.node].Kind == ast.Func {
			return true
		}
	}
	return false
}

// overloads are the methods of one name of a class that take so many arguments; the method itself when none does.
func (u *unit) overloads(fn ast.ID, args int) []ast.ID {
	class := u.tree.Nodes[u.tree.Nodes[fn].Parent].Parent
	all := u.overloaded[class][u.defName(fn)]
	if len(all) < 2 {
		return []ast.ID{fn}
	}
	var out []ast.ID
	for _, m := range all {
		params := u.tree.Children(m, ast.ParamOf)
		if len(params) == args || len(params) > 0 && args >= len(params)-1 && u.tree.Nodes[params[len(params)-1]].Flags&ast.FlagRest != 0 {
			out = append(out, m)
		}
	}
	if len(out) == 0 || len(out) > maxRefs {
		return []ast.ID{fn}
	}
	return out
}

// superCall runs the constructor that `super(…)` or `this(…)` calls; false for any other call.
func (f *frame) superCall(callee ast.ID, args []argument, s *state, at ast.ID) bool {
	if callee == ast.None || f.class == ast.None {
		return false
	}
	n := &f.unit.tree.Nodes[callee]
	if n.Kind != ast.Ident || n.Name != "super" && (n.Name != "this" || f.unit.tree.Language != "java") {
		return false
	}
	class := classKey{f.unit, f.class}
	if n.Name == "super" {
		parent, ok := f.p.parentOf(f.unit, f.class)
		if !ok {
			return false
		}
		class = parent
	}
	m, ok := f.p.constructor(class, len(args))
	if !ok {
		return false
	}
	receiver := s.get(thisBase).retyped(ref{f.unit, f.class, refObject})
	if _, this, ok := f.applyFunc(m.unit, m.node, receiver, args, s, at); ok {
		s.set(thisBase, this)
	}
	return true
}

// constructor is the method that makes an object of a class.
func (p *program) constructor(class classKey, args int) (ref, bool) {
	for _, name := range append(constructors, class.unit.defName(class.node)) {
		if m, ok := p.method(class, name); ok {
			return ref{m.unit, m.unit.overloads(m.node, args)[0], refCode}, true
		}
	}
	return ref{}, false
}

// promise is where what a promise is resolved with is kept, for the `new Promise(…)` at a node.
func (p *program) promise(u *unit, at ast.ID) base {
	return p.baseOfName(u, "new Promise "+strconv.Itoa(int(at)))
}

// resolves notes what `resolve(x)` gives the promise whose function has it as its first parameter.
func (f *frame) resolves(callee ast.ID, s *state, applied set) {
	t := f.unit.tree
	if !f.unit.keysAreFields || callee == ast.None || len(applied) == 0 || t.Nodes[callee].Kind != ast.Ident {
		return
	}
	v := f.unit.info.Variable(callee)
	if v == nil || !v.Parameter || v.Owner < 0 || t.Nodes[v.Owner].Kind != ast.Func {
		return
	}
	if at := t.Nodes[v.Owner].Parent; f.unit.isPromise(at) && t.Child(v.Owner, ast.ParamOf) == t.Nodes[v.Declaration].Parent {
		b := f.p.promise(f.unit, at)
		s.set(b, join(s.get(b), tainted(applied)))
	}
}

func (u *unit) isPromise(id ast.ID) bool {
	if id == ast.None || u.tree.Nodes[id].Kind != ast.New {
		return false
	}
	callee := u.tree.Child(id, ast.Callee)
	return callee != ast.None && u.tree.Nodes[callee].Name == "Promise"
}

// recordField is what an accessor of a record gives: `p.name()` of Java.
func (f *frame) recordField(method string, receiver *cell, args []argument) (*cell, bool) {
	if len(args) > 0 || method == "" {
		return nil, false
	}
	for _, r := range receiver.refList() {
		if r.kind != refObject || r.unit.tree.Language != "java" {
			continue
		}
		for _, param := range r.unit.tree.Children(r.node, ast.ParamOf) {
			if r.unit.defName(param) == method {
				return receiver.at("." + method), true
			}
		}
	}
	return nil, false
}
