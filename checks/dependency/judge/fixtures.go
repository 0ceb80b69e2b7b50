package judge

import (
	"fmt"
	"slices"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/glob"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

// Fixtures are the files that are there for tests alone. The zero value knows none.
type Fixtures struct{ paths glob.Set }

// LoadFixtures reads which files those are.
func LoadFixtures() (Fixtures, error) {
	var s struct {
		Fixtures []string `yaml:"fixtures"`
	}
	if err := ruleset.Decode(rules.FS, "dependency/fixtures.yaml", &s); err != nil {
		return Fixtures{}, err
	}
	paths, err := glob.NewSet(s.Fixtures)
	if err != nil {
		return Fixtures{}, fmt.Errorf("dependency/fixtures.yaml: %w", err)
	}
	return Fixtures{paths}, nil
}

// Grade is a severity as it counts in a file: one step lower in a fixture, and never below low.
func (f Fixtures) Grade(s checks.Severity, path checks.Path) checks.Severity {
	if !f.paths.Match(path) {
		return s
	}
	return milder(s)
}

// milder is the next lower severity, down to low; what is lower stays.
func milder(s checks.Severity) checks.Severity {
	all := checks.Severities()
	return all[max(slices.Index(all, s), min(slices.Index(all, s)+1, slices.Index(all, checks.Low)))]
}
