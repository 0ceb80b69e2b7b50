package agent

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// leastPayload is how many characters must come out before a decoding counts as found rather than made up.
const leastPayload = 3

// spellTags reads tag characters as the ASCII that they mirror.
func spellTags(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		if c := r - 0xe0000; c >= ' ' && c <= '~' {
			b.WriteByte(byte(c))
		}
	}
	return b.String()
}

// spellSelectors reads variation selectors as the bytes 0 to 255.
func spellSelectors(runes []rune) string {
	var b []byte
	for _, r := range runes {
		switch {
		case r >= 0xfe00 && r <= 0xfe0f:
			b = append(b, byte(r-0xfe00))
		case r >= 0xe0100 && r <= 0xe01ef:
			b = append(b, byte(r-0xe0100+16))
		}
	}
	if selectorOf(runes[0]) && !readable(string(b)) { // the first may have chosen the form of an emoji
		b = b[1:]
	}
	return orNothing(string(b))
}

// spellBits reads zero-width characters as bits: two of them stand for 0 and 1, in either order, eight or seven to a
// character; a third and rarer one separates.
func spellBits(runes []rune) string {
	counts := map[rune]int{}
	for _, r := range runes {
		counts[r]++
	}
	symbols := make([]rune, 0, len(counts))
	for r := range counts {
		symbols = append(symbols, r)
	}
	slices.SortFunc(symbols, func(a, b rune) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return int(a - b)
	})
	if len(symbols) < 2 || len(symbols) > 3 {
		return ""
	}
	var bits []byte
	for _, r := range runes {
		if i := slices.Index(symbols[:2], r); i >= 0 {
			bits = append(bits, byte(i))
		}
	}
	for _, size := range []int{8, 7} {
		for flip := range byte(2) {
			if s := orNothing(gather(bits, size, flip)); s != "" {
				return s
			}
		}
	}
	return ""
}

// gather makes bytes of bits, the highest first.
func gather(bits []byte, size int, flip byte) string {
	var b []byte
	for i := 0; i+size <= len(bits); i += size {
		var c byte
		for _, bit := range bits[i : i+size] {
			c = c<<1 | bit ^ flip
		}
		b = append(b, c)
	}
	return string(b)
}

func orNothing(s string) string {
	if !readable(s) {
		return ""
	}
	return s
}

// readable reports whether s is text: valid, long enough, of printable characters.
func readable(s string) bool {
	if utf8.RuneCountInString(s) < leastPayload || !utf8.ValidString(s) {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && r != '\n' && r != '\t' && r != '\r' })
}
