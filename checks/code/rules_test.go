package code

import (
	"context"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
)

// What the catalogue promises.
const (
	fewestRules = 150
	fewestRisks = 60
)

// extensions of the files that examples without a path are written to, by the first language of their rule.
var extensions = map[string]string{
	"python": ".py", "javascript": ".js", "typescript": ".ts", "go": ".go", "java": ".java", "dockerfile": ".dockerfile",
	"terraform": ".tf", "yaml": ".yaml", "bash": ".sh", "ruby": ".rb", "php": ".php", "csharp": ".cs", "generic": ".txt", "regex": ".txt",
	"json": ".json", "kotlin": ".kt", "rust": ".rs", "c": ".c", "cpp": ".cpp", "toml": ".toml",
}

// tree is a folder as a check sees it.
type tree struct{ fstest.MapFS }

func (t tree) Stat(name string) (fs.FileInfo, error)      { return t.MapFS.Stat(name) }
func (t tree) ReadDir(name string) ([]fs.DirEntry, error) { return t.MapFS.ReadDir(name) }

// added is a change that adds files.
func added(files map[string]string) *checks.Change {
	head := tree{fstest.MapFS{}}
	change := &checks.Change{Head: head}
	for name, text := range files {
		head.MapFS[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
		change.Files = append(change.Files, checks.FileChange{Path: checks.Path(name), Status: checks.Added, Mode: 0o644})
	}
	slices.SortFunc(change.Files, func(a, b checks.FileChange) int { return strings.Compare(string(a.Path), string(b.Path)) })
	return change
}

var expectation = regexp.MustCompile(`\bruleid:\s*([a-z0-9-]+)`)

// expected are the lines that an example says its rule reports.
func expected(e ruleset.Example) []int {
	lines := slices.Clone(e.Lines)
	for i, line := range strings.Split(e.Text, "\n") {
		if expectation.MatchString(line) {
			lines = append(lines, i+2)
		}
	}
	return lines
}

func TestEveryRuleReportsItsBadExamplesAndNotItsGoodOnes(t *testing.T) {
	all, err := newCatalogue(true)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all.list {
		own := &all.list[i]
		t.Run(string(own.ID), func(t *testing.T) {
			t.Parallel()
			r := all.byID[own.ID]
			check := &Check{&catalogue{rules: []*rule{r}, places: all.places}}
			run := func(kind string, n int, e ruleset.Example, want []int) {
				name := e.Path
				if name == "" {
					name = "src/example" + extensions[string(r.Languages[0])]
				}
				files := map[string]string{name: e.Text}
				for other, text := range e.Files {
					files[path.Join(path.Dir(name), other)] = text
				}
				report, err := check.Run(context.Background(), added(files))
				if err != nil {
					t.Fatal(err)
				}
				for _, u := range report.Unscanned {
					t.Errorf("%s example %d: %s: %s", kind, n+1, u.Path, u.Reason)
				}
				var got []int
				for _, f := range report.Findings {
					if line := f.Location.Start.Line; string(f.Location.Path) == name && !slices.Contains(got, line) {
						got = append(got, line)
					}
				}
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("%s example %d: reported on lines %v, want %v:\n%s", kind, n+1, got, want, e.Text)
				}
			}
			for n, e := range own.Examples.Bad {
				want := expected(e)
				if len(want) == 0 {
					t.Errorf("bad example %d says not what is reported", n+1)
				}
				run("bad", n, e, want)
			}
			for n, e := range own.Examples.Good {
				run("good", n, e, nil)
			}
		})
	}
}

func TestTheCatalogueIsAsLargeAsPromised(t *testing.T) {
	catalogue, err := newCatalogue(false)
	if err != nil {
		t.Fatal(err)
	}
	risks := map[string]bool{}
	for i := range catalogue.list {
		own := &catalogue.list[i]
		if risk(own) == "" {
			t.Errorf("%s says not which risk it finds", own.ID)
		}
		risks[risk(own)] = true
		if len(own.Examples.Bad) < 2 || len(own.Examples.Good) < 2 {
			t.Errorf("%s has fewer than two bad or two good examples", own.ID)
		}
	}
	if len(catalogue.list) < fewestRules || len(risks) < fewestRisks {
		t.Errorf("%d rules for %d risks, want %d for %d", len(catalogue.list), len(risks), fewestRules, fewestRisks)
	}
}
