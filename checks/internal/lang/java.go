package lang

import (
	"regexp"
	"slices"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

var java = &Language{
	Name: "java", Extensions: []string{".java"},
	grammars: []*grammar{javaGrammar},
	patterns: patternSyntax{
		ellipses: []string{"@", "@;", "int @", "int @;", "@(){}", "case @:", "@;;", "@ = 1"},
		place:    statementFirst("@;", "@", "int @;", "int @", "@(){}", "case @:"),
		frames: []frame{
			{after: " class C__ {}", when: javaAnnotations, partial: true, inner: true},
			{before: "try {} ", when: regexp.MustCompile(`^(catch|finally)\b`), partial: true},
			{before: "if (true) {} ", when: regexp.MustCompile(`^else\b`), partial: true},
			{after: " finally {}", when: javaLoneTry, partial: true},
			{before: "class C__ { C__() { ", after: " } }", when: regexp.MustCompile(`^(super|this)\s*\(.*;$`)},
			{before: "class C__ { C__() { ", after: "; } }", when: regexp.MustCompile(`^(super|this)\s*\(.*\)$`)},
			{},
			{after: ";"},
			{before: "class C__ { ", after: " }", unless: javaStatement},
			{before: "class C__ { ", after: "; }", unless: javaStatement},
			{after: " {}", partial: true},
			{before: "class C__ { ", after: " {} }", unless: javaStatement, partial: true},
		},
		typed: typeBefore("((", ")", ")"),
	},
}

// javaAnnotations are patterns of nothing but annotations.
var javaAnnotations = regexp.MustCompile(`^(@[\w.$]+\s*(\([^{]*\)\s*)?)+$`)

// javaLoneTry is a try of which nothing but the body is written.
var javaLoneTry = regexp.MustCompile(`^try\s*\{[^{}]*\}$`)

// javaStatement are patterns that begin with a word that would be taken for the name of a constructor.
var javaStatement = regexp.MustCompile(`^(if|for|while|do|switch|try|return|throw|new|synchronized|assert|case)\b`)

var javaGrammar = &grammar{language: syntax.Java, blocks: []string{"block", "constructor_body"}, lowerings: map[string]lowering{
	"identifier": as(ast.Ident), "type_identifier": as(ast.Ident), "this": as(ast.Ident), "super": as(ast.Ident),
	"integral_type": as(ast.Ident), "floating_point_type": as(ast.Ident), "boolean_type": as(ast.Ident), "void_type": as(ast.Ident),
	"true": as(ast.Bool), "false": as(ast.Bool), "null_literal": as(ast.Null),
	"decimal_integer_literal": as(ast.Num), "hex_integer_literal": as(ast.Num), "octal_integer_literal": as(ast.Num), "binary_integer_literal": as(ast.Num),
	"decimal_floating_point_literal": as(ast.Num), "hex_floating_point_literal": as(ast.Num),
	"string_literal": quoted, "character_literal": quoted,

	"scoped_identifier": memberOf("scope", "name"), "field_access": memberOf("object", "field"),
	"scoped_type_identifier": javaScopedType, "generic_type": genericType, "array_type": javaArrayType, "wildcard": compositeType, "annotated_type": (*lowerer).inside,
	"class_literal": javaClassLiteral, "array_access": javaIndex, "parenthesized_expression": (*lowerer).inside,
	"method_invocation": javaCall, "explicit_constructor_invocation": javaConstructorCall, "object_creation_expression": javaNew,
	"array_creation_expression": javaNewArray, "array_initializer": wrap(ast.List, ast.NoOp, ast.Elem),
	"binary_expression": infix, "unary_expression": prefix("operand"), "update_expression": step, "assignment_expression": assignment,
	"ternary_expression": ternary, "instanceof_expression": javaInstanceOf, "cast_expression": javaCast, "lambda_expression": javaLambda,
	"switch_expression": javaSwitch, "method_reference": javaReference,
	"pattern": (*lowerer).inside, "type_pattern": javaTypePattern, "record_pattern": javaRecordPattern, "record_pattern_component": javaTypePattern,

	"block": (*lowerer).block, "constructor_body": (*lowerer).block, "expression_statement": (*lowerer).inside,
	"if_statement": ifElse, "while_statement": whileLoop, "do_statement": doLoop, "for_statement": countingLoop("init", "condition", "update"), "enhanced_for_statement": javaForEach,
	"return_statement": wrap(ast.Return, ast.NoOp, ast.Value), "throw_statement": wrap(ast.Throw, ast.NoOp, ast.Value), "yield_statement": wrap(ast.Yield, ast.NoOp, ast.Value),
	"break_statement": jump(ast.Break), "continue_statement": jump(ast.Continue), "labeled_statement": javaLabel,
	"assert_statement": javaAssert, "synchronized_statement": javaSynchronized,
	"try_statement": javaTry, "try_with_resources_statement": javaTry,

	"local_variable_declaration": javaVariables, "field_declaration": javaVariables, "constant_declaration": javaVariables,
	"import_declaration": javaImport,
	"class_declaration":  javaClass(ast.OpClass), "interface_declaration": javaClass(ast.OpInterface), "enum_declaration": javaClass(ast.OpEnum),
	"record_declaration": javaClass(ast.OpStruct), "annotation_type_declaration": javaClass(ast.OpInterface),
	"class_body": (*lowerer).block, "interface_body": (*lowerer).block, "enum_body": (*lowerer).block, "annotation_type_body": (*lowerer).block,
	"enum_body_declarations": (*lowerer).inside, "enum_constant": javaEnumConstant, "static_initializer": blockWith("static"),
	"method_declaration": javaMethod, "constructor_declaration": javaMethod, "compact_constructor_declaration": javaMethod, "annotation_type_element_declaration": javaMethod,
	"formal_parameter": javaParam, "spread_parameter": javaParam, "receiver_parameter": (*lowerer).skip, "catch_formal_parameter": javaParam,
	"annotation": javaAnnotation, "marker_annotation": javaAnnotation, "element_value_pair": javaPair, "element_value_array_initializer": wrap(ast.List, ast.NoOp, ast.Elem),
}}

func javaScopedType(l *lowerer, n node, role ast.Role) {
	parts := []node{}
	for c := range l.named(n) {
		parts = append(parts, c)
	}
	if len(parts) != 2 {
		l.other(n, role)
		return
	}
	l.member(parts[0], parts[1], role)
}

func javaClassLiteral(l *lowerer, n node, role ast.Role) {
	l.open(ast.Member, role, n)
	l.lower(l.first(n), ast.Object)
	l.leaf(ast.Ident, ast.Property, l.token(n, "class"))
	l.close(n)
}

func javaIndex(l *lowerer, n node, role ast.Role) {
	l.open(ast.Index, role, n)
	l.lower(l.field(n, "array"), ast.Object)
	l.lower(l.field(n, "index"), ast.Arg)
	l.close(n)
}

func javaCall(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.member(l.field(n, "object"), l.field(n, "name"), ast.Callee)
	l.lowerAll(l.field(n, "arguments"), ast.Arg)
	l.close(n)
}

func javaConstructorCall(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.lower(l.field(n, "constructor"), ast.Callee)
	l.lowerAll(l.field(n, "arguments"), ast.Arg)
	l.close(n)
}

func javaNew(l *lowerer, n node, role ast.Role) {
	l.open(ast.New, role, n)
	l.lower(l.field(n, "type"), ast.Callee)
	l.lowerAll(l.field(n, "arguments"), ast.Arg)
	l.lower(l.child(n, "class_body"), ast.Body)
	l.close(n)
}

func javaNewArray(l *lowerer, n node, role ast.Role) {
	l.open(ast.New, role, n)
	l.open(ast.Type, ast.Callee, l.field(n, "type")).Name = l.text(l.field(n, "type")) + "[]"
	l.lower(l.field(n, "type"), ast.Elem)
	l.Close(l.end(l.field(n, "type")))
	for d := range l.fields(n, "dimensions") {
		if l.is(d, "dimensions_expr") {
			l.lowerAll(d, ast.Arg)
		}
	}
	if list := l.field(n, "value"); list != none {
		l.lowerAll(list, ast.Arg)
	}
	l.close(n)
}

func javaInstanceOf(l *lowerer, n node, role ast.Role) {
	l.open(ast.Binary, role, n).Op = ast.OpInstanceOf
	l.lower(l.field(n, "left"), ast.Left)
	right := l.field(n, "right")
	if right == none {
		right = l.field(n, "pattern")
	}
	l.lower(right, ast.Right)
	l.close(n)
}

func javaCast(l *lowerer, n node, role ast.Role) {
	l.open(ast.Cast, role, n)
	l.lower(l.field(n, "type"), ast.TypeOf)
	l.lower(l.field(n, "value"), ast.Value)
	l.close(n)
}

func javaLambda(l *lowerer, n node, role ast.Role) {
	l.open(ast.Func, role, n).Flags |= ast.FlagLambda
	params := l.field(n, "parameters")
	if l.is(params, "identifier") {
		javaPlainParam(l, params)
	} else {
		for p := range l.named(params) {
			if l.is(p, "identifier") {
				javaPlainParam(l, p)
			} else {
				l.lower(p, ast.ParamOf)
			}
		}
	}
	l.lambdaBody(l.field(n, "body"))
	l.close(n)
}

func javaPlainParam(l *lowerer, n node) {
	l.open(ast.Param, ast.ParamOf, n)
	l.leaf(ast.Ident, ast.DefName, n)
	l.close(n)
}

// lambdaBody adds the body of a lambda: a block, or an expression that is what it returns.
func (l *lowerer) lambdaBody(n node) {
	if slices.Contains(l.grammar.blocks, l.kind(n)) {
		l.lower(n, ast.Body)
		return
	}
	l.implicitReturn(n)
}

// javaReference lowers Type::method like the member that it is.
func javaReference(l *lowerer, n node, role ast.Role) {
	l.open(ast.Member, role, n)
	var parts []node
	for c := range l.named(n) {
		parts = append(parts, c)
	}
	if len(parts) > 0 {
		l.lower(parts[0], ast.Object)
	}
	name := l.token(n, "new")
	if last := len(parts) - 1; last > 0 {
		name = parts[last]
	}
	l.leaf(ast.Ident, ast.Property, name)
	l.close(n)
}

func javaArrayType(l *lowerer, n node, role ast.Role) {
	l.open(ast.Type, role, n).Name = l.squeezed(n)
	l.lower(l.field(n, "element"), ast.Elem)
	l.close(n)
}

// javaTypePattern lowers the `String s` of a case.
func javaTypePattern(l *lowerer, n node, role ast.Role) {
	l.open(ast.VarDef, role, n)
	part := ast.TypeOf
	for c := range l.named(n) {
		l.lower(c, part)
		part = ast.Left
	}
	l.close(n)
}

// javaRecordPattern lowers the `Point(int x, int y)` of a case like the call that it looks like.
func javaRecordPattern(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	for c := range l.named(n) {
		if l.is(c, "record_pattern_body") {
			l.lowerAll(c, ast.Arg)
		} else {
			l.lower(c, ast.Callee)
		}
	}
	l.close(n)
}
