package lang

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

var hcl = &Language{
	Name: "terraform", Aliases: []string{"hcl", "tf"}, Extensions: []string{".tf", ".tfvars", ".hcl"},
	grammars: []*grammar{hclGrammar},
	patterns: patternSyntax{
		ellipses: []string{"@", "@ = 1", "@ {}"},
		place:    hclEllipsis,
		frames:   []frame{{}, {before: "_ = "}, {before: "_ = {", after: "}", partial: true}},
	},
}

// hclEllipsis makes an attribute of an ellipsis between the attributes and blocks of a body or object: a name would become
// the type of the block behind it.
func hclEllipsis(text string, at int) []string {
	before := strings.TrimRight(text[:at], " \t\r")
	if before != "" && strings.IndexByte("{,\n", before[len(before)-1]) < 0 {
		return nil
	}
	depth := 0
	for i := len(before) - 1; i >= 0; i-- {
		switch before[i] {
		case ')', ']', '}':
			depth++
		case '(', '[', '{':
			if depth == 0 {
				if before[i] != '{' {
					return nil
				}
				return []string{"@ = 1"}
			}
			depth--
		}
	}
	return []string{"@ = 1"}
}

var hclGrammar = &grammar{language: syntax.HCL, blocks: []string{"body"}, lowerings: map[string]lowering{
	"identifier": as(ast.Ident), "variable_expr": (*lowerer).inside, "expression": hclExpression, "expr_term": hclExpression,
	"literal_value": (*lowerer).inside, "collection_value": (*lowerer).inside, "template_expr": (*lowerer).inside, "operation": (*lowerer).inside,
	"numeric_lit": as(ast.Num), "bool_lit": as(ast.Bool), "null_lit": as(ast.Null), "string_lit": quoted,
	"quoted_template": hclTemplate, "heredoc_template": hclTemplate, "template_interpolation": (*lowerer).inside,
	"template_interpolation_start": (*lowerer).skip, "template_interpolation_end": (*lowerer).skip,
	"object": wrap(ast.Dict, ast.NoOp, ast.Elem), "tuple": wrap(ast.List, ast.NoOp, ast.Elem), "object_elem": hclPair,
	"object_start": (*lowerer).skip, "object_end": (*lowerer).skip, "tuple_start": (*lowerer).skip, "tuple_end": (*lowerer).skip,
	"block_start": (*lowerer).skip, "block_end": (*lowerer).skip,
	"function_call": hclCall, "conditional": hclConditional, "binary_operation": hclBinary, "unary_operation": hclUnary,
	"body": (*lowerer).inside, "block": hclBlock, "attribute": hclAttribute,
}}

// hclExpression nests what follows a term, such as .name and [i], round it.
func hclExpression(l *lowerer, n node, role ast.Role) {
	var parts []node
	for c := range l.named(n) {
		parts = append(parts, c)
	}
	l.hclChain(parts, role)
}

func (l *lowerer) hclChain(parts []node, role ast.Role) {
	last := len(parts) - 1
	switch {
	case last < 0:
		return
	case last == 0:
		l.lower(parts[0], role)
		return
	}
	start, end := l.start(parts[0]), l.end(parts[last])
	if l.descent >= maxDescent || l.Depth() >= ast.MaxDepth-maxOpens {
		l.Cut()
		return
	}
	l.descent++
	defer func() { l.descent-- }()
	switch tail := parts[last]; {
	case l.is(tail, "get_attr"):
		l.Open(ast.Member, role, start)
		l.hclChain(parts[:last], ast.Object)
		l.leaf(ast.Ident, ast.Property, l.first(tail))
	default: // an index or a splat
		l.Open(ast.Index, role, start)
		l.hclChain(parts[:last], ast.Object)
		if l.is(l.first(tail), "new_index") {
			l.lowerAll(l.first(tail), ast.Arg)
		} else {
			l.lower(tail, ast.Arg)
		}
	}
	l.Close(end)
}

// hclTemplate lowers a text: a Str when nothing is inserted, else an Interp.
func hclTemplate(l *lowerer, n node, role ast.Role) {
	if l.child(n, "template_interpolation", "template_directive") == none {
		text := l.text(n)
		if l.is(n, "heredoc_template") {
			_, text, _ = strings.Cut(text, "\n")
			text = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(text, "\r\n"), l.text(l.child(n, "heredoc_identifier"))), " \t")
			text = strings.TrimSuffix(text, "\n")
			l.leafNamed(ast.Str, role, n, text)
			return
		}
		quoted(l, n, role)
		return
	}
	l.open(ast.Interp, role, n)
	for c := range l.named(n) {
		switch {
		case l.is(c, "template_literal"):
			l.leaf(ast.Str, ast.Fragment, c)
		case l.is(c, "template_interpolation", "template_directive"):
			l.lower(c, ast.Value)
		}
	}
	l.close(n)
}

// hclPair lowers `key: value` to a Pair and `key = value` to an Assign, which rules match in objects and blocks alike.
func hclPair(l *lowerer, n node, role ast.Role) {
	if l.has(n, "=") {
		l.open(ast.Assign, role, n).Op = ast.OpAssign
		l.lower(l.field(n, "key"), ast.Left)
		l.lower(l.field(n, "val"), ast.Right)
		l.close(n)
		return
	}
	l.open(ast.Pair, role, n)
	l.lower(l.field(n, "key"), ast.Key)
	l.lower(l.field(n, "val"), ast.Value)
	l.close(n)
}

func hclCall(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.lower(l.child(n, "identifier"), ast.Callee)
	l.lowerAll(l.child(n, "function_arguments"), ast.Arg)
	l.close(n)
}

func hclConditional(l *lowerer, n node, role ast.Role) {
	l.open(ast.Cond, role, n)
	parts := []ast.Role{ast.Test, ast.Then, ast.Else}
	for c := range l.named(n) {
		if len(parts) > 0 {
			l.lower(c, parts[0])
			parts = parts[1:]
		}
	}
	l.close(n)
}

func hclBinary(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Binary, role, n)
	for c := l.cst.Nodes[n].First; c != none; c = l.cst.Nodes[c].Next {
		if op, ok := infixOps[l.text(c)]; ok {
			m.Op = op
		}
	}
	side := ast.Left
	for c := range l.named(n) {
		l.lower(c, side)
		side = ast.Right
	}
	l.close(n)
}

func hclUnary(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Unary, role, n)
	m.Op = ast.OpNot
	if l.has(n, "-") {
		m.Op = ast.OpSub
	}
	l.lower(l.first(n), ast.Value)
	l.close(n)
}

// hclBlock lowers `type "label" { … }`. The type is the Callee too, so that it can be a metavariable, and be found by itself.
func hclBlock(l *lowerer, n node, role ast.Role) {
	m := l.open(ast.Config, role, n)
	first, body := true, none
	for c := range l.named(n) {
		switch {
		case first:
			m.Name = l.text(c)
			l.lower(c, ast.Callee)
		case l.is(c, "body"):
			body = c
		default:
			l.lower(c, ast.Arg)
		}
		first = false
	}
	open, end := l.child(n, "block_start"), l.child(n, "block_end")
	if open != none {
		l.Open(ast.Block, ast.Body, l.start(open))
		l.lower(body, ast.Stmt)
		if end != none {
			l.Close(l.end(end))
		} else {
			l.Close(l.end(n))
		}
	}
	l.close(n)
}

func hclAttribute(l *lowerer, n node, role ast.Role) {
	l.open(ast.Assign, role, n).Op = ast.OpAssign
	part := ast.Left
	for c := range l.named(n) {
		l.lower(c, part)
		part = ast.Right
	}
	l.close(n)
}
