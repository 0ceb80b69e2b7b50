package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// python is Python 3, with the print and exec statements of Python 2.
//
// What the tree leaves open: the literal `...` of code is the Ident "..."; an annotated assignment is a VarDef and any
// other an Assign, := too; `except (A, B)` has the Tuple as its one type; `raise a from b` has two values; the bare *
// and / among parameters are left out; `print >>f, x` calls print with the keyword file.
var python = &Language{
	Name:         "python",
	Aliases:      []string{"py", "python2", "python3"},
	Extensions:   []string{".py", ".pyi", ".pyw"},
	Filenames:    []string{"SConstruct", "SConscript"},
	Interpreters: []string{"python", "python2", "python3"},
	grammars:     []*grammar{pythonGrammar},
	patterns: patternSyntax{
		ellipses: []string{"@", "@: 0", "@=0"},
		typed:    typeBehind("", "(", ")"),
		place:    pythonPlace,
		frames: []frame{
			{after: "\n    pass", when: regexp.MustCompile(`:$`), partial: true},
			{before: "try:\n  pass\n", when: regexp.MustCompile(`^(except|finally)\b`), partial: true},
			{before: "if x:\n  pass\n", when: regexp.MustCompile(`^(elif|else)\b`), partial: true},
			{before: "match x:\n  ", when: regexp.MustCompile(`^case\b`), partial: true},
			{before: "f(", after: "\n)", when: regexp.MustCompile(`^\*`), partial: true},
			{},
			{before: "(", after: "\n)", unless: pythonStatement},
			{after: "\nexcept: pass", when: regexp.MustCompile(`^try\b`), partial: true},
			{after: "\ndef f(): pass", when: regexp.MustCompile(`^@`), partial: true, inner: true},
			{before: "{", after: "\n}", unless: pythonStatement, partial: true},
			{before: "f(", after: "\n)", unless: pythonStatement, partial: true},
			{before: "x[", after: "\n]", unless: pythonStatement, partial: true},
		},
	},
}

// pythonStatement is what begins a statement, and would be a name in an expression.
var pythonStatement = regexp.MustCompile(`^(if|elif|else|for|while|try|except|finally|with|def|class|return|raise|import|from|assert|del|global|nonlocal|pass|break|continue|async)\b`)

var pythonGrammar = &grammar{
	language: syntax.Python,
	blocks:   []string{"block"},
	lowerings: map[string]lowering{
		"identifier":               as(ast.Ident),
		"ellipsis":                 as(ast.Ident),
		"integer":                  as(ast.Num),
		"float":                    as(ast.Num),
		"true":                     as(ast.Bool),
		"false":                    as(ast.Bool),
		"none":                     as(ast.Null),
		"string":                   pythonString,
		"concatenated_string":      pythonString,
		"dotted_name":              (*lowerer).dotted,
		"expression_statement":     pythonExpressions,
		"expression_list":          wrap(ast.Tuple, ast.NoOp, ast.Elem),
		"pattern_list":             wrap(ast.Tuple, ast.NoOp, ast.Elem),
		"tuple":                    wrap(ast.Tuple, ast.NoOp, ast.Elem),
		"tuple_pattern":            wrap(ast.Tuple, ast.NoOp, ast.Elem),
		"list":                     wrap(ast.List, ast.NoOp, ast.Elem),
		"list_pattern":             wrap(ast.List, ast.NoOp, ast.Elem),
		"set":                      pythonSet,
		"dictionary":               wrap(ast.Dict, ast.NoOp, ast.Elem),
		"pair":                     pythonPair,
		"list_splat":               wrap(ast.Spread, ast.OpSpread, ast.Value),
		"list_splat_pattern":       wrap(ast.Spread, ast.OpSpread, ast.Value),
		"dictionary_splat":         wrap(ast.Spread, ast.OpSpreadMap, ast.Value),
		"dictionary_splat_pattern": wrap(ast.Spread, ast.OpSpreadMap, ast.Value),
		"parenthesized_list_splat": (*lowerer).inside,
		"parenthesized_expression": (*lowerer).inside,
		"list_comprehension":       pythonComprehension(ast.OpList),
		"set_comprehension":        pythonComprehension(ast.OpSet),
		"dictionary_comprehension": pythonComprehension(ast.OpDict),
		"generator_expression":     pythonComprehension(ast.OpGenerator),
		"for_in_clause":            pythonClause,
		"if_clause":                (*lowerer).inside,
		"call":                     pythonCall,
		"keyword_argument":         pythonKeywordArgument,
		"attribute":                pythonAttribute,
		"subscript":                pythonSubscript,
		"slice":                    pythonSlice,
		"unary_operator":           pythonUnary,
		"not_operator":             pythonUnary,
		"binary_operator":          pythonBinary,
		"boolean_operator":         pythonBinary,
		"comparison_operator":      pythonComparison,
		"conditional_expression":   pythonConditional,
		"named_expression":         pythonWalrus,
		"assignment":               pythonAssignment,
		"augmented_assignment":     pythonAugmented,
		"await":                    wrap(ast.Await, ast.NoOp, ast.Value),
		"yield":                    pythonYield,
		"lambda":                   pythonLambda,
		"type":                     (*lowerer).inside,
		"generic_type":             pythonGenericType,
		"union_type":               opaqueType,
		"member_type":              opaqueType,
		"constrained_type":         opaqueType,
		"splat_type":               opaqueType,
		"block":                    (*lowerer).block,
		"function_definition":      pythonDefinition,
		"class_definition":         pythonDefinition,
		"decorated_definition":     pythonDefinition,
		"decorator":                pythonDecorator,
		"default_parameter":        pythonParameter,
		"typed_parameter":          pythonParameter,
		"typed_default_parameter":  pythonParameter,
		"import_statement":         pythonImport,
		"import_from_statement":    pythonFrom,
		"future_import_statement":  pythonFrom,
		"if_statement":             pythonIf,
		"for_statement":            pythonFor,
		"while_statement":          pythonWhile,
		"else_clause":              pythonBody,
		"finally_clause":           pythonBody,
		"try_statement":            pythonTry,
		"except_clause":            pythonExcept,
		"except_group_clause":      pythonExcept,
		"with_statement":           pythonWith,
		"match_statement":          pythonMatch,
		"case_clause":              pythonCase,
		"case_pattern":             (*lowerer).inside,
		"class_pattern":            pythonClassPattern,
		"keyword_pattern":          pythonKeywordPattern,
		"dict_pattern":             pythonDictPattern,
		"splat_pattern":            pythonSplatPattern,
		"return_statement":         wrap(ast.Return, ast.NoOp, ast.Value),
		"raise_statement":          wrap(ast.Throw, ast.NoOp, ast.Value),
		"delete_statement":         pythonDelete,
		"assert_statement":         pythonAssert,
		"global_statement":         pythonGlobal,
		"nonlocal_statement":       pythonGlobal,
		"break_statement":          wrap(ast.Break, ast.NoOp, ast.Part),
		"continue_statement":       wrap(ast.Continue, ast.NoOp, ast.Part),
		"print_statement":          pythonPrint,
		"exec_statement":           pythonExec,
		"keyword_separator":        (*lowerer).skip,
		"positional_separator":     (*lowerer).skip,
		"as_pattern_target":        (*lowerer).inside,
	},
}

var pythonOps = map[string]ast.Op{
	"+": ast.OpAdd, "-": ast.OpSub, "*": ast.OpMul, "/": ast.OpDiv, "//": ast.OpFloorDiv, "%": ast.OpMod, "**": ast.OpPow,
	"@": ast.OpMatMul, "&": ast.OpBitAnd, "|": ast.OpBitOr, "^": ast.OpBitXor, "~": ast.OpBitNot, "<<": ast.OpShl,
	">>": ast.OpShr, "and": ast.OpAnd, "or": ast.OpOr, "not": ast.OpNot, "==": ast.OpEq, "!=": ast.OpNe, "<>": ast.OpNe,
	"<": ast.OpLt, "<=": ast.OpLe, ">": ast.OpGt, ">=": ast.OpGe, "in": ast.OpIn, "not in": ast.OpNotIn, "is": ast.OpIs,
	"is not": ast.OpIsNot,
}

// pythonExpressions lowers a statement that is an expression; `a, b` is a tuple.
func pythonExpressions(l *lowerer, n node, role ast.Role) {
	if !l.has(n, ",") {
		l.lowerAll(n, role)
		return
	}
	l.open(ast.Tuple, role, n)
	l.lowerAll(n, ast.Elem)
	l.close(n)
}

// pythonSet lowers {a, b}; of a pattern, {...} is a Dict, since that is what people mean.
func pythonSet(l *lowerer, n node, role ast.Role) {
	kind := ast.Set
	if only := l.first(n); only != none && l.text(n) == "{"+l.text(only)+"}" && wholeSentinel.MatchString(l.text(only)) {
		kind = ast.Dict
	}
	l.open(kind, role, n)
	l.lowerAll(n, ast.Elem)
	l.close(n)
}

func pythonPair(l *lowerer, n node, role ast.Role) {
	l.open(ast.Pair, role, n)
	l.lower(l.field(n, "key"), ast.Key)
	l.lower(l.field(n, "value"), ast.Value)
	l.close(n)
}

func pythonComprehension(op ast.Op) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.open(ast.Comprehension, role, n).Op = op
		l.lower(l.field(n, "body"), ast.Value)
		for c := range l.named(n) {
			switch l.kind(c) {
			case "for_in_clause":
				l.lower(c, ast.Clause)
			case "if_clause":
				l.lower(c, ast.Test)
			}
		}
		l.close(n)
	}
}

func pythonClause(l *lowerer, n node, role ast.Role) {
	clause := l.open(ast.ForEach, role, n)
	clause.Op = ast.OpIn
	if l.has(n, "async") {
		clause.Flags |= ast.FlagAsync
	}
	l.lower(l.field(n, "left"), ast.Left)
	l.lowerFields(n, "right", ast.Right)
	l.close(n)
}

func pythonCall(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.lower(l.field(n, "function"), ast.Callee)
	if args := l.field(n, "arguments"); l.is(args, "generator_expression") {
		l.lower(args, ast.Arg)
	} else {
		l.lowerAll(args, ast.Arg)
	}
	l.close(n)
}

func pythonKeywordArgument(l *lowerer, n node, role ast.Role) {
	name := l.field(n, "name")
	l.open(ast.KeywordArg, role, n).Name = l.text(name)
	l.lower(name, ast.DefName)
	l.lower(l.field(n, "value"), ast.Value)
	l.close(n)
}

func pythonAttribute(l *lowerer, n node, role ast.Role) {
	l.open(ast.Member, role, n)
	l.lower(l.field(n, "object"), ast.Object)
	l.lower(l.field(n, "attribute"), ast.Property)
	l.close(n)
}

func pythonSubscript(l *lowerer, n node, role ast.Role) {
	l.open(ast.Index, role, n)
	l.lower(l.field(n, "value"), ast.Object)
	var subscripts []node
	for c := range l.fields(n, "subscript") {
		subscripts = append(subscripts, c)
	}
	if len(subscripts) > 1 { // x[a, b] has one index, a tuple
		l.open(ast.Tuple, ast.Arg, subscripts[0])
		l.lowerFields(n, "subscript", ast.Elem)
		l.close(subscripts[len(subscripts)-1])
	} else {
		l.lowerFields(n, "subscript", ast.Arg)
	}
	l.close(n)
}

// pythonSlice gives each part the role that its place between the colons tells.
func pythonSlice(l *lowerer, n node, role ast.Role) {
	l.open(ast.Slice, role, n)
	part := ast.Low
	for c := l.cst.Nodes[n].First; c != none; c = l.cst.Nodes[c].Next {
		switch {
		case l.is(c, ":") && part == ast.Low:
			part = ast.High
		case l.is(c, ":"):
			part = ast.Step
		case l.counts(c):
			l.lower(c, part)
		}
	}
	l.close(n)
}

func pythonUnary(l *lowerer, n node, role ast.Role) {
	op := ast.OpNot
	if operator := l.field(n, "operator"); operator != none {
		op = pythonOps[l.text(operator)]
	}
	l.open(ast.Unary, role, n).Op = op
	l.lower(l.field(n, "argument"), ast.Value)
	l.close(n)
}

func pythonBinary(l *lowerer, n node, role ast.Role) {
	l.open(ast.Binary, role, n).Op = pythonOps[l.text(l.field(n, "operator"))]
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
}

// maxRepeated is the size up to which the b of a < b < c is put into both comparisons. Without a bound, brackets nested
// in it would double the tree at each level.
const maxRepeated = 32

// pythonComparison lowers a < b < c to (a < b) and (b < c).
func pythonComparison(l *lowerer, n node, role ast.Role) {
	var operands []node
	for c := range l.named(n) {
		operands = append(operands, c)
	}
	var ops []ast.Op
	for c := range l.fields(n, "operators") {
		ops = append(ops, pythonOps[strings.Join(strings.Fields(l.text(c)), " ")])
	}
	if len(ops) != len(operands)-1 || len(ops) == 0 {
		l.other(n, role)
		return
	}
	for _, operand := range operands[1 : len(operands)-1] {
		if l.size(operand) > maxRepeated {
			l.other(n, role)
			return
		}
	}
	for i := len(ops) - 1; i > 0; i-- {
		r := ast.Left
		if i == len(ops)-1 {
			r = role
		}
		if l.full() {
			return
		}
		l.open(ast.Binary, r, n).Op = ast.OpAnd
	}
	for i, op := range ops {
		r := ast.Right
		switch {
		case len(ops) == 1:
			r = role
		case i == 0:
			r = ast.Left
		}
		l.open(ast.Binary, r, operands[i]).Op = op
		l.lower(operands[i], ast.Left)
		l.lower(operands[i+1], ast.Right)
		l.close(operands[i+1])
		if i > 0 {
			l.close(operands[i+1])
		}
	}
}

func pythonConditional(l *lowerer, n node, role ast.Role) {
	l.open(ast.Cond, role, n)
	roles := []ast.Role{ast.Then, ast.Test, ast.Else}
	for c := range l.named(n) {
		if len(roles) == 0 {
			break
		}
		l.lower(c, roles[0])
		roles = roles[1:]
	}
	l.close(n)
}

func pythonWalrus(l *lowerer, n node, role ast.Role) {
	l.open(ast.Assign, role, n).Op = ast.OpAssign
	l.lower(l.field(n, "name"), ast.Left)
	l.lower(l.field(n, "value"), ast.Right)
	l.close(n)
}

func pythonAssignment(l *lowerer, n node, role ast.Role) {
	of := l.field(n, "type")
	if of != none {
		l.open(ast.VarDef, role, n)
	} else {
		l.open(ast.Assign, role, n).Op = ast.OpAssign
	}
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(of, ast.TypeOf)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
}

func pythonAugmented(l *lowerer, n node, role ast.Role) {
	l.open(ast.Assign, role, n).Op = pythonOps[strings.TrimSuffix(l.text(l.field(n, "operator")), "=")]
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
}

func pythonYield(l *lowerer, n node, role ast.Role) {
	yield := l.open(ast.Yield, role, n)
	if l.has(n, "from") {
		yield.Flags |= ast.FlagDelegate
	}
	l.lowerAll(n, ast.Value)
	l.close(n)
}

// pythonGenericType lowers Dict[str, int] where a type is expected.
func pythonGenericType(l *lowerer, n node, role ast.Role) {
	l.open(ast.Type, role, n).Name = l.squeezed(n)
	l.lower(l.child(n, "identifier", "member_type"), ast.Object)
	l.lowerAll(l.child(n, "type_parameter"), ast.Elem)
	l.close(n)
}

// pythonPlace knows the ellipses of a dictionary: those in braces with a colon at their level.
func pythonPlace(text string, at int) []string {
	depth, open := 0, -1
	for i := at - 1; i >= 0 && open < 0; i-- {
		switch text[i] {
		case ')', ']', '}':
			depth++
		case '(', '[', '{':
			if depth--; depth < 0 {
				open = i
			}
		}
	}
	if open < 0 || text[open] != '{' {
		return nil
	}
	depth = 0
	for _, c := range text[open+1:] {
		switch {
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			if depth--; depth < 0 {
				return nil
			}
		case c == ':' && depth == 0:
			return []string{"@: 0", "@"}
		}
	}
	return nil
}
