package lang

import (
	"slices"

	"github.com/assay-app/assay/checks/internal/ast"
)

// csModifiers adds the attributes and words before a declaration.
func (l *lowerer) csModifiers(n node) {
	for c := range l.named(n) {
		switch l.kind(c) {
		case "attribute_list":
			for a := range l.named(c) {
				if l.is(a, "attribute") {
					l.lower(a, ast.DecoratorOf)
				}
			}
		case "modifier":
			l.leaf(ast.Modifier, ast.ModifierOf, c)
		}
	}
}

func csAttribute(l *lowerer, n node, role ast.Role) {
	l.open(ast.Decorator, role, n)
	l.lower(l.field(n, "name"), ast.Callee)
	if args := l.child(n, "attribute_argument_list"); args != none {
		l.Current().Flags |= ast.FlagCalled
		l.lowerAll(args, ast.Arg)
	}
	l.close(n)
}

// csVariables lowers a declaration to a VarDef for each variable.
func csVariables(l *lowerer, n node, role ast.Role) {
	declaration := n
	if !l.is(n, "variable_declaration") {
		declaration = l.child(n, "variable_declaration")
	}
	var declarators []node
	for c := range l.named(declaration) {
		if l.is(c, "variable_declarator") {
			declarators = append(declarators, c)
		}
	}
	for _, d := range declarators {
		at := d
		if len(declarators) == 1 {
			at = n
		}
		l.open(ast.VarDef, role, at).Op = ast.OpVar
		if declaration != n {
			l.csModifiers(n)
		}
		name := l.field(d, "name")
		l.lower(l.field(declaration, "type"), ast.TypeOf)
		if name == none {
			name = l.first(d)
		}
		l.lower(name, ast.Left)
		for c := range l.named(d) {
			if c != name && !l.is(c, "bracketed_argument_list") {
				l.csTerm(c, ast.Right)
			}
		}
		l.close(at)
	}
}

// csImport lowers `using A.B`, which brings in all names of a namespace, and `using X = A.B`.
func csImport(l *lowerer, n node, role ast.Role) {
	alias := l.field(n, "name")
	m := l.open(ast.Import, role, n)
	for c := range l.named(n) {
		if c != alias {
			m.Name = l.squeezed(c)
		}
	}
	if alias != none {
		l.leaf(ast.Ident, ast.Alias, alias)
	} else {
		m.Flags |= ast.FlagWildcard
	}
	l.close(n)
}

func csNamespace(l *lowerer, n node, role ast.Role) {
	body := l.field(n, "body")
	l.open(ast.Class, role, n).Op = ast.OpModule
	l.lower(l.field(n, "name"), ast.DefName)
	if body != none {
		l.lower(body, ast.Body)
	} else { // to the end of the file
		l.open(ast.Block, ast.Body, n)
		for c := range l.named(n) {
			if c != l.field(n, "name") {
				l.lower(c, ast.Stmt)
			}
		}
		l.close(n)
	}
	l.close(n)
}

func csClass(op ast.Op) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.open(ast.Class, role, n).Op = op
		l.csModifiers(n)
		l.leaf(ast.Ident, ast.DefName, l.field(n, "name"))
		for p := range l.named(l.child(n, "type_parameter_list")) {
			l.leaf(ast.Type, ast.TypeParam, p)
		}
		l.csParameters(l.child(n, "parameter_list"))
		l.lowerAll(l.child(n, "base_list"), ast.Super)
		l.lower(l.field(n, "body"), ast.Body)
		l.close(n)
	}
}

func csEnumMember(l *lowerer, n node, role ast.Role) {
	l.open(ast.VarDef, role, n).Op = ast.OpConst
	l.leaf(ast.Ident, ast.Left, l.field(n, "name"))
	l.lower(l.field(n, "value"), ast.Right)
	l.close(n)
}

// csMethod lowers everything with a body that is called: methods, constructors, accessors, local functions.
func csMethod(l *lowerer, n node, role ast.Role) {
	l.open(ast.Func, role, n)
	l.csModifiers(n)
	result := l.field(n, "returns")
	if result == none && !l.is(n, "indexer_declaration") {
		result = l.field(n, "type")
	}
	l.lower(result, ast.Result)
	name := l.field(n, "name")
	switch {
	case name != none:
		l.leaf(ast.Ident, ast.DefName, name)
	case l.is(n, "indexer_declaration"):
		l.leaf(ast.Ident, ast.DefName, l.token(n, "this"))
	default:
		l.leaf(ast.Ident, ast.DefName, l.field(n, "operator"))
	}
	for p := range l.named(l.field(n, "type_parameters")) {
		l.leaf(ast.Type, ast.TypeParam, p)
	}
	l.csParameters(l.field(n, "parameters"))
	body := l.field(n, "body")
	if body == none {
		body = l.field(n, "value")
	}
	l.csBody(body, l.child(n, "constructor_initializer"))
	l.close(n)
}

// csBody adds a body, which an arrow may make of an expression, with the call of another constructor before it.
func (l *lowerer) csBody(body, initializer node) {
	if l.is(body, "arrow_expression_clause") {
		l.implicitReturn(l.first(body))
		return
	}
	if initializer == none || !slices.Contains(l.grammar.blocks, l.kind(body)) {
		l.lower(body, ast.Body)
		return
	}
	l.open(ast.Block, ast.Body, body)
	l.open(ast.Call, ast.Stmt, initializer)
	l.leaf(ast.Ident, ast.Callee, l.token(initializer, "base", "this"))
	l.lowerAll(l.child(initializer, "argument_list"), ast.Arg)
	l.close(initializer)
	l.lowerAll(body, ast.Stmt)
	l.close(body)
}

func csProperty(l *lowerer, n node, role ast.Role) {
	value := l.field(n, "value")
	if l.is(value, "arrow_expression_clause") {
		l.open(ast.Func, role, n)
		l.csModifiers(n)
		l.lower(l.field(n, "type"), ast.Result)
		l.leaf(ast.Ident, ast.DefName, l.field(n, "name"))
		l.csBody(value, none)
		l.close(n)
		return
	}
	l.open(ast.VarDef, role, n).Op = ast.OpVar
	l.csModifiers(n)
	l.lower(l.field(n, "type"), ast.TypeOf)
	l.leaf(ast.Ident, ast.Left, l.field(n, "name"))
	l.csTerm(value, ast.Right)
	if accessors := l.field(n, "accessors"); accessors != none && l.csHasBodies(accessors) {
		l.block(accessors, ast.Body)
	}
	l.close(n)
}

func (l *lowerer) csHasBodies(accessors node) bool {
	for c := range l.named(accessors) {
		if l.field(c, "body") != none {
			return true
		}
	}
	return false
}

func csForEach(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.ForEach, role, n)
	m.Op, m.Flags = ast.OpOf, ast.FlagDeclares
	left, of := l.field(n, "left"), l.field(n, "type")
	start := left
	if of != none {
		start = of
	}
	l.Open(ast.VarDef, ast.Left, l.start(start))
	l.lower(of, ast.TypeOf)
	l.lower(left, ast.Left)
	l.Close(l.end(left))
	l.lower(l.field(n, "right"), ast.Right)
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

func csTry(l *lowerer, n node, role ast.Role) {
	l.open(ast.Try, role, n)
	l.body(l.field(n, "body"), ast.Body)
	for c := range l.named(n) {
		switch l.kind(c) {
		case "catch_clause":
			declaration := l.child(c, "catch_declaration")
			l.open(ast.Catch, ast.CatchOf, c)
			l.lower(l.field(declaration, "type"), ast.TypeOf)
			l.lower(l.field(declaration, "name"), ast.DefName)
			l.lowerAll(l.child(c, "catch_filter_clause"), ast.Guard)
			l.body(l.field(c, "body"), ast.Body)
			l.close(c)
		case "finally_clause":
			l.body(l.child(c, "block"), ast.Finally)
		}
	}
	l.close(n)
}

// csUsing lowers using, lock and fixed. Their body is the last of their children.
func csUsing(l *lowerer, n node, role ast.Role) {
	l.open(ast.With, role, n)
	var parts []node
	for c := range l.named(n) {
		parts = append(parts, c)
	}
	for i, c := range parts {
		switch {
		case i == len(parts)-1:
			l.body(c, ast.Body)
		case l.is(c, "variable_declaration"):
			l.lower(c, ast.Item)
		default:
			l.open(ast.WithItem, ast.Item, c)
			l.lower(c, ast.Value)
			l.close(c)
		}
	}
	l.close(n)
}

func csSwitch(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	l.lower(l.field(n, "value"), ast.Test)
	for section := range l.named(l.field(n, "body")) {
		m := l.open(ast.Case, ast.CaseOf, section)
		if l.has(section, "default") {
			m.Flags |= ast.FlagDefault
		}
		colon := l.end(section)
		if token := l.token(section, ":"); token != none {
			colon = l.end(token)
		}
		for c := range l.named(section) {
			switch {
			case l.start(c) >= colon:
			case l.is(c, "when_clause"):
				l.lowerAll(c, ast.Guard)
			default:
				l.lower(c, ast.Test)
			}
		}
		l.caseBody(section, ":")
		l.close(section)
	}
	l.close(n)
}
