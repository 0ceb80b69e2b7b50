// Package policy decides: it takes what a review found and the settings that stand at the target branch, and gives a
// verdict with its reasons. It is pure, so a verdict can be taken again in milliseconds when only the settings changed.
package policy

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/assay-app/assay/checks"
)

// File is where a repository keeps its policy. It is read at the tip of the target branch, never from the change
// that it judges.
const File = ".github/assay.yml"

// MaxBytes is the size beyond which a policy file is refused. Real ones are a few hundred bytes.
const MaxBytes = 64 << 10

// Mode says what a verdict does to the merge.
type Mode string

// The modes.
const (
	Audit   Mode = "audit"   // says what it would have blocked, and blocks nothing
	Enforce Mode = "enforce" // blocks
)

// OnIncomplete says what a change that could not be checked to the end gets.
type OnIncomplete string

// What an incomplete review can lead to.
const (
	BlockIncomplete OnIncomplete = "block"
	AllowIncomplete OnIncomplete = "allow"
)

// OnUnknown says what a look-up without an answer leads to.
type OnUnknown string

// What unanswered look-ups can lead to.
const (
	BlockUnknown OnUnknown = "block" // the verdict is incomplete
	AllowUnknown OnUnknown = "allow" // they are counted and said
)

// Bounds of the list of private names.
const (
	maxPrivate     = 200
	maxPrivateName = 214 // as long as npm lets a name be
)

// Policy is the settings of one repository.
type Policy struct {
	Mode         Mode            `yaml:"mode"`
	BlockAt      checks.Severity `yaml:"block_at"`         // new findings this bad or worse block
	CommentAt    checks.Severity `yaml:"comment_at"`       // new findings this bad or worse get a comment
	OnIncomplete OnIncomplete    `yaml:"on_incomplete"`    // what "could not scan" leads to
	OnUnknown    OnUnknown       `yaml:"on_unknown"`       // what a look-up without an answer leads to
	Private      []string        `yaml:"private_packages"` // names of the organisation's own packages; a star stands for anything
	Branches     []string        `yaml:"branches"`         // globs of branches that are gated besides the default and protected ones
}

// Default is the policy of a repository that has none: it watches and blocks nothing.
func Default() Policy {
	return Policy{Mode: Audit, BlockAt: checks.High, CommentAt: checks.Low, OnIncomplete: BlockIncomplete, OnUnknown: AllowUnknown}
}

// Parse reads a policy file over the defaults. Unknown keys, wrong types and unknown values are errors that name the
// line; name is the file as it should be called in them.
func Parse(name string, data []byte, defaults Policy) (Policy, error) {
	if len(data) > MaxBytes {
		return Policy{}, fmt.Errorf("%s: %d bytes; a policy may have %d", name, len(data), MaxBytes)
	}
	if err := refuse(data); err != nil {
		return Policy{}, fmt.Errorf("%s: %w", name, err)
	}
	p := defaults
	p.Branches, p.Private = nil, slices.Clone(defaults.Private)
	if strings.TrimSpace(string(data)) == "" {
		return defaults, nil
	}
	if err := yaml.UnmarshalWithOptions(data, &p, yaml.Strict()); err != nil {
		return Policy{}, fmt.Errorf("%s: %s", name, yaml.FormatError(err, false, true))
	}
	if err := p.validate(); err != nil {
		return Policy{}, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

func (p Policy) validate() error {
	var errs []error
	if p.Mode != Audit && p.Mode != Enforce {
		errs = append(errs, fmt.Errorf("mode: %q is not one of %s, %s", p.Mode, Audit, Enforce))
	}
	if p.BlockAt.Rank() <= checks.Info.Rank() {
		errs = append(errs, fmt.Errorf("block_at: %q is not one of critical, high, medium, low", p.BlockAt))
	}
	if p.CommentAt.Rank() <= checks.Info.Rank() {
		errs = append(errs, fmt.Errorf("comment_at: %q is not one of critical, high, medium, low", p.CommentAt))
	}
	if p.OnIncomplete != BlockIncomplete && p.OnIncomplete != AllowIncomplete {
		errs = append(errs, fmt.Errorf("on_incomplete: %q is not one of %s, %s", p.OnIncomplete, BlockIncomplete, AllowIncomplete))
	}
	if p.OnUnknown != BlockUnknown && p.OnUnknown != AllowUnknown {
		errs = append(errs, fmt.Errorf("on_unknown: %q is not one of %s, %s", p.OnUnknown, BlockUnknown, AllowUnknown))
	}
	if len(p.Private) > maxPrivate {
		errs = append(errs, fmt.Errorf("private_packages: %d names; a policy may have %d", len(p.Private), maxPrivate))
	}
	for _, name := range p.Private {
		if strings.Trim(name, "*@/") == "" || len(name) > maxPrivateName {
			errs = append(errs, fmt.Errorf("private_packages: %q is no name of a package", name))
		}
	}
	for _, glob := range p.Branches {
		if _, err := path.Match(glob, ""); err != nil || glob == "" {
			errs = append(errs, fmt.Errorf("branches: %q is not a glob", glob))
		}
	}
	return errors.Join(errs...)
}

// Gates reports whether a branch is one whose pull requests the check "Assay" speaks for.
func (p Policy) Gates(branch string, isDefault, protected bool) bool {
	if isDefault || protected {
		return true
	}
	for _, glob := range p.Branches {
		if ok, _ := path.Match(glob, branch); ok {
			return true
		}
	}
	return false
}
