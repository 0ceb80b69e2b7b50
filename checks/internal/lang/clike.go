package lang

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// What languages with C's notation have in common.

// infixOps are the operators between two operands.
var infixOps = map[string]ast.Op{
	"+": ast.OpAdd, "-": ast.OpSub, "*": ast.OpMul, "/": ast.OpDiv, "%": ast.OpMod, "**": ast.OpPow,
	"&": ast.OpBitAnd, "|": ast.OpBitOr, "^": ast.OpBitXor, "&^": ast.OpBitClear, "<<": ast.OpShl, ">>": ast.OpShr, ">>>": ast.OpUShr,
	"&&": ast.OpAnd, "and": ast.OpAnd, "||": ast.OpOr, "or": ast.OpOr, "??": ast.OpCoalesce, "?:": ast.OpElvis,
	"==": ast.OpEq, "!=": ast.OpNe, "<>": ast.OpNe, "===": ast.OpStrictEq, "!==": ast.OpStrictNe,
	"<": ast.OpLt, "<=": ast.OpLe, ">": ast.OpGt, ">=": ast.OpGe, "<=>": ast.OpCompare,
	"in": ast.OpIn, "!in": ast.OpNotIn, "is": ast.OpInstanceOf, "instanceof": ast.OpInstanceOf,
	"=~": ast.OpMatch, "!~": ast.OpNotMatch, "..": ast.OpRange, "...": ast.OpRangeExclusive, "..<": ast.OpRangeExclusive, ".": ast.OpConcat,
}

// prefixOps are the operators before an operand.
var prefixOps = map[string]ast.Op{
	"+": ast.OpAdd, "-": ast.OpSub, "!": ast.OpNot, "not": ast.OpNot, "~": ast.OpBitNot, "^": ast.OpBitXor,
	"&": ast.OpAddressOf, "*": ast.OpDeref, "<-": ast.OpReceive, "++": ast.OpIncrement, "--": ast.OpDecrement,
}

// infix lowers `left operator right`.
func infix(l *lowerer, n node, role ast.Role) {
	l.open(ast.Binary, role, n).Op = infixOps[l.text(l.field(n, "operator"))]
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
}

// prefix makes the lowering of `operator operand`.
func prefix(operand string) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.open(ast.Unary, role, n).Op = prefixOps[l.text(l.field(n, "operator"))]
		l.lower(l.field(n, operand), ast.Value)
		l.close(n)
	}
}

// step lowers x++ and --x.
func step(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Unary, role, n)
	m.Op = ast.OpIncrement
	if l.has(n, "--") {
		m.Op = ast.OpDecrement
	}
	if t := l.text(n); strings.HasSuffix(t, "++") || strings.HasSuffix(t, "--") {
		m.Flags |= ast.FlagPostfix
	}
	l.lower(l.first(n), ast.Value)
	l.close(n)
}

// assignment lowers `left = right` and `left += right`.
func assignment(l *lowerer, n node, role ast.Role) {
	l.open(ast.Assign, role, n).Op = assignOp(l.text(l.field(n, "operator")))
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
}

// assignOp is the operator of an assignment: + for +=.
func assignOp(text string) ast.Op {
	if op, ok := infixOps[strings.TrimSuffix(text, "=")]; ok && text != "=" {
		return op
	}
	return ast.OpAssign
}

// ternary lowers `condition ? consequence : alternative`.
func ternary(l *lowerer, n node, role ast.Role) {
	l.open(ast.Cond, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	l.lower(l.field(n, "consequence"), ast.Then)
	l.lower(l.field(n, "alternative"), ast.Else)
	l.close(n)
}

// ifElse lowers an if whose parts are fields.
func ifElse(l *lowerer, n node, role ast.Role) {
	l.open(ast.If, role, n)
	l.lower(l.field(n, "initializer"), ast.Init)
	l.lower(l.field(n, "condition"), ast.Test)
	l.body(l.field(n, "consequence"), ast.Then)
	l.elseBody(l.field(n, "alternative"))
	l.close(n)
}

// elseBody adds what else is done; an if there is an implicit block of it.
func (l *lowerer) elseBody(n node) {
	if !l.is(n, "if_statement", "if_expression") {
		l.body(n, ast.Else)
		return
	}
	l.open(ast.Block, ast.Else, n).Flags |= ast.FlagImplicit
	l.lower(n, ast.Stmt)
	l.close(n)
}

// whileLoop lowers `while (condition) body`; doLoop `do body while (condition)`.
func whileLoop(l *lowerer, n node, role ast.Role) {
	l.open(ast.While, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

func doLoop(l *lowerer, n node, role ast.Role) {
	l.open(ast.While, role, n).Flags |= ast.FlagPostfix
	l.body(l.field(n, "body"), ast.Body)
	l.lower(l.field(n, "condition"), ast.Test)
	l.close(n)
}

// countingLoop makes the lowering of `for (init; condition; update) body`, by the names of its fields.
func countingLoop(init, condition, update string) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.open(ast.For, role, n)
		l.lowerFields(n, init, ast.Init)
		l.lowerFields(n, condition, ast.Test)
		l.lowerFields(n, update, ast.Update)
		l.body(l.field(n, "body"), ast.Body)
		l.close(n)
	}
}

// caseBody adds the statements of a case: what stands behind the first of the marks, such as a colon.
func (l *lowerer) caseBody(c node, marks ...string) {
	start := l.end(c)
	if mark := l.token(c, marks...); mark != none {
		start = l.end(mark)
	}
	l.Open(ast.Block, ast.Body, start)
	for s := range l.named(c) {
		if l.start(s) >= start {
			l.lower(s, ast.Stmt)
		}
	}
	l.Close(max(start, l.end(c)))
}

// jump makes the lowering of break, continue and goto, with their label if they have one.
func jump(kind ast.Kind) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.open(kind, role, n).Name = l.text(l.first(n))
		l.close(n)
	}
}

// blockWith makes the lowering of a block that a word stands before, which becomes its Name.
func blockWith(word string) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.open(ast.Block, role, n).Name = word
		l.lowerAll(l.child(n, l.grammar.blocks...), ast.Stmt)
		l.close(n)
	}
}

// member adds object.name, from the beginning of the object to the end of the name.
func (l *lowerer) member(object, name node, role ast.Role) {
	if object == none {
		l.leaf(ast.Ident, role, name)
		return
	}
	l.Open(ast.Member, role, l.start(object))
	l.lower(object, ast.Object)
	l.leaf(ast.Ident, ast.Property, name)
	l.Close(l.end(name))
}

// memberOf makes the lowering of a node that is object.name.
func memberOf(object, name string) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.open(ast.Member, role, n)
		l.lower(l.field(n, object), ast.Object)
		l.leaf(ast.Ident, ast.Property, l.field(n, name))
		l.close(n)
	}
}

// quoted makes a Str of a literal, without the quotes.
func quoted(l *lowerer, n node, role ast.Role) {
	text := l.text(n)
	flags := ast.Flags(0)
	for _, quote := range []string{`"""`, "`", `"`, "'"} {
		if len(text) >= 2*len(quote) && strings.HasPrefix(text, quote) && strings.HasSuffix(text, quote) {
			text = text[len(quote) : len(text)-len(quote)]
			if quote == "`" {
				flags = ast.FlagRaw
			}
			break
		}
	}
	l.leafNamed(ast.Str, role, n, text).Flags |= flags
}

// genericType lowers a type whose text says all: Name is the text without white space. The first named child is what
// the arguments are given to.
func genericType(l *lowerer, n node, role ast.Role) {
	l.open(ast.Type, role, n).Name = strings.Join(strings.Fields(l.text(n)), "")
	first := true
	for c := range l.named(n) {
		switch {
		case first:
			l.lower(c, ast.Object)
		case l.is(c, "type_arguments"):
			l.lowerAll(c, ast.Elem)
		default:
			l.lower(c, ast.Elem)
		}
		first = false
	}
	l.close(n)
}

// compositeType lowers a type that is made of others: arrays, maps, pointers, functions.
func compositeType(l *lowerer, n node, role ast.Role) {
	l.open(ast.Type, role, n).Name = strings.Join(strings.Fields(l.text(n)), "")
	l.lowerAll(n, ast.Elem)
	l.close(n)
}
