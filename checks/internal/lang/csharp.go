package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// csharp is C#.
//
// An object initializer's assignments follow the arguments of a New as KeywordArgs. The accessors of a property are Funcs
// named get and set in the Body of a VarDef; a property of one expression is a Func without brackets' parameters.
// `x switch { … }` is a Switch. A variable that is
// declared with var has no type. A query is an Other of its clauses.
var csharp = &Language{
	Name:       "csharp",
	Aliases:    []string{"c#", "cs"},
	Extensions: []string{".cs", ".csx"},
	grammars:   []*grammar{csharpGrammar},
	patterns: patternSyntax{
		ellipses: []string{"@", "@();", "int @", "int @;", "int @(){}", "case @: break;", "@;;"},
		place:    statementFirst("@();", "@", "int @;", "int @", "int @(){}", "case @: break;"),
		typed:    typeBefore("((", ")", ")"),
		frames: []frame{
			{before: "try {} ", when: regexp.MustCompile(`^(catch|finally)\b`), partial: true},
			{before: "if (true) {} ", when: regexp.MustCompile(`^else\b`), partial: true},
			{before: "class C__ { ", after: " }", when: regexp.MustCompile(`^(\[.*\]\s*)*(public|private|protected|internal|static|abstract|virtual|override|async|sealed|readonly)\b`), unless: regexp.MustCompile(`\b(class|struct|interface|enum|record)\b`)},
			{before: "class C__ { ", after: "; }", when: regexp.MustCompile(`^(\[.*\]\s*)*(public|private|protected|internal|static|abstract|virtual|override|async|sealed|readonly)\b`), unless: regexp.MustCompile(`\b(class|struct|interface|enum|record)\b`)},
			{before: "class C__ { ", after: " {} }", when: regexp.MustCompile(`^(public|private|protected|internal|static|abstract|virtual|override|async)\b`), partial: true},
			{after: " class C__ {}", when: regexp.MustCompile(`^\[[^\]]*\]$`), partial: true, inner: true},
			{unless: csClause},
			{after: ";", unless: csClause},
			{before: "x = ", after: ";"},
			{before: "class C__ { ", after: " }"},
			{after: " {}", partial: true},
		},
	},
}

// csClause are patterns that begin with a word that would be taken for a type.
var csClause = regexp.MustCompile(`^(catch|finally|else|case|default)\b`)

var csharpGrammar = &grammar{
	language: syntax.CSharp,
	blocks:   []string{"block"},
	lowerings: map[string]lowering{
		"identifier": as(ast.Ident), "predefined_type": as(ast.Ident), "implicit_type": (*lowerer).skip, "discard": as(ast.Ident), "implicit_parameter": csParam,
		"integer_literal": as(ast.Num), "real_literal": as(ast.Num), "boolean_literal": as(ast.Bool), "null_literal": as(ast.Null),
		"string_literal": quoted, "character_literal": quoted, "raw_string_literal": csRaw, "verbatim_string_literal": csRaw,
		"interpolated_string_expression": csInterpolated, "interpolation": csInterpolation,

		"qualified_name": memberOf("qualifier", "name"), "alias_qualified_name": csAlias, "member_access_expression": csMember,
		"generic_name": csGeneric, "array_type": csArrayType, "nullable_type": (*lowerer).inside, "pointer_type": compositeType, "tuple_type": compositeType, "ref_type": (*lowerer).inside,
		"element_access_expression": csIndex, "element_binding_expression": csBinding, "member_binding_expression": csBinding, "conditional_access_expression": csConditional,
		"invocation_expression": csCall, "argument": csArgument, "declaration_expression": csDeclared, "object_creation_expression": csNew,
		"implicit_object_creation_expression": csNew, "array_creation_expression": csNew, "implicit_array_creation_expression": csNew, "anonymous_object_creation_expression": csAnonymous,
		"initializer_expression": wrap(ast.List, ast.NoOp, ast.Elem), "tuple_expression": wrap(ast.Tuple, ast.NoOp, ast.Elem), "tuple_pattern": wrap(ast.Tuple, ast.NoOp, ast.Elem),
		"parenthesized_expression": (*lowerer).inside, "binary_expression": infix, "prefix_unary_expression": csPrefix, "postfix_unary_expression": csPostfix,
		"assignment_expression": assignment, "conditional_expression": ternary, "cast_expression": javaCast, "as_expression": csAs, "is_expression": csIs, "is_pattern_expression": csIs,
		"typeof_expression": csWord, "nameof_expression": csWord, "sizeof_expression": csWord, "default_expression": csWord, "await_expression": wrap(ast.Await, ast.NoOp, ast.Value),
		"lambda_expression": csLambda, "anonymous_method_expression": csLambda, "switch_expression": csSwitchExpression, "throw_expression": wrap(ast.Throw, ast.NoOp, ast.Value),
		"constant_pattern": (*lowerer).inside, "declaration_pattern": csDeclared, "var_pattern": csDeclared, "type_pattern": (*lowerer).inside, "negated_pattern": csNot, "range_expression": csRange,
		"checked_expression": (*lowerer).inside, "ref_expression": (*lowerer).inside,

		"block": (*lowerer).block, "expression_statement": (*lowerer).inside, "empty_statement": (*lowerer).skip, "global_statement": (*lowerer).inside,
		"if_statement": ifElse, "while_statement": whileLoop, "do_statement": doLoop, "for_statement": countingLoop("initializer", "condition", "update"), "foreach_statement": csForEach,
		"return_statement": wrap(ast.Return, ast.NoOp, ast.Value), "throw_statement": wrap(ast.Throw, ast.NoOp, ast.Value), "yield_statement": wrap(ast.Yield, ast.NoOp, ast.Value),
		"break_statement": jump(ast.Break), "continue_statement": jump(ast.Continue), "goto_statement": jump(ast.Goto), "labeled_statement": javaLabel,
		"try_statement": csTry, "using_statement": csUsing, "lock_statement": csUsing, "fixed_statement": csUsing, "switch_statement": csSwitch,
		"checked_statement": (*lowerer).inside, "unsafe_statement": (*lowerer).inside,

		"local_declaration_statement": csVariables, "field_declaration": csVariables, "event_field_declaration": csVariables, "variable_declaration": csVariables,
		"using_directive": csImport, "namespace_declaration": csNamespace, "file_scoped_namespace_declaration": csNamespace, "declaration_list": (*lowerer).block, "enum_member_declaration_list": (*lowerer).block,
		"class_declaration": csClass(ast.OpClass), "struct_declaration": csClass(ast.OpStruct), "interface_declaration": csClass(ast.OpInterface),
		"enum_declaration": csClass(ast.OpEnum), "record_declaration": csClass(ast.OpClass), "record_struct_declaration": csClass(ast.OpStruct), "enum_member_declaration": csEnumMember,
		"method_declaration": csMethod, "constructor_declaration": csMethod, "destructor_declaration": csMethod, "operator_declaration": csMethod, "conversion_operator_declaration": csMethod,
		"local_function_statement": csMethod, "delegate_declaration": csMethod, "indexer_declaration": csMethod, "property_declaration": csProperty, "accessor_declaration": csMethod,
		"parameter": csParam, "attribute": csAttribute, "attribute_argument": csArgument,
	},
}

// csRaw lowers @"…" and """…""".
func csRaw(l *lowerer, n node, role ast.Role) {
	text := strings.TrimLeft(l.text(n), "@")
	for _, quote := range []string{`"""`, `"`} {
		if len(text) >= 2*len(quote) && strings.HasPrefix(text, quote) && strings.HasSuffix(text, quote) {
			text = text[len(quote) : len(text)-len(quote)]
			break
		}
	}
	l.leafNamed(ast.Str, role, n, text).Flags |= ast.FlagRaw
}

// csQuotes is what stands before the text of $"…", $@"…" and $"""…""".
var csQuotes = regexp.MustCompile(`^[$@]+("""|")`)

func csInterpolated(l *lowerer, n node, role ast.Role) {
	from, to := l.start(n), l.end(n)
	if m := csQuotes.FindStringSubmatch(l.text(n)); m != nil {
		from += uint32(len(m[0]))
		to = max(from, to-uint32(len(m[1])))
	}
	l.open(ast.Interp, role, n)
	l.fragments(n, from, to, "interpolation")
	l.close(n)
}

// csInterpolation lowers the value in {x,3:N2}.
func csInterpolation(l *lowerer, n node, role ast.Role) {
	for c := range l.named(n) {
		if !l.is(c, "interpolation_brace", "interpolation_format_clause", "interpolation_alignment_clause") {
			l.lower(c, role)
		}
	}
}

// csTerm lowers an expression, for which the grammar may have no more than the word this or base.
func (l *lowerer) csTerm(n node, role ast.Role) {
	if l.is(n, "this", "base") {
		l.leaf(ast.Ident, role, n)
		return
	}
	l.lower(n, role)
}

func csMember(l *lowerer, n node, role ast.Role) {
	l.open(ast.Member, role, n)
	l.csTerm(l.field(n, "expression"), ast.Object)
	l.csName(l.field(n, "name"))
	l.close(n)
}

// csName adds the name behind a dot; the types that it is given are left out.
func (l *lowerer) csName(name node) {
	if l.is(name, "generic_name") {
		name = l.first(name)
	}
	l.leaf(ast.Ident, ast.Property, name)
}

func csAlias(l *lowerer, n node, role ast.Role) {
	l.leaf(ast.Ident, role, l.field(n, "name"))
}

// csGeneric lowers List<T> where a type is expected, and in a call the name alone.
func csGeneric(l *lowerer, n node, role ast.Role) {
	if role == ast.Callee && !l.is(l.cst.Nodes[n].Parent, "object_creation_expression") {
		l.leaf(ast.Ident, role, l.first(n))
		return
	}
	l.open(ast.Type, role, n).Name = l.squeezed(n)
	for c := range l.named(n) {
		if l.is(c, "type_argument_list") {
			l.lowerAll(c, ast.Elem)
		} else {
			l.lower(c, ast.Object)
		}
	}
	l.close(n)
}

func csArrayType(l *lowerer, n node, role ast.Role) {
	l.open(ast.Type, role, n).Name = l.squeezed(l.field(n, "type")) + "[]"
	l.lower(l.field(n, "type"), ast.Elem)
	l.close(n)
}

func csIndex(l *lowerer, n node, role ast.Role) {
	l.open(ast.Index, role, n)
	l.csTerm(l.field(n, "expression"), ast.Object)
	l.lowerAll(l.field(n, "subscript"), ast.Arg)
	l.close(n)
}

// csConditional lowers a?.b and a?[b].
func csConditional(l *lowerer, n node, role ast.Role) {
	condition := l.field(n, "condition")
	binding := none
	for c := range l.named(n) {
		if c != condition {
			binding = c
		}
	}
	kind := ast.Member
	if l.is(binding, "element_binding_expression") {
		kind = ast.Index
	}
	l.open(kind, role, n).Flags |= ast.FlagOptional
	l.csTerm(condition, ast.Object)
	l.lower(binding, ast.Part)
	l.close(n)
}

// csBinding adds the .b of a?.b to the member that was opened for it.
func csBinding(l *lowerer, n node, _ ast.Role) {
	if name := l.field(n, "name"); name != none {
		l.csName(name)
		return
	}
	l.lowerAll(n, ast.Arg)
}

func csCall(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.csTerm(l.field(n, "function"), ast.Callee)
	l.lowerAll(l.field(n, "arguments"), ast.Arg)
	l.close(n)
}

// csArgument lowers what is passed: `name: x`, `ref x`, `out var x`.
func csArgument(l *lowerer, n node, role ast.Role) {
	name := l.field(n, "name")
	if value := l.first(n); l.is(n, "attribute_argument") && l.is(value, "assignment_expression") {
		l.csKeyword(value, l.field(value, "left"), l.field(value, "right"), role)
		return
	}
	value := none
	for c := range l.named(n) {
		if c != name {
			value = c
		}
	}
	if value == none {
		value = l.token(n, "this", "base")
	}
	if name == none {
		l.csTerm(value, role)
		return
	}
	l.csKeyword(n, name, value, role)
}

func (l *lowerer) csKeyword(n, name, value node, role ast.Role) {
	l.open(ast.KeywordArg, role, n).Name = l.text(name)
	l.leaf(ast.Ident, ast.DefName, name)
	l.csTerm(value, ast.Value)
	l.close(n)
}

// csDeclared lowers `out var x` and the pattern `string s` to what they declare.
func csDeclared(l *lowerer, n node, role ast.Role) {
	l.open(ast.VarDef, role, n).Op = ast.OpVar
	l.lower(l.field(n, "type"), ast.TypeOf)
	if name := l.field(n, "name"); name != none {
		l.lower(name, ast.Left)
	}
	l.close(n)
}

func csNew(l *lowerer, n node, role ast.Role) {
	l.open(ast.New, role, n)
	of := l.field(n, "type")
	l.lower(of, ast.Callee)
	for rank := range l.named(l.field(of, "rank")) {
		l.lower(rank, ast.Arg)
	}
	arguments := l.field(n, "arguments")
	if arguments == none {
		arguments = l.child(n, "argument_list")
	}
	l.lowerAll(arguments, ast.Arg)
	for c := range l.named(n) {
		if !l.is(c, "initializer_expression") {
			continue
		}
		for element := range l.named(c) {
			if l.is(element, "assignment_expression") {
				l.csKeyword(element, l.field(element, "left"), l.field(element, "right"), ast.Arg)
			} else {
				l.lower(element, ast.Arg)
			}
		}
	}
	l.close(n)
}

// csAnonymous lowers new { a = 1, b }.
func csAnonymous(l *lowerer, n node, role ast.Role) {
	l.open(ast.Dict, role, n)
	key := none
	for c := l.cst.Nodes[n].First; c != none; c = l.cst.Nodes[c].Next {
		next := l.cst.Nodes[c].Next
		switch {
		case !l.counts(c):
		case l.is(next, "="):
			key = c
		case key != none:
			l.open(ast.Pair, ast.Elem, key)
			l.leaf(ast.Ident, ast.Key, key).Flags |= ast.FlagBareKey
			l.lower(c, ast.Value)
			l.close(c)
			key = none
		default:
			l.lower(c, ast.Elem)
		}
	}
	l.close(n)
}
