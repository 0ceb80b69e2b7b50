package ruleset

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/rules"
)

var update = flag.Bool("update", false, "write the compiled form of the rules")

// sources are the YAML files of rules, by their names in rules.FS.
func sources(t testing.TB) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := fs.WalkDir(rules.FS, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".yaml") {
			found[name], err = rules.FS.ReadFile(name)
		}
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("%d files of rules, %v", len(found), err)
	}
	return found
}

func TestTheCompiledRulesAreThoseOfToday(t *testing.T) {
	root := filepath.Join("..", "..", "..", "rules")
	var expected []string
	for name, source := range sources(t) {
		want, err := Compile(source)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		expected = append(expected, CompiledName(name))
		file := filepath.Join(root, filepath.FromSlash(CompiledName(name)))
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
			t.Errorf("the compiled form of rules/%s is not of today: run make rules (%v)", name, err)
		}
	}
	err := fs.WalkDir(os.DirFS(root), CompiledDir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || slices.Contains(expected, name) {
			return err
		}
		if *update {
			return os.Remove(filepath.Join(root, filepath.FromSlash(name)))
		}
		t.Errorf("rules/%s belongs to no file of rules: run make rules", name)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// everything has all kinds of fields that rules are made of.
type everything struct {
	Text    string            `yaml:"text"`
	Truth   bool              `yaml:"truth"`
	Whole   int               `yaml:"whole"`
	Share   float64           `yaml:"share"`
	Maybe   *int              `yaml:"maybe"`
	List    []string          `yaml:"list"`
	Words   map[string]string `yaml:"words"`
	Nested  []Rule[match]     `yaml:"nested"`
	Free    any               `yaml:"free"`
	Map     map[string]any    `yaml:"map"`
	Plain   string
	Own     either `yaml:"own"`
	Unnamed string `yaml:"-"`
}

// either is a text or a list of them.
type either []string

func (e *either) UnmarshalYAML(decode func(any) error) error {
	var one string
	if decode(&one) == nil {
		*e = either{one}
		return nil
	}
	return decode((*[]string)(e))
}

func TestTheCompiledFormSaysWhatTheYAMLSays(t *testing.T) {
	for name, source := range map[string]string{
		"all kinds of fields": "text: |\n  two\n  lines\ntruth: true\nwhole: -3\nshare: 2.5\nmaybe: 7\nlist: [a, 'b']\nwords: {k: v}\nplain: p\nown: x\n" +
			"free: [1, -2, 3.5, true, null, {a: [b]}]\nmap: {a: {b: 1}, c: 'd'}\nnested:\n  - {id: r, match: {word: w}, taxonomy: {cwe: [CWE-1]}}\n",
		"an anchor and an alias":     "list: &l [a, b]\nown: *l\n",
		"nulls":                      "text: null\nlist: ~\nmaybe:\nfree: null\nwords:\n",
		"text that looks like HTML":  "text: '<a href=\"x\">&\u2028\U000E0041'\n",
		"a number for a text":        "text: 12\n",
		"a whole number for a share": "share: 3\n",
	} {
		t.Run(name, func(t *testing.T) {
			text, err := Compile([]byte(source))
			if err != nil {
				t.Fatal(err)
			}
			var want, got everything
			if err := Decode(fstest.MapFS{"a/b.yaml": {Data: []byte(source)}}, "a/b.yaml", &want); err != nil {
				t.Fatal(err)
			}
			both := fstest.MapFS{"a/b.yaml": {Data: []byte(source)}, "compiled/a/b.json": {Data: text}}
			if err := Decode(both, "a/b.yaml", &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-YAML +compiled):\n%s", diff)
			}
		})
	}
}

func TestTheCompiledFormIsReadAndOnlyWhereItBelongsToTheText(t *testing.T) {
	text, err := Compile([]byte("text: compiled\n"))
	if err != nil {
		t.Fatal(err)
	}
	forged := bytes.Replace(text, []byte("compiled"), []byte("forged"), 1)
	for name, test := range map[string]struct{ source, compiled, want string }{
		"it belongs to it":           {"text: compiled\n", string(forged), "forged"},
		"the text was edited since":  {"text: edited\n", string(text), "edited"},
		"it is cut short":            {"text: compiled\n", string(text[:len(text)/2]), "compiled"},
		"it has a field too many":    {"text: compiled\n", strings.Replace(string(text), `"text"`, `"list":["x"],"odd":1,"text"`, 1), "compiled"},
		"it has a value of its kind": {"text: compiled\n", strings.Replace(string(text), `"compiled"`, `["x"]`, 1), "compiled"},
		"there is none":              {"text: compiled\n", "", "compiled"},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{"b.yaml": {Data: []byte(test.source)}, "compiled/b.json": {Data: []byte(test.compiled)}}
			var got everything
			if err := Decode(files, "b.yaml", &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(everything{Text: test.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsWrongIsSaidAboutTheYAML(t *testing.T) {
	source := "text: x\nodd: y\n"
	text, err := Compile([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"b.yaml": {Data: []byte(source)}, "compiled/b.json": {Data: text}}
	if err := Decode(files, "b.yaml", new(everything)); err == nil || !strings.Contains(err.Error(), `b.yaml:2: unknown field "odd"`) {
		t.Errorf("got %v", err)
	}
}

func TestWhatJSONCannotSayIsNotCompiled(t *testing.T) {
	for name, source := range map[string]string{
		"a whole number with a point": "a: 1.0\n", "no number": "a: .nan\n", "an unknown anchor": "a: *b\n", "no YAML": "a: [\n",
	} {
		if text, err := Compile([]byte(source)); err == nil {
			t.Errorf("%s is compiled: %s", name, text)
		}
	}
}

func TestNestingIsBounded(t *testing.T) {
	for _, into := range []any{new(any), new([]any), new(everything)} {
		deep := any("x")
		for range maxNesting + 2 {
			deep = []any{deep}
		}
		if _, ok := into.(*everything); ok {
			deep = map[string]any{"free": deep}
		}
		if err := fill(into, deep); err == nil {
			t.Errorf("%T takes any depth", into)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	size := 0
	for name, source := range sources(b) {
		if strings.HasPrefix(name, "secret/") {
			size += len(source)
		}
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		if _, err := Load[map[string]any](rules.FS, "secret/*.yaml"); err != nil {
			b.Fatal(err)
		}
	}
}
