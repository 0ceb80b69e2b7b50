package match

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// typed reports whether an expression has the type that a metavariable demands.
func (m *matcher) typed(declared, n ast.ID) bool {
	want := m.p.Dotted(declared)
	if want == "" {
		want = m.p.Nodes[declared].Name
	}
	return m.hasType(n, want)
}

// hasType compares the type of an expression, as far as the file tells, with one as a rule writes it.
func (f *File) hasType(n ast.ID, want string) bool {
	if want == "" {
		return false
	}
	got := f.Names.Type(n)
	if got.Text == "" && len(got.Qualified) == 0 {
		return false
	}
	if got.Text == want {
		return true
	}
	for _, qualified := range got.Qualified {
		if qualified == want {
			return true
		}
	}
	plain := func(s string) string {
		if cut := strings.IndexAny(s, "<["); cut > 0 {
			return s[:cut]
		}
		return s
	}
	return plain(got.Text) == want
}
