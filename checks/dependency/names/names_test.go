package names

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

func load(t testing.TB, own map[string][]string) *Known {
	t.Helper()
	k, err := Load(own)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestNamesThatLookLikeWellKnownOnes(t *testing.T) {
	tests := []struct {
		what, ecosystem, name string
		want                  string
		how                   How
	}{
		{"two letters swapped", "PyPI", "reqeusts", "requests", Edit},
		{"a letter too few", "PyPI", "panda", "pandas", Edit},
		{"a letter too many", "npm", "expresss", "express", Edit},
		{"another letter", "npm", "lodazh", "lodash", Edit},
		{"a digit at the end", "PyPI", "requests2", "requests", Edit},
		{"a name as people write it, not as it is compared", "PyPI", "Scikit_Lern", "scikit-learn", Edit},
		{"digits for letters", "npm", "l0dash", "lodash", Confusable},
		{"several of them", "PyPI", "p1ll0w", "pillow", Confusable},
		{"rn for m in a known name", "PyPI", "nurnpy", "numpy", Confusable},
		{"a Cyrillic letter", "PyPI", "rеquests", "requests", Confusable},
		{"two of them, in a name of mixed case", "NuGet", "Newtоnsоft.Json", "Newtonsoft.Json", Confusable},
		{"an invisible character", "npm", "re\u200bact", "react", Confusable},
		{"separators dropped", "PyPI", "scikitlearn", "scikit-learn", Separator},
		{"separators put in", "npm", "type-script", "typescript", Separator},
		{"a scope made a prefix", "npm", "types-node", "@types/node", Separator},
		{"separators swapped where they count", "npm", "lodash-merge", "lodash.merge", Separator},
		{"parts in another order", "PyPI", "dateutil-python", "python-dateutil", Order},
		{"parts of three in another order", "npm", "react-dom-router", "react-router-dom", Order},
		{"a scope with an ending", "npm", "@typescript-eslinter/eslint", "@typescript-eslint", Owner},
		{"a scope with a letter less", "npm", "@babe/core", "@babel", Owner},
		{"a scope without its hyphen", "npm", "@typescripteslint/parser", "@typescript-eslint", Owner},
		{"a vendor with a letter more", "Packagist", "symfonny/console", "symfony", Owner},
		{"a prefix", "PyPI", "python-numpy", "numpy", Combination},
		{"a suffix", "npm", "openai-sdk", "openai", Combination},
		{"a suffix of Rust", "crates.io", "serde-rs", "serde", Combination},
		{"an underscore where the ecosystem takes it for a hyphen", "crates.io", "serde_jsom", "serde_json", Edit},
		{"an account of a forge with an ending", "Go", "github.com/boltdb-go/bolt", "github.com/boltdb/bolt", Combination},
		{"an account of a forge with two letters swapped", "Go", "github.com/sirupsne/logrus", "github.com/sirupsen/logrus", Edit},
		{"a host with a letter less", "Go", "githu.com/spf13/cobra", "github.com/spf13/cobra", Edit},
		{"a path with a major version", "Go", "github.com/labsstack/echo/v4", "github.com/labstack/echo", Edit},
		{"a group of Maven with a letter less", "Maven", "org.apche.commons:commons-lang3", "org.apache.commons:commons-lang3", Edit},
		{"a gem", "RubyGems", "nokogirl", "nokogiri", Confusable},
	}
	k := load(t, nil)
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			got, how, ok := k.LookAlike(test.ecosystem, test.name)
			if got != test.want || how != test.how || ok != (test.want != "") {
				t.Errorf("%s looks like %q by %q (%v), want %q by %q", test.name, got, how, ok, test.want, test.how)
			}
		})
	}
}

func TestNamesThatLookLikeNone(t *testing.T) {
	tests := []struct{ what, ecosystem, name string }{
		{"a well-known name", "PyPI", "requests"},
		{"a well-known name that is near another", "npm", "mysql2"},
		{"a well-known name as its ecosystem allows it to be written", "PyPI", "Python.DateUtil"},
		{"a well-known name in another case", "NuGet", "newtonsoft.json"},
		{"a well-known name with an underscore", "crates.io", "proc_macro2"},
		{"a package of a well-known scope", "npm", "@babel/corr"},
		{"a package of a scope that is only listed", "npm", "@astrojs/nodde"},
		{"a package of a reserved prefix", "NuGet", "Microsoft.Extensions.Loging"},
		{"another repository of a well-known account", "Go", "github.com/spf13/cobro"},
		{"another module of a well-known domain", "Go", "golang.org/x/nets"},
		{"another major version", "Go", "github.com/labstack/echo/v5"},
		{"another major version on gopkg.in", "Go", "gopkg.in/yaml.v2"},
		{"an artefact of a well-known domain", "Maven", "org.apache.commons:commons-lang"},
		{"a short name", "npm", "vux"},
		{"a name like none", "PyPI", "assay-of-gold"},
		{"a scope like none", "npm", "@acme/lodash"},
		{"a name of nothing", "PyPI", ""},
		{"a name of separators", "PyPI", "-._-"},
		{"an ecosystem without a list", "Hex", "phoenx"},
		{"a name longer than any is", "npm", "lodash" + strings.Repeat("h", MaxName)},
	}
	k := load(t, nil)
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			if got, how, ok := k.LookAlike(test.ecosystem, test.name); ok {
				t.Errorf("%s looks like %s by %s", test.name, got, how)
			}
		})
	}
}

// TestNoWellKnownNameLooksLikeAnother holds for each name in the forms in which it may be met.
func TestNoWellKnownNameLooksLikeAnother(t *testing.T) {
	var s settings
	if err := ruleset.Decode(rules.FS, "dependency/names.yaml", &s); err != nil {
		t.Fatal(err)
	}
	k := load(t, nil)
	if len(s.Names) != 8 {
		t.Errorf("names of %d ecosystems", len(s.Names))
	}
	for ecosystem, list := range s.Names {
		seen := map[string]string{}
		for name := range strings.FieldsSeq(list) {
			if other, twice := seen[canonical(ecosystem, name)]; twice && other == name {
				t.Errorf("%s: %s stands there twice", ecosystem, name)
			}
			seen[canonical(ecosystem, name)] = name
			if len(name) > MaxName || NonASCII(name) {
				t.Errorf("%s: %s is no well-known name", ecosystem, name)
			}
			forms := []string{name}
			if ecosystem == "PyPI" {
				forms = append(forms, strings.ToUpper(name), strings.ReplaceAll(name, "-", "_"), strings.ReplaceAll(name, "-", "."))
			}
			for _, form := range forms {
				if like, how, ok := k.LookAlike(ecosystem, form); ok || !k.Is(ecosystem, form) {
					t.Errorf("%s: %s looks like %s by %s", ecosystem, form, like, how)
				}
			}
		}
		if len(seen) < 200 {
			t.Errorf("%s: %d names", ecosystem, len(seen))
		}
	}
}

func TestAnOrganisationsOwnNames(t *testing.T) {
	k := load(t, map[string][]string{"PyPI": {"acme_billing", "reqests"}, "npm": {"@acmecorp/ui"}})
	for name, want := range map[string]string{"reqests": "", "acme-billing": "", "acme-biling": "acme_billing", "acmebilling": "acme_billing"} {
		if got, _, _ := k.LookAlike("PyPI", name); got != want {
			t.Errorf("%s looks like %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{"@acmecorp/utils": "", "@acmecorps/ui": "@acmecorp"} {
		if got, _, _ := k.LookAlike("npm", name); got != want {
			t.Errorf("%s looks like %q, want %q", name, got, want)
		}
	}
}

func TestOwnNamesAreBounded(t *testing.T) {
	for what, own := range map[string]map[string][]string{
		"an unknown ecosystem": {"Pypi": {"x"}},
		"a name too long":      {"npm": {strings.Repeat("x", MaxName+1)}},
		"an empty name":        {"npm": {""}},
		"too many names":       {"npm": make([]string, MaxOwn+1)},
	} {
		if _, err := Load(own); err == nil {
			t.Errorf("%s is no error", what)
		}
	}
}

func TestNonASCII(t *testing.T) {
	for name, want := range map[string]bool{"requests": false, "": false, "2CaptсhaAPІ": true, "a\u200bb": true, "a\xff": true} {
		if NonASCII(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

func TestOneEditIsWhatCountingEditsSays(t *testing.T) {
	words := []string{"", "a", "b", "ab", "ba", "abc", "acb", "bac", "cab", "aabb", "abab", "baab", "abcd", "abdc", "bacd", "abbd", "abcde"}
	for _, a := range words {
		for _, b := range words {
			if got, want := oneEdit(a, b), distance(a, b) == 1; got != want {
				t.Errorf("%q and %q: %v", a, b, got)
			}
		}
	}
}

// distance is the Damerau-Levenshtein distance in its plain form, in which no part is edited twice.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		for j := range d[i] {
			switch {
			case i == 0 || j == 0:
				d[i][j] = i + j
			default:
				cost := 1
				if a[i-1] == b[j-1] {
					cost = 0
				}
				d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d[i][j] = min(d[i][j], d[i-2][j-2]+1)
				}
			}
		}
	}
	return d[len(a)][len(b)]
}

func FuzzLookAlike(f *testing.F) {
	for _, name := range []string{"reqeusts", "@typescript-eslinter/eslint", "github.com/boltdb-go/bolt", "org.apche:x", "\xff\u200b", "@", "/", ":", "a/.v2"} {
		f.Add("npm", name)
		f.Add("Go", name)
		f.Add("Maven", name)
	}
	k := load(f, nil)
	f.Fuzz(func(t *testing.T, ecosystem, name string) {
		like, how, ok := k.LookAlike(ecosystem, name)
		if ok != (like != "") || ok != (how != "") {
			t.Errorf("%q by %q, %v", like, how, ok)
		}
		if ok && k.Is(ecosystem, name) {
			t.Errorf("%q is well known and looks like %q", name, like)
		}
		again, _, _ := k.LookAlike(ecosystem, name)
		if again != like {
			t.Errorf("%q looks like %q and %q", name, like, again)
		}
	})
}

func BenchmarkLookAlike(b *testing.B) {
	own := make([]string, 15_000)
	for i := range own {
		own[i] = fmt.Sprintf("acme-package-%d", i*7919)
	}
	k := load(b, map[string][]string{"npm": own})
	k.Is("npm", "")
	for b.Loop() {
		k.LookAlike("npm", "some-package-like-none")
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		k, err := Load(nil)
		if err != nil {
			b.Fatal(err)
		}
		k.Is("npm", "")
		k.Is("PyPI", "")
	}
}
