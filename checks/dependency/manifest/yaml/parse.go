package yaml

import (
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

// parser reads lines from the top. What is open is kept on a stack of maps and lists with the columns of their members.
type parser struct {
	*Document
	at       int
	lineAt   int // where the line that at is on begins
	end      int // of the last value or sign that was read
	open     []frame
	pending  int32 // a value that nothing was seen of yet, Null so far; root for that of the document
	column   int   // what fills the pending value is right of this column
	lastRoot int32
}

// root stands for the value of a document that nothing was seen of yet.
const root = jsonc.None - 1

// frame is a map or a list that is open.
type frame struct {
	node, last int32 // and its last member
	column     int   // of its members, from 0
}

func (p *parser) run() {
	if strings.HasPrefix(p.Source, "\uFEFF") {
		p.at = len("\uFEFF")
	}
	p.document()
	for p.at < len(p.Source) && !p.full() {
		p.line()
	}
	p.close(0)
}

// full reports, and notes, that there are as many values as there may be.
func (p *parser) full() bool {
	if len(p.Nodes) < MaxNodes {
		return false
	}
	p.Incomplete = true
	p.problem(p.at, "more than %d values", MaxNodes)
	return true
}

func (p *parser) document() {
	p.close(0)
	p.pending, p.column = root, -1
}

// line reads a line, and the lines that belong to a value that it begins.
func (p *parser) line() {
	p.lineAt = p.at
	for p.at < len(p.Source) && p.Source[p.at] == ' ' {
		p.at++
	}
	column := p.at - p.lineAt
	if p.blank() {
		return
	}
	if p.at > p.lineAt+column {
		p.problem(p.at, "a tab where spaces should be")
	}
	if column == 0 && (p.sign("---") || p.sign("...")) {
		p.document()
		p.at += 3
		if p.blank() {
			return
		}
		column = p.at - p.lineAt
	}
	if column == 0 && p.Source[p.at] == '%' && p.pending == root {
		p.skipLine()
		return
	}
	p.content(column)
}

// content reads what a line holds from a column on; several times, for what "- " and ": " begin in one line.
func (p *parser) content(column int) {
	for {
		if p.full() {
			p.at = len(p.Source)
			return
		}
		p.closeRightOf(column)
		switch {
		case p.sign("-"):
			if !p.member(jsonc.Array, column) {
				return
			}
			p.at++
			p.await(jsonc.Range{}, column)
		case p.sign("?"):
			if p.member(jsonc.Object, column) {
				p.at++
				p.space()
				start := p.at
				p.at = p.scalarEnd(false)
				p.await(jsonc.Range{Start: uint32(start), End: uint32(p.at)}, column)
				p.finishLine()
			}
			return
		case p.sign(":"):
			if top := p.top(); top == nil || top.column != column || top.last != p.pending {
				p.refuse("a colon without a key")
				return
			}
			p.at++
			p.end = p.at
			p.column = column
		default:
			p.entry(column)
			return
		}
		if p.blank() {
			return
		}
		column = p.at - p.lineAt
	}
}

// entry reads a key and its value, or a value alone.
func (p *parser) entry(column int) {
	if p.properties(); p.blank() {
		return
	}
	key, ok := p.key()
	if !ok {
		if top := p.top(); p.pending == jsonc.None || top != nil && column <= p.column {
			p.refuse("a value without a key")
			return
		}
		p.value()
		return
	}
	if !p.member(jsonc.Object, column) {
		return
	}
	p.await(key, column)
	p.at = int(key.End)
	p.space()
	p.at++ // the colon
	p.end = p.at
	p.value()
}

// member makes sure that a map or a list with members at a column is open, and reports whether one is.
func (p *parser) member(kind jsonc.Kind, column int) bool {
	if top := p.top(); top != nil && top.column == column && p.Nodes[top.node].Kind == jsonc.Array && kind == jsonc.Object {
		p.close(len(p.open) - 1) // a list may stand at the column of the map that it is in
	}
	top := p.top()
	if top != nil && top.column == column {
		if p.Nodes[top.node].Kind == kind {
			return true
		}
		if p.pending == jsonc.None || p.pending != top.last {
			p.refuse("a list where a key should be")
			return false
		}
	} else if p.pending == jsonc.None || column <= p.column {
		p.refuse("a line with a column of its own")
		return false
	}
	return p.push(kind, column)
}

// push makes a map or a list of the pending value.
func (p *parser) push(kind jsonc.Kind, column int) bool {
	if len(p.open) == MaxDepth {
		p.Incomplete = true
		p.refuse(fmt.Sprintf("values nested deeper than %d", MaxDepth))
		return false
	}
	n := p.fill(kind, p.at, p.at+1)
	p.open = append(p.open, frame{n, jsonc.None, column})
	return true
}

// await adds a member of the innermost map or list whose value is still to come.
func (p *parser) await(key jsonc.Range, column int) {
	at := max(p.at, int(key.End))
	p.pending = p.add(jsonc.Null, key, at, at)
	p.column = column
	p.end = at
}

// add adds a value to the innermost map or list, or as one that stands by itself.
func (p *parser) add(kind jsonc.Kind, key jsonc.Range, start, end int) int32 {
	n := int32(len(p.Nodes))
	parent, last := jsonc.None, &p.lastRoot
	if top := p.top(); top != nil {
		parent, last = top.node, &top.last
	}
	p.Nodes = append(p.Nodes, jsonc.Node{
		Kind: kind, Range: jsonc.Range{Start: uint32(start), End: uint32(end)}, Key: key,
		Parent: parent, First: jsonc.None, Next: jsonc.None,
	})
	switch {
	case *last != jsonc.None:
		p.Nodes[*last].Next = n
	case parent != jsonc.None:
		p.Nodes[parent].First = n
	}
	*last = n
	return n
}

// fill says what the pending value is.
func (p *parser) fill(kind jsonc.Kind, start, end int) int32 {
	n := p.pending
	p.pending = jsonc.None
	if n == root {
		return p.add(kind, jsonc.Range{}, start, end)
	}
	node := &p.Nodes[n]
	node.Kind, node.Range = kind, jsonc.Range{Start: uint32(start), End: uint32(end)}
	return n
}

func (p *parser) top() *frame {
	if len(p.open) == 0 {
		return nil
	}
	return &p.open[len(p.open)-1]
}

func (p *parser) closeRightOf(column int) {
	depth := len(p.open)
	for depth > 0 && p.open[depth-1].column > column {
		depth--
	}
	p.close(depth)
}

// close ends the innermost maps and lists until so many are open.
func (p *parser) close(depth int) {
	for len(p.open) > depth {
		node := &p.Nodes[p.top().node]
		node.End = max(node.End, uint32(p.end))
		p.open = p.open[:len(p.open)-1]
		p.pending = jsonc.None
	}
}

// refuse notes a mistake and passes over the line.
func (p *parser) refuse(what string) {
	p.problem(p.at, "%s", what)
	p.skipLine()
}

func (p *parser) problem(at int, format string, args ...any) {
	if len(p.Problems) < maxProblems {
		p.Problems = append(p.Problems, jsonc.Problem{Offset: uint32(at), Text: fmt.Sprintf(format, args...)})
	}
}
