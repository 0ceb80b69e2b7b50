package gitrepo

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/assay-app/assay/checks"
)

// listing is a tree of files that are known one by one: those of one commit, or what a walk over folders found.
type listing struct {
	files map[string]leaf
	dirs  func() map[string][]fs.DirEntry // made when first asked for
	store leafStore
}

// leaf is a file of a listing: a blob, or a file below a folder.
type leaf struct {
	mode   fs.FileMode
	id     objectID
	size   int64
	folder *os.Root
	name   string // below folder
}

// leafStore knows how to open the leaves of a listing.
type leafStore interface {
	openLeaf(path string, l leaf) (fs.File, error)
	statLeaf(path string, l leaf) (fs.FileInfo, error)
}

var _ checks.Tree = (*listing)(nil)

func newListing(files map[string]leaf, store leafStore) *listing {
	return &listing{files: files, store: store, dirs: sync.OnceValue(func() map[string][]fs.DirEntry { return directories(files, store) })}
}

// changedFiles is the tree of the newer side of some changes.
func (o *objects) changedFiles(changed []checks.FileChange) *listing {
	files := make(map[string]leaf, len(changed))
	for _, f := range changed {
		if f.Status != checks.Deleted {
			files[string(f.Path)] = leaf{mode: f.Mode, id: objectID(f.Blob)}
		}
	}
	return newListing(files, o)
}

func (o *objects) openLeaf(path string, l leaf) (fs.File, error) {
	if l.mode.IsDir() {
		return &openDir{stat: fileStat{name: baseName(path), mode: l.mode}}, nil
	}
	return o.open(path, treeEntry{name: baseName(path), mode: l.mode, id: l.id})
}

func (o *objects) statLeaf(path string, l leaf) (fs.FileInfo, error) {
	return o.stat(path, treeEntry{name: baseName(path), mode: l.mode, id: l.id})
}

// directories lists what each directory holds, by name.
func directories(files map[string]leaf, store leafStore) map[string][]fs.DirEntry {
	dirs := map[string][]fs.DirEntry{".": nil}
	var list func(dir string)
	list = func(dir string) {
		if _, known := dirs[dir]; !known {
			dirs[dir] = nil
			list(parentOf(dir))
			dirs[parentOf(dir)] = append(dirs[parentOf(dir)], fileStat{name: baseName(dir), mode: fs.ModeDir | 0o755})
		}
	}
	for path, l := range files {
		dir := parentOf(path)
		list(dir)
		dirs[dir] = append(dirs[dir], leafEntry{fileStat{name: baseName(path), mode: l.mode, size: l.size}, path, l, store})
	}
	for _, entries := range dirs {
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	}
	return dirs
}

func parentOf(path string) string {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i]
	}
	return "."
}

func baseName(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// leafEntry is a directory entry whose size may have to be looked up.
type leafEntry struct {
	fileStat
	path  string
	leaf  leaf
	store leafStore
}

func (e leafEntry) Info() (fs.FileInfo, error) { return e.store.statLeaf(e.path, e.leaf) }

// Open opens a file or a directory that holds one.
func (t *listing) Open(path string) (fs.File, error) {
	if l, ok := t.files[path]; ok {
		return t.store.openLeaf(path, l)
	}
	entries, ok := t.dirs()[path]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return &openDir{stat: fileStat{name: baseName(path), mode: fs.ModeDir | 0o755}, entries: entries}, nil
}

// Stat describes a file or a directory that holds one.
func (t *listing) Stat(path string) (fs.FileInfo, error) {
	if l, ok := t.files[path]; ok {
		return t.store.statLeaf(path, l)
	}
	if _, ok := t.dirs()[path]; !ok {
		return nil, &fs.PathError{Op: "stat", Path: path, Err: fs.ErrNotExist}
	}
	return fileStat{name: baseName(path), mode: fs.ModeDir | 0o755}, nil
}

// ReadDir lists a directory, sorted by name.
func (t *listing) ReadDir(path string) ([]fs.DirEntry, error) {
	if l, ok := t.files[path]; ok {
		if l.mode.IsDir() {
			return nil, nil
		}
		return nil, &fs.PathError{Op: "readdir", Path: path, Err: errors.New("is not a directory")}
	}
	entries, ok := t.dirs()[path]
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: path, Err: fs.ErrNotExist}
	}
	return slices.Clone(entries), nil
}
