package ruleset

import (
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/rules"
)

// Page renders what a rule's public page says. Details are paragraphs on how the rule finds what it finds, which only
// its check knows.
func (r *Rule[M]) Page(check checks.Name, details ...string) rules.Page {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n`%s` · check `%s` · severity %s · confidence %s · class `%s`\n", r.Title, r.ID, check,
		r.Severity, r.Confidence, r.Class)
	section := func(heading, body string) {
		if body = strings.TrimSpace(body); body != "" {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", heading, body)
		}
	}
	section("What it finds", strings.Join(append([]string{r.Message}, details...), "\n\n"))
	section("Why it matters", r.Why)
	section("How to fix it", r.Remediation)
	section("Reported", blocks(r.Examples.Bad))
	section("Not reported", blocks(r.Examples.Good))
	section("In the catalogues", list(references(r.Taxonomy)))
	section("Further reading", list(linked(r.References)))
	return rules.Page{
		ID: string(r.ID), Check: string(check), Title: r.Title, Severity: string(r.Severity),
		Confidence: string(r.Confidence), Class: string(r.Class), Markdown: b.String(),
	}
}

// blocks renders examples as fenced code, the fence longer than any run of backquotes in it.
func blocks(examples []Example) string {
	var b strings.Builder
	for _, example := range examples {
		body := strings.TrimRight(Elide(example.Text), "\n")
		fence := "```"
		for strings.Contains(body, fence) {
			fence += "`"
		}
		if example.Path != "" {
			fmt.Fprintf(&b, "`%s`\n", example.Path)
		}
		fmt.Fprintf(&b, "%s\n%s\n%s\n\n", fence, body, fence)
	}
	return b.String()
}

func linked(addresses []string) []string {
	out := make([]string, len(addresses))
	for i, address := range addresses {
		out[i] = "<" + address + ">"
	}
	return out
}

func list(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return "- " + strings.Join(items, "\n- ")
}
