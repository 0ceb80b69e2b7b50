package match

import (
	"strings"

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
		return s.vocabulary().Has(f.Pattern.Words()) && s.hasTexts(f.Pattern.Quoted())
	case semgrep.RegexOp:
		re, err := f.Regex.Compiled()
		return err != nil || s.meetsAll(re.Literals())
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
		return s.meetsAll(f.ConditionLiterals())
	}
	return true
}

// vocabulary is the words of the file.
func (f *File) vocabulary() semgrep.Vocabulary {
	if f.words == nil {
		f.words = semgrep.NewVocabulary(f.source)
	}
	return f.words
}

// hasTexts reports whether the texts of the file contain all of the words: those that are written, and those that are put together.
func (f *File) hasTexts(words []string) bool {
	if f.vocabulary().Has(words) {
		return true
	}
	if f.computed == nil {
		f.computed = semgrep.Vocabulary{}
		for _, id := range f.index.constants {
			if value, ok := f.Names.Constant(id); ok && value.Kind == ast.Str {
				f.computed.Add(value.Text)
			}
		}
	}
	for _, word := range words {
		if !f.words.Holds(word) && !f.computed.Holds(word) {
			return false
		}
	}
	return true
}

func (f *File) meetsAll(clauses []prefilter.Clause) bool {
	for _, clause := range clauses {
		if !f.meets(clause) {
			return false
		}
	}
	return true
}

// meets reports whether the file contains one of the literals of a clause.
func (f *File) meets(clause prefilter.Clause) bool {
	for _, literal := range clause.Any {
		there, known := f.literals[literal]
		if !known {
			there = f.contains(literal)
			f.literals[literal] = there
		}
		if there {
			return true
		}
	}
	return false
}

func (f *File) contains(literal prefilter.Literal) bool {
	if !literal.Fold {
		return strings.Contains(f.source, literal.Text)
	}
	if f.lower == "" {
		f.lower = lowered(f.source)
	}
	return strings.Contains(f.lower, literal.Text)
}

// lowered writes the letters of ASCII small.
func lowered(text string) string {
	out := []byte(text)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c | 0x20
		}
	}
	return string(out)
}
