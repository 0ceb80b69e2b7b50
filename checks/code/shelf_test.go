package code

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ast"
)

func TestShelvesHoldAllRulesUnderTheirLanguages(t *testing.T) {
	all, err := newCatalogue(false)
	if err != nil {
		t.Fatal(err)
	}
	c, err := openCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	want, languages := []string{}, map[ast.Language]bool{}
	for _, r := range all.rules {
		want = append(want, r.ID)
		for _, language := range r.Languages {
			languages[language] = true
		}
	}
	var got []string
	for _, s := range c.shelves {
		list, err := s.read()
		if err != nil {
			t.Error(err)
		}
		for _, r := range list {
			got = append(got, r.ID)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the rules of all shelves (-want +got):\n%s", diff)
	}
	eager, lazy := newEngine(all.rules, nil, nil), newEngine(nil, c.shelves, nil)
	for language := range languages {
		if a, b := len(eager.group(language).rules), len(lazy.group(language).rules); a != b {
			t.Errorf("%d rules for %s, want %d", b, language, a)
		}
	}
}

func TestOnlyRulesForTheLanguagesOfAChangeAreRead(t *testing.T) {
	c, err := openCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var read []string
	for _, s := range c.shelves {
		original := s.read
		s.read = func() ([]*rule, error) {
			mu.Lock()
			defer mu.Unlock()
			read = append(read, s.name)
			return original()
		}
	}
	run := func(files map[string]string) []string {
		read = nil
		if _, err := (&Check{c}).Run(t.Context(), added(files)); err != nil {
			t.Fatal(err)
		}
		return read
	}
	if names := run(nil); len(names) > 0 {
		t.Errorf("for no file, %v were read", names)
	}
	names := run(map[string]string{"a.py": "import os\n"})
	has := func(part string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, part) })
	}
	if !has("/python-") || has("/java-") || has("/js-") || has("/go-") {
		t.Errorf("for a file of Python, %v were read", names)
	}
}

func TestARuleFileThatCannotBeReadIsSaid(t *testing.T) {
	c, err := openCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	c.shelves = append(c.shelves, &shelf{languages: []ast.Language{"python"}, read: func() ([]*rule, error) { return nil, broken }})
	results := remembered{}
	change := added(map[string]string{"a.py": "import os\n"})
	change.Results = results
	if _, err := (&Check{c}).Run(t.Context(), change); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	if len(results) > 0 {
		t.Error("a result was kept of a run without all rules")
	}
}

func TestTheLanguagesOfACompiledFile(t *testing.T) {
	compiled := `["digest",{"rules":[{"match":{"languages":["python"],"message":"say \"languages\":[\"go\"]"}},{"match":{"languages":["bash","python"]}}]}]`
	want := []ast.Language{"python", "bash"}
	if diff := cmp.Diff(want, languagesIn(compiled)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

var _ checks.Results = remembered{}
