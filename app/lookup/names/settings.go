package names

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Settings are the flags and environment variables of whoever looks names up, to be embedded in a command. No registry
// is asked unless its address is given: which one is right depends on where the code will be built.
type Settings struct {
	DepsDev string `name:"depsdev-url" default:"https://api.deps.dev" env:"ASSAY_DEPSDEV_URL" placeholder:"URL" help:"Where deps.dev answers whether packages exist; off to ask nobody."`

	NPM       string `name:"registry-npm" env:"ASSAY_REGISTRY_NPM" placeholder:"URL" help:"The npm registry to ask whether packages exist. Only a registry's word that one does not can block."`
	PyPI      string `name:"registry-pypi" env:"ASSAY_REGISTRY_PYPI" placeholder:"URL" help:"The Python index, without /simple."`
	Go        string `name:"registry-go" env:"ASSAY_REGISTRY_GO" placeholder:"URL" help:"The Go module proxy."`
	Crates    string `name:"registry-crates" env:"ASSAY_REGISTRY_CRATES" placeholder:"URL" help:"The Cargo registry: the site, or with sparse+ in front the sparse index."`
	Maven     string `name:"registry-maven" env:"ASSAY_REGISTRY_MAVEN" placeholder:"URL" help:"The Maven repository."`
	RubyGems  string `name:"registry-rubygems" env:"ASSAY_REGISTRY_RUBYGEMS" placeholder:"URL" help:"The gem server."`
	NuGet     string `name:"registry-nuget" env:"ASSAY_REGISTRY_NUGET" placeholder:"URL" help:"The NuGet package base address, which is the flat container and not the service index."`
	Packagist string `name:"registry-packagist" env:"ASSAY_REGISTRY_PACKAGIST" placeholder:"URL" help:"The Composer repository."`

	Lists map[string]string `name:"package-names" env:"ASSAY_PACKAGE_NAMES" mapsep:";" placeholder:"ECOSYSTEM=FILE;…" help:"Files with all package names of an ecosystem, for where nobody can be asked: one a line or JSON, may be gzipped. Ecosystems: npm, PyPI, Go, crates.io, Maven, RubyGems, NuGet, Packagist."`
}

// registries are the given addresses by ecosystem, and the flags that they came from.
func (s Settings) registries() (roots, flags map[string]string) {
	roots, flags = map[string]string{}, map[string]string{}
	for _, given := range []struct{ ecosystem, flag, root string }{
		{"npm", "npm", s.NPM}, {"PyPI", "pypi", s.PyPI}, {"Go", "go", s.Go}, {"crates.io", "crates", s.Crates},
		{"Maven", "maven", s.Maven}, {"RubyGems", "rubygems", s.RubyGems}, {"NuGet", "nuget", s.NuGet}, {"Packagist", "packagist", s.Packagist},
	} {
		if root := strings.TrimSpace(given.root); root != "" {
			roots[given.ecosystem], flags[given.ecosystem] = root, "--registry-"+given.flag
		}
	}
	return roots, flags
}

// Config checks the settings and turns them into what [New] takes. Errors name the flag. transport may be nil.
func (s Settings) Config(transport http.RoundTripper, version string) (Config, error) {
	roots, flags := s.registries()
	for _, ecosystem := range order(roots) {
		root := roots[ecosystem]
		if ecosystems[ecosystem].sparse {
			root = strings.TrimPrefix(root, sparsePrefix)
		}
		if _, err := parseRoot(root); err != nil {
			return Config{}, fmt.Errorf("%s: %w", flags[ecosystem], err)
		}
	}
	if s.DepsDev != "" && s.DepsDev != Off {
		if _, err := parseRoot(s.DepsDev); err != nil {
			return Config{}, fmt.Errorf("--depsdev-url: %w", err)
		}
	}
	for _, ecosystem := range order(s.Lists) {
		if _, ok := ecosystems[ecosystem]; !ok {
			return Config{}, unknownEcosystem("--package-names", ecosystem)
		}
	}
	return Config{DepsDev: s.DepsDev, Registries: roots, Lists: s.Lists, Transport: transport, Version: version}, nil
}

// order is the keys in one order, so that of several mistakes the same one is named each time.
func order(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
