package publish

import (
	"strings"

	"github.com/assay-app/assay/app/markdown"
	"github.com/assay-app/assay/checks"
)

// place is where an inline comment stands, with the suggestion that fits there.
type place struct {
	first, last int
	suggestion  markdown.Block // empty when there is none that is exact
}

// placeComment finds where GitHub takes a comment on a finding: at all of its lines when one hunk shows them, else at
// one of them. The lines grow to those of the fix when that makes a suggestion possible.
func placeComment(f *checks.Finding, p patch) (place, bool) {
	first, last := f.Location.Start.Line, f.Location.LastLine()
	from, to := first, last
	for _, e := range f.Remediation.Edits {
		from, to = min(from, e.Start.Line), max(to, lastEdited(e))
	}
	if h := p.within(from, to); h != nil {
		if block, ok := suggestion(f, h, from, to); ok {
			return place{from, to, block}, true
		}
	}
	if p.within(first, last) != nil {
		return place{first: first, last: last}, true
	}
	line, ok := p.nearest(first, last)
	return place{first: line, last: line}, ok
}

// lastEdited is the last line that an edit touches. One that ends before the first character of a line takes the line
// break before it, and nothing of that line.
func lastEdited(e checks.Edit) int {
	return checks.Location{Start: e.Start, End: e.End}.LastLine()
}

// suggestion is the block that makes the edits of a finding when it replaces the lines from first to last of a hunk.
//
// The text comes from GitHub's own patch and not from what was analysed, so that what the button writes is what stands
// there. A finding whose quoted lines differ from it was redacted: what was hidden must not be printed by a suggestion.
func suggestion(f *checks.Finding, h *hunk, first, last int) (markdown.Block, bool) {
	edits := f.Remediation.Edits
	if len(edits) == 0 {
		return "", false
	}
	if f.Snippet != "" {
		at := f.Location
		if !h.has(at.Start.Line) || !h.has(at.LastLine()) ||
			strings.TrimSuffix(f.Snippet, "\n") != strings.Join(h.slice(at.Start.Line, at.LastLine()), "\n") {
			return "", false
		}
	}
	lines, ok := applyEdits(h.slice(first, last), first, f.Location.Path, edits)
	if !ok {
		return "", false
	}
	return markdown.Suggestion(lines)
}

// applyEdits makes edits to whole lines, the first of which has the number first, and gives the lines that take their
// place. The edits must be in order, in bounds and apart from each other, and leave whole lines.
func applyEdits(lines []string, first int, path checks.Path, edits []checks.Edit) ([]string, bool) {
	text := strings.Join(lines, "\n") + "\n"
	starts := make([]int, 0, len(lines)+1) // of each line in text, and of the one after them
	at := 0
	for _, line := range lines {
		starts = append(starts, at)
		at += len(line) + 1
	}
	starts = append(starts, at)

	offset := func(p checks.Position) (int, bool) {
		n := p.Line - first
		if n < 0 || n >= len(starts) || p.Column < 1 {
			return 0, false
		}
		o := starts[n] + p.Column - 1
		if n == len(lines) {
			return o, p.Column == 1
		}
		return o, o < starts[n+1] // the line feed is the last that can be named
	}
	var b strings.Builder
	done := 0
	for _, e := range edits {
		start, okStart := offset(e.Start)
		end, okEnd := offset(e.End)
		if e.Path != path || !okStart || !okEnd || start < done || end < start {
			return nil, false
		}
		b.WriteString(text[done:start])
		b.WriteString(e.NewText)
		done = end
	}
	b.WriteString(text[done:])
	switch result := b.String(); {
	case result == text:
		return nil, false // nothing to suggest
	case result == "":
		return nil, true
	case !strings.HasSuffix(result, "\n"):
		return nil, false // the line after them would be joined to the last
	default:
		return strings.Split(strings.TrimSuffix(result, "\n"), "\n"), true
	}
}
