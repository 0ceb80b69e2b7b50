package analyse

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-app/assay/checks"
)

// Bounds of what one check may report. The child cuts what exceeds them and says so; the parent takes a child that
// exceeds them for one that no longer runs our code.
const (
	MaxFindings   = 10_000 // GitHub shows 50 comments; the rest is for SARIF, which takes 25,000 results
	MaxComponents = 10_000
	MaxPackages   = 100_000 // the largest lockfiles known hold some 20,000
	MaxEvidence   = 10_000
	MaxUnscanned  = 20_000 // a change of 10,000 files, both sides

	MaxReportBytes = 64 << 20 // JSON of everything one check reports

	maxText  = 16 << 10 // bytes of a message, a snippet, a fix; GitHub takes 64 KiB for a whole comment
	maxShort = 1 << 10  // bytes of a title, a name, a reason, an address, a line of a trace
	maxLabel = 256      // bytes of a rule id, a catalogue's id, a field's name
	maxSteps = 100      // steps of a trace
	maxEdits = 50       // edits of a fix
	maxList  = 20       // ids of one catalogue, references, aliases
	maxPairs = 64       // fields of a component
)

// text is a string of a report together with its bound.
type text struct {
	what  string
	limit int
	value *string
}

func label(what string, s *string) text { return text{what, maxLabel, s} }
func line(what string, s *string) text  { return text{what, maxShort, s} }
func prose(what string, s *string) text { return text{what, maxText, s} }

// findingTexts lists the strings of a finding that may be cut. Edits are not among them: half an edit is a wrong one.
func findingTexts(f *checks.Finding) []text {
	texts := []text{
		label("rule", (*string)(&f.Rule)), label("fingerprint", (*string)(&f.Fingerprint)), line("title", &f.Title), line("symbol", &f.Symbol),
		prose("message", &f.Message), prose("snippet", &f.Snippet), prose("remediation", &f.Remediation.Text),
	}
	for i := range f.Trace {
		texts = append(texts, line("trace", &f.Trace[i].Text))
	}
	for _, list := range findingLists(f) {
		for i := range *list {
			texts = append(texts, line("list", &(*list)[i]))
		}
	}
	if s := f.Suppression; s != nil {
		texts = append(texts, line("suppression", &s.Reason))
	}
	if p := f.Package; p != nil {
		texts = append(texts, label("ecosystem", &p.Ecosystem), line("package", &p.Name), line("version", &p.Version),
			label("advisory", &p.Advisory), line("fixed version", &p.Fixed), line("summary", &p.Summary))
	}
	return texts
}

// findingLists lists the lists of words in a finding.
func findingLists(f *checks.Finding) []*[]string {
	t := &f.Taxonomy
	lists := []*[]string{&t.CWE, &t.OWASPLLM2025, &t.OWASPLLM2026, &t.OWASPAgentic, &t.MITREATLAS, &f.Remediation.References}
	if f.Package != nil {
		lists = append(lists, &f.Package.Aliases)
	}
	return lists
}

func componentTexts(c *checks.Component) []text {
	return []text{label("kind", &c.Kind), line("name", &c.Name), line("version", &c.Version)}
}

func packageTexts(p *checks.Package) []text {
	texts := []text{
		label("ecosystem", &p.Ecosystem), line("name", &p.Name), line("version", &p.Version), line("requirement", &p.Requirement),
		label("group", &p.Group), prose("snippet", &p.Snippet),
	}
	for i := range p.Guesses {
		texts = append(texts, line("name", &p.Guesses[i]))
	}
	return texts
}

func evidenceTexts(e *checks.Evidence) []text {
	return []text{label("agent", &e.Agent), label("kind", &e.Kind), prose("quote", &e.Quote)}
}

func unscannedTexts(u *checks.Unscanned) []text { return []text{line("reason", &u.Reason)} }

// fit cuts a report down to the bounds. What is lost of a list is said; what is lost of a text ends in an ellipsis.
func fit(name checks.Name, r checks.Report) checks.Report {
	var lost []checks.Unscanned
	r.Findings = fitList(name, "findings", MaxFindings, r.Findings, &lost)
	r.Components = fitList(name, "components", MaxComponents, r.Components, &lost)
	r.Packages = fitList(name, "packages", MaxPackages, r.Packages, &lost)
	r.Evidence = fitList(name, "pieces of evidence", MaxEvidence, r.Evidence, &lost)
	const room = 5 // for what was lost, and one more by the sender
	r.Unscanned = fitList(name, "files not scanned", MaxUnscanned-room, r.Unscanned, &lost)
	r.Unscanned = append(r.Unscanned, lost...)

	for i := range r.Findings {
		fitFinding(name, &r.Findings[i])
	}
	for i := range r.Components {
		cut(componentTexts(&r.Components[i]))
		fitFields(&r.Components[i])
	}
	for i := range r.Packages {
		p := &r.Packages[i]
		p.Guesses, p.ImportedBy = p.Guesses[:min(len(p.Guesses), maxList)], p.ImportedBy[:min(len(p.ImportedBy), maxList)]
		cut(packageTexts(p))
	}
	for i := range r.Evidence {
		cut(evidenceTexts(&r.Evidence[i]))
	}
	for i := range r.Unscanned {
		u := &r.Unscanned[i]
		u.Check = name
		cut(unscannedTexts(u))
	}
	return r
}

func fitList[T any](name checks.Name, what string, most int, list []T, lost *[]checks.Unscanned) []T {
	if len(list) <= most {
		return list
	}
	reason := fmt.Sprintf("more than %d %s; the rest is not listed", most, what)
	*lost = append(*lost, checks.Unscanned{Check: name, Reason: reason, Kind: checks.Failed})
	return list[:most:most]
}

func fitFinding(name checks.Name, f *checks.Finding) {
	f.Check, f.Status = name, ""
	for _, list := range findingLists(f) {
		*list = (*list)[:min(len(*list), maxList)]
	}
	f.Trace = f.Trace[:min(len(f.Trace), maxSteps)]
	exact := func(e checks.Edit) bool { return len(e.NewText) <= maxText && utf8.ValidString(e.NewText) }
	if edits := f.Remediation.Edits; len(edits) > maxEdits || slices.ContainsFunc(edits, func(e checks.Edit) bool { return !exact(e) }) {
		f.Remediation.Edits = nil
	}
	cut(findingTexts(f))
}

// fitFields drops the fields that are too long, and all if they are too many: a map has no first ones.
func fitFields(c *checks.Component) {
	if len(c.Fields) > maxPairs {
		c.Fields = nil
	}
	maps.DeleteFunc(c.Fields, func(key, value string) bool {
		return len(key) > maxLabel || len(value) > maxShort || !utf8.ValidString(key) || !utf8.ValidString(value)
	})
}

func cut(texts []text) {
	for _, t := range texts {
		// JSON would make each bad byte three, after the cut.
		*t.value = clip(strings.ToValidUTF8(*t.value, "\uFFFD"), t.limit)
	}
}

// clip shortens s to limit bytes, between two runes.
func clip(s string, limit int) string {
	const ellipsis = "…"
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit-len(ellipsis)], "") + ellipsis
}

func short(s string) string { return clip(s, maxShort) }
