package secret

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// review is one run of the check over a change.
type review struct {
	*catalogue
	change *checks.Change
	report checks.Report

	atHead  map[valueKey]bool
	atBase  map[valueKey]bool
	removed []sighting // credentials of commits that are not at the head
	origins []checks.Path
	read    map[checks.Path]bool // files of the merge base that were read
}

func newReview(c *catalogue, change *checks.Change) *review {
	return &review{
		catalogue: c, change: change,
		atHead: map[valueKey]bool{}, atBase: map[valueKey]bool{}, read: map[checks.Path]bool{},
	}
}

// head reports what the changed files hold now.
func (r *review) head(ctx context.Context) error {
	var files []*checks.FileChange
	var paths []checks.Path
	for i := range r.change.Files {
		if f := &r.change.Files[i]; hasNewContent(f) {
			files, paths = append(files, f), append(paths, f.Path)
		}
	}
	prefetch(ctx, r.change.Head, paths)
	for _, f := range files {
		found, err := r.file(ctx, r.change.Head, f.Path, "")
		if err != nil {
			return err
		}
		for _, s := range found {
			r.atHead[s.key] = true
			r.report.Findings = append(r.report.Findings, s.finding)
		}
	}
	return nil
}

// hasNewContent reports whether a file is there and differs from its older self in more than name and mode.
func hasNewContent(f *checks.FileChange) bool {
	if f.Status == checks.Deleted || !f.Mode.IsRegular() {
		return false
	}
	return f.Status == checks.Added || f.Status == checks.Copied || f.Blob == "" || f.Blob != f.OldBlob
}

func prefetch(ctx context.Context, tree checks.Tree, paths []checks.Path) {
	if p, ok := tree.(checks.Prefetcher); ok && len(paths) > 0 {
		p.Prefetch(ctx, paths)
	}
}

// file scans one file. What cannot be read or is too much becomes an entry of the report; where says which revision
// that was, unless it was the head. The error is that of ctx alone.
func (r *review) file(ctx context.Context, tree checks.Tree, path checks.Path, where string) ([]sighting, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t, err := text.Read(tree, path)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r.unscanned(path, where, err)
		return nil, nil
	}
	if where == "" {
		r.report.Stats.Files++
		r.report.Stats.Bytes += int64(len(t.Bytes))
	}
	matches, err := r.scan(ctx, path, t.Bytes)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r.unscanned(path, where, err)
	}
	return r.sightings(r.change.Options.SecretKey, path, t, matches), nil
}

// unscanned records why a file was not, or not wholly, looked at.
func (r *review) unscanned(path checks.Path, where string, err error) {
	u := checks.Unscanned{Path: path, Check: checks.Secret, Kind: checks.Failed}
	var pathError *fs.PathError
	switch {
	case errors.Is(err, text.ErrNotText):
		if where != "" {
			return
		}
		u.Kind, u.Reason = checks.Excluded, "not a text file"
	case errors.As(err, &pathError):
		u.Reason = text.Unreadable(pathError)
	default:
		u.Reason = err.Error()
	}
	u.Reason += where
	r.report.Unscanned = append(r.report.Unscanned, u)
}

// history collects what commits added and the head does not hold: git keeps it all the same. Of several commits that
// add a value, the earliest counts.
func (r *review) history(ctx context.Context) error {
	if err := r.messages(ctx); err != nil {
		return err
	}
	atHead := map[checks.Path]checks.BlobID{}
	for i := range r.change.Files {
		atHead[r.change.Files[i].Path] = r.change.Files[i].Blob
	}
	origin := map[checks.Path]checks.Path{}
	seen := map[valueKey]bool{}
	for i := range r.change.Commits {
		commit := &r.change.Commits[i]
		var files []*checks.FileChange
		var paths []checks.Path
		for j := range commit.Files {
			f := &commit.Files[j]
			if f.Status == checks.Renamed || f.Status == checks.Copied {
				origin[f.Path] = follow(origin, f.OldPath)
			}
			blob, known := atHead[f.Path]
			if hasNewContent(f) && !(known && blob != "" && blob == f.Blob) { // what is in that blob is at the head
				files, paths = append(files, f), append(paths, f.Path)
			}
		}
		prefetch(ctx, commit.Tree, paths)
		for _, f := range files {
			found, err := r.file(ctx, commit.Tree, f.Path, " (in commit "+short(commit.SHA)+")")
			if err != nil {
				return err
			}
			for _, s := range found {
				if r.atHead[s.key] || seen[s.key] || !f.Touches(s.finding.Location.Start.Line, s.finding.Location.LastLine()+1) {
					continue
				}
				seen[s.key] = true
				s.finding.Location.Commit = commit.SHA
				s.finding.Message += fmt.Sprintf(" A later commit takes it out again, but commit %s keeps it in the history: "+
					"revoke it all the same, and squash or rewrite the branch before it is merged.", short(commit.SHA))
				r.removed = append(r.removed, s)
				r.origins = append(r.origins, f.Path, follow(origin, f.Path))
			}
		}
	}
	return nil
}

// messages reports credentials in the commits' messages.
func (r *review) messages(ctx context.Context) error {
	seen := map[valueKey]bool{}
	for i := range r.change.Commits {
		commit := &r.change.Commits[i]
		t := text.New([]byte(commit.Message))
		matches, err := r.scan(ctx, "", t.Bytes)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r.unscanned("", " (in the message of commit "+short(commit.SHA)+")", err)
		}
		for _, s := range r.sightings(r.change.Options.SecretKey, "", t, matches) {
			if r.atHead[s.key] || seen[s.key] {
				continue
			}
			seen[s.key] = true
			s.finding.Location.Commit = commit.SHA
			s.finding.Message += " It stands in the message of commit " + short(commit.SHA) + "."
			r.report.Findings = append(r.report.Findings, s.finding)
		}
	}
	return nil
}

// mergeBase reports what the files held before, once there is something to compare it with.
func (r *review) mergeBase(ctx context.Context) error {
	if r.change.MergeBase == nil || len(r.atHead) == 0 && len(r.removed) == 0 {
		return nil
	}
	var paths []checks.Path
	for i := range r.change.Files {
		if f := &r.change.Files[i]; f.Status != checks.Added && f.Status != checks.Copied && f.OldMode.IsRegular() {
			paths = append(paths, cmp.Or(f.OldPath, f.Path))
		}
	}
	prefetch(ctx, r.change.MergeBase, paths)
	for _, path := range paths {
		found, err := r.base(ctx, path)
		if err != nil {
			return err
		}
		for _, s := range found {
			s.finding.Revision = checks.AtMergeBase
			r.report.Findings = append(r.report.Findings, s.finding)
		}
	}
	for _, path := range r.origins { // files that commits changed and changed back
		if _, err := r.base(ctx, path); err != nil {
			return err
		}
	}
	return nil
}

// base scans a file of the merge base, once.
func (r *review) base(ctx context.Context, path checks.Path) ([]sighting, error) {
	if r.read[path] {
		return nil, nil
	}
	r.read[path] = true
	if _, err := r.change.MergeBase.Stat(string(path)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	found, err := r.file(ctx, r.change.MergeBase, path, " (at the merge base)")
	for _, s := range found {
		r.atBase[s.key] = true
	}
	return found, err
}

// conclude adds what commits brought and took away, unless the repository knew it before.
func (r *review) conclude() {
	for _, s := range r.removed {
		if !r.atBase[s.key] {
			r.report.Findings = append(r.report.Findings, s.finding)
		}
	}
	slices.SortStableFunc(r.report.Unscanned, func(a, b checks.Unscanned) int {
		return slices.Compare([]byte(a.Path), []byte(b.Path))
	})
}

func follow(origin map[checks.Path]checks.Path, path checks.Path) checks.Path {
	if from, ok := origin[path]; ok {
		return from
	}
	return path
}

// short abbreviates a commit's id as git does in large repositories.
func short(sha checks.CommitSHA) string {
	const digits = 10
	return string(sha[:min(digits, len(sha))])
}
