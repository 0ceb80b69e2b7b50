package dependency

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
	"github.com/assay-app/assay/checks/internal/glob"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

// The rules that need no look-up. Each is one in rules/dependency.
const (
	foreignHost   checks.RuleID = "lockfile-foreign-host"
	hashChanged   checks.RuleID = "lockfile-hash-changed"
	hashMissing   checks.RuleID = "lockfile-hash-missing"
	hashWeakened  checks.RuleID = "lockfile-hash-weakened"
	nameMismatch  checks.RuleID = "lockfile-name-mismatch"
	notManifest   checks.RuleID = "lockfile-not-from-manifest"
	scriptAdded   checks.RuleID = "install-script-added"
	extraIndex    checks.RuleID = "extra-package-index"
	indexChanged  checks.RuleID = "package-index-changed"
	withoutTLS    checks.RuleID = "package-without-tls"
	unverified    checks.RuleID = "package-source-unverified"
	gitUnpinned   checks.RuleID = "git-dependency-unpinned"
	fromAddress   checks.RuleID = "package-from-address"
	indexesMerged checks.RuleID = "package-indexes-merged"
	scriptsOn     checks.RuleID = "install-scripts-allowed"
	runsProgram   checks.RuleID = "package-manager-runs-program"
	ownScript     checks.RuleID = "project-install-script"
	deceptiveName checks.RuleID = "deceptive-package-name"
	actionPin     checks.RuleID = "action-unpinned"
	imagePin      checks.RuleID = "image-unpinned"
	toolPin       checks.RuleID = "tool-unpinned"
	serverPin     checks.RuleID = "mcp-server-unpinned"
)

// graver are the severities that a rule has in graver cases, and in milder ones.
type graver struct {
	Kept      checks.Severity `yaml:"kept"`      // where the repository otherwise keeps to what the rule asks for
	Downloads checks.Severity `yaml:"downloads"` // of a script that fetches or hides what it runs
	Tagged    checks.Severity `yaml:"tagged"`    // of a tag that is named like a release
}

type rule = ruleset.Rule[graver]

// catalogue is the rules and settings, ready for use. It is immutable.
type catalogue struct {
	list   []rule
	rules  map[checks.RuleID]*rule
	known  []string                   // indexes that it is usual to ask besides the public one
	public map[string]map[string]bool // SHA-256 of the hosts of public registries, by ecosystem
	words  []string                   // of scripts that fetch or hide what they run
	owners map[string]bool            // of actions that run on GitHub's machines in any case

	switches map[string]checks.RuleID // settings that weaken a package manager

	instructions glob.Set // files whose commands agents run
	fixtures     judge.Fixtures
}

func newCatalogue() (*catalogue, error) {
	c := &catalogue{rules: map[checks.RuleID]*rule{}, public: map[string]map[string]bool{}, owners: map[string]bool{}}
	for _, name := range []string{"dependency/lockfiles.yaml", "dependency/sources.yaml", "dependency/pins.yaml"} {
		list, err := ruleset.Load[graver](rules.FS, name)
		if err != nil {
			return nil, err
		}
		c.list = append(c.list, list...)
	}
	for i := range c.list {
		c.rules[c.list[i].ID] = &c.list[i]
	}
	for _, id := range []checks.RuleID{
		foreignHost, hashChanged, hashMissing, hashWeakened, nameMismatch, notManifest, scriptAdded, extraIndex, indexChanged,
		withoutTLS, unverified, indexesMerged, scriptsOn, runsProgram, gitUnpinned, fromAddress, ownScript, deceptiveName, actionPin, imagePin, toolPin, serverPin,
	} {
		if c.rules[id] == nil {
			return nil, fmt.Errorf("rules/dependency: there is no rule %s", id)
		}
	}
	return c, c.load()
}

func (c *catalogue) load() error {
	var s struct {
		Known     []string            `yaml:"known_indexes"`
		Public    map[string][]string `yaml:"public_hosts"`
		Platform  []string            `yaml:"platform_actions"`
		Downloads []string            `yaml:"downloads"`

		Instructions []string `yaml:"instructions"`

		Switches struct {
			Unverified []string `yaml:"unverified"`
			Merged     []string `yaml:"merged"`
			Scripts    []string `yaml:"scripts"`
			Programs   []string `yaml:"programs"`
		} `yaml:"switches"`
	}
	if err := ruleset.Decode(rules.FS, "dependency.yaml", &s); err != nil {
		return err
	}
	var err error
	if c.instructions, err = glob.NewSet(s.Instructions); err != nil {
		return fmt.Errorf("dependency.yaml: instructions: %w", err)
	}
	if c.fixtures, err = judge.LoadFixtures(); err != nil {
		return err
	}
	c.known, c.words = s.Known, s.Downloads
	for _, owner := range s.Platform {
		c.owners[owner] = true
	}
	c.switches = map[string]checks.RuleID{}
	for id, names := range map[checks.RuleID][]string{
		unverified: s.Switches.Unverified, indexesMerged: s.Switches.Merged, scriptsOn: s.Switches.Scripts, runsProgram: s.Switches.Programs,
	} {
		for _, name := range names {
			c.switches[name] = id
		}
	}
	for ecosystem, hashes := range s.Public {
		c.public[ecosystem] = map[string]bool{}
		for _, hash := range hashes {
			if raw, err := hex.DecodeString(hash); err != nil || len(raw) != sha256.Size {
				return fmt.Errorf("dependency.yaml: public_hosts: %s: %q is no SHA-256", ecosystem, hash)
			}
			c.public[ecosystem][hash] = true
		}
	}
	return nil
}

// downloads reports whether a script fetches or hides what it runs.
func (c *catalogue) downloads(script string) bool {
	for _, word := range c.words {
		if strings.Contains(script, word) {
			return true
		}
	}
	return false
}
