package publish

import (
	"strings"

	"github.com/google/go-github/v62/github"

	md "github.com/assay-app/assay/app/markdown"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

// annotations mark the findings that have no comment at their lines, the most severe first, up to MaxAnnotations. What
// is not in a file at the head gets none: GitHub would have no line for it.
func annotations(g *Gate) []*github.CheckRunAnnotation {
	var all []*github.CheckRunAnnotation
	for _, f := range grouped(allFound(g)) {
		if len(all) == MaxAnnotations {
			break
		}
		if f.comment == "" && atHead(f.Finding) {
			all = append(all, annotation(f.Finding, len(f.others)))
		}
	}
	return all
}

// annotation is plain text: GitHub makes no Markdown of it.
func annotation(f *checks.Finding, others int) *github.CheckRunAnnotation {
	message := md.Visible(md.Clip(f.Message, maxMessage))
	if fix := f.Remediation.Text; fix != "" {
		message += "\n\nHow to fix it: " + md.Visible(md.Clip(fix, maxFix))
	}
	if strings.TrimSpace(message) == "" {
		message = f.Title
	}
	first, last := f.Location.Start.Line, f.Location.LastLine()
	a := &github.CheckRunAnnotation{
		Path:            github.String(string(f.Location.Path)),
		StartLine:       github.Int(first),
		EndLine:         github.Int(last),
		AnnotationLevel: github.String(level(f.Severity)),
		Title:           github.String(oneLine(severityName(f.Severity)+": "+review.Title(f, others), maxTitle)),
		Message:         github.String(message),
	}
	// GitHub takes columns only on a single line. It counts characters where we count bytes.
	if from, to := f.Location.Start.Column, f.Location.End.Column-1; first == f.Location.End.Line && from >= 1 && to >= from && ascii(f.Snippet) {
		a.StartColumn, a.EndColumn = github.Int(from), github.Int(to)
	}
	return a
}

// level is the colour of an annotation.
func level(s checks.Severity) string {
	switch {
	case s.AtLeast(checks.High):
		return "failure"
	case s.AtLeast(checks.Medium):
		return "warning"
	}
	return "notice"
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
