package lang

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// modifiers adds the annotations and words before a declaration.
func (l *lowerer) modifiers(n node) {
	list := l.child(n, "modifiers")
	if list == none {
		return
	}
	for c := l.cst.Nodes[list].First; c != none; c = l.cst.Nodes[c].Next {
		if l.is(c, "annotation", "marker_annotation") {
			l.lower(c, ast.DecoratorOf)
		} else if !l.is(c, "line_comment", "block_comment") {
			l.leaf(ast.Modifier, ast.ModifierOf, c)
		}
	}
}

func javaVariables(l *lowerer, n node, role ast.Role) {
	var declarators []node
	for d := range l.fields(n, "declarator") {
		declarators = append(declarators, d)
	}
	for _, d := range declarators {
		at := d
		if len(declarators) == 1 {
			at = n
		}
		l.open(ast.VarDef, role, at).Op = ast.OpVar
		l.modifiers(n)
		l.javaType(l.field(n, "type"), l.field(d, "dimensions"))
		l.leaf(ast.Ident, ast.Left, l.field(d, "name"))
		l.lower(l.field(d, "value"), ast.Right)
		l.close(at)
	}
}

// javaType adds the type of a variable, which is an array of it when brackets stand behind the name.
func (l *lowerer) javaType(of, dimensions node) {
	if of == none || dimensions == none {
		l.lower(of, ast.TypeOf)
		return
	}
	l.open(ast.Type, ast.TypeOf, of).Name = l.squeezed(of) + l.squeezed(dimensions)
	l.lower(of, ast.Elem)
	l.close(of)
}

func javaImport(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Import, role, n)
	name := l.child(n, "scoped_identifier", "identifier")
	m.Name = strings.Join(strings.Fields(l.text(name)), "")
	if word := l.token(n, "static"); word != none {
		l.leaf(ast.Modifier, ast.ModifierOf, word)
	}
	switch dot := strings.LastIndexByte(m.Name, '.'); {
	case l.child(n, "asterisk") != none:
		m.Flags |= ast.FlagWildcard
	case l.has(n, "static") && dot > 0:
		item := m.Name[dot+1:]
		m.Name, m.Op = m.Name[:dot], ast.OpFrom
		l.open(ast.ImportItem, ast.Item, name).Name = item
		l.leaf(ast.Ident, ast.DefName, l.field(name, "name"))
		l.close(name)
	}
	l.close(n)
}

func javaClass(op ast.Op) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.open(ast.Class, role, n).Op = op
		l.modifiers(n)
		l.leaf(ast.Ident, ast.DefName, l.field(n, "name"))
		for p := range l.named(l.field(n, "type_parameters")) {
			l.leaf(ast.Type, ast.TypeParam, p)
		}
		l.lowerAll(l.field(n, "parameters"), ast.ParamOf)
		l.lowerAll(l.field(n, "superclass"), ast.Super)
		for _, list := range []node{l.field(n, "interfaces"), l.child(n, "extends_interfaces")} {
			for types := range l.named(list) {
				if l.is(types, "type_list", "interface_type_list") {
					l.lowerAll(types, ast.Interface)
				} else {
					l.lower(types, ast.Interface)
				}
			}
		}
		l.lower(l.field(n, "body"), ast.Body)
		l.close(n)
	}
}

func javaEnumConstant(l *lowerer, n node, role ast.Role) {
	l.open(ast.VarDef, role, n).Op = ast.OpConst
	l.leaf(ast.Ident, ast.Left, l.field(n, "name"))
	if args := l.field(n, "arguments"); args != none {
		l.open(ast.New, ast.Right, args)
		l.lowerAll(args, ast.Arg)
		l.lower(l.field(n, "body"), ast.Body)
		l.Close(l.end(n))
	}
	l.close(n)
}

func javaMethod(l *lowerer, n node, role ast.Role) {
	l.open(ast.Func, role, n)
	l.modifiers(n)
	for p := range l.named(l.field(n, "type_parameters")) {
		l.leaf(ast.Type, ast.TypeParam, p)
	}
	l.lower(l.field(n, "type"), ast.Result)
	l.leaf(ast.Ident, ast.DefName, l.field(n, "name"))
	l.lowerAll(l.field(n, "parameters"), ast.ParamOf)
	l.lower(l.field(n, "body"), ast.Body)
	l.close(n)
}

func javaParam(l *lowerer, n node, role ast.Role) {
	l.open(ast.Param, role, n)
	name := l.field(n, "name")
	if l.is(n, "spread_parameter") {
		l.Current().Flags |= ast.FlagRest
		declarator := l.child(n, "variable_declarator")
		name = l.field(declarator, "name")
	}
	l.modifiers(n)
	if of := l.field(n, "type"); of != none {
		l.javaType(of, l.field(n, "dimensions"))
	} else {
		for c := range l.named(n) {
			if !l.is(c, "modifiers", "variable_declarator") && c != name {
				l.lower(c, ast.TypeOf)
				break
			}
		}
	}
	l.leaf(ast.Ident, ast.DefName, name)
	l.close(n)
}

func javaAnnotation(l *lowerer, n node, role ast.Role) {
	l.open(ast.Decorator, role, n)
	l.lower(l.field(n, "name"), ast.Callee)
	if args := l.field(n, "arguments"); args != none {
		l.Current().Flags |= ast.FlagCalled
		l.lowerAll(args, ast.Arg)
	}
	l.close(n)
}

func javaPair(l *lowerer, n node, role ast.Role) {
	l.open(ast.KeywordArg, role, n).Name = l.text(l.field(n, "key"))
	l.leaf(ast.Ident, ast.DefName, l.field(n, "key"))
	l.lower(l.field(n, "value"), ast.Value)
	l.close(n)
}
