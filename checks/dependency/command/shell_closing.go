package command

import "strings"

// closing gives where what begins at i ends, behind the closing mark; -1 if nowhere. Once the search for a mark went in
// vain up to some place, none is begun before it, so that a text of opening marks costs no more than another.
func (p *splitter) closing(i int, mark string) int {
	switch mark {
	case "'":
		return p.apostrophe(i)
	case `"`:
		return p.find(&p.unclosed.double, i, func() int { return p.unescaped(i+1, '"') })
	case "`":
		return p.find(&p.unclosed.back, i, func() int { return p.unescaped(i+1, '`') })
	}
	if i < p.unclosed.brace {
		return -1
	}
	at, depth := i, 0
	for limit := min(len(p.text), i+maxExpansion); at < limit && p.text[at] != '\n'; at++ {
		switch p.text[at] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
	p.unclosed.brace = at
	return -1
}

// apostrophe gives where what a single quote begins ends. In texts it must be on the same line: there, most are
// apostrophes.
func (p *splitter) apostrophe(i int) int {
	if i < p.unclosed.single {
		return -1
	}
	marks := "'"
	if p.prose {
		marks = "'\n"
	}
	end := strings.IndexAny(p.text[i+1:], marks)
	switch {
	case end < 0:
		p.unclosed.single = len(p.text)
		return -1
	case p.text[i+1+end] == '\n':
		p.unclosed.single = i + 1 + end
		return -1
	}
	return i + 1 + end + 1
}

// find searches, unless it is known that there is nothing to find.
func (p *splitter) find(vain *int, i int, search func() int) int {
	if i < *vain {
		return -1
	}
	end := search()
	if end < 0 {
		*vain = len(p.text)
	}
	return end
}

// unescaped finds a mark that no backslash stands before, and gives where it ends.
func (p *splitter) unescaped(i int, mark byte) int {
	for i < len(p.text) {
		switch p.text[i] {
		case '\\':
			i++
		case mark:
			return i + 1
		}
		i++
	}
	return -1
}

// parenthesised gives where the parenthesis that opens at i is closed, behind it; -1 if nowhere.
func (p *splitter) parenthesised(i int) int {
	if i < p.unclosed.paren {
		return -1
	}
	depth := 0
	for at := i; at < len(p.text); at++ {
		switch c := p.text[at]; c {
		case '\\':
			at++
		case '\'', '"':
			if end := p.closing(at, string(c)); end > 0 {
				at = end - 1
			}
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
	p.unclosed.paren = len(p.text)
	return -1
}

// heredoc reads the word that ends a here-document, at i.
func (p *splitter) heredoc(i int) int {
	h := heredoc{command: len(p.commands)}
	if strings.HasPrefix(p.text[i:], "-") {
		h.tabs = true
		i++
	}
	for i < len(p.text) && p.text[i] == ' ' {
		i++
	}
	start := i
	for i < len(p.text) && i-start < maxExpansion && strings.IndexByte(" \t\r\n;&|<>()", p.text[i]) < 0 {
		i++
	}
	h.end = strings.Trim(p.text[start:i], `'"\`)
	if h.end != "" && strings.Trim(h.end, "0123456789") != "" { // 1<<3 is arithmetic
		p.pending = append(p.pending, h)
	}
	return i
}

// maxEndless is after how many here-documents without an end none is looked for any more.
const maxEndless = 20

// bodies reads the bodies of here-documents, which begin at i, and gives where they end.
func (p *splitter) bodies(i int) int {
	for _, h := range p.pending {
		start, end := i, -1
		for i < len(p.text) && p.endless < maxEndless {
			line, next := p.text[i:], len(p.text)
			if n := strings.IndexByte(line, '\n'); n >= 0 {
				line, next = line[:n], i+n+1
			}
			line = strings.TrimRight(line, "\r")
			if h.tabs {
				line = strings.TrimLeft(line, "\t")
			}
			if line == h.end {
				end, i = i, next
				break
			}
			i = next
		}
		if end < 0 { // without an end it is none, but a shift or a mistake
			i = start
			p.endless++
			continue
		}
		if h.command < len(p.commands) {
			p.commands[h.command].fed = p.from.cut(start, end)
		}
	}
	p.pending = p.pending[:0]
	return i
}
