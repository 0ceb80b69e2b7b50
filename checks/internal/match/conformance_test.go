package match_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/match"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// conformanceCase is a rule, some code, and the lines on which Semgrep 1.185 finds it.
type conformanceCase struct {
	Operator string `yaml:"operator"`
	Name     string `yaml:"name"`
	Language string `yaml:"language"`
	Pattern  string `yaml:"pattern"`
	Rule     string `yaml:"rule"` // the body of a rule, where a pattern is not enough
	Code     string `yaml:"code"`
	Lines    []int  `yaml:"lines"`

	// Differs says why we find other lines, which then are Ours.
	Differs string `yaml:"differs"`
	Ours    []int  `yaml:"ours"`
}

func readCases(t *testing.T) map[string][]conformanceCase {
	t.Helper()
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	out := map[string][]conformanceCase{}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Cases []conformanceCase `yaml:"cases"`
		}
		if err := yaml.UnmarshalWithOptions(raw, &file, yaml.Strict()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[strings.TrimSuffix(filepath.Base(name), ".yaml")] = file.Cases
	}
	return out
}

// TestConformance runs every case through the real front ends.
func TestConformance(t *testing.T) {
	for file, cases := range readCases(t) {
		for i, c := range cases {
			t.Run(fmt.Sprintf("%s/%03d %s", file, i, c.Name), func(t *testing.T) {
				want := c.Lines
				if c.Differs != "" {
					want = c.Ours
				}
				got, err := c.run()
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s\n%s---\n%s\nfound on lines %v, want %v", c.Pattern, c.Rule, numbered(c.Code), got, want)
				}
			})
		}
	}
}

func numbered(code string) string {
	var b strings.Builder
	line := 0
	for text := range strings.Lines(code) {
		line++
		fmt.Fprintf(&b, "%3d %s", line, text)
	}
	return b.String()
}

// run gives the lines on which the ranges start.
func (c *conformanceCase) run() ([]int, error) {
	body := map[string]any{}
	if c.Rule != "" {
		if err := yaml.Unmarshal([]byte(c.Rule), &body); err != nil {
			return nil, err
		}
	} else {
		body["pattern"] = c.Pattern
	}
	body["languages"] = []any{c.Language}
	node, err := semgrep.FromValue(body)
	if err != nil {
		return nil, err
	}
	rule, errs := (&semgrep.Loader{Strict: true}).Compile("case", node)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	language := rule.Languages[0]
	var f *match.File
	if language == semgrep.Regex || language == semgrep.Generic {
		f = match.NewText(c.Code)
	} else {
		tree, err := parse(language, c.Code)
		if err != nil {
			return nil, err
		}
		f = match.NewFile(tree, names.Resolve(tree))
	}
	ranges, err := f.Ranges(rule.Formula, language, &rule.Options, nil)
	if err != nil {
		return nil, err
	}
	lines := []int{}
	for _, r := range ranges {
		lines = append(lines, 1+strings.Count(c.Code[:r.Start], "\n"))
	}
	slices.Sort(lines)
	return slices.Compact(lines), nil
}

func parse(language ast.Language, code string) (*ast.Tree, error) {
	l, ok := lang.Named(string(language))
	if !ok {
		return nil, fmt.Errorf("no language %s", language)
	}
	return l.Parse(context.Background(), code)
}
