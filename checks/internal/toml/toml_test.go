package toml

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	for child := range d.Children(n) {
		node := d.Nodes[child]
		text := d.Text(child)
		switch node.Kind {
		case Table:
			text = "{" + outline(d, child) + "}"
		case Array:
			text = "[" + outline(d, child) + "]"
		case String:
			text = fmt.Sprintf("%q", text)
		case Invalid:
			text = "?" + text
		}
		if node.Key != (Range{}) {
			text = d.Key(child) + ": " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func TestParse(t *testing.T) {
	tests := map[string]struct{ source, want, problems string }{
		"keys and values":                          {"a = 1\nb = \"x\" # y\n", `a: 1, b: "x"`, ""},
		"values of all kinds":                      {"a = [true, -1.5e3, 0xff, inf, -nan, 1979-05-27 07:32:00Z, 07:32:00, 'x']", `a: [true, -1.5e3, 0xff, inf, -nan, 1979-05-27 07:32:00Z, 07:32:00, "x"]`, ""},
		"a table with a header":                    {"[a]\nb = 1\n[c]\nd = 2\n", `a: {b: 1}, c: {d: 2}`, ""},
		"a table below a table":                    {"[a]\nb = 1\n[a.c]\nd = 2\n", `a: {b: 1, c: {d: 2}}`, ""},
		"a table before the one that holds it":     {"[a.c]\nd = 2\n[a]\nb = 1\n", `a: {c: {d: 2}, b: 1}`, ""},
		"an array of tables":                       {"[[p]]\nn = 1\n[[p]]\nn = 2\n", `p: [{n: 1}, {n: 2}]`, ""},
		"a table below the last of an array":       {"[[p]]\nn = 1\n[p.d]\nx = 1\n[[p]]\nn = 2\n[[p.e]]\ny = 3\n", `p: [{n: 1, d: {x: 1}}, {n: 2, e: [{y: 3}]}]`, ""},
		"dotted keys":                              {"a.b.c = 1\na . \"d.e\" = 2\n", `a: {b: {c: 1}, d.e: 2}`, ""},
		"a header with quoted names":               {"[ a . 'b c' . \"d\\u002e\" ]\nx = 1\n", `a: {b c: {d.: {x: 1}}}`, ""},
		"inline tables":                            {`a = { b = 1, c.d = "x", e = {} }`, `a: {b: 1, c: {d: "x"}, e: {}}`, ""},
		"an inline table of several lines":         {"a = {\n  b = 1, # one\n  c = 2,\n}\nd = 3", `a: {b: 1, c: 2}, d: 3`, ""},
		"an array of several lines":                {"a = [ # none yet\n  \"x\",\n  # half\n  \"y\",\n]\nb = 1", `a: ["x", "y"], b: 1`, ""},
		"escapes":                                  {`a = "\"\\\t\n\u00e9\U0001F600\x41\e"`, "a: \"\\\"\\\\\\t\\né😀A\\x1b\"", ""},
		"no escapes in single quotation marks":     {`a = 'C:\new'`, `a: "C:\\new"`, ""},
		"strings of several lines":                 {"a = \"\"\"\nx\n  y\\\n   z\"\"\"\nb = '''\r\nx'y\\'''", `a: "x\n  yz", b: "x'y\\"`, ""},
		"quotation marks before the closing ones":  {"a = \"\"\"x\"\"\"\"\"\nb = ''''y'''", `a: "x\"\"", b: "'y"`, ""},
		"an array that holds arrays and tables":    {`a = [[1, [2]], {b = [3]}]`, `a: [[1, [2]], {b: [3]}]`, ""},
		"a mark of byte order and carriage return": {"\uFEFFa = 1\r\n[b]\r\nc = [\r\n1,\r\n]\r\n", `a: 1, b: {c: [1]}`, ""},
		"nothing": {"", ``, ""},

		"a key twice keeps both":                      {"a = 1\na = 2\n", `a: 1, a: 2`, "a key that occurs twice"},
		"a table twice is one":                        {"[a]\nb = 1\n[a]\nc = 2\n", `a: {b: 1, c: 2}`, "a table that occurs twice"},
		"a table below a value":                       {"a = 1\n[a.b]\nc = 2\n", `a: 1, a: {b: {c: 2}}`, "stands for something else"},
		"an array that the end cuts off":              {"a = [\n  \"x\",\n  \"y", `a: ["x", "y"]`, "a string that isn't closed; an array that isn't closed"},
		"an array that a statement cuts off":          {"a = [\n  \"x\",\nb = 1\n", `a: ["x"], b: 1`, "an array that isn't closed"},
		"an inline table that a header cuts off":      {"a = { b = 1,\n[c]\nd = 1\n", `a: {b: 1}, c: {d: 1}`, "an inline table that isn't closed"},
		"a string that its line's end cuts off":       {"a = \"x\nb = 1\n", "a: \"x\", b: 1", "a string that isn't closed"},
		"a key without a value":                       {"a\nb =\nc = 1\n", `c: 1`, "a key without a value; a key without a value"},
		"a key that the end cuts off":                 {"a =", ``, "a key without a value"},
		"a value without a key":                       {"= 1\nc = 1\n", `c: 1`, `"= 1\nc = 1\n" where a key should be`},
		"a word that means nothing":                   {"a = maybe\nc = 1\n", `a: ?maybe, c: 1`, `"maybe" is not a value`},
		"two statements in a line":                    {"a = 1 b = 2\nc = 1\n", `a: 1, c: 1`, `"b = 2\nc = 1\n" where the line should end`},
		"a header that isn't closed":                  {"[a\nb = 1\n", `a: {b: 1}`, "a header that isn't closed"},
		"an element of an array that isn't closed":    {"[[a]\nb = 1\n", `a: [{b: 1}]`, "a header that isn't closed"},
		"a header without a name":                     {"[]\nb = 1\n", `{b: 1}`, "a header without a name"},
		"a missing comma":                             {"a = [1 2]\n", `a: [1, 2]`, "a comma is missing"},
		"commas without values":                       {"a = [,1,,2]\n", `a: [1, 2]`, "a comma without a value before it; a comma without a value before it"},
		"a string cut off in the middle of an escape": {`a = "\`, "a: \"\\\\\"", "a string that isn't closed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := parse(t, tt.source)
			if got := outline(d, Root); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			wanted := strings.Split(tt.problems, "; ")
			if tt.problems == "" {
				wanted = nil
			}
			var got []string
			for _, problem := range d.Problems {
				got = append(got, problem.Text)
			}
			if len(got) != len(wanted) {
				t.Fatalf("problems %q, want %q", got, wanted)
			}
			for i, want := range wanted {
				if !strings.Contains(got[i], want) {
					t.Errorf("problems %q, want %q", got, wanted)
				}
			}
		})
	}
}

func TestRangesShowWhereThingsStand(t *testing.T) {
	const source = `[tool.x]
dependencies = [
  "a>=1", 'b',
]
c.d = "q\"r" # why

[[package]]
name = "n"

[package.more]
x = 1

[[package]]
name = "m"
`
	d := parse(t, source)
	var got []string
	for i, n := range d.Nodes[1:] {
		line := fmt.Sprintf("%s %q", n.Kind, source[n.Start:n.End])
		if key := d.Key(int32(i) + 1); key != "" {
			line = key + ": " + line
		}
		if inside, ok := d.Inside(int32(i) + 1); ok {
			line += fmt.Sprintf(" inside %q", source[inside.Start:inside.End])
		}
		got = append(got, line)
	}
	want := []string{
		`tool: table "tool"`,
		`x: table "[tool.x]\ndependencies = [\n  \"a>=1\", 'b',\n]\nc.d = \"q\\\"r\""`,
		`dependencies: array "[\n  \"a>=1\", 'b',\n]"`,
		`string "\"a>=1\"" inside "a>=1"`,
		`string "'b'" inside "b"`,
		`c: table "c"`,
		`d: string "\"q\\\"r\""`,
		`package: array "[[package]]\nname = \"n\"\n\n[package.more]\nx = 1\n\n[[package]]\nname = \"m\""`,
		`table "[[package]]\nname = \"n\""`,
		`name: string "\"n\"" inside "n"`,
		`more: table "[package.more]\nx = 1"`,
		`x: number "1"`,
		`table "[[package]]\nname = \"m\""`,
		`name: string "\"m\"" inside "m"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMemberFollowsAPath(t *testing.T) {
	d := parse(t, "a.b.c = 'x'\na.b.d = 1\na.e = [{f = 1}]\n")
	if got := d.String(d.Member(Root, "a", "b", "c")); got != "x" {
		t.Errorf("got %q", got)
	}
	if got := d.String(d.Member(Root, "a", "b", "d")); got != "" {
		t.Errorf("a number is no string, but got %q", got)
	}
	for _, path := range [][]string{{"z"}, {"a", "z", "c"}, {"a", "b", "c", "d"}, {"a", "e", "f"}} {
		if n := d.Member(Root, path...); n != None {
			t.Errorf("%q leads to %q", path, d.Text(n))
		}
	}
	if d.Text(None) != "" || d.Is(None, String) {
		t.Error("nothing is something")
	}
}

func TestBounds(t *testing.T) {
	if _, err := Parse(strings.Repeat("#", MaxSource+1)); err == nil {
		t.Error("a text longer than MaxSource was read")
	}
	tests := map[string]struct{ source, want string }{
		"deep arrays":      {"a = " + strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1) + "\nb = 1", "nested deeper"},
		"deep tables":      {"a = " + strings.Repeat("{a=", MaxDepth+1) + "1" + strings.Repeat("}", MaxDepth+1) + "\nb = 1", "nested deeper"},
		"a long name":      {strings.Repeat("a.", MaxDepth) + "b = 1\nb = 1", "a name of more than"},
		"a long header":    {"b = 1\n[" + strings.Repeat("a.", MaxDepth) + "b]", "a name of more than"},
		"many values":      {"b = 1\na = [" + strings.Repeat("1,", MaxNodes) + "]", "more than 1048576 values"},
		"endless nesting":  {"b = 1\na = " + strings.Repeat("[", 1<<20), "nested deeper"},
		"deep inner names": {"b = 1\na = {" + strings.Repeat("a.", MaxDepth-1) + "b = {" + strings.Repeat("a.", MaxDepth-1) + "b = 1}}", "a name of more than"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := parse(t, tt.source)
			if !d.Incomplete {
				t.Error("not said to be incomplete")
			}
			if !strings.Contains(fmt.Sprint(d.Problems), tt.want) {
				t.Errorf("problems %v, want %q", d.Problems, tt.want)
			}
			if d.Text(d.Member(Root, "b")) != "1" {
				t.Error("the rest was not read")
			}
		})
	}
	if d := parse(t, strings.Repeat("?\n", 1000)); len(d.Problems) != maxProblems {
		t.Errorf("%d problems are listed", len(d.Problems))
	}
}
