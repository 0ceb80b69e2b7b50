// Package ruleset loads rules from YAML. It knows what every rule has to say to people; how a rule matches is the
// business of the check that owns it.
package ruleset

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks"
)

// Rule is one rule. M is what the owning check needs to match it.
type Rule[M any] struct {
	ID          checks.RuleID     `yaml:"id"`
	Title       string            `yaml:"title"`       // a few words, without a full stop
	Message     string            `yaml:"message"`     // what is wrong
	Why         string            `yaml:"why"`         // what it leads to
	Remediation string            `yaml:"remediation"` // what to do, in imperative sentences
	Severity    checks.Severity   `yaml:"severity"`
	Confidence  checks.Confidence `yaml:"confidence"`
	Class       checks.Class      `yaml:"class"`
	Taxonomy    checks.Taxonomy   `yaml:"taxonomy"`
	References  []string          `yaml:"references"`
	Examples    Examples          `yaml:"examples"`
	Match       M                 `yaml:"match"`
}

// Examples are texts that the rule must and must not report. Tests run them.
type Examples struct {
	Bad  []Example `yaml:"bad"`
	Good []Example `yaml:"good"`
}

// Example is the text of a file; see [Expand] for what may stand in double braces.
type Example struct {
	Path string `yaml:"path"` // the file's name where it matters
	Text string `yaml:"text"`

	Files map[string]string `yaml:"files"` // other files beside it, by name
	Lines []int             `yaml:"lines"` // where findings are expected, if no comment in the text can say so
	Cross bool              `yaml:"cross"` // the flow crosses functions or files

	Base  map[string]string `yaml:"base"`  // files at the merge base, by name, where a change is the example
	World string            `yaml:"world"` // what look-ups answer, in the words of the owning check
}

// Finding fills in what a finding takes from its rule.
func (r *Rule[M]) Finding(check checks.Name) checks.Finding {
	return checks.Finding{
		Rule: r.ID, Check: check, Class: r.Class, Severity: r.Severity, Confidence: r.Confidence,
		Title: r.Title, Message: strings.TrimSpace(r.Message + " " + r.Why), Taxonomy: r.Taxonomy,
		Remediation: checks.Remediation{Text: r.Remediation, References: r.References},
	}
}

// inherit takes from the file's defaults what the rule leaves out.
func (r *Rule[M]) inherit(from Rule[M]) {
	orElse(&r.Message, from.Message)
	orElse(&r.Why, from.Why)
	orElse(&r.Remediation, from.Remediation)
	orElse(&r.Severity, from.Severity)
	orElse(&r.Confidence, from.Confidence)
	orElse(&r.Class, from.Class)
	if len(r.References) == 0 {
		r.References = from.References
	}
	for _, list := range []struct{ own, inherited *[]string }{
		{&r.Taxonomy.CWE, &from.Taxonomy.CWE},
		{&r.Taxonomy.OWASPLLM2025, &from.Taxonomy.OWASPLLM2025},
		{&r.Taxonomy.OWASPLLM2026, &from.Taxonomy.OWASPLLM2026},
		{&r.Taxonomy.OWASPAgentic, &from.Taxonomy.OWASPAgentic},
		{&r.Taxonomy.MITREATLAS, &from.Taxonomy.MITREATLAS},
	} {
		if len(*list.own) == 0 {
			*list.own = *list.inherited
		}
	}
}

func orElse[S ~string](own *S, inherited S) {
	if *own == "" {
		*own = inherited
	}
}

// What ids look like.
var (
	ruleID     = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	cweID      = regexp.MustCompile(`^CWE-[1-9][0-9]*$`)
	owaspLLMID = regexp.MustCompile(`^LLM(0[1-9]|10)$`)
	agenticID  = regexp.MustCompile(`^ASI(0[1-9]|10)$`)
	atlasID    = regexp.MustCompile(`^AML\.T[0-9]{4}(\.[0-9]{3})?$`)
)

// validate reports everything that is wrong with a rule's metadata.
func (r *Rule[M]) validate() error {
	var wrong []error
	demand := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	demand(ruleID.MatchString(string(r.ID)), "id %q: want lower-case words joined by hyphens", r.ID)
	demand(r.Title != "" && !strings.HasSuffix(r.Title, "."), "title %q: want a few words without a full stop", r.Title)
	demand(r.Message != "", "message is missing")
	demand(r.Why != "", "why is missing")
	demand(r.Remediation != "", "remediation is missing")
	demand(r.Severity.Rank() > 0, "severity %q: want critical, high, medium, low or info", r.Severity)
	demand(r.Confidence == checks.ConfidenceHigh || r.Confidence == checks.ConfidenceMedium ||
		r.Confidence == checks.ConfidenceLow, "confidence %q: want high, medium or low", r.Confidence)
	demand(r.Class == checks.ClassAI || r.Class == checks.ClassCode || r.Class == checks.ClassSupplyChain,
		"class %q: want ai, code or supply-chain", r.Class)
	demand(len(r.Taxonomy.CWE) > 0, "taxonomy.cwe is missing")
	for _, list := range []struct {
		name string
		form *regexp.Regexp
		ids  []string
	}{
		{"cwe", cweID, r.Taxonomy.CWE},
		{"owasp_llm_2025", owaspLLMID, r.Taxonomy.OWASPLLM2025},
		{"owasp_llm_2026", owaspLLMID, r.Taxonomy.OWASPLLM2026},
		{"owasp_agentic", agenticID, r.Taxonomy.OWASPAgentic},
		{"mitre_atlas", atlasID, r.Taxonomy.MITREATLAS},
	} {
		for _, id := range list.ids {
			demand(list.form.MatchString(id), "taxonomy.%s %q: want %s", list.name, id, list.form)
		}
	}
	for _, reference := range r.References {
		demand(strings.HasPrefix(reference, "https://"), "reference %q: want an https address", reference)
	}
	demand(len(r.Examples.Bad) > 0 && len(r.Examples.Good) > 0, "examples: want a bad and a good one at least")
	return errors.Join(wrong...)
}
