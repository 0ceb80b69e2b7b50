package yaml

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	goyaml "github.com/goccy/go-yaml"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

// TestAgreement: what package managers wrote is read as goccy/go-yaml, a whole implementation of YAML, reads it.
func TestAgreement(t *testing.T) {
	var names []string
	for _, pattern := range []string{"*/*.yaml", "*/*.yml", "*/.*.yml", "yarn-[234]/yarn.lock"} {
		found, err := filepath.Glob("../testdata/javascript/" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, found...)
	}
	if len(names) < 13 {
		t.Fatalf("only %d files", len(names))
	}
	for _, name := range names {
		t.Run(strings.TrimPrefix(filepath.ToSlash(name), "../testdata/javascript/"), func(t *testing.T) {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			d := parse(t, string(content))
			if len(d.Problems) > 0 || d.Incomplete || d.Aliases {
				t.Errorf("problems: %v", d.Problems)
			}
			decoder := goyaml.NewDecoder(bytes.NewReader(content), goyaml.UseOrderedMap())
			for n := int32(0); ; n = d.Nodes[n].Next {
				var want any
				if err := decoder.Decode(&want); err == io.EOF {
					if n != jsonc.None {
						t.Error("more documents than there are")
					}
					return
				} else if err != nil {
					t.Fatal(err)
				}
				if n == jsonc.None {
					t.Fatal("fewer documents than there are")
				}
				compare(t, d, n, want, "")
			}
		})
	}
}

func compare(t *testing.T, d *Document, n int32, want any, path string) {
	t.Helper()
	node := d.Nodes[n]
	switch want := want.(type) {
	case goyaml.MapSlice:
		child := node.First
		for _, item := range want {
			if node.Kind != jsonc.Object || child == jsonc.None || d.KeyText(child) != fmt.Sprint(item.Key) {
				t.Errorf("%s: no %v", path, item.Key)
				return
			}
			compare(t, d, child, item.Value, fmt.Sprint(path, "/", item.Key))
			child = d.Nodes[child].Next
		}
		if child != jsonc.None {
			t.Errorf("%s: %s is too much", path, d.KeyText(child))
		}
	case []any:
		child := node.First
		for i, item := range want {
			if node.Kind != jsonc.Array || child == jsonc.None {
				t.Errorf("%s: only %d values", path, i)
				return
			}
			compare(t, d, child, item, fmt.Sprint(path, "/", i))
			child = d.Nodes[child].Next
		}
	default:
		if got := d.Text(n); got != fmt.Sprint(want) {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}
