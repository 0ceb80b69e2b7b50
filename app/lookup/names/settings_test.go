package names

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// parse reads arguments as a command does that embeds the settings.
func parse(t *testing.T, arguments ...string) (Settings, error) {
	t.Helper()
	var command struct{ Settings }
	parser, err := kong.New(&command)
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(arguments)
	return command.Settings, err
}

func TestSettingsAskDepsDevAndNoRegistry(t *testing.T) {
	s, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Config(nil, "1.2.3")
	if err != nil || c.DepsDev != DefaultDepsDev || len(c.Registries) != 0 || len(c.Lists) != 0 || c.Version != "1.2.3" {
		t.Errorf("got %+v, %v", c, err)
	}
	if _, err := New(c); err != nil {
		t.Error(err)
	}
}

func TestSettingsFromFlagsAndEnvironment(t *testing.T) {
	t.Setenv("ASSAY_REGISTRY_PYPI", "https://pypi.example/base/")
	t.Setenv("ASSAY_PACKAGE_NAMES", "npm=/var/names/npm.gz;PyPI=/var/names/pypi.json")
	s, err := parse(t, "--depsdev-url=off", "--registry-npm=http://127.0.0.1:4873", "--registry-crates=sparse+https://index.example/", "--registry-go=https://go.example",
		"--registry-maven=https://maven.example/repo", "--registry-rubygems=https://gems.example", "--registry-nuget=https://nuget.example/flat", "--registry-packagist=https://php.example")
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Config(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if c.DepsDev != Off || len(c.Registries) != len(ecosystems) || c.Registries["PyPI"] != "https://pypi.example/base/" || len(c.Lists) != 2 || c.Lists["PyPI"] != "/var/names/pypi.json" {
		t.Errorf("got %+v", c)
	}
	c.Lists = nil
	if _, err := New(c); err != nil {
		t.Error(err)
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	password := "hunter" + "2hunter2"
	tests := map[string][2]string{
		"plain http":          {"--registry-npm=http://npm.example", "--registry-npm: the address \"http://npm.example\" is not https"},
		"looks like loopback": {"--registry-npm=http://127.0.0.1.example", "is not https"},
		"another scheme":      {"--registry-maven=file:///root/.m2", "names no host"},
		"no scheme":           {"--registry-go=go.example", "names no host"},
		"a password":          {"--registry-pypi=https://u:" + password + "@pypi.example", "--registry-pypi: the address holds a user name or password"},
		"a broken password":   {"--registry-pypi=https://u:" + password + "@%zz", "does not parse"},
		"a query":             {"--registry-rubygems=https://gems.example/?x=1", "a query"},
		"a fragment":          {"--registry-packagist=https://php.example/#x", "a query or a fragment"},
		"up in the path":      {"--registry-npm=https://npm.example/a/../b", "goes up"},
		"a service index":     {"--registry-nuget=https://nuget.example/v3/index.json", "PackageBaseAddress"},
		"sparse elsewhere":    {"--registry-npm=sparse+https://npm.example", "is not https"},
		"deps.dev":            {"--depsdev-url=http://deps.example", "--depsdev-url: "},
		"an ecosystem":        {"--package-names=pip=/x", `--package-names is for the ecosystem "pip": known are ["Go" "Maven"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := parse(t, test[0])
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Config(nil, "")
			if err == nil || !strings.Contains(err.Error(), test[1]) {
				t.Errorf("got %v, want %q", err, test[1])
			}
			if err != nil && strings.Contains(err.Error(), password) {
				t.Error("the error holds the password")
			}
		})
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	for want, c := range map[string]Config{
		`a registry is for the ecosystem "Hex"`: {Registries: map[string]string{"Hex": "https://hex.example"}},
		"the npm registry: the address":         {Registries: map[string]string{"npm": "npm.example"}},
		"deps.dev: the address":                 {DepsDev: "deps.example"},
		`is for the ecosystem "Hex"`:            {Lists: map[string]string{"Hex": "/x"}},
	} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
