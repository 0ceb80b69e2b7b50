package code

import (
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
	places  *places
	groups  map[ast.Language]*group
	modules map[moduleKey]*module              // files that others import
	indexes map[checks.Revision]*imports.Index // what is known of their folders

	anyFile bool       // a rule takes whatever file for text
	texts   []glob.Set // the files that other rules take for text
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

func newEngine(list []*rule, places *places) *engine {
	e := &engine{places: places, groups: map[ast.Language]*group{}, modules: map[moduleKey]*module{}, indexes: map[checks.Revision]*imports.Index{}}
	for _, r := range list {
		for _, language := range r.Languages {
			g := e.groups[language]
			if g == nil {
				g = &group{}
				e.groups[language] = g
			}
			g.rules, g.reach = append(g.rules, r), append(g.reach, nil)
			if language == semgrep.Regex || language == semgrep.Generic {
				include, err := glob.NewSet(r.Paths.Include)
				e.anyFile = e.anyFile || err != nil || len(r.Paths.Include) == 0
				e.texts = append(e.texts, include)
			}
		}
	}
	return e
}

// wants reports whether a file of that name may be for one of the rules. A file without an extension may be a program that says
// its language in its first line.
func (e *engine) wants(path checks.Path) bool {
	if e.anyFile || slices.ContainsFunc(e.texts, func(s glob.Set) bool { return s.Match(path) }) {
		return true
	}
	if l := lang.Detect(string(path), ""); l != nil {
		return e.groups[l.Name] != nil
	}
	base := string(path)[strings.LastIndexByte(string(path), '/')+1:]
	return strings.HasSuffix(base, ".ipynb") || !strings.Contains(strings.TrimPrefix(base, "."), ".")
}

// alive gives the rules of the group that may find something in a text at that path.
func (g *group) alive(path checks.Path, text string, crossing bool) []*rule {
	if g == nil {
		return nil
	}
	var out []*rule
	outline := semgrep.NewOutline(text)
	for i, r := range g.rules {
		if g.reach[i] == nil {
			g.reach[i] = reachOf(r.Paths)
		}
		if g.reach[i].has(path) && r.Possible(outline, crossing) {
			out = append(out, r)
		}
	}
	return out
}
