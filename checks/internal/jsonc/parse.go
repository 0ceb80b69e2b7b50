package jsonc

import "strings"

// parser reads values one after another. What it is inside of is known from the parents of nodes, so that it needs no
// recursion.
type parser struct {
	*Document
	at     int
	parent int32 // the value that the parser is inside
	last   int32 // the value before, in the same parent
	depth  int
	key    Range // of the value that comes next
	colon  bool  // the key's colon was seen
}

func (p *parser) run() {
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
		p.step()
	}
	p.abandonKey()
	for p.parent != None {
		p.problem("an %s that isn't closed", p.Nodes[p.parent].Kind)
		p.leave()
	}
}

// step reads one value or one sign.
func (p *parser) step() {
	switch c := p.Source[p.at]; c {
	case '{', '[':
		p.open(c)
	case '}', ']':
		p.close(c)
	case ',':
		p.abandonKey()
		p.at++
	case ':':
		if p.key == (Range{}) || p.colon {
			p.problem("a colon without a key")
		}
		p.colon = p.key != Range{}
		p.at++
	default:
		start := p.at
		kind := p.scalar(c)
		r := Range{uint32(start), uint32(p.at)}
		if p.parent != None && p.Nodes[p.parent].Kind == Object && !p.colon {
			p.abandonKey()
			p.key = r
			return
		}
		if kind == Invalid {
			p.problemAt(start, "%.20q is not a value", p.Source[start:p.at])
		}
		p.add(kind, r)
	}
}

// abandonKey notes that a key has no value.
func (p *parser) abandonKey() {
	if p.key != (Range{}) {
		p.problemAt(int(p.key.Start), "a key without a value")
	}
	p.key, p.colon = Range{}, false
}

func (p *parser) add(kind Kind, r Range) int32 {
	n := int32(len(p.Nodes))
	p.Nodes = append(p.Nodes, Node{Kind: kind, Range: r, Key: p.key, Parent: p.parent, First: None, Next: None})
	switch {
	case p.last != None:
		p.Nodes[p.last].Next = n
	case p.parent != None:
		p.Nodes[p.parent].First = n
	}
	p.last, p.key, p.colon = n, Range{}, false
	return n
}

func (p *parser) open(c byte) {
	if p.parent != None && p.Nodes[p.parent].Kind == Object && !p.colon {
		p.problem("a value without a key")
		p.key = Range{}
	}
	if p.depth == MaxDepth {
		p.Incomplete = true
		p.problem("values nested deeper than %d", MaxDepth)
		start := p.at
		p.skip()
		p.add(Invalid, Range{uint32(start), uint32(p.at)})
		return
	}
	kind := Object
	if c == '[' {
		kind = Array
	}
	p.parent = p.add(kind, Range{uint32(p.at), uint32(p.at + 1)})
	p.last = None
	p.depth++
	p.at++
}

func (p *parser) close(c byte) {
	p.abandonKey()
	want := Object
	if c == ']' {
		want = Array
	}
	// A sign that closes nothing is passed over; one that closes something further out closes what is inside too.
	outer := p.parent
	for outer != None && p.Nodes[outer].Kind != want {
		outer = p.Nodes[outer].Parent
	}
	if outer == None {
		p.problem("%q closes nothing", c)
		p.at++
		return
	}
	for p.parent != outer {
		p.problem("an %s that isn't closed", p.Nodes[p.parent].Kind)
		p.leave()
	}
	p.at++
	p.leave()
}

// leave ends the value that the parser is inside, at the current position.
func (p *parser) leave() {
	p.Nodes[p.parent].End = uint32(p.at)
	p.last = p.parent
	p.parent = p.Nodes[p.parent].Parent
	p.depth--
}

// skip passes over a value that is nested too deep, up to the sign that closes it.
func (p *parser) skip() {
	for depth := 0; p.at < len(p.Source); {
		switch c := p.Source[p.at]; c {
		case '{', '[':
			depth++
			p.at++
		case '}', ']':
			depth--
			p.at++
			if depth == 0 {
				return
			}
		case ',', ':':
			p.at++
		default:
			p.scalar(c)
		}
		p.space()
	}
}

// scalar reads a string or a word, and moves at least one byte on.
func (p *parser) scalar(c byte) Kind {
	if c == '"' || c == '\'' {
		p.quoted(c)
		return String
	}
	start := p.at
	for p.at < len(p.Source) && !ends(p.Source[p.at]) && !p.comment() {
		p.at++
	}
	word := p.Source[start:p.at]
	switch {
	case word == "":
		p.at++
		return Invalid
	case word == "true" || word == "false":
		return Bool
	case word == "null":
		return Null
	case strings.Trim(word, "+-.0123456789eE") == "" && strings.ContainsAny(word, "0123456789"):
		return Number
	}
	return Invalid
}

// quoted reads a string. It ends at its line's end if its quotation mark is missing.
func (p *parser) quoted(mark byte) {
	start := p.at
	for p.at++; p.at < len(p.Source); p.at++ {
		switch p.Source[p.at] {
		case mark:
			p.at++
			return
		case '\\':
			p.at++
		case '\n':
			p.problemAt(start, "a string that isn't closed")
			return
		}
	}
	p.at = min(p.at, len(p.Source))
	p.problemAt(start, "a string that isn't closed")
}

// ends reports whether a word ends before c.
func ends(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ',', ':', '{', '}', '[', ']', '"', '\'':
		return true
	}
	return false
}

func (p *parser) comment() bool {
	rest := p.Source[p.at:]
	return rest[0] == '/' && (strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "/*"))
}

// space passes over white space and comments.
func (p *parser) space() {
	for p.at < len(p.Source) {
		c := p.Source[p.at]
		if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			p.at++
			continue
		}
		if c != '/' {
			return
		}
		switch rest := p.Source[p.at:]; {
		case strings.HasPrefix(rest, "//"):
			if end := strings.IndexByte(rest, '\n'); end >= 0 {
				p.at += end
			} else {
				p.at = len(p.Source)
			}
		case strings.HasPrefix(rest, "/*"):
			if end := strings.Index(rest[2:], "*/"); end >= 0 {
				p.at += end + 4
			} else {
				p.problem("a comment that isn't closed")
				p.at = len(p.Source)
			}
		default:
			return
		}
	}
}
