package lang

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

func phpIf(l *lowerer, n node, role ast.Role) {
	var clauses []node
	for c := range l.fields(n, "alternative") {
		clauses = append(clauses, c)
	}
	l.open(ast.If, role, n)
	l.phpBranch(n, n, clauses)
	l.close(n)
}

// phpBranch adds the test and the branches of an if or elseif.
func (l *lowerer) phpBranch(statement, n node, clauses []node) {
	l.lower(l.field(n, "condition"), ast.Test)
	l.body(l.field(n, "body"), ast.Then)
	if len(clauses) == 0 || l.full() {
		return
	}
	clause := clauses[0]
	if !l.is(clause, "else_if_clause") {
		l.elseBody(l.field(clause, "body"))
		return
	}
	l.open(ast.Block, ast.Else, clause).Flags |= ast.FlagImplicit
	l.open(ast.If, ast.Stmt, clause)
	l.phpBranch(statement, clause, clauses[1:])
	l.Close(l.end(statement))
	l.Close(l.end(statement))
}

// phpForEach lowers foreach; the key and value are a Tuple.
func phpForEach(l *lowerer, n node, role ast.Role) {
	l.open(ast.ForEach, role, n).Op = ast.OpOf
	body := l.field(n, "body")
	var parts []node
	for c := range l.named(n) {
		if c != body {
			parts = append(parts, c)
		}
	}
	if len(parts) > 1 {
		if l.is(parts[1], "pair") {
			l.open(ast.Tuple, ast.Left, parts[1])
			l.lowerAll(parts[1], ast.Elem)
			l.close(parts[1])
		} else {
			l.lower(parts[1], ast.Left)
		}
	}
	if len(parts) > 0 {
		l.lower(parts[0], ast.Right)
	}
	l.body(body, ast.Body)
	l.close(n)
}

func phpSwitch(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	for c := range l.named(l.field(n, "body")) {
		m := l.open(ast.Case, ast.CaseOf, c)
		if l.is(c, "default_statement") {
			m.Flags |= ast.FlagDefault
		}
		l.lower(l.field(c, "value"), ast.Test)
		l.caseBody(c, ":", ";")
		l.close(c)
	}
	l.close(n)
}

func phpMatch(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	for c := range l.named(l.field(n, "body")) {
		m := l.open(ast.Case, ast.CaseOf, c)
		if l.is(c, "match_default_expression") {
			m.Flags |= ast.FlagDefault
		}
		l.lowerAll(l.field(c, "conditional_expressions"), ast.Test)
		l.body(l.field(c, "return_expression"), ast.Body)
		l.close(c)
	}
	l.close(n)
}

func phpTry(l *lowerer, n node, role ast.Role) {
	l.open(ast.Try, role, n)
	l.body(l.field(n, "body"), ast.Body)
	for c := range l.named(n) {
		switch l.kind(c) {
		case "catch_clause":
			l.open(ast.Catch, ast.CatchOf, c)
			l.lower(l.field(c, "type"), ast.TypeOf)
			l.lower(l.field(c, "name"), ast.DefName)
			l.body(l.field(c, "body"), ast.Body)
			l.close(c)
		case "finally_clause":
			l.body(l.field(c, "body"), ast.Finally)
		}
	}
	l.close(n)
}

func phpStatic(l *lowerer, n node, role ast.Role) {
	l.open(ast.VarDef, role, n).Op = ast.OpVar
	l.lower(l.field(n, "name"), ast.Left)
	l.lower(l.field(n, "value"), ast.Right)
	l.close(n)
}

// phpNamespace lowers `namespace A { … }`; one that reaches to the end of the file says nothing that rules ask for.
func phpNamespace(l *lowerer, n node, role ast.Role) {
	if body := l.field(n, "body"); body != none {
		l.lowerAll(body, role)
	}
}

// phpUse lowers `use A\{B, C as D}` to an Import for each name.
func phpUse(l *lowerer, n node, role ast.Role) {
	prefix := l.text(l.child(n, "namespace_name"))
	clauses := n
	if group := l.child(n, "namespace_use_group"); group != none {
		clauses = group
	}
	var names []node
	for c := range l.named(clauses) {
		if l.is(c, "namespace_use_clause", "namespace_use_group_clause") {
			names = append(names, c)
		}
	}
	for _, c := range names {
		at := c
		if len(names) == 1 {
			at = n
		}
		name := l.child(c, "qualified_name", "name", "namespace_name")
		m := l.open(ast.Import, role, at)
		m.Name = strings.TrimPrefix(l.text(name), `\`)
		if prefix != "" {
			m.Name = prefix + `\` + m.Name
		}
		l.lower(l.first(l.child(c, "namespace_aliasing_clause")), ast.Alias)
		l.close(at)
	}
}

func phpConst(l *lowerer, n node, role ast.Role) {
	for c := range l.named(n) {
		if l.is(c, "const_element") {
			l.lower(c, role)
		}
	}
}

func phpConstElement(l *lowerer, n node, role ast.Role) {
	l.open(ast.VarDef, role, n).Op = ast.OpConst
	l.phpModifiers(l.cst.Nodes[n].Parent)
	part := ast.Left
	for c := range l.named(n) {
		l.lower(c, part)
		part = ast.Right
	}
	l.close(n)
}

// phpModifiers adds the attributes and words before a declaration.
func (l *lowerer) phpModifiers(n node) {
	for group := range l.named(l.field(n, "attributes")) {
		l.lowerAll(group, ast.DecoratorOf)
	}
	for c := range l.named(n) {
		if kind := l.kind(c); strings.HasSuffix(kind, "_modifier") && kind != "reference_modifier" {
			l.leaf(ast.Modifier, ast.ModifierOf, c)
		}
	}
}

func phpAttribute(l *lowerer, n node, role ast.Role) {
	l.open(ast.Decorator, role, n)
	l.lower(l.first(n), ast.Callee)
	if args := l.field(n, "parameters"); args != none {
		l.Current().Flags |= ast.FlagCalled
		l.lowerAll(args, ast.Arg)
	}
	l.close(n)
}

func phpClass(op ast.Op) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.open(ast.Class, role, n).Op = op
		l.phpModifiers(n)
		l.leaf(ast.Ident, ast.DefName, l.field(n, "name"))
		l.lowerAll(l.child(n, "base_clause"), ast.Super)
		l.lowerAll(l.child(n, "class_interface_clause"), ast.Interface)
		l.lower(l.field(n, "body"), ast.Body)
		l.close(n)
	}
}

func phpProperty(l *lowerer, n node, role ast.Role) {
	for c := range l.named(n) {
		if !l.is(c, "property_element") {
			continue
		}
		l.open(ast.VarDef, role, n).Op = ast.OpVar
		l.phpModifiers(n)
		l.lower(l.field(n, "type"), ast.TypeOf)
		name := l.first(c)
		l.lower(name, ast.Left)
		l.lowerAll(l.child(c, "property_initializer"), ast.Right)
		l.close(n)
	}
}

func phpFunction(l *lowerer, n node, role ast.Role) {
	f := l.open(ast.Func, role, n)
	if l.is(n, "anonymous_function_creation_expression", "arrow_function") {
		f.Flags |= ast.FlagLambda
	}
	l.phpModifiers(n)
	l.leaf(ast.Ident, ast.DefName, l.field(n, "name"))
	l.lowerAll(l.field(n, "parameters"), ast.ParamOf)
	l.lower(l.field(n, "return_type"), ast.Result)
	if body := l.field(n, "body"); l.is(n, "arrow_function") {
		l.implicitReturn(body)
	} else {
		l.lower(body, ast.Body)
	}
	l.close(n)
}

func phpParam(l *lowerer, n node, role ast.Role) {
	param := l.open(ast.Param, role, n)
	if l.is(n, "variadic_parameter") {
		param.Flags |= ast.FlagRest
	}
	l.phpModifiers(n)
	l.lower(l.field(n, "type"), ast.TypeOf)
	l.lower(l.field(n, "name"), ast.DefName)
	l.lower(l.field(n, "default_value"), ast.Default)
	l.close(n)
}
