package output

import (
	"fmt"
	"strings"

	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/checks"
)

// summary is the last line: how many of what, in how much, and what follows from it. It is the only one of a review
// that has nothing to say.
func (p *page) summary(r Report, live bool) {
	parts := []string{p.tally(r.shown())}
	if n := len(r.Result.Unscanned); n > 0 {
		parts = append(parts, p.paint(warning, fmt.Sprintf("%d not scanned", n)))
	}
	parts = append(parts, counted(r.Result.Stats.Files, "file"))
	if live {
		parts = append(parts, fmt.Sprintf("%.1f s", r.Result.Stats.Seconds))
	}
	p.line(strings.Join(parts, p.paint(faint, " · ")))
	if n := r.hidden(checks.Existing); n > 0 {
		p.line(p.paint(faint, fmt.Sprintf("%s not shown: there before this change", counted(n, "finding"))))
	}
	if n := r.hidden(checks.Suppressed); n > 0 {
		p.line(p.paint(faint, fmt.Sprintf("%s not shown: suppressed", counted(n, "finding"))))
	}
	if said := r.Result.Lookups.Unanswered(); said != "" {
		p.line(p.paint(warning, visible(said)))
	}
	if l := r.Result.Lookups; l != nil && (l.Stale || l.Database.Missing != "") {
		p.line(p.paint(warning, visible(l.Source())))
	}
	if said := conclusion(r.Decision); said != "" {
		p.line(said)
	}
}

// tally counts findings by severity.
func (p *page) tally(findings []checks.Finding) string {
	if len(findings) == 0 {
		return "No findings"
	}
	by := map[checks.Severity]int{}
	for _, f := range findings {
		by[f.Severity]++
	}
	var parts []string
	for _, s := range checks.Severities() {
		if by[s] > 0 {
			parts = append(parts, p.paint(severityInk[s], fmt.Sprintf("%d %s", by[s], s)))
		}
	}
	return counted(len(findings), "finding") + ": " + strings.Join(parts, ", ")
}

// conclusion says what a verdict other than pass rests on.
func conclusion(d policy.Decision) string {
	if d.Verdict == policy.Pass || d.Verdict == "" {
		return ""
	}
	return "Verdict: " + string(d.Verdict) + " (" + strings.Join(d.Reasons, "; ") + ")"
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
