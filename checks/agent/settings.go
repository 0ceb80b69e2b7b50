package agent

import (
	"fmt"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/glob"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

// kind is a family of characters that can hide text.
type kind string

const (
	tags      kind = "tags"       // U+E0000 to U+E007F, invisible copies of ASCII
	selectors kind = "selectors"  // variation selectors, 256 of them
	bidi      kind = "bidi"       // embeddings, overrides, isolates
	zeroWidth kind = "zero-width" // spaces and joiners without width
	invisible kind = "invisible"  // fillers and other format characters
)

// hiddenRule is the part of a rule that this check matches by.
type hiddenRule struct {
	Kind      kind            `yaml:"kind"`
	Decoded   checks.Severity `yaml:"decoded"`   // in instructions, when the characters spell something
	Elsewhere checks.Severity `yaml:"elsewhere"` // in other files
}

// describe says where a rule is graver and where milder.
func (r *hiddenRule) describe() string {
	out := "The severity is for files that agents take for instructions, such as `AGENTS.md`, `CLAUDE.md` and `SKILL.md`."
	if r.Decoded != "" {
		out += fmt.Sprintf(" It is %s there when the hidden characters spell a text.", r.Decoded)
	}
	return out + fmt.Sprintf(" In other files it is %s, and less is reported: see what the check leaves alone.", r.Elsewhere)
}

// settings is rules/agent.yaml.
type settings struct {
	Instructions []string `yaml:"instructions"`
	Programs     []string `yaml:"programs"`
	Flags        []string `yaml:"flags"`
}

// catalogue is the rules and settings, ready for use. It is immutable.
type catalogue struct {
	rules        map[kind]*ruleset.Rule[hiddenRule]
	list         []ruleset.Rule[hiddenRule]
	instructions glob.Set
	programs     glob.Set
	flags        map[string]bool
}

func newCatalogue() (*catalogue, error) {
	var s settings
	if err := ruleset.Decode(rules.FS, "agent.yaml", &s); err != nil {
		return nil, err
	}
	list, err := ruleset.Load[hiddenRule](rules.FS, "agent/hidden-text.yaml")
	if err != nil {
		return nil, err
	}
	c := &catalogue{rules: map[kind]*ruleset.Rule[hiddenRule]{}, list: list, flags: map[string]bool{}}
	for i := range list {
		c.rules[list[i].Match.Kind] = &list[i]
	}
	for _, k := range []kind{tags, selectors, bidi, zeroWidth, invisible} {
		if c.rules[k] == nil {
			return nil, fmt.Errorf("agent/hidden-text.yaml: no rule for %s", k)
		}
	}
	if len(c.rules) != len(list) {
		return nil, fmt.Errorf("agent/hidden-text.yaml: want one rule for each of %d kinds", len(c.rules))
	}
	for _, flag := range s.Flags {
		c.flags[flag] = true
	}
	if c.instructions, err = glob.NewSet(s.Instructions); err != nil {
		return nil, fmt.Errorf("agent.yaml: %w", err)
	}
	c.programs, err = glob.NewSet(s.Programs)
	return c, err
}
