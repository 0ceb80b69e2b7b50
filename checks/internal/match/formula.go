package match

import (
	"cmp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// formula finds where a formula holds. It calls itself as deep as formulas nest, which the loader bounds.
func (s *search) formula(f *semgrep.Formula) ([]Range, error) {
	if (f.Op == semgrep.PatternOp || f.Op == semgrep.All) && !s.possible(f) {
		return nil, nil
	}
	switch f.Op {
	case semgrep.PatternOp:
		return s.leaf(f.Pattern)
	case semgrep.RegexOp:
		return s.regex(f.Regex)
	case semgrep.Any:
		var out []Range
		for _, part := range f.Formulas {
			found, err := s.formula(part)
			if err != nil {
				return nil, err
			}
			if out = append(out, found...); len(out) > MaxRanges {
				return nil, ErrRanges
			}
		}
		return out, nil
	case semgrep.Inside, semgrep.Anywhere:
		found, err := s.formula(f.Formulas[0])
		kind := insideRange
		if f.Op == semgrep.Anywhere {
			kind = anywhereRange
		}
		out := slices.Clone(found)
		for i := range out {
			out[i].kind = kind
		}
		return out, err
	case semgrep.All:
		return s.all(f)
	}
	return nil, nil // a Not on its own: the loader refuses it
}

// all finds what the parts agree on.
func (s *search) all(f *semgrep.Formula) ([]Range, error) {
	ranges, err := s.agree(f)
	if err != nil {
		return nil, err
	}
	for _, part := range f.Formulas {
		if part.Op != semgrep.Not || len(ranges) == 0 || !s.possible(part.Formulas[0]) {
			continue
		}
		excluded, err := s.formula(part.Formulas[0])
		if err != nil {
			return nil, err
		}
		if ranges, err = s.without(ranges, excluded, part.Formulas[0].Op == semgrep.RegexOp); err != nil {
			return nil, err
		}
	}
	for _, condition := range f.Conditions {
		if ranges, err = s.satisfying(ranges, condition); err != nil {
			return nil, err
		}
	}
	for i, names := range f.Focus {
		focused := s.focus(ranges, names)
		if i == 0 {
			ranges = focused
			continue
		}
		if ranges, err = s.intersect(ranges, focused); err != nil {
			return nil, err
		}
	}
	return ranges, nil
}

// agree intersects the positive parts: first those that are looked for, then those that they must lie in.
func (s *search) agree(f *semgrep.Formula) ([]Range, error) {
	parts := f.Formulas
	if s.value && !slices.ContainsFunc(parts, func(f *semgrep.Formula) bool { return f.Op != semgrep.Not }) {
		whole := span{0, uint32(len(s.source))}
		if s.bounds != nil {
			whole = *s.bounds
		}
		return []Range{{Start: whole.Start, End: whole.End, Node: ast.None, Last: ast.None}}, nil
	}
	early := f.Early()
	positive, places := s.positive(parts)
	found := make([][]Range, len(positive))
	var err error
	fewest := -1 // of those that were found
	for i, part := range positive {
		if anything(part) {
			continue
		}
		if found[i], err = s.formula(part); err != nil || len(found[i]) == 0 {
			return nil, err
		}
		if early != nil {
			if found[i], err = s.meeting(found[i], early[places[i]]); err != nil || len(found[i]) == 0 {
				return nil, err
			}
		}
		if fewest < 0 || len(found[i]) < len(found[fewest]) {
			fewest = i
		}
	}
	for i, part := range positive {
		if !anything(part) {
			continue
		}
		if fewest >= 0 && len(found[fewest]) <= maxNear && s.bounds == nil {
			found[i], err = s.near(part.Pattern, found[fewest])
		} else {
			found[i], err = s.formula(part)
		}
		if err != nil {
			return nil, err
		}
	}
	ranges := found[0]
	for _, other := range found[1:] {
		if ranges, err = s.intersect(ranges, other); err != nil || len(ranges) == 0 {
			return nil, err
		}
	}
	return ranges, nil
}

// positive gives the parts that say what is looked for, and then those that say what it lies in, with their places.
func (s *search) positive(parts []*semgrep.Formula) (out []*semgrep.Formula, places []int) {
	for _, surrounding := range []bool{false, true} {
		for i, part := range parts {
			if part.Op != semgrep.Not && (part.Op == semgrep.Inside || part.Op == semgrep.Anywhere) == surrounding {
				out, places = append(out, part), append(places, i)
			}
		}
	}
	return out, places
}

// meeting keeps the ranges that bind the metavariables of conditions to what meets them.
func (s *search) meeting(ranges []Range, conditions []*semgrep.Condition) ([]Range, error) {
	if len(conditions) == 0 {
		return ranges, nil
	}
	var out []Range
	for _, r := range ranges {
		met := true
		for _, c := range conditions {
			value, ok := r.Env.Get(c.Metavariable)
			if !ok {
				met = false
				break
			}
			envs, err := s.matching(r.Env, value, c)
			if err != nil {
				return nil, err
			}
			met = met && len(envs) > 0
		}
		if met {
			out = append(out, r)
		}
	}
	return out, nil
}

// anything reports whether a part is a metavariable alone, which matches every expression there is.
func anything(f *semgrep.Formula) bool {
	return f.Op == semgrep.PatternOp && strings.HasPrefix(f.Pattern.Text, "$") && isMetavariable(strings.TrimSpace(f.Pattern.Text))
}

// intersect keeps of each pair of ranges, one of which lies in the other, the inner one, with what both bind.
func (s *search) intersect(xs, ys []Range) ([]Range, error) {
	if err := s.budget.spend(1 + len(xs)*len(ys)/8); err != nil { // what it costs when all of them overlap
		return nil, err
	}
	var c collector
	order := nesting(ys)
	for _, x := range xs {
		for _, i := range order.touching(x) {
			y := ys[i]
			if s.includes(y, x) {
				c.add(merge(x, y))
			}
			if s.includes(x, y) {
				c.add(merge(y, x))
			}
		}
	}
	if c.full {
		return nil, ErrRanges
	}
	return c.ranges, nil
}

// includes reports whether inner lies in outer and their metavariables agree.
func (s *search) includes(outer, inner Range) bool {
	if inner.kind == insideRange && outer.kind == plainRange || inner.kind == anywhereRange && outer.kind != anywhereRange {
		return false
	}
	if outer.kind != anywhereRange && (outer.Start > inner.Start || inner.End > outer.End) {
		return false
	}
	return s.agreeing(inner.Env, outer.Env)
}

// agreeing reports whether metavariables that both bind have equal values.
func (s *search) agreeing(a, b *Env) bool {
	for name, value := range a.Each {
		if other, ok := b.Get(name); ok && !s.equal(value, other) && !s.equalHeld(value, other) {
			return false
		}
	}
	return true
}

// equalHeld compares what variables were given, with symbolic propagation.
func (s *search) equalHeld(a, b Value) bool {
	if !s.options.SymbolicPropagation || a.Kind != NodeValue || b.Kind != NodeValue || a.First == ast.None || b.First == ast.None {
		return false
	}
	m := matcher{search: s}
	x, y := m.valueOf(a.First), m.valueOf(b.First)
	return x != ast.None && s.equalNodes(x, b.First) || y != ast.None && s.equalNodes(a.First, y)
}

// merge gives the inner range what the outer one binds.
func merge(inner, outer Range) Range {
	for name, value := range outer.Env.Each {
		if _, ok := inner.Env.Get(name); !ok {
			inner.Env = inner.Env.with(name, value)
		}
	}
	return inner
}

// without leaves out the ranges that are excluded: those that lie in a range of a pattern-not-inside, those that are the
// very range of a pattern-not, and those that what a pattern-not-regex matches lies in or reaches beyond on both sides.
func (s *search) without(ranges, excluded []Range, text bool) ([]Range, error) {
	if err := s.budget.spend(1 + len(ranges)*len(excluded)/8); err != nil {
		return nil, err
	}
	var out []Range
	for _, r := range ranges {
		if !slices.ContainsFunc(excluded, func(x Range) bool {
			if text {
				return (x.Start <= r.Start && r.End <= x.End || r.Start <= x.Start && x.End <= r.End) && s.agreeing(r.Env, x.Env)
			}
			if x.kind == plainRange {
				return x.Start == r.Start && x.End == r.End && s.agreeing(r.Env, x.Env)
			}
			return s.includes(x, r)
		}) {
			out = append(out, r)
		}
	}
	return out, nil
}

// focus narrows ranges to what one of the metavariables holds.
func (s *search) focus(ranges []Range, names []string) []Range {
	var c collector
	for _, r := range ranges {
		for _, name := range names {
			value, ok := r.Env.Get(name)
			if !ok {
				continue
			}
			narrowed := r
			narrowed.Start, narrowed.End, narrowed.Node, narrowed.Last = value.Start, value.End, value.First, value.Last
			c.add(narrowed)
		}
	}
	return c.ranges
}

// distinct orders ranges and leaves out repeated ones.
func distinct(ranges []Range) []Range {
	var c collector
	for _, r := range ranges {
		r.kind = plainRange
		c.add(r)
	}
	slices.SortStableFunc(c.ranges, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	return c.ranges
}
