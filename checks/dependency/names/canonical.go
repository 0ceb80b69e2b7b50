package names

import (
	"slices"
	"strings"
)

// canonical is a name as its ecosystem compares names, and without the major version that Go puts into paths.
func canonical(ecosystem, name string) string {
	switch ecosystem {
	case "PyPI": // PEP 503
		return joinSeparators(strings.ToLower(name))
	case "crates.io", "RubyGems":
		return strings.ReplaceAll(strings.ToLower(name), "_", "-")
	case "NuGet", "Packagist", "npm":
		return strings.ToLower(name)
	case "Go":
		return withoutMajor(strings.ToLower(name))
	}
	return name
}

// joinSeparators makes one hyphen of each run of hyphens, underscores and dots.
func joinSeparators(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' }), "-")
}

// withoutMajor drops the "/v2" or ".v2" that a path of Go ends in.
func withoutMajor(path string) string {
	digits := strings.TrimRight(path, "0123456789")
	if len(digits) == len(path) {
		return path
	}
	if rest, ok := strings.CutSuffix(digits, "/v"); ok {
		return rest
	}
	if rest, ok := strings.CutSuffix(digits, ".v"); ok {
		return rest
	}
	return path
}

// forges are hosts on which anyone may open an account, so that the owner is host and account together.
var forges = [...]string{"github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com"}

// ownerOf is the part of a canonical name that only one party can publish under: the scope of npm, the vendor of
// Packagist, the account or domain of Go, the domain of Maven, the reserved prefix of NuGet. Empty when names have none.
func ownerOf(ecosystem, name string) string {
	switch ecosystem {
	case "npm":
		if scope, _, ok := strings.Cut(name, "/"); ok && strings.HasPrefix(scope, "@") {
			return scope
		}
	case "Packagist":
		if vendor, _, ok := strings.Cut(name, "/"); ok {
			return vendor
		}
	case "Go":
		host, rest, _ := strings.Cut(name, "/")
		switch {
		case slices.Contains(forges[:], host):
			account, _, ok := strings.Cut(rest, "/")
			if !ok {
				return ""
			}
			return host + "/" + account
		case host != "gopkg.in":
			return host
		}
	case "Maven":
		group, _, _ := strings.Cut(name, ":")
		parts := strings.SplitN(group, ".", 4)
		owned := 2
		if len(parts) > 2 && (parts[1] == "github" || parts[1] == "gitlab") {
			owned = 3
		}
		return strings.Join(parts[:min(owned, len(parts))], ".")
	case "NuGet":
		prefix, _, ok := strings.Cut(name, ".")
		if ok {
			return prefix
		}
	}
	return ""
}

// canonicalOwner is an owner as the list of owners writes it, in the form of ownerOf.
func canonicalOwner(ecosystem, owner string) string {
	if ecosystem == "npm" {
		return "@" + strings.ToLower(strings.TrimPrefix(owner, "@"))
	}
	return canonical(ecosystem, owner)
}
