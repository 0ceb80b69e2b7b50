package agent

import (
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/assay-app/assay/checks/internal/text"
)

// hidden is what one line hides in characters of one kind.
type hidden struct {
	kind    kind
	line    int
	spans   []text.Span // stretches of hidden characters, in order
	runes   []rune      // all of them
	payload string      // what they spell; empty if nothing was recognised
}

// run is a stretch of hidden characters of any kind, with the visible characters around it (0 at the ends of a line).
type run struct {
	span       text.Span
	runes      []rune
	offsets    []int
	prev, next rune
}

// Runs of so many characters hide something even when they spell nothing that we can read. Up to these lengths they
// turn up by accident: pasted from word processors, left behind by editors.
const (
	shortRun     = 3  // of zero-width characters or soft hyphens, in instructions
	longRun      = 16 // of zero-width characters, in other files
	scattered    = 8  // single zero-width characters on one line
	selectorsRun = 2
)

// search finds what a text hides, up to one line more than MaxFindings. strict holds for instructions, where less is excused; program for source code.
func (c *catalogue) search(t *text.Text, strict, program bool) []hidden {
	var out []hidden
	for line := 1; line <= t.Lines() && len(out) <= MaxFindings; line++ {
		start, end := t.Line(line)
		runs := runsOf(t.Bytes, start, end)
		if len(runs) == 0 {
			continue
		}
		groups := map[kind]*hidden{}
		var loose []run // single zero-width characters, which mean something only if there are many
		for _, r := range runs {
			if c.legitimate(&r) {
				continue
			}
			if isLoose(&r) {
				loose = append(loose, r)
				continue
			}
			collect(groups, line, &r)
		}
		if len(loose) >= scattered {
			for i := range loose {
				collect(groups, line, &loose[i])
			}
		}
		for _, k := range []kind{tags, selectors, bidi, zeroWidth, invisible} {
			if g := groups[k]; g != nil && g.convicted(t.Bytes, start, end, strict, program) {
				out = append(out, *g)
			}
		}
	}
	return out
}

// runsOf splits the hidden characters of text[start:end] into runs. Plain ASCII is passed over quickly.
func runsOf(b []byte, start, end int) []run {
	var runs []run
	var prev rune
	for i := start; i < end; {
		if b[i] < utf8.RuneSelf {
			prev = rune(b[i])
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:end])
		if kindOf(r) == "" || r == utf8.RuneError {
			prev, i = r, i+size
			continue
		}
		current := run{prev: prev, span: text.Span{Start: i}}
		for i < end {
			r, size = utf8.DecodeRune(b[i:end])
			if kindOf(r) == "" {
				current.next = r
				break
			}
			current.runes, current.offsets = append(current.runes, r), append(current.offsets, i)
			i += size
		}
		current.span.End = i
		runs = append(runs, current)
	}
	return runs
}

// collect adds the characters of a run to the groups of their kinds.
func collect(groups map[kind]*hidden, line int, r *run) {
	for i, c := range r.runes {
		k := kindOf(c)
		g := groups[k]
		if g == nil {
			g = &hidden{kind: k, line: line}
			groups[k] = g
		}
		g.runes = append(g.runes, c)
		at := text.Span{Start: r.offsets[i], End: r.offsets[i] + utf8.RuneLen(c)}
		if n := len(g.spans); n > 0 && g.spans[n-1].End == at.Start {
			g.spans[n-1].End = at.End
		} else {
			g.spans = append(g.spans, at)
		}
	}
}

// legitimate reports whether a run is the ordinary spelling of something.
func (c *catalogue) legitimate(r *run) bool {
	first := r.runes[0]
	switch len(r.runes) {
	case 1:
		return c.legitimateSingle(first, r.prev, r.next, r.span.Start)
	case 2: // an emoji in its coloured form, joined to the next
		if selectorOf(first) && r.runes[1] == zwj {
			return isEmoji(r.prev) && isEmoji(r.next)
		}
	}
	return first != zwj && r.prev == blackFlag && c.isFlag(r.runes)
}

const (
	zwsp      = 0x200b
	zwj       = 0x200d
	zwnj      = 0x200c
	bom       = 0xfeff
	blackFlag = 0x1f3f4
	cancelTag = 0xe007f
)

func selectorOf(r rune) bool { return r == 0xfe0e || r == 0xfe0f }

// isFlag reports whether tag characters after a black flag spell one that fonts know.
func (c *catalogue) isFlag(runes []rune) bool {
	if runes[len(runes)-1] != cancelTag {
		return false
	}
	return c.flags[spellTags(runes)]
}

func (c *catalogue) legitimateSingle(r, prev, next rune, offset int) bool {
	near := func(tables []*unicode.RangeTable) bool {
		return unicode.In(prev, tables...) || unicode.In(next, tables...)
	}
	switch {
	case r == bom && offset == 0, r == 0x200e, r == 0x200f, r == 0x061c: // marks move nothing that can be seen
		return true
	case kindOf(r) == selectors:
		return takesSelector(prev, r)
	case r == zwj && (isEmoji(prev) || isModifier(prev)) && isEmoji(next):
		return true
	case r == zwj, r == zwnj:
		return near(joinerScripts)
	case r == zwsp, r == 0x2060, r == bom:
		return near(spacelessScripts)
	case r == 0x115f, r == 0x1160, r == 0xffa0:
		return near([]*unicode.RangeTable{unicode.Hangul})
	case r >= 0x180b && r <= 0x180f:
		return near([]*unicode.RangeTable{unicode.Mongolian})
	case r == 0x17b4, r == 0x17b5:
		return near([]*unicode.RangeTable{unicode.Khmer})
	case r == 0xad, r == 0x034f, r >= 0x2061 && r <= 0x2064, r >= 0x1bca0 && r <= 0x1bca3, r >= 0x1d173 && r <= 0x1d17a:
		return true
	}
	return false
}

// isModifier reports whether r is a skin tone.
func isModifier(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// isLoose reports whether a run is one zero-width character that splits no word of ASCII letters: people put it into
// "@name" or between symbols to keep a program from acting on them.
func isLoose(r *run) bool {
	return len(r.runes) == 1 && kindOf(r.runes[0]) == zeroWidth && !(isASCIILetter(r.prev) && isASCIILetter(r.next))
}

// convicted decides whether what the line b[start:end] hides is worth saying, and decodes it.
func (h *hidden) convicted(b []byte, start, end int, strict, program bool) bool {
	longest := 0
	for _, span := range h.spans {
		longest = max(longest, span.End-span.Start)
	}
	switch h.kind {
	case tags:
		h.payload = spellTags(h.runes)
		return strict || len(h.payload) >= leastPayload
	case selectors:
		h.payload = spellSelectors(h.runes)
		return strict || h.payload != "" || longest > selectorsRun*4
	case zeroWidth:
		h.payload = spellBits(h.runes)
		return strict || h.payload != "" || len(h.runes) >= longRun && longest >= 3*shortRun
	case bidi:
		if program && h.listed(b, end) {
			return false
		}
		return program || !balanced(h.runes) || !slices.ContainsFunc([]rune(string(b[start:end])), isRightToLeft)
	}
	return strict || program
}

// A control is listed when it is a string literal of its own, and what follows on its line, all that it can reorder, is
// punctuation and a comment of plain words.
var (
	betweenListed = regexp.MustCompile(`^["'\x60][\s,]*["'\x60]$`)
	afterListed   = regexp.MustCompile(`^["'\x60][\s,;)\]}]*(?:(?:#|//|--)[\w\s.,()+-]*)?$`)
)

// listed reports whether the controls stand in a table, as programs hold that look for them.
func (h *hidden) listed(b []byte, end int) bool {
	for i, span := range h.spans {
		_, size := utf8.DecodeRune(b[span.Start:span.End])
		if size != span.End-span.Start || span.Start == 0 || span.End == end || b[span.Start-1] != b[span.End] {
			return false
		}
		rest := b[span.End:end]
		if i+1 < len(h.spans) {
			if !betweenListed.Match(b[span.End:h.spans[i+1].Start]) {
				return false
			}
			continue
		}
		if !afterListed.Match(rest) {
			return false
		}
	}
	return true
}

// balanced reports whether every embedding and isolate is closed on its line and nothing is overridden.
func balanced(runes []rune) bool {
	var open []rune
	for _, r := range runes {
		switch r {
		case 0x202d, 0x202e: // left-to-right and right-to-left override
			return false
		case 0x202a, 0x202b:
			open = append(open, 0x202c)
		case 0x2066, 0x2067, 0x2068:
			open = append(open, 0x2069)
		default:
			if len(open) == 0 || open[len(open)-1] != r {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}
