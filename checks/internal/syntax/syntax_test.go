package syntax

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func mustParse(t testing.TB, lang Language, source string) *Tree {
	t.Helper()
	tree, err := Parse(context.Background(), lang, []byte(source), Limits{})
	if err != nil {
		t.Fatalf("%s: %v", lang, err)
	}
	return tree
}

func TestParseFilesThatAreNotQuiteSource(t *testing.T) {
	tests := map[string]struct {
		source string
		errors bool
		want   string
	}{
		"an empty file is a root":                   {"", false, `(module)`},
		"white space alone is a root":               {" \n\n", false, `(module)`},
		"a mistake is a node, not an error":         {"f(", true, `(module (ERROR (identifier) "("))`},
		"what follows a mistake is still parsed":    {"a = )\nb = 1\n", true, `(module (expression_statement (assignment left: (identifier) "=" (ERROR ")") right: (assignment left: (identifier) "=" right: (integer)))))`},
		"what is missing is put in":                 {"if a:\n  b(\nc\n", true, ``},
		"CRLF ends a line":                          {"a\r\nb\r\n", false, `(module (expression_statement (identifier)) (expression_statement (identifier)))`},
		"bytes that are not UTF-8 are a mistake":    {"a = \xff\xfe\n", true, ``},
		"a string may hold bytes that are not":      {"a = '\xff'\n", false, `(module (expression_statement (assignment left: (identifier) "=" right: (string (string_start) (string_content) (string_end)))))`},
		"NUL bytes are a mistake":                   {"a\x00b\n", true, ``},
		"a byte order mark comes before the root":   {"\ufeffa\n", false, `(module (expression_statement (identifier)))`},
		"letters beyond ASCII count as their bytes": {"é = 'ü'\n", false, `(module (expression_statement (assignment left: (identifier) "=" right: (string (string_start) (string_content) (string_end)))))`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tree := mustParse(t, Python, test.source)
			checkShape(t, tree)
			if got := tree.Sexp(0); test.want != "" && got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if (tree.Errors > 0) != test.errors {
				t.Errorf("%d errors in %s", tree.Errors, tree.Sexp(0))
			}
		})
	}
}

// checkShape holds what every tree promises.
func checkShape(t testing.TB, tree *Tree) {
	t.Helper()
	mistakes := 0
	last := make([]int32, len(tree.Nodes)) // the latest child seen of each node
	for i, n := range tree.Nodes {
		if n.Flags&(Error|Missing) != 0 {
			mistakes++
			if n.Flags&HasError == 0 {
				t.Fatalf("node %d is an error and does not have one", i)
			}
		}
		switch {
		case tree.Language.SymbolName(n.Symbol) == "" && n.Flags&Named != 0:
			t.Fatalf("node %d has no name", i)
		case n.Start > n.End || int(n.End) > len(tree.Source):
			t.Fatalf("node %d ends at %d and starts at %d", i, n.End, n.Start)
		case i == 0:
			if n.Parent != -1 || n.Next != -1 {
				t.Fatalf("the root has relatives: %+v", n)
			}
			continue
		case n.Parent < 0 || int(n.Parent) >= i:
			t.Fatalf("the parent of %d is %d", i, n.Parent)
		}
		parent := tree.Nodes[n.Parent]
		switch previous := last[n.Parent]; {
		case previous == 0 && parent.First != int32(i), previous != 0 && tree.Nodes[previous].Next != int32(i):
			t.Fatalf("nothing leads to %d", i)
		case n.Start < parent.Start || n.End > parent.End:
			t.Fatalf("node %d at %d-%d sticks out of its parent at %d-%d", i, n.Start, n.End, parent.Start, parent.End)
		case n.Flags&HasError != 0 && parent.Flags&HasError == 0:
			t.Fatalf("node %d has an error that its parent has not", i)
		}
		last[n.Parent] = int32(i)
	}
	for i, n := range tree.Nodes {
		if n.Next == int32(i) || n.First == int32(i) || last[i] == 0 && n.First != -1 || last[i] != 0 && tree.Nodes[last[i]].Next != -1 {
			t.Fatalf("node %d has relatives that do not know it", i)
		}
	}
	if mistakes != tree.Errors {
		t.Fatalf("%d errors counted, %d found", tree.Errors, mistakes)
	}
}

func TestPositionsAreBytes(t *testing.T) {
	tree := mustParse(t, Go, "package é\r\n\r\nvar  x = \"ü\"\r\n")
	var got []string
	for i, n := range tree.Nodes {
		if name := Go.SymbolName(n.Symbol); name == "package_identifier" || name == "identifier" || name == "interpreted_string_literal" {
			got = append(got, fmt.Sprintf("%d-%d %s", n.Start, n.End, tree.Text(int32(i))))
		}
	}
	want := []string{"8-10 é", "19-20 x", `23-27 "ü"`}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheSameBytesMakeTheSameTree(t *testing.T) {
	source := strings.Repeat("f(a, b[1:, k=)\nclass A: x = {1: 2\n", 200)
	want := mustParse(t, Python, source)
	for range 5 {
		if got := mustParse(t, Python, source); !reflect.DeepEqual(got, want) {
			t.Fatal("it did not")
		}
	}
}

func TestParseConcurrently(t *testing.T) {
	var group sync.WaitGroup
	for _, lang := range Languages() {
		for range 4 {
			group.Go(func() {
				sample := samples[lang]
				if got := mustParse(t, lang, sample.source).Sexp(0); got != sample.tree {
					t.Errorf("%s: got %s", lang, got)
				}
			})
		}
	}
	group.Wait()
}

func TestParseTellsWhenTheContextIsDone(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Parse(ctx, Python, []byte("a"), Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestParseStopsWhenTheContextIsCancelled: whenever the cancellation comes, there is either its error or a whole tree.
func TestParseStopsWhenTheContextIsCancelled(t *testing.T) {
	source := []byte(strings.Repeat("f(a)\n", 20_000))
	whole := len(mustParse(t, Python, string(source)).Nodes)
	for range 20 {
		ctx, cancel := context.WithCancel(context.Background())
		started := make(chan struct{})
		go func() { close(started); cancel() }()
		<-started
		tree, err := Parse(ctx, Python, source, Limits{})
		if err == nil && len(tree.Nodes) != whole || err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

func TestUnknownLanguage(t *testing.T) {
	if _, err := Parse(context.Background(), languages, nil, Limits{}); !errors.Is(err, ErrLanguage) {
		t.Errorf("got %v", err)
	}
	if name := languages.String(); name != "unknown" {
		t.Errorf("it is called %q", name)
	}
}
