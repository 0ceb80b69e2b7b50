package record

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// instant reads a time to the second. The year 1 stands for none, and so does what is no time.
func instant(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Unix() <= 0 || at.Year() > 9999 {
		return time.Time{}
	}
	return at.UTC().Truncate(time.Second)
}

// oneLine makes one line of a text without anything that is not seen, of at most MaxSummary bytes.
func oneLine(text string) string {
	text = text[:min(len(text), 8*MaxSummary)]
	var b strings.Builder
	space := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case r == utf8.RuneError || !unicode.IsPrint(r):
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
		if b.Len() > MaxSummary {
			break
		}
	}
	line := b.String()
	if len(line) <= MaxSummary {
		return line
	}
	const ellipsis = "…"
	cut := MaxSummary - len(ellipsis)
	for !utf8.RuneStart(line[cut]) {
		cut--
	}
	if space := strings.LastIndexByte(line[:cut], ' '); space > MaxSummary/2 {
		cut = space
	}
	return line[:cut] + ellipsis
}
