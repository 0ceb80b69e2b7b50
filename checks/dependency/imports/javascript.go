package imports

import (
	"bytes"
)

// scriptStatements reads the imports of a file of JavaScript or TypeScript. It reads tokens, not the language: enough to
// know what is a string, a comment, a regular expression or text between tags, and what is in a block that catches.
func scriptStatements(source []byte) statements {
	r := &scriptReader{source: source, endless: map[byte]int{}}
	r.read()
	return r.found
}

// pageStatements reads the scripts of a component, as Vue and Svelte write them.
func pageStatements(source []byte) statements {
	var found statements
	for at := 0; ; {
		open := bytes.Index(source[at:], []byte("<script"))
		if open < 0 {
			return found
		}
		at += open
		begin := bytes.IndexByte(source[at:], '>')
		if begin < 0 {
			return found
		}
		at += begin + 1
		end := bytes.Index(source[at:], []byte("</script"))
		if end < 0 {
			end = len(source) - at
		}
		for _, s := range scriptStatements(source[at : at+end]) {
			s.start, s.end = s.start+at, s.end+at
			found.add(s)
		}
		at += end
	}
}

// scriptToken is a token: a word, a string or one character of punctuation.
type scriptToken struct {
	kind       byte // 'w' word, 's' string, 0 the end, otherwise the character itself
	start, end int  // of a string without its quotation marks
}

type scriptReader struct {
	source []byte
	at     int
	last   scriptToken // the one before
	before scriptToken // … and the one before that
	found  statements
	blocks []scriptBlock

	// Up to where it is known that no string in such quotation marks ends, and no regular expression: else a line of
	// nothing but their beginnings would be read over and over.
	endless map[byte]int
}

// scriptBlock is what a brace opened.
type scriptBlock struct{ try, template bool }

func (r *scriptReader) read() {
	for {
		t := r.next()
		if t.kind == 0 {
			return
		}
		member := r.before.kind == '.'
		switch {
		case t.kind != 'w' || member:
		case r.is(t, "import"):
			r.imports(r.before)
		case r.is(t, "export"):
			r.from(true)
		case r.is(t, "require"):
			r.required()
		}
	}
}

func (r *scriptReader) is(t scriptToken, word string) bool {
	return t.kind == 'w' && string(r.source[t.start:t.end]) == word
}

// imports reads what follows the word import.
func (r *scriptReader) imports(before scriptToken) {
	mark := r.place()
	switch t := r.next(); t.kind {
	case 's':
		r.note(t, false)
	case '(':
		if t = r.next(); t.kind == 's' {
			if end := r.peek(); end == ')' || end == ',' {
				r.note(t, r.inTry() || r.is(before, "typeof") || before.kind == ':' || before.kind == '<' || before.kind == '|')
			}
		}
	case '.': // import.meta
	default:
		r.backTo(mark)
		r.from(false)
	}
}

// place is where the reader is.
type place struct {
	at, blocks   int
	last, before scriptToken
}

func (r *scriptReader) place() place { return place{r.at, len(r.blocks), r.last, r.before} }

// backTo goes back over one token, or two of which the first is a word.
func (r *scriptReader) backTo(p place) {
	r.at, r.last, r.before = p.at, p.last, p.before
	r.blocks = r.blocks[:min(p.blocks, cap(r.blocks))]
}

// from reads the clause after import or export up to the module that it is from, if it has one. Where it turns out to be
// something else, the reader goes on from there.
func (r *scriptReader) from(export bool) {
	start, depth, closed := r.at, 0, false
	earlier := r.place()
	for n := 0; ; n++ {
		mark := r.place()
		t := r.next()
		switch {
		case n > 0 && depth == 0 && r.is(t, "from"):
			clause := r.source[start:t.start]
			mark = r.place()
			if s := r.next(); s.kind == 's' {
				r.note(s, typesOnly(clause))
				return
			}
			r.backTo(mark)
			return
		case closed, export && n == 0 && t.kind != '*' && t.kind != '{' && !r.is(t, "type"):
			r.backTo(mark)
			return
		case t.kind == '{':
			depth++
		case t.kind == '}' && depth == 1:
			depth, closed = 0, true
		case t.kind == ',', t.kind == '*', t.kind == 'w', t.kind == 's' && depth > 0:
		default:
			if last := mark.last; n > 0 && (r.is(last, "require") || r.is(last, "import")) {
				mark = earlier
			}
			r.backTo(mark)
			return
		}
		earlier = mark
	}
}

// typesOnly reports whether the clause of an import takes types alone, which leave nothing behind in the program.
func typesOnly(clause []byte) bool {
	clause = bytes.TrimSpace(clause)
	if rest, ok := bytes.CutPrefix(clause, []byte("type")); ok && len(rest) > 0 && !isWord(rest[0]) {
		rest = bytes.TrimSpace(rest)
		return len(rest) > 0 && rest[0] != ','
	}
	if len(clause) < 2 || clause[0] != '{' || clause[len(clause)-1] != '}' {
		return false
	}
	names := 0
	for name := range bytes.SplitSeq(clause[1:len(clause)-1], []byte{','}) {
		if name = bytes.TrimSpace(name); len(name) == 0 {
			continue
		}
		names++
		rest, ok := bytes.CutPrefix(name, []byte("type"))
		if rest = bytes.TrimSpace(rest); !ok || len(rest) == 0 || isWord(name[4]) || bytes.HasPrefix(rest, []byte("as ")) {
			return false
		}
	}
	return names > 0
}

// required reads what follows the word require.
func (r *scriptReader) required() {
	if r.is(r.before, "function") {
		return
	}
	mark := r.place()
	t := r.next()
	if t.kind == '.' && r.is(r.next(), "resolve") {
		mark = r.place()
		t = r.next()
	}
	if t.kind != '(' {
		if t.kind != '{' && t.kind != '}' {
			r.backTo(mark)
		}
		return
	}
	mark = r.place()
	if s := r.next(); s.kind != 's' {
		r.backTo(mark)
	} else if r.peek() == ')' {
		r.note(s, r.inTry())
	}
}

func (r *scriptReader) inTry() bool {
	for _, b := range r.blocks {
		if b.try {
			return true
		}
	}
	return false
}

func (r *scriptReader) note(s scriptToken, optional bool) {
	r.found.add(statement{module: string(r.source[s.start:s.end]), start: s.start, end: s.end, optional: optional})
}

// peek is the next character that is no space.
func (r *scriptReader) peek() byte {
	for at := r.at; at < len(r.source); at++ {
		if !isSpace(r.source[at]) {
			return r.source[at]
		}
	}
	return 0
}

// next reads a token.
func (r *scriptReader) next() scriptToken {
	t := r.token()
	r.before, r.last = r.last, t
	return t
}

func (r *scriptReader) token() scriptToken {
	for r.at < len(r.source) {
		c := r.source[r.at]
		switch {
		case isSpace(c):
			r.at++
		case c == '/' && r.follows(1, '/'), c == '#' && r.follows(1, '!') && r.at == 0:
			r.at = lineEnd(r.source, r.at)
		case c == '/' && r.follows(1, '*'):
			end := bytes.Index(r.source[r.at+2:], []byte("*/"))
			if end < 0 {
				r.at = len(r.source)
			} else {
				r.at += end + 4
			}
		case c == '/' && r.regexMayStand():
			if end := regexEnd(r.source, r.at); end > 0 {
				r.at = end
			} else {
				r.endless['/'] = lineEnd(r.source, r.at)
				r.at++
			}
			return scriptToken{kind: '/', start: r.at, end: r.at}
		case c == '"' || c == '\'':
			if r.at >= r.endless[c] {
				if end := stringEnd(r.source, r.at); end > 0 {
					t := scriptToken{kind: 's', start: r.at + 1, end: end}
					r.at = end + 1
					return t
				}
				r.endless[c] = lineEnd(r.source, r.at)
			}
			r.at++ // an apostrophe in text
		case c == '`':
			r.at++
			if r.template() {
				return scriptToken{kind: '`', start: r.at, end: r.at}
			}
		case isWord(c) || c == '$' || c == '@':
			start := r.at
			for r.at < len(r.source) && (isWord(r.source[r.at]) || r.source[r.at] == '$' || r.at == start) {
				r.at++
			}
			return scriptToken{kind: 'w', start: start, end: r.at}
		default:
			r.at++
			if c == '}' && len(r.blocks) > 0 {
				top := r.blocks[len(r.blocks)-1]
				r.blocks = r.blocks[:len(r.blocks)-1]
				if top.template {
					if r.template() {
						return scriptToken{kind: '`', start: r.at, end: r.at}
					}
					continue
				}
			}
			if c == '{' && len(r.blocks) < maxBlocks {
				r.blocks = append(r.blocks, scriptBlock{try: r.is(r.last, "try")})
			}
			return scriptToken{kind: c, start: r.at - 1, end: r.at}
		}
	}
	return scriptToken{}
}

func (r *scriptReader) follows(n int, c byte) bool {
	return r.at+n < len(r.source) && r.source[r.at+n] == c
}

// template reads the text of a template up to its end, or to an expression in it, for which it is false.
func (r *scriptReader) template() bool {
	for ; r.at < len(r.source); r.at++ {
		switch c := r.source[r.at]; {
		case c == '\\':
			r.at++
		case c == '`':
			r.at++
			return true
		case c == '$' && r.follows(1, '{'):
			r.at += 2
			if len(r.blocks) < maxBlocks {
				r.blocks = append(r.blocks, scriptBlock{template: true})
			}
			return false
		}
	}
	r.at = min(r.at, len(r.source))
	return true
}

// regexMayStand reports whether a slash begins a regular expression: not after what has a value, and not in a tag.
func (r *scriptReader) regexMayStand() bool {
	if r.follows(1, '>') || r.last.kind == '<' || r.at < r.endless['/'] {
		return false
	}
	switch r.last.kind {
	case 's', '`', ')', ']', '}', '/':
		return false
	case 'w':
		switch string(r.source[r.last.start:r.last.end]) {
		case "return", "typeof", "case", "in", "of", "delete", "void", "throw", "else", "do", "await", "yield":
			return true
		}
		return false
	}
	return true
}

// regexEnd is the place behind a regular expression; 0 when the line ends first.
func regexEnd(source []byte, at int) int {
	class := false
	for i := at + 1; i < len(source) && source[i] != '\n'; i++ {
		switch source[i] {
		case '\\':
			i++
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if !class {
				return i + 1
			}
		}
	}
	return 0
}

// stringEnd is the place of the mark that ends a string; 0 when the line ends first.
func stringEnd(source []byte, at int) int {
	for i := at + 1; i < len(source) && source[i] != '\n'; i++ {
		switch source[i] {
		case '\\':
			i++
		case source[at]:
			return i
		}
	}
	return 0
}

func lineEnd(source []byte, at int) int {
	if end := bytes.IndexByte(source[at:], '\n'); end >= 0 {
		return at + end
	}
	return len(source)
}
