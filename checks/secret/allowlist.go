package secret

import (
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
)

// allowlist says of some values that they are no secrets, in gitleaks' terms.
type allowlist struct {
	all       bool   // the path and the expressions must both match; else paths do not count
	target    string // what the expressions look at: "" for the value, "match" or "line"
	regexes   []*lazyRegexp
	paths     []*lazyRegexp
	stopWords []string
}

// allowlistsOf drops lists of paths alone: where a file lies says little about what is in it.
func allowlistsOf(lists []gitleaksAllowlist) []allowlist {
	var out []allowlist
	for _, list := range lists {
		if len(list.Regexes) == 0 && len(list.StopWords) == 0 || len(list.TargetRules) > 0 {
			continue
		}
		a := allowlist{
			all:    strings.EqualFold(list.Condition, "AND") || list.Condition == "&&",
			target: list.RegexTarget, stopWords: lowered(list.StopWords),
		}
		for _, source := range list.Regexes {
			a.regexes = append(a.regexes, lazily(source))
		}
		for _, source := range list.Paths {
			a.paths = append(a.paths, lazily(source))
		}
		out = append(out, a)
	}
	return out
}

// allows reports whether the list says that a value is no secret.
func (a *allowlist) allows(path checks.Path, value, match, line []byte) (bool, error) {
	target := value
	switch a.target {
	case "match":
		target = match
	case "line":
		target = line
	}
	byRegex, err := anyMatch(a.regexes, target)
	if err != nil {
		return false, err
	}
	folded := strings.ToLower(string(value))
	byWord := slices.ContainsFunc(a.stopWords, func(word string) bool { return strings.Contains(folded, word) })
	if !a.all {
		return byRegex || byWord, nil
	}
	byPath, err := anyMatch(a.paths, []byte(path))
	return (len(a.paths) == 0 || byPath) && (len(a.regexes) == 0 || byRegex) && (len(a.stopWords) == 0 || byWord), err
}

func anyMatch(list []*lazyRegexp, text []byte) (bool, error) {
	for _, expr := range list {
		re, err := expr.compile()
		if err != nil {
			return false, err
		}
		if re.Match(text) {
			return true, nil
		}
	}
	return false, nil
}
