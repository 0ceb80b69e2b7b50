package tensor

import (
	"fmt"
	"strconv"
	"strings"
)

// Bounds of a Python literal, in levels and values.
const (
	maxLiteralDepth  = 16
	maxLiteralValues = 100_000
)

// literal is a value that Python's source spells.
type literal struct {
	kind  byte // 's' text, 'i' number, 'n' name, '[' list, '(' tuple, '{' dict
	text  string
	items []literal // of a dict: key, value, key, value
}

// get is the value of a key of a dict.
func (l *literal) get(key string) *literal {
	var found *literal
	for i := 0; l.kind == '{' && i+1 < len(l.items); i += 2 {
		if l.items[i].kind == 's' && l.items[i].text == key {
			found = &l.items[i+1]
		}
	}
	return found
}

// parser reads one literal: no names but True, False and None, no calls, no operators.
type parser struct {
	s      string
	at     int
	values int
}

func parseLiteral(s string) (literal, error) {
	p := &parser{s: s}
	l, err := p.value(0)
	if p.space(); err == nil && p.at < len(p.s) {
		err = p.fail("the end")
	}
	return l, err
}

func (p *parser) fail(want string) error {
	return fmt.Errorf("expected %s at %d of the header", want, p.at)
}

func (p *parser) space() {
	for p.at < len(p.s) && strings.IndexByte(" \t\r\n\f", p.s[p.at]) >= 0 {
		p.at++
	}
}

func (p *parser) peek() byte {
	if p.space(); p.at < len(p.s) {
		return p.s[p.at]
	}
	return 0
}

func (p *parser) value(depth int) (literal, error) {
	if p.values++; depth > maxLiteralDepth || p.values > maxLiteralValues {
		return literal{}, errDepth
	}
	switch c := p.peek(); {
	case c == '[':
		return p.items('[', ']', depth)
	case c == '(':
		return p.items('(', ')', depth)
	case c == '{':
		return p.items('{', '}', depth)
	case c == '\'' || c == '"':
		return p.string()
	case (c == 'b' || c == 'u') && p.at+1 < len(p.s) && (p.s[p.at+1] == '\'' || p.s[p.at+1] == '"'):
		p.at++
		return p.string()
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	for _, name := range []string{"True", "False", "None"} {
		if strings.HasPrefix(p.s[p.at:], name) {
			p.at += len(name)
			return literal{kind: 'n', text: name}, nil
		}
	}
	return literal{}, p.fail("a value")
}

func (p *parser) items(open, end byte, depth int) (literal, error) {
	l := literal{kind: open}
	p.at++
	for commas := 0; ; commas++ {
		if p.peek() == end {
			p.at++
			if open == '(' && len(l.items) == 1 && commas == 0 {
				return l.items[0], nil // only in brackets
			}
			return l, nil
		}
		item, err := p.value(depth + 1)
		if err != nil {
			return l, err
		}
		l.items = append(l.items, item)
		if open == '{' {
			if p.peek() != ':' {
				return l, p.fail("a colon")
			}
			p.at++
			if item, err = p.value(depth + 1); err != nil {
				return l, err
			}
			l.items = append(l.items, item)
		}
		switch p.peek() {
		case ',':
			p.at++
		case end:
			p.at++
			if open == '(' && len(l.items) == 1 {
				return l.items[0], nil
			}
			return l, nil
		default:
			return l, p.fail("a comma")
		}
	}
}

func (p *parser) string() (literal, error) {
	quote := p.s[p.at]
	var b strings.Builder
	for rest := p.s[p.at+1:]; ; {
		if rest == "" || rest[0] == '\n' {
			return literal{}, p.fail("the end of a text")
		}
		if rest[0] == quote {
			p.at = len(p.s) - len(rest) + 1
			return literal{kind: 's', text: b.String()}, nil
		}
		r, _, tail, err := strconv.UnquoteChar(rest, 0)
		if err != nil { // an escape that is none, or a quote that Go escapes and Python does not
			r, tail = rune(rest[0]), rest[1:]
			if r == '\\' && tail != "" {
				r, tail = rune(tail[0]), tail[1:]
			}
		}
		b.WriteRune(r)
		rest = tail
	}
}

func (p *parser) number() (literal, error) {
	from := p.at
	for p.at++; p.at < len(p.s) && (p.s[p.at] >= '0' && p.s[p.at] <= '9' || p.s[p.at] == '_'); p.at++ {
	}
	l := literal{kind: 'i', text: strings.ReplaceAll(p.s[from:p.at], "_", "")}
	if p.at < len(p.s) && p.s[p.at] == 'L' {
		p.at++ // Python 2
	}
	if p.at < len(p.s) && strings.IndexByte(".eEjxXoO", p.s[p.at]) >= 0 {
		return l, p.fail("a whole number")
	}
	return l, nil
}
