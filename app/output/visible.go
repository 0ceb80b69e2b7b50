package output

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/assay-app/assay/checks"
)

// glyph is a piece of text as it is shown, and where in the source it comes from.
type glyph struct {
	shown   string
	columns int  // that it takes in a terminal
	at, end int  // bytes of the source, end exclusive
	escaped bool // shown as a name such as {U+202E}, since the thing itself would act on the terminal or be unseen
}

const (
	// tabStop is how far apart tab stops are shown.
	tabStop = 4

	// maxMarks is how many combining marks may stand on one character; the most that a living script needs is four.
	// Text with hundreds of them spills over the lines around it.
	maxMarks = 4

	// foldedRun is how many escaped characters in a row are shown as one range. A message hidden in tag characters is
	// hundreds of them.
	foldedRun = 4
)

// concealed reports whether a rune must not reach a terminal as it is: it moves the cursor, starts an escape sequence,
// reorders the line, or shows as nothing at all.
func concealed(r rune) bool {
	if r >= ' ' && r <= '~' {
		return false // as nearly all is
	}
	return !unicode.IsGraphic(r) || r == brailleBlank ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// glyphs gives a single line of untrusted text in a form that is safe to print and whose width is known.
func glyphs(s string) []glyph {
	var out []glyph
	column, marks := 0, 0
	var before rune // the last rune that was shown as itself
	for at := 0; at < len(s); {
		r, size := utf8.DecodeRuneInString(s[at:])
		g := glyph{shown: s[at : at+size], at: at, end: at + size}
		next, _ := utf8.DecodeRuneInString(s[at+size:])
		switch {
		case r == utf8.RuneError && size == 1:
			g.shown, g.escaped = fmt.Sprintf("0x%02X", s[at]), true
		case r == '\t':
			g.columns = tabStop - column%tabStop
			g.shown = strings.Repeat(" ", g.columns)
		case partOfEmoji(before, r, next):
			g.shown = "" // terminals disagree about its width; the emoji reads well without
		case joins(before, r, next):
		case concealed(r) || unicode.In(r, unicode.Mn, unicode.Me) && (before == 0 || marks == maxMarks):
			g.shown, g.escaped = fmt.Sprintf("U+%04X", r), true
		default:
			g.columns = columnsOf(before, r)
		}
		if unicode.In(r, unicode.Mn, unicode.Me) {
			marks++
		} else {
			marks = 0
		}
		if before = r; g.escaped || r == '\t' {
			before = 0
		}
		column += g.columns
		out = append(out, g)
		at += size
	}
	return foldEscapes(out)
}

// foldEscapes puts the names of escaped characters into braces, and long runs of them into one pair.
func foldEscapes(in []glyph) []glyph {
	out := in[:0]
	for i := 0; i < len(in); {
		g := in[i]
		if !g.escaped {
			out = append(out, g)
			i++
			continue
		}
		run := i
		for run < len(in) && in[run].escaped {
			run++
		}
		if n := run - i; n >= foldedRun {
			g.shown = fmt.Sprintf("%s…%s, %d characters", g.shown, in[run-1].shown, n)
			g.end = in[run-1].end
			i = run
		} else {
			i++
		}
		g.shown = "{" + g.shown + "}"
		g.columns = utf8.RuneCountInString(g.shown)
		out = append(out, g)
	}
	return out
}

// columnsOf is how many columns of a terminal a printable rune takes.
func columnsOf(before, r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case r >= 0x1160 && r <= 0x11ff && before >= 0x1100 && before <= 0x11ff:
		return 0 // the later parts of a Korean syllable are drawn over its first
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

const (
	brailleBlank       = '\u2800' // no dots; no class of blank characters has it
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
	textStyle          = '\ufe0e'
	emojiStyle         = '\ufe0f'
)

// partOfEmoji reports whether r only refines the emoji before it: its style, its skin, its being joined to another.
func partOfEmoji(before, r, next rune) bool {
	pictograph := unicode.In(before, unicode.So, unicode.Sm, unicode.Sk)
	switch {
	case r == textStyle || r == emojiStyle:
		return pictograph || strings.ContainsRune("#*0123456789‼⁉〰〽", before) && before != 0
	case r == zeroWidthJoiner:
		return (pictograph || before == emojiStyle) && unicode.In(next, unicode.So)
	case r >= 0x1f3fb && r <= 0x1f3ff:
		return pictograph
	}
	return false
}

// joins reports whether r is a joiner between two letters of a script that is written with them, where it is as
// ordinary as a hyphen.
func joins(before, r, next rune) bool {
	if r != zeroWidthJoiner && r != zeroWidthNonJoiner {
		return false
	}
	return unicode.In(before, joiningScripts...) && unicode.In(next, joiningScripts...)
}

var joiningScripts = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
	unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala,
	unicode.Khmer, unicode.Myanmar,
}

// visible is a line of untrusted text made safe to print, with tabs as single spaces.
func visible(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0 {
		return s
	}
	var b strings.Builder
	for _, g := range glyphs(strings.ReplaceAll(s, "\t", " ")) {
		b.WriteString(g.shown)
	}
	return b.String()
}

// columns is how wide a string is that visible has returned.
func columns(s string) int {
	n := 0
	for _, g := range glyphs(s) {
		n += g.columns
	}
	return n
}

// printable is a path as a terminal may show it.
func printable(p checks.Path) string {
	if p == "" {
		return "(the whole change)"
	}
	return visible(p.Quoted())
}

// Printable is text of several lines made safe to print, for messages that quote what others wrote.
func Printable(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		lines = append(lines, visible(strings.TrimRight(line, "\r\n")))
	}
	return strings.Join(lines, "\n")
}
