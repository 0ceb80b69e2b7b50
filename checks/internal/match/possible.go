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
func (f *File) Know(written *prefilter.Text) { f.written = written }

// Written implements [semgrep.Contents].
func (f *File) Written() *prefilter.Text {
	if f.written == nil {
		f.written = &prefilter.Text{}
		f.written.Read(f.source)
	}
	return f.written
}

// PutsTogether implements [semgrep.Contents].
func (f *File) PutsTogether(text semgrep.Piece) bool {
	if text.In(f.Written()) {
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
		if !f.written.Holds(one) && !f.computed.Holds(one) {
			return false
		}
	}
	return true
}
