package dependency

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

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
	uses     []*use
	settings map[checks.Path]*settings      // of the base, by folder
	older    map[checks.Path]*manifest.File // of the base, by name: those that the change touches
	report   checks.Report
	cameFrom map[int]string // from which host packages come, by the index of the finding about one

	manifestNames map[checks.Path]map[string]bool // what manifests of the head name, by file
	scripted      *bool                           // whether there is a package.json somewhere; nil until somebody asks
	touched       map[string]bool                 // packages of which the change touches a manifest; nil until somebody asks
	projects      map[checks.Path]map[string]bool // packages that the repository holds, by the folder that says so

	changed map[checks.Path]*checks.FileChange // the files of the head
	taken   map[checks.Path]bool               // files that are among the pairs because another one includes them
	bytes   int64                              // that were read
	listed  int                                // packages that the files name
	over    int                                // findings beyond maxFindings
	hashes  map[string]string                  // of hosts
	looks   int                                // at folders for packages of the repository's own
}

// Bounds on one change. What exceeds them is said to be unscanned; the rest is judged.
const (
	maxBytes    = 192 << 20 // of files that are read, at both revisions; their texts are kept until the end
	maxEntries  = 200_000   // packages that they name; each takes some 500 bytes
	maxFindings = 10_000    // about files; GitHub shows 50 comments
)

var (
	errBytes   = fmt.Errorf("the files that are read are larger than %d MiB together", maxBytes>>20)
	errEntries = fmt.Errorf("the files of package managers name more than %d packages together", maxEntries)
)

// pair is a file of a package manager at both revisions.
type pair struct {
	change *checks.FileChange
	as     string // the format, when another file says so that includes this one
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
		if f.Status == checks.Deleted {
			continue
		}
		r.changed[f.Path] = f
		if !r.manifests.Claims(f.Path) {
			continue
		}
		if !f.Mode.IsRegular() {
			r.link(f)
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
	var kept []*pair
	for i := 0; i < len(r.pairs); i++ { // includes add to them
		if err := r.ctx.Err(); err != nil {
			return err
		}
		p := r.pairs[i]
		if !r.both(p) {
			continue
		}
		kept = append(kept, p)
		for _, path := range p.head.Includes {
			r.include(path, p.head.Format)
		}
	}
	r.pairs = kept
	return nil
}

// both reads the two revisions of a file, and reports whether the head could be read.
func (r *review) both(p *pair) bool {
	if p.head = r.side(r.change.Head, p.change.Path, p.as, checks.AtHead); p.head == nil {
		return false
	}
	old := older(p.change)
	if old == "" || r.whole() || p.as == "" && !r.manifests.Claims(old) {
		return true
	}
	if p.base = r.side(r.change.MergeBase, old, p.as, checks.AtMergeBase); p.base != nil {
		r.older[old] = p.base.File
	}
	return true
}

// include adds a changed file that another one includes and whose name tells nothing. Each is read once, whoever
// includes it, so that files which include each other end.
func (r *review) include(path checks.Path, format string) {
	f := r.changed[path]
	if f == nil || r.taken[path] || r.manifests.Claims(path) {
		return
	}
	r.taken[path] = true
	if !f.Mode.IsRegular() {
		r.link(f)
		return
	}
	r.pairs = append(r.pairs, &pair{change: f, as: format})
}

// maxTarget is the longest name that a link is followed by to see whether it is that of a manifest, in bytes.
const maxTarget = 4096

// link is about a changed link that package managers would follow. What it leads to is read under its own name, when that
// is one of theirs; otherwise nobody reads it.
func (r *review) link(f *checks.FileChange) {
	if f.Mode.Type() != fs.ModeSymlink {
		return // a folder of another repository
	}
	if target, err := r.target(f.Path); err == nil && r.manifests.Claims(target) {
		return
	}
	r.unscanned(f.Path, checks.AtHead, "it is a link, and what it leads to is not read as what it is used for")
}

// target is the file in the repository that a link names.
func (r *review) target(link checks.Path) (checks.Path, error) {
	opened, err := r.change.Head.Open(string(link))
	if err != nil {
		return "", err
	}
	defer opened.Close()
	name, err := io.ReadAll(io.LimitReader(opened, maxTarget+1))
	if err != nil {
		return "", err
	}
	at := path.Join(path.Dir(string(link)), string(name))
	if len(name) > maxTarget || path.IsAbs(string(name)) || !fs.ValidPath(at) {
		return "", fs.ErrInvalid
	}
	return checks.Path(at), nil
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
func (r *review) side(tree checks.Tree, path checks.Path, as string, at checks.Revision) *side {
	t, err := r.text(tree, path)
	if err == nil && at == checks.AtHead {
		r.report.Stats.Files++
		r.report.Stats.Bytes += int64(len(t.Bytes))
	}
	var file *manifest.File
	if err == nil {
		file, err = r.manifests.Parse(r.ctx, path, as, t)
	}
	if err != nil {
		if r.ctx.Err() == nil {
			r.unscanned(path, at, reason(err))
		}
		return nil
	}
	if r.listed += len(file.Entries); r.listed > maxEntries {
		r.listed -= len(file.Entries)
		r.unscanned(path, at, errEntries.Error())
		return nil
	}
	if file.Lossy != "" {
		r.unscanned(path, at, file.Lossy)
		if computed[file.Format] {
			r.report.Unscanned[len(r.report.Unscanned)-1].Kind = checks.Excluded
		}
	}
	return &side{file, t}
}

// text reads the text of one revision of a file, as long as there is room for it.
func (r *review) text(tree checks.Tree, path checks.Path) (*text.Text, error) {
	if stat, err := tree.Stat(string(path)); err == nil && stat.Mode().IsRegular() && stat.Size() <= manifest.MaxBytes && r.bytes+stat.Size() > maxBytes {
		return nil, errBytes
	}
	t, err := manifest.Text(tree, path)
	if err == nil {
		r.bytes += int64(len(t.Bytes))
	}
	return t, err
}

// computed are programs that may compute what they depend on. Nobody can read that without running them, and a change to
// one is no reason to stop: what pip resolves of it stands in other files.
var computed = map[string]bool{"setup.py": true}

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
