package taint_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/taint"
)

// scattered makes rules match nodes of a tree as seed says, whatever they are.
func scattered(tree *ast.Tree, seed uint32) ([]taint.Rule, *taint.File) {
	rules := make([]taint.Rule, 3)
	hits := make([]taint.Hits, len(rules))
	for r := range rules {
		rules[r] = taint.Rule{
			Sources:     []taint.Source{{}, {SideEffect: taint.AlsoSideEffect}, {Control: true, Exact: true}},
			Sinks:       []taint.Sink{{}, {Inexact: true}, {AtExit: true}},
			Sanitizers:  []taint.Sanitizer{{}, {SideEffect: taint.AlsoSideEffect, Exact: true}, {Guard: taint.GuardFails}},
			Propagators: []taint.Propagator{{}, {NoSideEffect: true}, {Label: "B", ReplaceLabels: []string{taint.DefaultLabel}}},
		}
		rules[r].Options = taint.Options{SafeFunctions: r == 1, SafeNumbers: r == 2, SafeIndexes: r == 1, UnifyMetavars: r == 2, WithinFunctions: r == 2}
	}
	for i := range tree.Nodes {
		n := &tree.Nodes[i]
		seed = seed*1664525 + 1013904223
		h := &hits[seed>>8%uint32(len(rules))]
		m := taint.Match{Item: int(seed >> 16 % 3), Start: n.Start, End: n.End, Node: ast.ID(i), Place: ast.None, From: ast.None, To: ast.None}
		switch seed >> 24 % 8 {
		case 0:
			h.Sources = append(h.Sources, m)
		case 1:
			h.Sinks = append(h.Sinks, m)
		case 2:
			h.Sanitizers = append(h.Sanitizers, m)
		case 3:
			m.From, m.To = m.Node, ast.ID(int(seed>>4)%len(tree.Nodes))
			h.Propagators = append(h.Propagators, m)
		case 4:
			m.Node = ast.None
			h.Sinks = append(h.Sinks, m)
		}
	}
	return rules, &taint.File{Path: "main.py", Tree: tree, Names: names.Resolve(tree), Hits: hits}
}

func FuzzAnalyze(f *testing.F) {
	for i, code := range []string{
		"def f(a, *b, c=1, **d):\n    for x in a:\n        try:\n            b.append(x)\n        except E as e:\n            return f(e)\n    return b[0]\n",
		"class A(B):\n    x = f()\n    def g(self):\n        self.x.y = self.g(lambda z: z)\n        nonlocal q\n        del self.x[0]\n",
		"const f = ({a, ...b}, [c = 1]) => { switch (a) { case 1: b.push(c); default: f(f, b) } };\nlabel: while (true) { break label }",
		"x = x.trim().trim(); y = [y, ...y]; z = {z, [z]: z}; async function* g() { yield* g() }",
	} {
		f.Add(code, uint8(i/2), uint32(i))
	}
	all := []string{"python", "javascript", "typescript", "go", "java"}
	f.Fuzz(func(t *testing.T, code string, language uint8, seed uint32) {
		l, ok := lang.Named(all[int(language)%len(all)])
		if !ok || len(code) > 4096 {
			return
		}
		tree, err := l.Parse(context.Background(), code)
		if err != nil || len(tree.Nodes) == 0 {
			return
		}
		rules, file := scattered(tree, seed)
		found, err := taint.Analyze(context.Background(), rules, file, nil)
		if missed := (*taint.MissedError)(nil); err != nil && !errors.Is(err, taint.ErrBound) && !errors.As(err, &missed) {
			t.Fatal(err)
		}
		for _, one := range found {
			if len(one.Trace) == 0 || len(one.Trace) > 40 {
				t.Fatalf("a trace of %d steps", len(one.Trace))
			}
		}
		again, _ := taint.Analyze(context.Background(), rules, file, nil)
		if diff := cmp.Diff(describe(found), describe(again)); diff != "" {
			t.Fatalf("not the same twice:\n%s", diff)
		}
	})
}

func describe(found []taint.Finding) []string {
	var out []string
	for _, f := range found {
		line := fmt.Sprint(f.Rule, f.Sink.Start, f.Sink.End, f.Source.Start)
		for _, s := range f.Trace {
			line += fmt.Sprint(" ", s.Node)
		}
		out = append(out, line)
	}
	return out
}

func TestCancelled(t *testing.T) {
	l, _ := lang.Named("python")
	tree, err := l.Parse(context.Background(), strings.Repeat("x = source(x)\nsink(x)\n", 5000))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	rules, file := scattered(tree, 1)
	if _, err := taint.Analyze(ctx, rules, file, nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want that of the context", err)
	}
}
