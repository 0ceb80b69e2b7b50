package dependency

import (
	"fmt"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/imports"
)

// undeclared lists the imports that no manifest declares as packages that may not exist, and says of the other packages
// which changed files import them.
func (r *review) undeclared() error {
	named := map[string][]string{} // what commands install counts as declared
	for _, u := range r.uses {
		for i := range u.head.Installs {
			in := &u.head.Installs[i]
			named[in.Ecosystem] = append(named[in.Ecosystem], in.Name)
		}
	}
	found, err := r.imports.Find(r.ctx, r.change.Head, r.change.Files, named)
	if err != nil {
		return err
	}
	for i := range r.report.Packages {
		p := &r.report.Packages[i]
		if p.Revision == checks.AtHead {
			p.ImportedBy = found.Importers[imports.Name{Ecosystem: p.Ecosystem, Name: p.Name}]
		}
	}
	for i := range found.Undeclared {
		r.imported(&found.Undeclared[i])
	}
	if found.More > 0 {
		r.report.Unscanned = append(r.report.Unscanned, checks.Unscanned{
			Check: checks.Dependency, Kind: checks.Failed,
			Reason: fmt.Sprintf("more than %d imports that no manifest declares", imports.MaxUndeclared),
		})
	}
	r.report.Unscanned = append(r.report.Unscanned, found.Unscanned...)
	r.report.Stats.Files += found.Files
	r.report.Stats.Bytes += found.Bytes
	return nil
}

func (r *review) imported(u *imports.Undeclared) {
	if len(u.Candidates) == 0 || u.Known {
		return // that package exists, whoever forgot to declare it
	}
	p := checks.Package{
		Ecosystem: u.Ecosystem, Name: u.Candidates[0], Guesses: u.Candidates[1:], Requirement: u.Import, Role: checks.Imported,
		Location: u.At, Snippet: u.Snippet,
	}
	if u.Optional {
		p.Group = "optional"
	}
	trust := r.settingsOf(u.At.Path)
	for _, name := range u.Candidates {
		if r.reserved(name) {
			return // the organisation's own
		}
		if origin := r.originOf(trust, u.Ecosystem, name); origin != "" {
			return // somebody else than the public registry may have it
		}
	}
	r.report.Packages = append(r.report.Packages, p)
}
