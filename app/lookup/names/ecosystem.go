package names

import (
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// ecosystem is what package names, versions and registries of one kind have in common.
type ecosystem struct {
	system   string // as deps.dev calls it; empty when it does not know it
	grammar  grammar
	versions sameness                  // nil: versions are written in one way
	unlisted func(version string) bool // whether a version exists without being listed anywhere; nil: none does
	registry func(*host) source
	pace     pace     // of the registry
	sparse   bool     // the root may be marked as Cargo marks that of a sparse index
	always   []string // names of what comes with the language, which OSV lists like packages
}

// ecosystems are those whose names are looked up, as OSV writes them.
var ecosystems = map[string]*ecosystem{
	"npm": {system: "npm", grammar: npmName, versions: withoutV, pace: registryPace,
		registry: func(h *host) source { return &npm{h} }},
	"PyPI": {system: "pypi", grammar: pypiName, versions: comparedAs("PyPI"), pace: registryPace,
		registry: func(h *host) source { return &pypi{h} }},
	"Go": {system: "go", grammar: goPath, versions: withoutV, unlisted: isUnlistedGo, always: []string{"stdlib", "toolchain"}, pace: registryPace,
		registry: func(h *host) source { return &goProxy{h} }},
	"crates.io": {system: "cargo", grammar: crateName, sparse: true, pace: cratesPace,
		registry: func(h *host) source { return &crates{h} }},
	"Maven": {system: "maven", grammar: mavenName, pace: registryPace,
		registry: func(h *host) source { return &maven{h} }},
	"RubyGems": {system: "rubygems", grammar: gemName, versions: sameGem, pace: registryPace,
		registry: func(h *host) source { return &rubyGems{h} }},
	"NuGet": {system: "nuget", grammar: nugetName, versions: comparedAs("NuGet"), pace: registryPace,
		registry: func(h *host) source { return &nuget{h} }},
	"Packagist": {grammar: composerName, versions: comparedAs("Packagist"), unlisted: isBranch, pace: registryPace,
		registry: func(h *host) source { return &packagist{h} }},
}

// at is a source that asks the registry at a root.
func (e *ecosystem) at(net *network, root string) (source, *host, error) {
	sparse := false
	if e.sparse {
		root, sparse = strings.CutPrefix(root, sparsePrefix)
	}
	address, err := parseRoot(root)
	switch {
	case err != nil:
		return nil, nil, err
	case sparse:
		h := net.host(address, registryPace)
		return &sparseIndex{h}, h, nil
	}
	h := net.host(address, e.pace)
	return e.registry(h), h, nil
}

// builtIn reports whether a name needs no look-up.
func (e *ecosystem) builtIn(name string) bool {
	return slices.Contains(e.always, name)
}

// canonical is a name as the ecosystem compares names; false when no package can have it.
func (e *ecosystem) canonical(name string) (string, bool) { return e.grammar.canonical(name) }

// isIn reports whether a canonical name, or a module that it may belong to, is in a list.
func (e *ecosystem) isIn(list *nameList, name string) bool {
	if e.system == "go" {
		return slices.ContainsFunc(modulesOf(name), list.has)
	}
	return list.has(e.grammar.key(name))
}

// same reports whether an answer is about the name that was asked about.
func (e *ecosystem) same(name, answered string) bool {
	answered, ok := e.canonical(answered)
	return ok && e.grammar.key(answered) == e.grammar.key(name)
}

// isUnlistedGo reports whether a module proxy has a version without listing it: those made from commits.
func isUnlistedGo(version string) bool {
	return module.IsPseudoVersion(canonicalGo(version))
}

// canonicalGo is a Go version with its v.
func canonicalGo(version string) string {
	if !strings.HasPrefix(version, "v") {
		version = "v" + version
	}
	if !semver.IsValid(version) {
		return ""
	}
	return version
}

// isBranch reports whether Composer makes a version of a branch. Those have lists of their own.
func isBranch(version string) bool {
	version = strings.ToLower(version)
	return strings.HasPrefix(version, "dev-") || strings.HasSuffix(version, "-dev")
}
