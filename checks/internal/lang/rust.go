package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// rust is Rust.
//
// A macro is a Call of its name with the !, and its tokens are read as expressions where they can be. x? is x, and & and &mut are both
// OpAddressOf. A struct expression is a New with KeywordArgs. `if let` has an Assign that declares as its test. An impl is a Class with
// OpImpl, whose Interface is the trait. A match is a Switch, a loop a While without test.
var rust = &Language{
	Name:       "rust",
	Aliases:    []string{"rs"},
	Extensions: []string{".rs"},
	grammars:   []*grammar{rustGrammar},
	patterns: patternSyntax{
		ellipses: []string{"@", "@;", "@: @", "@ => @,", "fn @() {}", "@ @"},
		place:    statementFirst("@;", "@", "fn @() {}", "@: @", "@ => @,"),
		typed:    typeBehind("(", " as ", ")"),
		frames: []frame{
			{after: " struct C__;", when: regexp.MustCompile(`^#\[[^\]]*\]$`), partial: true, inner: true},
			{},
			{after: ";"},
			{before: "fn f() { ", after: " }"},
			{before: "fn f() { x = ", after: "; }"},
			{before: "impl C__ { ", after: " }"},
			{after: " {}", partial: true},
		},
	},
}

var rustGrammar = &grammar{
	language: syntax.Rust,
	blocks:   []string{"block"},
	lowerings: map[string]lowering{
		"identifier": as(ast.Ident), "type_identifier": as(ast.Ident), "field_identifier": as(ast.Ident), "shorthand_field_identifier": as(ast.Ident), "primitive_type": as(ast.Ident),
		"self": as(ast.Ident), "super": as(ast.Ident), "crate": as(ast.Ident), "metavariable": as(ast.Ident),
		"integer_literal": as(ast.Num), "float_literal": as(ast.Num), "boolean_literal": as(ast.Bool), "negative_literal": as(ast.Num),
		"string_literal": rustString, "raw_string_literal": rustString, "char_literal": quoted,
		"scoped_identifier": rustScoped, "scoped_type_identifier": rustScoped, "generic_type": rustGeneric, "reference_type": compositeType, "pointer_type": compositeType, "array_type": compositeType,
		"tuple_type": compositeType, "dynamic_type": compositeType, "abstract_type": compositeType, "function_type": opaqueType, "unit_type": opaqueType, "never_type": opaqueType,
		"generic_function": rustFunctionName, "generic_type_with_turbofish": rustFunctionName,

		"call_expression": rustCall, "macro_invocation": rustMacro, "field_expression": memberOf("value", "field"), "index_expression": rustIndex, "struct_expression": rustStruct,
		"unary_expression": csPrefix, "reference_expression": rustReference, "binary_expression": infix, "assignment_expression": rustAssign, "compound_assignment_expr": assignment,
		"type_cast_expression": javaCast, "try_expression": (*lowerer).inside, "parenthesized_expression": (*lowerer).inside, "range_expression": rustRange, "await_expression": wrap(ast.Await, ast.NoOp, ast.Value),
		"tuple_expression": wrap(ast.Tuple, ast.NoOp, ast.Elem), "array_expression": wrap(ast.List, ast.NoOp, ast.Elem), "unit_expression": wrap(ast.Tuple, ast.NoOp, ast.Elem), "closure_expression": rustClosure,
		"tuple_pattern": wrap(ast.Tuple, ast.NoOp, ast.Elem), "tuple_struct_pattern": rustTuplePattern, "slice_pattern": wrap(ast.List, ast.NoOp, ast.Elem), "ref_pattern": (*lowerer).inside,
		"mut_pattern": rustLast, "reference_pattern": rustLast, "let_condition": rustLetCondition, "let_chain": rustLetChain,

		"block": (*lowerer).block, "expression_statement": (*lowerer).inside, "empty_statement": (*lowerer).skip, "unsafe_block": blockWith("unsafe"), "async_block": rustLast, "const_block": (*lowerer).inside,
		"if_expression": rustIf, "match_expression": rustMatch, "for_expression": rustFor, "while_expression": rustWhile, "loop_expression": rustWhile,
		"return_expression": wrap(ast.Return, ast.NoOp, ast.Value), "break_expression": jump(ast.Break), "continue_expression": jump(ast.Continue), "let_declaration": rustLet,
		"use_declaration": rustUse, "mod_item": rustType(ast.OpModule), "declaration_list": (*lowerer).block, "extern_crate_declaration": (*lowerer).other,
		"struct_item": rustType(ast.OpStruct), "enum_item": rustType(ast.OpEnum), "union_item": rustType(ast.OpStruct), "trait_item": rustType(ast.OpTrait), "impl_item": rustType(ast.OpImpl),
		"field_declaration_list": (*lowerer).block, "enum_variant_list": (*lowerer).block, "ordered_field_declaration_list": (*lowerer).block, "field_declaration": rustField, "enum_variant": rustVariant,
		"const_item": rustConst, "static_item": rustConst, "function_item": rustFunction, "function_signature_item": rustFunction, "parameter": rustParam, "self_parameter": rustParam,
		"attribute_item": (*lowerer).skip, "inner_attribute_item": (*lowerer).skip, "visibility_modifier": (*lowerer).skip, "mutable_specifier": (*lowerer).skip, "foreign_mod_item": (*lowerer).inside,
	},
}

// rustQuotes are what stands before the text of "…", r#"…"# and b"…".
var rustQuotes = regexp.MustCompile(`^([bc]?r?)(#*)"`)

func rustString(l *lowerer, n node, role ast.Role) {
	text := l.text(n)
	m := rustQuotes.FindStringSubmatch(text)
	if m == nil || len(text) < 2*(1+len(m[2]))+len(m[1]) {
		l.leaf(ast.Str, role, n)
		return
	}
	str := l.leafNamed(ast.Str, role, n, text[len(m[0]):len(text)-1-len(m[2])])
	if strings.Contains(m[1], "r") {
		str.Flags |= ast.FlagRaw
	}
	if strings.Contains(m[1], "b") {
		str.Op = ast.OpBytes
	}
}

func rustScoped(l *lowerer, n node, role ast.Role) {
	path, name := l.field(n, "path"), l.field(n, "name")
	if path == none {
		l.lower(name, role)
		return
	}
	l.open(ast.Member, role, n)
	l.lower(path, ast.Object)
	l.lower(name, ast.Property)
	l.close(n)
}

func rustGeneric(l *lowerer, n node, role ast.Role) {
	l.open(ast.Type, role, n).Name = l.squeezed(n)
	l.lower(l.field(n, "type"), ast.Object)
	l.lowerAll(l.field(n, "type_arguments"), ast.Elem)
	l.close(n)
}

// rustFunctionName leaves out the types in f::<T>.
func rustFunctionName(l *lowerer, n node, role ast.Role) { l.lower(l.first(n), role) }

func rustCall(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.lower(l.field(n, "function"), ast.Callee)
	l.lowerAll(l.field(n, "arguments"), ast.Arg)
	l.close(n)
}

// rustMacro lowers name!(…): the tokens are read again as expressions.
func rustMacro(l *lowerer, n node, role ast.Role) {
	name := l.field(n, "macro")
	l.open(ast.Call, role, n)
	switch {
	case wholeSentinel.MatchString(l.text(name)):
		l.leaf(ast.Ident, ast.Callee, name)
	case l.is(name, "identifier"):
		l.leafNamed(ast.Ident, ast.Callee, name, l.text(name)+"!")
	default:
		l.open(ast.Member, ast.Callee, name)
		l.lower(l.field(name, "path"), ast.Object)
		last := l.field(name, "name")
		l.leafNamed(ast.Ident, ast.Property, last, l.text(last)+"!")
		l.close(name)
	}
	if tokens := l.child(n, "token_tree"); tokens != none && !l.full() {
		l.rustTokens(tokens)
	}
	l.close(n)
}

func (l *lowerer) rustTokens(n node) {
	text := l.text(n)
	if len(text) < 2 {
		return
	}
	l.descent++
	defer func() { l.descent-- }()
	ok := l.embedded(l.grammar, "("+text[1:len(text)-1]+");", l.start(n), func(inner *lowerer) {
		value := inner.first(inner.first(0))
		if inner.is(value, "tuple_expression", "parenthesized_expression") && inner.cst.Errors == 0 {
			inner.lowerAll(value, ast.Arg)
		} else if !inner.is(value, "unit_expression") {
			l.lowerAll(n, ast.Arg)
		}
	})
	if !ok {
		l.lowerAll(n, ast.Arg)
	}
}

func rustIndex(l *lowerer, n node, role ast.Role) {
	l.open(ast.Index, role, n)
	part := ast.Object
	for c := range l.named(n) {
		l.lower(c, part)
		part = ast.Arg
	}
	l.close(n)
}

func rustStruct(l *lowerer, n node, role ast.Role) {
	l.open(ast.New, role, n)
	l.lower(l.field(n, "name"), ast.Callee)
	for c := range l.named(l.field(n, "body")) {
		switch l.kind(c) {
		case "field_initializer":
			l.csKeyword(c, l.field(c, "field"), l.field(c, "value"), ast.Arg)
		case "shorthand_field_initializer":
			if name := l.child(c, "identifier"); wholeSentinel.MatchString(l.text(name)) {
				l.lower(name, ast.Arg)
			} else {
				l.csKeyword(c, name, name, ast.Arg)
			}
		case "base_field_initializer":
			l.open(ast.Spread, ast.Arg, c).Op = ast.OpSpreadMap
			l.lowerAll(c, ast.Value)
			l.close(c)
		default:
			l.lower(c, ast.Arg)
		}
	}
	l.close(n)
}

func rustReference(l *lowerer, n node, role ast.Role) {
	l.open(ast.Unary, role, n).Op = ast.OpAddressOf
	l.lower(l.field(n, "value"), ast.Value)
	l.close(n)
}

func rustAssign(l *lowerer, n node, role ast.Role) {
	l.open(ast.Assign, role, n).Op = ast.OpAssign
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
}

func rustRange(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Binary, role, n)
	m.Op = ast.OpRangeExclusive
	if l.has(n, "..=") {
		m.Op = ast.OpRange
	}
	dots := l.token(n, "..", "..=")
	for c := range l.named(n) {
		if c < dots {
			l.lower(c, ast.Left)
		} else {
			l.lower(c, ast.Right)
		}
	}
	l.close(n)
}

func rustTuplePattern(l *lowerer, n node, role ast.Role) {
	of := l.field(n, "type")
	l.open(ast.Call, role, n)
	l.lower(of, ast.Callee)
	for c := range l.named(n) {
		if c != of {
			l.lower(c, ast.Arg)
		}
	}
	l.close(n)
}

// rustLast lowers what a word such as mut or async stands before.
func rustLast(l *lowerer, n node, role ast.Role) {
	last := none
	for c := range l.named(n) {
		last = c
	}
	l.lower(last, role)
}

// rustLetCondition lowers the `let Some(x) = y` of an if.
func rustLetCondition(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Assign, role, n)
	m.Op, m.Flags = ast.OpAssign, ast.FlagDeclares
	l.lower(l.field(n, "pattern"), ast.Left)
	l.lower(l.field(n, "value"), ast.Right)
	l.close(n)
}

func rustLetChain(l *lowerer, n node, role ast.Role) {
	parts := l.all(n)
	ops := make([]ast.Op, max(0, len(parts)-1))
	for i := range ops {
		ops[i] = ast.OpAnd
	}
	l.leftToRight(n, parts, ops, role)
}
