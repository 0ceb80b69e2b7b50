package taint_test

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/imports"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/match"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/semgrep"
	"github.com/assay-app/assay/checks/internal/taint"
)

// testdata/*.yaml are examples of what is followed and what is not. A line of code that a finding begins on ends in a
// comment that says so:
//
//	HIT     Semgrep's community edition reports it too
//	OURS    Semgrep does not: it needs a call, a container, a closure or a global to be followed
//
// and THEIRS is a line that Semgrep reports and we do not, because the flow cannot happen.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var examples struct {
			Language string
			Rules    []map[string]any
			Examples []struct {
				Name, Rule, Code string
				Files            map[string]string
				Guard            bool // the second sanitizer of the rule is a guard
			}
		}
		if err := yaml.UnmarshalWithOptions(text, &examples, yaml.Strict()); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		rules := map[string]*semgrep.Rule{}
		for _, r := range examples.Rules {
			rules[fmt.Sprint(r["id"])] = loadRule(t, r, examples.Language)
		}
		for _, e := range examples.Examples {
			if e.Rule == "" {
				e.Rule = fmt.Sprint(examples.Rules[0]["id"])
			}
			t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml")+"/"+e.Name, func(t *testing.T) {
				if rules[e.Rule] == nil {
					t.Fatalf("no rule %s", e.Rule)
				}
				found, err := analyze(rules[e.Rule], examples.Language, e.Code, e.Files, e.Guard)
				if err != nil {
					t.Fatal(err)
				}
				var got, want []string
				for _, f := range found {
					line := lineAt(f.File.Tree.Source, f.Sink.Start)
					if entry := where(f.File, line); !slices.Contains(got, entry) {
						got = append(got, entry)
					}
				}
				for line, text := range strings.Split(e.Code, "\n") {
					if strings.HasSuffix(text, "HIT") || strings.HasSuffix(text, "OURS") {
						want = append(want, fmt.Sprint(line+1))
					}
				}
				for path, code := range e.Files {
					for line, text := range strings.Split(code, "\n") {
						if strings.HasSuffix(text, "HIT") || strings.HasSuffix(text, "OURS") {
							want = append(want, fmt.Sprintf("%s:%d", path, line+1))
						}
					}
				}
				slices.Sort(got)
				slices.Sort(want)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("lines (-want +got):\n%s%s", diff, e.Code)
				}
			})
		}
	}
}

const mainPath = "app/main"

func where(f *taint.File, line int) string {
	if strings.HasPrefix(f.Path, mainPath) {
		return fmt.Sprint(line)
	}
	return fmt.Sprintf("%s:%d", f.Path, line)
}

func lineAt(source string, offset uint32) int { return 1 + strings.Count(source[:offset], "\n") }

func loadRule(t *testing.T, body map[string]any, language string) *semgrep.Rule {
	t.Helper()
	body["mode"], body["languages"], body["severity"], body["message"] = "taint", []string{language}, "ERROR", "m"
	text, err := yaml.Marshal(map[string]any{"rules": []any{body}})
	if err != nil {
		t.Fatal(err)
	}
	rules, errs := semgrep.Load("rule", text)
	if len(errs) > 0 || len(rules) != 1 {
		t.Fatalf("rule %v: %v", body["id"], errs)
	}
	return rules[0]
}

// opened serves the other files of an example.
type opened struct {
	rule     *semgrep.Rule
	language string
	guard    bool
	files    map[string]string
}

func (o opened) Open(_ context.Context, path string) (*taint.File, error) {
	code, ok := o.files[path]
	if !ok {
		return nil, nil
	}
	return read(o.rule, o.language, path, code)
}

func (o opened) Imports() *imports.Resolver { return imports.New(o, imports.NewIndex()) }

func (o opened) Text(name string, _ int) (string, error) { return o.files[name], nil }

func (o opened) Names(folder string) ([]string, error) {
	var out []string
	for name := range o.files {
		if path.Dir(name) == folder {
			out = append(out, path.Base(name))
		}
	}
	slices.Sort(out)
	return out, nil
}

func analyze(r *semgrep.Rule, language, code string, files map[string]string, guard bool) ([]taint.Finding, error) {
	l, ok := lang.Named(language)
	if !ok {
		return nil, fmt.Errorf("no language %s", language)
	}
	file, err := read(r, language, mainPath+l.Extensions[0], code)
	if err != nil {
		return nil, err
	}
	var modules taint.Modules
	if len(files) > 0 {
		modules = opened{r, language, guard, files}
	}
	return taint.Analyze(context.Background(), []taint.Rule{specOf(r, guard)}, file, modules)
}

// read parses a file and finds what the rule matches in it.
func read(r *semgrep.Rule, language, path, code string) (*taint.File, error) {
	l, _ := lang.Named(language)
	tree, err := l.Parse(context.Background(), code)
	if err != nil {
		return nil, err
	}
	info := names.Resolve(tree)
	m := match.NewFile(tree, info)
	var hits taint.Hits
	find := func(into *[]taint.Match, item int, formula *semgrep.Formula, from, to string) {
		ranges, rangesErr := m.Ranges(formula, tree.Language, &r.Options, nil)
		if rangesErr != nil {
			err = rangesErr
		}
		for _, found := range ranges {
			hit := taint.Match{Item: item, Start: found.Start, End: found.End, Node: found.Node, Place: ast.None, From: ast.None, To: ast.None}
			found.Env.Each(func(name string, v match.Value) bool {
				switch name {
				case from:
					hit.From = v.First
				case to:
					hit.To = v.First
				}
				hit.Bindings = append(hit.Bindings, taint.Binding{Name: name, Text: m.Text(v)})
				return true
			})
			*into = append(*into, hit)
		}
	}
	for i, s := range r.Taint.Sources {
		find(&hits.Sources, i, s.Formula, "", "")
	}
	for i, s := range r.Taint.Sinks {
		find(&hits.Sinks, i, s.Formula, "", "")
	}
	for i, s := range r.Taint.Sanitizers {
		find(&hits.Sanitizers, i, s.Formula, "", "")
	}
	for i, p := range r.Taint.Propagators {
		find(&hits.Propagators, i, p.Formula, p.From, p.To)
	}
	return &taint.File{Path: path, Tree: tree, Names: info, Hits: []taint.Hits{hits}}, err
}

func specOf(r *semgrep.Rule, guard bool) taint.Rule {
	o := &r.Options
	spec := taint.Rule{ID: r.ID, Options: taint.Options{
		SafeFunctions: o.TaintAssumeSafeFunctions, SafeIndexes: o.TaintAssumeSafeIndexes, SafeComparisons: o.TaintAssumeSafeComparisons,
		SafeBooleans: o.TaintAssumeSafeBooleans, SafeNumbers: o.TaintAssumeSafeNumbers, UnifyMetavars: o.TaintUnifyMvars,
	}}
	for _, s := range r.Taint.Sources {
		spec.Sources = append(spec.Sources, taint.Source{Label: s.Label, Requires: s.Requires, Exact: s.Exact, Control: s.Control, SideEffect: taint.SideEffect(s.SideEffect)})
	}
	for _, s := range r.Taint.Sinks {
		spec.Sinks = append(spec.Sinks, taint.Sink{Requires: s.Requires, Inexact: !s.Exact, AtExit: s.AtExit})
	}
	for i, s := range r.Taint.Sanitizers {
		item := taint.Sanitizer{Exact: s.Exact, SideEffect: taint.SideEffect(s.SideEffect)}
		if guard && i == 1 {
			item.Guard = taint.GuardHolds
		}
		spec.Sanitizers = append(spec.Sanitizers, item)
	}
	for _, p := range r.Taint.Propagators {
		spec.Propagators = append(spec.Propagators, taint.Propagator{Requires: p.Requires, Label: p.Label, ReplaceLabels: p.ReplaceLabels, NoSideEffect: !p.SideEffect})
	}
	return spec
}
