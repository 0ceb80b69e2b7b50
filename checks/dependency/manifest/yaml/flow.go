package yaml

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

// flow reads a map or a list in brackets, and all that is in it, over as many lines as it takes.
func (p *parser) flow() {
	outside, column := len(p.open), p.column
	for p.openBracket(); len(p.open) > outside; {
		if !p.flowSpace(column) {
			p.problem(p.at, "a bracket that isn't closed")
			break
		}
		if p.full() {
			break
		}
		switch c := p.Source[p.at]; c {
		case '{', '[':
			if len(p.open) == MaxDepth {
				p.Incomplete = true
				p.problem(p.at, "values nested deeper than %d", MaxDepth)
				p.close(outside)
				p.skipLine()
				p.at = max(p.at-1, 0)
				return
			}
			p.flowPending()
			p.openBracket()
		case '}', ']':
			if want := p.Nodes[p.top().node].Kind; (c == '}') != (want == jsonc.Object) {
				p.problem(p.at, "%q closes another bracket", c)
			}
			p.at++
			p.end = p.at
			p.close(len(p.open) - 1)
		case ',':
			p.at++
			p.pending = jsonc.None
		case ':':
			p.at++
		default:
			p.flowScalar()
		}
	}
	p.close(outside)
	p.pending = jsonc.None
}

func (p *parser) openBracket() {
	kind := jsonc.Array
	if p.Source[p.at] == '{' {
		kind = jsonc.Object
	}
	n := p.fill(kind, p.at, p.at+1)
	p.open = append(p.open, frame{n, jsonc.None, -1})
	p.at++
	p.end = p.at
}

// flowPending makes sure that there is a value to be filled: that of a key, or another one of a list.
func (p *parser) flowPending() {
	if p.pending == jsonc.None {
		p.pending = p.add(jsonc.Null, jsonc.Range{}, p.at, p.at)
	}
}

// flowSpace passes over white space, ends of lines and comments. It stops at the end of the text, and where a line
// begins that cannot belong to the brackets.
func (p *parser) flowSpace(column int) bool {
	for p.at < len(p.Source) {
		switch c := p.Source[p.at]; {
		case c == '\n':
			next := p.at + 1
			first := next
			for first < len(p.Source) && p.Source[first] == ' ' {
				first++
			}
			if first < len(p.Source) && first-next <= column && strings.IndexByte("\r\n}]#", p.Source[first]) < 0 {
				return false
			}
			p.lineAt = next
			p.at = first
		case isSpace(c):
			p.at++
		case c == '#' && (p.at == p.lineAt || isSpace(p.Source[p.at-1])):
			p.at = p.lineEnd(p.at)
		default:
			return true
		}
	}
	return false
}

// flowScalar reads a key or a value in brackets.
func (p *parser) flowScalar() {
	start := p.at
	p.properties()
	if p.at > start {
		return
	}
	c := p.Source[start]
	quoted := c == '"' || c == '\''
	if quoted {
		size := quotedSize(p.Source[start:])
		if size < 0 {
			p.problem(start, "a string that isn't closed")
			size = p.trimmed(start, p.lineEnd(start)) - start
		}
		p.at = start + size
	} else {
		p.at = p.flowPlainEnd(start)
		if c == '*' {
			p.Aliases = true
		}
	}
	r := jsonc.Range{Start: uint32(start), End: uint32(p.at)}
	p.end = p.at
	p.space()
	isKey := p.at < len(p.Source) && p.Source[p.at] == ':' && p.pending == jsonc.None
	if isKey || p.pending == jsonc.None && p.Nodes[p.top().node].Kind == jsonc.Object {
		p.pending = p.add(jsonc.Null, r, p.end, p.end)
		if isKey {
			p.at++
			p.end = p.at
			p.Nodes[p.pending].Range = jsonc.Range{Start: uint32(p.at), End: uint32(p.at)}
		}
		return
	}
	p.flowPending()
	p.fill(jsonc.String, int(r.Start), int(r.End))
}

// flowPlainEnd is where a scalar in brackets without quotation marks ends; it has at least one byte.
func (p *parser) flowPlainEnd(start int) int {
	at := start
	for ; at < len(p.Source); at++ {
		c := p.Source[at]
		if c == ',' || c == '{' || c == '}' || c == '[' || c == ']' || c == '\n' || c == '#' && at > start && isSpace(p.Source[at-1]) {
			break
		}
		if c == ':' && (at+1 == len(p.Source) || isSpace(p.Source[at+1]) || strings.IndexByte(",{}[]", p.Source[at+1]) >= 0) {
			break
		}
	}
	return max(p.trimmed(start, at), start+1)
}
