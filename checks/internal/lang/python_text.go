package lang

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// pythonString lowers a string, or several in a row that Python joins. Without values in it and by itself it is a Str.
func pythonString(l *lowerer, n node, role ast.Role) {
	if l.is(n, "string") {
		if content, ok := l.pythonPlain(n); ok {
			l.pythonStr(n, role, content)
			return
		}
	}
	op := ast.NoOp
	if strings.ContainsAny(l.pythonPrefix(n), "fFtT") || l.child(n, "string") != none && l.hasInterpolation(n) {
		op = ast.OpFString
	}
	l.open(ast.Interp, role, n).Op = op
	if l.is(n, "string") {
		l.pythonFragments(n)
	}
	for c := range l.named(n) {
		if !l.is(c, "string") {
			continue
		}
		if content, ok := l.pythonPlain(c); ok {
			l.pythonStr(c, ast.Fragment, content)
		} else {
			l.pythonFragments(c)
		}
	}
	l.close(n)
}

func (l *lowerer) hasInterpolation(n node) bool {
	for c := range l.named(n) {
		if l.child(c, "interpolation") != none {
			return true
		}
	}
	return false
}

// pythonPlain is what stands between the quotes of a string without values.
func (l *lowerer) pythonPlain(n node) (string, bool) {
	start, end := l.pythonQuotes(n)
	return l.cst.Source[start:end], l.child(n, "interpolation") == none
}

// pythonQuotes is the range between the quotes.
func (l *lowerer) pythonQuotes(n node) (start, end uint32) {
	start, end = l.start(n), l.end(n)
	if s := l.child(n, "string_start"); s != none {
		start = l.end(s)
	}
	if e := l.child(n, "string_end"); e != none {
		end = l.start(e)
	}
	return start, max(start, end)
}

// pythonPrefix is the letters before the quotes.
func (l *lowerer) pythonPrefix(n node) string {
	return strings.TrimRight(l.text(l.child(n, "string_start")), `"'`)
}

func (l *lowerer) pythonStr(n node, role ast.Role, content string) {
	prefix := l.pythonPrefix(n)
	str := l.leafNamed(ast.Str, role, n, content)
	if strings.ContainsAny(prefix, "bB") {
		str.Op = ast.OpBytes
	}
	if strings.ContainsAny(prefix, "rR") {
		str.Flags |= ast.FlagRaw
	}
}

// pythonFragments adds the texts and the values of an f-string in turn.
func (l *lowerer) pythonFragments(n node) {
	at, end := l.pythonQuotes(n)
	fragment := func(to uint32) {
		if to > at {
			l.Leaf(ast.Str, ast.Fragment, l.cst.Source[at:to], at, to)
		}
	}
	for c := range l.named(n) {
		if !l.is(c, "interpolation") {
			continue
		}
		fragment(l.start(c))
		l.pythonInterpolation(c)
		at = l.end(c)
	}
	fragment(end)
}

// pythonInterpolation adds the value in {x!r:>{width}}, and those in how it is to be shown.
func (l *lowerer) pythonInterpolation(n node) {
	l.lowerFields(n, "expression", ast.Value)
	for c := range l.named(l.field(n, "format_specifier")) {
		if l.is(c, "format_expression") {
			l.lowerFields(c, "expression", ast.Value)
		}
	}
}
