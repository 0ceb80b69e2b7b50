package generic

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Document is a text read for matching. It is immutable and safe for concurrent use.
type Document struct {
	source string
	tokens []token
	blocks []block           // outer before inner, in order of their starts; the first is the whole text
	inner  []int32           // by token: the innermost block that it is in
	places [][]uint32        // by symbol: the tokens
	symbol map[string]uint32 // of each word that occurs; other bytes are their own symbols
}

type token struct {
	Range
	line   uint32 // counted from 0
	symbol uint32
	word   bool
}

// block is the tokens [start, end).
type block struct{ start, end uint32 }

// tabWidth is the distance of the columns that a tab in an indentation goes to.
const tabWidth = 8

// Parse reads a text. It fails only for one longer than [MaxSource].
func Parse(source string, comments CommentStyle) (*Document, error) {
	if len(source) > MaxSource {
		return nil, fmt.Errorf("a text of %d bytes is too long to match", len(source))
	}
	d := &Document{source: source, symbol: map[string]uint32{}}
	text := withoutComments(source, comments)
	d.tokens = make([]token, 0, len(source)/4)
	blocks := nesting{}
	for line, at := uint32(0), 0; at < len(text); line++ {
		end := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i
		}
		d.line(text, at, end, line, &blocks)
		at = end + 1
	}
	blocks.close(0, uint32(len(d.tokens)), &d.blocks)
	d.blocks = append(d.blocks, block{0, uint32(len(d.tokens))})
	d.nest()
	d.index()
	return d, nil
}

// line reads the tokens of text[at:end].
func (d *Document) line(text string, at, end int, line uint32, blocks *nesting) {
	at, indent := indentation(text, at, end)
	if at == end {
		return
	}
	blocks.open(indent, uint32(len(d.tokens)), &d.blocks)
	var open []int // the brackets of this line not closed yet, by token
	for at < end {
		size := 1
		c := text[at]
		switch {
		case isSpace(c):
			at++
			continue
		case isWord(c):
			for at+size < end && isWord(text[at+size]) {
				size++
			}
		}
		n := len(d.tokens)
		d.add(token{Range: Range{uint32(at), uint32(at + size)}, line: line, word: isWord(c)}, text[at:at+size])
		switch c {
		case '(', '[', '{':
			open = append(open, n)
		case ')', ']', '}':
			if top := len(open) - 1; top >= 0 && closes(text[d.tokens[open[top]].Start], c) {
				if open[top]+1 < n {
					d.blocks = append(d.blocks, block{uint32(open[top] + 1), uint32(n)})
				}
				open = open[:top]
			}
		}
		at += size
	}
}

// add appends a token that reads text.
func (d *Document) add(t token, text string) {
	t.symbol = uint32(text[0])
	if t.word {
		symbol, ok := d.symbol[text]
		if !ok {
			symbol = 256 + uint32(len(d.symbol))
			d.symbol[text] = symbol
		}
		t.symbol = symbol
	}
	d.tokens = append(d.tokens, t)
}

// symbolOf gives the symbol of a word or other byte, if it occurs.
func (d *Document) symbolOf(text string) (uint32, bool) {
	if !isWord(text[0]) {
		return uint32(text[0]), len(d.places[text[0]]) > 0
	}
	symbol, ok := d.symbol[text]
	return symbol, ok
}

// index lists the tokens of each symbol.
func (d *Document) index() {
	counts := make([]int, 256+len(d.symbol))
	for i := range d.tokens {
		counts[d.tokens[i].symbol]++
	}
	all := make([]uint32, len(d.tokens))
	d.places = make([][]uint32, len(counts))
	for symbol, count := range counts {
		d.places[symbol], all = all[:0:count], all[count:]
	}
	for i := range d.tokens {
		symbol := d.tokens[i].symbol
		d.places[symbol] = append(d.places[symbol], uint32(i))
	}
}

// nest orders the blocks and finds the innermost of each token.
func (d *Document) nest() {
	slices.SortFunc(d.blocks, func(a, b block) int {
		if a.start != b.start {
			return int(a.start) - int(b.start)
		}
		return int(b.end) - int(a.end)
	})
	d.inner = make([]int32, len(d.tokens))
	var around []int32
	next := 0
	for i := range d.tokens {
		for len(around) > 0 && d.blocks[around[len(around)-1]].end <= uint32(i) {
			around = around[:len(around)-1]
		}
		for ; next < len(d.blocks) && d.blocks[next].start == uint32(i); next++ {
			around = append(around, int32(next))
		}
		d.inner[i] = around[len(around)-1]
	}
}

// blocksAt gives the blocks that start at a token, outer ones first, without that of the whole text.
func (d *Document) blocksAt(at uint32) []block {
	i, _ := slices.BinarySearchFunc(d.blocks, at, func(b block, at uint32) int { return int(b.start) - int(at) })
	if i == 0 {
		i = 1
	}
	end := i
	for end < len(d.blocks) && d.blocks[end].start == at {
		end++
	}
	return d.blocks[i:end]
}

// nesting is the blocks that indentation has opened, outermost first.
type nesting []struct {
	indent int
	start  uint32
}

// open begins a line at a token: blocks indented further end there, and a new one begins unless the line goes on with
// the one that is left.
func (n *nesting) open(indent int, at uint32, ended *[]block) {
	n.close(indent, at, ended)
	if indent > 0 && (len(*n) == 0 || (*n)[len(*n)-1].indent < indent) {
		*n = append(*n, struct {
			indent int
			start  uint32
		}{indent, at})
	}
}

func (n *nesting) close(indent int, at uint32, ended *[]block) {
	for top := len(*n) - 1; top >= 0 && (*n)[top].indent > indent; top-- {
		*ended = append(*ended, block{(*n)[top].start, at})
		*n = (*n)[:top]
	}
}

// indentation gives where a line's first token begins, and at which column.
func indentation(text string, at, end int) (first, column int) {
	for ; at < end && isSpace(text[at]); at++ {
		if text[at] == '\t' {
			column += tabWidth - column%tabWidth
		} else {
			column++
		}
	}
	return at, column
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' }

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_'
}

func closes(opening, closing byte) bool {
	return opening == '(' && closing == ')' || opening == '[' && closing == ']' || opening == '{' && closing == '}'
}

// withoutComments replaces comments by spaces, so that everything else stays where it is. A comment that doesn't end
// is none.
func withoutComments(source string, style CommentStyle) string {
	if style == NoComments {
		return source
	}
	text := []byte(source)
	unended := false // no more */ follow
	for at := 0; at < len(text); {
		size := 0
		switch rest := text[at:]; {
		case style == ShellComments && rest[0] == '#', style == CppComments && bytes.HasPrefix(rest, []byte("//")):
			if size = bytes.IndexByte(rest, '\n'); size < 0 {
				size = len(rest)
			}
		case style != ShellComments && !unended && bytes.HasPrefix(rest, []byte("/*")):
			if end := bytes.Index(rest[2:], []byte("*/")); end >= 0 {
				size = end + 4
			} else {
				unended = true
			}
		}
		for i := range size {
			if text[at+i] != '\n' {
				text[at+i] = ' '
			}
		}
		at += max(size, 1)
	}
	return string(text)
}
