package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// jsString lowers "…" and '…'.
func jsString(l *lowerer, n node, role ast.Role) {
	l.leafNamed(ast.Str, role, n, unquoted(l.text(n)))
}

// unquoted is a text without the quotes of one byte round it.
func unquoted(text string) string {
	if len(text) >= 2 && text[0] == text[len(text)-1] {
		return text[1 : len(text)-1]
	}
	return strings.TrimLeft(text, "\"'`")
}

func jsTemplate(l *lowerer, n node, role ast.Role) {
	if l.child(n, "template_substitution") == none {
		l.leafNamed(ast.Str, role, n, unquoted(l.text(n)))
		return
	}
	l.open(ast.Interp, role, n).Op = ast.OpTemplate
	at := l.start(n) + 1
	fragment := func(to uint32) {
		if to > at {
			l.Leaf(ast.Str, ast.Fragment, l.cst.Source[at:to], at, to)
		}
	}
	for c := range l.named(n) {
		if l.is(c, "template_substitution") {
			fragment(l.start(c))
			l.lower(c, ast.Value)
			at = l.end(c)
		}
	}
	end := l.end(n)
	if strings.HasSuffix(l.text(n), "`") && end > at {
		end--
	}
	fragment(end)
	l.close(n)
}

func jsRegex(l *lowerer, n node, role ast.Role) {
	l.leafNamed(ast.Str, role, n, l.text(l.field(n, "pattern"))).Op = ast.OpRegex
}

// jsSequence lowers a, b, c, which the grammar nests.
func jsSequence(l *lowerer, n node, role ast.Role) {
	l.open(ast.Tuple, role, n).Op = ast.OpComma
	for {
		var last node = none
		for c := range l.named(n) {
			if last != none {
				l.lower(last, ast.Elem)
			}
			last = c
		}
		if !l.is(last, "sequence_expression") {
			l.lower(last, ast.Elem)
			break
		}
		n = last
	}
	l.close(n)
}

func jsPair(l *lowerer, n node, role ast.Role) {
	l.open(ast.Pair, role, n)
	l.jsKey(l.field(n, "key"))
	l.lower(l.field(n, "value"), ast.Value)
	l.close(n)
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// jsKey adds the key of a pair: a name, a literal, or what [brackets] compute.
func (l *lowerer) jsKey(n node) {
	switch {
	case l.is(n, "property_identifier", "private_property_identifier"):
		l.leaf(ast.Ident, ast.Key, n).Flags |= ast.FlagBareKey
	case l.is(n, "string") && plainName.MatchString(unquoted(l.text(n))): // {"a": 1} is {a: 1}
		l.leafNamed(ast.Ident, ast.Key, n, unquoted(l.text(n))).Flags |= ast.FlagBareKey
	case l.is(n, "computed_property_name"):
		l.lowerAll(n, ast.Key)
	default:
		l.lower(n, ast.Key)
	}
}

func jsShorthand(l *lowerer, n node, role ast.Role) {
	l.open(ast.Pair, role, n).Flags |= ast.FlagShorthand
	l.leaf(ast.Ident, ast.Key, n).Flags |= ast.FlagBareKey
	l.leaf(ast.Ident, ast.Value, n)
	l.close(n)
}

// jsShorthandDefault lowers {a = 1} of a pattern: a pair whose value is an assignment.
func jsShorthandDefault(l *lowerer, n node, role ast.Role) {
	left := l.field(n, "left")
	if !l.is(left, "shorthand_property_identifier_pattern") {
		jsAssign(l, n, role)
		return
	}
	l.open(ast.Pair, role, n).Flags |= ast.FlagShorthand
	l.leaf(ast.Ident, ast.Key, left).Flags |= ast.FlagBareKey
	l.open(ast.Assign, ast.Value, n).Op = ast.OpAssign
	l.leaf(ast.Ident, ast.Left, left)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
	l.close(n)
}

func jsAssign(l *lowerer, n node, role ast.Role) {
	op := ast.OpAssign
	if operator := l.field(n, "operator"); operator != none {
		op = jsOps[strings.TrimSuffix(l.text(operator), "=")]
	}
	l.open(ast.Assign, role, n).Op = op
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
}

func jsCall(l *lowerer, n node, role ast.Role) {
	call := l.open(ast.Call, role, n)
	if l.has(n, "?.") || l.field(n, "optional_chain") != none {
		call.Flags |= ast.FlagOptional
	}
	args := l.field(n, "arguments")
	if l.is(args, "template_string") {
		call.Op = ast.OpTemplate
	}
	l.lower(l.field(n, "function"), ast.Callee)
	if l.is(args, "template_string") {
		l.lower(args, ast.Arg)
	} else {
		l.lowerAll(args, ast.Arg)
		l.mendIn(args)
	}
	l.close(n)
}

func jsNew(l *lowerer, n node, role ast.Role) {
	l.open(ast.New, role, n)
	l.lower(l.field(n, "constructor"), ast.Callee)
	l.lowerAll(l.field(n, "arguments"), ast.Arg)
	l.close(n)
}

func jsMember(l *lowerer, n node, role ast.Role) {
	member := l.open(ast.Member, role, n)
	if l.field(n, "optional_chain") != none || l.has(n, "?.") {
		member.Flags |= ast.FlagOptional
	}
	l.lower(l.field(n, "object"), ast.Object)
	l.lower(l.field(n, "property"), ast.Property)
	l.close(n)
}

func jsIndex(l *lowerer, n node, role ast.Role) {
	index := l.open(ast.Index, role, n)
	if l.field(n, "optional_chain") != none {
		index.Flags |= ast.FlagOptional
	}
	l.lower(l.field(n, "object"), ast.Object)
	l.lower(l.field(n, "index"), ast.Arg)
	l.close(n)
}

func jsTernary(l *lowerer, n node, role ast.Role) {
	l.open(ast.Cond, role, n)
	l.lower(l.field(n, "condition"), ast.Test)
	l.lower(l.field(n, "consequence"), ast.Then)
	l.lower(l.field(n, "alternative"), ast.Else)
	l.close(n)
}

func jsBinary(l *lowerer, n node, role ast.Role) {
	l.open(ast.Binary, role, n).Op = jsOps[l.text(l.field(n, "operator"))]
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
}

func jsUnary(l *lowerer, n node, role ast.Role) {
	l.open(ast.Unary, role, n).Op = jsOps[l.text(l.field(n, "operator"))]
	l.lower(l.field(n, "argument"), ast.Value)
	l.close(n)
}

func jsUpdate(l *lowerer, n node, role ast.Role) {
	operator, argument := l.field(n, "operator"), l.field(n, "argument")
	update := l.open(ast.Unary, role, n)
	update.Op = jsOps[l.text(operator)]
	if argument < operator {
		update.Flags |= ast.FlagPostfix
	}
	l.lower(argument, ast.Value)
	l.close(n)
}

func jsYield(l *lowerer, n node, role ast.Role) {
	yield := l.open(ast.Yield, role, n)
	if l.has(n, "*") {
		yield.Flags |= ast.FlagDelegate
	}
	l.lowerAll(n, ast.Value)
	l.close(n)
}

// jsxElement lowers <tag attr={x}>children</tag>, and a fragment as an element without name.
func jsxElement(l *lowerer, n node, role ast.Role) {
	open := n
	if l.is(n, "jsx_element") {
		open = l.field(n, "open_tag")
	}
	name := l.field(open, "name")
	l.open(ast.JSXElement, role, n).Name = l.squeezed(name)
	l.lower(name, ast.DefName)
	l.lowerFields(open, "attribute", ast.Attr)
	if open != n {
		l.mendIn(open)
		l.jsxChildren(n)
	}
	l.close(n)
}

// jsxChildren adds what stands between the tags. Text counts from its first letter to its last; the grammar cuts it at
// references such as &amp;.
func (l *lowerer) jsxChildren(n node) {
	var start, end uint32
	text := func() {
		content := l.cst.Source[start:end]
		trimmed := strings.TrimSpace(content)
		if trimmed != "" {
			from := start + uint32(strings.Index(content, trimmed))
			l.Leaf(ast.Str, ast.ChildOf, trimmed, from, from+uint32(len(trimmed)))
		}
		start, end = 0, 0
	}
	for c := range l.named(n) {
		cn := &l.cst.Nodes[c]
		switch l.kind(c) {
		case "jsx_text", "html_character_reference":
			if end == 0 {
				start = cn.Start
			}
			end = cn.End
		case "jsx_opening_element", "jsx_closing_element":
			text()
		default:
			text()
			l.lower(c, ast.ChildOf)
		}
	}
	text()
}

func jsxAttribute(l *lowerer, n node, role ast.Role) {
	name := l.first(n)
	l.open(ast.KeywordArg, role, n).Name = l.text(name)
	l.leaf(ast.Ident, ast.DefName, name)
	for c := range l.named(n) {
		if c != name {
			l.lower(c, ast.Value)
		}
	}
	l.close(n)
}

// mendIn is mend for a node that has no node of its own in our tree, such as the brackets of a call.
func (l *lowerer) mendIn(n node) {
	if n != none && l.cst.Nodes[n].Flags&syntax.HasError != 0 {
		l.mend(n)
	}
}
