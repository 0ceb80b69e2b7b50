package generic

import (
	"fmt"
	"strings"
)

// Pattern is a compiled pattern. It is immutable and safe for concurrent use.
type Pattern struct {
	nodes    []node
	names    []string // of the metavariables, with the dollar sign
	literals []string // the words and bytes that a text must have
}

type nodeKind uint8

const (
	literal   nodeKind = iota // text
	metavar                   // one word
	ellipsis                  // anything, span lines down
	openBlock                 // a block, which goes on to the closeBlock at partner
	closeBlock
)

type node struct {
	kind     nodeKind
	text     string
	name     int // the metavariable of metavar and ellipsis; -1 for none
	span     int
	partner  int
	onlyDots bool // of openBlock: it holds nothing but an ellipsis
}

// ParsePattern reads a pattern. An ellipsis goes down at most span lines; 0 keeps it on one line.
func ParsePattern(text string, span int) (*Pattern, error) {
	if len(text) > MaxPattern {
		return nil, fmt.Errorf("the pattern is longer than %d bytes", MaxPattern)
	}
	p := &patternReader{span: max(span, 0), named: map[string]int{}}
	for _, line := range strings.Split(text, "\n") {
		at, indent := indentation(line, 0, len(line))
		if at == len(line) {
			continue
		}
		p.indent(indent)
		for at < len(line) {
			if isSpace(line[at]) {
				at++
				continue
			}
			size, err := p.token(line[at:])
			if err != nil {
				return nil, err
			}
			at += size
		}
	}
	p.indent(0)
	switch {
	case len(p.nodes) == 0:
		return nil, fmt.Errorf("the pattern is empty")
	case len(p.nodes) > maxNodes:
		return nil, fmt.Errorf("the pattern has more than %d parts", maxNodes)
	}
	return &p.Pattern, nil
}

type patternReader struct {
	Pattern
	span    int
	named   map[string]int
	indents []int
	opened  []int // the openBlock nodes of indents
}

// indent begins a line, as [nesting.open] does in a text.
func (p *patternReader) indent(column int) {
	for top := len(p.indents) - 1; top >= 0 && p.indents[top] > column; top-- {
		opened := p.opened[top]
		p.nodes[opened].partner = len(p.nodes)
		p.nodes[opened].onlyDots = len(p.nodes) == opened+2 && p.nodes[opened+1].kind == ellipsis
		p.nodes = append(p.nodes, node{kind: closeBlock})
		p.indents, p.opened = p.indents[:top], p.opened[:top]
	}
	if column > 0 && (len(p.indents) == 0 || p.indents[len(p.indents)-1] < column) {
		p.indents, p.opened = append(p.indents, column), append(p.opened, len(p.nodes))
		p.nodes = append(p.nodes, node{kind: openBlock})
	}
}

// token reads what a line goes on with and gives its size.
func (p *patternReader) token(rest string) (int, error) {
	dots := len(rest) - len(strings.TrimLeft(rest, "."))
	if dots == 3 {
		return 3, p.ellipsis("")
	}
	if strings.HasPrefix(rest, "$...") {
		if name := metavariable(rest[4:]); name != "" {
			return 4 + len(name), p.ellipsis("$..." + name)
		}
	}
	if rest[0] == '$' {
		if name := metavariable(rest[1:]); name != "" {
			p.nodes = append(p.nodes, node{kind: metavar, name: p.name("$" + name)})
			return 1 + len(name), nil
		}
	}
	size := max(dots, 1)
	if isWord(rest[0]) {
		for size < len(rest) && isWord(rest[size]) {
			size++
		}
		p.literal(rest[:size])
		return size, nil
	}
	for i := range size {
		p.literal(rest[i : i+1])
	}
	return size, nil
}

func (p *patternReader) literal(text string) {
	p.nodes = append(p.nodes, node{kind: literal, text: text})
	p.literals = append(p.literals, text)
}

// ellipsis adds one to the pattern; those in a row go down as many lines together.
func (p *patternReader) ellipsis(name string) error {
	if last := len(p.nodes) - 1; last >= 0 && p.nodes[last].kind == ellipsis {
		if name != "" {
			return fmt.Errorf("%s must not follow another ellipsis", name)
		}
		p.nodes[last].span += p.span
		return nil
	}
	n := node{kind: ellipsis, span: p.span, name: -1}
	if name != "" {
		n.name = p.name(name)
	}
	p.nodes = append(p.nodes, n)
	return nil
}

// name gives the number of a metavariable.
func (p *patternReader) name(name string) int {
	n, ok := p.named[name]
	if !ok {
		n = len(p.names)
		p.named[name] = n
		p.names = append(p.names, name)
	}
	return n
}

// metavariable gives the name at the start of text: a capital letter and what else a word has.
func metavariable(text string) string {
	if text == "" || text[0] < 'A' || 'Z' < text[0] {
		return ""
	}
	size := 1
	for size < len(text) && isWord(text[size]) {
		size++
	}
	return text[:size]
}

// Literals are the words and single bytes that every text must have in which the pattern matches. The caller must not
// change them.
func (p *Pattern) Literals() []string { return p.literals }

// Metavariables are the names of the pattern's metavariables, with the dollar sign.
func (p *Pattern) Metavariables() []string { return p.names }

func (p *Pattern) beginsWithEllipsis() bool { return p.nodes[0].kind == ellipsis }

func (p *Pattern) endsWithEllipsis() bool { return p.nodes[len(p.nodes)-1].kind == ellipsis }
