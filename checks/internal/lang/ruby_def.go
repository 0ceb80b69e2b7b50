package lang

import "github.com/assay-app/assay/checks/internal/ast"

func rubyLambda(l *lowerer, n node, role ast.Role) {
	l.open(ast.Func, role, n).Flags |= ast.FlagLambda
	l.rubyParameters(l.field(n, "parameters"))
	body := l.field(n, "body")
	if inner := l.field(body, "body"); inner != none {
		body = inner
	}
	l.rubyBody(body, ast.Body)
	l.close(n)
}

// rubyBlock lowers the block that a call is given.
func rubyBlock(l *lowerer, n node, role ast.Role) {
	l.open(ast.Func, role, n).Flags |= ast.FlagLambda
	l.rubyParameters(l.field(n, "parameters"))
	if body := l.field(n, "body"); body != none {
		l.rubyBody(body, ast.Body)
	} else {
		l.Open(ast.Block, ast.Body, l.end(n))
		l.Close(l.end(n))
	}
	l.close(n)
}

// rubyBody adds a Block of statements; when some of them are rescue clauses, a Try holds all.
func (l *lowerer) rubyBody(n node, role ast.Role) {
	if n == none {
		return
	}
	if !l.is(n, "body_statement", "then", "do", "block_body", "begin_block") { // def f = expression
		l.open(ast.Block, role, n)
		l.lower(n, ast.Stmt)
		l.close(n)
		return
	}
	l.open(ast.Block, role, n)
	if l.child(n, "rescue", "ensure") != none {
		l.rubyTry(n, ast.Stmt)
	} else {
		l.lowerAll(n, ast.Stmt)
	}
	l.close(n)
}

func rubyBegin(l *lowerer, n node, role ast.Role) {
	if l.child(n, "rescue", "ensure") != none {
		l.rubyTry(n, role)
		return
	}
	l.block(n, role)
}

func (l *lowerer) rubyTry(n node, role ast.Role) {
	l.open(ast.Try, role, n)
	first, end := l.first(n), l.start(n)
	if first != none {
		end = l.start(first)
	}
	l.Open(ast.Block, ast.Body, end)
	for c := range l.named(n) {
		if !l.is(c, "rescue", "else", "ensure") {
			l.lower(c, ast.Stmt)
			end = l.end(c)
		}
	}
	l.Close(end)
	for c := range l.named(n) {
		switch l.kind(c) {
		case "rescue":
			l.rubyRescue(c)
		case "else":
			l.block(c, ast.Else)
		case "ensure":
			l.block(c, ast.Finally)
		}
	}
	l.close(n)
}

func (l *lowerer) rubyRescue(n node) {
	l.open(ast.Catch, ast.CatchOf, n)
	l.lowerAll(l.field(n, "exceptions"), ast.TypeOf)
	l.lower(l.first(l.field(n, "variable")), ast.DefName)
	l.rubyOptional(n, l.field(n, "body"), ast.Body)
	l.close(n)
}

// rubyOptional adds a body, or an empty one at the end of n.
func (l *lowerer) rubyOptional(n, body node, role ast.Role) {
	if body != none {
		l.body(body, role)
		return
	}
	l.Open(ast.Block, role, l.end(n))
	l.Close(l.end(n))
}

// rubyRescueModifier lowers `x rescue y`.
func rubyRescueModifier(l *lowerer, n node, role ast.Role) {
	l.open(ast.Try, role, n)
	l.body(l.field(n, "body"), ast.Body)
	handler := l.field(n, "handler")
	l.open(ast.Catch, ast.CatchOf, handler)
	l.body(handler, ast.Body)
	l.close(handler)
	l.close(n)
}

func rubyMethod(l *lowerer, n node, role ast.Role) {
	l.open(ast.Func, role, n)
	if object := l.field(n, "object"); object != none {
		l.leaf(ast.Modifier, ast.ModifierOf, object)
	}
	l.leaf(ast.Ident, ast.DefName, l.field(n, "name"))
	l.rubyParameters(l.field(n, "parameters"))
	if body := l.field(n, "body"); body != none {
		l.rubyBody(body, ast.Body)
	} else {
		l.rubyOptional(n, none, ast.Body)
	}
	l.close(n)
}

func (l *lowerer) rubyParameters(n node) {
	for c := range l.named(n) {
		param := l.open(ast.Param, ast.ParamOf, c)
		name := l.field(c, "name")
		switch l.kind(c) {
		case "splat_parameter":
			param.Flags |= ast.FlagRest
		case "hash_splat_parameter":
			param.Flags |= ast.FlagRestMap
		case "block_parameter":
			param.Flags |= ast.FlagRest
		case "destructured_parameter":
			l.open(ast.Tuple, ast.DefName, c)
			l.lowerAll(c, ast.Elem)
			l.close(c)
		case "identifier":
			name = c
		}
		if name != none {
			l.leaf(ast.Ident, ast.DefName, name)
		}
		l.lower(l.field(c, "value"), ast.Default)
		l.close(c)
	}
}

func rubyClass(op ast.Op) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.open(ast.Class, role, n).Op = op
		l.lower(l.field(n, "name"), ast.DefName)
		l.lowerAll(l.field(n, "superclass"), ast.Super)
		if body := l.field(n, "body"); body != none {
			l.rubyBody(body, ast.Body)
		} else {
			l.rubyOptional(n, none, ast.Body)
		}
		l.close(n)
	}
}

// rubySingleton lowers `class << self` to a block: its methods belong to the class around.
func rubySingleton(l *lowerer, n node, role ast.Role) {
	l.rubyBody(l.field(n, "body"), role)
}

// rubyIf lowers if, unless and elsif.
func rubyIf(l *lowerer, n node, role ast.Role) {
	l.open(ast.If, role, n)
	l.rubyTest(l.field(n, "condition"), l.is(n, "unless"))
	l.rubyOptional(n, l.field(n, "consequence"), ast.Then)
	switch alternative := l.field(n, "alternative"); {
	case l.is(alternative, "elsif"):
		l.open(ast.Block, ast.Else, alternative).Flags |= ast.FlagImplicit
		l.lower(alternative, ast.Stmt)
		l.close(alternative)
	case alternative != none:
		l.block(alternative, ast.Else)
	}
	l.close(n)
}

func (l *lowerer) rubyTest(condition node, negated bool) {
	if !negated || condition == none {
		l.lower(condition, ast.Test)
		return
	}
	l.open(ast.Unary, ast.Test, condition).Op = ast.OpNot
	l.lower(condition, ast.Value)
	l.close(condition)
}

// rubyModifier lowers `x if y` and the like.
func rubyModifier(l *lowerer, n node, role ast.Role) {
	body, condition := l.field(n, "body"), l.field(n, "condition")
	negated := l.is(n, "unless_modifier", "until_modifier")
	if l.is(n, "if_modifier", "unless_modifier") {
		l.open(ast.If, role, n)
		l.rubyTest(condition, negated)
		l.body(body, ast.Then)
	} else {
		l.open(ast.While, role, n).Flags |= ast.FlagPostfix
		l.rubyTest(condition, negated)
		l.body(body, ast.Body)
	}
	l.close(n)
}

func rubyLoop(l *lowerer, n node, role ast.Role) {
	l.open(ast.While, role, n)
	l.rubyTest(l.field(n, "condition"), l.is(n, "until"))
	l.rubyOptional(n, l.field(n, "body"), ast.Body)
	l.close(n)
}

func rubyFor(l *lowerer, n node, role ast.Role) {
	l.open(ast.ForEach, role, n).Op = ast.OpIn
	l.lower(l.field(n, "pattern"), ast.Left)
	l.lowerAll(l.field(n, "value"), ast.Right)
	l.rubyOptional(n, l.field(n, "body"), ast.Body)
	l.close(n)
}

func rubyCase(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	l.lower(l.field(n, "value"), ast.Test)
	for c := range l.named(n) {
		switch {
		case l.is(c, "when"):
			l.lower(c, ast.CaseOf)
		case l.is(c, "else"):
			l.open(ast.Case, ast.CaseOf, c).Flags |= ast.FlagDefault
			l.block(c, ast.Body)
			l.close(c)
		}
	}
	l.close(n)
}

func rubyWhen(l *lowerer, n node, role ast.Role) {
	l.open(ast.Case, role, n)
	l.lowerFields(n, "pattern", ast.Test)
	l.rubyOptional(n, l.field(n, "body"), ast.Body)
	l.close(n)
}

// rubyJump makes the lowering of return, next and the like; several values are a Tuple.
func rubyJump(kind ast.Kind) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.open(kind, role, n)
		arguments := l.child(n, "argument_list")
		count := 0
		for range l.named(arguments) {
			count++
		}
		switch {
		case kind == ast.Yield:
			l.lowerAll(arguments, ast.Value)
		case count > 1:
			l.open(ast.Tuple, ast.Value, arguments)
			l.lowerAll(arguments, ast.Elem)
			l.close(arguments)
		default:
			l.lowerAll(arguments, ast.Value)
		}
		l.close(n)
	}
}
