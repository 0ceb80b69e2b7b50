package agent

import "unicode"

// kindOf tells the family of a character, and the empty kind for every one that can be seen.
func kindOf(r rune) kind {
	switch {
	case r < 0xad:
		return ""
	case r >= 0xe0000 && r <= 0xe007f:
		return tags
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef:
		return selectors
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return bidi
	case r >= 0x200b && r <= 0x200f, r == 0x2060, r == 0xfeff, r == 0x061c:
		return zeroWidth
	case r == 0xad, r == 0x034f, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r >= 0x180b && r <= 0x180f,
		r >= 0x2061 && r <= 0x2065, r >= 0x206a && r <= 0x206f, r == 0x3164, r == 0xffa0, r >= 0xfff0 && r <= 0xfffb,
		r >= 0x1bca0 && r <= 0x1bca3, r >= 0x1d173 && r <= 0x1d17a:
		return invisible
	}
	return ""
}

// pictographs are the characters that can stand at either end of a joiner in an emoji sequence, after the property
// Extended_Pictographic of Unicode 16, with gaps of unassigned characters closed.
var pictographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0xa9, 0xae, 5}, {0x203c, 0x203c, 1}, {0x2049, 0x2049, 1}, {0x2122, 0x2122, 1}, {0x2139, 0x2139, 1},
		{0x2194, 0x2199, 1}, {0x21a9, 0x21aa, 1}, {0x231a, 0x231b, 1}, {0x2328, 0x2328, 1}, {0x2388, 0x2388, 1},
		{0x23cf, 0x23cf, 1}, {0x23e9, 0x23f3, 1}, {0x23f8, 0x23fa, 1}, {0x24c2, 0x24c2, 1}, {0x25aa, 0x25ab, 1},
		{0x25b6, 0x25b6, 1}, {0x25c0, 0x25c0, 1}, {0x25fb, 0x25fe, 1}, {0x2600, 0x2605, 1}, {0x2607, 0x2612, 1},
		{0x2614, 0x2685, 1}, {0x2690, 0x2705, 1}, {0x2708, 0x2712, 1}, {0x2714, 0x2716, 2}, {0x271d, 0x2721, 4},
		{0x2728, 0x2728, 1}, {0x2733, 0x2734, 1}, {0x2744, 0x2747, 3}, {0x274c, 0x274e, 2}, {0x2753, 0x2755, 1},
		{0x2757, 0x2757, 1}, {0x2763, 0x2767, 1}, {0x2795, 0x2797, 1}, {0x27a1, 0x27a1, 1}, {0x27b0, 0x27bf, 15},
		{0x2934, 0x2935, 1}, {0x2b05, 0x2b07, 1}, {0x2b1b, 0x2b1c, 1}, {0x2b50, 0x2b55, 5}, {0x3030, 0x303d, 13},
		{0x3297, 0x3299, 2},
	},
	R32: []unicode.Range32{{0x1f000, 0x1f1e5, 1}, {0x1f201, 0x1faff, 1}, {0x1fc00, 0x1fffd, 1}},
}

// joinerScripts are the scripts whose spelling needs joiners and non-joiners.
var joinerScripts = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mandaic, unicode.Mongolian, unicode.Phags_Pa,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
	unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Thai,
	unicode.Lao, unicode.Hebrew, unicode.Javanese, unicode.Balinese, unicode.Thaana, unicode.Limbu, unicode.Grantha,
}

// spacelessScripts are those that mark where a line may break with a zero-width space.
var spacelessScripts = []*unicode.RangeTable{
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Javanese, unicode.Balinese,
	unicode.Han, unicode.Hiragana, unicode.Katakana,
}

func isEmoji(r rune) bool { return unicode.Is(pictographs, r) }

func isASCIILetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// takesSelector reports whether a variation selector after base can choose a form.
func takesSelector(base, selector rune) bool {
	switch {
	case selector >= 0xe0100:
		return unicode.Is(unicode.Han, base)
	case base >= '0' && base <= '9', base == '#', base == '*':
		return selector == 0xfe0e || selector == 0xfe0f || base == '0'
	case base < 0x80:
		return false
	}
	return unicode.IsSymbol(base) || unicode.IsPunct(base) || isEmoji(base) || unicode.IsMark(base) ||
		unicode.In(base, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Mongolian, unicode.Phags_Pa, unicode.Myanmar)
}

// isRightToLeft reports whether a letter belongs to a script written from right to left.
func isRightToLeft(r rune) bool {
	return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
}
