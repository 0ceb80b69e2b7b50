package match

import (
	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/prefilter"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// possible reports whether a formula may hold somewhere in the file.
func (s *search) possible(f *semgrep.Formula) bool {
	return s.Tree == nil || s.language == semgrep.Generic || f.Possible(s.File)
}

// Know takes what is known of the source already, which saves reading it again.
func (f *File) Know(windows *prefilter.Grams) { f.grams = windows }

// Windows implements [semgrep.Contents].
func (f *File) Windows() *prefilter.Grams {
	if f.grams == nil {
		f.grams = &prefilter.Grams{}
		f.grams.Add(f.source)
	}
	return f.grams
}

// PutsTogether implements [semgrep.Contents].
func (f *File) PutsTogether(text semgrep.Piece) bool {
	if f.Windows().HoldsAll(text.Windows) && f.grams.HoldsAll(text.Words) {
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
	return f.holds(text.Windows) && f.holds(text.Words)
}

func (f *File) holds(list []prefilter.Gram) bool {
	for _, one := range list {
		if !f.grams.Holds(one) && !f.computed.Holds(one) {
			return false
		}
	}
	return true
}
