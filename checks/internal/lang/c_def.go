package lang

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// declared is the name in a declarator, and the stars and brackets round it.
func (l *lowerer) declared(n node) (name node, suffix string) {
	for depth := 0; n != none && depth < maxDescent; depth++ {
		switch l.kind(n) {
		case "pointer_declarator", "abstract_pointer_declarator":
			suffix += "*"
		case "reference_declarator", "abstract_reference_declarator":
			suffix += "&"
		case "array_declarator", "abstract_array_declarator":
			suffix += "[]"
		case "function_declarator", "parenthesized_declarator", "init_declarator", "attributed_declarator", "abstract_parenthesized_declarator", "abstract_function_declarator":
		default:
			return n, suffix
		}
		inner := l.field(n, "declarator")
		if inner == none {
			inner = l.child(n, "identifier", "field_identifier", "pointer_declarator", "array_declarator", "function_declarator", "qualified_identifier", "reference_declarator")
		}
		n = inner
	}
	return none, suffix
}

func (l *lowerer) suffixOf(declarator node) string {
	_, suffix := l.declared(declarator)
	return suffix
}

// functionOf is the function_declarator in a declarator that declares a function and no pointer to one, or none.
func (l *lowerer) functionOf(n node) node {
	for depth := 0; n != none && depth < maxDescent; depth++ {
		switch l.kind(n) {
		case "function_declarator":
			if l.is(l.field(n, "declarator"), "parenthesized_declarator") {
				return none
			}
			return n
		case "pointer_declarator", "reference_declarator", "attributed_declarator":
			inner := l.field(n, "declarator")
			if inner == none {
				inner = l.child(n, "function_declarator")
			}
			n = inner
		default:
			return none
		}
	}
	return none
}

// cType adds the type of a declaration with what its declarator puts round it.
func (l *lowerer) cType(n node, suffix string, role ast.Role) {
	of := l.field(n, "type")
	if of == none {
		return
	}
	if suffix == "" || l.is(of, "placeholder_type_specifier") {
		l.lower(of, role)
		return
	}
	name := l.squeezed(of)
	if l.field(of, "name") != none && !l.is(of, "qualified_identifier", "template_type") { // without the word struct
		name = l.text(l.field(of, "name"))
	}
	l.open(ast.Type, role, of).Name = name + suffix
	l.lower(of, ast.Elem)
	l.close(of)
}

// cModifiers adds the words before a declaration.
func (l *lowerer) cModifiers(n node) {
	for c := range l.named(n) {
		if l.is(c, "storage_class_specifier", "type_qualifier", "virtual", "explicit_function_specifier") {
			l.leaf(ast.Modifier, ast.ModifierOf, c)
		}
	}
}

// cDeclaration lowers a declaration to a VarDef for each variable, and a Func for each function.
func cDeclaration(l *lowerer, n node, role ast.Role) {
	var declarators []node
	for d := range l.fields(n, "declarator") {
		declarators = append(declarators, d)
	}
	if len(declarators) == 0 {
		l.lower(l.field(n, "type"), role)
		return
	}
	if of := l.field(n, "type"); l.field(of, "body") != none { // struct S { … } x;
		l.lower(of, role)
	}
	for _, d := range declarators {
		at := d
		if len(declarators) == 1 {
			at = n
		}
		if function := l.functionOf(d); function != none {
			l.cFunc(n, at, d, function, role)
			continue
		}
		l.open(ast.VarDef, role, at).Op = ast.OpVar
		l.cModifiers(n)
		name, suffix := l.declared(d)
		l.cType(n, suffix, ast.TypeOf)
		l.lower(name, ast.Left)
		value := l.field(d, "value")
		if value == none {
			value = l.field(n, "default_value")
		}
		if l.is(value, "argument_list") {
			l.open(ast.New, ast.Right, value)
			l.cType(n, suffix, ast.Callee)
			l.lowerAll(value, ast.Arg)
			l.close(value)
		} else {
			l.lower(value, ast.Right)
		}
		l.close(at)
	}
}

func (l *lowerer) cFunc(n, at, declarator, function node, role ast.Role) {
	l.open(ast.Func, role, at)
	l.cModifiers(n)
	l.cType(n, strings.TrimSuffix(l.suffixOf(declarator), "[]"), ast.Result)
	l.lower(l.field(function, "declarator"), ast.DefName)
	l.lowerAll(l.field(function, "parameters"), ast.ParamOf)
	if initializers := l.child(n, "field_initializer_list"); initializers != none {
		l.cInitialized(n, initializers)
	} else {
		l.body(l.field(n, "body"), ast.Body)
	}
	l.close(at)
}

// cInitialized adds the body of a constructor, with the fields that it initializes before it as assignments to this.
func (l *lowerer) cInitialized(n, initializers node) {
	body := l.field(n, "body")
	if !l.is(body, "compound_statement") {
		l.body(body, ast.Body)
		return
	}
	l.Open(ast.Block, ast.Body, l.start(initializers))
	for c := range l.named(initializers) {
		name, arguments := l.first(c), l.child(c, "argument_list", "initializer_list")
		if !l.is(c, "field_initializer") || name == none || arguments == none {
			continue
		}
		l.open(ast.Assign, ast.Stmt, c).Op = ast.OpAssign
		l.open(ast.Member, ast.Left, name)
		l.leafNamed(ast.Ident, ast.Object, name, "this")
		l.leaf(ast.Ident, ast.Property, name)
		l.close(name)
		l.lowerAll(arguments, ast.Right)
		l.close(c)
	}
	l.lowerAll(body, ast.Stmt)
	l.close(body)
}

func cFunction(l *lowerer, n node, role ast.Role) {
	declarator := l.field(n, "declarator")
	function := l.functionOf(declarator)
	if function == none {
		l.other(n, role)
		return
	}
	l.cFunc(n, n, declarator, function, role)
}

func cParam(l *lowerer, n node, role ast.Role) {
	param := l.open(ast.Param, role, n)
	if l.is(n, "variadic_parameter", "variadic_parameter_declaration") {
		param.Flags |= ast.FlagRest
	}
	l.cModifiers(n)
	name, suffix := l.declared(l.field(n, "declarator"))
	l.cType(n, suffix, ast.TypeOf)
	l.lower(name, ast.DefName)
	l.lower(l.field(n, "default_value"), ast.Default)
	l.close(n)
}

func cClass(op ast.Op) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		body, name := l.field(n, "body"), l.field(n, "name")
		if body == none && role != ast.Stmt || role != ast.Stmt && name != none { // struct S as a type
			l.lower(name, role)
			return
		}
		l.cClassNamed(n, name, op, role)
	}
}

func (l *lowerer) cClassNamed(n, name node, op ast.Op, role ast.Role) {
	l.open(ast.Class, role, n).Op = op
	l.lower(name, ast.DefName)
	for base := range l.named(l.child(n, "base_class_clause")) {
		if !l.is(base, "access_specifier") {
			l.lower(base, ast.Super)
		}
	}
	l.lower(l.field(n, "body"), ast.Body)
	l.close(n)
}

// cTypedef lowers a typedef; the name of one of a struct is the struct's.
func cTypedef(l *lowerer, n node, role ast.Role) {
	of := l.field(n, "type")
	name, suffix := l.declared(l.field(n, "declarator"))
	if l.field(of, "body") != none && suffix == "" {
		op := ast.OpStruct
		if l.is(of, "enum_specifier") {
			op = ast.OpEnum
		}
		l.cClassNamed(of, name, op, role)
		return
	}
	l.open(ast.Class, role, n).Op = ast.OpClass
	l.lower(name, ast.DefName)
	l.cType(n, suffix, ast.Super)
	l.close(n)
}

// cAlias lowers `using A = B`.
func cAlias(l *lowerer, n node, role ast.Role) {
	l.open(ast.Class, role, n).Op = ast.OpClass
	l.lower(l.field(n, "name"), ast.DefName)
	l.lower(l.field(n, "type"), ast.Super)
	l.close(n)
}

func cTemplateDeclaration(l *lowerer, n node, role ast.Role) {
	for c := range l.named(n) {
		if !l.is(c, "template_parameter_list", "requires_clause") {
			l.lower(c, role)
		}
	}
}

func cNamespace(l *lowerer, n node, role ast.Role) {
	l.open(ast.Class, role, n).Op = ast.OpModule
	l.lower(l.field(n, "name"), ast.DefName)
	l.lower(l.field(n, "body"), ast.Body)
	l.close(n)
}

func cLinkage(l *lowerer, n node, role ast.Role) {
	if body := l.field(n, "body"); l.is(body, "declaration_list") {
		l.lowerAll(body, role)
	} else {
		l.lower(body, role)
	}
}

// cUsing lowers `using namespace std` and `using std::string`.
func cUsing(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Import, role, n)
	m.Name = l.squeezed(l.first(n))
	if l.has(n, "namespace") {
		m.Flags |= ast.FlagWildcard
	}
	l.close(n)
}

func cInclude(l *lowerer, n node, role ast.Role) {
	l.open(ast.Import, role, n).Name = strings.Trim(l.text(l.field(n, "path")), `"<>`)
	l.close(n)
}

// cDefine lowers #define NAME value.
func cDefine(l *lowerer, n node, role ast.Role) {
	l.open(ast.VarDef, role, n).Op = ast.OpConst
	l.lower(l.field(n, "name"), ast.Left)
	if value := l.field(n, "value"); value != none {
		text := strings.TrimSpace(l.text(value))
		switch {
		case strings.HasPrefix(text, `"`) && strings.HasSuffix(text, `"`) && len(text) > 1:
			l.leafNamed(ast.Str, ast.Right, value, text[1:len(text)-1])
		case text != "" && text[0] >= '0' && text[0] <= '9':
			l.leafNamed(ast.Num, ast.Right, value, text)
		default:
			l.leafNamed(ast.Other, ast.Right, value, text)
		}
	}
	l.close(n)
}

// cConditional lowers the branches of #if to what they hold.
func cConditional(l *lowerer, n node, role ast.Role) {
	name, condition := l.field(n, "name"), l.field(n, "condition")
	for c := range l.named(n) {
		if c != name && c != condition {
			l.lower(c, role)
		}
	}
}
