// Package model says what would run, or be read, when somebody loads the model files of a change. Nothing is ever loaded:
// formats are read as bytes. README.md says what is found, what is not, and how that was measured.
package model

import (
	"cmp"
	"context"
	"fmt"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ruleset"
	"github.com/assay-app/assay/checks/model/artefact"
	"github.com/assay-app/assay/checks/model/pickle"
	"github.com/assay-app/assay/checks/model/tensor"
	"github.com/assay-app/assay/rules"
)

// Check is the model check. It is immutable and safe for concurrent use.
type Check struct {
	readers []artefact.Reader
	list    []rule
	rules   map[checks.RuleID]*rule
}

// rule is a rule of this check; how it matches is its reader's business.
type rule = ruleset.Rule[struct{}]

// New loads the rules and what the readers know.
func New() (*Check, error) {
	c := &Check{rules: map[checks.RuleID]*rule{}}
	for _, name := range families() {
		list, err := ruleset.Load[struct{}](rules.FS, "model/"+name+".yaml")
		if err != nil {
			return nil, err
		}
		c.list = append(c.list, list...)
	}
	for i := range c.list {
		c.rules[c.list[i].ID] = &c.list[i]
	}
	var err error
	c.readers, err = readers()
	return c, err
}

// families are the files of rules, one for each package of readers.
func families() []string { return []string{"pickle", "tensor"} }

// readers are all formats. A file is offered to each.
func readers() ([]artefact.Reader, error) {
	pickles, err := pickle.New()
	if err != nil {
		return nil, err
	}
	return append([]artefact.Reader{pickles}, tensor.Readers()...), nil
}

// Name implements [checks.Check].
func (*Check) Name() checks.Name { return checks.Model }

// Rules lists the pages of all rules of the check.
func (c *Check) Rules() []rules.Page {
	var pages []rules.Page
	for i := range c.list {
		pages = append(pages, c.list[i].Page(checks.Model))
	}
	return pages
}

// Run examines every changed file at the head, whatever its name, and those with findings at the merge base as well.
func (c *Check) Run(ctx context.Context, change *checks.Change) (checks.Report, error) {
	var report checks.Report
	for i := range change.Files {
		f := &change.Files[i]
		if f.Status == checks.Deleted || !f.Mode.IsRegular() {
			continue
		}
		found, err := c.file(ctx, change.Head, f.Path, checks.AtHead, &report)
		if err != nil {
			return report, err
		}
		if !found || change.MergeBase == nil || f.Status == checks.Added || f.Status == checks.Copied || !f.OldMode.IsRegular() {
			continue
		}
		if _, err := c.file(ctx, change.MergeBase, cmp.Or(f.OldPath, f.Path), checks.AtMergeBase, &report); err != nil {
			return report, err
		}
	}
	return report, nil
}

// file examines one file and reports whether anything was found in it.
func (c *Check) file(ctx context.Context, tree checks.Tree, path checks.Path, at checks.Revision, report *checks.Report) (bool, error) {
	src, end, err := open(tree, path)
	if err != nil {
		report.Unscanned = append(report.Unscanned, unscanned(path, at, reason(err)))
		return false, ctx.Err()
	}
	defer end()
	found := c.examine(ctx, src, string(path))
	if len(found.Formats) == 0 {
		return false, ctx.Err()
	}
	if at == checks.AtHead {
		report.Stats.Files++
		report.Stats.Bytes += src.Size()
		report.Components = append(report.Components, component(path, src.Size(), found))
	}
	for _, p := range found.Problems {
		report.Unscanned = append(report.Unscanned, unscanned(path, at, within(p.Path, p.Reason)))
	}
	for i := range found.Findings {
		report.Findings = append(report.Findings, c.finding(&found.Findings[i], path, at))
	}
	return len(found.Findings) > 0, ctx.Err()
}

// examine offers a source to all readers.
func (c *Check) examine(ctx context.Context, src artefact.Source, name string) *artefact.Report {
	report := &artefact.Report{}
	c.offer(&artefact.Examination{Context: ctx, Source: src, Name: name, Budget: artefact.NewBudget(), Report: report})
	return report
}

// offer has a source, or a part of one, read as everything that it may be: a polyglot is examined as each.
func (c *Check) offer(x *artefact.Examination) {
	if x.Context.Err() != nil || x.Size() == 0 {
		return
	}
	head, err := artefact.Head(x.Source, artefact.SniffBytes)
	if err != nil {
		x.Fail("could not be read")
		return
	}
	x.Nested = func(name string, src artefact.Source) { c.nested(x, name, src) }
	for _, r := range c.readers {
		if r.Sniff(head, x.Source) {
			if x.Depth == 0 {
				x.Report.Formats = append(x.Report.Formats, r.Name())
			}
			r.Read(x)
		}
	}
}

// nested examines a part of a file as a file of its own.
func (c *Check) nested(x *artefact.Examination, name string, src artefact.Source) {
	if x.Depth+1 > x.Budget.MaxDepth {
		x.Fail("more than %d containers in each other", x.Budget.MaxDepth)
		return
	}
	if !x.Budget.Step(1) {
		x.Fail("%v", artefact.ErrBudget)
		return
	}
	inner := *x
	inner.Source, inner.Path, inner.Depth = src, join(x.Path, name), x.Depth+1
	c.offer(&inner)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + " → " + name
}

// within is a reason with the part of the file that it is about.
func within(path, reason string) string {
	if path == "" {
		return reason
	}
	return fmt.Sprintf("%s: %s", path, reason)
}
