package syntax

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
)

var dumpLanguage = flag.String("lang", "python", "the language of the file that TestDump prints")

// TestDump prints the tree of a file, one node a line, for whoever writes code against a grammar:
//
//	go test ./checks/internal/syntax -run Dump -args -lang python FILE
func TestDump(t *testing.T) {
	if flag.NArg() > 0 {
		source, err := os.ReadFile(flag.Arg(0))
		if err != nil {
			t.Fatal(err)
		}
		dump(os.Stdout, parseFile(t, *dumpLanguage, source))
		return
	}
	var b strings.Builder
	dump(&b, parseFile(t, "python", []byte("a = 1")))
	want := `0 module 0-5
1   expression_statement 0-5
2     assignment 0-5
3       left: identifier 0-1 "a"
4       "=" 2-3
5       right: integer 4-5 "1"
0 errors
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}

func parseFile(t *testing.T, name string, source []byte) *Tree {
	t.Helper()
	for _, lang := range Languages() {
		if lang.String() == name {
			tree, err := Parse(context.Background(), lang, source, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			return tree
		}
	}
	t.Fatalf("no language %q; there are %v", name, Languages())
	return nil
}

func dump(w io.Writer, tree *Tree) {
	depth := make([]int, len(tree.Nodes))
	for i, n := range tree.Nodes {
		if n.Parent >= 0 {
			depth[i] = depth[n.Parent] + 1
		}
		fmt.Fprintf(w, "%d %s", i, strings.Repeat("  ", min(depth[i], 50)))
		if n.Field != 0 {
			fmt.Fprintf(w, "%s: ", tree.Language.FieldName(n.Field))
		}
		name := tree.Language.SymbolName(n.Symbol)
		if n.Flags&Named == 0 {
			name = strconv.Quote(name)
		}
		fmt.Fprintf(w, "%s %d-%d", name, n.Start, n.End)
		for flag, text := range map[Flags]string{Extra: " extra", Missing: " missing"} {
			if n.Flags&flag != 0 {
				fmt.Fprint(w, text)
			}
		}
		if n.First < 0 && n.Flags&Named != 0 {
			fmt.Fprintf(w, " %.60q", tree.Text(int32(i)))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "%d errors\n", tree.Errors)
}
