package code

import (
	"testing"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

func TestOnlyFilesThatARuleIsForAreRead(t *testing.T) {
	units := &rule{Rule: &semgrep.Rule{Languages: []ast.Language{semgrep.Regex}, Paths: semgrep.Paths{Include: []string{"*.service"}}}}
	anything := &rule{Rule: &semgrep.Rule{Languages: []ast.Language{semgrep.Generic}}}
	python := &rule{Rule: &semgrep.Rule{Languages: []ast.Language{"python"}}}
	for _, c := range []struct {
		name  string
		rules []*rule
		path  checks.Path
		want  bool
	}{
		{"a file that a rule takes for text", []*rule{python, units}, "deploy/ollama.service", true},
		{"a file that no rule takes for text", []*rule{python, units}, "data/large.bin", false},
		{"whatever file, for a rule that names none", []*rule{python, anything}, "data/large.bin", true},
		{"a file in a rule's language", []*rule{python, units}, "a.py", true},
		{"a file in another language", []*rule{python, units}, "a.go", false},
		{"a file without an extension, which may be a program", []*rule{python, units}, "bin/start", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := newEngine(c.rules, nil, nil).wants(c.path); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
