package judge

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of what a message quotes, in bytes.
const (
	maxName    = 120 // of names and versions; npm allows 214
	maxSummary = 240 // of the line that somebody wrote about an advisory

	// maxSentence is from which length on the first sentence of that line is enough.
	maxSentence = 120
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// fill puts words for the names in braces. What is filled in is never filled again, so that a name in braces stays what
// it is.
func fill(template string, words map[string]string) string {
	filled := placeholder.ReplaceAllStringFunc(template, func(name string) string { return words[name[1:len(name)-1]] })
	return strings.Join(strings.Fields(filled), " ")
}

// code is a name or a version that somebody else wrote, as code: on one line, nothing invisible in it and nothing that
// would end the code.
func code(s string) string { return "`" + plain(s, maxName) + "`" }

// plain is text of somebody else on one line of at most so many bytes, with what cannot be seen spelled out.
func plain(s string, limit int) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		if b.Len() >= limit {
			return strings.TrimSpace(b.String()) + "…"
		}
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case r == '`':
			r = '\''
		case r == utf8.RuneError, !unicode.IsPrint(r), unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
			r = '\uFFFD'
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// sentence is somebody else's line, or its first sentence when it is long, without what ends it: it stands in a sentence of
// ours.
func sentence(s string) string {
	s = plain(s, maxSummary)
	if end := strings.Index(s, ". "); end > 0 && len(s) > maxSentence {
		s = s[:end]
	}
	return strings.TrimRight(s, ".!?:; ")
}

// ago is how long something was before now, in the unit that a person would take.
func ago(since, now time.Time) string {
	days := int(now.Sub(since).Hours() / 24)
	switch {
	case days < 1:
		return "less than a day"
	case days < 60:
		return counted(days, "day")
	case days < 730:
		return counted(days/30, "month")
	}
	return counted(days/365, "year")
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
