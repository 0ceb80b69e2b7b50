package yaml

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

func parse(t *testing.T, source string) *Document {
	t.Helper()
	d, err := Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// outline writes a value and those beside it, with keys and the texts of scalars.
func outline(d *Document, n int32) string {
	var parts []string
	for ; n != jsonc.None; n = d.Nodes[n].Next {
		node := d.Nodes[n]
		text := ""
		switch node.Kind {
		case jsonc.Object:
			text = "{" + outline(d, node.First) + "}"
		case jsonc.Array:
			text = "[" + outline(d, node.First) + "]"
		case jsonc.Null:
			text = "~"
		default:
			text = fmt.Sprintf("%q", d.Text(n))
		}
		if node.Key != (jsonc.Range{}) {
			text = d.KeyText(n) + ": " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func outlineOf(d *Document) string {
	if len(d.Nodes) == 0 {
		return ""
	}
	return outline(d, 0)
}

func TestParse(t *testing.T) {
	tests := map[string]struct{ source, want, problems string }{
		"maps in maps":                            {"a:\n  b: 1\n  c:\n    d: x y\ne: 2\n", `{a: {b: "1", c: {d: "x y"}}, e: "2"}`, ""},
		"a list in a map":                         {"a:\n  - 1\n  - 2\nb: 3", `{a: ["1", "2"], b: "3"}`, ""},
		"a list at the column of its key":         {"a:\n- 1\n- 2\nb: 3", `{a: ["1", "2"], b: "3"}`, ""},
		"maps in a list":                          {"- a: 1\n  b: 2\n- c: 3\n", `[{a: "1", b: "2"}, {c: "3"}]`, ""},
		"lists in a list":                         {"- - 1\n  - 2\n- 3", `[["1", "2"], "3"]`, ""},
		"values that are missing":                 {"a:\nb:\n  -\n  - 1\nc:", `{a: ~, b: [~, "1"], c: ~}`, ""},
		"brackets":                                {"a: {b: 1, c: [x, 'y'], d: {}}\ne: []", `{a: {b: "1", c: ["x", "y"], d: {}}, e: []}`, ""},
		"brackets over several lines":             {"a: [\n  1, # one\n  2,\n]\nb: {\n  c: 3\n}\n", `{a: ["1", "2"], b: {c: "3"}}`, ""},
		"a key without a value in brackets":       {"{a, b: , c: 1}", `{a: ~, b: ~, c: "1"}`, ""},
		"a list of pairs in brackets":             {"[a: 1, b]", `[a: "1", "b"]`, ""},
		"addresses in brackets":                   {"a: {tarball: https://files.acme.example/a-1.0.0.tgz#x, b: '{'}", `{a: {tarball: "https://files.acme.example/a-1.0.0.tgz#x", b: "{"}}`, ""},
		"quotation marks":                         {`"a\tb": 'it''s'` + "\n'c: d': \"\\u00e9\\x41\\\"\\q\"", "{a\tb: \"it's\", c: d: \"éA\\\"q\"}", ""},
		"comments":                                {"# x\na: 1 # y\n  # z\nb: c#d\n", `{a: "1", b: "c#d"}`, ""},
		"a colon inside a key or a value":         {"a@npm:1: x:y\nb: c: d", `{a@npm:1: "x:y", b: "c: d"}`, ""},
		"a key that needs a sign of its own":      {"? " + `"a: b"` + "\n: c: 1\n  d: 2\n? e\n:\n  f: 3\ng: 4", `{a: b: {c: "1", d: "2"}, e: {f: "3"}, g: "4"}`, ""},
		"a text in lines":                         {"a: |-\n  x\n   y\n\n  z: 1\nb: >\n  u\n  v\n", `{a: "x\n y\n\nz: 1", b: "u v"}`, ""},
		"a scalar that goes on in the next line":  {"a: x\n  y\nb: \"u\n  v\"", `{a: "x y", b: "u v"}`, ""},
		"several documents":                       {"---\na: 1\n---\nb: 2\n...\n", `{a: "1"}, {b: "2"}`, ""},
		"documents that hold nothing":             {"---\n---\n# x\n--- 1\n", `"1"`, ""},
		"directives":                              {"%YAML 1.2\n---\na: 1", `{a: "1"}`, ""},
		"anchors, tags and references":            {"a: &x\n  b: !!str 1\nc: *x\n<<: *x", `{a: {b: "1"}, c: "*x", <<: "*x"}`, ""},
		"carriage returns and a mark":             {"\uFEFFa:\r\n  b: 'x'\r\n  c: {d: 1}\r\n", `{a: {b: "x", c: {d: "1"}}}`, ""},
		"a key twice":                             {"a: 1\na: 2", `{a: "1", a: "2"}`, ""},
		"an empty text":                           {" \n# x\n", "", ""},
		"a line that belongs nowhere":             {"a: 1\n   - b\nc: 2", `{a: "1 - b", c: "2"}`, ""},
		"a line with a column of its own":         {"a:\n    b: 1\n  c: 2\nd: 3", `{a: {b: "1"}, d: "3"}`, "14 a line with a column of its own"},
		"a value where a key should be":           {"a: 1\nb\nc: 2", `{a: "1", c: "2"}`, "5 a value without a key"},
		"a list where a key should be":            {"a: 1\n- b\nc: 2", `{a: "1", c: "2"}`, "5 a list where a key should be"},
		"marks of a merge":                        {"a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x\n", `{a: "1", b: "2", b: "3"}`, "5 a value without a key; 23 a value without a key; 36 a value without a key"},
		"a bracket that isn't closed":             {"a:\n  b: {c: 1\n  d: 2", `{a: {b: {c: "1"}, d: "2"}}`, "13 a bracket that isn't closed"},
		"a bracket that breaks off":               {"a: {b: [1", `{a: {b: ["1"]}}`, "9 a bracket that isn't closed"},
		"a bracket that another one closes":       {"a: [1}\nb: 2", `{a: ["1"], b: "2"}`, `5 '}' closes another bracket`},
		"a string that isn't closed":              {"a: 'x\nb: 2", `{a: "x", b: "2"}`, "3 a string that isn't closed"},
		"something after a value":                 {"a: 'x' y\nb: 2", `{a: "x", b: "2"}`, "7 something after a value"},
		"a colon without a key":                   {": 1\na: 2", `{a: "2"}`, "0 a colon without a key"},
		"a tab where spaces should be":            {"a:\n\tb: 1\nc: 2", `{a: ~, b: "1", c: "2"}`, "4 a tab where spaces should be"},
		"a scalar before a map":                   {"this is no lockfile\na: 1", `"this is no lockfile"`, "20 a line with a column of its own"},
		"a comment that looks like a string":      {"a: \"x # y\"\nb: z # 'u", `{a: "x # y", b: "z"}`, ""},
		"a list after a list, one level up":       {"a:\n  - b:\n    - 1\n  - 2\n", `{a: [{b: ["1"]}, "2"]}`, ""},
		"what a text with lines is followed by":   {"- |\n a\n- b", `["a", "b"]`, ""},
		"a reference to nothing in brackets":      {"[*a, b]", `["*a", "b"]`, ""},
		"an end that comes after a sign":          {"a: &x", `{a: ~}`, ""},
		"a dash that is a value":                  {"a: -\nb: -1", `{a: "-", b: "-1"}`, ""},
		"a string with its end in a further line": {"a: 'x\n  y: z'\nb: 2", `{a: "x y: z", b: "2"}`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := parse(t, test.source)
			if got := outlineOf(d); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			var problems []string
			for _, p := range d.Problems {
				problems = append(problems, fmt.Sprintf("%d %s", p.Offset, p.Text))
			}
			if got := strings.Join(problems, "; "); got != test.problems {
				t.Errorf("problems: got %q, want %q", got, test.problems)
			}
			if reason := broken(d); reason != "" {
				t.Error(reason)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	source := "a:\n  b@1:  # c\n    d: {e: 1}\n    f: x\n\n  # g\n  h: 2\n"
	d := parse(t, source)
	want := []string{"b@1:  # c\n    d: {e: 1}\n    f: x", "d: {e: 1}", "e: 1", "f: x", "h: 2"}
	var got []string
	for _, n := range d.Nodes[2:] {
		got = append(got, source[n.Key.Start:n.End])
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReferencesAreNotExpanded(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	d := parse(t, b.String())
	if !d.Aliases || len(d.Nodes) != 1+11+3*10_000 || len(d.Problems) > 0 {
		t.Errorf("%d values, aliases %v, problems %v", len(d.Nodes), d.Aliases, d.Problems)
	}
}

func TestBounds(t *testing.T) {
	if _, err := Parse(strings.Repeat(" ", MaxSource+1)); err == nil {
		t.Error("a text longer than the bound gives no error")
	}
	for what, source := range map[string]string{
		"brackets": strings.Repeat("[", 1000) + "\nb: 1",
		"dashes":   strings.Repeat("- ", 1000) + "\nb: 1",
		"lines":    steps(1000),
		"values":   strings.Repeat("- 1\n", MaxNodes+1),
		"in line":  "[" + strings.Repeat("1,", MaxNodes+1) + "]",
	} {
		d := parse(t, source)
		if !d.Incomplete || len(d.Nodes) > MaxNodes {
			t.Errorf("%s: incomplete %v with %d values", what, d.Incomplete, len(d.Nodes))
		}
		if reason := broken(d); reason != "" {
			t.Errorf("%s: %s", what, reason)
		}
	}
	if d := parse(t, "a: 1\n"+strings.Repeat("b\n", 2*maxProblems)); len(d.Problems) != maxProblems {
		t.Errorf("too many problems: %d", len(d.Problems))
	}
}

func steps(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// broken says what is wrong with a tree, whatever its text.
func broken(d *Document) string {
	size := uint32(len(d.Source))
	for i, n := range d.Nodes {
		switch {
		case n.Start > n.End || n.End > size || n.Key.Start > n.Key.End || n.Key.End > n.Start:
			return fmt.Sprintf("value %d stands at %+v", i, n)
		case n.Parent >= int32(i) || n.Next != jsonc.None && n.Next <= int32(i) || n.First != jsonc.None && n.First <= int32(i):
			return fmt.Sprintf("value %d is not in order: %+v", i, n)
		case n.Parent != jsonc.None && n.End > d.Nodes[n.Parent].End:
			return fmt.Sprintf("value %d ends after what it is in: %+v", i, n)
		}
		d.Text(int32(i))
		d.KeyText(int32(i))
	}
	return ""
}

func FuzzParse(f *testing.F) {
	f.Add("a:\n  b: {c: [1, 'x'], d: \"y\\u00e9\"}\n  - e\n? f\n: g\n--- |\n x\n")
	f.Add("a: &x *y\n<<: {\n[}]: '\n\t- ? : >\n")
	f.Fuzz(func(t *testing.T, source string) {
		d, err := Parse(source)
		if err != nil {
			return
		}
		if reason := broken(d); reason != "" {
			t.Fatalf("%s in %q", reason, source)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	var s strings.Builder
	s.WriteString("packages:\n")
	for i := range 20_000 {
		fmt.Fprintf(&s, "\n  name-%d@1.2.3(react@18.2.0):\n    resolution: {integrity: sha512-%s}\n    engines: {node: '>=8'}\n    dependencies:\n      a: 1.2.3\n", i, strings.Repeat("x", 86))
	}
	b.SetBytes(int64(s.Len()))
	for b.Loop() {
		if _, err := Parse(s.String()); err != nil {
			b.Fatal(err)
		}
	}
}
