package lang

import "github.com/assay-app/assay/checks/internal/ast"

// typescriptLowerings are those of the symbols that only TypeScript has.
var typescriptLowerings = map[string]lowering{
	"predefined_type":            as(ast.Ident),
	"nested_identifier":          tsNested,
	"nested_type_identifier":     tsNested,
	"as_expression":              tsCast,
	"satisfies_expression":       tsCast,
	"type_assertion":             tsAssertion,
	"non_null_expression":        tsNonNull,
	"instantiation_expression":   tsInstantiation,
	"public_field_definition":    jsField,
	"method_signature":           jsFunction,
	"abstract_method_signature":  jsFunction,
	"function_signature":         jsDeclaration,
	"abstract_class_declaration": jsDeclaration,
	"interface_declaration":      jsDeclaration,
	"enum_declaration":           jsDeclaration,
	"module":                     jsDeclaration,
	"internal_module":            jsDeclaration,
	"ambient_declaration":        jsDeclaration,
	"type_alias_declaration":     jsDeclaration,
	"interface_body":             tsMembers,
	"property_signature":         jsField,
	"type_annotation":            (*lowerer).inside,
	"parenthesized_type":         (*lowerer).inside,
	"literal_type":               (*lowerer).inside,
	"constraint":                 (*lowerer).inside,
	"default_type":               (*lowerer).inside,
	"generic_type":               tsGeneric,
	"array_type":                 tsElements,
	"union_type":                 tsElements,
	"intersection_type":          tsElements,
	"tuple_type":                 tsElements,
	"readonly_type":              tsElements,
	"type_parameter":             tsTypeParameter,
	"object_type":                opaqueType,
	"function_type":              opaqueType,
	"constructor_type":           opaqueType,
	"conditional_type":           opaqueType,
	"infer_type":                 opaqueType,
	"lookup_type":                opaqueType,
	"type_query":                 opaqueType,
	"index_type_query":           opaqueType,
	"template_literal_type":      opaqueType,
	"existential_type":           opaqueType,
	"flow_maybe_type":            opaqueType,
	"type_predicate":             opaqueType,
	"type_predicate_annotation":  (*lowerer).inside,
	"asserts_annotation":         (*lowerer).inside,
	"asserts":                    opaqueType,
	"optional_type":              opaqueType,
	"rest_type":                  opaqueType,
}

// tsNested lowers a.b where the grammar wants a name.
func tsNested(l *lowerer, n node, role ast.Role) {
	l.open(ast.Member, role, n)
	next := ast.Object
	for c := range l.named(n) {
		l.lower(c, next)
		next = ast.Property
	}
	l.close(n)
}

// tsCast lowers `x as T` and `x satisfies T`; `x as const` has no type.
func tsCast(l *lowerer, n node, role ast.Role) {
	l.open(ast.Cast, role, n)
	next := ast.Value
	for c := range l.named(n) {
		l.lower(c, next)
		next = ast.TypeOf
	}
	l.close(n)
}

func tsAssertion(l *lowerer, n node, role ast.Role) {
	l.open(ast.Cast, role, n)
	for c := range l.named(n) {
		if l.is(c, "type_arguments") {
			l.lowerAll(c, ast.TypeOf)
		} else {
			l.lower(c, ast.Value)
		}
	}
	l.close(n)
}

func tsNonNull(l *lowerer, n node, role ast.Role) {
	l.open(ast.Cast, role, n).Flags |= ast.FlagPostfix
	l.lowerAll(n, ast.Value)
	l.close(n)
}

// tsInstantiation lowers f<T> to f.
func tsInstantiation(l *lowerer, n node, role ast.Role) {
	l.lower(l.first(n), role)
}

func tsGeneric(l *lowerer, n node, role ast.Role) {
	l.open(ast.Type, role, n).Name = l.squeezed(n)
	l.lower(l.field(n, "name"), ast.Object)
	l.lowerAll(l.field(n, "type_arguments"), ast.Elem)
	l.close(n)
}

func tsElements(l *lowerer, n node, role ast.Role) {
	l.open(ast.Type, role, n).Name = l.squeezed(n)
	l.lowerAll(n, ast.Elem)
	l.close(n)
}

// tsTypeParameter lowers T extends U = V to a Param.
func tsTypeParameter(l *lowerer, n node, role ast.Role) {
	l.open(ast.Param, role, n)
	l.lower(l.field(n, "name"), ast.DefName)
	l.lower(l.field(n, "constraint"), ast.TypeOf)
	l.lower(l.field(n, "value"), ast.Default)
	l.close(n)
}

// tsMembers lowers the body of an interface.
func tsMembers(l *lowerer, n node, role ast.Role) {
	l.open(ast.Block, role, n)
	l.lowerAll(n, ast.Stmt)
	l.close(n)
}

// tsEnumBody lowers the members of an enum to a VarDef each.
func (l *lowerer) tsEnumBody(n node) {
	l.open(ast.Block, ast.Body, n)
	for c := range l.named(n) {
		if l.is(c, "ERROR") {
			l.lower(c, ast.Stmt)
			continue
		}
		l.open(ast.VarDef, ast.Stmt, c)
		if l.is(c, "enum_assignment") {
			l.lower(l.field(c, "name"), ast.Left)
			l.lower(l.field(c, "value"), ast.Right)
		} else {
			l.lower(c, ast.Left)
		}
		l.close(c)
	}
	l.close(n)
}

func (l *lowerer) tsAlias(n node, role ast.Role, prefix jsPrefix) {
	prefix.modifiers = append(prefix.modifiers, l.token(n, "type"))
	l.jsOpen(ast.VarDef, role, n, prefix, nil)
	l.lower(l.field(n, "name"), ast.Left)
	l.lowerAll(l.field(n, "type_parameters"), ast.TypeParam)
	l.lower(l.field(n, "value"), ast.TypeOf)
	l.close(n)
}
