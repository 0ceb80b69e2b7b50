package markdown

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNamed is how many unseen characters in a row are named one by one. A message hidden in tag characters is hundreds
// of them.
const maxNamed = 4

// Visible makes every character of a text seen: what GitHub would show as nothing, or what would reorder the text
// around it, becomes its name, such as {U+202E}. Bytes that are not UTF-8 become U+FFFD, line breaks of all kinds one
// line feed. Tabs stay.
func Visible(s string) string {
	if plain(s) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	var before rune
	run := 0 // of unseen characters, up to here
	closeRun := func() {
		if run > maxNamed {
			fmt.Fprintf(&b, "{and %d more}", run-maxNamed)
		}
		run = 0
	}
	for at, r := range s {
		next, _ := utf8.DecodeRuneInString(s[at+runeLen(s[at:]):])
		switch {
		case r == '\r':
			closeRun()
			b.WriteByte('\n')
		case unseen(r) && !shapes(before, r, next):
			if run++; run <= maxNamed {
				fmt.Fprintf(&b, "{U+%04X}", r)
			}
		default:
			closeRun()
			b.WriteRune(r) // U+FFFD for what is not UTF-8
		}
		before = r
	}
	closeRun()
	return b.String()
}

// plain reports whether a text is printable ASCII, tabs and line feeds, as nearly all is.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' || c > '~') && c != '\t' && c != '\n' {
			return false
		}
	}
	return true
}

func runeLen(s string) int {
	_, size := utf8.DecodeRuneInString(s)
	return size
}

// unseen reports whether GitHub would show a character as nothing, or let it change its surroundings.
func unseen(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == utf8.RuneError:
		return false
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point):
		return true
	}
	return r == '\u2800' // a braille pattern without dots; in no class of blank characters
}

const (
	joiner     = '\u200d'
	nonJoiner  = '\u200c'
	textStyle  = '\ufe0e'
	emojiStyle = '\ufe0f'
)

// shapes reports whether an unseen character only shapes its neighbours, as it does in emoji and in the scripts that
// are written with joiners.
func shapes(before, r, next rune) bool {
	symbol := func(r rune) bool { return unicode.In(r, unicode.So, unicode.Sm, unicode.Sk) }
	switch r {
	case textStyle, emojiStyle:
		return symbol(before)
	case joiner:
		if (symbol(before) || before == emojiStyle) && symbol(next) {
			return true
		}
		fallthrough
	case nonJoiner:
		return unicode.In(before, joining...) && unicode.In(next, joining...)
	}
	return false
}

var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
	unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala,
	unicode.Khmer, unicode.Myanmar,
}

// Clip shortens a text to at most so many bytes, at a character's boundary, with an ellipsis for what is gone. It is for
// plain text, before anything else is made of it: finished Markdown is shortened with [Truncate].
func Clip(s string, bytes int) string {
	const ellipsis = "…"
	if len(s) <= bytes {
		return s
	}
	cut := max(bytes-len(ellipsis), 0)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	if bytes < len(ellipsis) {
		return s[:cut]
	}
	return strings.TrimRight(s[:cut], " \t\n") + ellipsis
}
