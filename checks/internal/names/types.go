package names

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

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
		if SameType(t.Language, then.Text, other.Text) {
			return then
		}
	case ast.Unary:
		switch n.Op {
		case ast.OpAddressOf: // &T{…} of Go
			return i.typeOf(t.Child(id, ast.Value), left-1)
		case ast.OpNot:
			return TypeName{Text: truthType(t.Language)}
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
	if at := i.declaring(v); at != ast.None {
		if declared := t.Child(at, ast.TypeOf); declared != ast.None && t.Nodes[declared].Name != "var" {
			return i.typeNode(declared)
		}
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

// SameType compares the names of two types. Those of Java's whole numbers are one, as are those of others and of truth values:
// rules do not tell an int from a Long.
func SameType(language ast.Language, a, b string) bool {
	return a == b || isJavaScript(language) && a == "number" && (b == "int" || b == "float") || language == "java" && javaKinds[a] != "" && javaKinds[a] == javaKinds[b]
}

var javaKinds = map[string]string{
	"int": "int", "long": "int", "short": "int", "Integer": "int", "Long": "int", "Short": "int",
	"float": "float", "double": "float", "Float": "float", "Double": "float",
	"boolean": "boolean", "Boolean": "boolean",
}

// DeclaredType is the type that a variable is declared with, or None.
func (i *Info) DeclaredType(id ast.ID) ast.ID {
	var v *Variable
	if i.tree.Nodes[id].Kind == ast.Ident {
		v = i.variables[id]
	} else {
		v = i.Field(id)
	}
	if v == nil {
		return ast.None
	}
	if at := i.declaring(v); at != ast.None {
		return i.tree.Child(at, ast.TypeOf)
	}
	return ast.None
}

// declaring is the declaration of a variable that may say its type, or None.
func (i *Info) declaring(v *Variable) ast.ID {
	for p := i.tree.Nodes[v.Declaration].Parent; p != ast.None; p = i.tree.Nodes[p].Parent {
		switch i.tree.Nodes[p].Kind {
		case ast.VarDef, ast.Param, ast.Catch, ast.ForEach, ast.WithItem:
			return p
		case ast.Assign, ast.List, ast.Tuple, ast.Dict, ast.Pair, ast.Ident:
			continue
		}
		break
	}
	return ast.None
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
