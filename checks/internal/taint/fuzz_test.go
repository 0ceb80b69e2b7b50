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
		if err != nil && !errors.Is(err, taint.ErrBound) {
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

func TestBounds(t *testing.T) {
	rule := loadRule(t, map[string]any{
		"id": "r", "pattern-sources": []any{map[string]any{"pattern": "source(...)"}}, "pattern-sinks": []any{map[string]any{"pattern": "sink(...)"}},
	}, "python")
	chain := func(n int) string { // each turn of the loop moves the taint by one variable
		var b strings.Builder
		b.WriteString("def test(c):\n    x0 = source()\n    while c:\n")
		for i := n; i > 0; i-- {
			fmt.Fprintf(&b, "        x%d = x%d\n", i, i-1)
		}
		fmt.Fprintf(&b, "    sink(x%d)\n", n)
		return b.String()
	}
	nested := func(n int) string { // calls in calls
		var b strings.Builder
		fmt.Fprintf(&b, "def f%d(x):\n    sink(x)\n", n)
		for i := n; i > 0; i-- {
			fmt.Fprintf(&b, "def f%d(x):\n    f%d(x)\n", i-1, i)
		}
		b.WriteString("f0(source())\n")
		return b.String()
	}
	loops := func(n int) string { // loops in loops, each of which must settle
		var b strings.Builder
		b.WriteString("x = source()\n")
		for i := range n {
			fmt.Fprintf(&b, "%sfor v%d in x:\n", strings.Repeat(" ", i), i)
		}
		fmt.Fprintf(&b, "%sx = x + v%d\nsink(x)\n", strings.Repeat(" ", n), n-1)
		return b.String()
	}
	tests := []struct {
		name, code string
		flows      int
		err        error
	}{
		{"a chain that settles in time is followed", chain(30), 1, nil},
		{"a chain that takes more turns of the loop is an error", chain(60), 0, taint.ErrBound},
		{"calls inside calls are followed", nested(15), 1, nil},
		{"calls inside calls beyond the bound are unknown calls", nested(60), 0, nil},
		{"loops inside loops", loops(8), 1, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, err := analyze(rule, "python", test.code, nil, false)
			if !errors.Is(err, test.err) || test.err == nil && err != nil {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if test.err == nil && len(found) != test.flows {
				t.Fatalf("%d flows, want %d", len(found), test.flows)
			}
		})
	}
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
