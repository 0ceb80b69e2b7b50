package code

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/glob"
	"github.com/assay-app/assay/checks/internal/imports"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// engine runs a list of rules over texts. For each language it knows which rules are for it, and by what strings a text
// shows that one of them may find something in it.
type engine struct {
	places      *places
	list        []*rule
	shelves     []*shelf
	groups      map[ast.Language]*group            // those that came up
	err         error                              // of a shelf that could not be read
	modules     map[moduleKey]*module              // files that others import
	moduleBytes int                                // of the source of modules
	ends        map[moduleKey]*ends                // what is kept of them
	there       map[moduleKey]bool                 // files that were looked for
	indexes     map[checks.Revision]*imports.Index // what is known of their folders

	only map[checks.RuleID]bool // the rules that are run; nil for all

	text *textFiles // made when it is first needed
}

// textFiles are those that rules take for text.
type textFiles struct {
	any  bool // whatever file
	sets []glob.Set
}

// moduleKey names a file of one revision.
type moduleKey struct {
	at   checks.Revision
	path string
}

// group is the rules for one language, each with the paths that it is for.
type group struct {
	rules []*rule
	reach []*reach // made when they are first needed
}

// reach says which paths a rule is for.
type reach struct {
	included, excluded glob.Set
	everywhere         bool // unless excluded
	nowhere            bool // its patterns make no sense, which the loader says
}

func reachOf(paths semgrep.Paths) *reach {
	included, err := glob.NewSet(paths.Include)
	excluded, wrong := glob.NewSet(paths.Exclude)
	return &reach{included, excluded, len(paths.Include) == 0, err != nil || wrong != nil}
}

func (r *reach) has(path checks.Path) bool {
	return !r.nowhere && (r.everywhere || r.included.Match(path)) && !r.excluded.Match(path)
}

func newEngine(list []*rule, shelves []*shelf, places *places) *engine {
	return &engine{
		places: places, list: list, shelves: shelves, groups: map[ast.Language]*group{},
		modules: map[moduleKey]*module{}, ends: map[moduleKey]*ends{}, there: map[moduleKey]bool{}, indexes: map[checks.Revision]*imports.Index{},
	}
}

// group gives the rules for a language; nil when there are none. Ours come first.
func (e *engine) group(language ast.Language) *group {
	g, known := e.groups[language]
	if known {
		return g
	}
	add := func(list []*rule) {
		for _, r := range list {
			if !slices.Contains(r.Languages, language) || e.only != nil && !e.only[r.finding.Rule] {
				continue
			}
			if g == nil {
				g = &group{}
			}
			g.rules, g.reach = append(g.rules, r), append(g.reach, nil)
		}
	}
	for _, s := range e.shelves {
		if !slices.Contains(s.languages, language) {
			continue
		}
		list, err := s.read()
		if err != nil && e.err == nil {
			e.err = fmt.Errorf("code rules: %w", err)
		}
		add(list)
	}
	add(e.list)
	e.groups[language] = g
	return g
}

// narrow has no rules run from now on but those with these ids.
func (e *engine) narrow(only map[checks.RuleID]bool) {
	e.only = only
	clear(e.groups)
}

// has reports whether there may be rules for a language.
func (e *engine) has(language ast.Language) bool {
	return slices.ContainsFunc(e.list, func(r *rule) bool { return slices.Contains(r.Languages, language) }) ||
		slices.ContainsFunc(e.shelves, func(s *shelf) bool { return slices.Contains(s.languages, language) })
}

// wants reports whether a file of that name may be for one of the rules. A file without an extension may be a program that says
// its language in its first line.
func (e *engine) wants(path checks.Path) bool {
	if l := lang.Detect(string(path), ""); l != nil {
		if e.has(l.Name) {
			return true
		}
	} else if base := path[strings.LastIndexByte(string(path), '/')+1:]; strings.HasSuffix(string(base), ".ipynb") || !strings.Contains(strings.TrimPrefix(string(base), "."), ".") {
		return true
	}
	return e.takenForText(path)
}

// takenForText reports whether a rule takes a file of that name for text.
func (e *engine) takenForText(path checks.Path) bool {
	if e.text == nil {
		e.text = &textFiles{}
		for _, language := range []ast.Language{semgrep.Regex, semgrep.Generic} {
			g := e.group(language)
			if g == nil {
				continue
			}
			for _, r := range g.rules {
				include, err := glob.NewSet(r.Paths.Include)
				e.text.any = e.text.any || err != nil || len(r.Paths.Include) == 0
				e.text.sets = append(e.text.sets, include)
			}
		}
	}
	return e.text.any || slices.ContainsFunc(e.text.sets, func(s glob.Set) bool { return s.Match(path) })
}

// alive gives the rules of the group that may find something in a text at that path.
func (g *group) alive(path checks.Path, outline *semgrep.Outline, crossing bool) []*rule {
	if g == nil {
		return nil
	}
	var out []*rule
	for i, r := range g.rules {
		if !r.Possible(outline, crossing) {
			continue
		}
		if g.reach[i] == nil {
			g.reach[i] = reachOf(r.Paths)
		}
		if g.reach[i].has(path) {
			out = append(out, r)
		}
	}
	return out
}
