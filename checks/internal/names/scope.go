package names

import "github.com/assay-app/assay/checks/internal/ast"

// rules of scope, as far as languages differ.
type rules struct {
	assignDeclares bool // an assignment to an unknown name declares it, in the function
	blocks         bool // a block has a scope of its own
	fieldsInScope  bool // a method sees the fields of its class without this or self
}

func scopeRules(language ast.Language) rules {
	switch language {
	case "python", "ruby", "php", "bash":
		return rules{assignDeclares: true}
	case "java", "csharp", "kotlin", "cpp":
		return rules{blocks: true, fieldsInScope: true}
	}
	return rules{blocks: true}
}

// scope is a region in which names are declared.
type scope struct {
	outer    *scope
	owner    ast.ID // the Func, Class or File
	function bool   // a File or Func: where `var` and assignments declare
	class    bool   // what its body declares is not seen from its methods
	names    map[string]*Variable
}

func (s *scope) find(name string) *Variable {
	first := true
	for ; s != nil; s = s.outer {
		if v := s.names[name]; v != nil && (!s.class || first) {
			return v
		}
		if s.function {
			first = false
		}
	}
	return nil
}

// enclosingFunction is the innermost scope in which an assignment declares.
func (s *scope) enclosingFunction() *scope {
	for !s.function && !s.class && s.outer != nil {
		s = s.outer
	}
	return s
}

// resolver walks the tree twice: the first walk declares every name in its scope, so that a use before the declaration
// is resolved too; the second resolves uses.
type resolver struct {
	*Info
	rules  rules
	scopes map[ast.ID]*scope // by the node that opens one
}

func (r *resolver) run() {
	r.scopes = map[ast.ID]*scope{}
	if len(r.tree.Nodes) == 0 {
		return
	}
	top := &scope{owner: 0, function: true, names: map[string]*Variable{}}
	r.scopes[0] = top
	r.declareChildren(0, top)
	if isJavaScript(r.tree.Language) {
		r.globals(0, top)
	}
	r.resolveChildren(0, top)
}

// globals declares the names that JavaScript assigns to and nothing declares: they are global.
func (r *resolver) globals(id ast.ID, s *scope) {
	if own := r.scopes[id]; own != nil {
		s = own
	}
	t := r.tree
	if t.Nodes[id].Kind == ast.Assign {
		if left := t.Child(id, ast.Left); left != ast.None && t.Nodes[left].Kind == ast.Ident && s.find(t.Nodes[left].Name) == nil {
			name := t.Nodes[left].Name
			outermost(s).names[name] = &Variable{Name: name, Declaration: left, Function: ast.None, Owner: 0, aliased: ast.None}
		}
	}
	for c := t.Nodes[id].First; c != ast.None; c = t.Nodes[c].Next {
		r.globals(c, s)
	}
}

// opens gives the scope that a node opens, or the one around it.
func (r *resolver) opens(id ast.ID, around *scope) *scope {
	n := &r.tree.Nodes[id]
	switch n.Kind {
	case ast.Func, ast.Class, ast.Comprehension:
	case ast.Block, ast.For, ast.ForEach, ast.Catch, ast.With, ast.Switch, ast.Case, ast.If:
		parent := n.Parent
		if !r.rules.blocks || n.Kind == ast.Block && parent != ast.None && (r.tree.Nodes[parent].Kind == ast.Func || r.tree.Nodes[parent].Kind == ast.Class) {
			return around
		}
	default:
		return around
	}
	s := &scope{outer: around, owner: around.owner, names: map[string]*Variable{}}
	switch n.Kind {
	case ast.Func:
		s.function, s.owner = true, id
	case ast.Class:
		s.class, s.owner = !r.rules.fieldsInScope, id
	}
	r.scopes[id] = s
	return s
}

func (r *resolver) declareChildren(id ast.ID, s *scope) {
	for c := r.tree.Nodes[id].First; c != ast.None; c = r.tree.Nodes[c].Next {
		r.declare(c, s)
	}
}

func (r *resolver) declare(id ast.ID, s *scope) {
	t := r.tree
	n := &t.Nodes[id]
	switch n.Kind {
	case ast.Func, ast.Class:
		if name := t.Child(id, ast.DefName); name != ast.None && t.Nodes[name].Kind == ast.Ident {
			v := r.add(s, name)
			v.Function = id
		}
	case ast.Import:
		r.imports(id, s)
	}
	inner := r.opens(id, s)
	switch n.Kind {
	case ast.Param:
		if name := t.Child(id, ast.DefName); name != ast.None {
			r.bind(name, inner, id, true)
		}
	case ast.VarDef:
		target := inner
		if n.Op == ast.OpVar && r.rules.blocks && isJavaScript(t.Language) {
			target = inner.enclosingFunction()
		}
		if left := t.Child(id, ast.Left); left != ast.None {
			r.bind(left, target, id, true)
			r.field(id, left)
		}
	case ast.Assign:
		if left := t.Child(id, ast.Left); left != ast.None {
			switch {
			case n.Flags&ast.FlagDeclares != 0:
				r.bind(left, inner, id, true)
			case r.rules.assignDeclares:
				r.bind(left, inner.enclosingFunction(), id, false)
			}
			r.field(id, left)
		}
	case ast.ForEach, ast.Comprehension:
		if left := t.Child(id, ast.Left); left != ast.None && (n.Flags&ast.FlagDeclares != 0 || r.rules.assignDeclares || t.Nodes[left].Kind == ast.Ident) {
			target := inner
			if r.rules.assignDeclares && t.Nodes[id].Role != ast.Clause {
				target = inner.enclosingFunction()
			}
			r.bind(left, target, id, true)
		}
	case ast.Catch:
		if name := t.Child(id, ast.DefName); name != ast.None {
			r.bind(name, inner, id, true)
		}
	case ast.WithItem:
		if alias := t.Child(id, ast.Alias); alias != ast.None {
			r.bind(alias, inner, id, true)
		}
	case ast.Global:
		for _, name := range t.Children(id, ast.Elem) {
			own := s.enclosingFunction()
			if own.outer == nil {
				continue
			}
			var v *Variable
			if n.Name == "nonlocal" {
				v = own.outer.find(t.Nodes[name].Name)
			} else if v = outermost(s).names[t.Nodes[name].Name]; v == nil {
				v = r.add(outermost(s), name)
			}
			if v != nil {
				own.names[v.Name] = v
			}
		}
	}
	r.declareChildren(id, inner)
}

func outermost(s *scope) *scope {
	for s.outer != nil {
		s = s.outer
	}
	return s
}

// bind declares all names in a pattern, or notes another value for those declared already.
func (r *resolver) bind(pattern ast.ID, s *scope, by ast.ID, fresh bool) {
	t := r.tree
	n := &t.Nodes[pattern]
	switch n.Kind {
	case ast.Ident:
		v := s.names[n.Name]
		if v == nil && !fresh && !r.rules.assignDeclares {
			v = s.find(n.Name)
		}
		if v == nil {
			v = r.add(s, pattern)
		}
		r.variables[pattern] = v
		v.Assignments = append(v.Assignments, by)
		if t.Nodes[by].Kind == ast.Param {
			v.Parameter = true
		}
		if right := t.Child(by, ast.Right); right != ast.None && t.Nodes[pattern].Role == ast.Left {
			v.aliased = right
		}
	case ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Pair, ast.Spread, ast.VarDef, ast.Assign, ast.Other, ast.Call, ast.Cast:
		for c := n.First; c != ast.None; c = t.Nodes[c].Next {
			switch t.Nodes[c].Role {
			case ast.Key, ast.Right, ast.Default, ast.TypeOf, ast.Callee:
				continue
			}
			r.bind(c, s, by, fresh)
		}
		r.destructured(pattern, by)
	}
}

// destructured notes what `const {exec, spawn: run} = require("child_process")` means.
func (r *resolver) destructured(pattern, by ast.ID) {
	t := r.tree
	right := t.Child(by, ast.Right)
	if t.Nodes[pattern].Kind != ast.Dict || right == ast.None {
		return
	}
	modules := r.qualified(right, maxAliases)
	for _, pair := range t.Children(pattern, ast.Elem) {
		key, value := t.Child(pair, ast.Key), t.Child(pair, ast.Value)
		if key == ast.None || value == ast.None {
			continue
		}
		if v := r.variables[value]; v != nil && len(modules) > 0 {
			for _, module := range modules {
				v.imported = append(v.imported, module+"."+t.Nodes[key].Name)
			}
		}
	}
}

// add declares one name.
func (r *resolver) add(s *scope, name ast.ID) *Variable {
	text := r.tree.Nodes[name].Name
	if v := s.names[text]; v != nil {
		r.variables[name] = v
		return v
	}
	v := &Variable{Name: text, Declaration: name, Function: ast.None, Owner: s.owner, aliased: ast.None}
	s.names[text] = v
	r.variables[name] = v
	return v
}

// field notes a value given to a field of the class around.
func (r *resolver) field(by, left ast.ID) {
	t := r.tree
	n := &t.Nodes[left]
	class := t.Enclosing(by, ast.Class, ast.Func)
	var name ast.ID
	switch {
	case class != ast.None && t.Nodes[class].Kind == ast.Class && n.Kind == ast.Ident:
		name = left
	case n.Kind == ast.Member:
		object := t.Child(left, ast.Object)
		if object == ast.None || !isSelf(&t.Nodes[object]) {
			return
		}
		name, class = t.Child(left, ast.Property), t.Enclosing(by, ast.Class)
	default:
		return
	}
	if name == ast.None || class == ast.None {
		return
	}
	key := fieldKey{class, t.Nodes[name].Name}
	v := r.fields[key]
	if v == nil {
		v = &Variable{Name: key.name, Declaration: name, Function: ast.None, Owner: class, aliased: ast.None}
		r.fields[key] = v
	}
	v.Assignments = append(v.Assignments, by)
}

func (r *resolver) resolveChildren(id ast.ID, s *scope) {
	for c := r.tree.Nodes[id].First; c != ast.None; c = r.tree.Nodes[c].Next {
		r.resolve(c, s)
	}
}

func (r *resolver) resolve(id ast.ID, s *scope) {
	if own := r.scopes[id]; own != nil {
		s = own
	}
	n := &r.tree.Nodes[id]
	if n.Kind == ast.Ident && n.Role != ast.Property && n.Role != ast.Key && r.variables[id] == nil || n.Flags&ast.FlagShorthand != 0 {
		if n.Kind == ast.Ident {
			if v := s.find(n.Name); v != nil {
				r.variables[id] = v
				r.assignedIn(id, v)
			}
		}
	}
	r.resolveChildren(id, s)
}

// assignedIn notes a plain assignment to a variable that was declared elsewhere.
func (r *resolver) assignedIn(id ast.ID, v *Variable) {
	t := r.tree
	target := id
	for p := t.Nodes[id].Parent; p != ast.None; p = t.Nodes[p].Parent {
		switch t.Nodes[p].Kind {
		case ast.List, ast.Tuple, ast.Dict, ast.Pair, ast.Spread:
			target = p
			continue
		case ast.Assign:
			if t.Nodes[target].Role == ast.Left && t.Nodes[p].Flags&ast.FlagDeclares == 0 && !r.rules.assignDeclares {
				v.Assignments = append(v.Assignments, p)
			}
		case ast.Unary:
			if op := t.Nodes[p].Op; op == ast.OpIncrement || op == ast.OpDecrement {
				v.Assignments = append(v.Assignments, p)
			}
		}
		return
	}
}
