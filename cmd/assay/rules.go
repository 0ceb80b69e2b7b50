package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/assay-app/assay/app/analyse"
	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/rules"
)

type rulesCommand struct {
	List     rulesListCommand     `cmd:"" help:"List all rules."`
	Explain  rulesExplainCommand  `cmd:"" help:"Say what a rule finds, why it matters and how to put it right."`
	Test     rulesTestCommand     `cmd:"" help:"Run rules over the annotated examples beside them."`
	Validate rulesValidateCommand `cmd:"" help:"Load rules and say which are refused, and why."`
	Docs     rulesDocsCommand     `cmd:"" help:"Write the public page of every rule, and an index, into a folder."`
}

type rulesListCommand struct {
	Checks []string `placeholder:"NAME" help:"Only the rules of these checks."`
	Format string   `enum:"text,json" default:"text" help:"text or json."`
}

// listedRule is a rule in the list, as JSON.
type listedRule struct {
	ID         string `json:"id"`
	Check      string `json:"check"`
	Class      string `json:"class"`
	Severity   string `json:"severity"`
	Confidence string `json:"confidence"`
	Title      string `json:"title"`
	URL        string `json:"url"`
}

func (c *rulesListCommand) Run(p *process) error {
	only, err := (&verdictFlags{Checks: c.Checks}).only()
	if err != nil {
		return err
	}
	pages, err := analyse.Rules()
	if err != nil {
		return err
	}
	list := []listedRule{}
	for _, page := range pages {
		if len(only) == 0 || slices.Contains(only, checks.Name(page.Check)) {
			list = append(list, listedRule{page.ID, page.Check, page.Class, page.Severity, page.Confidence, page.Title, pageOf(checks.RuleID(page.ID))})
		}
	}
	if c.Format == "json" {
		encoder := json.NewEncoder(p.stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(list)
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, rule := range list {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", rule.Check, rule.Severity, rule.ID, rule.Title)
	}
	return table.Flush()
}

type rulesExplainCommand struct {
	Rule string `arg:"" help:"The rule's id, as a finding names it."`
}

func (c *rulesExplainCommand) Run(p *process) error {
	pages, err := analyse.Rules()
	if err != nil {
		return err
	}
	at := slices.IndexFunc(pages, func(page rules.Page) bool { return page.ID == c.Rule })
	if at < 0 {
		return usage(fmt.Errorf("there is no rule %q; assay rules list names them all", c.Rule))
	}
	_, err = fmt.Fprintln(p.stdout, strings.TrimRight(pages[at].Markdown, "\n"))
	return err
}
