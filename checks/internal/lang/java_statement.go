package lang

import "github.com/assay-app/assay/checks/internal/ast"

func javaSwitch(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	for group := range l.named(l.field(n, "body")) {
		if !l.is(group, "switch_block_statement_group", "switch_rule") {
			l.lower(group, ast.CaseOf)
			continue
		}
		m := l.open(ast.Case, ast.CaseOf, group)
		end := l.start(group)
		for label := range l.named(group) {
			if !l.is(label, "switch_label") {
				continue
			}
			if l.has(label, "default") {
				m.Flags |= ast.FlagDefault
			}
			end = l.end(label)
		}
		for label := range l.named(group) {
			if l.is(label, "switch_label") {
				l.javaLabel(label)
			}
		}
		l.Open(ast.Block, ast.Body, end)
		for c := range l.named(group) {
			switch {
			case l.is(c, "switch_label"):
			case l.is(c, "block") && l.is(group, "switch_rule"):
				l.lowerAll(c, ast.Stmt)
			default:
				l.lower(c, ast.Stmt)
			}
		}
		l.Close(l.end(group))
		l.close(group)
	}
	l.close(n)
}

func (l *lowerer) javaLabel(label node) {
	for c := range l.named(label) {
		if l.is(c, "guard") {
			l.lowerAll(c, ast.Guard)
		} else {
			l.lower(c, ast.Test)
		}
	}
}

func javaForEach(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.ForEach, role, n)
	m.Op, m.Flags = ast.OpOf, ast.FlagDeclares
	name, of := l.field(n, "name"), l.field(n, "type")
	l.Open(ast.VarDef, ast.Left, l.start(of))
	l.lower(of, ast.TypeOf)
	l.leaf(ast.Ident, ast.Left, name)
	l.Close(l.end(name))
	l.lower(l.field(n, "value"), ast.Right)
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

func javaLabel(l *lowerer, n node, role ast.Role) {
	l.open(ast.Label, role, n)
	first := true
	for c := range l.named(n) {
		if first {
			l.Current().Name = l.text(c)
		} else {
			l.lower(c, ast.Stmt)
		}
		first = false
	}
	l.close(n)
}

func javaAssert(l *lowerer, n node, role ast.Role) {
	l.open(ast.Assert, role, n)
	part := ast.Value
	for c := range l.named(n) {
		l.lower(c, part)
		part = ast.Else
	}
	l.close(n)
}

func javaSynchronized(l *lowerer, n node, role ast.Role) {
	l.open(ast.With, role, n)
	if lock := l.child(n, "parenthesized_expression"); lock != none {
		l.open(ast.WithItem, ast.Item, lock)
		l.lower(lock, ast.Value)
		l.close(lock)
	}
	l.body(l.field(n, "body"), ast.Body)
	l.close(n)
}

func javaTry(l *lowerer, n node, role ast.Role) {
	l.open(ast.Try, role, n)
	for r := range l.named(l.field(n, "resources")) {
		if !l.is(r, "resource") || l.field(r, "name") == none {
			l.lowerAll(r, ast.Item)
			continue
		}
		l.open(ast.VarDef, ast.Item, r)
		l.lower(l.field(r, "type"), ast.TypeOf)
		l.leaf(ast.Ident, ast.Left, l.field(r, "name"))
		l.lower(l.field(r, "value"), ast.Right)
		l.close(r)
	}
	l.body(l.field(n, "body"), ast.Body)
	for c := range l.named(n) {
		switch {
		case l.is(c, "catch_clause"):
			l.open(ast.Catch, ast.CatchOf, c)
			if p := l.child(c, "catch_formal_parameter"); p != none {
				l.lowerAll(l.child(p, "catch_type"), ast.TypeOf)
				l.leaf(ast.Ident, ast.DefName, l.field(p, "name"))
			}
			l.body(l.field(c, "body"), ast.Body)
			l.close(c)
		case l.is(c, "finally_clause"):
			l.body(l.child(c, "block"), ast.Finally)
		}
	}
	l.close(n)
}
