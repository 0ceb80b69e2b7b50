package match

import (
	"context"
	"errors"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/regex"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// satisfying keeps the ranges whose metavariables meet a condition. It may bind more.
func (s *search) satisfying(ranges []Range, c *semgrep.Condition) ([]Range, error) {
	var out collector
	for _, r := range ranges {
		if err := s.budget.spend(1); err != nil {
			return nil, err
		}
		envs, err := s.condition(r, c)
		if err != nil {
			return nil, err
		}
		for _, env := range envs {
			r.Env = env
			if out.add(r) {
				return nil, ErrRanges
			}
		}
	}
	return out.ranges, nil
}

func (s *search) condition(r Range, c *semgrep.Condition) ([]*Env, error) {
	if c.Kind == semgrep.ComparisonCondition {
		return s.compare(r.Env, c)
	}
	value, ok := r.Env.Get(c.Metavariable)
	if !ok {
		return nil, nil
	}
	switch c.Kind {
	case semgrep.RegexCondition:
		return s.matching(r.Env, value, c)
	case semgrep.PatternCondition:
		return s.nested(r.Env, value, c)
	case semgrep.AnalysisCondition:
		text := s.Text(value)
		if value.First != ast.None && s.Tree.Nodes[value.First].Kind == ast.Str {
			text = s.Tree.Nodes[value.First].Name
		}
		if c.Analyzer == "entropy" && surprising(text) || c.Analyzer == "redos" && explosive(text) {
			return []*Env{r.Env}, nil
		}
	case semgrep.TypeCondition:
		for _, want := range c.Types {
			if value.First != ast.None && s.Names != nil && s.hasType(value.First, want) {
				return []*Env{r.Env}, nil
			}
		}
	}
	return nil, nil
}

// matching demands that a regular expression matches at the start of a value's text. Its groups are bound.
func (s *search) matching(env *Env, value Value, c *semgrep.Condition) ([]*Env, error) {
	re, err := c.Regex.Compiled()
	if err != nil {
		return nil, err
	}
	text := s.Text(value)
	if c.Folded && value.First != ast.None && value.First == value.Last {
		if constant, ok := s.Names.Constant(value.First); ok {
			text = constant.Text
		}
	}
	var found regex.Match
	var ok bool
	err = s.budget.regexSteps(func(b *regex.Budget) (err error) {
		found, ok, err = re.Find(text, b)
		return err
	})
	if err != nil || !ok {
		return nil, err
	}
	groupNames := re.GroupNames()
	for group := 1; group <= re.NumGroups(); group++ {
		start, end, ok := found.Group(group)
		if !ok || groupNames[group] == "" {
			continue
		}
		if _, bound := env.Get("$" + groupNames[group]); !bound {
			env = env.with("$"+groupNames[group], Value{Start: value.Start, End: value.End, First: ast.None, Last: ast.None, Kind: TextValue, Text: text[start:end]})
		}
	}
	return []*Env{env}, nil
}

// span is a part of the file.
type span struct{ Start, End uint32 }

// embedded is the text of a value, in another language.
type embedded struct {
	start, end uint32
	language   ast.Language
}

// maxEmbedded bounds how deep texts are read within texts.
const maxEmbedded = 3

// nested demands that a formula holds within a value.
func (s *search) nested(env *Env, value Value, c *semgrep.Condition) ([]*Env, error) {
	if c.Language != "" && c.Language != s.language {
		return s.embedded(env, value, c)
	}
	bounds := span{value.Start, value.End}
	if value.First != ast.None && value.First == value.Last && value.Kind == NodeValue && s.Tree.Nodes[value.First].Kind == ast.Str && holdsRegex(c.Formula) {
		bounds = contentOf(s.Tree, value.First)
	}
	inner := *s
	inner.bounds, inner.value = &bounds, true
	if s.Tree != nil && (value.Kind == TextValue || value.First != ast.None && value.First == value.Last && !isExpression(s.Tree, value.First)) {
		inner.name = &value
	}
	ranges, err := inner.formula(c.Formula)
	if err != nil {
		return nil, err
	}
	var out []*Env
	for _, r := range ranges {
		if joined, ok := s.join(env, r.Env); ok {
			out = append(out, joined)
		}
	}
	return out, nil
}

// join adds what a metavariable-pattern bound. It reports whether that agrees with what is bound.
func (s *search) join(env, inner *Env) (*Env, bool) {
	for name, value := range inner.Each {
		value.nested = true
		if bound, ok := env.Get(name); !ok {
			env = env.with(name, value)
		} else if !bound.nested && !s.equal(value, bound) {
			return nil, false
		}
	}
	return env, true
}

// contentOf is where the content of a string stands.
func contentOf(t *ast.Tree, id ast.ID) span {
	n := &t.Nodes[id]
	if at := strings.Index(t.Text(id), n.Name); at >= 0 {
		return span{n.Start + uint32(at), n.Start + uint32(at+len(n.Name))}
	}
	return span{n.Start, n.End}
}

// holdsRegex reports whether a formula looks at text only.
func holdsRegex(f *semgrep.Formula) bool {
	if f.Op == semgrep.RegexOp {
		return true
	}
	for _, part := range f.Formulas {
		if holdsRegex(part) {
			return true
		}
	}
	return false
}

// embedded demands that a formula holds in the text of a value, read in another language.
func (s *search) embedded(env *Env, value Value, c *semgrep.Condition) ([]*Env, error) {
	if s.depth >= maxEmbedded {
		return nil, nil
	}
	if value.First != ast.None && value.First == value.Last && value.Kind == NodeValue && s.Tree.Nodes[value.First].Kind == ast.Str {
		content := contentOf(s.Tree, value.First)
		value.Start, value.End = content.Start, content.End
	}
	key := embedded{value.Start, value.End, c.Language}
	f, ok := s.within[key]
	if !ok {
		var err error
		if f, err = s.read(s.source[value.Start:value.End], c.Language); err != nil {
			return nil, err
		}
		s.within[key] = f
	}
	if f == nil {
		return nil, nil
	}
	inner := &search{File: f, language: c.Language, options: s.options, budget: s.budget, value: true}
	ranges, err := inner.formula(c.Formula)
	if err != nil {
		return nil, err
	}
	var out []*Env
	for _, r := range ranges {
		if joined, ok := s.adopt(env, f, r.Env, value.Start); ok {
			out = append(out, joined)
		}
	}
	return out, nil
}

// read makes a file of a text; nil if it cannot be read as that language.
func (s *search) read(text string, language ast.Language) (*File, error) {
	if err := s.budget.spend(len(text)); err != nil {
		return nil, err
	}
	if language == semgrep.Regex || language == semgrep.Generic {
		f := NewText(text)
		f.depth = s.depth + 1
		return f, nil
	}
	l, ok := lang.Named(string(language))
	if !ok {
		return nil, errors.New("a language that cannot be read: " + string(language))
	}
	tree, err := l.Parse(context.Background(), text)
	if err != nil {
		return nil, nil // the text is no code, so the condition does not hold
	}
	f := NewFile(tree, names.Resolve(tree))
	f.depth = s.depth + 1
	return f, nil
}

// adopt adds what was bound within a text, at its place in this file. It reports whether that agrees with what is bound.
func (s *search) adopt(env *Env, f *File, inner *Env, offset uint32) (*Env, bool) {
	var moved *Env
	for name, value := range inner.Each {
		moved = moved.with(name, Value{Start: offset + value.Start, End: offset + value.End, First: ast.None, Last: ast.None, Kind: TextValue, Text: f.Text(value)})
	}
	return s.join(env, moved)
}

// compare evaluates a comparison.
func (s *search) compare(env *Env, c *semgrep.Condition) ([]*Env, error) {
	holds := false
	err := s.budget.regexSteps(func(b *regex.Budget) (err error) {
		holds, err = c.Comparison.Holds(func(name string) (semgrep.Scalar, bool) {
			value, ok := env.Get(name)
			if !ok {
				return semgrep.Scalar{}, false
			}
			return s.scalar(value, c.Comparison)
		}, Today, b)
		return err
	})
	if err != nil || !holds {
		return nil, err
	}
	return []*Env{env}, nil
}

// Today is what today() gives in comparisons: a date that does not change, so that the same input gives the same answer.
// It is the first day of 2026, in seconds since 1970.
const Today = 1767225600

// scalar is the value of a metavariable in a comparison.
func (s *search) scalar(value Value, c *semgrep.Comparison) (semgrep.Scalar, bool) {
	text := s.Text(value)
	if value.Kind == NodeValue && value.First != ast.None && value.First == value.Last && s.Names != nil {
		if constant, ok := s.Names.Constant(value.First); ok {
			switch constant.Kind {
			case ast.Bool:
				return semgrep.Truth(constant.True), true
			case ast.Str:
				if !c.Strip {
					return semgrep.Text(constant.Text), true
				}
			}
			text = constant.Text
		}
	}
	if c.Strip {
		text = strings.Trim(text, "\"'`_ ")
	}
	if number, ok := semgrep.Number(text, c.Base); ok && (value.Kind == NodeValue || value.Kind == TextValue || c.Strip) {
		return number, true
	}
	return semgrep.Text(text), true
}
