package text

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxSnippet bounds a quoted line in bytes: enough for a long line with a paragraph hidden in it, at four bytes a
// character, and small enough for thousands of findings.
const MaxSnippet = 2000

// MaxSnippetLines bounds a quote in lines; a private key has dozens and shows nothing after the first.
const MaxSnippetLines = 4

// Span is a range of bytes of a text.
type Span struct{ Start, End int }

// Cut is a span that a snippet must not show, and what it shows instead.
type Cut struct {
	Span
	Shown string
}

// Snippet quotes the lines that [start, end) touches, verbatim but for the cuts. Longer lines and more lines than the
// bounds are cut around start, with an ellipsis where something is missing.
func (t *Text) Snippet(start, end int, cuts ...Cut) string {
	first := t.lineOf(max(0, min(start, len(t.Bytes))))
	last := t.lineOf(max(start, min(end-1, len(t.Bytes))))
	lines := make([]string, 0, 1)
	for line := first; line <= last; line++ {
		if len(lines) == MaxSnippetLines {
			lines = append(lines, ellipsis)
			break
		}
		from, to := t.Line(line)
		if quoted := t.quoteLine(from, to, max(from, start), cuts); quoted != "" || line == first {
			lines = append(lines, quoted)
		}
	}
	return strings.Join(lines, "\n")
}

const ellipsis = "…"

// quoteLine quotes [from, to) without the cuts, at most MaxSnippet bytes of it around focus.
func (t *Text) quoteLine(from, to, focus int, cuts []Cut) string {
	left, right := ellipsis, ellipsis
	lo, hi := focus-MaxSnippet/4, focus+MaxSnippet*3/4
	if to-from <= MaxSnippet || lo <= from {
		lo, left = from, ""
	}
	if hi = max(hi, lo+MaxSnippet); hi >= to {
		hi, right = to, ""
	}
	for lo > from && lo < hi && !utf8.RuneStart(t.Bytes[lo]) {
		lo++
	}
	for hi < to && hi > lo && !utf8.RuneStart(t.Bytes[hi]) {
		hi--
	}
	var b strings.Builder
	b.WriteString(left)
	at := lo
	for _, cut := range merge(cuts) {
		if cut.End <= at || cut.Start >= hi {
			continue
		}
		b.Write(t.Bytes[at:max(at, cut.Start)])
		if cut.Start >= from { // one that began on an earlier line is shown there
			b.WriteString(cut.Shown)
		}
		at = cut.End
	}
	if at < hi {
		b.Write(t.Bytes[at:hi])
	}
	b.WriteString(right)
	return strings.TrimSuffix(b.String(), "\r")
}

// merge sorts cuts and joins those that overlap; the first one's text stands for the whole.
func merge(cuts []Cut) []Cut {
	sorted := slices.Clone(cuts)
	slices.SortStableFunc(sorted, func(a, b Cut) int { return a.Start - b.Start })
	out := sorted[:0]
	for _, c := range sorted {
		if n := len(out); n > 0 && c.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, c.End)
			continue
		}
		out = append(out, c)
	}
	return out
}

// Replace is b with what the cuts show in place of what they cover.
func Replace(b []byte, cuts []Cut) string {
	var out strings.Builder
	at := 0
	for _, cut := range merge(cuts) {
		out.Write(b[at:cut.Start])
		out.WriteString(cut.Shown)
		at = cut.End
	}
	out.Write(b[at:])
	return out.String()
}
