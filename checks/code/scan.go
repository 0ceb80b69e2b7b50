package code

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/imports"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/match"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/semgrep"
	"github.com/assay-app/assay/checks/internal/taint"
	"github.com/assay-app/assay/checks/internal/text"
)

// scan runs all rules over one text.
func (r *review) scan(ctx context.Context, tree checks.Tree, at checks.Revision, path checks.Path, t *text.Text) *scan {
	source := string(t.Bytes)
	s := &scan{engine: r.engine, tree: tree, at: at, path: path, elsewhere: map[*taint.File][]hit{}, depends: map[string]struct{}{}}
	outline := semgrep.NewOutline(source)
	s.text(semgrep.Regex, source, outline)
	s.text(semgrep.Generic, source, outline)
	if strings.HasSuffix(string(path), ".ipynb") {
		s.notebook(ctx, source)
	} else if l := lang.Detect(string(path), source[:min(len(source), generatedHead)]); l != nil {
		s.code(ctx, l, source, outline)
	}
	s.found = s.findings(t, source)
	files := slices.SortedFunc(maps.Keys(s.elsewhere), func(a, b *taint.File) int { return strings.Compare(a.Path, b.Path) })
	for _, file := range files {
		other := &scan{engine: r.engine, path: checks.Path(file.Path), hits: s.elsewhere[file]}
		s.found = append(s.found, other.findings(text.New([]byte(file.Tree.Source)), file.Tree.Source)...)
	}
	return s
}

// scan is the scan of one text.
type scan struct {
	*engine
	tree     checks.Tree
	at       checks.Revision
	path     checks.Path
	hits     []hit
	problems []error          // what kept it from being scanned to the end
	found    []checks.Finding // in the end

	listed    bool                  // what is found depends on which files there are in folders
	resolver  *imports.Resolver     // of its imports, made when it is first needed
	elsewhere map[*taint.File][]hit // flows that end in another file
	depends   map[string]struct{}   // names of other files that were looked for, whether or not they are there
}

// text runs the rules that take every file for text.
func (s *scan) text(language ast.Language, source string, outline *semgrep.Outline) {
	rules := s.group(language).alive(s.path, outline, false)
	if len(rules) == 0 {
		return
	}
	file := match.NewText(source)
	for _, r := range rules {
		s.search(file, language, r)
	}
}

// code runs the rules for the language that the text is written in.
func (s *scan) code(ctx context.Context, l *lang.Language, source string, outline *semgrep.Outline) {
	group := s.group(l.Name)
	rules := group.alive(s.path, outline, true)
	if len(rules) == 0 {
		return
	}
	crossing := s.crosses(l, source)
	if !crossing {
		if rules = group.alive(s.path, outline, false); len(rules) == 0 {
			return
		}
	}
	if len(source) > MaxSource {
		s.problems = append(s.problems, fmt.Errorf("larger than %d MiB", MaxSource>>20))
		return
	}
	file, err := s.read(ctx, l, source, outline)
	if err != nil {
		s.problems = append(s.problems, fmt.Errorf("the %s code could not be read: %w", l.Name, err))
		return
	}
	if file.Tree.Cut {
		s.problems = append(s.problems, fmt.Errorf("code nested deeper than %d is left out", ast.MaxDepth))
	}
	if crossing {
		s.remember(file, rules)
	}
	var flows []*rule
	for _, r := range rules {
		if r.Taint != nil {
			flows = append(flows, r)
			continue
		}
		s.search(file, l.Name, r)
	}
	s.follow(ctx, file, l.Name, flows, crossing)
	file.Forget()
	if s.resolver != nil {
		s.problems = append(s.problems, s.resolver.Problems()...)
	}
}

// read parses the code, unless that was done when another file imported it.
func (s *scan) read(ctx context.Context, l *lang.Language, source string, outline *semgrep.Outline) (*match.File, error) {
	if read := s.modules[s.key()]; read != nil && read.file.Tree.Source == source {
		return read.file, nil
	}
	tree, err := l.Parse(ctx, source)
	if err != nil {
		return nil, err
	}
	file := match.NewFile(tree, names.Resolve(tree))
	file.Know(outline.Written())
	return file, nil
}

// search runs a rule that is not of taint.
func (s *scan) search(file *match.File, language ast.Language, r *rule) {
	if r.Formula == nil {
		s.problems = append(s.problems, fmt.Errorf("rule %s: taint can't be followed in text", r.ID))
		return
	}
	ranges, err := file.Ranges(r.Formula, language, &r.Options, nil)
	if err != nil {
		s.problem(r, err)
	}
	for i := range ranges {
		m := &ranges[i]
		h := hit{rule: r, start: int(m.Start), end: int(m.End)}
		h.bind(file, m.Env)
		if file.Tree != nil && m.Node != ast.None {
			h.symbol = symbolOf(file.Tree, m.Node)
		}
		s.hits = append(s.hits, h)
	}
}

func (s *scan) problem(r *rule, err error) {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return
	}
	s.problems = append(s.problems, fmt.Errorf("rule %s: %w", r.ID, err))
}

// bind notes what the metavariables of a match hold.
func (h *hit) bind(file *match.File, env *match.Env) {
	h.bindings = map[string]string{}
	env.Each(func(name string, value match.Value) bool {
		h.bindings[name] = file.Text(value)
		if file.Names != nil && value.Kind == match.NodeValue && value.First != ast.None {
			if constant, ok := file.Names.Constant(value.First); ok {
				if h.values == nil {
					h.values = map[string]string{}
				}
				h.values[name] = constant.Text
			}
		}
		return true
	})
}

// symbolOf names the functions and classes around a node, the outermost first.
func symbolOf(t *ast.Tree, id ast.ID) string {
	var names []string
	for at := t.Enclosing(id, ast.Func, ast.Class, ast.Config); at != ast.None; at = t.Enclosing(at, ast.Func, ast.Class, ast.Config) {
		if name := t.Child(at, ast.DefName); name != ast.None {
			names = append(names, t.Nodes[name].Name)
		} else if t.Nodes[at].Kind == ast.Config {
			names = append(names, t.Nodes[at].Name)
		}
	}
	slices.Reverse(names)
	return strings.Join(names, ".")
}

// findings makes findings of what was hit, in the order of the text, none twice.
func (s *scan) findings(t *text.Text, source string) []checks.Finding {
	if len(s.hits) == 0 {
		return nil
	}
	slices.SortStableFunc(s.hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), strings.Compare(a.rule.ID, b.rule.ID))
	})
	fixture, ignored := s.places.fixtures.Match(s.path), findSuppressions(source)
	var out []checks.Finding
	for i := range s.hits {
		h := &s.hits[i]
		f := h.finding(s.path, t, fixture, ignored)
		if n := len(out); n > 0 && out[n-1].Rule == f.Rule && out[n-1].Location == f.Location && out[n-1].Message == f.Message {
			continue
		}
		out = append(out, f)
	}
	return out
}
