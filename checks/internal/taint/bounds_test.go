package taint_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks/internal/semgrep"
	"github.com/assay-app/assay/checks/internal/taint"
)

func plainRule(t *testing.T, language string) *semgrep.Rule {
	t.Helper()
	return loadRule(t, map[string]any{
		"id": "r", "pattern-sources": []any{map[string]any{"pattern": "source(...)"}}, "pattern-sinks": []any{map[string]any{"pattern": "sink(...)"}},
	}, language)
}

// lines repeats a line for each number from first up to, but without, last.
func lines(first, last int, format string) string {
	var b strings.Builder
	for i := first; i < last; i++ {
		b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)) + "\n")
	}
	return b.String()
}

// The codes of TestBounds, each of a size.
var (
	chain = func(n int) string { // each turn of the loop moves the taint by one variable
		var b strings.Builder
		b.WriteString("def test(c):\n    x0 = source()\n    while c:\n")
		for i := n; i > 0; i-- {
			fmt.Fprintf(&b, "        x%d = x%d\n", i, i-1)
		}
		fmt.Fprintf(&b, "    sink(x%d)\n", n)
		return b.String()
	}
	nested = func(n int) string { // calls in calls
		var b strings.Builder
		fmt.Fprintf(&b, "def f%d(x):\n    sink(x)\n", n)
		for i := n; i > 0; i-- {
			fmt.Fprintf(&b, "def f%d(x):\n    f%d(x)\n", i-1, i)
		}
		b.WriteString("f0(source())\n")
		return b.String()
	}
	loops = func(n int) string { // loops in loops, each of which must settle
		var b strings.Builder
		b.WriteString("x = source()\n")
		for i := range n {
			fmt.Fprintf(&b, "%sfor v%d in x:\n", strings.Repeat(" ", i), i)
		}
		fmt.Fprintf(&b, "%sx = x + v%d\nsink(x)\n", strings.Repeat(" ", n), n-1)
		return b.String()
	}
	shapes = func(n int) string { // a function that gets values of ever other shapes
		return "def f(x):\n    sink(x)\n" + lines(0, n, `f({"k#": source()})`)
	}
	kinds = func(n int) string { // a function whose parameters are tainted in ever other combinations
		var b strings.Builder
		b.WriteString("def f(p, q, r, s, t, u):\n    sink(p)\n")
		for i := range n {
			args := make([]string, 6)
			for bit := range args {
				args[bit] = []string{"1", "source()"}[i>>bit&1]
			}
			fmt.Fprintf(&b, "f(%s)\n", strings.Join(args, ", "))
		}
		return b.String()
	}
	handlers = func(n int) string { // a value that may be one of many functions
		return lines(0, n, "def f#(x):\n    sink(x)") + "def test(k):\n    h = {}\n" + lines(0, n, "    if k: h = f#") + "    h(source())\n"
	}
	relay = func(n int) string { // each function hands a global to the one before it
		var b strings.Builder
		b.WriteString("def g0():\n    sink(G0)\n")
		for i := 1; i <= n; i++ {
			fmt.Fprintf(&b, "def g%d():\n    global G%d\n    G%d = G%d\n", i, i-1, i-1, i)
		}
		fmt.Fprintf(&b, "def last():\n    global G%d\n    G%d = source()\n", n, n)
		return b.String()
	}
)

func TestBounds(t *testing.T) {
	rule := plainRule(t, "python")
	missed := &taint.MissedError{}
	tests := []struct {
		name, code string
		flows      int
		err        error
	}{
		{"a chain that settles in time is followed", chain(30), 1, nil},
		{"a chain that takes more turns of the loop is an error", chain(60), 0, taint.ErrBound},
		{"loops inside loops", loops(8), 1, nil},
		{"calls inside calls are followed", nested(15), 1, nil},
		{"calls that lie too deep, and get what a sink waits for, are said", nested(60), 0, missed},
		{"calls that lie too deep, and get nothing, are nothing to say", strings.ReplaceAll(nested(60), "f0(source())", "sink(source())"), 1, nil},
		{"calls that lie too deep matter not where there is no sink", strings.ReplaceAll(nested(60), "    sink(x)", "    return x") + "source()\n", 0, nil},
		{"a source that lies too deep is said", strings.ReplaceAll(strings.ReplaceAll(nested(60), "    sink(x)", "    return source()"), "    f", "    return f") + "sink(f0(1))\n", 0, missed},
		{"values of many shapes are taken for one", shapes(50), 1, nil},
		{"a function that is called in as many ways as may be", kinds(30), 1, nil},
		{"a function that is called in too many ways is said", kinds(64), 1, missed},
		{"a value that may be several functions", handlers(7), 7, nil},
		{"a value that may be too many functions is said", handlers(20), 7, missed},
		{"globals that hand on what others hold", relay(5), 1, nil},
		{"globals that hand on for too long are an error", relay(12), 0, taint.ErrBound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, err := analyze(rule, "python", test.code, nil, false)
			switch wrong := (*taint.MissedError)(nil); {
			case test.err == missed:
				if !errors.As(err, &wrong) || !slices.Equal(wrong.Rules, []int{0}) {
					t.Fatalf("error %v, want that calls were missed for rule 0", err)
				}
			case !errors.Is(err, test.err) || test.err == nil && err != nil:
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if !errors.Is(err, taint.ErrBound) && len(found) != test.flows {
				t.Fatalf("%d flows, want %d", len(found), test.flows)
			}
		})
	}
}

func TestTheBudgetOfAFileEnds(t *testing.T) {
	rule := plainRule(t, "python")
	file, err := read(rule, "python", "main.py", nested(10))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name            string
		steps, contexts int
		err             error
	}{
		{"steps are left", taint.MaxSteps - 5000, 0, nil},
		{"no steps are left", taint.MaxSteps - 20, 0, taint.ErrBound},
		{"kinds of calls are left", 0, taint.MaxContexts - 50, nil},
		{"no kinds of calls are left", 0, taint.MaxContexts - 5, taint.ErrBound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, err := taint.AnalyzeAfter(test.steps, test.contexts, []taint.Rule{specOf(rule, false)}, file)
			if !errors.Is(err, test.err) || err != nil && test.err == nil || test.err == nil && len(found) != 1 {
				t.Fatalf("%d flows and error %v, want error %v", len(found), err, test.err)
			}
		})
	}
}

// What is taken for one is followed, if less precisely: the second sink of each code is one too many.
func TestBoundsOfPrecision(t *testing.T) {
	rule := plainRule(t, "python")
	list := func(n, at int) string {
		return "x = [" + strings.Repeat("1, ", at) + "source()" + strings.Repeat(", 1", n-at-1) + "]\n"
	}
	tests := []struct {
		name, code string
		flows      int
	}{
		{"fields are told apart", "x.a.b = source()\nsink(x.a.b)\nsink(x.a.c)\n", 1},
		{"fields too deep are taken for one", "x.a.b.c.d.e = source()\nsink(x.a.b.c.d.e)\nsink(x.a.b.c.d.f)\n", 2},
		{"elements are told apart", list(8, 5) + "sink(x[5])\nsink(x[6])\n", 1},
		{"elements of a long list are taken for one", list(30, 25) + "sink(x[25])\nsink(x[26])\n", 2},
		{"a value of many sources", "x = " + strings.Repeat("source(), ", 9) + "1\nsink(x)\n", 1},
		{"a value of very many parts", "x = {}\n" + lines(0, 15, `x["#"] = {"a": source(), "b": {"c": source(), "d": source(1)}, "e": [source(), source()], "f": source(2), "g": source(3)}`) + "sink(x)\n", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, err := analyze(rule, "python", test.code, nil, false)
			if err != nil || len(found) != test.flows {
				t.Fatalf("%d flows and error %v, want %d", len(found), err, test.flows)
			}
		})
	}
	found, err := analyze(rule, "python", "x0 = source()\n"+lines(0, 60, "x#b = x#")+"sink(x0)\n", nil, false)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	long := "x0 = source()\n"
	for i := range 60 {
		long += fmt.Sprintf("x%d = x%d\n", i+1, i)
	}
	if found, err = analyze(rule, "python", long+"sink(x60)\n", nil, false); err != nil || len(found) != 1 || len(found[0].Trace) > 25 || len(found[0].Trace) < 20 {
		t.Errorf("flows %v, error %v", found, err)
	}
}

func TestOtherFilesAreReadUpToABound(t *testing.T) {
	rule := plainRule(t, "python")
	calls := func(n int) (string, map[string]string) {
		files := map[string]string{}
		for i := range n {
			files[fmt.Sprintf("app/m%d.py", i)] = "def f(x):\n    sink(x)\n"
		}
		return lines(0, n, "import app.m#\napp.m#.f(source())"), files
	}
	for _, test := range []struct{ files, flows int }{{60, 60}, {64, 64}, {70, 64}} {
		code, files := calls(test.files)
		found, err := analyze(rule, "python", code, files, false)
		if err != nil || len(found) != test.flows {
			t.Errorf("%d files: %d flows and error %v, want %d", test.files, len(found), err, test.flows)
		}
	}
	code := lines(0, 500, "import gone#") + lines(0, 500, "gone#.f(source())") + "import app.tool\napp.tool.f(source())\n" // each is looked for at several paths
	if found, err := analyze(rule, "python", code, map[string]string{"app/tool.py": "def f(x):\n    sink(x)\n"}, false); err != nil || len(found) != 0 {
		t.Errorf("beyond the bound on look-ups: %d flows and error %v", len(found), err)
	}
}
