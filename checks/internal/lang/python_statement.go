package lang

import "github.com/assay-app/assay/checks/internal/ast"

func pythonIf(l *lowerer, n node, role ast.Role) {
	l.open(ast.If, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	l.body(l.field(n, "consequence"), ast.Then)
	var rest []node
	for c := range l.fields(n, "alternative") {
		rest = append(rest, c)
	}
	l.pythonElse(n, rest)
	l.close(n)
}

// pythonElse nests the elif clauses of an if statement.
func (l *lowerer) pythonElse(statement node, rest []node) {
	if len(rest) == 0 || l.full() {
		return
	}
	clause := rest[0]
	if !l.is(clause, "elif_clause") {
		l.lower(clause, ast.Else)
		return
	}
	l.open(ast.Block, ast.Else, clause).Flags |= ast.FlagImplicit
	l.open(ast.If, ast.Stmt, clause)
	l.lower(l.field(clause, "condition"), ast.Test)
	l.body(l.field(clause, "consequence"), ast.Then)
	l.pythonElse(statement, rest[1:])
	l.mend(clause)
	l.Close(l.end(statement))
	l.Close(l.end(statement))
}

// pythonBody lowers the block of a clause that has nothing else.
func pythonBody(l *lowerer, n node, role ast.Role) {
	body := l.field(n, "body")
	if body == none {
		body = l.child(n, "block")
	}
	l.body(body, role)
}

func pythonFor(l *lowerer, n node, role ast.Role) {
	loop := l.open(ast.ForEach, role, n)
	loop.Op = ast.OpIn
	if l.has(n, "async") {
		loop.Flags |= ast.FlagAsync
	}
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.body(l.field(n, "body"), ast.Body)
	l.lower(l.field(n, "alternative"), ast.Else)
	l.close(n)
}

func pythonWhile(l *lowerer, n node, role ast.Role) {
	l.open(ast.While, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	l.body(l.field(n, "body"), ast.Body)
	l.lower(l.field(n, "alternative"), ast.Else)
	l.close(n)
}

func pythonTry(l *lowerer, n node, role ast.Role) {
	l.open(ast.Try, role, n)
	for c := range l.named(n) {
		switch l.kind(c) {
		case "block":
			l.lower(c, ast.Body)
		case "except_clause", "except_group_clause":
			l.lower(c, ast.CatchOf)
		case "else_clause":
			l.lower(c, ast.Else)
		case "finally_clause":
			l.lower(c, ast.Finally)
		}
	}
	l.close(n)
}

// pythonExcept lowers `except T as e` and the `except T, e` of Python 2.
func pythonExcept(l *lowerer, n node, role ast.Role) {
	l.open(ast.Catch, role, n)
	next := ast.TypeOf
	for c := range l.named(n) {
		switch l.kind(c) {
		case "block":
			l.lower(c, ast.Body)
		case "as_pattern":
			l.lower(l.first(c), ast.TypeOf)
			l.lower(l.field(c, "alias"), ast.DefName)
		default:
			l.lower(c, next)
			next = ast.DefName
		}
	}
	l.close(n)
}

// pythonWith lowers a with statement; of several items each is in the body of the one before, as if written so.
func pythonWith(l *lowerer, n node, role ast.Role) {
	var items []node
	for c := range l.named(l.child(n, "with_clause")) {
		value := l.field(c, "value")
		if l.is(value, "tuple") && l.child(value, "as_pattern") != none { // brackets round several items read like a tuple
			for element := range l.named(value) {
				items = append(items, element)
			}
			continue
		}
		items = append(items, c)
	}
	start := l.start(n)
	opened := 0
	for i, item := range items {
		if l.full() {
			break
		}
		if i > 0 {
			role, start = ast.Stmt, l.start(item)
			l.open(ast.Block, ast.Body, item).Flags |= ast.FlagImplicit
		}
		with := l.Open(ast.With, role, start)
		if l.has(n, "async") {
			with.Flags |= ast.FlagAsync
		}
		value := item
		if l.is(item, "with_item") {
			value = l.field(item, "value")
		}
		l.pythonItem(item, value, ast.Item)
		opened++
	}
	l.body(l.field(n, "body"), ast.Body)
	for i := range opened {
		if i > 0 {
			l.close(n)
		}
		l.close(n)
	}
}

func (l *lowerer) pythonItem(n, value node, role ast.Role) {
	l.open(ast.WithItem, role, n)
	if l.is(value, "as_pattern") {
		l.lower(l.first(value), ast.Value)
		l.lower(l.field(value, "alias"), ast.Alias)
	} else {
		l.lower(value, ast.Value)
	}
	l.close(n)
}

func pythonMatch(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	l.lowerFields(n, "subject", ast.Test)
	for c := range l.named(l.field(n, "body")) {
		l.lower(c, ast.CaseOf)
	}
	l.close(n)
}

func pythonCase(l *lowerer, n node, role ast.Role) {
	clause := l.open(ast.Case, role, n)
	if l.text(l.child(n, "case_pattern")) == "_" {
		clause.Flags |= ast.FlagDefault
	}
	for c := range l.named(n) {
		if l.is(c, "case_pattern") {
			l.lower(c, ast.Test)
		}
	}
	l.lower(l.field(n, "guard"), ast.Guard)
	l.body(l.field(n, "consequence"), ast.Body)
	l.close(n)
}

// pythonClassPattern lowers `Point(x=0)` of a case like the call that it looks like.
func pythonClassPattern(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	next := ast.Callee
	for c := range l.named(n) {
		l.lower(c, next)
		next = ast.Arg
	}
	l.close(n)
}

func pythonKeywordPattern(l *lowerer, n node, role ast.Role) {
	name := l.first(n)
	l.open(ast.KeywordArg, role, n).Name = l.text(name)
	next := ast.DefName
	for c := range l.named(n) {
		l.lower(c, next)
		next = ast.Value
	}
	l.close(n)
}

func pythonDictPattern(l *lowerer, n node, role ast.Role) {
	l.open(ast.Dict, role, n)
	key := none
	for c := range l.named(n) {
		switch {
		case l.is(c, "splat_pattern"):
			l.lower(c, ast.Elem)
		case key == none:
			key = c
		default:
			l.open(ast.Pair, ast.Elem, key)
			l.lower(key, ast.Key)
			l.lower(c, ast.Value)
			l.close(c)
			key = none
		}
	}
	l.close(n)
}

func pythonSplatPattern(l *lowerer, n node, role ast.Role) {
	op := ast.OpSpread
	if l.has(n, "**") {
		op = ast.OpSpreadMap
	}
	l.open(ast.Spread, role, n).Op = op
	if l.first(n) == none {
		l.leafNamed(ast.Ident, ast.Value, n, "_")
	}
	l.lowerAll(n, ast.Value)
	l.close(n)
}

func pythonDelete(l *lowerer, n node, role ast.Role) {
	l.open(ast.Delete, role, n)
	for c := range l.named(n) {
		if l.is(c, "expression_list") {
			l.lowerAll(c, ast.Value)
		} else {
			l.lower(c, ast.Value)
		}
	}
	l.close(n)
}

func pythonAssert(l *lowerer, n node, role ast.Role) {
	l.open(ast.Assert, role, n)
	next := ast.Value
	for c := range l.named(n) {
		l.lower(c, next)
		next = ast.Else
	}
	l.close(n)
}

func pythonGlobal(l *lowerer, n node, role ast.Role) {
	global := l.open(ast.Global, role, n)
	if l.is(n, "nonlocal_statement") {
		global.Name = "nonlocal"
	}
	l.lowerAll(n, ast.Elem)
	l.close(n)
}

// pythonPrint lowers the print statement of Python 2 to the call that replaced it.
func pythonPrint(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.leafNamed(ast.Ident, ast.Callee, l.token(n, "print"), "print")
	for c := range l.named(n) {
		if l.is(c, "chevron") {
			l.open(ast.KeywordArg, ast.Arg, c).Name = "file"
			l.leafNamed(ast.Ident, ast.DefName, l.token(c, ">>"), "file")
			l.lowerAll(c, ast.Value)
			l.close(c)
		} else {
			l.lower(c, ast.Arg)
		}
	}
	l.close(n)
}

// pythonExec lowers the exec statement of Python 2 to the call that replaced it.
func pythonExec(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.leafNamed(ast.Ident, ast.Callee, l.token(n, "exec"), "exec")
	l.lowerAll(n, ast.Arg)
	l.close(n)
}
