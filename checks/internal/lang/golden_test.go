package lang

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestTrees reads each file of testdata/<language> and compares the drawing of its tree with the .tree file beside it.
func TestTrees(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		directory := filepath.Base(filepath.Dir(file))
		if directory == "patterns" || filepath.Ext(file) == ".tree" {
			continue
		}
		t.Run(directory+"/"+filepath.Base(file), func(t *testing.T) {
			l, ok := Named(directory)
			if !ok {
				t.Fatalf("no language %q", directory)
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			tree, err := l.Parse(context.Background(), string(source))
			if err != nil {
				t.Fatal(err)
			}
			if reason := malformed(tree); reason != "" {
				t.Error(reason)
			}
			got := tree.String()
			if tree.Errors > 0 {
				got += fmt.Sprintf("%d errors\n", tree.Errors)
			}
			compare(t, file+".tree", got)
		})
	}
}

// TestPatterns reads the patterns of testdata/patterns/<language>.txt: a pattern, a line "->", and its drawing or the
// error, up to a line "====".
func TestPatterns(t *testing.T) {
	files, err := filepath.Glob("testdata/patterns/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			l, ok := Named(name)
			if !ok {
				t.Fatalf("no language %q", name)
			}
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, section := range strings.Split(strings.TrimSuffix(string(content), "====\n"), "====\n") {
				text, _, _ := strings.Cut(section, "\n->\n")
				text = strings.TrimSuffix(text, "\n")
				got.WriteString(text + "\n->\n" + drawPattern(t, l, text) + "====\n")
			}
			compare(t, file, got.String())
		})
	}
}

// drawPattern draws the roots of a pattern, after a line of what is said of the whole.
func drawPattern(t *testing.T, l *Language, text string) string {
	p, err := l.Pattern(text)
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	if reason := malformed(p.Tree); reason != "" {
		t.Errorf("%s: %s", text, reason)
	}
	_, drawing, _ := strings.Cut(p.String(), "\n")
	notes := ""
	if p.Sequence {
		notes += "(sequence)\n"
	}
	if p.Partial {
		notes += "(partial)\n"
	}
	return notes + strings.ReplaceAll("\n"+drawing[:len(drawing)-1], "\n  ", "\n")[1:] + "\n"
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), go test -update writes it anew:\n%s", file, diff)
	}
}

// malformed says what is wrong with the shape of a tree, or nothing.
func malformed(t *ast.Tree) string {
	for i := range t.Nodes {
		id, n := ast.ID(i), &t.Nodes[i]
		if n.Start > n.End || int(n.End) > len(t.Source) {
			return fmt.Sprintf("%s covers %d to %d of %d bytes", n.Kind, n.Start, n.End, len(t.Source))
		}
		next := id + 1
		for c := n.First; c != ast.None; c = t.Nodes[c].Next {
			child := &t.Nodes[c]
			if c != next || child.Parent != id {
				return fmt.Sprintf("%s %d has the child %d, and %d would be next", n.Kind, id, c, next)
			}
			if child.Start < n.Start || child.End > n.End {
				return fmt.Sprintf("%s (%d to %d) reaches out of its parent %s (%d to %d)", child.Kind, child.Start, child.End, n.Kind, n.Start, n.End)
			}
			next = child.After
		}
		if n.After != next {
			return fmt.Sprintf("%s %d ends before %d, not %d", n.Kind, id, n.After, next)
		}
	}
	return ""
}
