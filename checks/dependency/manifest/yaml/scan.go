package yaml

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

// sign reports whether a sign stands at the current place with white space or the end of the text after it.
func (p *parser) sign(s string) bool {
	rest := p.Source[p.at:]
	return strings.HasPrefix(rest, s) && (len(rest) == len(s) || isSpace(rest[len(s)]))
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// space passes over white space in the line.
func (p *parser) space() {
	for p.at < len(p.Source) && (p.Source[p.at] == ' ' || p.Source[p.at] == '\t' || p.Source[p.at] == '\r') {
		p.at++
	}
}

// blank passes over white space, and the line if there is nothing more in it but a comment.
func (p *parser) blank() bool {
	p.space()
	if p.at < len(p.Source) && p.Source[p.at] != '\n' && !(p.Source[p.at] == '#' && (p.at == p.lineAt || isSpace(p.Source[p.at-1]))) {
		return false
	}
	p.skipLine()
	return true
}

func (p *parser) skipLine() {
	if end := strings.IndexByte(p.Source[p.at:], '\n'); end >= 0 {
		p.at += end + 1
	} else {
		p.at = len(p.Source)
	}
}

// finishLine passes over the rest of a line after a value.
func (p *parser) finishLine() {
	if !p.blank() {
		p.refuse("something after a value")
	}
}

// lineEnd is where the line that a place is in ends, without what comes after its last visible sign.
func (p *parser) lineEnd(at int) int {
	end := len(p.Source)
	if i := strings.IndexByte(p.Source[at:], '\n'); i >= 0 {
		end = at + i
	}
	return end
}

// properties passes over anchors and tags.
func (p *parser) properties() {
	for p.at < len(p.Source) && (p.Source[p.at] == '&' || p.Source[p.at] == '!') {
		for p.at < len(p.Source) && !isSpace(p.Source[p.at]) {
			p.at++
		}
		p.space()
	}
}

// key finds a key that is followed by a colon, all in one line.
func (p *parser) key() (jsonc.Range, bool) {
	end := p.lineEnd(p.at)
	line := p.Source[p.at:end]
	size := -1
	switch line[0] {
	case '{', '[', '|', '>', '*', '#':
		return jsonc.Range{}, false
	case '"', '\'':
		size = quotedSize(line)
	default:
		size = plainKeySize(line)
	}
	if size <= 0 {
		return jsonc.Range{}, false
	}
	rest := strings.TrimLeft(line[size:], " \t")
	if rest == "" || rest[0] != ':' || len(rest) > 1 && !isSpace(rest[1]) {
		return jsonc.Range{}, false
	}
	return jsonc.Range{Start: uint32(p.at), End: uint32(p.at + size)}, true
}

// plainKeySize is the size of a key without quotation marks: up to a colon with white space after it.
func plainKeySize(line string) int {
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == ':' && (i+1 == len(line) || isSpace(line[i+1])):
			return len(strings.TrimRight(line[:i], " \t"))
		case line[i] == '#' && i > 0 && isSpace(line[i-1]):
			return -1
		}
	}
	return -1
}

// quotedSize is the size of the quoted text at the start of s, with its marks; -1 if it isn't closed.
func quotedSize(s string) int {
	mark := s[0]
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && mark == '"':
			i++
		case s[i] != mark:
		case mark == '\'' && i+1 < len(s) && s[i+1] == '\'':
			i++
		default:
			return i + 1
		}
	}
	return -1
}

// value reads what fills the pending value, if that begins in this line.
func (p *parser) value() {
	if p.space(); p.blank() {
		return
	}
	if p.properties(); p.blank() {
		return
	}
	start := p.at
	switch p.Source[p.at] {
	case '{', '[':
		p.flow()
		p.finishLine()
		return
	case '|', '>':
		p.block()
	case '*':
		p.Aliases = true
		p.at = p.scalarEnd(true)
	default:
		p.at = p.scalarEnd(true)
	}
	p.fill(jsonc.String, start, p.at)
	p.end = p.at
	if p.at > start && p.at < len(p.Source) {
		p.finishLine()
	}
}

// block passes over the lines of a text with "|" or ">": those that are blank or right of the column.
func (p *parser) block() {
	p.at = p.lineEnd(p.at)
	for end := p.at; p.at < len(p.Source); {
		next := p.at + 1
		first := next
		for first < len(p.Source) && p.Source[first] == ' ' {
			first++
		}
		stop := p.lineEnd(first)
		visible := strings.TrimRight(p.Source[first:stop], " \t\r") != ""
		if visible && first-next <= p.column {
			p.at = end
			return
		}
		if visible {
			end = stop
		}
		if p.at = stop; stop == len(p.Source) {
			p.at = end
			return
		}
	}
}

// scalarEnd is where the scalar at the current place ends. Only one that is a value may go on in further lines.
func (p *parser) scalarEnd(lines bool) int {
	end := p.lineEnd(p.at)
	if p.at >= end {
		return p.at
	}
	if c := p.Source[p.at]; c == '"' || c == '\'' {
		text := p.Source[p.at:end]
		if lines {
			text = p.Source[p.at:]
		}
		if size := quotedSize(text); size > 0 {
			return p.at + size
		}
		p.problem(p.at, "a string that isn't closed")
		return p.trimmed(p.at, end)
	}
	stop := p.plainEnd(p.at, end)
	for lines && stop < len(p.Source) {
		next := p.lineEnd(stop) + 1
		first := next
		for first < len(p.Source) && p.Source[first] == ' ' {
			first++
		}
		if next > len(p.Source) || first-next <= p.column || first >= len(p.Source) || strings.IndexByte("\r\n#", p.Source[first]) >= 0 ||
			p.commented(stop) || plainKeySize(p.Source[first:p.lineEnd(first)]) >= 0 || p.isMarker(first-next, first) {
			break
		}
		stop = p.plainEnd(first, p.lineEnd(first))
	}
	return stop
}

// isMarker reports whether "---" or "..." stands at the start of a line.
func (p *parser) isMarker(column, at int) bool {
	rest := p.Source[at:]
	return column == 0 && (strings.HasPrefix(rest, "---") || strings.HasPrefix(rest, "..."))
}

// commented reports whether a comment follows in the line: a scalar does not go on after one.
func (p *parser) commented(at int) bool {
	return strings.Contains(p.Source[at:p.lineEnd(at)], "#")
}

// plainEnd is where the part of a plain scalar in one line ends: before a comment, without white space.
func (p *parser) plainEnd(start, end int) int {
	text := p.Source[start:end]
	for i := strings.IndexByte(text, '#'); i >= 0; {
		if i > 0 && isSpace(text[i-1]) {
			return p.trimmed(start, start+i)
		}
		next := strings.IndexByte(text[i+1:], '#')
		if next < 0 {
			break
		}
		i += next + 1
	}
	return p.trimmed(start, end)
}

func (p *parser) trimmed(start, end int) int {
	return start + len(strings.TrimRight(p.Source[start:end], " \t\r"))
}
