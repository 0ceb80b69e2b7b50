// Package dependency judges what a change adds to its dependencies, or upgrades into.
//
// It reads the manifests and lockfiles of both revisions, the commands that install packages elsewhere, and the imports
// that no manifest declares. What can be said from the files alone it says itself: a lockfile that fetches from another
// host, an action that is not pinned. What needs the world, advisories and whether a name exists, is only listed, as
// packages; package judge makes findings of them once somebody has looked them up. README.md says what is found, what
// is not, and how that was measured.
package dependency

import (
	"context"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/imports"
	"github.com/assay-app/assay/checks/dependency/judge"
	"github.com/assay-app/assay/checks/dependency/manifest"
	"github.com/assay-app/assay/checks/dependency/names"
	"github.com/assay-app/assay/rules"
)

// Check is the dependency check. It is immutable and safe for concurrent use.
type Check struct {
	catalogue *catalogue
	manifests *manifest.Reader
	imports   *imports.Finder
	known     *names.Known
	judge     *judge.Judge // for its rules' pages alone: nothing is judged here
}

// New loads the rules.
func New() (*Check, error) {
	c, err := newCatalogue()
	if err != nil {
		return nil, err
	}
	r, err := manifest.NewReader()
	if err != nil {
		return nil, err
	}
	j, err := judge.New()
	if err != nil {
		return nil, err
	}
	known, err := names.Load(nil)
	if err != nil {
		return nil, err
	}
	finder, err := imports.New(r)
	if err != nil {
		return nil, err
	}
	return &Check{c, r, finder, known, j}, nil
}

// Name implements [checks.Check].
func (*Check) Name() checks.Name { return checks.Dependency }

// Rules lists the pages of all rules of the check, those that need a look-up first.
func (c *Check) Rules() []rules.Page {
	pages := c.judge.Rules()
	for i := range c.catalogue.list {
		pages = append(pages, c.catalogue.list[i].Page(checks.Dependency))
	}
	return pages
}

// Run reads what the change touches at both revisions.
func (c *Check) Run(ctx context.Context, change *checks.Change) (checks.Report, error) {
	r := &review{
		Check: c, ctx: ctx, change: change, settings: map[checks.Path]*settings{}, older: map[checks.Path]*manifest.File{},
		manifestNames: map[checks.Path]map[string]bool{}, cameFrom: map[int]string{}, projects: map[checks.Path]map[string]bool{},
		changed: map[checks.Path]*checks.FileChange{}, taken: map[checks.Path]bool{}, hashes: map[string]string{},
	}
	if err := r.read(); err != nil {
		return r.report, err
	}
	if err := r.readCommands(); err != nil {
		return r.report, err
	}
	for _, p := range r.pairs {
		r.compare(p)
		r.cut()
	}
	for _, u := range r.uses {
		r.pins(u)
		r.cut()
	}
	r.overflow()
	r.list()
	return r.report, r.undeclared()
}
