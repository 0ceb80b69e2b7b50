package secret

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/glob"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

// settings is rules/secret.yaml: what holds for all rules of the check.
type settings struct {
	Gitleaks     gitleaksSettings `yaml:"gitleaks"`
	Placeholders []string         `yaml:"placeholders"`
	Public       []string         `yaml:"public"`
	Fixtures     []string         `yaml:"fixtures"`
	MachineMade  []string         `yaml:"machine_made"`
	NeedsQuotes  []string         `yaml:"needs_quotes"`
	Places       []placeSettings  `yaml:"places"`
}

// gitleaksSettings is how gitleaks' rules are presented: the metadata that they share, and exceptions.
type gitleaksSettings struct {
	Message     string            `yaml:"message"` // {kind} stands for what the rule is about
	Why         string            `yaml:"why"`
	Remediation string            `yaml:"remediation"`
	Severity    checks.Severity   `yaml:"severity"`
	Confidence  checks.Confidence `yaml:"confidence"`
	Class       checks.Class      `yaml:"class"`
	Taxonomy    checks.Taxonomy   `yaml:"taxonomy"`
	Skip        []string          `yaml:"skip"`
	Words       map[string]string `yaml:"words"`
	Overrides   []override        `yaml:"overrides"`
}

// override changes what is said of some of gitleaks' rules.
type override struct {
	IDs        []string          `yaml:"ids"`
	Title      string            `yaml:"title"`
	Message    string            `yaml:"message"`
	Severity   checks.Severity   `yaml:"severity"`
	Confidence checks.Confidence `yaml:"confidence"`
	InFixtures checks.Severity   `yaml:"in_fixtures"` // the severity in paths of fixtures; empty for the same
	Keywords   []string          `yaml:"keywords"`    // instead of gitleaks'
	Where      string            `yaml:"where"`       // RE2, begins at the keyword and must match there for the rule to be tried
	After      int               `yaml:"after"`       // bytes behind the keyword that are enough
	Generic    bool              `yaml:"generic"`     // guesses by a name, and so needs every guard
	OddShape   bool              `yaml:"odd_shape"`   // real ones look made up, and so the guard against placeholders is off
}

// placeSettings is a place that makes a credential reach further: files, lines, or lines of files.
type placeSettings struct {
	Paths []string `yaml:"paths"`
	Lines string   `yaml:"lines"`
	Note  string   `yaml:"note"`
}

// spellings writes words, which spaces separate, in the ways in which programs join them.
func spellings(phrases []string) []string {
	var out []string
	for _, phrase := range phrases {
		for _, separator := range []string{" ", "_", "-", ".", ""} {
			out = append(out, strings.ReplaceAll(phrase, " ", separator))
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(out)))
}

// place is a compiled placeSettings.
type place struct {
	paths glob.Set
	any   bool // no paths given: every file
	lines *regexp.Regexp
	note  string
}

func loadSettings() (settings, error) {
	var s settings
	err := ruleset.Decode(rules.FS, "secret.yaml", &s)
	return s, err
}

func compilePlaces(from []placeSettings) ([]place, error) {
	places := make([]place, len(from))
	for i, p := range from {
		paths, err := glob.NewSet(p.Paths)
		if err != nil {
			return nil, fmt.Errorf("secret.yaml: place %d: %w", i+1, err)
		}
		places[i] = place{paths: paths, any: len(p.Paths) == 0, note: p.Note}
		if p.Lines != "" {
			if places[i].lines, err = regexp.Compile(p.Lines); err != nil {
				return nil, fmt.Errorf("secret.yaml: place %d: %w", i+1, err)
			}
		}
	}
	return places, nil
}

// holds reports whether a value on this line of this file stands in the place.
func (p *place) holds(path checks.Path, line []byte) bool {
	return (p.any || p.paths.Match(path)) && (p.lines == nil || p.lines.Match(line))
}
