package dependency

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
	"github.com/assay-app/assay/checks/internal/text"
)

// maxQuoted is how many bytes of a name, an address or a script a message quotes.
const maxQuoted = 160

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// fill puts words for the names in braces, once.
func fill(template string, words map[string]string) string {
	filled := placeholder.ReplaceAllStringFunc(template, func(name string) string { return words[name[1:len(name)-1]] })
	return strings.Join(strings.Fields(filled), " ")
}

// plain is text of somebody else on one line of at most so many bytes, with what cannot be seen or would end a quotation
// replaced.
func plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		if b.Len() >= maxQuoted {
			b.WriteString("…")
			break
		}
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case r == utf8.RuneError, r == '`', !unicode.IsPrint(r), unicode.In(r, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
			r = '\uFFFD'
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

func code(s string) string { return "`" + plain(s) + "`" }

// about is a finding at a place in a file of the head. The subject tells it from others of the same rule in the file, and
// holds nothing that moves.
func (r *review) about(id checks.RuleID, t *text.Text, path checks.Path, at checks.Range, subject string, words map[string]string) *checks.Finding {
	rule := r.catalogue.rules[id]
	f := rule.Finding(checks.Dependency)
	f.Location = checks.Location{Path: path, Start: at.Start, End: at.End}
	f.Snippet = t.Snippet(t.Offset(at.Start), t.Offset(at.End))
	f.Fingerprint = checks.NewFingerprint(id, "", subject)
	f.Severity = r.catalogue.fixtures.Grade(f.Severity, path)
	f.Message = fill(rule.Message+" "+rule.Why, words)
	f.Remediation.Text = fill(rule.Remediation, words)
	r.report.Findings = append(r.report.Findings, f)
	return &r.report.Findings[len(r.report.Findings)-1]
}

// cut leaves out what is beyond the bound on findings.
func (r *review) cut() {
	if n := len(r.report.Findings); n > maxFindings {
		r.over += n - maxFindings
		r.report.Findings = r.report.Findings[:maxFindings]
	}
}

// overflow says that there were more findings than are told.
func (r *review) overflow() {
	if r.over == 0 {
		return
	}
	r.report.Unscanned = append(r.report.Unscanned, checks.Unscanned{
		Check: checks.Dependency, Kind: checks.Failed, Reason: fmt.Sprintf("more than %d findings; %d more are not told", maxFindings, r.over),
	})
}

// aboutEntry is a finding about a package as a file of the head names it.
func (r *review) aboutEntry(id checks.RuleID, p *pair, e *manifest.Entry, words map[string]string) *checks.Finding {
	if words == nil {
		words = map[string]string{}
	}
	words["package"], words["version"] = code(e.Name), code(e.Version)
	f := r.about(id, p.head.text, p.head.Path, firstLine(p.head.text, e.At), e.Ecosystem+" "+e.Name, words)
	f.Title += ": " + plain(strings.TrimSpace(e.Name+" "+e.Version))
	f.Package = &checks.PackageFact{Ecosystem: e.Ecosystem, Name: e.Name, Version: e.Version}
	r.cameFrom[len(r.report.Findings)-1] = hostOf(e.Source)
	return f
}

// maxAlike is how many findings of a rule in one file stand by themselves. A lockfile that some tool wrote anew may be
// without a single hash, and that is one thing to say.
const maxAlike = 3

// fold puts findings about many packages of one file together that differ in the package alone: of the same rule and
// severity, from the same host. What differs in anything else stays, so that nothing can hide in a crowd.
func (r *review) fold(from int) {
	type kind struct {
		rule     checks.RuleID
		severity checks.Severity
		host     string
	}
	kindOf := func(i int) (kind, bool) {
		host, ok := r.cameFrom[i]
		return kind{r.report.Findings[i].Rule, r.report.Findings[i].Severity, host}, ok
	}
	count := map[kind]int{}
	for i := from; i < len(r.report.Findings); i++ {
		if k, ok := kindOf(i); ok {
			count[k]++
		}
	}
	kept := r.report.Findings[:from]
	said := map[kind]bool{}
	for i := from; i < len(r.report.Findings); i++ {
		k, ok := kindOf(i)
		if !ok || count[k] <= maxAlike {
			kept = append(kept, r.report.Findings[i])
			continue
		}
		if said[k] {
			continue
		}
		said[k] = true
		f := r.report.Findings[i]
		f.Message += fmt.Sprintf(" The same is true of %s in this file.", counted(count[k]-1, "other package"))
		kept = append(kept, f)
	}
	r.report.Findings = kept
	clear(r.cameFrom)
}

// firstLine is a range cut down to the line that it begins on: an entry of a lockfile goes on for many.
func firstLine(t *text.Text, at checks.Range) checks.Range {
	if at.Start.Line < 1 || at.Start.Line > t.Lines() || at.End.Line == at.Start.Line {
		return at
	}
	start, end := t.Line(at.Start.Line)
	return checks.Range{Start: t.Position(max(start, t.Offset(at.Start))), End: t.Position(end)}
}
