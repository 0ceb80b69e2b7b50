package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

var golang = &Language{
	Name: "go", Aliases: []string{"golang"}, Extensions: []string{".go"},
	grammars: []*grammar{goGrammar},
	patterns: patternSyntax{
		ellipses: []string{"@", "@ @", "case @:", "@: @", "@;@;@", "@()"},
		place:    goPlace,
		frames: []frame{
			{before: "var _ = C__{", after: "}", when: regexp.MustCompile(`^[A-Z$]\w*\s*:[^=:]`), partial: true},
			{before: "var _ = []C__{", after: "}", when: regexp.MustCompile(`^\{(\.\.\.|[^{}():=])*[A-Z$]\w*\s*:[^=:]`)}, // a value in a list that names its type
			{},
			{after: "\n"},
			{before: "func _() {\n", after: "\n}"},
			{before: "switch {\n", after: "\n}", partial: true},
			{after: " {}", partial: true},
		},
		typed:       typeBehind("", ".(", ")"),
		spreadAfter: true,
	},
}

// goPlace leaves out the ellipses of a group of imports, which are imports each by itself.
func goPlace(text string, at int) []string {
	if open := strings.LastIndexAny(text[:at], "()"); open >= 0 && text[open] == '(' && strings.HasSuffix(strings.TrimRight(text[:open], " "), "import") {
		return []string{""}
	}
	return goStatement(text, at)
}

var goStatement = statementFirst("@;", "@", "@ @", "case @:", "@: @")

var goGrammar = &grammar{language: syntax.Go, blocks: []string{"block"}, lowerings: map[string]lowering{
	"identifier": as(ast.Ident), "field_identifier": as(ast.Ident), "type_identifier": as(ast.Ident), "package_identifier": as(ast.Ident),
	"blank_identifier": as(ast.Ident), "label_name": as(ast.Ident), "iota": as(ast.Ident),
	"true": as(ast.Bool), "false": as(ast.Bool), "nil": as(ast.Null),
	"int_literal": as(ast.Num), "float_literal": as(ast.Num), "imaginary_literal": as(ast.Num),
	"interpreted_string_literal": quoted, "raw_string_literal": quoted, "rune_literal": quoted,

	"selector_expression": memberOf("operand", "field"), "qualified_type": memberOf("package", "name"),
	"call_expression": goCall, "variadic_argument": wrap(ast.Spread, ast.OpSpread, ast.Value), "index_expression": goIndex, "slice_expression": goSlice,
	"binary_expression": infix, "unary_expression": prefix("operand"), "parenthesized_expression": (*lowerer).inside,
	"type_assertion_expression": goAssertion, "type_conversion_expression": goConversion, "type_instantiation_expression": genericType,
	"composite_literal": goComposite, "literal_value": wrap(ast.Dict, ast.NoOp, ast.Elem), "literal_element": (*lowerer).inside, "keyed_element": goKeyed,
	"func_literal": goFunc,

	"pointer_type": compositeType, "slice_type": compositeType, "array_type": compositeType, "implicit_length_array_type": compositeType,
	"map_type": compositeType, "channel_type": compositeType, "function_type": compositeType, "generic_type": genericType,
	"parenthesized_type": (*lowerer).inside, "type_elem": (*lowerer).inside, "type_constraint": (*lowerer).inside,

	"block": (*lowerer).block, "expression_statement": (*lowerer).inside, "empty_statement": (*lowerer).skip,
	"short_var_declaration": goAssign, "assignment_statement": goAssign, "inc_statement": step, "dec_statement": step,
	"if_statement": ifElse, "for_statement": goFor,
	"expression_switch_statement": goSwitch, "type_switch_statement": goSwitch, "select_statement": goSwitch,
	"return_statement": goReturn, "defer_statement": wrap(ast.Defer, ast.NoOp, ast.Value), "go_statement": wrap(ast.Go, ast.NoOp, ast.Value),
	"break_statement": jump(ast.Break), "continue_statement": jump(ast.Continue), "goto_statement": jump(ast.Goto),
	"labeled_statement": goLabel, "send_statement": goSend, "receive_statement": goReceive,

	"package_clause": goPackage, "import_declaration": goImports, "const_declaration": goVariables(ast.OpConst), "var_declaration": goVariables(ast.OpVar),
	"type_declaration": (*lowerer).inside, "type_spec": goType, "type_alias": goType,
	"function_declaration": goFunc, "method_declaration": goFunc, "method_elem": goFunc, "method_spec": goFunc,
	"parameter_declaration": goParams, "variadic_parameter_declaration": goParams,
	"field_declaration": goField,
}}

func goPackage(l *lowerer, n node, role ast.Role) {
	l.open(ast.Other, role, n).Name = "package_clause"
	l.leaf(ast.Ident, ast.DefName, l.first(n))
	l.close(n)
}

func goCall(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.lower(l.field(n, "function"), ast.Callee)
	l.lowerAll(l.field(n, "arguments"), ast.Arg)
	l.close(n)
}

func goIndex(l *lowerer, n node, role ast.Role) {
	l.open(ast.Index, role, n)
	l.lower(l.field(n, "operand"), ast.Object)
	l.lower(l.field(n, "index"), ast.Arg)
	l.close(n)
}

func goSlice(l *lowerer, n node, role ast.Role) {
	l.open(ast.Index, role, n)
	l.lower(l.field(n, "operand"), ast.Object)
	l.open(ast.Slice, ast.Arg, n)
	l.lower(l.field(n, "start"), ast.Low)
	l.lower(l.field(n, "end"), ast.High)
	l.lower(l.field(n, "capacity"), ast.Step)
	l.close(n)
	l.close(n)
}

func goAssertion(l *lowerer, n node, role ast.Role) {
	l.open(ast.Cast, role, n)
	l.lower(l.field(n, "operand"), ast.Value)
	l.lower(l.field(n, "type"), ast.TypeOf)
	l.close(n)
}

// goConversion lowers []byte(x), which is written like a call and means one.
func goConversion(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.lower(l.field(n, "type"), ast.Callee)
	l.lower(l.field(n, "operand"), ast.Arg)
	l.close(n)
}

func goComposite(l *lowerer, n node, role ast.Role) {
	l.open(ast.New, role, n)
	l.lower(l.field(n, "type"), ast.Callee)
	l.lowerAll(l.field(n, "body"), ast.Arg)
	l.close(n)
}

func goKeyed(l *lowerer, n node, role ast.Role) {
	l.open(ast.Pair, role, n)
	part := ast.Key
	for c := range l.named(n) {
		l.lower(c, part)
		part = ast.Value
	}
	l.close(n)
}

// goSides adds one side of an assignment: an expression, or a Tuple of several.
func (l *lowerer) goSide(list node, role ast.Role) {
	count := 0
	for range l.named(list) {
		count++
	}
	if list == none || count < 2 || !l.is(list, "expression_list") {
		if l.is(list, "expression_list") {
			l.lowerAll(list, role)
		} else {
			l.lower(list, role)
		}
		return
	}
	l.open(ast.Tuple, role, list)
	l.lowerAll(list, ast.Elem)
	l.close(list)
}

func goAssign(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Assign, role, n)
	m.Op = assignOp(l.text(l.field(n, "operator")))
	if l.has(n, ":=") {
		m.Op, m.Flags = ast.OpAssign, ast.FlagDeclares
	}
	l.goSide(l.field(n, "left"), ast.Left)
	l.goSide(l.field(n, "right"), ast.Right)
	l.close(n)
}

func goReceive(l *lowerer, n node, role ast.Role) {
	if l.field(n, "left") == none {
		l.lower(l.field(n, "right"), role)
		return
	}
	goAssign(l, n, role)
}

func goReturn(l *lowerer, n node, role ast.Role) {
	l.open(ast.Return, role, n)
	l.goSide(l.child(n, "expression_list"), ast.Value)
	l.close(n)
}

func goFor(l *lowerer, n node, role ast.Role) {
	clause := l.child(n, "for_clause", "range_clause")
	switch {
	case l.is(clause, "range_clause"):
		m := l.open(ast.ForEach, role, n)
		m.Op = ast.OpOf
		if l.has(clause, ":=") {
			m.Flags |= ast.FlagDeclares
		}
		l.goSide(l.field(clause, "left"), ast.Left)
		l.lower(l.field(clause, "right"), ast.Right)
	case clause != none:
		l.open(ast.For, role, n)
		l.lower(l.field(clause, "initializer"), ast.Init)
		l.lower(l.field(clause, "condition"), ast.Test)
		l.lower(l.field(clause, "update"), ast.Update)
	default:
		l.open(ast.While, role, n)
		for c := range l.named(n) {
			if !l.is(c, "block") {
				l.lower(c, ast.Test)
			}
		}
	}
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

func goSwitch(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	l.lower(l.field(n, "initializer"), ast.Init)
	if alias := l.field(n, "alias"); alias != none {
		l.Open(ast.Assign, ast.Test, l.start(alias))
		l.Current().Op, l.Current().Flags = ast.OpAssign, ast.FlagDeclares
		l.goSide(alias, ast.Left)
		l.lower(l.field(n, "value"), ast.Right)
		l.Close(l.end(l.field(n, "value")))
	} else {
		l.lower(l.field(n, "value"), ast.Test)
	}
	for c := range l.named(n) {
		if l.is(c, "expression_case", "type_case", "communication_case", "default_case") {
			l.goCase(c)
		}
	}
	l.close(n)
}

func (l *lowerer) goCase(c node) {
	m := l.open(ast.Case, ast.CaseOf, c)
	if l.is(c, "default_case") {
		m.Flags |= ast.FlagDefault
	}
	for _, name := range []string{"value", "type", "communication"} {
		for f := range l.fields(c, name) {
			if l.is(f, "expression_list") {
				l.lowerAll(f, ast.Test)
			} else {
				l.lower(f, ast.Test)
			}
		}
	}
	l.caseBody(c, ":")
	l.close(c)
}

func goLabel(l *lowerer, n node, role ast.Role) {
	label := l.field(n, "label")
	l.open(ast.Label, role, n).Name = l.text(label)
	for c := range l.named(n) {
		if c != label {
			l.lower(c, ast.Stmt)
		}
	}
	l.close(n)
}

func goSend(l *lowerer, n node, role ast.Role) {
	l.open(ast.Binary, role, n).Op = ast.OpSend
	l.lower(l.field(n, "channel"), ast.Left)
	l.lower(l.field(n, "value"), ast.Right)
	l.close(n)
}

func goImports(l *lowerer, n node, role ast.Role) {
	one := func(spec, at node) {
		m := l.open(ast.Import, role, at)
		m.Name = strings.Trim(l.text(l.field(spec, "path")), "\"`")
		switch name := l.field(spec, "name"); {
		case name == none:
		case l.is(name, "dot"):
			m.Flags |= ast.FlagWildcard
		default:
			l.leaf(ast.Ident, ast.Alias, name)
		}
		l.close(at)
	}
	for c := range l.named(n) {
		if l.is(c, "import_spec") {
			one(c, n)
			continue
		}
		for spec := range l.named(c) {
			if l.is(spec, "import_spec") {
				one(spec, spec)
			} else {
				l.lower(spec, role)
			}
		}
	}
}

// goVariables lowers var and const declarations to a VarDef for each name.
func goVariables(op ast.Op) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		for c := range l.named(n) {
			if l.is(c, "var_spec_list") {
				for spec := range l.named(c) {
					l.goSpec(spec, spec, op, role)
				}
				continue
			}
			at := c
			if !l.has(n, "(") {
				at = n
			}
			l.goSpec(c, at, op, role)
		}
	}
}

func (l *lowerer) goSpec(spec, at node, op ast.Op, role ast.Role) {
	if !l.is(spec, "var_spec", "const_spec") {
		l.lower(spec, role)
		return
	}
	var names, values []node
	for name := range l.fields(spec, "name") {
		names = append(names, name)
	}
	for v := range l.named(l.field(spec, "value")) {
		values = append(values, v)
	}
	for i, name := range names {
		covered := at
		if len(names) > 1 {
			covered = name
		}
		l.open(ast.VarDef, role, covered).Op = op
		l.lower(l.field(spec, "type"), ast.TypeOf)
		l.leaf(ast.Ident, ast.Left, name)
		switch {
		case len(values) == len(names):
			l.lower(values[i], ast.Right)
		case len(values) == 1:
			l.lower(values[0], ast.Right)
		}
		l.close(covered)
	}
}

func goType(l *lowerer, n node, role ast.Role) {
	of := l.field(n, "type")
	at := n
	if parent := l.cst.Nodes[n].Parent; l.is(parent, "type_declaration") && !l.has(parent, "(") {
		at = parent
	}
	m := l.open(ast.Class, role, at)
	switch {
	case l.is(of, "struct_type"):
		m.Op = ast.OpStruct
	case l.is(of, "interface_type"):
		m.Op = ast.OpInterface
	default:
		m.Op = ast.OpClass
	}
	l.leaf(ast.Ident, ast.DefName, l.field(n, "name"))
	for p := range l.named(l.field(n, "type_parameters")) {
		l.leaf(ast.Type, ast.TypeParam, p)
	}
	if m := l.Current().Op; m == ast.OpClass {
		l.lower(of, ast.Super)
	} else {
		fields := of
		if list := l.child(of, "field_declaration_list"); list != none {
			fields = list
		}
		l.open(ast.Block, ast.Body, fields)
		l.lowerAll(fields, ast.Stmt)
		l.close(fields)
	}
	l.close(at)
}

func goField(l *lowerer, n node, role ast.Role) {
	named := false
	for name := range l.fields(n, "name") {
		named = true
		l.open(ast.VarDef, role, n)
		l.lower(l.field(n, "type"), ast.TypeOf)
		l.leaf(ast.Ident, ast.Left, name)
		l.lower(l.field(n, "tag"), ast.DecoratorOf)
		l.close(n)
	}
	if !named {
		l.open(ast.VarDef, role, n)
		l.lower(l.field(n, "type"), ast.TypeOf)
		l.close(n)
	}
}

func goFunc(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Func, role, n)
	if l.is(n, "func_literal") {
		m.Flags |= ast.FlagLambda
	}
	l.lowerAll(l.field(n, "receiver"), ast.Receiver)
	l.leaf(ast.Ident, ast.DefName, l.field(n, "name"))
	for p := range l.named(l.field(n, "type_parameters")) {
		l.leaf(ast.Type, ast.TypeParam, p)
	}
	l.lowerAll(l.field(n, "parameters"), ast.ParamOf)
	if result := l.field(n, "result"); l.is(result, "parameter_list") {
		l.lowerAll(result, ast.Result)
	} else {
		l.lower(result, ast.Result)
	}
	l.lower(l.field(n, "body"), ast.Body)
	l.close(n)
}

// goParams lowers `a, b int` to a Param for each name.
func goParams(l *lowerer, n node, role ast.Role) {
	flags := ast.Flags(0)
	if l.is(n, "variadic_parameter_declaration") {
		flags = ast.FlagRest
	}
	named := false
	var names []node
	for name := range l.fields(n, "name") {
		names = append(names, name)
	}
	for _, name := range names {
		named = true
		at := n
		if len(names) > 1 {
			at = name
		}
		l.open(ast.Param, role, at).Flags |= flags
		l.leaf(ast.Ident, ast.DefName, name)
		l.lower(l.field(n, "type"), ast.TypeOf)
		l.close(at)
	}
	if !named {
		l.open(ast.Param, role, n).Flags |= flags
		l.lower(l.field(n, "type"), ast.TypeOf)
		l.close(n)
	}
}
