package names

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks/dependency/judge"
)

func TestNames(t *testing.T) {
	long := strings.Repeat("a", 10_000)
	tests := map[string]map[string]string{ // as given: in canonical form, or "" when it is none
		"npm": {
			"lodash": "lodash", "JSONStream": "JSONStream", "@types/node": "@types/node", "-": "-", "a.b_c~d": "a.b_c~d",
			strings.Repeat("a", 214): strings.Repeat("a", 214), strings.Repeat("a", 215): "",
			"@a": "", "@/a": "", "@a/": "", "@a/b/c": "", "a/b": "", ".hidden": "", "_under": "", "a b": "", "a?b": "", "a#b": "", "a:b": "",
		},
		"PyPI": {
			"Django": "django", "zope.interface": "zope-interface", "a__b--c..d": "a-b-c-d", "a": "a",
			"-a": "", "a-": "", "a b": "", "a[extra]": "", "a==1": "",
		},
		"Go": {
			"golang.org/x/mod": "golang.org/x/mod", "github.com/A/b/v2": "github.com/A/b/v2", "gopkg.in/yaml.v3": "gopkg.in/yaml.v3", "go4.org": "go4.org",
			"fmt": "", "net/http": "", "./x": "", "github.com/a//b": "", "github.com/a/": "", "github.com/a/.": "", "github.com/!a": "", "x.com/a@v1": "",
		},
		"crates.io": {"serde_json": "serde_json", "Inflector": "Inflector", "a-b": "a-b", "1a": "", "a.b": "", strings.Repeat("a", 65): ""},
		"Maven":     {"org.a:b": "org.a:b", "junit:junit": "junit:junit", "org.a:b.c_d-1": "org.a:b.c_d-1", "org.a": "", "a:b:c": "", "org..a:b": "", "a:..": "", "a:b..c": "", ".a:b": "", "org/a:b": ""},
		"RubyGems":  {"rails": "rails", "a.b-c_d": "a.b-c_d", "123": "", ".a": "", "-a": "", "a/b": ""},
		"NuGet":     {"Newtonsoft.Json": "newtonsoft.json", "a-b.c_d": "a-b.c_d", "a..b": "", ".a": "", strings.Repeat("a", 101): ""},
		"Packagist": {"Monolog/Monolog": "monolog/monolog", "a-b/c--d": "a-b/c--d", "monolog": "", "a/b/c": "", "a/b---c": "", "ext-json": ""},
	}
	hostile := []string{
		"", ".", "..", "/", "../../etc/passwd", "a/../b", "a/..", "%2f", "a%2fb", "a%00", "a\x00b", "a\nb", "a\r\nHost: x", "a\tb", "a\\b", "a@evil.example",
		"\u0430lpha", "caf\u00e9", "a\u202eb", "\ufeffa", "a\u200bb", "http://evil.example/", "//evil.example", "a;b", "a,b", "a'b", "a\"b", "a<b>", "a`b`", long, "\xff",
	}
	for ecosystem, names := range tests {
		eco := ecosystems[ecosystem]
		for given, want := range names {
			got, ok := eco.canonical(given)
			if got != want || ok != (want != "") {
				t.Errorf("%s %.60q: got %q, %v, want %q", ecosystem, given, got, ok, want)
			}
		}
		for _, given := range hostile {
			if got, ok := eco.canonical(given); ok {
				t.Errorf("%s %.60q is taken as %q", ecosystem, given, got)
			}
		}
	}
	if len(tests) != len(ecosystems) {
		t.Errorf("%d of %d grammars are tested", len(tests), len(ecosystems))
	}
}

func TestWhatIsNoNameIsNotAsked(t *testing.T) {
	d := newDouble(t)
	c := newClient(t, Config{DepsDev: d.URL, Registries: map[string]string{"npm": d.URL}})
	for _, name := range []string{"../x", "a%2fb", "a\x00", strings.Repeat("a", 215), "l\u043edash"} {
		got, reason := ask(t, c, "npm", name)
		if got.State != judge.Unanswered || reason != "no valid npm name" {
			t.Errorf("%.40q: got %+v, %q", name, got, reason)
		}
	}
	if asked := d.asked(); len(asked) != 0 {
		t.Errorf("asked %q", asked)
	}
}

// FuzzNames asks about any name, and looks at every request: it goes to the configured root, stays below it, and what
// the server reads is what was meant.
func FuzzNames(f *testing.F) {
	const root = "https://registry.example/some/base"
	for ecosystem := range ecosystems {
		for _, name := range []string{"lodash", "@a/b", "../x", "a%2f..%2fb", "org.a:b", "github.com/a/b", "a/b", "a\x00", "a?b#c", "\u0430"} {
			f.Add(ecosystem, name)
		}
	}
	f.Fuzz(func(t *testing.T, ecosystem, name string) {
		eco, ok := ecosystems[ecosystem]
		if !ok {
			return
		}
		canonical, ok := eco.canonical(name)
		if ok {
			if again, ok := eco.canonical(canonical); !ok || again != canonical {
				t.Errorf("%q becomes %q, and that %q, %v", name, canonical, again, ok)
			}
		}
		watch := roundTripper(func(r *http.Request) (*http.Response, error) {
			checkTarget(t, r.URL, name)
			return response(404, "")
		})
		for _, registry := range []string{root, sparsePrefix + root} {
			if strings.HasPrefix(registry, sparsePrefix) && !eco.sparse {
				continue
			}
			c, err := New(Config{DepsDev: root, Registries: map[string]string{ecosystem: registry}, Transport: watch})
			if err != nil {
				t.Fatal(err)
			}
			standings, _ := c.Standings(t.Context(), []Question{{Name: judge.Name{Ecosystem: ecosystem, Name: name}}})
			state := standings[judge.Name{Ecosystem: ecosystem, Name: name}].State
			if want := map[bool]judge.State{true: judge.Nonexistent, false: judge.Unanswered}[ok]; state != want && !eco.builtIn(name) {
				t.Errorf("%q is %s, want %s", name, state, want)
			}
		}
	})
}

func checkTarget(t *testing.T, u *url.URL, name string) {
	if u.Scheme != "https" || u.Host != "registry.example" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		t.Errorf("%q is asked at %s", name, u)
	}
	if !strings.HasPrefix(u.Path, "/some/base/") || path.Clean(u.Path) != strings.TrimSuffix(u.Path, "/") {
		t.Errorf("%q is asked at %s, which is elsewhere once it is cleaned", name, u)
	}
	for _, r := range u.RequestURI() {
		if r <= ' ' || r > '~' {
			t.Errorf("%q is asked at %q", name, u.RequestURI())
		}
	}
}
