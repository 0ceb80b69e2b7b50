package toml

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	strict "github.com/pelletier/go-toml/v2"
)

// plain gives the values below a table as a strict reader of TOML would, with nothing but the kind of numbers and times.
func plain(d *Document, n int32) any {
	switch d.Nodes[n].Kind {
	case Table:
		table := map[string]any{}
		for child := range d.Children(n) {
			table[d.Key(child)] = plain(d, child)
		}
		return table
	case Array:
		array := []any{}
		for child := range d.Children(n) {
			array = append(array, plain(d, child))
		}
		return array
	case String:
		return "=" + d.Text(n)
	default:
		return d.Nodes[n].Kind.String()
	}
}

// strictly is the same of what a strict reader gave.
func strictly(value any) any {
	switch value := value.(type) {
	case map[string]any:
		table := map[string]any{}
		for key, member := range value {
			table[key] = strictly(member)
		}
		return table
	case []any:
		array := []any{}
		for _, member := range value {
			array = append(array, strictly(member))
		}
		return array
	case string:
		return "=" + value
	case int64, float64:
		return Number.String()
	case bool:
		return Bool.String()
	default:
		return Time.String()
	}
}

// FuzzParse: whatever the text, every value stands in it; and a valid text reads as a strict reader reads it.
func FuzzParse(f *testing.F) {
	f.Add("[a]\nb.'c' = [1, { d = \"x\\u00e9\" },]\n[[a.e]]\nf = '''\ny'''\n")
	f.Add("[[p]]\nn = 1979-05-27 07:32:00Z # c\n[p.d]\nx = \"\"\"\\\n  z\"\"\"\"\n[[p]]\n")
	f.Add("a = [\"x\nb = {c = 1\n[[d]\n= \"\\")
	f.Fuzz(func(t *testing.T, source string) {
		d, err := Parse(source)
		if err != nil {
			return
		}
		for i, n := range d.Nodes {
			if n.Start > n.End || int(n.End) > len(source) || n.Key.Start > n.Key.End || int(n.Key.End) > len(source) || n.Parent >= int32(i) || n.Depth > MaxDepth+2 {
				t.Fatalf("node %d of %q: %+v", i, source, n)
			}
			if n.Parent != None && n.Next != None && d.Nodes[n.Next].Parent != n.Parent {
				t.Fatalf("node %d of %q and the next one have different parents", i, source)
			}
			d.Key(int32(i))
			if inside, ok := d.Inside(int32(i)); ok && source[inside.Start:inside.End] != d.Text(int32(i)) {
				t.Fatalf("node %d of %q: its text does not stand at %v", i, source, inside)
			}
		}
		var want map[string]any
		// The strict reader recurses without a bound, and neither its surrogates nor its carriage returns are ours.
		if strings.Count(source, "[")+strings.Count(source, "{") > MaxDepth || strings.Count(source, ".") > MaxDepth || strings.Contains(source, "\r") || strict.Unmarshal([]byte(source), &want) != nil {
			return
		}
		if len(d.Problems) > 0 {
			t.Fatalf("problems with the valid %q: %v", source, d.Problems)
		}
		if diff := cmp.Diff(strictly(want), plain(d, Root)); diff != "" {
			t.Fatalf("%q: %s", source, diff)
		}
	})
}

func TestAValidTextReadsAsAStrictReaderReadsIt(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "[[package]]\nname = \"p%d\"\nversion = '1.%d'\nsource = { registry = \"https://pypi.example/simple\" }\nwheels = [\n    { url = \"https://files.pypi.example/p.whl\", size = %d },\n]\n\n[package.metadata]\nrequires.dist = [[1, 2], []]\n\n", i, i, i)
	}
	d := parse(t, b.String())
	var want map[string]any
	if err := strict.Unmarshal([]byte(b.String()), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strictly(want), plain(d, Root)); diff != "" || len(d.Problems) > 0 {
		t.Error(d.Problems, diff)
	}
}
