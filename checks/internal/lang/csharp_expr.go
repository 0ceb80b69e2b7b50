package lang

import "github.com/assay-app/assay/checks/internal/ast"

// csPrefix lowers !x, -x and ++x.
func csPrefix(l *lowerer, n node, role ast.Role) {
	l.open(ast.Unary, role, n).Op = prefixOps[l.text(l.cst.Nodes[n].First)]
	l.lowerAll(n, ast.Value)
	l.close(n)
}

// csPostfix lowers x++, and x!, which means x.
func csPostfix(l *lowerer, n node, role ast.Role) {
	if !l.has(n, "++") && !l.has(n, "--") {
		l.lowerAll(n, role)
		return
	}
	step(l, n, role)
}

func csAs(l *lowerer, n node, role ast.Role) {
	l.open(ast.Cast, role, n)
	l.lower(l.field(n, "left"), ast.Value)
	l.lower(l.field(n, "right"), ast.TypeOf)
	l.close(n)
}

// csIs lowers `x is T`, and `x is null` to a comparison.
func csIs(l *lowerer, n node, role ast.Role) {
	left, right := l.field(n, "left"), l.field(n, "right")
	if left == none {
		left, right = l.field(n, "expression"), l.field(n, "pattern")
	}
	op := ast.OpInstanceOf
	switch {
	case l.is(right, "constant_pattern"):
		op = ast.OpEq
	case l.is(right, "negated_pattern") && l.is(l.first(right), "constant_pattern"):
		op, right = ast.OpNe, l.first(right)
	}
	l.open(ast.Binary, role, n).Op = op
	l.csTerm(left, ast.Left)
	l.lower(right, ast.Right)
	l.close(n)
}

func csNot(l *lowerer, n node, role ast.Role) {
	l.open(ast.Unary, role, n).Op = ast.OpNot
	l.lowerAll(n, ast.Value)
	l.close(n)
}

func csRange(l *lowerer, n node, role ast.Role) {
	l.open(ast.Binary, role, n).Op = ast.OpRange
	side := ast.Left
	for c := range l.named(n) {
		l.lower(c, side)
		side = ast.Right
	}
	l.close(n)
}

// csWord lowers typeof(X) and the like as calls of the word.
func csWord(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.leaf(ast.Ident, ast.Callee, l.cst.Nodes[n].First)
	l.lowerAll(n, ast.Arg)
	l.close(n)
}

func csLambda(l *lowerer, n node, role ast.Role) {
	f := l.open(ast.Func, role, n)
	f.Flags |= ast.FlagLambda
	if l.text(l.child(n, "modifier")) == "async" || l.has(n, "async") {
		f.Flags |= ast.FlagAsync
	}
	if parameters := l.field(n, "parameters"); l.is(parameters, "parameter_list") {
		l.csParameters(parameters)
	} else {
		l.lower(parameters, ast.ParamOf)
	}
	body := l.field(n, "body")
	if body == none {
		body = l.child(n, "block")
	}
	l.lambdaBody(body)
	l.close(n)
}

// csParameters adds parameters; the grammar has the parts of `params T[] x` side by side in the list.
func (l *lowerer) csParameters(list node) {
	var of node = none
	for c := range l.named(list) {
		switch {
		case l.is(c, "parameter"):
			l.lower(c, ast.ParamOf)
		case l.is(c, "attribute_list"):
		case of == none:
			of = c
		default:
			l.open(ast.Param, ast.ParamOf, of).Flags |= ast.FlagRest
			l.lower(of, ast.TypeOf)
			l.leaf(ast.Ident, ast.DefName, c)
			l.close(c)
			of = none
		}
	}
}

func csParam(l *lowerer, n node, role ast.Role) {
	l.open(ast.Param, role, n)
	if l.is(n, "implicit_parameter") {
		l.leaf(ast.Ident, ast.DefName, n)
		l.close(n)
		return
	}
	name, of := l.field(n, "name"), l.field(n, "type")
	l.csModifiers(n)
	l.lower(of, ast.TypeOf)
	l.lower(name, ast.DefName)
	for c := range l.named(n) {
		if c != name && c != of && !l.is(c, "attribute_list", "modifier") {
			l.lower(c, ast.Default)
		}
	}
	l.close(n)
}

func csSwitchExpression(l *lowerer, n node, role ast.Role) {
	l.open(ast.Switch, role, n)
	first := true
	for c := range l.named(n) {
		if !l.is(c, "switch_expression_arm") {
			if first {
				l.lower(c, ast.Test)
			}
			first = false
			continue
		}
		var parts []node
		for p := range l.named(c) {
			parts = append(parts, p)
		}
		arm := l.open(ast.Case, ast.CaseOf, c)
		for i, p := range parts {
			switch {
			case i == len(parts)-1:
				l.body(p, ast.Body)
			case l.is(p, "when_clause"):
				l.lowerAll(p, ast.Guard)
			case l.is(p, "discard"):
				arm.Flags |= ast.FlagDefault
			default:
				l.lower(p, ast.Test)
			}
		}
		l.close(c)
	}
	l.close(n)
}
