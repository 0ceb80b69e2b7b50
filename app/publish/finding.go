package publish

import (
	"fmt"
	"path"
	"strings"

	md "github.com/assay-app/assay/app/markdown"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

// commentBody is an inline comment: what is wrong here, why, and how to put it right. The mark comes last, where
// nothing that is quoted can stand.
func (p *Publisher) commentBody(f *checks.Finding, head checks.CommitSHA, others []*checks.Finding, suggestion md.Block, mark marker) string {
	const note = "*This comment was cut: GitHub takes no more.*"
	body := md.Blocks(
		md.Paragraph(md.Bold(headline(f))),
		message(f),
		alsoKnown(others),
		p.trace(f, head),
		fix(f),
		suggestion,
		p.footer(f),
	)
	end := mark.block()
	return string(md.Blocks(md.Truncate(body, md.MaxBody-len(end)-len("\n\n"), note), end))
}

// explain is a finding in full for the check run, folded under its headline.
func (p *Publisher) explain(f *checks.Finding, head checks.CommitSHA, others []*checks.Finding) md.Block {
	summary := fmt.Sprintf("%s: %s (%s)", severityName(f.Severity), oneLine(review.Title(f, len(others)), maxTitle), placeName(f))
	const note = "*This was cut to leave room for the other findings.*"
	return md.Details(summary, md.Truncate(md.Blocks(
		md.Paragraph(p.placeLink(f, head)),
		message(f),
		alsoKnown(others),
		snippet(f),
		p.trace(f, head),
		fix(f),
		p.footer(f),
	), maxExplained, note))
}

// maxAlso is how many further advisories about one version are listed; the check run's table counts them all.
const maxAlso = 15

// alsoKnown lists the other advisories about the version that a finding is about.
func alsoKnown(others []*checks.Finding) md.Block {
	if len(others) == 0 {
		return ""
	}
	items := make([]md.Inline, 0, len(others))
	for _, f := range others[:min(len(others), maxAlso)] {
		line := md.Join(" ", md.Text(severityName(f.Severity)+":"), md.Code(oneLine(f.Package.Advisory, maxCell)))
		if f.Package.Summary != "" {
			line = md.Join(" ", line, md.Text(oneLine(f.Package.Summary, maxCell)))
		}
		items = append(items, line)
	}
	if left := len(others) - len(items); left > 0 {
		items = append(items, numbered("and %d more", left))
	}
	return md.Blocks(md.Paragraph(md.Bold("Other advisories about this version")), md.List(items...))
}

func headline(f *checks.Finding) md.Inline {
	return md.Join(": ", md.Text(severityName(f.Severity)), md.Text(oneLine(f.Title, maxTitle)))
}

// severityName is a severity as the first word of a line.
func severityName(s checks.Severity) string {
	if s == "" {
		return "Unknown"
	}
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

func message(f *checks.Finding) md.Block {
	text := md.Guidance(md.Clip(f.Message, maxMessage))
	if f.Package == nil {
		return text
	}
	return md.Blocks(text, md.Paragraph(packageLine(f.Package)))
}

func packageLine(fact *checks.PackageFact) md.Inline {
	name := strings.TrimSpace(fact.Ecosystem + " " + fact.Name + " " + fact.Version)
	line := md.Join(" ", "Package:", md.Code(oneLine(name, maxCell)))
	if fact.Advisory != "" {
		line = md.Join(", ", line, md.Join(" ", "advisory", md.Code(oneLine(fact.Advisory, maxCell))))
	}
	if fact.Fixed != "" {
		line = md.Join(", ", line, md.Join(" ", "fixed in", md.Code(oneLine(fact.Fixed, maxCell))))
	}
	return line
}

func snippet(f *checks.Finding) md.Block {
	if f.Snippet == "" {
		return ""
	}
	return md.Fence(language(f.Location.Path), strings.TrimSuffix(md.Clip(f.Snippet, maxSnippet), "\n"))
}

// highlighted are the endings of files that GitHub knows as names of languages, among those that Assay reads.
const highlighted = " c cpp cs go hcl html ini java js json jsx kt md php py rb rs sh sql swift tf toml ts tsx xml yaml yml "

func language(p checks.Path) string {
	if ext := strings.TrimPrefix(path.Ext(string(p)), "."); ext != "" && strings.Contains(highlighted, " "+ext+" ") {
		return ext
	}
	return ""
}

// trace is the way of bad data, from where it enters to where it does harm.
func (p *Publisher) trace(f *checks.Finding, head checks.CommitSHA) md.Block {
	if len(f.Trace) == 0 {
		return ""
	}
	steps := f.Trace
	var left md.Block
	if len(steps) > maxSteps {
		left = md.Paragraph(md.Inline(fmt.Sprintf("…and %s.", counted(len(steps)-maxSteps, "more step"))))
		steps = steps[:maxSteps]
	}
	commit := head
	if onlyInCommit(f) {
		commit = f.Location.Commit
	}
	items := make([]md.Inline, 0, len(steps))
	for _, s := range steps {
		name := md.Text(oneLine(fmt.Sprintf("%s:%d", quoted(s.Path), s.Line), maxCell+10))
		items = append(items, md.Join(" ", md.Link(name, p.place(commit, s.Path, s.Line, s.Line)), md.Code(oneLine(s.Text, maxStep))))
	}
	return md.Blocks(md.Paragraph(md.Bold("How it gets here")), md.Numbered(items...), left)
}

func fix(f *checks.Finding) md.Block {
	var blocks []md.Block
	if f.Remediation.Text != "" {
		blocks = append(blocks, md.Paragraph(md.Bold("How to fix it")), md.Guidance(md.Clip(f.Remediation.Text, maxFix)))
	}
	var links []md.Inline
	for _, address := range f.Remediation.References {
		if len(links) == maxReferences {
			break
		}
		if len(address) > maxAddress {
			continue
		}
		links = append(links, md.Link(md.Text(md.Clip(address, maxCell)), address))
	}
	return md.Blocks(append(blocks, md.List(links...))...)
}

// footer names the rule and where the field's catalogues file it.
func (p *Publisher) footer(f *checks.Finding) md.Block {
	parts := []md.Inline{md.Join(" ", "Rule", p.links.rule(f.Rule))}
	for _, list := range []struct {
		prefix string
		ids    []string
		suffix string
	}{
		{"", f.Taxonomy.CWE, ""},
		{"OWASP ", f.Taxonomy.OWASPLLM2025, " (2025)"},
		{"OWASP ", f.Taxonomy.OWASPLLM2026, " (2026)"},
		{"OWASP ", f.Taxonomy.OWASPAgentic, ""},
		{"MITRE ATLAS ", f.Taxonomy.MITREATLAS, ""},
	} {
		for _, id := range list.ids {
			parts = append(parts, md.Text(list.prefix+md.Clip(id, maxCell)+list.suffix))
		}
	}
	if f.Confidence != "" {
		parts = append(parts, md.Join(" ", md.Text(string(f.Confidence)), "confidence"))
	}
	return md.Paragraph(md.Small(md.Join(" · ", parts...)))
}

// placeName is where a finding is, in words.
func placeName(f *checks.Finding) string {
	if f.Location.Path == "" {
		return "the whole change"
	}
	name := quoted(f.Location.Path)
	if line := f.Location.Start.Line; line > 0 {
		name = fmt.Sprintf("%s:%d", name, line)
	}
	return name
}

// quoted is a path as git would print it, on one line and of a length that a table bears. Its end tells more than its
// beginning, but so does a line number after it: what is cut is the middle.
func quoted(p checks.Path) string {
	if len(p) <= maxCell {
		return oneLine(p.Quoted(), 2*maxCell)
	}
	half := maxCell / 2
	return oneLine(p[:half].Quoted(), maxCell) + "…" + oneLine(p[len(p)-half:].Quoted(), maxCell)
}

// placeLink is where a finding is, linked to the lines as they stand at the commit that has them.
func (p *Publisher) placeLink(f *checks.Finding, head checks.CommitSHA) md.Inline {
	name := md.Text(placeName(f))
	if f.Location.Path == "" {
		return name
	}
	commit := head
	if onlyInCommit(f) {
		commit = f.Location.Commit
	}
	link := md.Link(name, p.place(commit, f.Location.Path, f.Location.Start.Line, f.Location.LastLine()))
	if onlyInCommit(f) {
		return md.Join(" ", link, "in commit", md.Code(shortSHA(commit)))
	}
	return link
}

func shortSHA(sha checks.CommitSHA) string { return string(sha[:min(len(sha), 12)]) }

// oneLine is plain text on one line of at most so many bytes.
func oneLine(s string, bytes int) string {
	return md.Clip(strings.Join(strings.Fields(md.Visible(md.Clip(s, 4*bytes))), " "), bytes)
}

// counted is a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
