package secret

import (
	"fmt"
	"slices"
	"sync"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/glob"
	"github.com/assay-app/assay/checks/internal/keyword"
	"github.com/assay-app/assay/rules"
)

// catalogue is all that the check looks for, ready to match. It is immutable and safe for concurrent use.
type catalogue struct {
	detectors []*detector
	keywords  *keyword.Set
	byKeyword [][]int // the detectors that each keyword leads to

	placeholders []string
	public       *keyword.Set
	fixtures     glob.Set
	machineMade  glob.Set
	needsQuotes  glob.Set
	places       []place
	pages        func() []rules.Page // rendered when asked for
}

func newCatalogue() (*catalogue, error) {
	s, err := loadSettings()
	if err != nil {
		return nil, err
	}
	list, ours, err := loadOwn()
	if err != nil {
		return nil, err
	}
	theirs, err := loadGitleaks(&s.Gitleaks, ours)
	if err != nil {
		return nil, err
	}
	c := &catalogue{detectors: slices.Concat(ours, theirs), placeholders: lowered(s.Placeholders),
		public: keyword.NewSet(spellings(s.Public))}
	for _, set := range []struct {
		to   *glob.Set
		from []string
	}{{&c.fixtures, s.Fixtures}, {&c.machineMade, s.MachineMade}, {&c.needsQuotes, s.NeedsQuotes}} {
		if *set.to, err = glob.NewSet(set.from); err != nil {
			return nil, fmt.Errorf("secret.yaml: %w", err)
		}
	}
	if c.places, err = compilePlaces(s.Places); err != nil {
		return nil, err
	}
	c.pages = sync.OnceValue(func() []rules.Page {
		pages := ownPages(list)
		for _, d := range theirs {
			pages = append(pages, gitleaksPage(&s.Gitleaks, d))
		}
		return pages
	})
	return c, c.index()
}

// index builds the automaton over the keywords of all detectors.
func (c *catalogue) index() error {
	words := map[string]int{}
	var list []string
	seen := map[checks.RuleID]bool{}
	for i, d := range c.detectors {
		if seen[d.finding.Rule] {
			return fmt.Errorf("secret rule %s is there twice", d.finding.Rule)
		}
		seen[d.finding.Rule] = true
		if len(d.keywords) == 0 {
			return fmt.Errorf("secret rule %s has no keywords", d.finding.Rule)
		}
		for _, word := range slices.Compact(slices.Sorted(slices.Values(lowered(d.keywords)))) {
			at, ok := words[word]
			if !ok {
				at = len(list)
				words[word] = at
				list = append(list, word)
				c.byKeyword = append(c.byKeyword, nil)
			}
			c.byKeyword[at] = append(c.byKeyword[at], i)
		}
	}
	c.keywords = keyword.NewSet(list)
	return nil
}
