// Package gitrepo turns what git knows into a [checks.Change]: two revisions as trees, the differences between them,
// and the commits that lead from one to the other.
//
// It opens a pull request of GitHub ([Mirrors.Fetch]), two revisions of a local repository ([OpenRange]), the index
// ([OpenStaged]) and plain folders ([OpenPaths]). All but the last read through git's own plumbing in its own process;
// no file of a repository is ever checked out, and nothing that a repository holds or configures is ever run.
package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/assay-app/assay/checks"
)

// The ways in which a change cannot be read. A path that is not in a tree is [fs.ErrNotExist] instead.
var (
	// ErrTooLarge is a file, or a fetch, above its limit.
	ErrTooLarge = errors.New("too large")
	// ErrMissing is a file that a tree names and whose content is not to be had.
	ErrMissing = errors.New("content is missing")
	// ErrNoMergeBase is a pair of revisions without a common ancestor.
	ErrNoMergeBase = errors.New("the two revisions have no common ancestor")
	// ErrNoCommit is a revision that the repository does not have, or no longer.
	ErrNoCommit = errors.New("no such commit")
	// ErrRefused is a server that does not accept the credentials or does not show the repository.
	ErrRefused = errors.New("the server refuses access")
	// ErrClosed is a range that is read after it was closed.
	ErrClosed = errors.New("the range is closed")
)

// MaxBlob is the largest file that is read from git: GitHub accepts none above 100 MiB.
const MaxBlob = 100 << 20

// Range is a change that is open for reading. Its methods may be called at the same time.
type Range struct {
	change    *checks.Change
	unscanned []checks.Unscanned
	target    checks.CommitSHA
	branch    string
	objects   *objects // nil for plain folders

	release func() error
	once    sync.Once
	err     error
}

// Change is the change that was opened; PullRequest and Options are left for the caller to fill.
func (r *Range) Change() *checks.Change { return r.change }

// Unscanned is what could not be read when the range was opened, and must be reported with what the checks report.
func (r *Range) Unscanned() []checks.Unscanned { return r.unscanned }

// Target is the tip of the branch that the change is for: the one that was asked for, or what base stood for. It is
// empty for plain folders.
func (r *Range) Target() checks.CommitSHA { return r.target }

// Branch is the branch that the head was named by, and empty when it was named otherwise.
func (r *Range) Branch() string { return r.branch }

// ReadFile reads one file of any commit that the range knows: Head, MergeBase, Target or one of Commits. An empty rev
// is the newer side, which is all there is of an index or a folder. The error wraps [fs.ErrNotExist] when the commit
// has no such file, and [ErrTooLarge] when it has more than limit bytes.
func (r *Range) ReadFile(ctx context.Context, rev checks.CommitSHA, path string, limit int64) ([]byte, error) {
	tree, err := r.treeAt(ctx, rev)
	if err != nil {
		return nil, fmt.Errorf("read %s at %s: %w", checks.Path(path).Quoted(), rev, err)
	}
	if t, ok := tree.(gitTree); ok {
		// Not counted among the files that checks may open: a policy must be readable after any review.
		if err := t.obtain(ctx, path); err != nil {
			return nil, &fs.PathError{Op: "read", Path: path, Err: err}
		}
	}
	f, err := tree.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > limit {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)}
	}
	return content, nil
}

// treeAt is the tree of a commit, or the newer side.
func (r *Range) treeAt(ctx context.Context, rev checks.CommitSHA) (checks.Tree, error) {
	switch {
	case rev == "":
		return r.change.Head, nil
	case r.objects == nil:
		return nil, ErrNoCommit
	}
	c, err := r.objects.commit(ctx, rev)
	if err != nil {
		return nil, err
	}
	return r.objects.tree(c.tree), nil
}

// Close ends the processes behind the range and gives its mirror back. Files that are open stay readable.
func (r *Range) Close() error {
	r.once.Do(func() {
		if r.objects != nil {
			r.objects.close()
		}
		if r.release != nil {
			r.err = r.release()
		}
	})
	return r.err
}
