package semgrep_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks/internal/regex"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

const head = "rules:\n  - id: a\n    languages: [python]\n    message: m\n    severity: ERROR\n"

func TestLoadReadsBothSyntaxes(t *testing.T) {
	rules, errs := semgrep.Load("r.yaml", []byte(head+`    patterns:
      - pattern: foo($X)
      - pattern-not-inside: bar(...)
      - metavariable-regex: {metavariable: $X, regex: a}
      - focus-metavariable: $X
  - id: b
    languages: [python, js]
    message: m
    severity: warning
    match: {all: [foo($X), {not: {inside: bar(...)}}], where: [{metavariable: $X, regex: a}, {focus: $X}]}
`))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, r := range rules {
		f := r.Formula
		if f.Op != semgrep.All || len(f.Formulas) != 2 || f.Formulas[1].Op != semgrep.Not ||
			f.Formulas[1].Formulas[0].Op != semgrep.Inside || len(f.Conditions) != 1 || len(f.Focus) != 1 {
			t.Errorf("%s: %+v", r.ID, f)
		}
	}
	if rules[1].Severity != "WARNING" || len(rules[1].Languages) != 2 {
		t.Errorf("%+v", rules[1])
	}
}

func TestLoadReadsTaint(t *testing.T) {
	for name, body := range map[string]string{
		"classic": `    mode: taint
    pattern-sources: [{pattern: source(), by-side-effect: only, label: A}]
    pattern-sinks: [{patterns: [{pattern: sink($X)}, {focus-metavariable: $X}], requires: A and not B}]
    pattern-sanitizers: [{pattern: clean(...), exact: true}]
    pattern-propagators: [{pattern: $A.add($B), from: $B, to: $A}]
`,
		"modern": `    taint:
      sources: [{pattern: source(), by-side-effect: only, label: A}]
      sinks: [{pattern: sink($X), where: [{focus: $X}], requires: A and not B}]
      sanitizers: [{pattern: clean(...), exact: true}]
      propagators: [{pattern: $A.add($B), from: $B, to: $A}]
`,
	} {
		t.Run(name, func(t *testing.T) {
			rules, errs := semgrep.Load("r.yaml", []byte(head+body))
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			taint := rules[0].Taint
			sink := taint.Sinks[0]
			if taint.Sources[0].SideEffect != semgrep.SideEffectOnly || taint.Sources[0].Label != "A" || !sink.Exact ||
				len(sink.Formula.Focus) != 1 || !taint.Sanitizers[0].Exact || taint.Propagators[0].From != "$B" {
				t.Errorf("%+v", taint)
			}
			if !sink.Requires.Holds(func(l string) bool { return l == "A" }) || sink.Requires.Holds(func(string) bool { return true }) {
				t.Error("requires does not hold when it should, or does when it should not")
			}
		})
	}
}

func TestLoadRefusesARuleAndKeepsTheOthers(t *testing.T) {
	good := "  - {id: good, languages: [python], message: m, severity: INFO, pattern: foo()}\n"
	tests := map[string]struct{ body, want string }{
		"an unknown operator":              {"    pattern-foo: x\n", "r.yaml:6: rule a: pattern-foo: not supported"},
		"an unknown operator within":       {"    patterns:\n      - pattern: x\n      - pattern-foo: y\n", "r.yaml:8: rule a: patterns[1].pattern-foo: not supported"},
		"an unknown condition":             {"    patterns: [{pattern: x}, {metavariable-foo: {metavariable: $X}}]\n", "metavariable-foo: not supported"},
		"an unknown option":                {"    pattern: x\n    options: {foo: true}\n", "options.foo: not supported"},
		"an unknown key of a condition":    {"    patterns: [{pattern: x}, {metavariable-regex: {metavariable: $X, regex: a, foo: b}}]\n", "metavariable-regex.foo: not supported"},
		"a mode that we lack":              {"    mode: join\n    pattern: x\n", `mode: not supported: the mode "join"`},
		"a pattern that does not parse":    {"    pattern: 'foo('\n", "rule a: pattern: no pattern of python"},
		"a wrong regular expression":       {"    pattern-regex: '(a'\n", "rule a: pattern-regex: regular expression"},
		"two formulas":                     {"    pattern: x\n    pattern-regex: y\n", "a second formula"},
		"no formula":                       {"", "no pattern, patterns"},
		"only what is excluded":            {"    patterns: [{pattern-not: x}]\n", "nothing here says what to look for"},
		"a name that is no metavariable":   {"    patterns: [{pattern: x}, {focus-metavariable: X}]\n", `"X" is no metavariable`},
		"a comparison that does not parse": {"    patterns: [{pattern: x}, {metavariable-comparison: {comparison: '$X >'}}]\n", "ends too early"},
		"a function that can't be called":  {"    patterns: [{pattern: x}, {metavariable-comparison: {comparison: 'open($X)'}}]\n", `"open" is no function`},
		"an analyzer that we lack":         {"    patterns: [{pattern: x}, {metavariable-analysis: {metavariable: $X, analyzer: foo}}]\n", `the analyzer "foo"`},
		"taint without sinks":              {"    mode: taint\n    pattern-sources: [{pattern: x}]\n", "at least one source and one sink"},
		"a wrong condition on labels":      {"    mode: taint\n    pattern-sources: [{pattern: x}]\n    pattern-sinks: [{pattern: y, requires: A and}]\n", "ends too early"},
		"python code":                      {"    patterns: [{pattern: x}, {pattern-where-python: 'True'}]\n", "pattern-where-python: not supported"},
		"a set where there is none":        {"    pattern-either: [{use: foo}]\n", `no set "foo"`},
		"too many patterns":                {"    pattern-either: [" + strings.Repeat("{pattern: x},", semgrep.MaxPatterns+1) + "]\n", "more than 2000 patterns"},
		"formulas that nest too deep":      {"    match: " + strings.Repeat("{any: [", 70) + "x" + strings.Repeat("]}", 70) + "\n", "nest deeper than 60"},
		"a pattern that is too long":       {"    pattern: " + strings.Repeat("x", semgrep.MaxPatternText+1) + "\n", "longer than"},
		"a language that nobody knows":     {"    pattern: x\n    languages: [pyhton]\n", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			rules, errs := semgrep.Load("r.yaml", []byte(head+test.body+good))
			if test.want == "" { // a key that stands twice spoils the file
				if len(errs) == 0 {
					t.Fatal("no error")
				}
				return
			}
			if len(rules) != 1 || rules[0].ID != "good" {
				t.Errorf("kept %d rules", len(rules))
			}
			var first *semgrep.Error
			if len(errs) == 0 || !errors.As(errs[0], &first) || !strings.Contains(first.Error(), test.want) {
				t.Errorf("got %v, want %q", errs, test.want)
			}
		})
	}
}

func TestLoadRefusesFiles(t *testing.T) {
	many := strings.Repeat("  - {id: x}\n", semgrep.MaxRules+1)
	for name, test := range map[string]struct{ source, want string }{
		"that are too large":       {"#" + strings.Repeat("x", semgrep.MaxFile), "larger than 4096 KiB"},
		"that are no YAML":         {"rules: [", "r.yaml:1"},
		"without rules":            {"foo: 1", "want `rules:`"},
		"that are empty":           {"", "empty file"},
		"with two documents":       {"rules: []\n---\nrules: []\n", "more than one YAML document"},
		"of too many rules":        {"rules:\n" + many, "more than 5000 rules"},
		"that nest too deep":       {"rules: " + strings.Repeat("[", 5000), "nested deeper than 200"},
		"that nest in many lines":  {"rules:\n" + strings.Repeat("- ", 5000) + "a", "nested deeper than 200"},
		"whose aliases multiply":   {"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\nrules: []\n", "more than 524288 values"},
		"with an alias of nothing": {"rules: *a\n", "no anchor"},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs := semgrep.Load("r.yaml", []byte(test.source))
			if len(errs) != 1 || !strings.Contains(errs[0].Error(), test.want) {
				t.Errorf("got %.300v, want %q", errs, test.want)
			}
		})
	}
}

func TestSetsStandForTheirItems(t *testing.T) {
	value := func(v any) *semgrep.Node {
		n, err := semgrep.FromValue(v)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	pattern := func(text string) any { return map[string]any{"pattern": text} }
	loader := semgrep.Loader{Strict: true, Sets: map[string]*semgrep.Node{
		"two":  value([]any{pattern("foo()"), pattern("bar()")}),
		"more": value([]any{map[string]any{"use": "two"}, pattern("baz()")}),
		"loop": value([]any{map[string]any{"use": "loop"}}),
	}}
	use := func(name string) any { return []any{map[string]any{"use": name}} }
	rule, errs := loader.Compile("a", value(map[string]any{
		"languages": []any{"python"}, "mode": "taint", "pattern-sources": use("more"), "pattern-sinks": []any{map[string]any{"patterns": use("two")}},
	}))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if n := len(rule.Taint.Sources); n != 3 {
		t.Errorf("%d sources", n)
	}
	sink := rule.Taint.Sinks[0].Formula
	if sink.Op != semgrep.All || sink.Formulas[0].Op != semgrep.Any || len(sink.Formulas[0].Formulas) != 2 {
		t.Errorf("%+v", sink)
	}
	if rule.Taint.Sources[0].Formula.Pattern != sink.Formulas[0].Formulas[0].Pattern {
		t.Error("equal patterns are not shared")
	}
	_, errs = loader.Compile("a", value(map[string]any{"languages": []any{"python"}, "pattern-either": use("loop")}))
	if len(errs) == 0 || !strings.Contains(errs[0].Error(), "sets nest deeper") {
		t.Errorf("a set in itself: %v", errs)
	}
}

func TestComparisons(t *testing.T) {
	values := map[string]semgrep.Scalar{"$N": semgrep.Whole(12), "$S": semgrep.Text("abc"), "$D": semgrep.Text("2025-06-01")}
	for text, want := range map[string]bool{
		"$N > 10": true, "$N < 10": false, "$N == 12.0": true, "5 < $N < 20": true, "5 < $N < 10": false,
		"$N in [1, 12]": true, "$N not in [1, 12]": false, "'b' in $S": true, "$S == \"abc\"": true,
		"not $N > 10": false, "$N > 10 and $S == 'abc' or False": true, "($N + 3) * 2 == 30": true,
		"$N % 5 == 2": true, "2 ** 3 == 8": true, "-$N < 0": true, "$N // 5 == 2": true, "$N & 4 == 4": true,
		"int('7') == 7": true, "str($N) == '12'": true, "re.match('^a.c$', $S)": true, "re.match(r'\\d', $S)": false,
		"strptime($D) < today()": true, "$UNBOUND == 1": false, "$N / 0 == 1": false, "$S > 3": false, "len($S) == 3": true,
	} {
		c, err := semgrep.ParseComparison(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := c.Holds(func(name string) (semgrep.Scalar, bool) { v, ok := values[name]; return v, ok }, 1767225600, &regex.Budget{Steps: 1000})
		if err != nil || got != want {
			t.Errorf("%s is %v (%v), want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "$", "1 +", "(1", "[1", "'a", "foo(1)", "1 1", "re.match($X, 'a')", strings.Repeat("(", 200), strings.Repeat("1+", 3000) + "1", strings.Repeat("not ", 300) + "1"} {
		if _, err := semgrep.ParseComparison(text); err == nil {
			t.Errorf("%.20q was taken", text)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(head + "    pattern: foo($X)\n")
	f.Add(head + "    patterns: [{pattern: x}, {metavariable-comparison: {comparison: '$X > 1'}}]\n")
	f.Add(head + "    match: {all: [foo($X)], where: [{focus: $X}]}\n")
	f.Add(head + "    mode: taint\n    pattern-sources: [{pattern: x}]\n    pattern-sinks: [{pattern: y, requires: A}]\n")
	f.Add("a: &a [*a]\nrules: *a\n")
	f.Fuzz(func(t *testing.T, source string) {
		rules, errs := (&semgrep.Loader{}).Load("r.yaml", []byte(source))
		for _, err := range errs {
			if fmt.Sprint(err) == "" {
				t.Error("an error that says nothing")
			}
		}
		for _, r := range rules {
			if r.ID == "" || (r.Formula == nil) == (r.Taint == nil) || len(r.Languages) == 0 {
				t.Errorf("half a rule: %+v", r)
			}
		}
	})
}
