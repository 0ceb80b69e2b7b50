// Package names says what the names in a file mean: which variable an identifier is, which module's member it stands for,
// which constant it certainly holds, and which type it has, as far as the file itself tells.
package names

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

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

// TypeName is what is known of the type of an expression.
type TypeName struct {
	Text      string   // as written, without arguments: "HttpServletRequest"
	Qualified []string // through imports
}

// Type is the type of an expression that the file tells: that which a variable was declared with or made as, that of a
// literal, and what simple operations give. The zero value when it does not.
func (i *Info) Type(id ast.ID) TypeName { return i.typeOf(id, maxAliases) }

func (i *Info) typeOf(id ast.ID, left int) TypeName {
	if id == ast.None || left == 0 {
		return TypeName{}
	}
	t := i.tree
	n := &t.Nodes[id]
	switch n.Kind {
	case ast.Str:
		return TypeName{Text: stringType(t.Language)}
	case ast.Interp:
		if isJavaScript(t.Language) { // an Interp may be the argument of a tag
			return TypeName{}
		}
		return TypeName{Text: stringType(t.Language)}
	case ast.Num:
		return TypeName{Text: numberType(t.Language, n.Name)}
	case ast.Bool:
		return TypeName{Text: truthType(t.Language)}
	case ast.New:
		return i.typeNode(t.Child(id, ast.Callee))
	case ast.Cast:
		return i.typeNode(t.Child(id, ast.TypeOf))
	case ast.Cond:
		then, other := i.typeOf(t.Child(id, ast.Then), left-1), i.typeOf(t.Child(id, ast.Else), left-1)
		if then.Text == other.Text {
			return then
		}
	case ast.Unary:
		switch n.Op {
		case ast.OpAddressOf: // &T{…} of Go
			return i.typeOf(t.Child(id, ast.Value), left-1)
		case ast.OpNot:
			return TypeName{Text: truthType(t.Language)}
		case ast.OpSub:
			return i.typeOf(t.Child(id, ast.Value), left-1)
		}
	case ast.Binary:
		return i.operationType(id, left)
	case ast.Ident:
		if v := i.variables[id]; v != nil {
			return i.variableType(v, left)
		}
	case ast.Member:
		if v := i.Field(id); v != nil {
			return i.variableType(v, left)
		}
	}
	return TypeName{}
}

// operationType is the type of an operation: comparisons are true or false, and numbers stay numbers.
func (i *Info) operationType(id ast.ID, left int) TypeName {
	t := i.tree
	switch t.Nodes[id].Op {
	case ast.OpEq, ast.OpNe, ast.OpLt, ast.OpLe, ast.OpGt, ast.OpGe:
		return TypeName{Text: truthType(t.Language)}
	case ast.OpAdd, ast.OpSub, ast.OpMul, ast.OpDiv, ast.OpMod:
		a, b := i.typeOf(t.Child(id, ast.Left), left-1), i.typeOf(t.Child(id, ast.Right), left-1)
		switch number := numberType(t.Language, "1"); {
		case a.Text == "" || a.Text == stringType(t.Language):
		case a.Text == b.Text, b.Text == number:
			return a
		case a.Text == number && b.Text != stringType(t.Language):
			return b
		}
	}
	return TypeName{}
}

func (i *Info) variableType(v *Variable, left int) TypeName {
	t := i.tree
	for p := t.Nodes[v.Declaration].Parent; p != ast.None; p = t.Nodes[p].Parent {
		switch kind := t.Nodes[p].Kind; kind {
		case ast.VarDef, ast.Param, ast.Catch, ast.ForEach, ast.WithItem:
			if declared := t.Child(p, ast.TypeOf); declared != ast.None && t.Nodes[declared].Name != "var" {
				return i.typeNode(declared)
			}
		case ast.Assign, ast.List, ast.Tuple, ast.Dict, ast.Pair, ast.Ident:
			continue
		}
		break
	}
	if len(v.Assignments) != 1 {
		return TypeName{}
	}
	right := t.Child(v.Assignments[0], ast.Right)
	if right == ast.None || right == v.Declaration || t.Child(v.Assignments[0], ast.Left) != v.Declaration {
		return TypeName{}
	}
	if t.Nodes[right].Kind == ast.Call && t.Language == "python" {
		callee := t.Child(right, ast.Callee)
		name := t.Dotted(callee)
		if last := name[strings.LastIndexByte(name, '.')+1:]; last != "" && last[0] >= 'A' && last[0] <= 'Z' {
			return i.typeNode(callee)
		}
		return TypeName{}
	}
	return i.typeOf(right, left-1)
}

func (i *Info) typeNode(id ast.ID) TypeName {
	if id == ast.None {
		return TypeName{}
	}
	t := i.tree
	out := TypeName{Text: t.Dotted(id), Qualified: i.Qualified(id)}
	if out.Text == "" {
		out.Text = t.Nodes[id].Name
	}
	if out.Text == "" {
		out.Text = strings.Join(strings.Fields(t.Text(id)), "")
	}
	return out
}

func stringType(language ast.Language) string {
	switch language {
	case "java", "kotlin":
		return "String"
	case "python":
		return "str"
	}
	return "string"
}

// numberType is the type that a number has as it is written.
func numberType(language ast.Language, written string) string {
	switch {
	case isJavaScript(language):
		return "number"
	case strings.ContainsAny(written, ".eE") && !strings.HasPrefix(written, "0x"):
		return "float"
	}
	return "int"
}

func truthType(language ast.Language) string {
	switch language {
	case "go", "python", "csharp", "rust", "cpp":
		return "bool"
	}
	return "boolean"
}
