package lang

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

func rustIf(l *lowerer, n node, role ast.Role) {
	l.open(ast.If, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	l.body(l.field(n, "consequence"), ast.Then)
	l.elseBody(l.first(l.field(n, "alternative")))
	l.close(n)
}

func rustMatch(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	l.lower(l.field(n, "value"), ast.Test)
	for arm := range l.named(l.field(n, "body")) {
		if !l.is(arm, "match_arm") {
			l.lower(arm, ast.CaseOf)
			continue
		}
		pattern := l.field(arm, "pattern")
		guard := l.field(pattern, "condition")
		m := l.open(ast.Case, ast.CaseOf, arm)
		if l.text(pattern) == "_" {
			m.Flags |= ast.FlagDefault
		}
		for c := range l.named(pattern) {
			switch {
			case c == guard:
				l.lower(c, ast.Guard)
			case l.is(c, "or_pattern"):
				l.lowerAll(c, ast.Test)
			default:
				l.lower(c, ast.Test)
			}
		}
		l.body(l.field(arm, "value"), ast.Body)
		l.close(arm)
	}
	l.close(n)
}

func rustFor(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.ForEach, role, n)
	m.Op, m.Flags = ast.OpOf, ast.FlagDeclares
	l.lower(l.field(n, "pattern"), ast.Left)
	l.lower(l.field(n, "value"), ast.Right)
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

// rustWhile lowers while and loop.
func rustWhile(l *lowerer, n node, role ast.Role) {
	l.open(ast.While, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

func rustLet(l *lowerer, n node, role ast.Role) {
	l.open(ast.VarDef, role, n).Op = ast.OpLet
	if mutable := l.child(n, "mutable_specifier"); mutable != none {
		l.leaf(ast.Modifier, ast.ModifierOf, mutable)
	}
	l.lower(l.field(n, "type"), ast.TypeOf)
	pattern := l.field(n, "pattern")
	if l.is(pattern, "_") {
		l.leaf(ast.Ident, ast.Left, pattern)
	} else {
		l.lower(pattern, ast.Left)
	}
	l.lower(l.field(n, "value"), ast.Right)
	l.lower(l.field(n, "alternative"), ast.Else)
	l.close(n)
}

// rustUse lowers `use a::{b, c as d}` to an Import for each list, or for each path that is none.
func rustUse(l *lowerer, n node, role ast.Role) {
	l.rustImport(n, l.field(n, "argument"), "", role)
}

func (l *lowerer) rustImport(at, n node, prefix string, role ast.Role) {
	join := func(path string) string {
		switch {
		case prefix == "":
			return path
		case path == "":
			return prefix
		}
		return prefix + "::" + path
	}
	if l.full() {
		return
	}
	l.descent++
	defer func() { l.descent-- }()
	switch l.kind(n) {
	case "scoped_use_list":
		l.rustImport(at, l.field(n, "list"), join(l.squeezed(l.field(n, "path"))), role)
	case "use_list":
		for c := range l.named(n) {
			l.rustImport(c, c, prefix, role)
		}
	case "use_wildcard":
		m := l.open(ast.Import, role, at)
		m.Name, m.Flags = join(l.squeezed(l.first(n))), ast.FlagWildcard
		l.close(at)
	case "use_as_clause":
		l.open(ast.Import, role, at).Name = join(l.squeezed(l.field(n, "path")))
		l.leaf(ast.Ident, ast.Alias, l.field(n, "alias"))
		l.close(at)
	case "self":
		l.open(ast.Import, role, at).Name = prefix
		l.close(at)
	default:
		l.open(ast.Import, role, at).Name = join(l.squeezed(n))
		l.close(at)
	}
}

// openItem begins an item where the first of its attributes does.
func (l *lowerer) openItem(kind ast.Kind, role ast.Role, n node) *ast.Node {
	start := n
	for c := l.before(n); l.is(c, "attribute_item"); c = l.before(c) {
		start = c
	}
	return l.open(kind, role, start)
}

// rustAttributes adds the attributes that stand before an item, which the grammar has beside it, and its words.
func (l *lowerer) rustAttributes(n node) {
	var attributes []node
	for c := l.before(n); l.is(c, "attribute_item"); c = l.before(c) {
		attributes = append(attributes, l.first(c))
	}
	for i := len(attributes) - 1; i >= 0; i-- {
		a := attributes[i]
		if a == none {
			continue
		}
		l.open(ast.Decorator, ast.DecoratorOf, a)
		l.lower(l.first(a), ast.Callee)
		if tokens := l.field(a, "arguments"); tokens != none {
			l.Current().Flags |= ast.FlagCalled
			l.rustTokens(tokens)
		}
		l.lower(l.field(a, "value"), ast.Arg)
		l.close(a)
	}
	for c := range l.named(n) {
		switch l.kind(c) {
		case "visibility_modifier":
			l.leaf(ast.Modifier, ast.ModifierOf, c)
		case "function_modifiers":
			for _, word := range strings.Fields(l.text(c)) {
				l.leafNamed(ast.Modifier, ast.ModifierOf, c, word)
			}
		}
	}
}

// before is the sibling before n, or none.
func (l *lowerer) before(n node) node {
	parent := l.cst.Nodes[n].Parent
	if parent == none || l.cst.Nodes[parent].First == n {
		return none
	}
	c := n - 1 // the last node below the sibling
	for c != none && l.cst.Nodes[c].Parent != parent {
		c = l.cst.Nodes[c].Parent
	}
	return c
}

func rustType(op ast.Op) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.openItem(ast.Class, role, n).Op = op
		l.rustAttributes(n)
		name := l.field(n, "name")
		if name == none {
			name = l.field(n, "type")
		}
		l.lower(name, ast.DefName)
		for p := range l.named(l.field(n, "type_parameters")) {
			l.leaf(ast.Type, ast.TypeParam, p)
		}
		l.lower(l.field(n, "trait"), ast.Interface)
		if body := l.field(n, "body"); l.is(body, "ordered_field_declaration_list") {
			l.rustFields(body)
		} else {
			l.lower(body, ast.Body)
		}
		l.close(n)
	}
}

// rustFields adds the fields of a struct that have no names.
func (l *lowerer) rustFields(n node) {
	l.open(ast.Block, ast.Body, n)
	for of := range l.fields(n, "type") {
		l.open(ast.VarDef, ast.Stmt, of)
		l.lower(of, ast.TypeOf)
		l.close(of)
	}
	l.close(n)
}

func rustField(l *lowerer, n node, role ast.Role) {
	l.openItem(ast.VarDef, role, n).Op = ast.OpVar
	l.rustAttributes(n)
	l.lower(l.field(n, "type"), ast.TypeOf)
	l.lower(l.field(n, "name"), ast.Left)
	l.close(n)
}

func rustVariant(l *lowerer, n node, role ast.Role) {
	l.open(ast.VarDef, role, n).Op = ast.OpConst
	l.lower(l.field(n, "name"), ast.Left)
	l.lower(l.field(n, "value"), ast.Right)
	if body := l.field(n, "body"); l.is(body, "ordered_field_declaration_list") {
		l.rustFields(body)
	} else {
		l.lower(body, ast.Body)
	}
	l.close(n)
}

func rustConst(l *lowerer, n node, role ast.Role) {
	m := l.openItem(ast.VarDef, role, n)
	m.Op = ast.OpConst
	if l.child(n, "mutable_specifier") != none {
		m.Op = ast.OpVar
	}
	l.rustAttributes(n)
	l.lower(l.field(n, "type"), ast.TypeOf)
	l.lower(l.field(n, "name"), ast.Left)
	l.lower(l.field(n, "value"), ast.Right)
	l.close(n)
}

func rustFunction(l *lowerer, n node, role ast.Role) {
	f := l.openItem(ast.Func, role, n)
	if strings.Contains(l.text(l.child(n, "function_modifiers")), "async") {
		f.Flags |= ast.FlagAsync
	}
	l.rustAttributes(n)
	l.lower(l.field(n, "name"), ast.DefName)
	for p := range l.named(l.field(n, "type_parameters")) {
		l.leaf(ast.Type, ast.TypeParam, p)
	}
	l.rustParameters(l.field(n, "parameters"))
	l.lower(l.field(n, "return_type"), ast.Result)
	l.lower(l.field(n, "body"), ast.Body)
	l.close(n)
}

func (l *lowerer) rustParameters(n node) {
	for c := range l.named(n) {
		switch {
		case l.is(c, "attribute_item"):
		case l.is(c, "parameter", "self_parameter"):
			l.lower(c, ast.ParamOf)
		default: // |x| of a closure
			l.open(ast.Param, ast.ParamOf, c)
			l.lower(c, ast.DefName)
			l.close(c)
		}
	}
}

func rustParam(l *lowerer, n node, role ast.Role) {
	l.open(ast.Param, role, n)
	if l.is(n, "self_parameter") {
		l.lower(l.child(n, "self"), ast.DefName)
		l.close(n)
		return
	}
	l.lower(l.field(n, "type"), ast.TypeOf)
	l.lower(l.field(n, "pattern"), ast.DefName)
	l.close(n)
}

func rustClosure(l *lowerer, n node, role ast.Role) {
	l.open(ast.Func, role, n).Flags |= ast.FlagLambda
	l.rustParameters(l.field(n, "parameters"))
	l.lower(l.field(n, "return_type"), ast.Result)
	l.lambdaBody(l.field(n, "body"))
	l.close(n)
}
