package names

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// pack is a package as deps.dev writes it.
func pack(system, name string, releases ...string) string {
	var versions []string
	for _, release := range releases {
		version, at, _ := strings.Cut(release, " ")
		versions = append(versions, fmt.Sprintf(`{"versionKey":{"system":%q,"name":%q,"version":%q},"publishedAt":%q,"isDefault":false}`, system, name, version, at))
	}
	return fmt.Sprintf(`{"packageKey":{"system":%q,"name":%q},"purl":"pkg:x","versions":[%s]}`, system, name, strings.Join(versions, ","))
}

func TestWhatDepsDevSays(t *testing.T) {
	tests := map[string]struct {
		ecosystem, name string
		version         string
		target, answer  string
		want            judge.State
		reason          string
	}{
		"a scope and its slash are encoded":     {"npm", "@colors/colors", "1.5.0", "/v3/systems/npm/packages/%40colors%2Fcolors", pack("NPM", "@colors/colors", "1.5.0 2022-02-12T00:00:00Z"), judge.Exists, ""},
		"group and artifact are one name":       {"Maven", "org.a:b", "1", "/v3/systems/maven/packages/org.a%3Ab", pack("MAVEN", "org.a:b", "1 2022-02-12T00:00:00Z"), judge.Exists, ""},
		"a module path is one element":          {"Go", "example.com/m/v2", "2.0.1", "/v3/systems/go/packages/example.com%2Fm%2Fv2", pack("GO", "example.com/m/v2", "v2.0.1 2022-02-12T00:00:00Z"), judge.Exists, ""},
		"a package below a module":              {"Go", "example.com/m/x", "", "/v3/systems/go/packages/example.com%2Fm", pack("GO", "example.com/m", "v2.0.1 2022-02-12T00:00:00Z"), judge.Exists, ""},
		"PyPI names are asked for as compared":  {"PyPI", "Zope.Interface", "6", "/v3/systems/pypi/packages/zope-interface", pack("PYPI", "zope.interface", "6.0 2022-02-12T00:00:00Z"), judge.Exists, ""},
		"NuGet answers in the author's capital": {"NuGet", "newtonsoft.json", "13.0.1", "/v3/systems/nuget/packages/newtonsoft.json", pack("NUGET", "Newtonsoft.Json", "13.0.1 2022-02-12T00:00:00Z"), judge.Exists, ""},
		"cargo":                                 {"crates.io", "serde_json", "1.0.0", "/v3/systems/cargo/packages/serde_json", pack("CARGO", "serde_json", "1.0.0 2022-02-12T00:00:00Z"), judge.Exists, ""},
		"rubygems":                              {"RubyGems", "rake", "13.0.0", "/v3/systems/rubygems/packages/rake", pack("RUBYGEMS", "rake", "13.0.0 2022-02-12T00:00:00Z"), judge.Exists, ""},
		"nobody knows it":                       {"npm", "nope", "", "", "", judge.Nonexistent, ""},
		"another name":                          {"npm", "a", "", "/v3/systems/npm/packages/a", pack("NPM", "A", "1 2022-02-12T00:00:00Z"), judge.Unanswered, "another package"},
		"another system":                        {"npm", "a", "", "/v3/systems/npm/packages/a", pack("PYPI", "a", "1 2022-02-12T00:00:00Z"), judge.Unanswered, "another package"},
		"no release":                            {"npm", "a", "", "/v3/systems/npm/packages/a", pack("NPM", "a"), judge.Unanswered, "no release"},
		"an empty object":                       {"npm", "a", "", "/v3/systems/npm/packages/a", `{}`, judge.Unanswered, "empty"},
		"null":                                  {"npm", "a", "", "/v3/systems/npm/packages/a", `null`, judge.Unanswered, "empty"},
		"nothing":                               {"npm", "a", "", "/v3/systems/npm/packages/a", " \n", judge.Unanswered, "empty"},
		"two objects":                           {"npm", "a", "", "/v3/systems/npm/packages/a", pack("NPM", "a", "1 2022-02-12T00:00:00Z") + "{}", judge.Unanswered, "no sense"},
		"Packagist is not asked":                {"Packagist", "a/b", "", "*", "", judge.Unanswered, "no registry is configured for Packagist"},
		"what nobody looks up":                  {"Hex", "a", "", "*", "", judge.Unanswered, `"Hex" are not looked up`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDouble(t)
			if test.answer != "" {
				d.on(test.target, body(200, test.answer))
			}
			var versions []string
			if test.version != "" {
				versions = []string{test.version}
			}
			got, reason := ask(t, newClient(t, Config{DepsDev: d.URL}), test.ecosystem, test.name, versions...)
			if got.State != test.want || got.Authoritative || !strings.Contains(reason, test.reason) {
				t.Fatalf("got %+v (%q), asked %q", got, reason, d.asked())
			}
			if test.want != judge.Unanswered && got.Source != "deps.dev" {
				t.Errorf("said by %q", got.Source)
			}
			if test.want == judge.Exists && (!got.First.Equal(day("2022-02-12")) || got.Releases != 1) {
				t.Errorf("got %+v", got)
			}
			if test.version != "" && !got.Versions[test.version] {
				t.Errorf("version %s is not there: %v", test.version, got.Versions)
			}
		})
	}
}

// TestWhoseWordCounts: a registry's counts most, a list's least; nobody's silence means anything.
func TestWhoseWordCounts(t *testing.T) {
	found := body(200, pack("NPM", "a", "1.0.0 2022-02-12T00:00:00Z"))
	missing, broken := body(404, ""), body(500, "")
	npm := func(name string) http.HandlerFunc {
		return body(200, fmt.Sprintf(`{"name":%q,"versions":{"1.0.0":{}},"time":{"1.0.0":"2021-01-01T00:00:00Z"}}`, name))
	}
	tests := map[string]struct {
		registry, depsDev http.HandlerFunc // nil: not configured
		list              string           // "": none
		state             judge.State
		source            string // R is the registry
		authoritative     bool
		reason            string
	}{
		"the registry has it, and deps.dev is not asked":     {npm("a"), nil, "", judge.Exists, "R", true, ""},
		"the registry has none, whatever deps.dev says":      {missing, found, "a\n", judge.Nonexistent, "R", true, ""},
		"the registry is broken, and deps.dev has it":        {broken, found, "", judge.Exists, "deps.dev", false, ""},
		"the registry is broken, and deps.dev has none":      {broken, missing, "", judge.Nonexistent, "deps.dev", false, ""},
		"deps.dev alone has none":                            {nil, missing, "", judge.Nonexistent, "deps.dev", false, ""},
		"deps.dev has none, and the list has it":             {nil, missing, "a\n", judge.Exists, "list", false, ""},
		"deps.dev has none, nor has the list":                {nil, missing, "b\n", judge.Nonexistent, "deps.dev", false, ""},
		"deps.dev has it, and the list is old":               {nil, found, "b\n", judge.Exists, "deps.dev", false, ""},
		"all are broken, and the list has it":                {broken, broken, "a\n", judge.Exists, "list", false, ""},
		"all are broken, and the list has none":              {broken, broken, "b\n", judge.Nonexistent, "list", false, ""},
		"the list alone has it":                              {nil, nil, "a\n", judge.Exists, "list", false, ""},
		"all are broken":                                     {broken, broken, "", judge.Unanswered, "", false, "status 500; "},
		"nobody is configured":                               {nil, nil, "", judge.Unanswered, "", false, "nobody to ask"},
		"the registry speaks of another, and deps.dev knows": {npm("b"), found, "", judge.Exists, "deps.dev", false, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := Config{DepsDev: Off, Registries: map[string]string{}, Lists: map[string]string{}}
			var host string
			if test.registry != nil {
				d := newDouble(t)
				d.on("*", test.registry)
				c.Registries["npm"], host = d.URL, strings.TrimPrefix(d.URL, "http://")
			}
			if test.depsDev != nil {
				d := newDouble(t)
				d.on("*", test.depsDev)
				c.DepsDev = d.URL
			}
			if test.list != "" {
				c.Lists["npm"] = filepath.Join(t.TempDir(), "names")
				if err := os.WriteFile(c.Lists["npm"], []byte(test.list), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, reason := ask(t, newClient(t, c), "npm", "a")
			source := strings.Replace(test.source, "R", host, 1)
			if got.State != test.state || got.Authoritative != test.authoritative || !strings.HasPrefix(got.Source, source) || !strings.Contains(reason, test.reason) {
				t.Errorf("got %+v (%q)", got, reason)
			}
		})
	}
}

// TestTimesThatARegistryDoesNotTell: a list of versions has none, and deps.dev does.
func TestTimesThatARegistryDoesNotTell(t *testing.T) {
	registry, other := newDouble(t), newDouble(t)
	registry.on("/newtonsoft.json/index.json", body(200, `{"versions":["13.0.1"]}`))
	other.on("/v3/systems/nuget/packages/newtonsoft.json", body(200, pack("NUGET", "Newtonsoft.Json", "3.5.8 2011-01-08T00:00:00Z", "13.0.1 2021-03-22T00:00:00Z")))
	c := newClient(t, Config{DepsDev: other.URL, Registries: map[string]string{"NuGet": registry.URL}})
	got, _ := ask(t, c, "NuGet", "Newtonsoft.Json")
	want := judge.Standing{State: judge.Exists, Source: strings.TrimPrefix(registry.URL, "http://"), Authoritative: true, First: day("2011-01-08"), Releases: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
