package output

import (
	"cmp"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/assay-app/assay/app/markdown"
	"github.com/assay-app/assay/checks"
)

// ruleIndex is the rules that the results of a run refer to, sorted by id.
type ruleIndex struct {
	descriptors []*sarif.ReportingDescriptor
	at          map[checks.RuleID]int
	taxa        *taxa
}

func newRuleIndex(findings []checks.Finding, r Report) *ruleIndex {
	byRule := map[checks.RuleID][]checks.Finding{}
	for _, f := range findings {
		byRule[f.Rule] = append(byRule[f.Rule], f)
	}
	ids := make([]checks.RuleID, 0, len(byRule))
	for id := range byRule {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	ids = ids[:min(len(ids), maxRules)]

	index := &ruleIndex{descriptors: []*sarif.ReportingDescriptor{}, at: map[checks.RuleID]int{}, taxa: newTaxa(findings)}
	for i, id := range ids {
		index.at[id] = i
		index.descriptors = append(index.descriptors, index.descriptor(byRule[id], r.pageOf(id)))
	}
	return index
}

// securitySeverity is the score by which GitHub sorts: it reads 9.0 and above as critical, 7.0 as high, 4.0 as medium.
var securitySeverity = map[checks.Severity]string{
	checks.Critical: "9.5", checks.High: "8.0", checks.Medium: "5.5", checks.Low: "2.0",
}

// descriptor describes a rule by its findings, the worst of which is taken as typical.
func (x *ruleIndex) descriptor(findings []checks.Finding, url string) *sarif.ReportingDescriptor {
	worst := slices.MaxFunc(findings, func(a, b checks.Finding) int { return cmp.Compare(a.Severity.Rank(), b.Severity.Rank()) })
	out := sarif.NewReportingDescriptor().
		WithID(string(worst.Rule)).
		WithShortDescription(plainText(worst.Title)).
		WithFullDescription(plainText(cmp.Or(worst.Remediation.Text, worst.Title))).
		WithHelp(help(worst, url)).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithEnabled(true).WithLevel(level(worst.Severity)))
	if url != "" {
		out.WithHelpURI(url)
	}
	bag := sarif.NewPropertyBag()
	bag.Tags = tags(worst)
	bag.Properties["security-severity"] = securitySeverity[worst.Severity]
	bag.Properties["precision"] = cmp.Or(string(worst.Confidence), string(checks.ConfidenceMedium))
	out.WithProperties(bag)
	for _, id := range x.taxa.of(worst.Taxonomy) {
		out.AddRelationship(sarif.NewReportingDescriptorRelationship().WithTarget(id).WithKinds([]string{"superset"}))
	}
	return out
}

// addresses are where to read on, the rule's own page last.
func addresses(f checks.Finding, url string) []string {
	all := slices.Clone(f.Remediation.References)
	if url != "" && !slices.Contains(all, url) {
		all = append(all, url)
	}
	return all
}

// help is what GitHub shows below an alert: how to put it right, and where to read on.
func help(f checks.Finding, url string) *sarif.MultiformatMessageString {
	text := cmp.Or(f.Remediation.Text, f.Title)
	var links []markdown.Inline
	for _, address := range addresses(f, url) {
		links = append(links, markdown.Link(markdown.Text(address), address))
	}
	rich := markdown.Blocks(markdown.Prose(text), markdown.List(links...))
	lines := append([]string{text, ""}, addresses(f, url)...)
	return plainText(strings.TrimSpace(strings.Join(lines, "\n"))).WithMarkdown(string(rich))
}

func plainText(text string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(sarifText(text))
}

// tags are the weightiest first, in the spelling that GitHub knows for CWE.
func tags(f checks.Finding) []string {
	tags := []string{"security", string(f.Class), string(f.Check)}
	for _, id := range f.Taxonomy.CWE {
		tags = append(tags, "external/cwe/"+strings.ToLower(id))
	}
	tags = append(tags, slices.Concat(f.Taxonomy.OWASPLLM2025, f.Taxonomy.OWASPAgentic, f.Taxonomy.MITREATLAS)...)
	var unique []string
	for _, tag := range tags {
		if tag != "" && !slices.Contains(unique, tag) {
			unique = append(unique, tag)
		}
	}
	return unique[:min(len(unique), maxTags)]
}

// sarifText is plain text as a SARIF message holds it. Brackets would make links there, and are escaped.
func sarifText(s string) string { return bracketEscapes.Replace(Printable(s)) }

var bracketEscapes = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`)

// catalogue is one of the field's lists of weaknesses and risks, as SARIF calls it a taxonomy.
type catalogue struct {
	name, organisation, url string
	of                      func(checks.Taxonomy) []string
}

var catalogues = []catalogue{
	{"CWE", "MITRE", "https://cwe.mitre.org/", func(t checks.Taxonomy) []string { return t.CWE }},
	{"OWASP LLM 2025", "OWASP", "https://genai.owasp.org/llm-top-10/", func(t checks.Taxonomy) []string { return t.OWASPLLM2025 }},
	{"OWASP LLM 2026", "OWASP", "https://genai.owasp.org/llm-top-10/", func(t checks.Taxonomy) []string { return t.OWASPLLM2026 }},
	{"OWASP Agentic", "OWASP", "https://genai.owasp.org/", func(t checks.Taxonomy) []string { return t.OWASPAgentic }},
	{"MITRE ATLAS", "MITRE", "https://atlas.mitre.org/", func(t checks.Taxonomy) []string { return t.MITREATLAS }},
}

// taxa are the entries of catalogues that findings name, sorted.
type taxa struct{ ids [][]string }

func newTaxa(findings []checks.Finding) *taxa {
	t := &taxa{ids: make([][]string, len(catalogues))}
	for i, c := range catalogues {
		for _, f := range findings {
			t.ids[i] = append(t.ids[i], c.of(f.Taxonomy)...)
		}
		slices.Sort(t.ids[i])
		t.ids[i] = slices.Compact(t.ids[i])
	}
	return t
}

// of gives references to the entries that a finding names.
func (t *taxa) of(taxonomy checks.Taxonomy) []*sarif.ReportingDescriptorReference {
	var out []*sarif.ReportingDescriptorReference
	for _, c := range catalogues {
		for _, id := range c.of(taxonomy) {
			out = append(out, sarif.NewReportingDescriptorReference().WithID(id).
				WithToolComponent(sarif.NewToolComponentReference().WithName(c.name)))
		}
	}
	return out
}

// components describe the catalogues that are named at all, with the entries that are.
func (t *taxa) components() []*sarif.ToolComponent {
	var out []*sarif.ToolComponent
	for i, c := range catalogues {
		if len(t.ids[i]) == 0 {
			continue
		}
		component := sarif.NewToolComponent().WithName(c.name).WithOrganization(c.organisation).WithInformationURI(c.url)
		component.IsComprehensive = false
		for _, id := range t.ids[i] {
			component.AddTaxa(sarif.NewReportingDescriptor().WithID(id))
		}
		out = append(out, component)
	}
	return out
}

func (t *taxa) references() []*sarif.ToolComponentReference {
	var out []*sarif.ToolComponentReference
	for i, component := range t.components() {
		out = append(out, sarif.NewToolComponentReference().WithName(*component.Name).WithIndex(i))
	}
	return out
}
