package match

import (
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/names"
)

// typed goes on if an expression has the type that a metavariable demands. One that is a metavariable itself may be any.
func (m *matcher) typed(declared, n ast.ID, env *Env, k next) bool {
	of := m.Names.DeclaredType(n)
	if m.p.Nodes[declared].Kind == ast.Metavar && of == ast.None {
		return k(env)
	}
	if of != ast.None && m.holdsMetavariable(declared) {
		return m.node(declared, of, env, k)
	}
	return m.ofType(declared, n) && k(env)
}

func (m *matcher) holdsMetavariable(p ast.ID) bool {
	for id := p; id < m.p.Nodes[p].After; id++ {
		if m.p.Nodes[id].Kind == ast.Metavar {
			return true
		}
	}
	return false
}

func (m *matcher) ofType(declared, n ast.ID) bool {
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
	if names.SameType(f.Tree.Language, got.Text, want) {
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
