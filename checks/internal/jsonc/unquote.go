package jsonc

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Run says where a piece of a decoded string stands in the text: from byte Decoded of the string on, each byte is the
// next one from byte Source of the text on; or, of an Escape, all bytes come from the escape that starts there.
type Run struct {
	Decoded, Source uint32
	Escape          bool
}

// Unquote decodes the string that stands at r, with its quotation marks; a word without them is itself. An escape that
// means nothing stands for what follows its backslash. Half of a surrogate pair becomes U+FFFD.
func Unquote(source string, r Range) (string, []Run) {
	at, end := int(r.Start), int(r.End)
	if at >= end {
		return "", nil
	}
	if mark := source[at]; mark == '"' || mark == '\'' {
		at++
		if end > at && source[end-1] == mark {
			end--
		}
	}
	runs := []Run{{Source: uint32(at)}}
	next := strings.IndexByte(source[at:end], '\\')
	if next < 0 {
		return source[at:end], runs
	}
	var out []byte
	for next >= 0 {
		out = append(out, source[at:at+next]...)
		at += next
		runs = append(runs, Run{uint32(len(out)), uint32(at), true})
		var size int
		out, size = unescape(out, source[at:end])
		at += size
		runs = append(runs, Run{uint32(len(out)), uint32(at), false})
		next = strings.IndexByte(source[at:end], '\\')
	}
	return string(append(out, source[at:end]...)), runs
}

// unescape appends what the escape at the start of text stands for, and gives its size.
func unescape(out []byte, text string) ([]byte, int) {
	if len(text) == 1 {
		return append(out, '\\'), 1
	}
	switch c := text[1]; c {
	case 'b', 'f', 'n', 'r', 't':
		return append(out, "\b\f\n\r\t"[strings.IndexByte("bfnrt", c)]), 2
	case 'u':
		r, ok := unit(text)
		if !ok {
			break
		}
		if low, ok := unit(text[6:]); ok && utf16.IsSurrogate(r) {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return utf8.AppendRune(out, pair), 12
			}
		}
		return utf8.AppendRune(out, r), 6
	}
	return append(out, text[1]), 2
}

// unit reads \uXXXX at the start of text.
func unit(text string) (rune, bool) {
	if len(text) < 6 || text[:2] != `\u` {
		return 0, false
	}
	var r rune
	for _, c := range []byte(text[2:6]) {
		digit := strings.IndexByte("0123456789abcdef", c|0x20)
		if digit < 0 || c < '0' {
			return 0, false
		}
		r = r<<4 | rune(digit)
	}
	return r, true
}

func (p *parser) problem(format string, args ...any) { p.problemAt(p.at, format, args...) }

func (p *parser) problemAt(at int, format string, args ...any) {
	if len(p.Problems) < maxProblems {
		p.Problems = append(p.Problems, Problem{uint32(at), fmt.Sprintf(format, args...)})
	}
}
