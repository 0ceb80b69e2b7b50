package code

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/assay-app/assay/checks"
)

// danger is a rule that every test here brings along.
const danger = `rules:
- id: danger
  languages: [python, javascript]
  severity: ERROR
  message: Danger.
  pattern: danger(...)
`

// ours is the check with our rules. Many tests run it.
var ours = sync.OnceValues(New)

// look runs the check, our rules and those brought along, over one file. It gives the lines on which danger is found and why the
// file was not, or not wholly, scanned.
func look(t *testing.T, name, text string, brought ...string) (lines []int, unscanned []checks.Unscanned) {
	t.Helper()
	check, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	change := added(map[string]string{name: text})
	for _, rules := range brought {
		change.Options.Rules = append(change.Options.Rules, checks.RuleFile{Name: "rules.yaml", Text: rules})
	}
	report, err := check.Run(context.Background(), change)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Rule == "danger" && !slices.Contains(lines, f.Location.Start.Line) {
			lines = append(lines, f.Location.Start.Line)
		}
	}
	return lines, report.Unscanned
}

func TestFilesThatNobodyWroteOrThatAreBroken(t *testing.T) {
	const mebibyte = 1 << 20
	tests := map[string]struct {
		name, text string
		lines      []int
		reason     string // of what is unscanned; "" for nothing
		kind       checks.UnscannedKind
	}{
		"a minified bundle is left out":                 {"app.js", strings.Repeat("danger(a);", 1000), nil, "minified", checks.Excluded},
		"a line of 20 MB is left out":                   {"a.py", "danger(1)\nx = '" + strings.Repeat("a", 20*mebibyte) + "'\n", nil, "minified", checks.Excluded},
		"more code than anybody writes":                 {"a.py", "danger(1)\n" + strings.Repeat("x = 1\n", mebibyte/2), nil, "larger than 2 MiB", checks.Failed},
		"a million brackets that open":                  {"a.py", "danger(1)\n" + strings.Repeat("((((\n", 250000), nil, "nest", checks.Failed},
		"many brackets that open, a line each":          {"a.py", "danger(1)\n" + strings.Repeat("[\n", mebibyte/2), nil, "nest", checks.Failed},
		"brackets that open and close, deep":            {"a.js", "danger(1)\nx = " + strings.Repeat("[\n", 100000) + strings.Repeat("]\n", 100000), nil, "nest", checks.Failed},
		"code nested deeper than is looked at":          {"a.js", "danger(1)\nx = " + strings.Repeat("[\n", 1000) + strings.Repeat("]\n", 1000) + "danger(2)\n", []int{1, 2002}, "nested deeper than 500 is left out", checks.Failed},
		"bytes that are no UTF-8":                       {"a.py", "danger('\xff\xfe\x80')\n# \xc3\x28\ndanger(2)\n", []int{1, 3}, "", ""},
		"lines that end in different ways":              {"a.py", "danger(1)\r\ndanger(2)\ndanger(3)\rdanger(4)\r\n\r\ndanger(5)", []int{1, 2, 3, 5}, "", ""},
		"a file that breaks off in a call":              {"a.py", "def f():\n    danger(1)\n    danger(2", []int{2}, "", ""},
		"a file that breaks off in a string":            {"a.js", "danger(1);\nconst a = {b: \"c", []int{1}, "", ""},
		"a byte order mark":                             {"a.py", "\ufeffdanger(1)\n", []int{1}, "", ""},
		"an empty file":                                 {"a.py", "", nil, "", ""},
		"a file of nothing but lines":                   {"a.py", strings.Repeat("\n", 100000) + "danger(1)\n", []int{100001}, "", ""},
		"bytes that are no text":                        {"a.py", "danger(1)\n\x00\x01\x02", nil, "", ""},
		"a notebook that breaks off":                    {"a.ipynb", `{"cells": [{"cell_type": "code", "source": ["danger(1)`, []int{1}, "notebook", checks.Failed},
		"code in another language than its name claims": {"a.py", "function f() { danger(1); }\n", []int{1}, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			lines, unscanned := look(t, test.name, test.text, danger)
			if !slices.Equal(lines, test.lines) {
				t.Errorf("found on lines %v, want %v", lines, test.lines)
			}
			if test.reason == "" {
				for _, u := range unscanned {
					t.Errorf("unscanned: %s", u.Reason)
				}
				return
			}
			if !slices.ContainsFunc(unscanned, func(u checks.Unscanned) bool {
				return u.Kind == test.kind && strings.Contains(u.Reason, test.reason)
			}) {
				t.Errorf("unscanned %+v, want that it says %q", unscanned, test.reason)
			}
		})
	}
}

func TestRulesThatCannotBeReadAreSaidAndTheOthersRun(t *testing.T) {
	tests := map[string]struct{ rules, reason string }{
		"no YAML":                    {"rules: [", "rules.yaml:1"},
		"YAML of another kind":       {"- a\n- b\n", "rules.yaml:1"},
		"an unknown key":             {"rules:\n- id: a\n  languages: [python]\n  severity: ERROR\n  message: b\n  pattern: c\n  patern: d\n", "rules.yaml:7"},
		"an operator that we lack":   {"rules:\n- id: a\n  languages: [python]\n  severity: ERROR\n  message: b\n  pattern-beside: c\n", "pattern-beside"},
		"a pattern that is no code":  {"rules:\n- id: a\n  languages: [python]\n  severity: ERROR\n  message: b\n  pattern: 'def ('\n", "makes no sense as python"},
		"an expression that is none": {"rules:\n- id: a\n  languages: [regex]\n  severity: ERROR\n  message: b\n  pattern-regex: '('\n", "rules.yaml:6"},
		"a language that is none":    {"rules:\n- id: a\n  languages: [cobol]\n  severity: ERROR\n  message: b\n  pattern: c\n", "cobol"},
		"an alias that grows":        {"a: &a [x, x]\nb: &b [*a, *a]\nrules: *b\n", "rules.yaml"},
		"brackets without end":       {"rules: " + strings.Repeat("[", 100000), "rules.yaml"},
		"nothing":                    {"", "rules.yaml"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			lines, unscanned := look(t, "a.py", "danger(1)\n", test.rules, danger)
			if !slices.Equal(lines, []int{1}) {
				t.Errorf("the rule beside it found %v", lines)
			}
			if !slices.ContainsFunc(unscanned, func(u checks.Unscanned) bool { return strings.Contains(u.Reason, test.reason) }) {
				t.Errorf("unscanned %+v, want that it says %q", unscanned, test.reason)
			}
		})
	}
}

func TestARuleThatNeedsTooManyStepsIsSaidAndTheOthersRun(t *testing.T) {
	rule := func(body string) string {
		return "rules:\n- id: slow\n  severity: ERROR\n  message: b\n" + body
	}
	bad := strings.Repeat("a", 5000) + "!"
	tests := map[string]string{
		"one that looks back":                        rule("  languages: [regex]\n  pattern-regex: '((a+)+)\\1\\2z'\n"),
		"one that a metavariable must meet":          rule("  languages: [python]\n  patterns:\n  - pattern: danger(\"$S\")\n  - metavariable-regex: {metavariable: $S, regex: '(a+)+\\1b'}\n"),
		"a pattern that may match in very many ways": rule("  languages: [python]\n  pattern: |\n    $A(...)\n    ...\n    $B(...)\n    ...\n    $C(...)\n    ...\n    $D(..., $E, ..., $F, ..., zzz)\n"),
	}
	code := "danger(\"" + bad + "\")\n" + strings.Repeat("f(1, 2, 3, 4)\n", 2000) + "g(zzz, yyy, ab)\n"
	for name, slow := range tests {
		t.Run(name, func(t *testing.T) {
			lines, unscanned := look(t, "a.py", code, slow, danger)
			if !slices.Equal(lines, []int{1}) {
				t.Errorf("the rule beside it found %v", lines)
			}
			if !slices.ContainsFunc(unscanned, func(u checks.Unscanned) bool {
				return u.Kind == checks.Failed && strings.Contains(u.Reason, "rule slow")
			}) {
				t.Errorf("unscanned %+v", unscanned)
			}
		})
	}
}
