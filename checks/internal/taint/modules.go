package taint

import "github.com/assay-app/assay/checks/internal/ast"

// imported are the functions, classes and modules of other files that an identifier names.
func (p *program) imported(*unit, ast.ID) []ref { return nil }

// exported are the functions and classes of a module by a name.
func (p *program) exported(u *unit, name string) []ref {
	if id, ok := u.exports[name]; ok {
		return []ref{{u, id, refCode}}
	}
	return nil
}

// globalNamed is what a variable of a module holds.
func (p *program) globalNamed(*unit, string) *cell { return nil }
