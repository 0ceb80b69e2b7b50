package syntax

import (
	"strconv"
	"strings"
)

// Sexp writes node i and what is below it as an S-expression, for tests and for people: named nodes in parentheses,
// anonymous tokens in quotes, a field before its node, as in
//
//	(call function: (identifier) arguments: (argument_list "(" ")"))
func (t *Tree) Sexp(i int32) string {
	var b strings.Builder
	for top := i; ; {
		t.writeNode(&b, i, i == top)
		if first := t.Nodes[i].First; first >= 0 {
			i = first
			continue
		}
		for i != top && t.Nodes[i].Next < 0 {
			i = t.Nodes[i].Parent
			b.WriteByte(')')
		}
		if i == top {
			return b.String()
		}
		i = t.Nodes[i].Next
	}
}

// writeNode writes all of a leaf, and of another node what stands before its children.
func (t *Tree) writeNode(b *strings.Builder, i int32, isTop bool) {
	n := &t.Nodes[i]
	if !isTop {
		b.WriteByte(' ')
		if n.Field != 0 {
			b.WriteString(t.Language.FieldName(n.Field) + ": ")
		}
	}
	name := t.Language.SymbolName(n.Symbol)
	if n.Flags&Named == 0 {
		name = strconv.Quote(name)
	}
	if n.Flags&Missing != 0 {
		name = "MISSING " + name
	}
	parenthesised := n.Flags&(Named|Missing) != 0 || n.First >= 0
	if parenthesised {
		b.WriteByte('(')
	}
	b.WriteString(name)
	if parenthesised && n.First < 0 {
		b.WriteByte(')')
	}
}
