package match

import (
	"slices"
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
	if got.Text == want || f.Tree.Language == "java" && javaNumbers[got.Text] != "" && javaNumbers[got.Text] == javaNumbers[want] {
		return true
	}
	if slices.Contains(got.Qualified, want) {
		return true
	}
	plain := got.Text
	if cut := strings.IndexAny(plain, "<["); cut > 0 {
		plain = plain[:cut]
	}
	return plain == want
}

// javaNumbers are the types of Java that are one to a rule: those of whole numbers, of others, and of truth values.
var javaNumbers = map[string]string{
	"int": "int", "long": "int", "short": "int", "Integer": "int", "Long": "int", "Short": "int",
	"float": "float", "double": "float", "Float": "float", "Double": "float",
	"boolean": "boolean", "Boolean": "boolean",
}
