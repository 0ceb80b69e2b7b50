package lang

import "github.com/assay-app/assay/checks/internal/ast"

// pythonDefinition lowers a function or class, with its decorators.
func pythonDefinition(l *lowerer, n node, role ast.Role) {
	definition := n
	if l.is(n, "decorated_definition") {
		if definition = l.field(n, "definition"); definition == none {
			l.other(n, role)
			return
		}
	}
	class := l.is(definition, "class_definition")
	if class {
		l.open(ast.Class, role, n).Op = ast.OpClass
	} else {
		f := l.open(ast.Func, role, n)
		if l.has(definition, "async") {
			f.Flags |= ast.FlagAsync
		}
	}
	for c := range l.named(n) {
		if l.is(c, "decorator") {
			l.lower(c, ast.DecoratorOf)
		}
	}
	l.lower(l.field(definition, "name"), ast.DefName)
	l.lowerAll(l.field(definition, "type_parameters"), ast.TypeParam)
	if class {
		l.lowerAll(l.field(definition, "superclasses"), ast.Super)
	} else {
		l.pythonParameters(l.field(definition, "parameters"))
		l.lower(l.field(definition, "return_type"), ast.Result)
	}
	l.body(l.field(definition, "body"), ast.Body)
	if definition != n {
		l.mend(definition)
	}
	l.close(n)
}

func pythonDecorator(l *lowerer, n node, role ast.Role) {
	decorator := l.open(ast.Decorator, role, n)
	value := l.first(n)
	if l.is(value, "call") {
		decorator.Flags |= ast.FlagCalled
		l.lower(l.field(value, "function"), ast.Callee)
		l.lowerAll(l.field(value, "arguments"), ast.Arg)
	} else {
		l.lower(value, ast.Callee)
	}
	l.close(n)
}

func pythonLambda(l *lowerer, n node, role ast.Role) {
	l.open(ast.Func, role, n).Flags |= ast.FlagLambda
	l.pythonParameters(l.field(n, "parameters"))
	l.implicitReturn(l.field(n, "body"))
	l.close(n)
}

func (l *lowerer) pythonParameters(n node) {
	for c := range l.named(n) {
		switch l.kind(c) {
		case "keyword_separator", "positional_separator", "ERROR":
			l.lower(c, ast.ParamOf)
		default:
			pythonParameter(l, c, ast.ParamOf)
		}
	}
}

// pythonParameter lowers whatever may stand among parameters.
func pythonParameter(l *lowerer, n node, role ast.Role) {
	param := l.open(ast.Param, role, n)
	name := n
	switch l.kind(n) {
	case "default_parameter", "typed_default_parameter":
		name = l.field(n, "name")
	case "typed_parameter":
		name = l.first(n)
	}
	switch l.kind(name) {
	case "list_splat_pattern":
		param.Flags |= ast.FlagRest
		name = l.first(name)
	case "dictionary_splat_pattern":
		param.Flags |= ast.FlagRestMap
		name = l.first(name)
	}
	l.lower(name, ast.DefName)
	l.lower(l.field(n, "type"), ast.TypeOf)
	l.lower(l.field(n, "value"), ast.Default)
	l.close(n)
}

// pythonImport lowers `import a.b as c, d` to an Import for each module.
func pythonImport(l *lowerer, n node, role ast.Role) {
	start, end := l.start(n), l.end(n)
	for c := range l.fields(n, "name") {
		module := c
		if l.is(c, "aliased_import") {
			module = l.field(c, "name")
		}
		l.Open(ast.Import, role, start).Name = l.squeezed(module)
		l.lower(l.field(c, "alias"), ast.Alias)
		stop := l.end(c)
		l.Close(stop)
		start = min(stop+1, end)
	}
}

// pythonFrom lowers `from a.b import c as d`; a relative module keeps its dots.
func pythonFrom(l *lowerer, n node, role ast.Role) {
	module := l.squeezed(l.field(n, "module_name"))
	if l.is(n, "future_import_statement") {
		module = "__future__"
	}
	from := l.open(ast.Import, role, n)
	from.Name, from.Op = module, ast.OpFrom
	if l.child(n, "wildcard_import") != none {
		from.Flags |= ast.FlagWildcard
	}
	for c := range l.fields(n, "name") {
		name := c
		if l.is(c, "aliased_import") {
			name = l.field(c, "name")
		}
		l.importItem(c, name, l.field(c, "alias"))
	}
	l.close(n)
}

// importItem adds one name that an import takes.
func (l *lowerer) importItem(n, name, alias node) {
	text := l.squeezed(name)
	l.open(ast.ImportItem, ast.Item, n).Name = text
	l.leafNamed(ast.Ident, ast.DefName, name, text)
	if alias != none {
		l.leaf(ast.Ident, ast.Alias, alias)
	}
	l.close(n)
}
