package toml

import (
	"fmt"
	"strings"
)

// name is a key in a table.
type name struct {
	table int32
	key   string
}

// parser reads one statement after another. The arrays and inline tables that it is inside of are on a stack, so that
// it needs no recursion.
type parser struct {
	*Document
	at    int
	table int32          // the one that the last header named
	open  []int32        // arrays and inline tables that are not closed yet
	names map[name]int32 // members of tables that are not inline
	last  []int32        // of each node, the last value inside

	// What the next value is added to, and its key. In an array there is no key.
	target int32
	key    Range

	comma bool // a value inside an array or an inline table may follow
}

func (p *parser) run() {
	p.add(Table, Range{}, None, Range{})
	if strings.HasPrefix(p.Source, "\uFEFF") {
		p.at = len("\uFEFF")
	}
	for {
		p.space()
		if p.at >= len(p.Source) {
			break
		}
		if len(p.Nodes) >= MaxNodes {
			p.Incomplete = true
			p.problem("more than %d values", MaxNodes)
			break
		}
		switch {
		case len(p.open) == 0:
			p.statement()
		case p.Nodes[p.inner()].Kind == Array:
			p.element()
		default:
			p.member()
		}
	}
	p.abandon()
	p.Nodes[Root].End = uint32(len(p.Source))
}

func (p *parser) inner() int32 { return p.open[len(p.open)-1] }

// statement reads a header, or a key and its value.
func (p *parser) statement() {
	if p.Source[p.at] == '[' {
		p.header()
		p.endLine()
		return
	}
	if p.keys(p.table) {
		p.value()
	}
	if len(p.open) == 0 {
		p.endLine()
	}
}

// member reads one sign, or a key and its value, of an inline table.
func (p *parser) member() {
	switch c := p.Source[p.at]; c {
	case ',':
		p.separate()
	case '}':
		p.close()
	case '[', ']', '{':
		// No key begins so: the inline table was never closed, and a statement follows.
		p.abandon()
		if c != '[' {
			p.problem("%q where a key should be", c)
			p.line()
		}
	default:
		p.needComma()
		if p.keys(p.inner()) {
			p.value()
		}
	}
}

// element reads one sign or one value of an array.
func (p *parser) element() {
	switch c := p.Source[p.at]; {
	case c == ',':
		p.separate()
	case c == ']':
		p.close()
	case c == '}':
		p.problem("%q closes nothing", c)
		p.at++
	case p.startsStatement():
		p.abandon()
	default:
		p.needComma()
		p.target, p.key = p.inner(), Range{}
		p.value()
	}
}

// startsStatement reports whether a key with an equals sign comes next, which is nothing that an array can hold: it was
// never closed.
func (p *parser) startsStatement() bool {
	if strings.IndexByte("[{", p.Source[p.at]) >= 0 {
		return false
	}
	start, problems := p.at, len(p.Problems)
	defer func() { p.at, p.Problems = start, p.Problems[:problems] }()
	if p.word(); p.at == start {
		return false
	}
	p.blank()
	return p.at < len(p.Source) && p.Source[p.at] == '='
}

func (p *parser) separate() {
	if p.comma {
		p.problem("a comma without a value before it")
	}
	p.comma = true
	p.at++
}

func (p *parser) needComma() {
	if !p.comma {
		p.problem("a comma is missing")
	}
}

// value reads a value, or opens an array or an inline table, under the key that was read before.
func (p *parser) value() {
	p.comma = false
	if p.at >= len(p.Source) {
		p.problem("a key without a value")
		return
	}
	kind := Table
	switch p.Source[p.at] {
	case '[':
		kind = Array
	case '{':
	default:
		p.scalar()
		return
	}
	if int(p.Nodes[p.target].Depth) >= MaxDepth {
		p.Incomplete = true
		p.problem("tables and arrays nested deeper than %d", MaxDepth)
		p.skip()
		return
	}
	p.open = append(p.open, p.add(kind, Range{uint32(p.at), uint32(p.at + 1)}, p.target, p.key))
	p.comma = true
	p.at++
}

// close ends the innermost array or inline table, at the sign that closes it.
func (p *parser) close() {
	p.at++
	p.Nodes[p.inner()].End = uint32(p.at)
	p.open = p.open[:len(p.open)-1]
	p.comma = false
	if len(p.open) == 0 {
		p.endLine()
	}
}

// abandon ends all arrays and inline tables that are open, before the next thing.
func (p *parser) abandon() {
	if len(p.open) == 0 {
		return
	}
	p.problemAt(int(p.Nodes[p.inner()].Start), "an %s that isn't closed", map[Kind]string{Array: "array", Table: "inline table"}[p.Nodes[p.inner()].Kind])
	for _, n := range p.open {
		p.Nodes[n].End = uint32(p.at)
	}
	p.open = p.open[:0]
	p.extend()
}

// extend makes the table that the last header named reach up to here.
func (p *parser) extend() {
	if p.table == Root {
		return
	}
	table := &p.Nodes[p.table]
	table.End = max(table.End, uint32(p.at))
	if parent := &p.Nodes[table.Parent]; parent.Kind == Array {
		parent.End = max(parent.End, uint32(p.at))
	}
}

// endLine ends a statement: nothing but a comment may follow in its line.
func (p *parser) endLine() {
	p.extend()
	p.blank()
	if p.at < len(p.Source) && p.Source[p.at] != '\n' && p.Source[p.at] != '#' {
		p.problem("%.20q where the line should end", p.Source[p.at:min(len(p.Source), p.at+20)])
		p.line()
	}
}

func (p *parser) add(kind Kind, r Range, parent int32, key Range) int32 {
	n := int32(len(p.Nodes))
	node := Node{Kind: kind, Range: r, Key: key, Parent: parent, First: None, Next: None}
	if parent != None {
		node.Depth = p.Nodes[parent].Depth + 1
		if before := p.last[parent]; before == None {
			p.Nodes[parent].First = n
		} else {
			p.Nodes[before].Next = n
		}
		p.last[parent] = n
	}
	p.Nodes = append(p.Nodes, node)
	p.last = append(p.last, None)
	return n
}

func (p *parser) problem(format string, args ...any) { p.problemAt(p.at, format, args...) }

func (p *parser) problemAt(at int, format string, args ...any) {
	if len(p.Problems) < maxProblems {
		p.Problems = append(p.Problems, Problem{uint32(at), fmt.Sprintf(format, args...)})
	}
}
