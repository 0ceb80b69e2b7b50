package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/assay-app/assay/checks"
)

const (
	// maxScanned is how many files one scan takes in, at half a kilobyte of memory each.
	maxScanned = 1_000_000
	// maxFolderDepth is how deep folders may lie in each other; one is held open for each level.
	maxFolderDepth = 512
)

// OpenPaths opens files and folders as if all in them had just been added. Names are relative to the folder when one
// is given, and else begin with what was given, made relative. Links are not followed, save one that is itself given;
// folders named .git are left out; what cannot be read is said in Unscanned.
func OpenPaths(ctx context.Context, paths []string) (*Range, error) {
	return openPaths(ctx, paths, maxScanned)
}

func openPaths(ctx context.Context, paths []string, limit int) (*Range, error) {
	w := folderWalk{ctx: ctx, limit: limit, me: whoAmI(), files: map[string]leaf{}, where: map[string]string{}}
	if len(paths) == 0 {
		return nil, errors.New("name a file or folder to scan")
	}
	for _, path := range paths {
		if err := w.argument(path, len(paths) == 1); err != nil {
			return nil, errors.Join(fmt.Errorf("scan %s: %w", checks.Path(path).Quoted(), err), w.release())
		}
	}
	change := &checks.Change{
		MergeBase: newListing(nil, folderFiles{}),
		Head:      newListing(w.files, folderFiles{}),
		Files:     make([]checks.FileChange, 0, len(w.files)),
	}
	for path, l := range w.files {
		change.Files = append(change.Files, checks.FileChange{Path: checks.Path(path), Status: checks.Added, Mode: l.mode})
	}
	sorted(change.Files)
	slices.SortFunc(w.unscanned, func(a, b checks.Unscanned) int { return strings.Compare(string(a.Path), string(b.Path)) })
	return &Range{change: change, unscanned: w.unscanned, release: w.release}, nil
}

// folderWalk finds the files below some folders. It goes through [os.Root], so that nothing outside of a folder is
// ever opened, even if somebody exchanges a directory for a link while it walks.
type folderWalk struct {
	ctx       context.Context
	me        identity
	limit     int // of files
	files     map[string]leaf
	where     map[string]string // the absolute place of each file
	unscanned []checks.Unscanned
	folders   []*os.Root
}

func (w *folderWalk) release() error {
	var errs []error
	for _, folder := range w.folders {
		errs = append(errs, folder.Close())
	}
	return errors.Join(errs...)
}

// argument takes in one file or folder.
func (w *folderWalk) argument(path string, only bool) error {
	at, err := os.Stat(path)
	if err != nil {
		return err
	}
	place, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	prefix := relativeName(path)
	if !at.IsDir() {
		// Resolved, for a root opens no link that leads out of it.
		if place, err = filepath.EvalSymlinks(place); err != nil {
			return err
		}
		folder, err := w.root(filepath.Dir(place))
		if err != nil {
			return err
		}
		return w.file(visitedFile{root: folder, below: filepath.Base(place), shown: prefix, place: place}, at)
	}
	if only {
		prefix = "."
	}
	folder, err := w.root(path)
	if err != nil {
		return err
	}
	return w.folder(folder, visitedFile{root: folder, below: ".", shown: prefix, place: place}, 0)
}

func (w *folderWalk) root(path string) (*os.Root, error) {
	folder, err := os.OpenRoot(path)
	if err == nil {
		w.folders = append(w.folders, folder)
	}
	return folder, err
}

// relativeName is the name that a file has in the tree when it was given as path.
func relativeName(path string) string {
	name := filepath.ToSlash(filepath.Clean(path))
	name = strings.TrimLeft(strings.TrimPrefix(name, filepath.ToSlash(filepath.VolumeName(path))), "/")
	for name == ".." || strings.HasPrefix(name, "../") {
		name = strings.TrimPrefix(strings.TrimPrefix(name, ".."), "/")
	}
	if name == "" {
		return "."
	}
	return name
}

// visitedFile is a file or folder on the walk.
type visitedFile struct {
	root  *os.Root // of the argument
	below string   // its name below root
	shown string   // its name in the tree
	place string   // its absolute name
	name  string   // the last part of it
}

func (v visitedFile) child(name string) visitedFile {
	return visitedFile{root: v.root, below: join(v.below, name), shown: join(v.shown, name), place: filepath.Join(v.place, name), name: name}
}

func join(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

func (w *folderWalk) fail(v visitedFile, reason string) {
	w.unscanned = append(w.unscanned, checks.Unscanned{Path: checks.Path(v.shown), Kind: checks.Failed, Reason: reason})
}

// folder takes in all below one folder. here is that folder, opened.
func (w *folderWalk) folder(here *os.Root, v visitedFile, depth int) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	dir, err := here.Open(".")
	var names []string
	if err == nil {
		names, err = dir.Readdirnames(-1)
		err = errors.Join(err, dir.Close())
	}
	if err != nil {
		w.fail(v, "folder cannot be read: "+reason(err))
	}
	slices.Sort(names)
	for _, name := range names {
		if name == ".git" {
			continue
		}
		if len(w.files) >= w.limit {
			return fmt.Errorf("%w: %d files are scanned at once", ErrTooLarge, w.limit)
		}
		if err := w.entry(here, v.child(name), depth); err != nil {
			return err
		}
	}
	return nil
}

// entry takes in one name of a folder.
func (w *folderWalk) entry(here *os.Root, v visitedFile, depth int) error {
	at, err := here.Lstat(v.name)
	if err != nil {
		w.fail(v, reason(err))
		return nil
	}
	if !at.IsDir() {
		return w.file(v, at)
	}
	if depth == maxFolderDepth {
		w.fail(v, fmt.Sprintf("more than %d folders deep", maxFolderDepth))
		return nil
	}
	inner, err := here.OpenRoot(v.name)
	if err != nil {
		w.fail(v, "folder cannot be read: "+reason(err))
		return nil
	}
	defer inner.Close()
	return w.folder(inner, v, depth+1)
}

// file takes in one file. What is neither a file nor a link is never opened: a pipe would wait for ever, and a device
// may do anything.
func (w *folderWalk) file(v visitedFile, at fs.FileInfo) error {
	mode := fs.FileMode(0o644)
	switch {
	case at.Mode()&fs.ModeSymlink != 0:
		mode = fs.ModeSymlink | 0o777
	case !at.Mode().IsRegular():
		w.fail(v, "is "+specialName(at.Mode()))
		return nil
	case at.Mode()&0o100 != 0:
		mode = 0o755
	}
	if owner, ok := at.Sys().(*syscall.Stat_t); ok && mode.IsRegular() && !w.me.mayRead(at.Mode().Perm(), owner) {
		w.fail(v, "file cannot be read: "+reason(fs.ErrPermission))
		return nil
	}
	if place, taken := w.where[v.shown]; taken {
		if place != v.place {
			return fmt.Errorf("%s and %s would have the same name: scan them one after the other", place, v.place)
		}
		return nil
	}
	w.where[v.shown] = v.place
	w.files[v.shown] = leaf{mode: mode, size: at.Size(), folder: v.root, name: v.below}
	return nil
}

// identity is whom the kernel takes this process for.
type identity struct {
	uid    int
	groups []int
}

func whoAmI() identity {
	groups, err := os.Getgroups()
	if err != nil {
		groups = nil // then only the permissions for owner and others count
	}
	return identity{uid: os.Geteuid(), groups: append(groups, os.Getegid())}
}

// mayRead reports whether the permissions of a file let it be read. Access control lists may say otherwise; then
// opening the file fails and says so.
func (me identity) mayRead(perm fs.FileMode, owner *syscall.Stat_t) bool {
	switch {
	case me.uid == 0:
		return true
	case int(owner.Uid) == me.uid:
		return perm&0o400 != 0
	case slices.Contains(me.groups, int(owner.Gid)):
		return perm&0o040 != 0
	}
	return perm&0o004 != 0
}

func specialName(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "neither a file nor a folder"
}

// reason is what is wrong, without the path, which is said beside it.
func reason(err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return err.Error()
}

// folderFiles opens the leaves of a scan.
type folderFiles struct{}

// openLeaf opens a file that is still of the kind that the walk saw.
func (folderFiles) openLeaf(path string, l leaf) (fs.File, error) {
	stat := fileStat{name: baseName(path), mode: l.mode}
	fail := func(err error) (fs.File, error) {
		if at, ok := errors.AsType[*fs.PathError](err); ok {
			err = at.Err // the name that it has in the tree is said instead
		}
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	if l.mode&fs.ModeSymlink != 0 {
		target, err := l.folder.Readlink(l.name)
		if err != nil {
			return fail(err)
		}
		return newFile(stat, inMemory([]byte(target))), nil
	}
	before, err := l.folder.Lstat(l.name)
	if err != nil {
		return fail(err)
	}
	// Not blocking: should it have become a pipe meanwhile, nobody waits for a writer.
	f, err := l.folder.OpenFile(l.name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return fail(err)
	}
	at, err := f.Stat()
	if err == nil && (!at.Mode().IsRegular() || !os.SameFile(before, at)) {
		err = errors.New("was exchanged while it was scanned")
	}
	if err != nil {
		return fail(errors.Join(err, f.Close()))
	}
	stat.size = at.Size()
	return &openFile{SectionReader: io.NewSectionReader(f, 0, at.Size()), stat: stat, close: f.Close}, nil
}

func (folderFiles) statLeaf(path string, l leaf) (fs.FileInfo, error) {
	return fileStat{name: baseName(path), mode: l.mode, size: l.size}, nil
}
