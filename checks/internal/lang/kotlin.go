package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// kotlin is Kotlin.
//
// Making an object is a Call, as the source does not tell it from one. A lambda behind a call is its last Arg, a Func. The
// superclass and the interfaces of a class are both Super. x!! is x, `a until b` a call of until, and if, when and try are what they are as
// statements wherever they stand.
var kotlin = &Language{
	Name:       "kotlin",
	Aliases:    []string{"kt"},
	Extensions: []string{".kt", ".kts"},
	grammars:   []*grammar{kotlinGrammar},
	patterns: patternSyntax{
		ellipses: []string{"@", "@: @", "@ -> @", "@;", "val @ = 0", "fun @() {}"},
		place:    statementFirst("@;", "@", "@ -> @", "val @ = 0", "fun @() {}"),
		typed:    typeBehind("(", " as ", ")"),
		frames: []frame{
			{before: "fun f() { try {} ", after: " }", when: regexp.MustCompile(`^(catch|finally)\b`), partial: true},
			{after: " class C__ {}", when: regexp.MustCompile(`^@[\w.]+(\([^()]*\))?$`), partial: true, inner: true},
			{},
			{before: "fun f() {\n", after: "\n}"},
			{before: "class C__ {\n", after: "\n}"},
			{after: " {}", partial: true},
		},
	},
}

var kotlinGrammar = &grammar{
	language: syntax.Kotlin,
	blocks:   []string{"statements"},
	lowerings: map[string]lowering{
		"simple_identifier": as(ast.Ident), "type_identifier": as(ast.Ident), "this_expression": as(ast.Ident), "super_expression": as(ast.Ident), "interpolated_identifier": as(ast.Ident),
		"integer_literal": as(ast.Num), "long_literal": as(ast.Num), "real_literal": as(ast.Num), "hex_literal": as(ast.Num), "bin_literal": as(ast.Num), "unsigned_literal": as(ast.Num),
		"boolean_literal": as(ast.Bool), "null_literal": as(ast.Null), "string_literal": kotlinString, "character_literal": quoted, "interpolated_expression": (*lowerer).inside,
		"identifier": (*lowerer).dotted, "user_type": kotlinType, "nullable_type": (*lowerer).inside, "type_projection": (*lowerer).inside, "function_type": opaqueType, "not_nullable_type": (*lowerer).inside,
		"call_expression": kotlinCall, "value_argument": kotlinArgument, "spread_expression": wrap(ast.Spread, ast.OpSpread, ast.Value), "navigation_expression": kotlinMember, "indexing_expression": kotlinIndex,
		"directly_assignable_expression": kotlinTarget, "parenthesized_expression": (*lowerer).inside, "collection_literal": wrap(ast.List, ast.NoOp, ast.Elem),
		"additive_expression": kotlinInfix, "multiplicative_expression": kotlinInfix, "comparison_expression": kotlinInfix, "equality_expression": kotlinInfix, "conjunction_expression": kotlinInfix,
		"disjunction_expression": kotlinInfix, "elvis_expression": kotlinInfix, "range_expression": kotlinInfix, "check_expression": kotlinInfix, "infix_expression": kotlinNamedInfix,
		"prefix_expression": kotlinPrefix, "postfix_expression": kotlinPostfix, "as_expression": kotlinAs, "callable_reference": kotlinReference, "object_literal": kotlinObject,
		"lambda_literal": kotlinLambda, "annotated_lambda": (*lowerer).inside, "anonymous_function": kotlinFunction, "assignment": kotlinAssignment,

		"statements": (*lowerer).block, "control_structure_body": kotlinBody, "if_expression": kotlinIf, "when_expression": kotlinWhen, "for_statement": kotlinFor, "while_statement": kotlinWhile, "do_while_statement": kotlinWhile,
		"try_expression": kotlinTry, "jump_expression": kotlinJump, "type_test": kotlinTest, "range_test": kotlinTest,
		"package_header": (*lowerer).other, "import_list": (*lowerer).inside, "import_header": kotlinImport,
		"property_declaration": kotlinVariable, "variable_declaration": kotlinName, "multi_variable_declaration": wrap(ast.Tuple, ast.NoOp, ast.Elem),
		"class_declaration": kotlinClass, "object_declaration": kotlinClass, "companion_object": kotlinClass, "class_body": (*lowerer).block, "enum_class_body": (*lowerer).block, "enum_entry": kotlinEntry,
		"function_declaration": kotlinFunction, "secondary_constructor": kotlinFunction, "getter": kotlinFunction, "setter": kotlinFunction, "anonymous_initializer": (*lowerer).inside,
		"parameter": kotlinParam, "class_parameter": kotlinParam, "annotation": kotlinAnnotation, "label": (*lowerer).skip, "shebang_line": (*lowerer).skip,
	},
}

// all are the named children.
func (l *lowerer) all(n node) []node {
	var out []node
	for c := range l.named(n) {
		out = append(out, c)
	}
	return out
}

func kotlinString(l *lowerer, n node, role ast.Role) {
	quote := uint32(1)
	if strings.HasPrefix(l.text(n), `"""`) {
		quote = 3
	}
	from, to := l.start(n)+quote, l.end(n)-quote
	l.interpolated(n, role, from, to, "interpolated_identifier", "interpolated_expression")
}

// kotlinType lowers A.B<C>.
func kotlinType(l *lowerer, n node, role ast.Role) {
	arguments := l.child(n, "type_arguments")
	var names []node
	for c := range l.named(n) {
		if l.is(c, "type_identifier") {
			names = append(names, c)
		}
	}
	name := func(role ast.Role) {
		if len(names) == 1 {
			l.leaf(ast.Ident, role, names[0])
			return
		}
		opened := 0
		for i := 1; i < len(names) && !l.full(); i++ {
			l.Open(ast.Member, role, l.start(n))
			role = ast.Object
			opened++
		}
		for i, c := range names[:min(len(names), opened+1)] {
			l.leaf(ast.Ident, role, c)
			if role = ast.Property; i > 0 {
				l.Close(l.end(c))
			}
		}
	}
	if arguments == none {
		name(role)
		return
	}
	l.open(ast.Type, role, n).Name = l.squeezed(n)
	name(ast.Object)
	l.lowerAll(arguments, ast.Elem)
	l.close(n)
}

// kotlinCall lowers f(x) { … }, which the grammar has as a call of a call.
func kotlinCall(l *lowerer, n node, role ast.Role) {
	callee, suffix := l.first(n), l.child(n, "call_suffix")
	lambda := l.child(suffix, "annotated_lambda")
	arguments := l.child(suffix, "value_arguments")
	if arguments == none && l.is(callee, "call_expression") {
		inner := l.child(callee, "call_suffix")
		if l.child(inner, "annotated_lambda") == none {
			callee, arguments = l.first(callee), l.child(inner, "value_arguments")
		}
	}
	l.open(ast.Call, role, n)
	l.lower(callee, ast.Callee)
	l.lowerAll(arguments, ast.Arg)
	l.lower(lambda, ast.Arg)
	l.close(n)
}

func kotlinArgument(l *lowerer, n node, role ast.Role) {
	parts := l.all(n)
	if !l.has(n, "=") || len(parts) < 2 {
		l.kotlinTerms(n, role)
		return
	}
	l.open(ast.KeywordArg, role, n).Name = l.text(parts[0])
	l.leaf(ast.Ident, ast.DefName, parts[0])
	l.lower(parts[1], ast.Value)
	l.close(n)
}

// kotlinTerms adds the children of n, among them null, which the grammar has no name for.
func (l *lowerer) kotlinTerms(n node, role ast.Role) {
	l.lowerAll(n, role)
	if null := l.token(n, "null"); null != none {
		l.leaf(ast.Null, role, null)
	}
}

func kotlinMember(l *lowerer, n node, role ast.Role) {
	suffix := l.child(n, "navigation_suffix")
	m := l.open(ast.Member, role, n)
	if strings.HasPrefix(l.text(suffix), "?.") {
		m.Flags |= ast.FlagOptional
	}
	l.lower(l.first(n), ast.Object)
	if name := l.first(suffix); name != none {
		l.lower(name, ast.Property)
	} else {
		l.leaf(ast.Ident, ast.Property, l.token(suffix, "class"))
	}
	l.close(n)
}

func kotlinIndex(l *lowerer, n node, role ast.Role) {
	l.open(ast.Index, role, n)
	l.lower(l.first(n), ast.Object)
	l.lowerAll(l.child(n, "indexing_suffix"), ast.Arg)
	l.close(n)
}

// kotlinTarget lowers what is assigned to: a, a.b or a[b].
func kotlinTarget(l *lowerer, n node, role ast.Role) {
	switch {
	case l.child(n, "indexing_suffix") != none:
		kotlinIndex(l, n, role)
	case l.child(n, "navigation_suffix") != none:
		kotlinMember(l, n, role)
	default:
		l.lowerAll(n, role)
	}
}

// kotlinInfix lowers what stands on both sides of an operator.
func kotlinInfix(l *lowerer, n node, role ast.Role) {
	l.open(ast.Binary, role, n)
	side := ast.Left
	for c := l.cst.Nodes[n].First; c != none; c = l.cst.Nodes[c].Next {
		switch {
		case l.counts(c):
			l.lower(c, side)
			side = ast.Right
		case l.is(c, "null"):
			l.leaf(ast.Null, side, c)
			side = ast.Right
		default:
			if op, ok := infixOps[l.text(c)]; ok {
				l.Current().Op = op
			}
			if l.text(c) == "!is" {
				l.Current().Op = ast.OpIsNot
			}
		}
	}
	l.close(n)
}

// kotlinNamedInfix lowers `a until b` to the call that it is.
func kotlinNamedInfix(l *lowerer, n node, role ast.Role) {
	parts := l.all(n)
	if len(parts) != 3 {
		l.other(n, role)
		return
	}
	l.open(ast.Call, role, n)
	l.member(parts[0], parts[1], ast.Callee)
	l.lower(parts[2], ast.Arg)
	l.close(n)
}

func kotlinPrefix(l *lowerer, n node, role ast.Role) {
	l.open(ast.Unary, role, n).Op = prefixOps[l.text(l.cst.Nodes[n].First)]
	l.kotlinTerms(n, ast.Value)
	l.close(n)
}

func kotlinPostfix(l *lowerer, n node, role ast.Role) {
	if !l.has(n, "++") && !l.has(n, "--") { // x!!
		l.lowerAll(n, role)
		return
	}
	step(l, n, role)
}

func kotlinAs(l *lowerer, n node, role ast.Role) {
	l.open(ast.Cast, role, n)
	part := ast.Value
	for c := range l.named(n) {
		l.lower(c, part)
		part = ast.TypeOf
	}
	l.close(n)
}

// kotlinReference lowers Type::name like the member that it is.
func kotlinReference(l *lowerer, n node, role ast.Role) {
	parts := l.all(n)
	if class := l.token(n, "class"); class != none {
		parts = append(parts, class)
	}
	switch len(parts) {
	case 1:
		l.leaf(ast.Ident, role, parts[0])
	case 2:
		l.member(parts[0], parts[1], role)
	default:
		l.other(n, role)
	}
}

func kotlinAssignment(l *lowerer, n node, role ast.Role) {
	l.open(ast.Assign, role, n).Op = ast.OpAssign
	side := ast.Left
	for c := l.cst.Nodes[n].First; c != none; c = l.cst.Nodes[c].Next {
		switch {
		case l.counts(c):
			l.lower(c, side)
		case l.is(c, "null"):
			l.leaf(ast.Null, side, c)
		case strings.HasSuffix(l.text(c), "="):
			l.Current().Op = assignOp(l.text(c))
			side = ast.Right
		}
	}
	l.close(n)
}
