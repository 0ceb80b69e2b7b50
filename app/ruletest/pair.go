package ruletest

import (
	"path"
	"slices"
	"strings"
)

// Case is a file of rules and the examples that belong to it.
type Case struct {
	Rules   string
	Targets []string
}

// IsRules reports whether a file holds rules, by its name: YAML that is neither an example (x.test.yaml) nor the result of a
// fix (x.fixed.yaml).
func IsRules(name string) bool {
	base := path.Base(name)
	for _, suffix := range []string{".yaml", ".yml"} {
		if stem, ok := strings.CutSuffix(base, suffix); ok {
			return !strings.HasPrefix(base, ".") && !strings.HasSuffix(stem, ".test") && !strings.HasSuffix(stem, ".fixed")
		}
	}
	return false
}

// Pair finds the examples of each file of rules among slash-separated paths: the files of the same folder whose names agree with it up to the
// first dot, and those in a folder of that name.
func Pair(paths []string) []Case {
	paths = slices.Sorted(slices.Values(paths))
	targets := map[string][]string{} // by folder/stem
	for _, p := range paths {
		if IsRules(p) || strings.Contains(path.Base(p), ".fixed.") {
			continue
		}
		for at, dir := p, path.Dir(p); ; at, dir = dir, path.Dir(dir) {
			stem, _, _ := strings.Cut(path.Base(at), ".")
			key := path.Join(dir, stem)
			targets[key] = append(targets[key], p)
			if dir == "." || dir == "/" {
				break
			}
		}
	}
	var cases []Case
	for _, p := range paths {
		if IsRules(p) {
			stem, _, _ := strings.Cut(path.Base(p), ".")
			cases = append(cases, Case{Rules: p, Targets: slices.Compact(targets[path.Join(path.Dir(p), stem)])})
		}
	}
	return cases
}
