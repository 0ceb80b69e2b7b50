package lang

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var word = regexp.MustCompile(`\w+|[^\w\s]`)

// TestCodeWithAnyWordMissingIsATreeAllTheSame takes every word away in turn from each few lines of the files in testdata, and
// then all that follows it.
func TestCodeWithAnyWordMissingIsATreeAllTheSame(t *testing.T) {
	const window = 2 // lines
	files, err := filepath.Glob("testdata/*/constructs.*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		if filepath.Ext(file) == ".tree" {
			continue
		}
		directory := filepath.Base(filepath.Dir(file))
		t.Run(directory, func(t *testing.T) {
			l, ok := Named(directory)
			if !ok {
				t.Fatalf("no language %q", directory)
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			read := func(text string) {
				tree, err := l.Parse(context.Background(), text)
				if err != nil {
					t.Fatalf("%v:\n%s", err, text)
				}
				if reason := malformed(tree); reason != "" {
					t.Fatalf("%s:\n%s", reason, text)
				}
			}
			lines := strings.SplitAfter(string(source), "\n")
			for first := 0; first < len(lines); first += window {
				piece := strings.Join(lines[first:min(first+window, len(lines))], "")
				for _, at := range word.FindAllStringIndex(piece, -1) {
					read(piece[:at[0]] + piece[at[1]:])
					read(piece[:at[0]])
				}
			}
		})
	}
}

func TestACallWithoutANameIsATree(t *testing.T) {
	l, _ := Named("java")
	tree, err := l.Parse(context.Background(), "A().(0)")
	if err != nil {
		t.Fatal(err)
	}
	if reason := malformed(tree); reason != "" {
		t.Error(reason)
	}
}
