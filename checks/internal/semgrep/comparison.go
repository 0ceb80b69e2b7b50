package semgrep

import (
	"fmt"

	"github.com/assay-app/assay/checks/internal/regex"
)

// Comparison is the expression of a metavariable-comparison: a small part of Python's expressions.
type Comparison struct {
	Text  string
	Strip bool // quotes round a value, and underscores in it, are passed over before it is read as a number
	Base  int  // in which numbers are read; 0 for what they say themselves

	root        *term
	expressions []*Expression
}

// term is a node of the expression.
type term struct {
	op     string // an operator, "number", "string", "list", "name", "call", "true", "false", "none"
	number Scalar
	text   string // of a string, a name ("$X") or a call
	parts  []*term
	regex  *Expression // of a call of re.match, if its pattern is written out
}

// Bounds of comparisons.
const (
	maxComparison      = 4 << 10 // bytes
	maxComparisonDepth = 100
)

// ParseComparison reads an expression. What it can't say is an error.
func ParseComparison(text string) (*Comparison, error) {
	if len(text) > maxComparison {
		return nil, fmt.Errorf("a comparison longer than %d bytes", maxComparison)
	}
	words, err := scanComparison(text)
	if err != nil {
		return nil, fmt.Errorf("comparison %.60q: %w", text, err)
	}
	c := &Comparison{Text: text}
	p := &comparisonParser{words: words, comparison: c}
	if c.root, err = p.expression(0, maxComparisonDepth); err == nil && p.at < len(p.words) {
		err = fmt.Errorf("%q is not expected here", p.words[p.at].text)
	}
	if err != nil {
		return nil, fmt.Errorf("comparison %.60q: %w", text, err)
	}
	return c, nil
}

// Metavariables are all that the expression names.
func (c *Comparison) Metavariables() []string {
	var out []string
	var walk func(*term)
	walk = func(t *term) { // as deep as the parser allowed
		if t.op == "name" {
			out = append(out, t.text)
		}
		for _, part := range t.parts {
			walk(part)
		}
	}
	walk(c.root)
	return out
}

// comparisonParser climbs precedences.
type comparisonParser struct {
	words      []comparisonWord
	at         int
	comparison *Comparison
}

func (p *comparisonParser) peek(texts ...string) bool {
	if p.at < len(p.words) && p.words[p.at].kind == 'o' {
		for _, text := range texts {
			if p.words[p.at].text == text {
				return true
			}
		}
	}
	return false
}

func (p *comparisonParser) take(text string) error {
	if !p.peek(text) {
		return fmt.Errorf("%q is missing", text)
	}
	p.at++
	return nil
}

// levels are the binary operators, loosest first. `not` binds between and and the comparisons.
var levels = [][]string{
	{"or"}, {"and"}, {"<", "<=", ">", ">=", "==", "!=", "in", "not in"}, {"|"}, {"^"}, {"&"}, {"<<", ">>"},
	{"+", "-"}, {"*", "/", "//", "%"},
}

func (p *comparisonParser) expression(level, left int) (*term, error) {
	if left == 0 {
		return nil, fmt.Errorf("it nests deeper than %d", maxComparisonDepth)
	}
	if level == 2 && p.peek("not") {
		p.at++
		part, err := p.expression(level, left-1)
		return &term{op: "not", parts: []*term{part}}, err
	}
	if level == len(levels) {
		return p.unary(left)
	}
	t, err := p.expression(level+1, left)
	first := true
	for err == nil && p.peek(levels[level]...) {
		op := p.words[p.at].text
		p.at++
		var right *term
		if right, err = p.expression(level+1, left-1); err != nil {
			break
		}
		next := &term{op: op, parts: []*term{t, right}}
		if level == 2 && !first { // a < b < c
			next = &term{op: "and", parts: []*term{t, {op: op, parts: []*term{t.lastOperand(), right}}}}
		}
		t, first = next, false
	}
	return t, err
}

// lastOperand is what the next operator of a chain of comparisons compares.
func (t *term) lastOperand() *term {
	if t.op == "and" {
		t = t.parts[1]
	}
	return t.parts[1]
}

func (p *comparisonParser) unary(left int) (*term, error) {
	if left == 0 {
		return nil, fmt.Errorf("it nests deeper than %d", maxComparisonDepth)
	}
	if p.peek("-", "+", "~") {
		op := p.words[p.at].text
		p.at++
		part, err := p.unary(left - 1)
		return &term{op: "unary" + op, parts: []*term{part}}, err
	}
	base, err := p.primary(left)
	if err == nil && p.peek("**") {
		p.at++
		var exponent *term
		exponent, err = p.unary(left - 1)
		base = &term{op: "**", parts: []*term{base, exponent}}
	}
	return base, err
}

func (p *comparisonParser) primary(left int) (*term, error) {
	if p.at >= len(p.words) {
		return nil, fmt.Errorf("it ends too early")
	}
	word := p.words[p.at]
	p.at++
	switch word.kind {
	case 'n':
		number, ok := parseNumber(word.text, 0)
		if !ok {
			return nil, fmt.Errorf("%q is no number", word.text)
		}
		return &term{op: "number", number: number}, nil
	case 's':
		return &term{op: "string", text: word.text}, nil
	case 'm':
		return &term{op: "name", text: word.text}, nil
	case 'w':
		return p.word(word.text, left)
	}
	switch word.text {
	case "(":
		t, err := p.expression(0, left-1)
		if err == nil {
			err = p.take(")")
		}
		return t, err
	case "[":
		t := &term{op: "list"}
		return t, p.list(t, "]", left)
	}
	return nil, fmt.Errorf("%q is not expected here", word.text)
}

func (p *comparisonParser) list(t *term, end string, left int) error {
	for !p.peek(end) {
		part, err := p.expression(0, left-1)
		if err != nil {
			return err
		}
		t.parts = append(t.parts, part)
		if !p.peek(",") {
			break
		}
		p.at++
	}
	return p.take(end)
}

// functions are what may be called, with the number of arguments.
var functions = map[string]int{
	"int": 1, "str": 1, "float": 1, "re.match": 2, "today": 0, "strptime": 1, "len": 1, "lower": 1, "upper": 1,
}

func (p *comparisonParser) word(name string, left int) (*term, error) {
	switch name {
	case "True", "true":
		return &term{op: "true"}, nil
	case "False", "false":
		return &term{op: "false"}, nil
	case "None":
		return &term{op: "none"}, nil
	}
	count, ok := functions[name]
	if !ok {
		return nil, fmt.Errorf("%q is no function that can be called", name)
	}
	if err := p.take("("); err != nil {
		return nil, err
	}
	t := &term{op: "call", text: name}
	if err := p.list(t, ")", left); err != nil {
		return nil, err
	}
	if len(t.parts) != count {
		return nil, fmt.Errorf("%s wants %d arguments, got %d", name, count, len(t.parts))
	}
	if name == "re.match" {
		if t.parts[0].op != "string" {
			return nil, fmt.Errorf("the expression of re.match must be written out")
		}
		t.regex = &Expression{Text: t.parts[0].text, options: regex.Options{Anchored: true}}
		p.comparison.expressions = append(p.comparison.expressions, t.regex)
	}
	return t, nil
}
