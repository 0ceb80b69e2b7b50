package names

import (
	"slices"
	"strings"

	"github.com/google/osv-scalibr/semantic"
)

// presence is whether a version is among those of a package.
type presence int

const (
	unclear  presence = iota
	present           // listed
	absent            // nowhere
	unlisted          // such a version may exist without being listed
)

// presence looks a version up in what is known of a package.
func (e *ecosystem) presence(known record, version string) presence {
	switch {
	case !isVersion(version):
		return unclear
	case e.hasVersion(known.versions, version):
		return present
	case e.unlisted != nil && e.unlisted(version):
		return unlisted
	case known.more:
		return unclear
	default:
		return absent
	}
}

// lacks reports whether one of the versions may be younger than what is known.
func (e *ecosystem) lacks(known record, versions []string) bool {
	return slices.ContainsFunc(versions, func(v string) bool { return e.presence(known, v) == absent })
}

func (e *ecosystem) hasVersion(listed []string, version string) bool {
	if _, ok := slices.BinarySearch(listed, version); ok {
		return true
	}
	return e.versions != nil && slices.ContainsFunc(listed, e.versions(version))
}

// isVersion reports whether a text can be a version in any ecosystem; what cannot is not compared.
func isVersion(text string) bool {
	return text != "" && len(text) <= maxVersionChars && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// sameness recognises the ways in which a version may be listed. It is made anew for each version asked about.
type sameness func(asked string) func(listed string) bool

// comparedAs compares versions as an ecosystem orders them: 1.0 is 1.0.0, and 1.0-alpha is 1.0a0.
func comparedAs(ecosystem string) sameness {
	return func(asked string) func(string) bool {
		version, err := semantic.Parse(asked, ecosystem)
		first := firstDigits(asked)
		return func(listed string) bool {
			// What differs in its first number is never the same, and parsing is slow.
			if err != nil || !isVersion(listed) || firstDigits(listed) != first {
				return false
			}
			order, err := version.CompareStr(listed)
			return err == nil && order == 0
		}
	}
}

// withoutV makes nothing of a leading v, which some write and some do not.
func withoutV(asked string) func(string) bool {
	asked = strings.TrimPrefix(asked, "v")
	return func(listed string) bool { return strings.TrimPrefix(listed, "v") == asked }
}

// sameGem compares as RubyGems does, without the platform that a lockfile appends.
func sameGem(asked string) func(string) bool {
	asked, _, _ = strings.Cut(asked, "-")
	return comparedAs("RubyGems")(asked)
}

// firstDigits is the first number of a version, without leading zeros.
func firstDigits(version string) string {
	isDigit := func(r rune) bool { return r >= '0' && r <= '9' }
	from := strings.IndexFunc(version, isDigit)
	if from < 0 {
		return ""
	}
	digits := version[from:]
	if to := strings.IndexFunc(digits, func(r rune) bool { return !isDigit(r) }); to >= 0 {
		digits = digits[:to]
	}
	return strings.TrimLeft(digits, "0")
}
