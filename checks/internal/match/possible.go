package match

import (
	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/prefilter"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// possible reports whether a formula may hold somewhere, by the words that the file must contain for that. It costs next to
// nothing, and most of the patterns of a rule that is alive have no business in the file.
func (s *search) possible(f *semgrep.Formula) bool {
	if s.Tree == nil || s.language == semgrep.Generic {
		return true
	}
	if f.Op == semgrep.PatternOp {
		return s.hope(f)
	}
	known, ok := s.hopes[f]
	if !ok {
		known = s.hope(f)
		s.hopes[f] = known
	}
	return known
}

func (s *search) hope(f *semgrep.Formula) bool {
	switch f.Op {
	case semgrep.PatternOp:
		words, quoted := f.Pattern.Windows()
		return s.written().HoldsAll(words) && s.hasTexts(quoted)
	case semgrep.RegexOp:
		return s.meets(f.Regex.Windows())
	case semgrep.Any:
		for _, part := range f.Formulas {
			if s.possible(part) {
				return true
			}
		}
		return false
	case semgrep.Inside, semgrep.Anywhere:
		return s.possible(f.Formulas[0])
	case semgrep.All:
		for _, part := range f.Formulas {
			if part.Op != semgrep.Not && !s.possible(part) {
				return false
			}
		}
		return s.meets(f.ConditionWindows())
	}
	return true
}

// written is what the file contains.
func (f *File) written() *prefilter.Grams {
	if f.grams == nil {
		f.grams = &prefilter.Grams{}
		f.grams.Add(f.source)
	}
	return f.grams
}

// hasTexts reports whether the texts of the file, those that are written and those that are put together, contain all of that.
func (f *File) hasTexts(windows []prefilter.Gram) bool {
	if f.written().HoldsAll(windows) {
		return true
	}
	if f.computed == nil {
		f.computed = &prefilter.Grams{}
		for _, id := range f.index.constants(f.Tree, f.Names) {
			if value, ok := f.Names.Constant(id); ok && value.Kind == ast.Str {
				f.computed.Add(value.Text)
			}
		}
	}
	for _, window := range windows {
		if !f.grams.Holds(window) && !f.computed.Holds(window) {
			return false
		}
	}
	return true
}

// meets reports whether the file contains, of each clause, one of the literals.
func (f *File) meets(clauses [][][]prefilter.Gram) bool {
	for _, clause := range clauses {
		met := false
		for _, literal := range clause {
			met = met || f.written().HoldsAll(literal)
		}
		if !met {
			return false
		}
	}
	return true
}
