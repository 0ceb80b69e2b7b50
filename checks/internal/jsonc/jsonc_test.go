package jsonc

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func parse(t *testing.T, source string) *Document {
	t.Helper()
	d, err := Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// outline writes the values below n, with the keys and the texts of strings.
func outline(d *Document, n int32) string {
	var parts []string
	for _, child := range d.Children(n) {
		node := d.Nodes[child]
		text := ""
		switch node.Kind {
		case Object:
			text = "{" + outline(d, child) + "}"
		case Array:
			text = "[" + outline(d, child) + "]"
		case String:
			text = fmt.Sprintf("%q", d.Text(child))
		case Invalid:
			text = "?" + d.Text(child)
		default:
			text = d.Text(child)
		}
		if node.Key != (Range{}) {
			text = d.KeyText(child) + ": " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func TestParse(t *testing.T) {
	tests := map[string]struct {
		source, want string
		problems     string
	}{
		"an object":                      {`{"a": 1, "b": [true, null, "x"]}`, `{a: 1, b: [true, null, "x"]}`, ""},
		"comments of both kinds":         {"// x\n{\"a\": /* y */ 1, // z\n}", `{a: 1}`, ""},
		"a comment right after a number": {`[1/* one */,2]`, `[1, 2]`, ""},
		"trailing commas":                {`[1, 2, ]`, `[1, 2]`, ""},
		"a mark of byte order":           {"\uFEFF{}", `{}`, ""},
		"a key twice":                    {`{"a": 1, "a": 2}`, `{a: 1, a: 2}`, ""},
		"escapes":                        {`["\n\"\\\/\u00e9\ud83d\ude00\ud83dx\q"]`, "[\"\\n\\\"\\\\/é😀\uFFFDxq\"]", ""},
		"several values":                 {"{\"a\": 1}\n{\"a\": 2}\n", `{a: 1}, {a: 2}`, ""},
		"numbers":                        {`[-1.5e+3, 0]`, `[-1.5e+3, 0]`, ""},
		"keys and strings as JavaScript writes them": {`{a: 'x"y'}`, `{a: "x\"y"}`, ""},
		"an empty text":                             {" \n", "", ""},
		"a comma that is missing":                   {`{"a": 1 "b": 2}`, `{a: 1, b: 2}`, ""},
		"a word that means nothing":                 {`[yes]`, `[?yes]`, `1 "yes" is not a value`},
		"a key without a value":                     {`{"a", "b": 1}`, `{b: 1}`, "1 a key without a value"},
		"a value without a key":                     {`{[1]}`, `{[1]}`, "1 a value without a key"},
		"an object that isn't closed":               {`{"a": {"b": 1`, `{a: {b: 1}}`, "13 an object that isn't closed; 13 an object that isn't closed"},
		"an array that the object around it closes": {`{"a": [1}, 2`, `{a: [1]}, 2`, "8 an array that isn't closed"},
		"a sign that closes nothing":                {`[1]] 2`, `[1], 2`, "3 ']' closes nothing"},
		"a string that isn't closed":                {"[\"a\n, 1]", `["a", 1]`, "1 a string that isn't closed"},
		"a comment that isn't closed":               {`[1] /* 2`, `[1]`, "4 a comment that isn't closed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := parse(t, test.source)
			if got := outline(d, None); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			var problems []string
			for _, p := range d.Problems {
				problems = append(problems, fmt.Sprintf("%d %s", p.Offset, p.Text))
			}
			if got := strings.Join(problems, "; "); got != test.problems {
				t.Errorf("problems: got %q, want %q", got, test.problems)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	d := parse(t, `{"a": [1, "x"], "a": {}}`)
	first, second := d.Children(0)[0], d.Member(0, "a")
	if got := d.Nodes[first]; got.Start != 6 || got.End != 14 || got.Key != (Range{1, 4}) {
		t.Errorf("the first member stands at %v", got)
	}
	if got := d.Nodes[second]; got.Start != 21 || got.End != 23 || got.Key != (Range{16, 19}) {
		t.Errorf("the last member with the key stands at %v", got)
	}
	if got := d.Member(0, "b"); got != None {
		t.Errorf("got node %d for a key that is missing", got)
	}
	if got := d.Nodes[0]; got.Start != 0 || got.End != 24 {
		t.Errorf("the object stands at %v", got)
	}
}

func TestBounds(t *testing.T) {
	if _, err := Parse(strings.Repeat(" ", MaxSource+1)); err == nil {
		t.Error("a text longer than the bound gives no error")
	}
	d := parse(t, strings.Repeat("[", MaxDepth+5)+strings.Repeat("]", MaxDepth+4)+", 7]")
	if last := d.Nodes[len(d.Nodes)-1]; !d.Incomplete || len(d.Nodes) != MaxDepth+2 || last.Kind != Number {
		t.Errorf("nested too deep: %d nodes, the last is %v", len(d.Nodes), last)
	}
	if d = parse(t, strings.Repeat("1,", MaxNodes+1)); !d.Incomplete || len(d.Nodes) != MaxNodes {
		t.Errorf("too many values: %d nodes", len(d.Nodes))
	}
	if d = parse(t, strings.Repeat("]", 2*maxProblems)); len(d.Problems) != maxProblems {
		t.Errorf("too many problems: %d", len(d.Problems))
	}
}

func TestUnquoteTellsWhereEachByteComesFrom(t *testing.T) {
	source := `  "a\nb\u00e9c"`
	text, runs := Unquote(source, Range{2, uint32(len(source))})
	want := []Run{{0, 3, false}, {1, 4, true}, {2, 6, false}, {3, 7, true}, {5, 13, false}}
	if text != "a\nbéc" || !reflect.DeepEqual(runs, want) {
		t.Errorf("got %q from %v, want %v", text, runs, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"a": [1, "x\u00e9"], /* c */ b: 'y',}`)
	f.Add("[{]}\n// x\n\"\\")
	f.Fuzz(func(t *testing.T, source string) {
		d, err := Parse(source)
		if err != nil {
			return
		}
		for i, n := range d.Nodes {
			if n.Start >= n.End || int(n.End) > len(source) || n.Key.End > n.Start || n.Parent >= int32(i) {
				t.Fatalf("node %d of %q: %+v", i, source, n)
			}
			if n.Parent != None && n.End > d.Nodes[n.Parent].End {
				t.Fatalf("node %d of %q ends after its parent", i, source)
			}
			d.KeyText(int32(i))
		}
		var want any
		if json.Unmarshal([]byte(source), &want) != nil {
			return
		}
		if len(d.Problems) > 0 && !d.Incomplete {
			t.Fatalf("problems with valid JSON %q: %v", source, d.Problems)
		}
		if text, ok := want.(string); ok && !strings.Contains(text, "\uFFFD") && d.Text(0) != text {
			t.Fatalf("%q: got %q, want %q", source, d.Text(0), text)
		}
		if object, ok := want.(map[string]any); ok && !strings.Contains(source, `\u`) {
			for key := range object {
				if !strings.Contains(key, "\uFFFD") && d.Member(0, key) == None {
					t.Fatalf("%q: the key %q is missing", source, key)
				}
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	source := "[" + strings.Repeat(`{"name": "a value", "list": [1, 2, 3], "on": true},`+"\n", 1<<13) + "]"
	b.SetBytes(int64(len(source)))
	for b.Loop() {
		if _, err := Parse(source); err != nil {
			b.Fatal(err)
		}
	}
}
