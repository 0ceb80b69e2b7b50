package text

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote makes a piece of untrusted text safe to show inside a message: in double quotes, on one line, with control,
// invisible and reordering characters and bytes that are not UTF-8 written as escapes, and at most limit bytes of it.
func Quote(s string, limit int) string {
	quoted := strconv.Quote(clip(s, limit))
	var b strings.Builder
	for _, r := range quoted {
		if unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			fmt.Fprintf(&b, `\u{%x}`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// clip cuts s to at most limit bytes, at the start of a character, and says so with an ellipsis.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + ellipsis
}
