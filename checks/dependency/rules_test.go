package dependency_test

import (
	"context"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency"
	"github.com/assay-app/assay/checks/dependency/judge"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

// world is what look-ups answer in an example.
type world struct {
	Private    []string `yaml:"private"` // names that policy counts among the organisation's own
	Advisories []struct {
		Ecosystem, Name, Version, ID, Summary, Fixed string
		Severity                                     checks.Severity
		Malicious                                    bool
	} `yaml:"advisories"`
	Safe []struct {
		Ecosystem, Name, Version, To string
	} `yaml:"safe"`
	Others judge.State `yaml:"others"` // of all names that are asked about and not listed
	Names  []struct {
		Ecosystem, Name, Source, Without string
		State                            judge.State
		Authoritative                    bool
		Releases, Days                   int
	} `yaml:"names"`
}

var today = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func (w *world) answers(packages []checks.Package) judge.Answers {
	ecosystem := func(name string) string {
		if name == "" {
			return "PyPI"
		}
		return name
	}
	a := judge.Answers{
		Now: today, Advisories: map[judge.Ref][]judge.Advisory{}, Safe: map[judge.Ref]string{}, Standings: map[judge.Name]judge.Standing{},
	}
	for _, said := range w.Advisories {
		ref := judge.Ref{Name: judge.Name{Ecosystem: ecosystem(said.Ecosystem), Name: said.Name}, Version: said.Version}
		a.Advisories[ref] = append(a.Advisories[ref], judge.Advisory{
			ID: said.ID, Summary: said.Summary, Fixed: said.Fixed, Severity: said.Severity, Malicious: said.Malicious,
		})
	}
	for _, said := range w.Safe {
		a.Safe[judge.Ref{Name: judge.Name{Ecosystem: ecosystem(said.Ecosystem), Name: said.Name}, Version: said.Version}] = said.To
	}
	for _, said := range w.Names {
		s := judge.Standing{State: said.State, Source: said.Source, Authoritative: said.Authoritative, Releases: said.Releases, Versions: judge.Presence{}}
		if said.Days > 0 {
			s.First = today.AddDate(0, 0, -said.Days)
		}
		if said.Without != "" {
			s.Versions[said.Without] = false
		}
		a.Standings[judge.Name{Ecosystem: ecosystem(said.Ecosystem), Name: said.Name}] = s
	}
	for _, q := range judge.Ask(packages).Names {
		if _, listed := a.Standings[q.Name]; !listed && w.Others != "" {
			a.Standings[q.Name] = judge.Standing{State: w.Others, Source: "registry.example", Authoritative: true}
		}
	}
	return a
}

// treeOf is files as a tree.
func treeOf(files map[string]string) checks.Tree {
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

// changeOf is the change from one set of files to another.
func changeOf(base, head map[string]string) *checks.Change {
	c := &checks.Change{Head: treeOf(head), MergeBase: treeOf(base), MergeBaseSHA: "base"}
	for _, name := range slices.Sorted(maps.Keys(head)) {
		text := head[name]
		before, there := base[name]
		f := checks.FileChange{Path: checks.Path(name), Status: checks.Added, Mode: 0o644}
		switch {
		case there && before == text:
			continue
		case there:
			f.Status, f.OldPath, f.OldMode = checks.Modified, f.Path, 0o644
			f.Hunks = []checks.Hunk{{OldStart: 1, OldLines: strings.Count(before, "\n") + 1, NewStart: 1, NewLines: strings.Count(text, "\n") + 1}}
		}
		c.Files = append(c.Files, f)
	}
	return c
}

// findingsOf are those of the child and of the judge together.
func findingsOf(t *testing.T, c *checks.Change, w *world) ([]checks.Finding, []checks.Unscanned) {
	t.Helper()
	check, err := dependency.New()
	if err != nil {
		t.Fatal(err)
	}
	j, err := judge.New()
	if err != nil {
		t.Fatal(err)
	}
	c.Options.PrivateNames = w.Private
	report, err := check.Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	found := append(report.Findings, j.Findings(report.Packages, w.answers(report.Packages))...)
	var new []checks.Finding
	atBase := map[checks.Fingerprint]bool{}
	for _, f := range found {
		if f.Revision == checks.AtMergeBase {
			atBase[f.Fingerprint] = true
		}
	}
	for _, f := range found {
		if f.Revision == checks.AtHead && !atBase[f.Fingerprint] {
			new = append(new, f)
		}
	}
	return new, report.Unscanned
}

func TestEveryRuleReportsItsBadExamplesAndNotItsGoodOnes(t *testing.T) {
	names, err := fs.Glob(rules.FS, "dependency/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		switch path.Base(name) {
		case "packages.yaml", "lockfiles.yaml", "sources.yaml", "pins.yaml":
		default:
			continue // data
		}
		list, err := ruleset.Load[any](rules.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, rule := range list {
			t.Run(string(rule.ID), func(t *testing.T) {
				for i, example := range rule.Examples.Bad {
					if found := examine(t, &example); !idsOf(found)[rule.ID] {
						t.Errorf("bad example %d is not reported; found %v", i+1, idsOf(found))
					}
				}
				for i, example := range rule.Examples.Good {
					for _, f := range examine(t, &example) {
						t.Errorf("good example %d is reported by %s: %s", i+1, f.Rule, f.Message)
					}
				}
			})
		}
	}
}

func idsOf(found []checks.Finding) map[checks.RuleID]bool {
	ids := map[checks.RuleID]bool{}
	for _, f := range found {
		ids[f.Rule] = true
	}
	return ids
}

func examine(t *testing.T, example *ruleset.Example) []checks.Finding {
	t.Helper()
	text, err := ruleset.Expand(example.Text, t.Name())
	if err != nil {
		t.Fatal(err)
	}
	head := map[string]string{example.Path: text}
	for name, other := range example.Base {
		if head[name] == "" {
			head[name] = other
		}
	}
	for name, other := range example.Files {
		head[name] = other
	}
	base := map[string]string{}
	for name, other := range example.Files {
		base[name] = other
	}
	for name, other := range example.Base {
		base[name] = other
	}
	var w world
	if example.World != "" {
		if err := yaml.UnmarshalWithOptions([]byte(example.World), &w, yaml.Strict()); err != nil {
			t.Fatalf("world: %v", err)
		}
	}
	found, unscanned := findingsOf(t, changeOf(base, head), &w)
	for _, u := range unscanned {
		t.Errorf("%s not scanned: %s", u.Path, u.Reason)
	}
	for _, f := range found {
		if strings.ContainsAny(f.Message+f.Title+f.Remediation.Text, "{}") {
			t.Errorf("%s: words are missing: %s | %s", f.Rule, f.Message, f.Remediation.Text)
		}
	}
	return found
}
