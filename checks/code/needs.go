package code

import (
	"slices"

	"github.com/assay-app/assay/checks/internal/prefilter"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// needs gives the clauses that a text must meet. Where a flow may begin or end in another file, one of its ends is enough.
func needs(r *semgrep.Rule, crossing bool) []prefilter.Clause {
	if r.Taint == nil {
		return clausesOf(r.Formula)
	}
	var sources, sinks [][]prefilter.Clause
	for _, s := range r.Taint.Sources {
		sources = append(sources, clausesOf(s.Formula))
	}
	for _, s := range r.Taint.Sinks {
		sinks = append(sinks, clausesOf(s.Formula))
	}
	if crossing {
		return oneOf([][]prefilter.Clause{oneOf(sources), oneOf(sinks)})
	}
	return append(oneOf(sources), oneOf(sinks)...)
}

func clausesOf(f *semgrep.Formula) []prefilter.Clause {
	var out []prefilter.Clause
	switch f.Op {
	case semgrep.PatternOp:
		for _, word := range f.Pattern.Words() {
			out = append(out, prefilter.Clause{Any: []prefilter.Literal{{Text: word}}})
		}
	case semgrep.RegexOp:
		if compiled, err := f.Regex.Compiled(); err == nil {
			out = compiled.Literals()
		}
	case semgrep.All:
		for _, part := range f.Formulas {
			out = append(out, clausesOf(part)...)
		}
		for _, clause := range f.ConditionLiterals() {
			if !slices.ContainsFunc(clause.Any, func(l prefilter.Literal) bool { return len(l.Text) < shortestLiteral }) {
				out = append(out, clause)
			}
		}
	case semgrep.Any:
		var alternatives [][]prefilter.Clause
		for _, part := range f.Formulas {
			alternatives = append(alternatives, clausesOf(part))
		}
		return oneOf(alternatives)
	case semgrep.Inside, semgrep.Anywhere:
		return clausesOf(f.Formulas[0])
	}
	return out
}

// shortestLiteral is the length from which on a literal of a condition is rare enough to be looked for.
const shortestLiteral = 3

// oneOf gives clauses that hold wherever one of the alternatives does: for each of them its most telling clause.
func oneOf(alternatives [][]prefilter.Clause) []prefilter.Clause {
	var union prefilter.Clause
	for _, clauses := range alternatives {
		if len(clauses) == 0 {
			return nil
		}
		best := slices.MaxFunc(clauses, func(a, b prefilter.Clause) int { return telling(a) - telling(b) })
		for _, literal := range best.Any {
			if !slices.Contains(union.Any, literal) {
				union.Any = append(union.Any, literal)
			}
		}
	}
	if len(union.Any) == 0 {
		return nil
	}
	return []prefilter.Clause{union}
}

// telling ranks a clause: long literals are rarer than short ones, and few are rarer than many.
func telling(c prefilter.Clause) int {
	shortest := 1 << 10
	for _, literal := range c.Any {
		shortest = min(shortest, len(literal.Text))
	}
	return 64*min(shortest, 16) - len(c.Any)
}
