package secret

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

// gitleaksRules is where the rules that came with gitleaks live, and their licence.
const gitleaksRules = "https://github.com/gitleaks/gitleaks"

// ownPages are the pages of our own rules.
func ownPages(list []ruleset.Rule[pattern]) []rules.Page {
	pages := make([]rules.Page, len(list))
	for i := range list {
		pages[i] = list[i].Page(checks.Secret, list[i].Match.describe(), neverShown)
	}
	return pages
}

const neverShown = "The value is never shown, stored or sent: a finding quotes the line with `[redacted]` in its place."

// describe says by what a rule of ours knows a value.
func (m *pattern) describe() string {
	var b strings.Builder
	switch {
	case m.Assigned != "":
		fmt.Fprintf(&b, "Such a value has no shape of its own. It counts where it is assigned to a name that holds %s.", oneOf(m.Keywords))
	case len(m.Shown) > 0:
		fmt.Fprintf(&b, "It is known by its shape: it begins with %s.", oneOf(m.Shown))
	default:
		b.WriteString("It is known by its shape.")
	}
	if len(m.Context) > 0 {
		fmt.Fprintf(&b, " It counts only where %s stands within %d bytes or in the file's path.", oneOf(m.Context), contextReach)
	}
	if m.Entropy > 0 {
		b.WriteString(" Placeholders and values that are too regular to be random do not count.")
	}
	return b.String()
}

func oneOf(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = "`" + strings.TrimSpace(word) + "`"
	}
	last := len(quoted) - 1
	if last < 1 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

// gitleaksPage is the page of a rule that came with gitleaks.
func gitleaksPage(s *gitleaksSettings, d *detector) rules.Page {
	f := d.finding
	rule := ruleset.Rule[struct{}]{
		ID: f.Rule, Title: f.Title, Severity: f.Severity, Confidence: f.Confidence, Class: f.Class, Taxonomy: f.Taxonomy,
		Message: s.message(string(f.Rule), f.Title), Why: s.Why, Remediation: s.Remediation,
		Examples: d.examples(), References: []string{gitleaksRules},
	}
	details := []string{d.describe()}
	if d.inFixtures != "" {
		details = append(details, fmt.Sprintf("In tests, examples and documentation it is of severity %s.", d.inFixtures))
	}
	return rule.Page(checks.Secret, append(details, neverShown,
		"The expression is that of the rule of the same id in gitleaks, which is used as a library under the MIT licence. "+
			"What a value must be besides, how grave it is and what is said of it are Assay's.")...)
}

// describe says by what a rule of gitleaks knows a value.
func (d *detector) describe() string {
	switch start := d.beginnings(); {
	case d.how == named:
		return "Such a value is known by its length, its alphabet, and the name it is assigned to, which holds " + oneOf(d.keywords) + "."
	case d.how == anchored && len(start) > 0:
		return "It is known by its shape: it begins with " + oneOf(start) + "."
	}
	return "It is looked for around " + oneOf(d.keywords) + "."
}

// examples are an assignment as the rule reports it, if it is easily shown, and the same without the value.
func (d *detector) examples() ruleset.Examples {
	name := strings.ReplaceAll(strings.ToUpper(string(d.finding.Rule)), "-", "_")
	good := []ruleset.Example{{Text: fmt.Sprintf(`%s = os.environ["%s"]`, strings.ToLower(name), name)}}
	switch start := d.beginnings(); {
	case d.how == named:
		word := strings.Trim(d.keywords[0], " _.-")
		return ruleset.Examples{Bad: []ruleset.Example{{Text: word + `_key = "…"`}}, Good: good}
	case d.how == anchored && len(start) > 0 && !strings.HasPrefix(start[0], "-"):
		return ruleset.Examples{Bad: []ruleset.Example{{Text: strings.ToLower(name) + ` = "` + start[0] + `…"`}}, Good: good}
	}
	return ruleset.Examples{Good: good}
}

// beginnings lists what the matches of an anchored expression begin with, in their own case.
func (d *detector) beginnings() []string {
	if d.how != anchored {
		return nil
	}
	shape, err := syntax.Parse(d.expr.source, syntax.Perl)
	if err != nil {
		return nil
	}
	return slices.Compact(slices.Sorted(slices.Values(firstWords(shape))))
}
