// Package output renders a reviewed change: as text for a person at a terminal, as JSON and SARIF for programs, as
// Markdown for the summary of a CI job.
//
// Everything that it prints about a change was written by others. Whatever a terminal, a browser or a parser might act
// on is made visible or escaped here, in one place per format.
package output

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

// Format names a way of rendering.
type Format string

// The formats.
const (
	Text     Format = "text"
	JSON     Format = "json"
	SARIF    Format = "sarif"
	Markdown Format = "markdown"
)

// Formats lists all formats.
func Formats() []Format { return []Format{Text, JSON, SARIF, Markdown} }

// Report is what is rendered.
type Report struct {
	Result   *review.Result
	Decision policy.Decision

	// Range says that commits were reviewed, not a mere tree, so that there is something to say about who wrote them.
	Range bool

	// Version is that of Assay.
	Version string

	// RuleURL gives the page that explains a rule, and "" for a rule that has none. It may be nil.
	RuleURL func(checks.RuleID) string
}

// Style is how text is laid out. The zero value suits a pipe or a file.
type Style struct {
	Colour bool
	Width  int  // columns; DefaultWidth when 0
	Live   bool // a person watches: what differs from run to run, such as the time it took, may be shown
}

// Write renders a report. The same report always gives the same bytes.
func Write(w io.Writer, format Format, r Report, style Style) error {
	r = r.placed()
	var rendered []byte
	var err error
	switch format {
	case Text:
		rendered = renderText(r, style)
	case JSON:
		rendered, err = renderJSON(r)
	case SARIF:
		rendered, err = renderSARIF(r)
	case Markdown:
		rendered = renderMarkdown(r)
	default:
		return fmt.Errorf("format %q is not one of %v", format, Formats())
	}
	if err != nil {
		return fmt.Errorf("render %s: %w", format, err)
	}
	_, err = w.Write(rendered)
	return err
}

// maxPosition bounds a line and a column: consumers of JSON and SARIF keep them in 32 bits.
const maxPosition = 1<<31 - 1

// placed is the report with every place within bounds, and no end before its start. Findings come from a process that
// has read hostile bytes; the formats need not think of it again.
func (r Report) placed() Report {
	result := *r.Result
	result.Findings = slices.Clone(result.Findings)
	for i := range result.Findings {
		f := &result.Findings[i]
		f.Location.Start, f.Location.End = ordered(f.Location.Start, f.Location.End)
		f.Remediation.Edits = slices.Clone(f.Remediation.Edits)
		for j := range f.Remediation.Edits {
			e := &f.Remediation.Edits[j]
			e.Start, e.End = ordered(e.Start, e.End)
		}
		f.Trace = slices.Clone(f.Trace)
		for j := range f.Trace {
			f.Trace[j].Line = bounded(f.Trace[j].Line)
		}
	}
	r.Result = &result
	return r
}

func ordered(start, end checks.Position) (checks.Position, checks.Position) {
	start = checks.Position{Line: bounded(start.Line), Column: bounded(start.Column)}
	end = checks.Position{Line: bounded(end.Line), Column: bounded(end.Column)}
	if order(end, start) < 0 {
		end = start
	}
	return start, end
}

func bounded(n int) int { return max(0, min(n, maxPosition)) }

func order(a, b checks.Position) int {
	return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// pageOf is the address of the page that explains a rule, if it has one.
func (r Report) pageOf(rule checks.RuleID) string {
	if r.RuleURL == nil {
		return ""
	}
	return r.RuleURL(rule)
}

// shown are the findings that a person should see now: what the change brought, above info.
func (r Report) shown() []checks.Finding {
	var shown []checks.Finding
	for _, f := range r.Result.Findings {
		if f.Status == checks.New && f.Severity.AtLeast(checks.Low) {
			shown = append(shown, f)
		}
	}
	return shown
}

// hidden counts the findings above info with a status, for a line that says they exist.
func (r Report) hidden(status checks.Status) int {
	n := 0
	for _, f := range r.Result.Findings {
		if f.Status == status && f.Severity.AtLeast(checks.Low) {
			n++
		}
	}
	return n
}
