package markdown

import (
	"regexp"
	"strings"
)

// quotedOrAddress finds what reads better as code: a word or more between backticks, and web addresses, which in plain
// text would have to be broken with a character that nobody sees and everybody copies.
var quotedOrAddress = regexp.MustCompile("`[^`\n]+`|https?://[^\\s`<>\"]*[^\\s`<>\".,;:!?)\\]}]")

// Guidance is Prose in which pieces between backticks and web addresses become code. GitHub acts on neither.
func Guidance(s string) Block {
	var paragraphs []string
	blank := false
	for line := range strings.SplitSeq(Visible(s), "\n") {
		text := string(guidanceLine(line))
		if text == "" {
			blank = true
			continue
		}
		if len(paragraphs) == 0 || blank {
			paragraphs = append(paragraphs, text)
		} else {
			paragraphs[len(paragraphs)-1] += "\n" + text
		}
		blank = false
	}
	return Block(strings.Join(paragraphs, "\n\n"))
}

func guidanceLine(line string) Inline {
	line = strings.Join(strings.Fields(line), " ")
	var b strings.Builder
	done := 0
	for _, at := range quotedOrAddress.FindAllStringIndex(line, -1) {
		code := strings.TrimSpace(strings.Trim(line[at[0]:at[1]], "`"))
		if code == "" || !apart(line, at[0]-1) || !apart(line, at[1]) {
			continue
		}
		writeSpaced(&b, line[done:at[0]])
		b.WriteString(string(Code(code)))
		done = at[1]
	}
	writeSpaced(&b, line[done:])
	return Inline(b.String())
}

// apart reports whether the character at a place is none that could join a code span: two that touch would be read as
// one.
func apart(line string, at int) bool {
	return at < 0 || at >= len(line) || strings.IndexByte(" .,;:!?()", line[at]) >= 0
}

// writeSpaced writes text that stands beside code, with the spaces around it that Text takes away.
func writeSpaced(b *strings.Builder, s string) {
	text := Text(s)
	if strings.HasPrefix(s, " ") {
		b.WriteByte(' ')
	}
	b.WriteString(string(text))
	if text != "" && strings.HasSuffix(s, " ") {
		b.WriteByte(' ')
	}
}
