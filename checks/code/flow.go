package code

import (
	"context"
	"errors"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/match"
	"github.com/assay-app/assay/checks/internal/semgrep"
	"github.com/assay-app/assay/checks/internal/taint"
	"github.com/assay-app/assay/checks/internal/text"
)

// follow runs the rules of taint: those with both a source and a sink in the file, and of those that have but one end here the ones
// with the other end in a file that this one leads into.
func (s *scan) follow(ctx context.Context, file *match.File, language ast.Language, rules []*rule, crossing bool) {
	var run, beyond flows
	for _, r := range rules {
		hits, useful, err := s.ranges(file, language, r, crossing)
		switch {
		case err != nil:
			s.problem(r, err)
		case !useful:
		case len(hits.Sources) > 0 && len(hits.Sinks) > 0:
			run.add(r, hits)
		default:
			beyond.add(r, hits)
		}
	}
	if len(beyond.rules) == 0 {
		if len(run.rules) > 0 {
			s.analyze(ctx, file, &run, crossing)
		}
		return
	}
	others := &modules{scan: s}
	files, told := others.reach(ctx, file.Tree)
	if !told { // the calls tell
		files = s.analyze(ctx, file, &run, crossing).read(ctx)
		run = flows{}
	}
	for i, r := range beyond.rules {
		if others.has(ctx, files, r, len(beyond.hits[i].Sources) == 0) {
			run.add(r, beyond.hits[i])
		}
	}
	if len(run.rules) > 0 {
		s.analyze(ctx, file, &run, crossing)
	}
}

// flows are rules of taint to be run over a file, with what they match in it.
type flows struct {
	rules []*rule
	hits  []taint.Hits
}

func (f *flows) add(r *rule, hits taint.Hits) {
	f.rules, f.hits = append(f.rules, r), append(f.hits, hits)
}

// analyze runs rules over a file, all in one pass, and gives the files that this led into.
func (s *scan) analyze(ctx context.Context, file *match.File, run *flows, crossing bool) *modules {
	f := &taint.File{Path: string(s.path), Tree: file.Tree, Names: file.Names, Hits: run.hits}
	var specs []taint.Rule
	for _, r := range run.rules {
		specs = append(specs, taintRule(r.Rule))
	}
	opened := &modules{scan: s, rules: run.rules, opened: map[string]*taint.File{string(s.path): f}}
	var others taint.Modules
	if crossing {
		others = opened
	}
	found, err := taint.Analyze(ctx, specs, f, others)
	var missed *taint.MissedError // calls that count as those of unknown functions, as the README says
	if err != nil && !errors.As(err, &missed) && ctx.Err() == nil {
		s.problems = append(s.problems, err)
	}
	for i := range found {
		h := newFlow(run.rules[found[i].Rule], &found[i])
		if found[i].File == f {
			s.hits = append(s.hits, h)
		} else {
			s.elsewhere[found[i].File] = append(s.elsewhere[found[i].File], h)
		}
	}
	return opened
}

// ranges finds where a rule's sources, sinks, sanitizers and propagators are. It stops as soon as there can be no flow:
// without a sink, or without a source, unless the flow may cross files.
func (s *scan) ranges(file *match.File, language ast.Language, r *rule, crossing bool) (_ taint.Hits, useful bool, _ error) {
	var hits taint.Hits
	find := func(into *[]taint.Match, item int, formula *semgrep.Formula, named metavariables) error {
		ranges, err := file.Ranges(formula, language, &r.Options, nil)
		for i := range ranges {
			*into = append(*into, taintMatch(file, &ranges[i], item, named))
		}
		return err
	}
	for i := range r.Taint.Sinks {
		if err := find(&hits.Sinks, i, r.Taint.Sinks[i].Formula, metavariables{}); err != nil {
			return hits, false, err
		}
	}
	if !crossing && len(hits.Sinks) == 0 {
		return hits, false, nil
	}
	for i := range r.Taint.Sources {
		if err := find(&hits.Sources, i, r.Taint.Sources[i].Formula, metavariables{}); err != nil {
			return hits, false, err
		}
	}
	if len(hits.Sources) == 0 && (!crossing || len(hits.Sinks) == 0) {
		return hits, false, nil
	}
	for i := range r.Taint.Sanitizers {
		item := &r.Taint.Sanitizers[i]
		if err := find(&hits.Sanitizers, i, item.Formula, metavariables{clears: item.Clears}); err != nil {
			return hits, false, err
		}
	}
	for i := range r.Taint.Propagators {
		p := &r.Taint.Propagators[i]
		if err := find(&hits.Propagators, i, p.Formula, metavariables{from: p.From, to: p.To}); err != nil {
			return hits, false, err
		}
	}
	return hits, true, nil
}

// metavariables are those that an item of taint names for a purpose; empty when it names none.
type metavariables struct{ from, to, clears string }

func taintMatch(file *match.File, r *match.Range, item int, named metavariables) taint.Match {
	m := taint.Match{Item: item, Start: r.Start, End: r.End, Node: r.Node, Place: ast.None, From: ast.None, To: ast.None}
	r.Env.Each(func(name string, value match.Value) bool {
		switch {
		case name == named.from:
			m.From = value.First
		case name == named.to:
			m.To = value.First
		case name == named.clears:
			m.Place = value.First
		}
		m.Bindings = append(m.Bindings, taint.Binding{Name: name, Text: file.Text(value)})
		return true
	})
	return m
}

// taintRule says the same in the words of package taint.
func taintRule(r *semgrep.Rule) taint.Rule {
	effect := map[semgrep.SideEffect]taint.SideEffect{
		semgrep.NoSideEffect: taint.NoSideEffect, semgrep.SideEffectToo: taint.AlsoSideEffect, semgrep.SideEffectOnly: taint.OnlySideEffect,
	}
	guard := map[semgrep.Guard]taint.Guard{semgrep.NoGuard: taint.NoGuard, semgrep.GuardHolds: taint.GuardHolds, semgrep.GuardFails: taint.GuardFails}
	o := &r.Options
	out := taint.Rule{ID: r.ID, Options: taint.Options{
		SafeFunctions: o.TaintAssumeSafeFunctions, SafeIndexes: o.TaintAssumeSafeIndexes, SafeComparisons: o.TaintAssumeSafeComparisons,
		SafeBooleans: o.TaintAssumeSafeBooleans, SafeNumbers: o.TaintAssumeSafeNumbers, UnifyMetavars: o.TaintUnifyMvars,
	}}
	for _, s := range r.Taint.Sources {
		out.Sources = append(out.Sources, taint.Source{Label: s.Label, Requires: s.Requires, Exact: s.Exact, Control: s.Control, SideEffect: effect[s.SideEffect]})
	}
	for _, s := range r.Taint.Sinks {
		out.Sinks = append(out.Sinks, taint.Sink{Requires: s.Requires, Inexact: !s.Exact, AtExit: s.AtExit})
	}
	for _, s := range r.Taint.Sanitizers {
		out.Sanitizers = append(out.Sanitizers, taint.Sanitizer{Exact: s.Exact, SideEffect: effect[s.SideEffect], Guard: guard[s.Guard]})
	}
	for _, p := range r.Taint.Propagators {
		out.Propagators = append(out.Propagators, taint.Propagator{Requires: p.Requires, Label: p.Label, ReplaceLabels: p.ReplaceLabels, NoSideEffect: !p.SideEffect})
	}
	return out
}

// newFlow makes a hit of a flow, in the file of its sink.
func newFlow(r *rule, found *taint.Finding) hit {
	h := hit{rule: r, start: int(found.Sink.Start), end: int(found.Sink.End), bindings: map[string]string{}}
	for _, b := range found.Bindings {
		h.bindings[b.Name] = b.Text
	}
	if found.Sink.Node != ast.None {
		h.symbol = symbolOf(found.File.Tree, found.Sink.Node)
	}
	h.trace, h.offsets = steps(found)
	return h
}

// steps are the lines that a flow passes, each once in a row, and the offsets at which they were taken.
func steps(found *taint.Finding) ([]checks.Step, []int) {
	texts := map[*taint.File]*text.Text{}
	var out []checks.Step
	var offsets []int
	for _, step := range found.Trace {
		t := texts[step.File]
		if t == nil {
			t = text.New([]byte(step.File.Tree.Source))
			texts[step.File] = t
		}
		at := int(step.File.Tree.Nodes[step.Node].Start)
		one := checks.Step{Path: checks.Path(step.File.Path), Line: t.Position(at).Line, Text: t.Snippet(at, at)}
		if n := len(out); n == 0 || out[n-1].Path != one.Path || out[n-1].Line != one.Line {
			out, offsets = append(out, one), append(offsets, at)
		}
	}
	return out, offsets
}

// lineOf is the line, counted from 1, of a byte.
func lineOf(source string, offset int) int { return 1 + strings.Count(source[:offset], "\n") }
