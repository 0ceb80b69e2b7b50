package code

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/checks/internal/semgrep"
	"github.com/assay-app/assay/rules"
)

// shelf is a file of our rules that is read when a text in one of its languages comes up. A check is made anew for each
// review, most of which are in one or two languages, and reading all rules takes longer than scanning a small change.
type shelf struct {
	name      string
	languages []ast.Language
	read      func() ([]*rule, error) // those that are on
}

// openCatalogue finds the files of our rules and reads none.
func openCatalogue() (*catalogue, error) {
	places, err := newPlaces()
	if err != nil {
		return nil, fmt.Errorf("code rules: %w", err)
	}
	names, err := fs.Glob(rules.FS, ruleFiles)
	if err != nil {
		return nil, fmt.Errorf("code rules: %w", err)
	}
	c := &catalogue{places: places}
	reader := &shelfReader{}
	for _, name := range names {
		s, err := reader.open(name)
		if err != nil {
			return nil, fmt.Errorf("code rules: %w", err)
		}
		c.shelves = append(c.shelves, s)
	}
	return c, nil
}

// shelfReader reads shelves. Equal patterns of all of them are one.
type shelfReader struct {
	mu     sync.Mutex
	loader *semgrep.Loader // made with the sets, when the first shelf is read
}

// open tells the languages of a shelf from its compiled form. One that has none, as while a rule is being written, is read
// at once.
func (r *shelfReader) open(name string) (*shelf, error) {
	s := &shelf{name: name}
	form, ok := ruleset.Compiled(rules.FS, name)
	load := func() ([]ownRule, error) { return ruleset.Load[semgrep.Body](rules.FS, name) }
	if ok {
		load = func() ([]ownRule, error) { return ruleset.LoadCompiled[semgrep.Body](form) }
	}
	s.read = sync.OnceValues(func() ([]*rule, error) { return r.read(s, load) })
	if ok {
		s.languages = languagesIn(form.Text)
		return s, nil
	}
	list, err := s.read()
	for _, one := range list {
		s.languages = append(s.languages, one.Languages...)
	}
	return s, err
}

// languagesIn finds the languages of all rules of a compiled file, whose strings hold no bare quotation mark.
func languagesIn(compiled string) []ast.Language {
	var out []ast.Language
	for {
		_, after, ok := strings.Cut(compiled, `"languages":[`)
		if !ok {
			return out
		}
		list, rest, _ := strings.Cut(after, "]")
		for name := range strings.SplitSeq(list, ",") {
			if language := ast.Language(strings.Trim(name, `"`)); !slices.Contains(out, language) {
				out = append(out, language)
			}
		}
		compiled = rest
	}
}

func (r *shelfReader) read(s *shelf, load func() ([]ownRule, error)) ([]*rule, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.loader == nil {
		sets, err := loadSets(rules.FS)
		if err != nil {
			return nil, err
		}
		r.loader = &semgrep.Loader{Sets: sets}
	}
	list, err := load()
	if err != nil {
		return nil, err
	}
	var out []*rule
	for i := range list {
		one, err := compile(r.loader, &list[i])
		if err != nil {
			return nil, err
		}
		if !isOff(&list[i]) {
			out = append(out, one)
		}
		for _, language := range one.Languages {
			if s.languages != nil && !slices.Contains(s.languages, language) {
				return nil, fmt.Errorf("%s: rule %s is for %s, which no list of languages there says in these letters", s.name, one.ID, language)
			}
		}
	}
	return out, nil
}

// compile makes one of our rules.
func compile(loader *semgrep.Loader, own *ownRule) (*rule, error) {
	compiled, errs := loader.Compile(string(own.ID), own.Match.Node, ownKeys...)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &rule{Rule: compiled, finding: own.Finding(checks.Code), own: true}, nil
}
