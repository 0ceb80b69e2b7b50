package agent

import (
	"fmt"
	"testing"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/checks/internal/text"
)

func newCheck(t testing.TB) *Check {
	t.Helper()
	check, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return check
}

// findings runs the check's core on one file.
func findings(c *Check, path checks.Path, content string) []checks.Finding {
	decoded, ok := text.Decode([]byte(content))
	if !ok {
		return nil
	}
	var report checks.Report
	c.file(path, decoded, checks.AtHead, &report)
	return report.Findings
}

func TestEveryRuleReportsItsBadExamplesAndNotItsGoodOnes(t *testing.T) {
	c := newCheck(t)
	for _, rule := range c.catalogue.list {
		t.Run(string(rule.ID), func(t *testing.T) {
			for i, example := range rule.Examples.Bad {
				content := expand(t, example.Text)
				found := findings(c, checks.Path(example.Path), content)
				if len(found) == 0 || found[0].Rule != rule.ID || len(found) > 1 {
					t.Errorf("bad example %d (%+q): reported %+v", i+1, content, found)
				}
			}
			for i, example := range rule.Examples.Good {
				content := expand(t, example.Text)
				for _, f := range findings(c, checks.Path(example.Path), content) {
					t.Errorf("good example %d (%+q): reported by %s: %s", i+1, content, f.Rule, f.Message)
				}
			}
		})
	}
}

func expand(t *testing.T, content string) string {
	t.Helper()
	out, err := ruleset.Expand(content, fmt.Sprint(t.Name()))
	if err != nil {
		t.Fatal(err)
	}
	return out
}
