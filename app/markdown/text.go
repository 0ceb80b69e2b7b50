package markdown

import (
	"strings"
	"unicode/utf8"
)

// breaker is a character of no width, written as an entity so that a person who reads the source sees it. GitHub looks
// for mentions, references and addresses in the finished page, where escapes are gone: nothing else stops it there
// (github/cmark-gfm#181, github/markup#1168).
const breaker = "&#8203;"

// Text is untrusted text within a line. Runs of white space become one space.
//
// Everything is escaped with entities and not with backslashes: they mean the same in a paragraph, in a table and in
// the HTML of a folded part's summary.
func Text(s string) Inline {
	s = strings.Join(strings.Fields(Visible(s)), " ")
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	at := writeStart(&b, s)
	hex := 0 // length of the run of hexadecimal digits before at
	for at < len(s) {
		r, size := utf8.DecodeRuneInString(s[at:])
		if isHex(r) {
			// GitHub links seven digits or more to the commit of that name.
			if hex++; hex == 7 {
				b.WriteString(breaker)
				hex = 1
			}
		} else {
			hex = 0
		}
		writeRune(&b, s, at, r)
		at += size
	}
	return Inline(b.String())
}

// writeStart writes what means something only at the start of a line: lists and their numbers, rules, underlines,
// tables, commands. It gives back where the rest begins.
func writeStart(b *strings.Builder, s string) int {
	if s == "" {
		return 0
	}
	if strings.IndexByte("-+=:/", s[0]) >= 0 {
		writeEntity(b, rune(s[0]))
		b.WriteString(after(s, 0))
		return 1
	}
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	// A list's number has at most nine digits in CommonMark. A run of seven or more is for the caller to break.
	if digits > 0 && digits < 7 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') {
		b.WriteString(s[:digits])
		writeEntity(b, rune(s[digits]))
		return digits + 1
	}
	return 0
}

// writeRune writes what means something anywhere in a line.
func writeRune(b *strings.Builder, s string, at int, r rune) {
	switch r {
	case '&':
		b.WriteString("&amp;")
	case '<':
		b.WriteString("&lt;")
	case '>':
		b.WriteString("&gt;")
	case '*', '[', ']', '`', '~', '|', '\\':
		writeEntity(b, r)
	case '_':
		if at > 0 && at+1 < len(s) && isAlnum(rune(s[at-1])) && isAlnum(rune(s[at+1])) {
			b.WriteByte('_') // within a word it means nothing
			return
		}
		writeEntity(b, r)
	case '$':
		b.WriteString("<span>$</span>") // GitHub's own way to write a dollar that begins no formula
	case '@':
		b.WriteString("@" + breaker)
	case '#':
		writeEntity(b, r)
		b.WriteString(breaker)
	default:
		b.WriteRune(r)
		if r < utf8.RuneSelf {
			b.WriteString(after(s, at))
		}
	}
}

// after is the breaker when the character at a place would otherwise go on to become a link or an emoji.
func after(s string, at int) string {
	rest := s[at+1:]
	switch s[at] {
	case ':':
		if strings.HasPrefix(rest, "//") || shortcode(rest) {
			return breaker
		}
	case '.':
		if at >= 3 && strings.EqualFold(s[at-3:at], "www") {
			return breaker
		}
	case '-':
		if at >= 2 && strings.EqualFold(s[at-2:at], "gh") && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return breaker
		}
	}
	return ""
}

// shortcode reports whether a text goes on as the name of an emoji does: letters, then a colon.
func shortcode(s string) bool {
	for i, c := range s {
		if c == ':' {
			return i > 0
		}
		if !isAlnum(c) && c != '_' && c != '+' && c != '-' {
			return false
		}
	}
	return false
}

func writeEntity(b *strings.Builder, r rune) {
	const digits = "0123456789"
	b.WriteString("&#")
	if r >= 100 {
		b.WriteByte(digits[r/100])
	}
	b.WriteByte(digits[r/10%10])
	b.WriteByte(digits[r%10])
	b.WriteByte(';')
}

func isAlnum(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func isHex(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
}

// Prose is untrusted text of several lines: its line breaks and paragraphs stay, its indentation does not.
func Prose(s string) Block {
	var b strings.Builder
	blank := 0
	for line := range strings.SplitSeq(Visible(s), "\n") {
		text := Text(line)
		if text == "" {
			blank = 1
			continue
		}
		if b.Len() > 0 {
			b.WriteString(strings.Repeat("\n", 1+blank))
		}
		blank = 0
		b.WriteString(string(text))
	}
	return Block(b.String())
}
