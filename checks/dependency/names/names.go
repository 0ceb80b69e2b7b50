// Package names knows the package names that everybody in an ecosystem knows, and tells which other names nearly are one
// of them. That a name looks like another proves nothing: thousands of harmless packages do. It counts only together
// with a reason to doubt the package, such as that it is a few days old or does not exist.
package names

import (
	"fmt"
	"sync"

	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/rules"
)

// Bounds of names that are compared.
const (
	// MaxName is the longest name that is compared, in bytes. npm allows 214; paths of Go and names of Maven are seldom
	// longer than 100.
	MaxName = 214

	// MaxOwn is how many names of its own an organisation may add in one ecosystem.
	MaxOwn = 100_000

	minEdited = 5 // bytes; among shorter names every other one is a letter away from a third
	minFolded = 4 // bytes of a name without separators, or with confusable characters replaced
)

// How says in which way a name looks like a well-known one.
type How string

// The ways, the most telling first.
const (
	Confusable  How = "confusable"  // characters that look alike: requеsts with a Cyrillic letter, l0dash
	Owner       How = "owner"       // another owner that looks like the one of well-known packages: @typescript-eslinter
	Separator   How = "separator"   // separators swapped or dropped: lodashmerge
	Order       How = "order"       // the same parts in another order: dateutil-python
	Edit        How = "edit"        // one character more, less or other, or two swapped: reqeusts
	Combination How = "combination" // a usual word before or behind it: openai-sdk. Harmless packages are named so, too
)

// Known are the well-known names of all ecosystems. It is safe for concurrent use.
type Known struct {
	ecosystems map[string]func() *index // made when first asked for
}

// settings is rules/dependency/names.yaml.
type settings struct {
	Names   map[string]string  `yaml:"names"`  // by ecosystem, separated by white space
	Owners  map[string]string  `yaml:"owners"` // likewise
	Affixes map[string]affixes `yaml:"affixes"`
}

// affixes are words that make another name of a well-known one.
type affixes struct {
	Before []string `yaml:"before"`
	After  []string `yaml:"after"`
}

// Load reads the names that come with Assay and adds an organisation's own, by ecosystem as OSV writes it: they are never
// said to look like others, and others may look like them. An unknown ecosystem, more than [MaxOwn] names and one longer
// than [MaxName] are errors.
func Load(own map[string][]string) (*Known, error) {
	var s settings
	if err := ruleset.Decode(rules.FS, "dependency/names.yaml", &s); err != nil {
		return nil, err
	}
	for ecosystem, names := range own {
		if _, ok := s.Names[ecosystem]; !ok {
			return nil, fmt.Errorf("names of packages in %.40q: there is no such ecosystem", ecosystem)
		}
		if len(names) > MaxOwn {
			return nil, fmt.Errorf("names of packages in %s: more than %d", ecosystem, MaxOwn)
		}
		for _, name := range names {
			if name == "" || len(name) > MaxName {
				return nil, fmt.Errorf("names of packages in %s: %.40q has %d bytes, of 1 to %d", ecosystem, name, len(name), MaxName)
			}
		}
	}
	k := &Known{ecosystems: map[string]func() *index{}}
	for ecosystem, list := range s.Names {
		k.ecosystems[ecosystem] = sync.OnceValue(func() *index {
			return newIndex(ecosystem, list, s.Owners[ecosystem], s.Affixes[ecosystem], own[ecosystem])
		})
	}
	return k, nil
}

// Is reports whether a name is one of the well-known ones, or of the organisation's own.
func (k *Known) Is(ecosystem, name string) bool {
	i := k.index(ecosystem)
	return i != nil && i.is(canonical(ecosystem, name))
}

// LookAlike gives the well-known name that a name looks like, and how. It is false for names that are well known
// themselves, for those of a well-known owner, who alone can publish there, and for ecosystems that it knows nothing of.
func (k *Known) LookAlike(ecosystem, name string) (wellKnown string, how How, ok bool) {
	i := k.index(ecosystem)
	if i == nil || name == "" || len(name) > MaxName {
		return "", "", false
	}
	return i.lookAlike(canonical(ecosystem, name))
}

func (k *Known) index(ecosystem string) *index {
	if make := k.ecosystems[ecosystem]; make != nil {
		return make()
	}
	return nil
}

// NonASCII reports whether a name has a character that no ecosystem's ordinary names have.
func NonASCII(name string) bool {
	for i := range len(name) {
		if name[i] >= 0x80 {
			return true
		}
	}
	return false
}
