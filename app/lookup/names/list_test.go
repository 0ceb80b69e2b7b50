package names

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/checks/dependency/judge"
)

func packed(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fmt.Fprint(z, text)
	z.Close()
	return b.String()
}

func TestLists(t *testing.T) {
	tests := map[string]struct {
		ecosystem, text string
		has, lacks      []string
	}{
		"one a line":                  {"npm", "# of today\nlodash\n\n  @a/b  \r\nlodash\n", []string{"lodash", "@a/b"}, []string{"lodas", "lodash2"}},
		"no end of the last line":     {"npm", "lodash", []string{"lodash"}, []string{"x"}},
		"gzipped":                     {"npm", packed("lodash\n"), []string{"lodash"}, []string{"x"}},
		"an array":                    {"npm", "\ufeff [\"lodash\", \"@a/b\"]", []string{"lodash", "@a/b"}, []string{"x"}},
		"an array, gzipped":           {"npm", packed(`["lodash"]`), []string{"lodash"}, []string{"x"}},
		"objects with names":          {"npm", `[{"id":1,"name":"lodash","x":{"name":"y"}},{"name":"@a/b"}]`, []string{"lodash", "@a/b"}, []string{"y"}},
		"as PyPI lists projects":      {"PyPI", `{"meta":{"api-version":"1.0","x":["meta"]},"projects":[{"_last-serial":3,"name":"Zope.Interface"},{"name":"six"}]}`, []string{"zope-interface", "Six"}, []string{"meta", "name"}},
		"as Packagist lists packages": {"Packagist", `{"packageNames":["a/b","C/d"]}`, []string{"A/B", "c/d"}, []string{"e/f"}},
		"crates by either separator":  {"crates.io", "serde_json\nInflector\n", []string{"serde-json", "inflector"}, []string{"serdejson"}},
		"packages below modules":      {"Go", "github.com/a/b\nexample.com/m\n", []string{"github.com/a/b/c/d", "example.com/m"}, []string{"github.com/a", "example.com/n"}},
		"some that are no names":      {"npm", "lodash\n_old\nexpress\n", []string{"lodash", "express"}, []string{"x"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "names")
			if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(file, time.Time{}, day("2026-11-01")); err != nil {
				t.Fatal(err)
			}
			c := newClient(t, Config{Lists: map[string]string{test.ecosystem: file}})
			for state, names := range map[judge.State][]string{judge.Exists: test.has, judge.Nonexistent: test.lacks} {
				for _, name := range names {
					got, reason := ask(t, c, test.ecosystem, name, "1.0.0")
					if got.State != state || got.Source != "list of 2026-11-01" || got.Authoritative || got.Versions != nil {
						t.Errorf("%s: got %+v, %q", name, got, reason)
					}
				}
			}
		})
	}
}

func TestListsThatAreRefused(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"an empty file":         {"", "of its first 0 entries 0 are names"},
		"only remarks":          {"# a\n", "of its first 0 entries 0 are names"},
		"another kind of file":  {"PK\x03\x04 and so on\n\x00\x01\n", "of its first 2 entries 0 are names"},
		"names of another kind": {"org.a:b\norg.a:c\nlodash\n", "of its first 3 entries 1 are names"},
		"JSON that is none":     {`["a",`, "starts like JSON and is not"},
		"JSON and more":         {`["a"] ["b"]`, "starts like JSON and is not"},
		"a packed half":         {packed(strings.Repeat("lodash\n", 1000))[:30], "unexpected EOF"},
		"a line without end":    {strings.Repeat("a", maxListLine+1), "longer than 4096 bytes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "names")
			if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := New(Config{Lists: map[string]string{"npm": file}})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "npm names") || !strings.Contains(err.Error(), file) {
				t.Errorf("got %v", err)
			}
		})
	}
	for file, want := range map[string]string{t.TempDir(): "is no file", filepath.Join(t.TempDir(), "missing"): "no such file"} {
		if _, err := New(Config{Lists: map[string]string{"npm": file}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestBoundsOfLists(t *testing.T) {
	l := &listReader{nameList: &nameList{hashes: make([]uint64, maxListNames)}, eco: ecosystems["npm"]}
	if err := l.add("a"); err == nil || !strings.Contains(err.Error(), "more than 20971520 names") {
		t.Errorf("got %v", err)
	}
	const max = 2 << 20
	for size, want := range map[int]string{max: "", max + 1: "larger than 2 MiB"} {
		text := strings.Repeat("lodash\n", size/7+1)[:size]
		_, err := readList(strings.NewReader(packed(text)), ecosystems["npm"], max)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%d bytes: got %v", size, err)
		}
	}
}

func FuzzLists(f *testing.F) {
	for _, text := range []string{"a\nb\n", `["a"]`, `{"projects":[{"name":"a"}]}`, "\ufeff[", "\x1f\x8b", packed("a\n"), `{"a":[[[]]],"b":{"c":[1]}}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := readList(strings.NewReader(text), ecosystems["npm"], maxListBytes)
		if err == nil && len(list.hashes) == 0 {
			t.Errorf("%q is an empty list", text)
		}
	})
}

// BenchmarkList reads as many names as npm has: seconds once, and eight bytes a name.
func BenchmarkList(b *testing.B) {
	var text bytes.Buffer
	for i := range 4_000_000 {
		fmt.Fprintf(&text, "package-%d-of-many\n", i)
	}
	b.ReportAllocs()
	for b.Loop() {
		list, err := readList(bytes.NewReader(text.Bytes()), ecosystems["npm"], maxListBytes)
		if err != nil || len(list.hashes) != 4_000_000 {
			b.Fatal(err)
		}
	}
}
