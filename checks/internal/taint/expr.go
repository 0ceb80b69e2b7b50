package taint

import (
	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/imports"
)

// evalNode runs a node by its kind, before rules have their say.
func (f *frame) evalNode(id ast.ID, s *state) *cell {
	t := f.unit.tree
	n := &t.Nodes[id]
	switch n.Kind {
	case ast.Num, ast.Str, ast.Bool, ast.Null:
		return nil
	case ast.Ident:
		return f.ident(id, s)
	case ast.Member:
		return f.member(id, s)
	case ast.Index:
		return f.element(id, s)
	case ast.Interp:
		return f.mixed(id, s)
	case ast.Call, ast.New:
		return f.call(id, s)
	case ast.KeywordArg, ast.Spread, ast.Cast:
		return f.eval(t.Child(id, ast.Value), s)
	case ast.Await:
		return f.eval(t.Child(id, ast.Value), s)
	case ast.Unary:
		v := f.eval(t.Child(id, ast.Value), s)
		switch n.Op {
		case ast.OpDeref, ast.OpAddressOf:
			return v
		case ast.OpReceive:
			return v.element()
		}
		return tainted(v.all())
	case ast.Binary:
		return f.binary(id, s)
	case ast.Assign, ast.VarDef:
		return f.assignment(id, s)
	case ast.Cond:
		then, otherwise := f.branch(t.Child(id, ast.Test), s)
		var a, b *cell
		if !then.dead {
			a = f.eval(t.Child(id, ast.Then), then)
		}
		if !otherwise.dead {
			b = f.eval(t.Child(id, ast.Else), otherwise)
		}
		s.become(merge(then, otherwise))
		return join(a, b)
	case ast.List, ast.Tuple:
		if n.Op == ast.OpComma { // (a, b) of JavaScript is b
			var last *cell
			for _, e := range t.Children(id, ast.Elem) {
				last = f.eval(e, s)
			}
			return last
		}
		return f.sequence(t.Children(id, ast.Elem), s)
	case ast.Set:
		var out set
		for _, e := range t.Children(id, ast.Elem) {
			out = union(out, f.eval(e, s).all())
		}
		return tainted(out)
	case ast.Dict:
		return f.dict(id, s)
	case ast.Pair:
		f.eval(t.Child(id, ast.Key), s)
		return f.eval(t.Child(id, ast.Value), s)
	case ast.Comprehension:
		return f.comprehension(id, s)
	case ast.Yield:
		v := f.eval(t.Child(id, ast.Value), s)
		if n := len(f.loops); t.Language == "java" && n > 0 { // it leaves a switch
			l := f.loops[n-1]
			l.value, l.ended = join(l.value, v), merge(l.ended, s)
			s.dead = true
			return nil
		}
		if n.Flags&ast.FlagDelegate != 0 {
			f.returned = join(f.returned, v)
		} else {
			f.returned = join(f.returned, (*cell)(nil).with(anyElem, v))
		}
		return nil
	case ast.Func:
		return f.function(id, s)
	case ast.Type:
		if object := t.Child(id, ast.Object); n.Role == ast.Callee && object != ast.None { // f[T](x), m[k](x)
			v := f.eval(object, s)
			if hasCode(v) {
				return v
			}
			return v.element()
		}
		return nil
	case ast.JSXElement:
		return f.mixed(id, s)
	case ast.Slice:
		f.parts(id, s)
		return nil
	}
	return f.statement(id, s)
}

// parts evaluates all children in order; the value carries what any of them does.
func (f *frame) parts(id ast.ID, s *state) *cell {
	t := f.unit.tree
	var out set
	for c := t.Nodes[id].First; c != ast.None && !s.dead; c = t.Nodes[c].Next {
		switch t.Nodes[c].Role {
		case ast.TypeOf, ast.ModifierOf, ast.TypeParam:
			continue
		}
		out = union(out, f.eval(c, s).all())
	}
	return tainted(out)
}

// mixed is a text put together from parts.
func (f *frame) mixed(id ast.ID, s *state) *cell { return f.parts(id, s) }

func (f *frame) ident(id ast.ID, s *state) *cell {
	n := &f.unit.tree.Nodes[id]
	b, field := f.base(id)
	var v *cell
	if field {
		v = s.get(thisBase).at("." + n.Name)
		if v == nil {
			v = f.outerField(id)
		}
		if method := f.unit.methods[f.class][n.Name]; v == nil && method > 0 && !f.unit.fields[f.class][n.Name] {
			v = &cell{refs: []ref{{f.unit, method, refCode}}}
		}
		if len(v.refList()) == 0 {
			if of, ok := f.p.fieldClass(classKey{f.unit, f.class}, n.Name); ok {
				v = v.withRef(ref{of.unit, of.node, refObject})
			}
		}
		return v
	}
	v = s.get(b)
	switch n.Name {
	case "this":
		if b == thisBase && f.class != ast.None {
			return v.withRef(ref{f.unit, f.class, refObject})
		}
	case "super":
		if parent, ok := f.p.parentOf(f.unit, f.class); ok {
			return s.get(thisBase).retyped(ref{parent.unit, parent.node, refObject})
		}
	}
	if v == nil || len(v.refs) == 0 {
		if variable := f.unit.info.Variable(id); variable != nil && f.p.modules != nil && variable.Function == ast.None {
			v = join(v, f.p.imported(f.unit, variable))
		}
	}
	if v == nil || len(v.refs) == 0 {
		if refs := f.staticRefs(id); len(refs) > 0 {
			v = v.orTainted(nil)
			return &cell{own: v.own, parts: v.parts, refs: refs, size: v.size}
		}
	}
	if v == nil && f.unit.tree.Language == "go" && f.unit.info.Variable(id) == nil {
		if m := f.p.sibling(f.unit, n.Name); m != nil {
			return f.p.exported(m, n.Name)
		}
	}
	return v
}

// outerField is what a field of a class around the class of the code holds.
func (f *frame) outerField(id ast.ID) *cell {
	v := f.unit.info.Variable(id)
	if v == nil || v.Owner == f.class || v.Owner == ast.None || f.class == ast.None || !f.unit.tree.Contains(v.Owner, f.class) {
		return nil
	}
	return f.p.objects[classKey{f.unit, v.Owner}].at("." + v.Name)
}

// retyped is a value that is something for certain.
func (c *cell) retyped(r ref) *cell {
	if c == nil {
		return &cell{refs: []ref{r}}
	}
	return &cell{own: c.own, parts: c.parts, refs: []ref{r}, size: c.size, weight: c.weight}
}

// withRef is a value that may be something, if nothing is known of what it may be.
func (c *cell) withRef(r ref) *cell {
	switch {
	case c == nil:
		return &cell{refs: []ref{r}}
	case len(c.refs) > 0:
		return c
	}
	return &cell{own: c.own, parts: c.parts, refs: []ref{r}, size: c.size}
}

// staticRefs are the functions and classes that an identifier names.
func (f *frame) staticRefs(id ast.ID) []ref {
	v := f.unit.info.Variable(id)
	switch {
	case v == nil:
		name := f.unit.tree.Nodes[id].Name
		if f.unit.implicitThis && f.class != ast.None {
			if method, ok := f.p.method(classKey{f.unit, f.class}, name); ok {
				return []ref{method}
			}
		}
		if m := f.p.sibling(f.unit, name); m != nil {
			return f.p.exported(m, name).refList()
		}
		return nil
	case v.Function != ast.None && f.class != ast.None && f.unit.implicitThis && v.Owner == f.class && f.unit.tree.Child(v.Function, ast.Body) == ast.None:
		if method, ok := f.p.method(classKey{f.unit, f.class}, v.Name); ok { // an abstract one
			return []ref{method}
		}
	case v.Function != ast.None:
		return []ref{{f.unit, v.Function, refCode}}
	}
	if class, ok := f.p.typeNamed(f.unit, f.unit.info.Type(id).Text); ok {
		return []ref{{class.unit, class.node, refObject}}
	}
	return nil
}

func (f *frame) member(id ast.ID, s *state) *cell {
	t := f.unit.tree
	object, property := t.Child(id, ast.Object), t.Child(id, ast.Property)
	v := f.eval(object, s)
	if property == ast.None {
		return tainted(v.all())
	}
	if v == nil && f.p.modules != nil && t.Language == "python" {
		v = moduleCell(f.p.find(f.p.importedPath(f.unit, t.Dotted(object)))) // import a.b, where a is a mere folder
	}
	if v == nil && f.p.modules != nil && t.Language == "java" && imports.IsType(t.Nodes[property].Name) {
		if class, ok := f.p.typeNamed(f.unit, t.Dotted(id)); ok { // a.b.C
			return &cell{refs: []ref{{class.unit, class.node, refCode}}}
		}
	}
	if t.Nodes[property].Kind != ast.Ident {
		f.eval(property, s)
	}
	read := f.property(v, t.Nodes[property].Name, s, id)
	f.object = v
	return read
}

// property is what reading a field or method by its name gives.
func (f *frame) property(object *cell, name string, s *state, at ast.ID) *cell {
	v := object.at("." + name)
	if v != nil && len(v.refs) > 0 {
		return v
	}
	for _, r := range object.refList() {
		var found []ref
		switch {
		case r.kind == refMore:
		case r.kind == refModule:
			v = join(v, f.p.exported(r.unit, name))
		case r.kind == refPackage:
			v = join(v, f.p.packageMember(r, name))
		case r.unit.tree.Nodes[r.node].Kind == ast.Class:
			class := classKey{r.unit, r.node}
			if method, ok := f.p.method(class, name); ok {
				found = []ref{method}
				if method.unit.isProperty(method.node) {
					got, _ := f.apply(found[0], object, nil, s, at)
					v, found = join(v, got), nil
				}
			} else if r.kind == refCode {
				v = join(v, f.p.objects[class].at("."+name))
			} else if inner := f.p.promoted(object, class, name); inner != nil {
				v = join(v, inner)
			} else if of, ok := f.p.fieldClass(class, name); ok {
				found = []ref{{of.unit, of.node, refObject}}
			}
		}
		if len(found) > 0 {
			v = v.orTainted(nil)
			v = &cell{own: v.own, parts: v.parts, refs: joinRefs(v.refs, found), size: v.size}
		}
	}
	return v
}

// isProperty reports whether a method is called by reading it.
func (u *unit) isProperty(fn ast.ID) bool {
	if u.keysAreFields && u.hasModifier(fn, "get") {
		return true
	}
	for _, d := range u.tree.Children(fn, ast.DecoratorOf) {
		if callee := u.tree.Child(d, ast.Callee); callee != ast.None {
			if name := u.tree.Nodes[callee].Name; name == "property" || name == "cached_property" {
				return true
			}
		}
	}
	return false
}

func (f *frame) element(id ast.ID, s *state) *cell {
	t := f.unit.tree
	object := f.eval(t.Child(id, ast.Object), s)
	args := t.Children(id, ast.Arg)
	var keys set
	slice := false
	for _, a := range args {
		keys = union(keys, f.eval(a, s).all())
		slice = slice || t.Nodes[a].Kind == ast.Slice
	}
	keys = keys.filter(func(e elem) bool { return !f.p.rules[f.p.ruleOf(e)].Options.SafeIndexes })
	var v *cell
	switch {
	case slice:
		v = tainted(object.all())
	case len(args) == 1:
		v = object.at(f.elementName(args[0]))
	default:
		v = tainted(object.all())
	}
	if len(object.partList()) > 0 && !slice && len(args) == 1 && f.elementName(args[0]) == anyElem && f.unit.keysAreFields {
		v = tainted(object.all())
	}
	return v.adding(keys)
}

func (f *frame) binary(id ast.ID, s *state) *cell {
	t := f.unit.tree
	n := &t.Nodes[id]
	left, right := t.Child(id, ast.Left), t.Child(id, ast.Right)
	switch n.Op {
	case ast.OpSend:
		f.send(id, s)
		return nil
	case ast.OpAnd, ast.OpOr:
		a := f.eval(left, s)
		holds, fails := s.clone(), s.clone()
		if value, known := f.unit.truth(left); known {
			holds.dead, fails.dead = !value, value
		}
		g := f.guards(left)
		f.clear(g.holds, holds)
		f.clear(g.fails, fails)
		next := holds
		if n.Op == ast.OpOr {
			next = fails
		}
		var b *cell
		if !next.dead {
			b = f.eval(right, next)
		}
		s.become(merge(holds, fails))
		return join(a, b)
	case ast.OpCoalesce, ast.OpElvis:
		a := f.eval(left, s)
		other := s.clone()
		b := f.eval(right, other)
		s.become(merge(s, other))
		return join(a, b)
	case ast.OpComma:
		f.eval(left, s)
		return f.eval(right, s)
	}
	out := union(f.eval(left, s).all(), f.eval(right, s).all())
	if isComparison(n.Op) {
		out = out.filter(func(e elem) bool { return !f.p.rules[f.p.ruleOf(e)].Options.SafeComparisons })
	}
	return tainted(out)
}

// sequence is a list of values.
func (f *frame) sequence(elems []ast.ID, s *state) *cell {
	t := f.unit.tree
	out := &cell{size: 1}
	for _, e := range elems {
		v := f.eval(e, s)
		switch {
		case t.Nodes[e].Kind == ast.Spread:
			out = out.with(anyElem, join(out.any(), tainted(v.all())))
			out.size = 0
		case out.size == 0 || out.size > maxElems:
			out = out.with(anyElem, join(out.any(), v))
			out.size = 0
		default:
			if v != nil {
				out = out.with(indexName(int64(out.size-1)), v)
			}
			out.size++
		}
	}
	return out
}

// any is what is kept of elements whose place is unknown.
func (c *cell) any() *cell {
	v, _ := c.find(anyElem)
	return v
}

func (f *frame) dict(id ast.ID, s *state) *cell {
	t := f.unit.tree
	var out *cell
	for _, e := range t.Children(id, ast.Elem) {
		switch t.Nodes[e].Kind {
		case ast.Pair:
			key := t.Child(e, ast.Key)
			name := f.keyName(key)
			var keys set
			if key != ast.None && t.Nodes[key].Flags&ast.FlagBareKey == 0 && t.Nodes[key].Flags&ast.FlagShorthand == 0 {
				keys = f.eval(key, s).all()
			}
			v := f.eval(e, s).adding(keys)
			if name == anyElem {
				out = out.put([]string{anyElem}, v, true)
			} else if v != nil || out != nil {
				out = out.with(name, v)
			}
		case ast.Spread:
			out = join(out, f.eval(e, s))
		case ast.Func:
			v := f.eval(e, s)
			if name := f.unit.defName(e); name != "" {
				out = out.with("."+name, v)
			}
		default:
			out = out.adding(f.eval(e, s).all())
		}
	}
	return out
}

// keyName is the part that a key of a map stands for.
func (f *frame) keyName(key ast.ID) string {
	if key == ast.None {
		return anyElem
	}
	n := &f.unit.tree.Nodes[key]
	if n.Kind == ast.Ident && n.Flags&(ast.FlagBareKey|ast.FlagShorthand) != 0 {
		if f.unit.keysAreFields {
			return "." + n.Name
		}
		return "[" + n.Name
	}
	if n.Kind == ast.Ident && f.unit.tree.Language == "go" { // a field of a struct whose type is left out
		return "." + n.Name
	}
	return f.elementName(key)
}

func (f *frame) comprehension(id ast.ID, s *state) *cell {
	t := f.unit.tree
	inner := s.clone()
	for c := t.Nodes[id].First; c != ast.None; c = t.Nodes[c].Next {
		switch {
		case t.Nodes[c].Role == ast.Clause:
			over := f.eval(t.Child(c, ast.Right), inner)
			if left := t.Child(c, ast.Left); left != ast.None {
				f.assign(left, f.iterated(left, over), inner, false)
			}
			for _, test := range t.Children(c, ast.Test) {
				f.filtered(test, inner)
			}
		case t.Nodes[c].Role == ast.Test:
			f.filtered(c, inner)
		}
	}
	v := f.eval(t.Child(id, ast.Value), inner)
	if t.Nodes[id].Op == ast.OpDict {
		if pair := t.Child(id, ast.Value); pair != ast.None {
			if key := t.Child(pair, ast.Key); key != ast.None {
				v = v.adding(f.eval(key, inner).all())
			}
		}
	}
	if v == nil {
		return nil
	}
	return (*cell)(nil).with(anyElem, v)
}

// filtered runs the condition of a comprehension, which holds for what is kept.
func (f *frame) filtered(test ast.ID, s *state) {
	holds, _ := f.branch(test, s)
	if !holds.dead {
		s.become(holds)
	}
}
