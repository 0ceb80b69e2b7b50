package output

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/assay-app/assay/checks"
)

const (
	// maxLine is how many bytes of a line around the place are looked at, whatever the line's length. It fills the
	// widest terminal many times.
	maxLine = 16 << 10

	// maxLines is how many lines of a finding are shown.
	maxLines = 8

	// ellipsis stands where something was left out, in excerpts and in the snippets that the checks take.
	ellipsis = "…"

	// redacted ends what a snippet shows of a credential.
	redacted = "[redacted]"

	// snippetLead is how many bytes before the place a check's snippet of a long line begins (a quarter of 2,000 bytes).
	snippetLead = 500
)

// excerptLine is one line of source and the part of it that the finding is about.
type excerptLine struct {
	number     int // 0 when not known
	text       string
	start, end int // bytes of text
}

// excerptLines splits the snippet of a finding and finds the place in it.
//
// A snippet is verbatim only so far: credentials are replaced, long lines are cut around the place, many lines are cut
// short and blank ones may be missing. So each end of the place is trusted only within the line, and numbers after the
// first only when there are as many lines as the place has.
func excerptLines(f checks.Finding) []excerptLine {
	if f.Snippet == "" {
		return nil
	}
	texts := strings.Split(strings.TrimRight(f.Snippet, "\n"), "\n")
	first, last := f.Location.Start.Line, f.Location.LastLine()
	complete := len(texts) == last-first+1 || texts[len(texts)-1] == ellipsis
	lines := make([]excerptLine, 0, min(len(texts), maxLines+1))
	for i, text := range texts {
		if i == maxLines {
			lines = append(lines, excerptLine{text: ellipsis})
			break
		}
		line := excerptLine{text: strings.TrimSuffix(text, "\r")}
		cut := i > 0 && line.text == ellipsis
		if first > 0 && !cut && (i == 0 || complete && first+i <= last) {
			line.number = first + i
		}
		if !cut {
			line.start, line.end = indent(line.text), len(line.text)
		}
		lines = append(lines, line)
	}
	if first > 0 {
		mark(lines, &f)
	}
	return lines
}

// mark narrows the first and the last line to the columns of the place. A credential is shorter or longer there than in
// the file; it ends with the word that replaces it.
func mark(lines []excerptLine, f *checks.Finding) {
	at := f.Location
	start := &lines[0]
	start.start = within(start.text, at.Start.Column)
	if shown := strings.Index(start.text[start.start:], redacted); f.Check == checks.Secret && shown >= 0 {
		start.end = start.start + shown + len(redacted)
		return
	}
	if at.End.Line == at.Start.Line {
		length := max(0, at.End.Column-at.Start.Column)
		start.end = min(start.start+length, len(start.text))
		return
	}
	if end := &lines[len(lines)-1]; end.number == at.End.Line {
		end.end = max(end.start, within(end.text, at.End.Column))
	}
}

// within is where a column is in the text of a line that may have been cut before it.
func within(text string, column int) int {
	at := max(0, column-1)
	if strings.HasPrefix(text, ellipsis) && at > snippetLead {
		at = len(ellipsis) + snippetLead
	}
	at = min(at, len(text))
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

func indent(text string) int { return len(text) - len(strings.TrimLeft(text, " \t")) }

// excerpt draws the lines of a finding with their numbers, and underlines the place. No line is wider than width.
func (b brush) excerpt(f checks.Finding, width int) []string {
	lines := excerptLines(f)
	gutter := 0
	for _, line := range lines {
		gutter = max(gutter, len(number(line.number)))
	}
	var out []string
	for i, line := range lines {
		view := look(line, max(width-gutter-3, 1))
		out = append(out, b.paint(faint, fmt.Sprintf("%*s │", gutter, number(line.number)))+" "+b.source(view, severityInk[f.Severity]))
		if underlined := i == 0 || i == len(lines)-1; underlined && line.number > 0 {
			blank := strings.Repeat(" ", view.before)
			carets := strings.Repeat("^", max(1, view.marked))
			out = append(out, b.paint(faint, strings.Repeat(" ", gutter)+" │")+" "+blank+b.paint(severityInk[f.Severity], carets))
		}
	}
	return out
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// source draws a line, the place in the ink of the severity.
func (b brush) source(v view, i ink) string {
	var out strings.Builder
	for from := 0; from < len(v.glyphs); {
		use := v.ink(from, i)
		to := from
		var run strings.Builder
		for to < len(v.glyphs) && v.ink(to, i) == use {
			run.WriteString(v.glyphs[to].shown)
			to++
		}
		out.WriteString(b.paint(use, run.String()))
		from = to
	}
	return strings.TrimRight(out.String(), " ")
}
