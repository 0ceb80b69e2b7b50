package taint

import (
	"fmt"
	"strings"
)

// Condition is a boolean expression over labels: `A and not (B or C)`. The zero value is no condition.
type Condition struct {
	op    byte // 0 none, 'l' label, '!' not, '&' and, '|' or, 't' true, 'f' false
	label string
	parts []Condition
}

// Bounds of a condition.
const (
	maxConditionBytes = 4096
	maxConditionDepth = 50
)

// ParseCondition reads a condition; an error says what is wrong with it. An empty text is no condition.
func ParseCondition(text string) (Condition, error) {
	if len(text) > maxConditionBytes {
		return Condition{}, fmt.Errorf("the condition is longer than %d bytes", maxConditionBytes)
	}
	text = strings.NewReplacer("(", " ( ", ")", " ) ").Replace(text)
	p := conditionParser{words: strings.Fields(text)}
	if len(p.words) == 0 {
		return Condition{}, nil
	}
	c, err := p.or(0)
	if err == nil && len(p.words) > 0 {
		err = fmt.Errorf("%q makes no sense there in a condition on labels", p.words[0])
	}
	if err != nil {
		return Condition{}, err
	}
	return c, nil
}

type conditionParser struct{ words []string }

func (p *conditionParser) next(word string) bool {
	if len(p.words) > 0 && p.words[0] == word {
		p.words = p.words[1:]
		return true
	}
	return false
}

func (p *conditionParser) or(depth int) (Condition, error) {
	return p.joined("or", '|', depth, p.and)
}

func (p *conditionParser) and(depth int) (Condition, error) {
	return p.joined("and", '&', depth, p.not)
}

func (p *conditionParser) joined(word string, op byte, depth int, part func(int) (Condition, error)) (Condition, error) {
	c, err := part(depth)
	if err != nil {
		return c, err
	}
	parts := []Condition{c}
	for p.next(word) {
		c, err := part(depth)
		if err != nil {
			return c, err
		}
		parts = append(parts, c)
	}
	if len(parts) == 1 {
		return c, nil
	}
	return Condition{op: op, parts: parts}, nil
}

func (p *conditionParser) not(depth int) (Condition, error) {
	switch {
	case depth > maxConditionDepth:
		return Condition{}, fmt.Errorf("the condition nests deeper than %d", maxConditionDepth)
	case len(p.words) == 0:
		return Condition{}, fmt.Errorf("the condition on labels ends too early")
	case p.next("not"):
		c, err := p.not(depth + 1)
		return Condition{op: '!', parts: []Condition{c}}, err
	case p.next("("):
		c, err := p.or(depth + 1)
		if err == nil && !p.next(")") {
			err = fmt.Errorf("the condition on labels lacks a closing bracket")
		}
		return c, err
	}
	word := p.words[0]
	p.words = p.words[1:]
	switch word {
	case "and", "or", ")":
		return Condition{}, fmt.Errorf("%q makes no sense there in a condition on labels", word)
	case "true", "True":
		return Condition{op: 't'}, nil
	case "false", "False":
		return Condition{op: 'f'}, nil
	}
	return Condition{op: 'l', label: word}, nil
}

// IsZero reports whether there is no condition.
func (c Condition) IsZero() bool { return c.op == 0 }

// Labels are the labels that the condition names, in order.
func (c Condition) Labels() []string {
	if c.op == 'l' {
		return []string{c.label}
	}
	var out []string
	for _, p := range c.parts {
		out = append(out, p.Labels()...)
	}
	return out
}

// holds says whether the condition holds where only these labels are.
func (c Condition) holds(has func(label string) bool) bool {
	switch c.op {
	case 'l':
		return has(c.label)
	case '!':
		return !c.parts[0].holds(has)
	case '&':
		for _, p := range c.parts {
			if !p.holds(has) {
				return false
			}
		}
		return true
	case '|':
		for _, p := range c.parts {
			if p.holds(has) {
				return true
			}
		}
		return false
	}
	return c.op != 'f'
}

// wants reports whether the label speaks for the condition rather than against it.
func (c Condition) wants(label string) bool {
	switch c.op {
	case 'l':
		return c.label == label
	case '!':
		return false
	}
	for _, p := range c.parts {
		if p.wants(label) {
			return true
		}
	}
	return c.op == 0
}
