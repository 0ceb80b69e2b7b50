package names

import (
	"regexp"
	"strings"

	"golang.org/x/mod/module"
)

// grammar says which names an ecosystem takes. Nothing else is ever written into an address.
type grammar struct {
	max    int // characters
	form   *regexp.Regexp
	check  func(string) bool   // what an expression cannot say; may be nil
	fold   func(string) string // makes the canonical form; nil when names are compared as they are
	equate func(string) string // makes one of names that cannot stand side by side, beyond fold; may be nil
}

// The grammars. Each is what the registry takes today, and what it once took where such packages are still in use.
var (
	// npm: at most 214 characters. Capitals are from before 2014.
	npmName = grammar{max: 214, form: regexp.MustCompile(`^(@[A-Za-z0-9~-][A-Za-z0-9._~-]*/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*$`)}

	// PyPI: the name of a core metadata file, compared as PEP 503 says.
	pypiName = grammar{max: 214, form: regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`), fold: foldPyPI}

	// Go: a module path or the path of a package in it; the first element is a host.
	goPath = grammar{max: 255, form: regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/[A-Za-z0-9._~+-]+)*$`), check: isGoPath}

	// crates.io: at most 64 characters. Capitals, - and _ do not make another name.
	crateName = grammar{max: 64, form: regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`), equate: foldCrate}

	// Maven: group and artifact. Both become folders.
	mavenName = grammar{max: 255, form: regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*:[A-Za-z0-9_-][A-Za-z0-9._-]*$`), check: hasNoDots}

	// RubyGems: at least one letter.
	gemName = grammar{max: 214, form: regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`), check: hasLetter}

	// NuGet: at most 100 characters, compared without case.
	nugetName = grammar{max: 100, form: regexp.MustCompile(`^[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*$`), fold: strings.ToLower}

	// Packagist: vendor and name, compared without case.
	composerName = grammar{max: 214, form: regexp.MustCompile(`^[A-Za-z0-9]+([_.-]?[A-Za-z0-9]+)*/[A-Za-z0-9]+(([_.]|-{1,2})?[A-Za-z0-9]+)*$`), fold: strings.ToLower}
)

// canonical is a name as the ecosystem compares names; false when no package can have it.
func (g grammar) canonical(name string) (string, bool) {
	if len(name) > g.max || !g.form.MatchString(name) || g.check != nil && !g.check(name) {
		return "", false
	}
	return g.folded(name), true
}

// folded brings a name into canonical form, which it may have already.
func (g grammar) folded(name string) string {
	if g.fold != nil {
		return g.fold(name)
	}
	return name
}

// key is the same for canonical names that mean the same package.
func (g grammar) key(canonical string) string {
	if g.equate != nil {
		return g.equate(canonical)
	}
	return canonical
}

var separators = regexp.MustCompile(`[._-]+`)

func foldPyPI(name string) string {
	return separators.ReplaceAllString(strings.ToLower(name), "-")
}

func foldCrate(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "_", "-")
}

func isGoPath(name string) bool { return module.CheckImportPath(name) == nil }

func hasNoDots(name string) bool { return !strings.Contains(name, "..") }

func hasLetter(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
}
