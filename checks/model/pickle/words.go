package pickle

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what a message quotes, in bytes.
const (
	maxQuoted   = 160
	maxArgument = 80
	maxShown    = 4 // arguments
)

// arguments are the arguments of a call, as far as they are in the stream.
func (j *judgement) arguments(m *machine, v value) string {
	if v.kind != container {
		return "…"
	}
	var shown []string
	for _, arg := range m.bundles[v.at].items {
		if len(shown) == maxShown {
			shown = append(shown, "…")
			break
		}
		shown = append(shown, j.argument(m, arg))
	}
	return strings.Join(shown, ", ")
}

func (j *judgement) argument(m *machine, v value) string {
	switch v.kind {
	case text, literal:
		if v.kind == text && v.size > maxLiteral {
			return fmt.Sprintf("a text of %d bytes", v.size)
		}
		s, _ := m.string(v)
		return `"` + plain(s, maxArgument) + `"`
	case global:
		return j.current(m.globals[v.at].module, m.globals[v.at].name)
	case integer:
		return fmt.Sprint(v.at)
	case container:
		return "[…]"
	case result:
		return "the result of " + j.callee(m, m.calls[v.at].callee)
	}
	return "…"
}

func code(s string) string { return "`" + plain(s, maxQuoted) + "`" }

// plain is text of somebody else on one line of at most so many bytes, with what cannot be seen spelled out.
func plain(s string, limit int) string {
	var b strings.Builder
	for _, r := range s {
		if b.Len() >= limit {
			return b.String() + "…"
		}
		switch {
		case r == '`':
			r = '\''
		case unicode.IsSpace(r):
			r = ' '
		case r == utf8.RuneError || !unicode.IsPrint(r):
			r = '\uFFFD'
		}
		b.WriteRune(r)
	}
	return b.String()
}
