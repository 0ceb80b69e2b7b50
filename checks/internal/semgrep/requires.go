package semgrep

import (
	"fmt"
	"slices"
	"strings"
)

// Requires is a condition on the labels that a value carries: labels with `and`, `or`, `not` and brackets.
type Requires struct {
	op    byte // 'l' a label, '&', '|', '!', 't' true, 'f' false
	label string
	parts []*Requires
}

// maxRequires bounds the words of a condition.
const maxRequires = 500

// ParseRequires reads a condition on labels.
func ParseRequires(text string) (*Requires, error) {
	replaced := strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text)
	p := &requiresParser{words: strings.Fields(replaced)}
	if len(p.words) > maxRequires {
		return nil, fmt.Errorf("more than %d words", maxRequires)
	}
	r, err := p.either()
	if err == nil && len(p.words) > 0 {
		err = fmt.Errorf("%q is not expected here", p.words[0])
	}
	if err != nil {
		return nil, fmt.Errorf("condition %.60q: %w", text, err)
	}
	return r, nil
}

// Holds reports whether the condition is met by what has says of each label. A nil condition is always met.
func (r *Requires) Holds(has func(label string) bool) bool {
	if r == nil {
		return true
	}
	switch r.op {
	case 'l':
		return has(r.label)
	case '!':
		return !r.parts[0].Holds(has)
	case '&':
		return r.parts[0].Holds(has) && r.parts[1].Holds(has)
	case '|':
		return r.parts[0].Holds(has) || r.parts[1].Holds(has)
	}
	return r.op == 't'
}

// Wants reports whether a label speaks for the condition rather than against it. Every label does for a nil condition.
func (r *Requires) Wants(label string) bool {
	switch {
	case r == nil:
		return true
	case r.op == 'l':
		return r.label == label
	case r.op == '!':
		return false
	}
	return slices.ContainsFunc(r.parts, func(part *Requires) bool { return part.Wants(label) })
}

// Labels are all labels that the condition names.
func (r *Requires) Labels() []string {
	if r == nil {
		return nil
	}
	var out []string
	if r.op == 'l' {
		out = append(out, r.label)
	}
	for _, part := range r.parts {
		out = append(out, part.Labels()...)
	}
	return out
}

type requiresParser struct{ words []string }

func (p *requiresParser) next() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0]
}

func (p *requiresParser) either() (*Requires, error) {
	left, err := p.both()
	for err == nil && p.next() == "or" {
		p.words = p.words[1:]
		var right *Requires
		right, err = p.both()
		left = &Requires{op: '|', parts: []*Requires{left, right}}
	}
	return left, err
}

func (p *requiresParser) both() (*Requires, error) {
	left, err := p.one()
	for err == nil && p.next() == "and" {
		p.words = p.words[1:]
		var right *Requires
		right, err = p.one()
		left = &Requires{op: '&', parts: []*Requires{left, right}}
	}
	return left, err
}

func (p *requiresParser) one() (*Requires, error) {
	word := p.next()
	if word == "" {
		return nil, fmt.Errorf("it ends too early")
	}
	p.words = p.words[1:]
	switch word {
	case "not":
		part, err := p.one()
		return &Requires{op: '!', parts: []*Requires{part}}, err
	case "(":
		part, err := p.either()
		if err == nil && p.next() != ")" {
			err = fmt.Errorf("a bracket is not closed")
		}
		if err == nil {
			p.words = p.words[1:]
		}
		return part, err
	case "True", "true":
		return &Requires{op: 't'}, nil
	case "False", "false":
		return &Requires{op: 'f'}, nil
	}
	if !isLabel(word) {
		return nil, fmt.Errorf("%q is no label", word)
	}
	return &Requires{op: 'l', label: word}, nil
}

// isLabel reports whether a text is spelt like an identifier.
func isLabel(text string) bool {
	for i, r := range text {
		if r != '_' && (r < 'a' || 'z' < r) && (r < 'A' || 'Z' < r) && (i == 0 || r < '0' || '9' < r) {
			return false
		}
	}
	return text != ""
}

// String is the condition as it may be written; empty for a nil one.
func (r *Requires) String() string {
	if r == nil {
		return ""
	}
	switch r.op {
	case 'l':
		return r.label
	case '!':
		return "not (" + r.parts[0].String() + ")"
	case '&':
		return "(" + r.parts[0].String() + ") and (" + r.parts[1].String() + ")"
	case '|':
		return "(" + r.parts[0].String() + ") or (" + r.parts[1].String() + ")"
	case 't':
		return "true"
	}
	return "false"
}
