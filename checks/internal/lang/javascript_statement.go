package lang

import "github.com/assay-app/assay/checks/internal/ast"

func jsIf(l *lowerer, n node, role ast.Role) {
	l.open(ast.If, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	l.body(l.field(n, "consequence"), ast.Then)
	l.lower(l.field(n, "alternative"), ast.Else)
	l.close(n)
}

func jsElse(l *lowerer, n node, role ast.Role) {
	statement := l.first(n)
	if l.is(statement, "if_statement") {
		l.open(ast.Block, role, statement).Flags |= ast.FlagImplicit
		l.lower(statement, ast.Stmt)
		l.close(statement)
		return
	}
	l.body(statement, role)
}

func jsWhile(l *lowerer, n node, role ast.Role) {
	l.open(ast.While, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

func jsDo(l *lowerer, n node, role ast.Role) {
	l.open(ast.While, role, n).Flags |= ast.FlagPostfix
	l.body(l.field(n, "body"), ast.Body)
	l.lower(l.field(n, "condition"), ast.Test)
	l.close(n)
}

func jsForIn(l *lowerer, n node, role ast.Role) {
	loop := l.open(ast.ForEach, role, n)
	loop.Op = jsOps[l.text(l.field(n, "operator"))]
	if l.field(n, "kind") != none {
		loop.Flags |= ast.FlagDeclares
	}
	if l.has(n, "await") {
		loop.Flags |= ast.FlagAsync
	}
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

// jsSwitch lowers a switch. Cases that fall through with nothing between are one.
func jsSwitch(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	l.lower(l.field(n, "value"), ast.Test)
	body := l.field(n, "body")
	var group []node
	for c := range l.named(body) {
		if !l.is(c, "switch_case", "switch_default") {
			l.lower(c, ast.CaseOf)
			continue
		}
		group = append(group, c)
		if l.field(c, "body") != none {
			l.jsCase(group)
			group = nil
		}
	}
	l.jsCase(group)
	l.close(n)
}

func (l *lowerer) jsCase(group []node) {
	if len(group) == 0 {
		return
	}
	last := group[len(group)-1]
	l.open(ast.Case, ast.CaseOf, group[0])
	for _, c := range group {
		if l.is(c, "switch_default") {
			l.Current().Flags |= ast.FlagDefault
		}
		l.lower(l.field(c, "value"), ast.Test)
	}
	if first := l.field(last, "body"); first != none {
		l.open(ast.Block, ast.Body, first)
		l.lowerFields(last, "body", ast.Stmt)
		l.close(last)
	}
	l.close(last)
}

func jsTry(l *lowerer, n node, role ast.Role) {
	l.open(ast.Try, role, n)
	l.body(l.field(n, "body"), ast.Body)
	l.lower(l.field(n, "handler"), ast.CatchOf)
	l.lower(l.field(n, "finalizer"), ast.Finally)
	l.close(n)
}

func jsCatch(l *lowerer, n node, role ast.Role) {
	l.open(ast.Catch, role, n)
	l.lower(l.field(n, "parameter"), ast.DefName)
	l.lower(l.field(n, "type"), ast.TypeOf)
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

func jsFinally(l *lowerer, n node, role ast.Role) { l.body(l.field(n, "body"), role) }

func jsWith(l *lowerer, n node, role ast.Role) {
	l.open(ast.With, role, n)
	if object := l.field(n, "object"); object != none {
		l.open(ast.WithItem, ast.Item, object)
		l.lower(object, ast.Value)
		l.close(object)
	}
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

func jsLabel(l *lowerer, n node, role ast.Role) {
	l.open(ast.Label, role, n).Name = l.text(l.field(n, "label"))
	l.lower(l.field(n, "body"), ast.Stmt)
	l.close(n)
}

func jsJump(kind ast.Kind) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.leafNamed(kind, role, n, l.text(l.field(n, "label")))
	}
}
