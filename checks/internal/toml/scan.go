package toml

import "strings"

// word passes over a string or over what a bare key or a value may consist of; nothing, if none begins here.
func (p *parser) word() {
	if p.at < len(p.Source) && (p.Source[p.at] == '"' || p.Source[p.at] == '\'') {
		p.quoted()
		return
	}
	for p.at < len(p.Source) && strings.IndexByte(".=,[]{}#\"' \t\r\n", p.Source[p.at]) < 0 {
		p.at++
	}
}

// scalar reads a value that is neither an array nor an inline table, and moves at least one byte on.
func (p *parser) scalar() {
	start := p.at
	kind := String
	if c := p.Source[p.at]; c == '"' || c == '\'' {
		p.quoted()
	} else {
		p.bare()
		kind = kindOf(p.Source[start:p.at])
	}
	if p.at == start {
		p.at++
	}
	if kind == Invalid {
		p.problemAt(start, "%.20q is not a value", p.Source[start:p.at])
	}
	p.add(kind, Range{uint32(start), uint32(p.at)}, p.target, p.key)
}

// bare passes over a value without quotation marks. A space may stand between a date and a time.
func (p *parser) bare() {
	start := p.at
	for p.at < len(p.Source) {
		c := p.Source[p.at]
		if c == ' ' && p.at-start == len("2006-01-02") && p.Source[start+4] == '-' && p.at+1 < len(p.Source) && isDigit(p.Source[p.at+1]) {
			p.at++
			continue
		}
		if strings.IndexByte(",]}#= \t\r\n", c) >= 0 {
			return
		}
		p.at++
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// kindOf tells numbers, times and truth from other words. It takes more for a number than a strict reader would.
func kindOf(word string) Kind {
	switch {
	case word == "true" || word == "false":
		return Bool
	case len(word) >= 8 && (word[2] == ':' || word[4] == '-') && isDigit(word[0]) && strings.Trim(word, "0123456789-+:.TtZz ") == "":
		return Time
	case word == "" || !strings.ContainsAny(word, "0123456789") && strings.TrimLeft(word, "+-") != "inf" && strings.TrimLeft(word, "+-") != "nan":
		return Invalid
	case strings.Trim(word, "+-._0123456789abcdefABCDEFxoin") == "":
		return Number
	}
	return Invalid
}

// quoted passes over a string. One of a single line ends there if its mark is missing.
func (p *parser) quoted() {
	start := p.at
	mark := p.Source[p.at]
	for _, fence := range fences {
		if strings.HasPrefix(p.Source[p.at:], fence) {
			p.fenced(fence)
			return
		}
	}
	for p.at++; p.at < len(p.Source); p.at++ {
		switch c := p.Source[p.at]; {
		case c == mark:
			p.at++
			return
		case c == '\n':
			p.problemAt(start, "a string that isn't closed")
			return
		case c == '\\' && mark == '"' && p.at+1 < len(p.Source) && p.Source[p.at+1] != '\n':
			p.at++
		}
	}
	p.problemAt(start, "a string that isn't closed")
}

// fenced passes over a string of several lines. Up to two quotation marks may stand right before its closing ones.
func (p *parser) fenced(fence string) {
	start := p.at
	for p.at += len(fence); p.at < len(p.Source); p.at++ {
		switch {
		case p.Source[p.at] == '\\' && fence[0] == '"':
			p.at++
		case strings.HasPrefix(p.Source[p.at:], fence):
			p.at += len(fence)
			for range 2 {
				if p.at < len(p.Source) && p.Source[p.at] == fence[0] {
					p.at++
				}
			}
			return
		}
	}
	p.at = len(p.Source)
	p.problemAt(start, "a string that isn't closed")
}

// skip passes over a value that is nested too deep, up to the sign that closes it.
func (p *parser) skip() {
	for depth := 0; p.at < len(p.Source); {
		switch p.Source[p.at] {
		case '{', '[':
			depth++
			p.at++
		case '}', ']':
			depth--
			p.at++
			if depth == 0 {
				return
			}
		case '"', '\'':
			p.quoted()
		case '#':
			p.line()
		default:
			p.at++
		}
	}
}

// blank passes over white space within a line.
func (p *parser) blank() {
	for p.at < len(p.Source) && strings.IndexByte(" \t\r", p.Source[p.at]) >= 0 {
		p.at++
	}
}

// line passes over the rest of the line.
func (p *parser) line() {
	if end := strings.IndexByte(p.Source[p.at:], '\n'); end >= 0 {
		p.at += end
	} else {
		p.at = len(p.Source)
	}
}

// space passes over white space, newlines and comments.
func (p *parser) space() {
	for p.at < len(p.Source) {
		switch p.Source[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		case '#':
			p.line()
		default:
			return
		}
	}
}
