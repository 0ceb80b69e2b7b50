package lang

import (
	"slices"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// interpolated lowers a text between two bytes of the source in which the children of some kinds are values: a Str when
// there are none, else an Interp of the texts and values in turn.
func (l *lowerer) interpolated(n node, role ast.Role, from, to uint32, values ...string) *ast.Node {
	if to < from {
		to = from
	}
	if l.child(n, values...) == none {
		return l.leafNamed(ast.Str, role, n, l.cst.Source[from:to])
	}
	l.open(ast.Interp, role, n)
	l.fragments(n, from, to, values...)
	l.close(n)
	return &ast.Node{} // an Interp has nothing that the caller could add
}

// fragments adds the texts and values of an Interp in turn.
func (l *lowerer) fragments(n node, from, to uint32, values ...string) {
	fragment := func(end uint32) {
		if end > from {
			l.Leaf(ast.Str, ast.Fragment, l.cst.Source[from:end], from, end)
		}
	}
	for c := range l.named(n) {
		if !slices.Contains(values, l.kind(c)) {
			continue
		}
		start, end := l.start(c), l.end(c)
		if l.cst.Language == syntax.PHP && l.inBraces(start, end) { // "{$x}", of which the grammar has the $x only
			start, end = start-1, end+1
		}
		fragment(start)
		l.lower(c, ast.Value)
		from = max(from, end)
	}
	fragment(to)
}

func (l *lowerer) inBraces(start, end uint32) bool {
	source := l.cst.Source
	return start > 0 && source[start-1] == '{' && int(end) < len(source) && source[end] == '}'
}

// delimited is the range between the first and the last child of a text, which are its quotes.
func (l *lowerer) delimited(n node) (from, to uint32) {
	from, to = l.start(n), l.end(n)
	if n == none {
		return from, to
	}
	first := l.cst.Nodes[n].First
	if first == none {
		return from, to
	}
	last := first
	for c := first; c != none; c = l.cst.Nodes[c].Next {
		last = c
	}
	from = l.end(first)
	if last != first {
		to = l.start(last)
	}
	return from, max(from, to)
}
