package lang

import "github.com/assay-app/assay/checks/internal/ast"

// bashIf lowers if, elif and else, whose commands the grammar lists without brackets.
func bashIf(l *lowerer, n node, role ast.Role) {
	var clauses []node
	for c := range l.named(n) {
		if l.is(c, "elif_clause", "else_clause") {
			clauses = append(clauses, c)
		}
	}
	l.open(ast.If, role, n)
	l.bashBranch(n, n, clauses)
	l.close(n)
}

// bashBranch adds the test and the branches of an if or elif.
func (l *lowerer) bashBranch(statement, n node, clauses []node) {
	then := l.token(n, "then")
	if then == none {
		l.lowerAll(n, ast.Part)
		return
	}
	l.bashTests(n, then)
	stop := l.end(n)
	if len(clauses) > 0 {
		stop = l.start(clauses[0])
	}
	l.bashBlock(n, ast.Then, l.end(then), stop)
	if len(clauses) == 0 || l.full() {
		return
	}
	clause := clauses[0]
	if l.is(clause, "else_clause") {
		l.bashBlock(clause, ast.Else, l.start(clause), l.end(clause))
		return
	}
	l.open(ast.Block, ast.Else, clause).Flags |= ast.FlagImplicit
	l.open(ast.If, ast.Stmt, clause)
	l.bashBranch(statement, clause, clauses[1:])
	l.Close(l.end(statement))
	l.Close(l.end(statement))
}

// bashTests adds the commands before `then` or `do`: the last decides.
func (l *lowerer) bashTests(n, word node) {
	for c := range l.named(n) {
		if l.start(c) < l.start(word) {
			l.lower(c, ast.Test)
		}
	}
}

// bashBlock makes a Block of the children of n that stand between two bytes.
func (l *lowerer) bashBlock(n node, role ast.Role, from, to uint32) {
	l.Open(ast.Block, role, from)
	for c := range l.named(n) {
		if l.start(c) >= from && l.end(c) <= to && !l.is(c, "elif_clause", "else_clause") {
			l.lower(c, ast.Stmt)
		}
	}
	l.Close(to)
}

func bashFor(l *lowerer, n node, role ast.Role) {
	l.open(ast.ForEach, role, n).Op = ast.OpIn
	l.lower(l.field(n, "variable"), ast.Left)
	var values []node
	for v := range l.fields(n, "value") {
		values = append(values, v)
	}
	if len(values) > 0 {
		l.open(ast.List, ast.Right, values[0])
		for _, v := range values {
			l.lower(v, ast.Elem)
		}
		l.close(values[len(values)-1])
	}
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

func bashCountedFor(l *lowerer, n node, role ast.Role) {
	l.open(ast.For, role, n)
	l.lowerFields(n, "initializer", ast.Init)
	l.lowerFields(n, "condition", ast.Test)
	l.lowerFields(n, "update", ast.Update)
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

// bashWhile lowers while, and until with a not.
func bashWhile(l *lowerer, n node, role ast.Role) {
	l.open(ast.While, role, n)
	if condition := l.field(n, "condition"); l.has(n, "until") && condition != none {
		l.open(ast.Unary, ast.Test, condition).Op = ast.OpNot
		l.lower(condition, ast.Value)
		l.close(condition)
	} else {
		for c := range l.fields(n, "condition") {
			if l.counts(c) {
				l.lower(c, ast.Test)
			}
		}
	}
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

func bashSwitch(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	l.lower(l.field(n, "value"), ast.Test)
	for c := range l.named(n) {
		if l.is(c, "case_item") {
			l.lower(c, ast.CaseOf)
		}
	}
	l.close(n)
}

func bashCase(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Case, role, n)
	if value := l.field(n, "value"); l.text(value) == "*" {
		m.Flags |= ast.FlagDefault
	}
	l.lowerFields(n, "value", ast.Test)
	from := l.end(n)
	if bracket := l.token(n, ")"); bracket != none {
		from = l.end(bracket)
	}
	l.bashBlock(n, ast.Body, from, l.end(n))
	l.close(n)
}

func bashFunction(l *lowerer, n node, role ast.Role) {
	l.open(ast.Func, role, n)
	l.leaf(ast.Ident, ast.DefName, l.field(n, "name"))
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}
