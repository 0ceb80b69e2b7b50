package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// php is PHP. What stands outside its tags is left out, and <?= x ?> is a call of echo.
//
// A variable is an Ident with its dollar sign, but for this; in a pattern $X in capitals is a metavariable, unless it is one of PHP's own
// superglobals. An array is a Dict when it has keys, and a List else. echo, print, exit, unset, include and the like are calls, and a
// command in backquotes calls the Ident "`". A::b, A::$b and a\b are Members. @f() is f().
var php = &Language{
	Name:         "php",
	Extensions:   []string{".php", ".phtml", ".php5", ".php7", ".inc"},
	Interpreters: []string{"php"},
	grammars:     []*grammar{phpGrammar},
	patterns: patternSyntax{
		metavariables: []string{"$@", "@"},
		ellipses:      []string{"@", "@;", "$@", "case @:", "const @=1;", "@;;"},
		place:         statementFirst("@;", "@", "const @=1;", "case @:"),
		frames: []frame{
			{before: "<?php try {} ", when: regexp.MustCompile(`^(catch|finally)\b`), partial: true},
			{before: "<?php if (true) {} ", when: regexp.MustCompile(`^else`), partial: true},
			{before: "<?php class C__ { ", after: " }", when: phpMember},
			{before: "<?php class C__ { ", after: "; }", when: phpMember},
			{before: "<?php "},
			{before: "<?php ", after: ";"},
			{before: "<?php class C__ { ", after: " }"},
			{before: "<?php ", after: " {}", partial: true},
			{before: "<?php x([", after: "]);", partial: true},
		},
		spreadBefore: true,
		ownVariable:  phpSuperglobal,
	},
}

// phpMember are patterns of what only stands in a class.
var phpMember = regexp.MustCompile(`^(public|private|protected|static|final|abstract|var|readonly)\b`)

// phpSuperglobals are the variables that read like metavariables.
var phpSuperglobals = regexp.MustCompile(`^\$(GLOBALS|_(SERVER|GET|POST|FILES|REQUEST|SESSION|ENV|COOKIE))$`)

func phpSuperglobal(text string, start, end int) bool {
	return phpSuperglobals.MatchString(text[start:end])
}

var phpGrammar = &grammar{
	language: syntax.PHP,
	blocks:   []string{"compound_statement", "colon_block"},
	lowerings: map[string]lowering{
		"name": as(ast.Ident), "variable_name": phpVariable, "dynamic_variable_name": (*lowerer).other, "by_ref": (*lowerer).inside, "relative_scope": as(ast.Ident),
		"integer": as(ast.Num), "float": as(ast.Num), "boolean": as(ast.Bool), "null": as(ast.Null),
		"string": phpRaw, "encapsed_string": phpText, "heredoc": phpHeredoc, "nowdoc": phpHeredoc, "shell_command_expression": phpShell,
		"qualified_name": phpQualified, "namespace_name": (*lowerer).dotted,
		"named_type": (*lowerer).inside, "primitive_type": as(ast.Ident), "cast_type": as(ast.Ident), "optional_type": (*lowerer).inside, "union_type": compositeType, "type_list": (*lowerer).inside,

		"array_creation_expression": phpArray, "array_element_initializer": phpElement, "pair": phpElement, "list_literal": wrap(ast.List, ast.NoOp, ast.Elem), "variadic_unpacking": wrap(ast.Spread, ast.OpSpread, ast.Value),
		"member_access_expression": phpMemberAccess, "nullsafe_member_access_expression": phpMemberAccess, "scoped_property_access_expression": phpMemberAccess, "class_constant_access_expression": phpConstant,
		"member_call_expression": phpMethodCall, "nullsafe_member_call_expression": phpMethodCall, "scoped_call_expression": phpMethodCall,
		"function_call_expression": phpCall, "argument": phpArgument, "object_creation_expression": phpNew, "subscript_expression": phpIndex,
		"parenthesized_expression": (*lowerer).inside, "binary_expression": infix, "unary_op_expression": prefix("argument"), "update_expression": step, "error_suppression_expression": (*lowerer).inside,
		"assignment_expression": phpAssignment, "reference_assignment_expression": phpAssignment, "augmented_assignment_expression": assignment, "conditional_expression": phpConditional,
		"cast_expression": javaCast, "clone_expression": phpWords, "sequence_expression": (*lowerer).inside, "throw_expression": wrap(ast.Throw, ast.NoOp, ast.Value), "yield_expression": wrap(ast.Yield, ast.NoOp, ast.Value),
		"include_expression": phpWords, "include_once_expression": phpWords, "require_expression": phpWords, "require_once_expression": phpWords,
		"print_intrinsic": phpWords, "echo_statement": phpWords, "exit_statement": phpWords, "unset_statement": phpWords,
		"anonymous_function_creation_expression": phpFunction, "arrow_function": phpFunction, "match_expression": phpMatch,

		"compound_statement": (*lowerer).block, "colon_block": (*lowerer).block, "expression_statement": phpExpression, "empty_statement": (*lowerer).skip,
		"if_statement": phpIf, "while_statement": whileLoop, "do_statement": doLoop, "for_statement": countingLoop("initialize", "condition", "update"), "foreach_statement": phpForEach, "switch_statement": phpSwitch,
		"return_statement": wrap(ast.Return, ast.NoOp, ast.Value), "break_statement": jump(ast.Break), "continue_statement": jump(ast.Continue), "goto_statement": jump(ast.Goto),
		"try_statement": phpTry, "global_declaration": wrap(ast.Global, ast.NoOp, ast.Elem), "function_static_declaration": (*lowerer).inside, "static_variable_declaration": phpStatic,
		"php_tag": (*lowerer).skip, "text": (*lowerer).skip, "text_interpolation": (*lowerer).skip,

		"namespace_definition": phpNamespace, "namespace_use_declaration": phpUse, "const_declaration": phpConst, "const_element": phpConstElement,
		"class_declaration": phpClass(ast.OpClass), "interface_declaration": phpClass(ast.OpInterface), "trait_declaration": phpClass(ast.OpTrait), "enum_declaration": phpClass(ast.OpEnum),
		"declaration_list": (*lowerer).block, "enum_declaration_list": (*lowerer).block, "enum_case": csEnumMember, "property_declaration": phpProperty,
		"method_declaration": phpFunction, "function_definition": phpFunction, "attribute": phpAttribute,
		"simple_parameter": phpParam, "variadic_parameter": phpParam, "property_promotion_parameter": phpParam,
	},
}

func phpVariable(l *lowerer, n node, role ast.Role) {
	name := l.text(n)
	if name == "$this" {
		name = "this"
	}
	l.leafNamed(ast.Ident, role, n, name)
}

func phpRaw(l *lowerer, n node, role ast.Role) {
	from, to := l.delimited(n)
	l.leafNamed(ast.Str, role, n, l.cst.Source[from:to]).Flags |= ast.FlagRaw
}

// phpValues are what may be inserted in a text.
var phpValues = []string{"variable_name", "dynamic_variable_name", "subscript_expression", "member_access_expression", "nullsafe_member_access_expression",
	"member_call_expression", "nullsafe_member_call_expression", "scoped_property_access_expression", "scoped_call_expression", "function_call_expression"}

// phpText lowers a text in double quotes. The $X that a pattern has in one is a value, as every variable there is.
func phpText(l *lowerer, n node, role ast.Role) {
	from, to := l.delimited(n)
	l.interpolated(n, role, from, to, phpValues...)
}

func phpHeredoc(l *lowerer, n node, role ast.Role) {
	body := l.field(n, "value")
	if body == none {
		l.leafNamed(ast.Str, role, n, "")
		return
	}
	from, to := l.start(body), l.end(body)
	if l.child(body, phpValues...) == none {
		l.leafNamed(ast.Str, role, n, strings.TrimPrefix(l.cst.Source[from:to], "\n"))
		return
	}
	l.open(ast.Interp, role, n)
	l.fragments(body, from, to, phpValues...)
	l.close(n)
}

func phpShell(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.leafNamed(ast.Ident, ast.Callee, l.cst.Nodes[n].First, "`")
	from, to := l.delimited(n)
	l.interpolated(n, ast.Arg, from, to, phpValues...)
	l.close(n)
}

// phpQualified lowers A\B\c to the members of a namespace.
func phpQualified(l *lowerer, n node, role ast.Role) {
	prefix := l.first(l.child(n, "namespace_name_as_prefix"))
	name := l.child(n, "name")
	if prefix == none {
		l.leaf(ast.Ident, role, name)
		return
	}
	l.member(prefix, name, role)
}

func phpArray(l *lowerer, n node, role ast.Role) {
	kind := ast.List
	for c := range l.named(n) {
		if l.has(c, "=>") {
			kind = ast.Dict
		}
	}
	l.open(kind, role, n)
	l.lowerAll(n, ast.Elem)
	l.close(n)
}

// phpElement lowers an element of an array, with its key if it has one.
func phpElement(l *lowerer, n node, role ast.Role) {
	if !l.has(n, "=>") {
		l.lowerAll(n, role)
		return
	}
	l.open(ast.Pair, role, n)
	part := ast.Key
	for c := range l.named(n) {
		l.lower(c, part)
		part = ast.Value
	}
	l.close(n)
}

// phpMember1 adds object->name or Scope::name.
func (l *lowerer) phpAccess(n node, end node, role ast.Role) {
	object, name := l.field(n, "object"), l.field(n, "name")
	if object == none {
		object = l.field(n, "scope")
	}
	m := l.open(ast.Member, role, n)
	if l.has(n, "?->") {
		m.Flags |= ast.FlagOptional
	}
	l.lower(object, ast.Object)
	l.lower(name, ast.Property)
	l.Close(l.end(end))
}

func phpMemberAccess(l *lowerer, n node, role ast.Role) { l.phpAccess(n, n, role) }

func phpConstant(l *lowerer, n node, role ast.Role) {
	l.open(ast.Member, role, n)
	part := ast.Object
	for c := range l.named(n) {
		l.lower(c, part)
		part = ast.Property
	}
	l.close(n)
}

func phpMethodCall(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.phpAccess(n, l.field(n, "name"), ast.Callee)
	l.lowerAll(l.field(n, "arguments"), ast.Arg)
	l.close(n)
}

func phpCall(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.lower(l.field(n, "function"), ast.Callee)
	l.lowerAll(l.field(n, "arguments"), ast.Arg)
	l.close(n)
}

func phpArgument(l *lowerer, n node, role ast.Role) {
	name := l.field(n, "name")
	if name != none {
		l.open(ast.KeywordArg, role, n).Name = l.text(name)
		l.leaf(ast.Ident, ast.DefName, name)
		role = ast.Value
	}
	for c := range l.named(n) {
		if c != name && !l.is(c, "reference_modifier") {
			l.lower(c, role)
		}
	}
	if name != none {
		l.close(n)
	}
}

func phpNew(l *lowerer, n node, role ast.Role) {
	l.open(ast.New, role, n)
	for c := range l.named(n) {
		switch l.kind(c) {
		case "arguments":
			l.lowerAll(c, ast.Arg)
		case "declaration_list":
			l.lower(c, ast.Body)
		case "attribute_list", "base_clause", "class_interface_clause":
		default:
			l.lower(c, ast.Callee)
		}
	}
	l.close(n)
}

func phpIndex(l *lowerer, n node, role ast.Role) {
	l.open(ast.Index, role, n)
	part := ast.Object
	for c := range l.named(n) {
		l.lower(c, part)
		part = ast.Arg
	}
	l.close(n)
}

func phpAssignment(l *lowerer, n node, role ast.Role) {
	l.open(ast.Assign, role, n).Op = ast.OpAssign
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
}

// phpConditional lowers a ? b : c, and a ?: b to a binary operator.
func phpConditional(l *lowerer, n node, role ast.Role) {
	if l.field(n, "body") != none {
		l.open(ast.Cond, role, n)
		l.lower(l.field(n, "condition"), ast.Test)
		l.lower(l.field(n, "body"), ast.Then)
		l.lower(l.field(n, "alternative"), ast.Else)
	} else {
		l.open(ast.Binary, role, n).Op = ast.OpElvis
		l.lower(l.field(n, "condition"), ast.Left)
		l.lower(l.field(n, "alternative"), ast.Right)
	}
	l.close(n)
}

// phpWords lowers what is written with a word of the language and means a call: echo, include, exit.
func phpWords(l *lowerer, n node, role ast.Role) {
	word := l.cst.Nodes[n].First
	l.open(ast.Call, role, n)
	l.leafNamed(ast.Ident, ast.Callee, word, strings.ToLower(l.text(word)))
	l.lowerAll(n, ast.Arg)
	l.close(n)
}

// phpExpression lowers a statement that is an expression; behind <?= it is written out.
func phpExpression(l *lowerer, n node, role ast.Role) {
	start := l.start(n)
	if !strings.HasSuffix(strings.TrimRight(l.cst.Source[:start], " \t\r\n"), "<?=") {
		l.lowerAll(n, role)
		return
	}
	l.open(ast.Call, role, n)
	l.Leaf(ast.Ident, ast.Callee, "echo", start, start)
	l.lowerAll(n, ast.Arg)
	l.close(n)
}
