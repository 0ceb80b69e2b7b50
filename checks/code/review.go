package code

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/text"
)

// review is one run of the check over a change.
type review struct {
	*engine
	change *checks.Change
	report checks.Report

	found    map[checks.Path]bool // files of the head with findings, by where they were at the merge base
	said     map[place]bool       // what was reported; several files may reach the same sink in another
	recalled map[checks.Path][]checks.Finding
}

// place is what makes two findings the same within one revision.
type place struct {
	at       checks.Revision
	rule     checks.RuleID
	location checks.Location
	message  string
}

func newReview(c *catalogue, change *checks.Change) *review {
	r := &review{change: change, found: map[checks.Path]bool{}, said: map[place]bool{}}
	var list []*rule
	var shelves []*shelf
	if !change.Options.OnlyRules {
		list, shelves = append(list, c.rules...), c.shelves
	}
	brought, refused := foreign(change.Options.Rules)
	for _, err := range refused {
		r.report.Unscanned = append(r.report.Unscanned, checks.Unscanned{Check: checks.Code, Reason: err.Error(), Kind: checks.Failed})
	}
	r.engine = newEngine(append(list, brought...), shelves, c.places)
	return r
}

// readAhead begins to read the rules for the languages of the change, while its files are on their way. Where results are kept, it
// leaves to them what is needed.
func (r *review) readAhead() *sync.WaitGroup {
	var reading sync.WaitGroup
	if r.change.Results != nil {
		return &reading
	}
	languages := map[ast.Language]bool{}
	for i := range r.change.Files {
		if f := &r.change.Files[i]; f.Status != checks.Deleted && f.Mode.IsRegular() {
			if l := lang.Detect(string(f.Path), ""); l != nil {
				languages[l.Name] = true
			}
		}
	}
	reading.Go(func() {
		for _, s := range r.shelves {
			if slices.ContainsFunc(s.languages, func(l ast.Language) bool { return languages[l] }) {
				_, _ = s.read() // whoever needs it is told of the error
			}
		}
	})
	return &reading
}

// head scans the changed files as they are now.
func (r *review) head(ctx context.Context) error {
	var paths []checks.Path
	origin := map[checks.Path]checks.Path{}
	for i := range r.change.Files {
		f := &r.change.Files[i]
		if f.Status == checks.Deleted || !f.Mode.IsRegular() || !r.wants(f.Path) {
			continue
		}
		paths = append(paths, f.Path)
		if f.Status != checks.Added && f.Status != checks.Copied && f.OldMode.IsRegular() {
			origin[f.Path] = cmp.Or(f.OldPath, f.Path)
		}
	}
	r.recall(ctx, r.change.Head, checks.AtHead, paths)
	for _, path := range paths {
		findings, err := r.file(ctx, r.change.Head, path, checks.AtHead)
		if err != nil {
			return err
		}
		if old, ok := origin[path]; ok && len(findings) > 0 {
			r.found[old] = true
		}
	}
	return nil
}

// mergeBase scans what the files with findings were before, so that the review can tell what is new.
func (r *review) mergeBase(ctx context.Context) error {
	if r.change.MergeBase == nil || len(r.report.Findings) == 0 {
		return nil
	}
	var paths []checks.Path
	for i := range r.change.Files {
		f := &r.change.Files[i]
		// A file that lost code may be where code that stands elsewhere now came from.
		if old := cmp.Or(f.OldPath, f.Path); r.found[old] || f.Status != checks.Added && f.OldMode.IsRegular() && r.wants(old) && loses(f) {
			paths = append(paths, old)
		}
	}
	// A finding there matters when it is one of the head's, or may be.
	only := map[checks.RuleID]bool{}
	for i := range r.report.Findings {
		only[r.report.Findings[i].Rule] = true
	}
	r.narrow(only)
	r.recall(ctx, r.change.MergeBase, checks.AtMergeBase, paths)
	seen := map[checks.Path]bool{}
	for _, path := range paths {
		if seen[path] {
			continue
		}
		seen[path] = true
		if _, err := r.file(ctx, r.change.MergeBase, path, checks.AtMergeBase); err != nil {
			return err
		}
	}
	return nil
}

// loses reports whether lines were taken out of a file.
func loses(f *checks.FileChange) bool {
	if f.Status == checks.Deleted {
		return true
	}
	for _, h := range f.Hunks {
		if h.OldLines > 0 {
			return true
		}
	}
	return false
}

// file scans one file, unless an earlier run did, and adds what is found to the report. The error is that of ctx alone.
func (r *review) file(ctx context.Context, tree checks.Tree, path checks.Path, at checks.Revision) ([]checks.Finding, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if findings, known := r.recalled[path]; known {
		return r.add(at, path, findings), nil
	}
	t, err := text.Read(tree, path)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, text.ErrNotText), errors.Is(err, fs.ErrNotExist) && at == checks.AtMergeBase:
		return nil, nil
	case err != nil:
		r.unscanned(path, at, checks.Failed, err)
		return nil, nil
	}
	if reason := r.places.leftOut(path, t); reason != "" && !r.change.Options.OnlyRules {
		r.unscanned(path, at, checks.Excluded, errors.New(reason))
		return nil, nil
	}
	if at == checks.AtHead {
		r.report.Stats.Files++
		r.report.Stats.Bytes += int64(len(t.Bytes))
	}
	s := r.scan(ctx, tree, at, path, t)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.keep(s)
	for _, problem := range s.problems {
		r.unscanned(path, at, checks.Failed, problem)
	}
	return r.add(at, path, s.found), nil
}

// add adds to the report what was found in scanning a file, and gives what of it was not reported before.
func (r *review) add(at checks.Revision, path checks.Path, findings []checks.Finding) []checks.Finding {
	findings = slices.DeleteFunc(findings, func(f checks.Finding) bool {
		key := place{at, f.Rule, f.Location, f.Message}
		known := r.said[key]
		r.said[key] = true
		return known
	})
	if len(findings) > MaxFindings {
		findings = findings[:MaxFindings]
		r.unscanned(path, at, checks.Failed, errTooManyFindings)
	}
	for i := range findings {
		findings[i].Revision = at
		if at == checks.AtMergeBase {
			findings[i].Remediation.Edits = nil // they are for the head
			findings[i].Trace = nil
		}
	}
	r.report.Findings = append(r.report.Findings, findings...)
	return findings
}

// unscanned records why a file was not, or not wholly, looked at.
func (r *review) unscanned(path checks.Path, at checks.Revision, kind checks.UnscannedKind, err error) {
	reason := err.Error()
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		reason = text.Unreadable(pathError)
	}
	if at == checks.AtMergeBase {
		if kind == checks.Excluded {
			return
		}
		reason += " (at the merge base)"
	}
	r.report.Unscanned = append(r.report.Unscanned, checks.Unscanned{Path: path, Check: checks.Code, Reason: reason, Kind: kind, Revision: at})
}
