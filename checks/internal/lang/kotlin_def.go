package lang

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// kotlinBody lowers the body of an if or a loop, with or without braces.
func kotlinBody(l *lowerer, n node, role ast.Role) {
	if inner := l.first(n); l.is(inner, "statements") {
		n = inner
	}
	l.open(ast.Block, role, n)
	l.kotlinTerms(n, ast.Stmt)
	l.close(n)
}

// kotlinBlock adds the statements between the braces of n.
func (l *lowerer) kotlinBlock(n node, role ast.Role) {
	if statements := l.child(n, "statements"); statements != none {
		l.lower(statements, role)
		return
	}
	end := l.end(n)
	l.Open(ast.Block, role, end)
	l.Close(end)
}

func kotlinIf(l *lowerer, n node, role ast.Role) {
	l.open(ast.If, role, n)
	otherwise := l.token(n, "else")
	for c := range l.named(n) {
		switch {
		case !l.is(c, "control_structure_body"):
			l.lower(c, ast.Test)
		case otherwise == none || c < otherwise:
			l.lower(c, ast.Then)
		case l.is(l.first(c), "if_expression"):
			l.elseBody(l.first(c))
		default:
			l.lower(c, ast.Else)
		}
	}
	l.close(n)
}

func kotlinWhen(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	l.lowerAll(l.child(n, "when_subject"), ast.Test)
	for c := range l.named(n) {
		if !l.is(c, "when_entry") {
			continue
		}
		m := l.open(ast.Case, ast.CaseOf, c)
		if l.has(c, "else") {
			m.Flags |= ast.FlagDefault
		}
		for part := range l.named(c) {
			if l.is(part, "when_condition") {
				l.kotlinTerms(part, ast.Test)
			} else {
				l.lower(part, ast.Body)
			}
		}
		l.close(c)
	}
	l.close(n)
}

// kotlinTest lowers `is T` and `in x` of a when by what stands behind the word.
func kotlinTest(l *lowerer, n node, role ast.Role) { l.lowerAll(n, role) }

func kotlinFor(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.ForEach, role, n)
	m.Op, m.Flags = ast.OpOf, ast.FlagDeclares
	part := ast.Left
	for c := range l.named(n) {
		if l.is(c, "control_structure_body") {
			part = ast.Body
		}
		l.lower(c, part)
		part = ast.Right
	}
	l.close(n)
}

func kotlinWhile(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.While, role, n)
	if l.is(n, "do_while_statement") {
		m.Flags |= ast.FlagPostfix
	}
	for c := range l.named(n) {
		if l.is(c, "control_structure_body") {
			l.lower(c, ast.Body)
		} else {
			l.lower(c, ast.Test)
		}
	}
	l.close(n)
}

func kotlinTry(l *lowerer, n node, role ast.Role) {
	l.open(ast.Try, role, n)
	l.kotlinBlock(n, ast.Body)
	for c := range l.named(n) {
		switch l.kind(c) {
		case "catch_block":
			parts := l.all(c)
			l.open(ast.Catch, ast.CatchOf, c)
			if len(parts) > 1 {
				l.lower(parts[1], ast.TypeOf)
				l.leaf(ast.Ident, ast.DefName, parts[0])
			}
			l.kotlinBlock(c, ast.Body)
			l.close(c)
		case "finally_block":
			l.kotlinBlock(c, ast.Finally)
		}
	}
	l.close(n)
}

func kotlinJump(l *lowerer, n node, role ast.Role) {
	kind := ast.Return
	switch word := l.text(l.cst.Nodes[n].First); {
	case word == "throw":
		kind = ast.Throw
	case strings.HasPrefix(word, "break"):
		kind = ast.Break
	case strings.HasPrefix(word, "continue"):
		kind = ast.Continue
	}
	m := l.open(kind, role, n)
	if kind == ast.Break || kind == ast.Continue {
		m.Name = l.text(l.child(n, "label"))
	}
	l.kotlinTerms(n, ast.Value)
	l.close(n)
}

func kotlinImport(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Import, role, n)
	m.Name = l.squeezed(l.child(n, "identifier"))
	if l.child(n, "wildcard_import") != none {
		m.Flags |= ast.FlagWildcard
	}
	l.lower(l.first(l.child(n, "import_alias")), ast.Alias)
	l.close(n)
}

// kotlinModifiers adds the annotations and words before a declaration.
func (l *lowerer) kotlinModifiers(n node) {
	for c := range l.named(l.child(n, "modifiers")) {
		if l.is(c, "annotation") {
			l.lower(c, ast.DecoratorOf)
		} else {
			l.leaf(ast.Modifier, ast.ModifierOf, c)
		}
	}
}

func kotlinAnnotation(l *lowerer, n node, role ast.Role) {
	l.open(ast.Decorator, role, n)
	if call := l.child(n, "constructor_invocation"); call != none {
		l.Current().Flags |= ast.FlagCalled
		l.lower(l.first(call), ast.Callee)
		l.lowerAll(l.child(call, "value_arguments"), ast.Arg)
	} else {
		l.lower(l.child(n, "user_type"), ast.Callee)
	}
	l.close(n)
}

// kotlinName lowers the name that a declaration gives; its type is the declaration's.
func kotlinName(l *lowerer, n node, role ast.Role) { l.lower(l.child(n, "simple_identifier"), role) }

func kotlinVariable(l *lowerer, n node, role ast.Role) {
	l.open(ast.VarDef, role, n).Op = ast.OpVar
	if l.text(l.child(n, "binding_pattern_kind")) == "val" {
		l.Current().Op = ast.OpConst
	}
	l.kotlinModifiers(n)
	target := l.child(n, "variable_declaration", "multi_variable_declaration")
	if parts := l.all(target); l.is(target, "variable_declaration") && len(parts) > 1 {
		l.lower(parts[len(parts)-1], ast.TypeOf)
	}
	l.lower(target, ast.Left)
	for c := range l.named(n) {
		if target != none && c > target && !l.is(c, "getter", "setter", "type_constraints", "property_delegate") {
			l.lower(c, ast.Right)
		}
	}
	if null := l.token(n, "null"); null != none {
		l.leaf(ast.Null, ast.Right, null)
	}
	l.close(n)
}

func kotlinClass(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Class, role, n)
	switch {
	case l.has(n, "interface"):
		m.Op = ast.OpInterface
	case l.has(n, "enum"):
		m.Op = ast.OpEnum
	case l.has(n, "object"):
		m.Op = ast.OpObject
	default:
		m.Op = ast.OpClass
	}
	l.kotlinModifiers(n)
	l.lower(l.child(n, "type_identifier"), ast.DefName)
	for c := range l.named(n) {
		switch l.kind(c) {
		case "type_parameters":
			for p := range l.named(c) {
				l.leaf(ast.Type, ast.TypeParam, p)
			}
		case "primary_constructor":
			for p := range l.named(c) {
				if l.is(p, "class_parameter") {
					l.lower(p, ast.ParamOf)
				}
			}
		case "delegation_specifier":
			super := l.first(c)
			if l.is(super, "constructor_invocation") {
				super = l.first(super)
			}
			l.lower(super, ast.Super)
		case "class_body", "enum_class_body":
			l.lower(c, ast.Body)
		}
	}
	l.close(n)
}

// kotlinObject lowers `object : T { … }` to an anonymous class.
func kotlinObject(l *lowerer, n node, role ast.Role) {
	l.open(ast.New, role, n)
	super := l.first(l.child(n, "delegation_specifier"))
	if l.is(super, "constructor_invocation") {
		l.lower(l.first(super), ast.Callee)
		l.lowerAll(l.child(super, "value_arguments"), ast.Arg)
	} else {
		l.lower(super, ast.Callee)
	}
	l.lower(l.child(n, "class_body"), ast.Body)
	l.close(n)
}

func kotlinEntry(l *lowerer, n node, role ast.Role) {
	l.open(ast.VarDef, role, n).Op = ast.OpConst
	l.lower(l.child(n, "simple_identifier"), ast.Left)
	if arguments := l.child(n, "value_arguments"); arguments != none {
		l.open(ast.New, ast.Right, arguments)
		l.lowerAll(arguments, ast.Arg)
		l.close(arguments)
	}
	l.close(n)
}

// kotlinFunction lowers functions, constructors and accessors.
func kotlinFunction(l *lowerer, n node, role ast.Role) {
	f := l.open(ast.Func, role, n)
	if l.is(n, "anonymous_function") {
		f.Flags |= ast.FlagLambda
	}
	l.kotlinModifiers(n)
	parameters := l.child(n, "function_value_parameters")
	name := l.child(n, "simple_identifier")
	if name == none {
		name = l.token(n, "constructor", "get", "set")
	}
	l.leaf(ast.Ident, ast.DefName, name)
	l.kotlinParameters(parameters)
	seen := false
	for c := range l.named(n) {
		switch {
		case c == parameters:
			seen = true
		case l.is(c, "function_body"):
			l.kotlinFunctionBody(c)
		case l.is(c, "statements"):
			l.lower(c, ast.Body)
		case seen && !l.is(c, "constructor_delegation_call", "type_constraints"):
			l.lower(c, ast.Result)
		}
	}
	l.close(n)
}

func (l *lowerer) kotlinFunctionBody(n node) {
	switch value := l.first(n); {
	case l.is(value, "statements"):
		l.lower(value, ast.Body)
	case value != none:
		l.implicitReturn(value)
	default:
		l.open(ast.Block, ast.Body, n)
		l.close(n)
	}
}

func (l *lowerer) kotlinParameters(list node) {
	rest := false
	for c := range l.named(list) {
		switch {
		case l.is(c, "parameter_modifiers"):
			rest = strings.Contains(l.text(c), "vararg")
		case l.is(c, "parameter"):
			l.kotlinParameter(c, rest)
			rest = false
		default:
			l.lower(c, ast.ParamOf)
		}
	}
}

// kotlinParam lowers `name: T = value`.
func kotlinParam(l *lowerer, n node, _ ast.Role) { l.kotlinParameter(n, false) }

func (l *lowerer) kotlinParameter(n node, rest bool) {
	param := l.open(ast.Param, ast.ParamOf, n)
	if rest {
		param.Flags |= ast.FlagRest
	}
	l.kotlinModifiers(n)
	name := l.child(n, "simple_identifier")
	l.lower(name, ast.DefName)
	part := ast.TypeOf
	for c := range l.named(n) {
		if c > name && name != none {
			l.lower(c, part)
			part = ast.Default
		}
	}
	l.close(n)
}

func kotlinLambda(l *lowerer, n node, role ast.Role) {
	l.open(ast.Func, role, n).Flags |= ast.FlagLambda
	for p := range l.named(l.child(n, "lambda_parameters")) {
		l.open(ast.Param, ast.ParamOf, p)
		l.lower(p, ast.DefName)
		if parts := l.all(p); l.is(p, "variable_declaration") && len(parts) > 1 {
			l.lower(parts[len(parts)-1], ast.TypeOf)
		}
		l.close(p)
	}
	l.kotlinBlock(n, ast.Body)
	l.close(n)
}
