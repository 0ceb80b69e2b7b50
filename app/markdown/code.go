package markdown

import (
	"slices"
	"strings"
)

// Code is untrusted text as code within a line. Nothing in it is a mention or a reference to GitHub. Two of them must
// not touch.
func Code(s string) Inline {
	s = strings.NewReplacer("\n", " ", "\t", " ").Replace(Visible(s))
	if s == "" {
		return ""
	}
	if strings.Contains(s, "|") {
		// In a table a code span with a bar can't be written without changing how it reads elsewhere.
		return "<code>" + Text(s) + "</code>"
	}
	ticks := strings.Repeat("`", longestRun(s, '`')+1)
	pad := ""
	if s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' || s[len(s)-1] == ' ' {
		pad = " " // one space on either side is not part of the code
	}
	if strings.Trim(s, " ") == "" {
		pad = "" // but spaces alone are
	}
	return Inline(ticks + pad + s + pad + ticks)
}

// Fence is untrusted text as a block of code. The language is a name that GitHub highlights, a constant of the caller.
func Fence(language, s string) Block {
	if drawn[language] {
		language = ""
	}
	return fence(language, Visible(s))
}

// drawn are the languages that GitHub does not highlight but acts on.
var drawn = map[string]bool{"suggestion": true, "mermaid": true, "math": true, "geojson": true, "topojson": true, "stl": true}

// Suggestion is a block whose lines replace those that the comment stands at, when someone presses the button; without
// lines it deletes them. It reports false when the lines would not arrive as they are: they hold something unseen, a
// line break, or a byte that is not UTF-8.
func Suggestion(lines []string) (Block, bool) {
	text := strings.Join(lines, "\n")
	if Visible(text) != text || strings.ContainsRune(text, '\uFFFD') || strings.Count(text, "\n") > max(len(lines)-1, 0) {
		return "", false
	}
	ticks := strings.Repeat("`", max(longestRun(text, '`')+1, 3))
	return Block(ticks + "suggestion\n" + strings.Join(append(slices.Clone(lines), ticks), "\n")), true
}

func fence(language, s string) Block {
	ticks := strings.Repeat("`", max(longestRun(s, '`')+1, 3))
	if s != "" {
		s += "\n"
	}
	return Block(ticks + language + "\n" + s + ticks)
}

// longestRun is the length of the longest run of a byte in a text.
func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
