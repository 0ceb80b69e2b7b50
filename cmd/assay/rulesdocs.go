package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/assay-app/assay/app/analyse"
	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/rules"
)

type rulesDocsCommand struct {
	Dir string `arg:"" help:"The folder, such as docs/rules. Pages of rules that are no more are removed from it."`
}

// made ends every page, so that a page of a rule that is no more can be told from what somebody wrote.
const made = "\n<!-- Made by assay rules docs from the rule itself. To change the page, change the rule and run make docs. -->\n"

// Run writes the pages and removes those that it wrote in the past and would not write now.
func (c *rulesDocsCommand) Run(p *process) error {
	pages, err := analyse.Rules()
	if err != nil {
		return err
	}
	documents := rulePages(pages)
	if err := os.MkdirAll(c.Dir, 0o777); err != nil {
		return usage(err)
	}
	for name, text := range documents {
		if err := os.WriteFile(filepath.Join(c.Dir, name), []byte(text), 0o666); err != nil {
			return fmt.Errorf("write the rules' pages: %w", err)
		}
	}
	old, err := filepath.Glob(filepath.Join(c.Dir, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if _, current := documents[filepath.Base(path)]; current {
			continue
		}
		if text, err := os.ReadFile(path); err != nil || !strings.HasSuffix(string(text), made) {
			continue
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("remove the page of a rule that is no more: %w", err)
		}
	}
	_, err = fmt.Fprintf(p.stdout, "%d pages in %s\n", len(documents), c.Dir)
	return err
}

// rulePages gives every file of the folder by its name: a page a rule, and the index.
func rulePages(pages []rules.Page) map[string]string {
	documents := map[string]string{"README.md": ruleIndex(pages)}
	for _, page := range pages {
		documents[page.ID+".md"] = strings.TrimRight(page.Markdown, "\n") + "\n" + made
	}
	return documents
}

// ruleIndex lists all rules check by check, the gravest first.
func ruleIndex(pages []rules.Page) string {
	pages = slices.Clone(pages)
	slices.SortStableFunc(pages, func(a, b rules.Page) int {
		return cmp.Or(cmp.Compare(a.Check, b.Check),
			cmp.Compare(checks.Severity(b.Severity).Rank(), checks.Severity(a.Severity).Rank()), cmp.Compare(a.ID, b.ID))
	})
	var b strings.Builder
	b.WriteString("# Rules\n\nWhat Assay looks for, one page a rule. `assay rules list` prints the same list, and `assay rules explain ID` a page.\n" +
		"A severity is how bad a finding is if it is right, a confidence how likely it is right.\n\n")
	b.WriteString(ruleCounts(pages))
	check := ""
	for _, page := range pages {
		if page.Check != check {
			check = page.Check
			fmt.Fprintf(&b, "\n## %[1]s\n\n[What this check finds, what it does not, and how that was measured](../../checks/%[1]s/README.md)\n\n"+
				"| Severity | Rule | Finding | Confidence | Class |\n|---|---|---|---|---|\n", check)
		}
		fmt.Fprintf(&b, "| %s | [%s](%s.md) | %s | %s | %s |\n", page.Severity, page.ID, page.ID, page.Title, page.Confidence, page.Class)
	}
	return b.String() + made
}

// ruleCounts is a table of how many rules each check has of each severity.
func ruleCounts(pages []rules.Page) string {
	counts := map[string]map[string]int{}
	var names []string
	for _, page := range pages {
		if counts[page.Check] == nil {
			counts[page.Check] = map[string]int{}
			names = append(names, page.Check)
		}
		counts[page.Check][page.Severity]++
	}
	head, rule := "| Check |", "|---|"
	for _, severity := range checks.Severities() {
		head, rule = head+" "+string(severity)+" |", rule+"---|"
	}
	out := head + " rules |\n" + rule + "---|\n"
	for _, name := range names {
		out += fmt.Sprintf("| [%s](#%s) |", name, name)
		total := 0
		for _, severity := range checks.Severities() {
			n := counts[name][string(severity)]
			out += fmt.Sprintf(" %d |", n)
			total += n
		}
		out += fmt.Sprintf(" %d |\n", total)
	}
	return out
}
