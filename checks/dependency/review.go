package dependency

import (
	"cmp"
	"context"
	"errors"
	"io/fs"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
	"github.com/assay-app/assay/checks/internal/text"
)

// review is one run of the check.
type review struct {
	*Check
	ctx      context.Context
	change   *checks.Change
	pairs    []*pair
	settings map[checks.Path]*settings      // of the base, by folder
	older    map[checks.Path]*manifest.File // of the base, by name: those that the change touches
	report   checks.Report
}

// pair is a file of a package manager at both revisions.
type pair struct {
	change *checks.FileChange
	head   *side
	base   *side // nil when the file was not there, was of another kind or could not be read
}

// side is what one revision of a file says.
type side struct {
	*manifest.File
	text *text.Text
}

// read reads the files that the change touches, at both revisions.
func (r *review) read() error {
	var now, before []checks.Path
	for i := range r.change.Files {
		f := &r.change.Files[i]
		if f.Status == checks.Deleted || !f.Mode.IsRegular() || !r.manifests.Claims(f.Path) {
			continue
		}
		r.pairs = append(r.pairs, &pair{change: f})
		now = append(now, f.Path)
		if old := older(f); old != "" {
			before = append(before, old)
		}
	}
	prefetch(r.ctx, r.change.Head, now)
	prefetch(r.ctx, r.change.MergeBase, before)
	kept := r.pairs[:0]
	for _, p := range r.pairs {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		if p.head = r.side(r.change.Head, p.change.Path, checks.AtHead); p.head == nil {
			continue
		}
		if old := older(p.change); old != "" && r.change.MergeBase != nil && r.manifests.Claims(old) {
			if p.base = r.side(r.change.MergeBase, old, checks.AtMergeBase); p.base != nil {
				r.older[old] = p.base.File
			}
		}
		kept = append(kept, p)
	}
	r.pairs = kept
	return nil
}

// older is where a file was at the merge base, "" when it was not there. A copy is new.
func older(f *checks.FileChange) checks.Path {
	if f.Status == checks.Added || f.Status == checks.Copied || !f.OldMode.IsRegular() {
		return ""
	}
	return cmp.Or(f.OldPath, f.Path)
}

func prefetch(ctx context.Context, tree checks.Tree, paths []checks.Path) {
	if p, ok := tree.(checks.Prefetcher); ok && len(paths) > 0 {
		p.Prefetch(ctx, paths)
	}
}

// side reads one revision of a file; nil, with the reason in the report, when that cannot be done.
func (r *review) side(tree checks.Tree, path checks.Path, at checks.Revision) *side {
	t, err := manifest.Text(tree, path)
	if err == nil && at == checks.AtHead {
		r.report.Stats.Files++
		r.report.Stats.Bytes += int64(len(t.Bytes))
	}
	var file *manifest.File
	if err == nil {
		file, err = r.manifests.Parse(r.ctx, path, "", t)
	}
	if err != nil {
		if r.ctx.Err() == nil {
			r.unscanned(path, at, reason(err))
		}
		return nil
	}
	if file.Lossy != "" {
		r.unscanned(path, at, file.Lossy)
	}
	return &side{file, t}
}

func (r *review) unscanned(path checks.Path, at checks.Revision, why string) {
	if at == checks.AtMergeBase {
		why += " (at the merge base)"
	}
	r.report.Unscanned = append(r.report.Unscanned, checks.Unscanned{
		Path: path, Check: checks.Dependency, Reason: why, Kind: checks.Failed, Revision: at,
	})
}

// reason is an error as a phrase without the file's name.
func reason(err error) string {
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		return text.Unreadable(pathError)
	}
	return err.Error()
}
