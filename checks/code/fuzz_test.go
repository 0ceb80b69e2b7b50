package code

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
)

// FuzzRun runs any rule that an organisation may bring over any file of any name. It never fails, and what it reports lies in
// the file.
func FuzzRun(f *testing.F) {
	places, err := newPlaces()
	if err != nil {
		f.Fatal(err)
	}
	rule := func(language, body string) string {
		return "rules:\n- id: a\n  severity: ERROR\n  message: a $X\n  languages: [" + language + "]\n" + body
	}
	f.Add("a.py", rule("python", "  pattern: foo($X)\n  fix: bar($X)\n"), "foo(1)  # nosemgrep\nfoo(2)\n")
	f.Add("a.py", rule("python", "  mode: taint\n  pattern-sources: [{pattern: source()}]\n  pattern-sinks: [{pattern: sink($X)}]\n"), "a = source()\nsink(a)\n")
	f.Add("a.js", rule("javascript", "  patterns:\n  - pattern: $F($X)\n  - metavariable-regex: {metavariable: $F, regex: ev.l}\n  - focus-metavariable: $X\n"), "eval(a)")
	f.Add("a.java", rule("java", "  patterns:\n  - pattern-either: [{pattern: f($X)}, {pattern: g($X)}]\n  - pattern-not-inside: 'class B { ... }'\n"), "class A { int a = f(1); }")
	f.Add("a.txt", rule("regex", "  pattern-regex: (?<X>a+)b\n"), "aab")
	f.Add("a.yaml", rule("generic", "  pattern: a ... $X\n"), "a b\nc")
	f.Add("a.ipynb", rule("python", "  pattern: foo($X)\n"), `{"cells":[{"cell_type":"code","source":["foo(1)\n"]}]}`)
	f.Fuzz(func(t *testing.T, name, ruleFile, source string) {
		if len(ruleFile) > 4096 || len(source) > 4096 {
			return
		}
		if !fs.ValidPath(name) || name == "." {
			return
		}
		list, _ := foreign([]checks.RuleFile{{Name: "rules.yaml", Text: ruleFile}})
		if len(list) == 0 {
			return
		}
		check := &Check{&catalogue{rules: list, places: places}}
		report, err := check.Run(context.Background(), added(map[string]string{name: source}))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range report.Findings {
			start, end := found.Location.Start, found.Location.End
			if start.Line < 1 || end.Line < start.Line || end.Line == start.Line && end.Column < start.Column || end.Line > 1+strings.Count(source, "\n")+strings.Count(source, "\r") {
				t.Errorf("%+v in %d bytes", found.Location, len(source))
			}
		}
	})
}
