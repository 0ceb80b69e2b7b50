package lang

import "github.com/assay-app/assay/checks/internal/ast"

// jsPrefix is what stands before a declaration without being part of it in the grammar: export, default, declare, and
// the decorators of a class or method.
type jsPrefix struct {
	begins     bool
	start      uint32 // where the declaration begins with all that
	modifiers  []node
	decorators []node
}

func jsDeclaration(l *lowerer, n node, role ast.Role) { l.jsDeclare(n, role, jsPrefix{}) }

// jsDeclare lowers a declaration with what stands before it.
func (l *lowerer) jsDeclare(n node, role ast.Role, prefix jsPrefix) {
	if l.full() {
		return
	}
	switch l.kind(n) {
	case "variable_declaration", "lexical_declaration":
		l.jsVariables(n, role, prefix)
	case "function_declaration", "generator_function_declaration", "function_signature", "method_definition",
		"function_expression", "generator_function", "arrow_function", "method_signature", "abstract_method_signature":
		l.jsFunctionNode(n, role, prefix)
	case "class_declaration", "abstract_class_declaration", "class", "interface_declaration", "enum_declaration", "module", "internal_module":
		l.jsClass(n, role, prefix)
	case "field_definition", "public_field_definition", "property_signature":
		l.jsFieldNode(n, role, prefix)
	case "type_alias_declaration":
		l.tsAlias(n, role, prefix)
	case "ambient_declaration":
		prefix = l.jsBegin(n, prefix)
		prefix.modifiers = append(prefix.modifiers, l.token(n, "declare"))
		for c := range l.named(n) {
			l.jsDeclare(c, role, prefix)
		}
	case "expression_statement":
		for c := range l.named(n) {
			l.jsDeclare(c, role, prefix)
		}
	default:
		l.lower(n, role)
	}
}

// jsBegin makes the prefix begin at n, unless it begins before.
func (l *lowerer) jsBegin(n node, prefix jsPrefix) jsPrefix {
	if !prefix.begins {
		prefix.begins, prefix.start = true, l.start(n)
	}
	return prefix
}

// jsOpen begins the node of a declaration.
func (l *lowerer) jsOpen(kind ast.Kind, role ast.Role, n node, prefix jsPrefix, set func(*ast.Node)) {
	opened := l.Open(kind, role, l.jsBegin(n, prefix).start)
	if set != nil {
		set(opened)
	}
	for _, c := range prefix.decorators {
		l.lower(c, ast.DecoratorOf)
	}
	for _, c := range prefix.modifiers {
		if c != none {
			l.leaf(ast.Modifier, ast.ModifierOf, c)
		}
	}
}

// jsModifiers adds the words before a member or parameter, and its decorators.
func (l *lowerer) jsModifiers(n node) {
	for c := l.cst.Nodes[n].First; c != none; c = l.cst.Nodes[c].Next {
		switch l.kind(c) {
		case "decorator":
			l.lower(c, ast.DecoratorOf)
		case "accessibility_modifier", "override_modifier", "static", "readonly", "abstract", "get", "set", "accessor":
			l.leaf(ast.Modifier, ast.ModifierOf, c)
		case "declare", "const":
			if l.is(n, "public_field_definition", "enum_declaration") {
				l.leaf(ast.Modifier, ast.ModifierOf, c)
			}
		}
	}
}

// jsVariables lowers `const a = 1, b = 2` to a VarDef for each variable; the first begins with the word.
func (l *lowerer) jsVariables(n node, role ast.Role, prefix jsPrefix) {
	op := ast.OpVar
	if kind := l.field(n, "kind"); kind != none {
		op = jsOps[l.text(kind)]
	}
	first := l.jsBegin(n, prefix)
	for c := range l.named(n) {
		if !l.is(c, "variable_declarator") {
			l.lower(c, role)
			continue
		}
		l.jsOpen(ast.VarDef, role, c, first, func(v *ast.Node) { v.Op = op })
		l.lower(l.field(c, "name"), ast.Left)
		l.lower(l.field(c, "type"), ast.TypeOf)
		l.lower(l.field(c, "value"), ast.Right)
		l.close(c)
		first = jsPrefix{}
	}
}

func jsFunction(l *lowerer, n node, role ast.Role) { l.jsDeclare(n, role, jsPrefix{}) }

func (l *lowerer) jsFunctionNode(n node, role ast.Role, prefix jsPrefix) {
	l.jsOpen(ast.Func, role, n, prefix, func(f *ast.Node) {
		if l.has(n, "async") {
			f.Flags |= ast.FlagAsync
		}
		switch l.kind(n) {
		case "function_expression", "generator_function", "arrow_function":
			f.Flags |= ast.FlagLambda
		}
	})
	if star := l.token(n, "*"); star != none {
		l.leaf(ast.Modifier, ast.ModifierOf, star)
	}
	l.jsModifiers(n)
	l.lower(l.field(n, "name"), ast.DefName)
	l.lowerAll(l.field(n, "type_parameters"), ast.TypeParam)
	if only := l.field(n, "parameter"); only != none {
		l.jsParameter(only)
	}
	parameters := l.field(n, "parameters")
	for c := range l.named(parameters) {
		l.jsParameter(c)
	}
	l.lower(l.field(n, "return_type"), ast.Result)
	if body := l.field(n, "body"); l.is(body, "statement_block") {
		l.lower(body, ast.Body)
	} else {
		l.implicitReturn(body)
	}
	l.close(n)
}

// jsParameter lowers a parameter: of JavaScript any pattern, of TypeScript one wrapped with its type.
func (l *lowerer) jsParameter(n node) {
	if l.is(n, "ERROR") {
		l.lower(n, ast.ParamOf)
		return
	}
	param := l.open(ast.Param, ast.ParamOf, n)
	name, value := n, l.field(n, "value")
	switch l.kind(n) {
	case "required_parameter":
		name = l.field(n, "pattern")
	case "optional_parameter":
		name = l.field(n, "pattern")
		param.Flags |= ast.FlagOptional
	case "assignment_pattern":
		name, value = l.field(n, "left"), l.field(n, "right")
	}
	if l.is(name, "rest_pattern") {
		param.Flags |= ast.FlagRest
		name = l.first(name)
	}
	if l.is(n, "required_parameter", "optional_parameter") {
		l.jsModifiers(n)
	}
	l.lower(name, ast.DefName)
	l.lower(l.field(n, "type"), ast.TypeOf)
	l.lower(value, ast.Default)
	l.close(n)
}

var jsClassOps = map[string]ast.Op{
	"interface_declaration": ast.OpInterface, "enum_declaration": ast.OpEnum, "module": ast.OpModule,
	"internal_module": ast.OpModule,
}

func (l *lowerer) jsClass(n node, role ast.Role, prefix jsPrefix) {
	op, ok := jsClassOps[l.kind(n)]
	if !ok {
		op = ast.OpClass
	}
	l.jsOpen(ast.Class, role, n, prefix, func(c *ast.Node) {
		c.Op = op
		if l.is(n, "class") {
			c.Flags |= ast.FlagLambda
		}
	})
	l.jsModifiers(n)
	l.lower(l.field(n, "name"), ast.DefName)
	l.lowerAll(l.field(n, "type_parameters"), ast.TypeParam)
	for c := range l.named(n) {
		switch l.kind(c) {
		case "class_heritage":
			l.jsHeritage(c)
		case "extends_type_clause":
			l.lowerFields(c, "type", ast.Super)
		}
	}
	body := l.field(n, "body")
	switch l.kind(body) {
	case "enum_body":
		l.tsEnumBody(body)
	case "":
	default:
		l.lower(body, ast.Body)
	}
	l.close(n)
}

func (l *lowerer) jsHeritage(n node) {
	for c := range l.named(n) {
		switch l.kind(c) {
		case "extends_clause":
			l.lowerFields(c, "value", ast.Super)
		case "implements_clause":
			l.lowerAll(c, ast.Interface)
		default:
			l.lower(c, ast.Super)
		}
	}
}

// jsClassBody gives the decorators, which the grammar has beside a method, to the method.
func jsClassBody(l *lowerer, n node, role ast.Role) {
	l.open(ast.Block, role, n)
	var prefix jsPrefix
	for c := range l.named(n) {
		if l.is(c, "decorator") {
			prefix = l.jsBegin(c, prefix)
			prefix.decorators = append(prefix.decorators, c)
			continue
		}
		l.jsDeclare(c, ast.Stmt, prefix)
		prefix = jsPrefix{}
	}
	l.close(n)
}

func jsStaticBlock(l *lowerer, n node, role ast.Role) {
	l.lower(l.field(n, "body"), role)
}

func jsField(l *lowerer, n node, role ast.Role) { l.jsDeclare(n, role, jsPrefix{}) }

func (l *lowerer) jsFieldNode(n node, role ast.Role, prefix jsPrefix) {
	name := l.field(n, "name")
	if name == none {
		name = l.field(n, "property")
	}
	l.jsOpen(ast.VarDef, role, n, prefix, func(v *ast.Node) {
		if l.has(n, "?") {
			v.Flags |= ast.FlagOptional
		}
	})
	l.jsModifiers(n)
	l.lower(name, ast.Left)
	l.lower(l.field(n, "type"), ast.TypeOf)
	l.lower(l.field(n, "value"), ast.Right)
	l.close(n)
}

func jsDecorator(l *lowerer, n node, role ast.Role) {
	decorator := l.open(ast.Decorator, role, n)
	value := l.first(n)
	if l.is(value, "call_expression") {
		decorator.Flags |= ast.FlagCalled
		l.lower(l.field(value, "function"), ast.Callee)
		l.lowerAll(l.field(value, "arguments"), ast.Arg)
	} else {
		l.lower(value, ast.Callee)
	}
	l.close(n)
}
