package record

import "strings"

// Ecosystems are those whose advisories can be matched, as OSV writes them, the most used first.
func Ecosystems() []string {
	return []string{"PyPI", "npm", "Go", "crates.io", "Maven", "RubyGems", "Packagist", "NuGet", "GitHub Actions", "Hex", "Pub", "SwiftURL", "CRAN", "Hackage", "ConanCenter", "Julia"}
}

// Ecosystem is an ecosystem without the registry or release that OSV may append to it: "Maven" of
// "Maven:https://repo.example".
func Ecosystem(ecosystem string) string {
	name, _, _ := strings.Cut(ecosystem, ":")
	return name
}

// Name is a package's name as its ecosystem compares names. Ecosystems that are not listed here tell letters apart.
func Name(ecosystem, name string) string {
	switch Ecosystem(ecosystem) {
	case "PyPI": // PEP 503
		return foldSeparators(strings.ToLower(name))
	case "crates.io": // no two crates differ in these alone
		return strings.ReplaceAll(strings.ToLower(name), "_", "-")
	case "NuGet", "Packagist", "GitHub Actions", "Pub", "Hex", "SwiftURL":
		return strings.ToLower(name)
	}
	return name
}

// foldSeparators makes one hyphen of each run of hyphens, underscores and dots.
func foldSeparators(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	in := false
	for i := range len(name) {
		separator := name[i] == '-' || name[i] == '_' || name[i] == '.'
		switch {
		case !separator:
			b.WriteByte(name[i])
		case !in:
			b.WriteByte('-')
		}
		in = separator
	}
	return b.String()
}
