// Package names says what the names in a file mean: which variable an identifier is, which module's member it stands for,
// which constant it certainly holds, and which type it has, as far as the file itself tells.
package names

import "github.com/assay-app/assay/checks/internal/ast"

// Info is what is known of the names of one tree. It is immutable.
type Info struct {
	settings  map[string]ast.ID // of Terraform, made when they are first needed
	tree      *ast.Tree
	variables []*Variable // by node, for identifiers that are resolved
	wildcards []string    // modules all of whose names were imported
	fields    map[fieldKey]*Variable
	folded    []int32 // by node: the place of its constant in values, or what is known of it
	values    []Value // the first is none
}

// Variable is something that a name was given to: a variable, parameter, import, function or class.
type Variable struct {
	Name        string
	Declaration ast.ID // the identifier that introduces it
	Parameter   bool
	Function    ast.ID // the Func or Class that it names, or None
	Owner       ast.ID // the Func or File that it lives in

	// Assignments are the nodes that give it a value: Assign, VarDef, ForEach, WithItem, …, in order.
	Assignments []ast.ID

	imported []string // the qualified names that it stands for
	aliased  ast.ID   // an expression that it is another name of, as in `const exec = require("x").exec`
}

type fieldKey struct {
	class ast.ID
	name  string
}

// Resolve reads the names of a tree. The cost is linear in its size.
func Resolve(t *ast.Tree) *Info {
	i := &Info{tree: t, variables: make([]*Variable, len(t.Nodes)), fields: map[fieldKey]*Variable{}, folded: make([]int32, len(t.Nodes)), values: make([]Value, 1)}
	r := resolver{Info: i, rules: scopeRules(t.Language)}
	r.run()
	return i
}

// Variable is what an identifier refers to, or nil.
func (i *Info) Variable(id ast.ID) *Variable { return i.variables[id] }

// Declaration is the identifier that introduces the variable that an identifier refers to, or None.
func (i *Info) Declaration(id ast.ID) ast.ID {
	if v := i.variables[id]; v != nil {
		return v.Declaration
	}
	return ast.None
}

// maxAliases bounds how many names of names are followed.
const maxAliases = 8

// Qualified gives the full dotted names that an identifier or a chain of members may stand for because of imports; none
// when it is a variable of the file or unknown. After `import pickle as p`, p.loads is pickle.loads.
func (i *Info) Qualified(id ast.ID) []string { return i.qualified(id, maxAliases) }

func (i *Info) qualified(id ast.ID, left int) []string {
	if left == 0 {
		return nil
	}
	n := &i.tree.Nodes[id]
	switch n.Kind {
	case ast.Ident:
		v := i.variables[id]
		switch {
		case v == nil:
			return i.fromWildcards(n.Name)
		case v.imported != nil:
			return v.imported
		case v.aliased != ast.None && len(v.Assignments) == 1:
			return i.qualified(v.aliased, left-1)
		}
	case ast.Member:
		object, property := i.tree.Child(id, ast.Object), i.tree.Child(id, ast.Property)
		if object == ast.None || property == ast.None || i.tree.Nodes[property].Kind != ast.Ident {
			return nil
		}
		var out []string
		for _, prefix := range i.qualified(object, left) {
			out = append(out, prefix+"."+i.tree.Nodes[property].Name)
		}
		return out
	case ast.Call:
		if module := i.required(id); module != "" {
			return []string{module}
		}
	case ast.Type:
		// A generic type is qualified as its name without arguments is.
		if object := i.tree.Child(id, ast.Object); object != ast.None {
			return i.qualified(object, left-1)
		}
	}
	return nil
}

// fromWildcards gives a name that nothing in the file declares in each module that was imported whole.
func (i *Info) fromWildcards(name string) []string {
	var out []string
	for _, module := range i.wildcards {
		out = append(out, module+"."+name)
	}
	return out
}

// required is the module of `require("m")` and of `import("m")`, or "".
func (i *Info) required(id ast.ID) string {
	t := i.tree
	callee, arg := t.Child(id, ast.Callee), t.Child(id, ast.Arg)
	if callee == ast.None || arg == ast.None || t.Nodes[arg].Kind != ast.Str {
		return ""
	}
	if name := t.Nodes[callee].Name; t.Nodes[callee].Kind != ast.Ident || name != "require" && name != "import" {
		return ""
	}
	return moduleName(t.Language, t.Nodes[arg].Name)
}

// Field is the variable behind this.name or self.name within the class that encloses id, or nil.
func (i *Info) Field(id ast.ID) *Variable {
	t := i.tree
	if t.Nodes[id].Kind != ast.Member {
		return nil
	}
	object, property := t.Child(id, ast.Object), t.Child(id, ast.Property)
	if object == ast.None || property == ast.None || !isSelf(&t.Nodes[object]) {
		return nil
	}
	class := t.Enclosing(id, ast.Class)
	return i.fields[fieldKey{class, t.Nodes[property].Name}]
}

func isSelf(n *ast.Node) bool {
	return n.Kind == ast.Ident && (n.Name == "this" || n.Name == "self" || n.Name == "cls" || n.Name == "@")
}
