package secret

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
)

func newCheck(t testing.TB) *Check {
	t.Helper()
	check, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return check
}

// rulesIn lists the rules that report something in a file.
func rulesIn(t testing.TB, c *Check, path checks.Path, content string) []string {
	t.Helper()
	matches, err := c.catalogue.scan(t.Context(), path, []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range matches {
		ids = append(ids, string(m.rule.finding.Rule))
	}
	return ids
}

func TestEveryRuleReportsItsBadExamplesAndNotItsGoodOnes(t *testing.T) {
	c := newCheck(t)
	list, _, err := loadOwn()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range list {
		t.Run(string(rule.ID), func(t *testing.T) {
			for i, example := range rule.Examples.Bad {
				content := expand(t, example, fmt.Sprintf("%s/bad/%d", rule.ID, i))
				if got := rulesIn(t, c, checks.Path(example.Path), content); len(got) != 1 || got[0] != string(rule.ID) {
					t.Errorf("bad example %d (%s): reported by %q", i+1, content, got)
				}
			}
			for i, example := range rule.Examples.Good {
				content := expand(t, example, fmt.Sprintf("%s/good/%d", rule.ID, i))
				if got := rulesIn(t, c, checks.Path(example.Path), content); len(got) > 0 {
					t.Errorf("good example %d (%s): reported by %q", i+1, content, got)
				}
			}
		})
	}
}

func expand(t *testing.T, example ruleset.Example, seed string) string {
	t.Helper()
	content, err := ruleset.Expand(example.Text, seed)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestEveryExpressionCompiles(t *testing.T) {
	for _, d := range newCheck(t).catalogue.detectors {
		all := []*lazyRegexp{d.expr, d.except, d.path, d.where}
		for _, a := range d.allow {
			all = append(append(all, a.regexes...), a.paths...)
		}
		for _, expr := range all {
			if expr == nil {
				continue
			}
			if _, err := expr.compile(); err != nil {
				t.Errorf("%s: %v", d.finding.Rule, err)
			}
		}
	}
}

func TestEveryRuleHasAPage(t *testing.T) {
	c := newCheck(t)
	if len(c.Rules()) != len(c.catalogue.detectors) {
		t.Errorf("%d pages for %d rules", len(c.Rules()), len(c.catalogue.detectors))
	}
	for _, page := range c.Rules() {
		if page.ID == "" || page.Title == "" || !strings.HasPrefix(page.Markdown, "# "+page.Title+"\n") ||
			!strings.Contains(page.Markdown, "## How to fix it") {
			t.Errorf("the page of %s is incomplete:\n%s", page.ID, page.Markdown)
		}
	}
}

func TestLongest(t *testing.T) {
	for expr, want := range map[string]int{
		`abc`: 3, `[a-z]{2,5}x?`: 6, `a|bcd`: 3, `a*`: unbounded, `(ab){3}`: 6, `\b^$`: 0, `é`: 2, `(?i)k`: 3, `a{2,}`: unbounded,
	} {
		shape, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if got := longest(shape); got != want {
			t.Errorf("longest(%s) = %d, want %d", expr, got, want)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(time.Millisecond), "ms/op")
}
