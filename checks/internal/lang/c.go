package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// c and cpp are C and C++.
//
// The type of a variable is what stands before its name with the stars and brackets round it: "char*", "int[]". A prototype is a Func
// without Body. `T x(1)` has a New as its value, and f<T>(x) calls f, but for the casts of C++, which are Casts. A variable that is declared
// with auto has no type. Branches of the preprocessor stand in the tree side by side. #define of a value is a VarDef.
var c = &Language{
	Name:       "c",
	Extensions: []string{".c", ".h"},
	grammars:   []*grammar{cGrammar, cppGrammar},
	patterns:   cPatterns(cGrammar),
}

var cpp = &Language{
	Name:       "cpp",
	Aliases:    []string{"c++"},
	Extensions: []string{".cpp", ".cc", ".cxx", ".c++", ".hpp", ".hh", ".hxx", ".h++"},
	grammars:   []*grammar{cppGrammar},
	patterns:   cPatterns(cppGrammar),
}

func cPatterns(g *grammar) patternSyntax {
	return patternSyntax{
		grammars: []*grammar{g},
		ellipses: []string{"@", "@;", "int @", "int @;", "case @:", "@;;"},
		place:    statementFirst("@;", "@", "int @;", "int @", "case @:"),
		typed:    typeBefore("((", ")", ")"),
		frames: []frame{
			{before: "void f() { try {} ", after: " }", when: regexp.MustCompile(`^catch\b`), partial: true},
			{before: "void f() { if (1) {} ", after: " }", when: regexp.MustCompile(`^else\b`), partial: true},
			{when: regexp.MustCompile(`^#`)},
			{before: "void f() { ", after: " }"},
			{before: "void f() { ", after: "; }"},
			{},
			{after: ";"},
			{before: "int x = ", after: ";"},
			{after: " {}", partial: true},
		},
	}
}

var (
	cGrammar   = &grammar{language: syntax.C, blocks: []string{"compound_statement"}, lowerings: cLowerings}
	cppGrammar = &grammar{language: syntax.CPP, blocks: []string{"compound_statement"}, lowerings: cLowerings}
)

var cLowerings = map[string]lowering{
	"identifier": as(ast.Ident), "field_identifier": as(ast.Ident), "type_identifier": as(ast.Ident), "namespace_identifier": as(ast.Ident), "primitive_type": as(ast.Ident),
	"statement_identifier": as(ast.Ident), "this": as(ast.Ident), "auto": as(ast.Ident), "placeholder_type_specifier": (*lowerer).skip, "sized_type_specifier": opaqueType, "decltype": opaqueType,
	"destructor_name": as(ast.Ident), "operator_name": as(ast.Ident), "number_literal": as(ast.Num), "true": as(ast.Bool), "false": as(ast.Bool), "null": as(ast.Null), "nullptr": as(ast.Null),
	"string_literal": cString, "char_literal": cString, "raw_string_literal": cString, "concatenated_string": wrap(ast.Interp, ast.NoOp, ast.Fragment), "system_lib_string": cString,

	"qualified_identifier": cQualified, "template_function": cTemplate, "template_method": cTemplate, "template_type": cTemplate, "dependent_name": (*lowerer).inside, "type_descriptor": cTypeName,
	"call_expression": cCall, "field_expression": cMember, "subscript_expression": cIndex, "new_expression": cNew, "delete_expression": wrap(ast.Delete, ast.NoOp, ast.Value),
	"binary_expression": infix, "unary_expression": prefix("argument"), "pointer_expression": prefix("argument"), "update_expression": step, "assignment_expression": assignment,
	"conditional_expression": ternary, "cast_expression": javaCast, "sizeof_expression": csWord, "alignof_expression": csWord, "parenthesized_expression": (*lowerer).inside, "condition_clause": cCondition,
	"comma_expression": cComma, "initializer_list": wrap(ast.List, ast.NoOp, ast.Elem), "initializer_pair": cInitializer, "compound_literal_expression": cCompound, "lambda_expression": cLambda,
	"co_await_expression": wrap(ast.Await, ast.NoOp, ast.Value), "co_return_statement": wrap(ast.Return, ast.NoOp, ast.Value), "co_yield_statement": wrap(ast.Yield, ast.NoOp, ast.Value), "parameter_pack_expansion": wrap(ast.Spread, ast.OpSpread, ast.Value),

	"compound_statement": (*lowerer).block, "expression_statement": (*lowerer).inside, "if_statement": cIf, "while_statement": whileLoop, "do_statement": doLoop, "for_statement": countingLoop("initializer", "condition", "update"), "for_range_loop": cForEach,
	"switch_statement": cSwitch, "return_statement": wrap(ast.Return, ast.NoOp, ast.Value), "throw_statement": wrap(ast.Throw, ast.NoOp, ast.Value), "break_statement": jump(ast.Break), "continue_statement": jump(ast.Continue),
	"goto_statement": jump(ast.Goto), "labeled_statement": javaLabel, "try_statement": cTry, "init_statement": (*lowerer).inside,

	"declaration": cDeclaration, "field_declaration": cDeclaration, "function_definition": cFunction, "inline_method_definition": cFunction, "type_definition": cTypedef, "alias_declaration": cAlias,
	"struct_specifier": cClass(ast.OpStruct), "union_specifier": cClass(ast.OpStruct), "class_specifier": cClass(ast.OpClass), "enum_specifier": cClass(ast.OpEnum), "enumerator": csEnumMember,
	"field_declaration_list": (*lowerer).block, "enumerator_list": (*lowerer).block, "declaration_list": (*lowerer).block, "access_specifier": (*lowerer).skip, "attribute_declaration": (*lowerer).skip,
	"template_declaration": cTemplateDeclaration, "namespace_definition": cNamespace, "using_declaration": cUsing, "linkage_specification": cLinkage, "friend_declaration": (*lowerer).skip,
	"parameter_declaration": cParam, "optional_parameter_declaration": cParam, "variadic_parameter": cParam, "variadic_parameter_declaration": cParam, "type_qualifier": (*lowerer).skip, "storage_class_specifier": (*lowerer).skip,
	"preproc_include": cInclude, "preproc_def": cDefine, "preproc_function_def": (*lowerer).skip, "preproc_call": (*lowerer).skip, "preproc_if": cConditional, "preproc_ifdef": cConditional, "preproc_else": cConditional, "preproc_elif": cConditional, "preproc_elifdef": cConditional,
}

// cQuotes are what stands before the text of a literal.
var cQuotes = regexp.MustCompile(`^(L|u8|u|U)?(R"[^(\s\\]{0,16}\(|["'<])`)

func cString(l *lowerer, n node, role ast.Role) {
	text := l.text(n)
	mark := cQuotes.FindString(text)
	end := 1
	flags := ast.Flags(0)
	if at := strings.Index(mark, `R"`); at >= 0 {
		end, flags = len(mark)-at-1, ast.FlagRaw // )delimiter"
	}
	if len(text) < len(mark)+end {
		end = 0
	}
	l.leafNamed(ast.Str, role, n, text[len(mark):len(text)-end]).Flags |= flags
}

func cQualified(l *lowerer, n node, role ast.Role) {
	scope, name := l.field(n, "scope"), l.field(n, "name")
	if scope == none {
		l.lower(name, role)
		return
	}
	l.cScoped([]node{scope}, n, name, role)
}

// cScoped nests a::b::c, which the grammar has from the right, from the left.
func (l *lowerer) cScoped(scopes []node, n, name node, role ast.Role) {
	for l.is(name, "qualified_identifier") && l.field(name, "scope") != none && len(scopes) < maxDescent {
		scopes, name = append(scopes, l.field(name, "scope")), l.field(name, "name")
	}
	opened := 0
	for range scopes {
		if l.full() {
			break
		}
		l.open(ast.Member, role, n)
		role = ast.Object
		opened++
	}
	for i, part := range append(scopes, name) {
		if i > opened {
			return
		}
		if i > 0 && l.is(part, "template_function", "template_method") { // the types are left out
			part = l.field(part, "name")
		}
		l.lower(part, role)
		if role = ast.Property; i > 0 {
			l.Close(l.end(part))
		}
	}
}

// cTemplate lowers vector<int>; the name of a function is without its types.
func cTemplate(l *lowerer, n node, role ast.Role) {
	if !l.is(n, "template_type") {
		l.lower(l.field(n, "name"), role)
		return
	}
	l.open(ast.Type, role, n).Name = l.squeezed(n)
	l.lower(l.field(n, "name"), ast.Object)
	l.lowerAll(l.field(n, "arguments"), ast.Elem)
	l.close(n)
}

func cTypeName(l *lowerer, n node, role ast.Role) {
	l.cType(n, l.suffixOf(l.field(n, "declarator")), role)
}

func cCall(l *lowerer, n node, role ast.Role) {
	function, arguments := l.field(n, "function"), l.field(n, "arguments")
	if l.is(function, "template_function") && strings.HasSuffix(l.text(l.field(function, "name")), "_cast") {
		l.open(ast.Cast, role, n)
		l.lower(l.first(l.field(function, "arguments")), ast.TypeOf)
		l.lowerAll(arguments, ast.Value)
		l.close(n)
		return
	}
	l.open(ast.Call, role, n)
	l.lower(function, ast.Callee)
	l.lowerAll(arguments, ast.Arg)
	l.close(n)
}

func cMember(l *lowerer, n node, role ast.Role) {
	l.open(ast.Member, role, n)
	l.lower(l.field(n, "argument"), ast.Object)
	l.lower(l.field(n, "field"), ast.Property)
	l.close(n)
}

func cIndex(l *lowerer, n node, role ast.Role) {
	l.open(ast.Index, role, n)
	l.lower(l.field(n, "argument"), ast.Object)
	l.lower(l.field(n, "index"), ast.Arg)
	l.lowerAll(l.field(n, "indices"), ast.Arg)
	l.close(n)
}

func cNew(l *lowerer, n node, role ast.Role) {
	l.open(ast.New, role, n)
	l.lower(l.field(n, "type"), ast.Callee)
	l.lowerAll(l.field(n, "arguments"), ast.Arg)
	l.close(n)
}

func cCompound(l *lowerer, n node, role ast.Role) {
	l.open(ast.New, role, n)
	l.lower(l.field(n, "type"), ast.Callee)
	l.lowerAll(l.field(n, "value"), ast.Arg)
	l.close(n)
}

// cInitializer lowers .x = 1.
func cInitializer(l *lowerer, n node, role ast.Role) {
	l.open(ast.Pair, role, n)
	l.lower(l.first(l.field(n, "designator")), ast.Key)
	l.lower(l.field(n, "value"), ast.Value)
	l.close(n)
}

func cComma(l *lowerer, n node, role ast.Role) {
	l.open(ast.Binary, role, n).Op = ast.OpComma
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
}

func cLambda(l *lowerer, n node, role ast.Role) {
	l.open(ast.Func, role, n).Flags |= ast.FlagLambda
	l.lowerAll(l.field(l.field(n, "declarator"), "parameters"), ast.ParamOf)
	l.lower(l.field(n, "body"), ast.Body)
	l.close(n)
}

// cCondition lowers the test of an if; what C++ lets stand before it is lowered by cIf.
func cCondition(l *lowerer, n node, role ast.Role) { l.lower(l.field(n, "value"), role) }

func cIf(l *lowerer, n node, role ast.Role) {
	l.open(ast.If, role, n)
	condition := l.field(n, "condition")
	l.lower(l.field(condition, "initializer"), ast.Init)
	l.lower(condition, ast.Test)
	l.body(l.field(n, "consequence"), ast.Then)
	alternative := l.field(n, "alternative")
	if l.is(alternative, "else_clause") {
		alternative = l.first(alternative)
	}
	l.elseBody(alternative)
	l.close(n)
}

func cForEach(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.ForEach, role, n)
	m.Op, m.Flags = ast.OpOf, ast.FlagDeclares
	name, suffix := l.declared(l.field(n, "declarator"))
	l.open(ast.VarDef, ast.Left, l.field(n, "type"))
	l.cType(n, suffix, ast.TypeOf)
	l.lower(name, ast.Left)
	l.Close(l.end(name))
	l.lower(l.field(n, "right"), ast.Right)
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

func cSwitch(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	for c := range l.named(l.field(n, "body")) {
		if !l.is(c, "case_statement") {
			l.lower(c, ast.CaseOf)
			continue
		}
		m := l.open(ast.Case, ast.CaseOf, c)
		value := l.field(c, "value")
		if value == none {
			m.Flags |= ast.FlagDefault
		}
		l.lower(value, ast.Test)
		l.caseBody(c, ":")
		l.close(c)
	}
	l.close(n)
}

func cTry(l *lowerer, n node, role ast.Role) {
	l.open(ast.Try, role, n)
	l.body(l.field(n, "body"), ast.Body)
	for c := range l.named(n) {
		if !l.is(c, "catch_clause") {
			continue
		}
		l.open(ast.Catch, ast.CatchOf, c)
		if p := l.child(l.field(c, "parameters"), "parameter_declaration"); p != none {
			name, suffix := l.declared(l.field(p, "declarator"))
			l.cType(p, suffix, ast.TypeOf)
			l.lower(name, ast.DefName)
		}
		l.body(l.field(c, "body"), ast.Body)
		l.close(c)
	}
	l.close(n)
}
