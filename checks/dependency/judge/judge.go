package judge

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/names"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

// The rules that need a look-up. Each is one in rules/dependency/packages.yaml.
const (
	malicious  checks.RuleID = "malicious-package"
	vulnerable checks.RuleID = "vulnerable-package"
	removed    checks.RuleID = "removed-package"
	invented   checks.RuleID = "invented-package"
	unknown    checks.RuleID = "unknown-package"
	noVersion  checks.RuleID = "invented-version"
	lookalike  checks.RuleID = "lookalike-package"
	young      checks.RuleID = "new-package"
	confusion  checks.RuleID = "dependency-confusion"
	noImport   checks.RuleID = "invented-import"
)

// figures are the numbers of a rule.
type figures struct {
	Unscored checks.Severity `yaml:"unscored"` // of an advisory that nobody scored
	Days     int             `yaml:"days"`     // a package is new until so many days after its first release
	Releases int             `yaml:"releases"` // … while it has no more releases than these
}

type rule = ruleset.Rule[figures]

// Judge makes findings of packages and answers. It is immutable and safe for concurrent use.
type Judge struct {
	rules    map[checks.RuleID]*rule
	list     []rule
	commands map[string]upgrade // by the lockfile's name
	ml       map[Name]string    // how packages of machine learning are hit, in a sentence
	known    *names.Known
	fixtures Fixtures
}

// upgrade is how a package is upgraded where a lockfile holds its version.
type upgrade struct {
	Files      []string `yaml:"files"`
	Command    string   `yaml:"command"`
	Transitive string   `yaml:"transitive"`
}

// New loads the rules.
func New() (*Judge, error) {
	list, err := ruleset.Load[figures](rules.FS, "dependency/packages.yaml")
	if err != nil {
		return nil, err
	}
	j := &Judge{list: list, rules: map[checks.RuleID]*rule{}, commands: map[string]upgrade{}, ml: map[Name]string{}}
	for i := range list {
		j.rules[list[i].ID] = &list[i]
	}
	for _, id := range []checks.RuleID{malicious, vulnerable, removed, invented, unknown, noVersion, lookalike, young, confusion, noImport} {
		if j.rules[id] == nil {
			return nil, fmt.Errorf("dependency/packages.yaml: there is no rule %s", id)
		}
	}
	if j.rules[vulnerable].Match.Unscored.Rank() == 0 {
		return nil, errors.New("dependency/packages.yaml: vulnerable-package: unscored is no severity")
	}
	if err := j.loadSettings(); err != nil {
		return nil, err
	}
	if j.fixtures, err = LoadFixtures(); err != nil {
		return nil, err
	}
	j.known, err = names.Load(nil)
	return j, err
}

func (j *Judge) loadSettings() error {
	var settings struct {
		Upgrade []upgrade `yaml:"upgrade"`
	}
	if err := ruleset.Decode(rules.FS, "dependency/upgrade.yaml", &settings); err != nil {
		return err
	}
	for _, u := range settings.Upgrade {
		for _, file := range u.Files {
			if _, twice := j.commands[file]; twice || u.Command == "" {
				return fmt.Errorf("dependency/upgrade.yaml: upgrade of %s: want one command", file)
			}
			j.commands[file] = u
		}
	}
	return j.loadML()
}

// loadML reads how packages of machine learning are hit. A line may be about several packages.
func (j *Judge) loadML() error {
	var file struct {
		Packages []struct {
			PyPI string `yaml:"PyPI"`
			NPM  string `yaml:"npm"`
			How  string `yaml:"how"`
		} `yaml:"packages"`
	}
	if err := ruleset.Decode(rules.FS, "dependency/ml.yaml", &file); err != nil {
		return err
	}
	for _, line := range file.Packages {
		for ecosystem, list := range map[string]string{"PyPI": line.PyPI, "npm": line.NPM} {
			for name := range strings.FieldsSeq(list) {
				if j.ml[Name{ecosystem, name}] != "" || line.How == "" {
					return fmt.Errorf("dependency/ml.yaml: %s: want one sentence", name)
				}
				j.ml[Name{ecosystem, name}] = line.How + " "
			}
		}
	}
	return nil
}

// Rules lists the pages of the rules.
func (j *Judge) Rules() []rules.Page {
	var pages []rules.Page
	for i := range j.list {
		pages = append(pages, j.list[i].Page(checks.Dependency))
	}
	return pages
}

// Findings says what is wrong with the packages of a change, of both revisions, so that a review can tell what is new:
// an advisory that held for the version of before is no finding of this change, whatever the version is now. The order
// depends on the packages alone. What nobody answered makes no finding.
func (j *Judge) Findings(packages []checks.Package, answers Answers) []checks.Finding {
	var found []checks.Finding
	seen := map[key]bool{}
	before := namesBefore(packages)
	for i := range packages {
		p := &packages[i]
		made := j.advisories(p, &answers)
		if p.Revision == checks.AtHead && askable(p) && !before[nameOf(p)] {
			made = append(made, j.standing(p, &answers)...)
		}
		for _, f := range made {
			if k := (key{f.Location.Path, f.Revision, f.Fingerprint, p.Version}); !seen[k] {
				seen[k] = true
				found = append(found, f)
			}
		}
	}
	return slices.Clip(found)
}

// key is what two findings have in common that would say the same: a lockfile may hold a version in many places.
type key struct {
	path        checks.Path
	revision    checks.Revision
	fingerprint checks.Fingerprint
	version     string
}

// begin begins a finding about a package at the place where it is named.
func (j *Judge) begin(id checks.RuleID, p *checks.Package, about string) checks.Finding {
	f := j.rules[id].Finding(checks.Dependency)
	f.Location, f.Revision, f.Snippet = p.Location, p.Revision, p.Snippet
	f.Fingerprint = checks.NewFingerprint(id, p.Ecosystem+" "+p.Name, about)
	f.Package = &checks.PackageFact{Ecosystem: p.Ecosystem, Name: p.Name, Version: p.Version}
	return f
}

// finding is a finding with all that it says.
func (j *Judge) finding(id checks.RuleID, p *checks.Package, about string, words map[string]string) checks.Finding {
	r, f := j.rules[id], j.begin(id, p, about)
	f.Title += ": " + plain(strings.TrimSpace(p.Name+" "+p.Version), maxName)
	words["package"] = code(p.Name)
	words["version"] = code(cmp.Or(p.Version, p.Requirement, "in every version"))
	f.Message = fill(r.Message+" "+r.Why, words)
	f.Remediation.Text = fill(r.Remediation, words)
	return f
}
