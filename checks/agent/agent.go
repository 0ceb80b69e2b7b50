// Package agent looks at files that steer AI agents. So far it finds text in them that a person does not see.
// README.md says what is found, what is not, and how that was measured.
package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
	"github.com/assay-app/assay/rules"
)

// Check is the agent check. It is safe for concurrent use.
type Check struct{ catalogue *catalogue }

// New loads the rules.
func New() (*Check, error) {
	c, err := newCatalogue()
	if err != nil {
		return nil, err
	}
	return &Check{c}, nil
}

// Name implements [checks.Check].
func (*Check) Name() checks.Name { return checks.Agent }

// Rules lists the pages of all rules of the check.
func (c *Check) Rules() []rules.Page {
	var pages []rules.Page
	for i := range c.catalogue.list {
		pages = append(pages, c.catalogue.list[i].Page(checks.Agent, c.catalogue.list[i].Match.describe()))
	}
	return pages
}

// Run looks at the changed files at the head and, where something is found, at the merge base.
func (c *Check) Run(ctx context.Context, change *checks.Change) (checks.Report, error) {
	var report checks.Report
	var now, before []checks.Path
	for i := range change.Files {
		f := &change.Files[i]
		if f.Status != checks.Deleted && f.Mode.IsRegular() {
			now = append(now, f.Path)
		}
		if f.Status != checks.Added && f.Status != checks.Copied && f.OldMode.IsRegular() {
			before = append(before, cmp.Or(f.OldPath, f.Path))
		}
	}
	if err := c.files(ctx, change.Head, now, checks.AtHead, &report); err != nil {
		return report, err
	}
	if change.MergeBase == nil || len(report.Findings) == 0 {
		return report, nil
	}
	return report, c.files(ctx, change.MergeBase, before, checks.AtMergeBase, &report)
}

func (c *Check) files(ctx context.Context, tree checks.Tree, paths []checks.Path, at checks.Revision, report *checks.Report) error {
	if p, ok := tree.(checks.Prefetcher); ok && len(paths) > 0 {
		p.Prefetch(ctx, paths)
	}
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		t, err := text.Read(tree, path)
		switch {
		case errors.Is(err, text.ErrNotText):
			continue
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			report.Unscanned = append(report.Unscanned, unscanned(path, at, err))
			continue
		}
		if at == checks.AtHead {
			report.Stats.Files++
			report.Stats.Bytes += int64(len(t.Bytes))
		}
		c.file(path, t, at, report)
	}
	return nil
}

// file reports what one text hides.
func (c *Check) file(path checks.Path, t *text.Text, at checks.Revision, report *checks.Report) {
	strict := c.catalogue.instructions.Match(path)
	found := c.catalogue.search(t, strict, c.catalogue.programs.Match(path))
	for i := range found[:min(len(found), MaxFindings)] {
		f := c.catalogue.finding(path, t, &found[i], strict)
		f.Revision = at
		if at == checks.AtMergeBase {
			f.Remediation.Edits = nil // they are for the head
		}
		report.Findings = append(report.Findings, f)
	}
	if len(found) > MaxFindings {
		report.Unscanned = append(report.Unscanned,
			unscanned(path, at, fmt.Errorf("more than %d lines with hidden characters", MaxFindings)))
	}
}

func unscanned(path checks.Path, at checks.Revision, err error) checks.Unscanned {
	reason := err.Error()
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		reason = text.Unreadable(pathError)
	}
	if at == checks.AtMergeBase {
		reason += " (at the merge base)"
	}
	return checks.Unscanned{Path: path, Check: checks.Agent, Reason: reason, Kind: checks.Failed}
}
