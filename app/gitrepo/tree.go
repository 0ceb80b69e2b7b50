package gitrepo

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
)

// treeEntry is one name in a directory.
type treeEntry struct {
	name string
	mode fs.FileMode
	id   objectID
}

// directory is what one tree object holds.
type directory struct {
	list   []treeEntry
	byName map[string]int32 // places in list; nil while list is short
}

// maxSearched is how many entries are searched one by one. Looking up each file of a folder takes a map above that, or
// the time grows with the square of their number.
const maxSearched = 16

func newDirectory(list []treeEntry) *directory {
	d := &directory{list: list}
	if len(list) <= maxSearched {
		return d
	}
	d.byName = make(map[string]int32, len(list))
	for i, e := range list {
		if _, twice := d.byName[e.name]; !twice { // of two with one name, which git itself never writes, the first counts
			d.byName[e.name] = int32(i)
		}
	}
	return d
}

// entry is the entry of that name.
func (d *directory) entry(name string) (treeEntry, bool) {
	at := -1
	if d.byName == nil {
		at = slices.IndexFunc(d.list, func(e treeEntry) bool { return e.name == name })
	} else if i, ok := d.byName[name]; ok {
		at = int(i)
	}
	if at < 0 {
		return treeEntry{}, false
	}
	return d.list[at], true
}

// parseTree reads a tree object: for each entry its mode in octal, a space, the name, a NUL and idSize raw bytes. It
// takes any name but an empty one, for names are looked up here and never reach a file system.
func parseTree(raw []byte, idSize int) ([]treeEntry, error) {
	var list []treeEntry
	for len(raw) > 0 {
		space := bytes.IndexByte(raw[:min(8, len(raw))], ' ')
		if space <= 0 {
			return nil, fmt.Errorf("entry %d has no mode", len(list))
		}
		mode, ok := octal(raw[:space])
		if !ok {
			return nil, fmt.Errorf("entry %d has mode %q", len(list), raw[:space])
		}
		raw = raw[space+1:]
		end := bytes.IndexByte(raw, 0)
		if end <= 0 || len(raw) < end+1+idSize {
			return nil, fmt.Errorf("entry %d is cut", len(list))
		}
		list = append(list, treeEntry{
			name: string(raw[:end]),
			mode: fileMode(mode),
			id:   objectID(hex.EncodeToString(raw[end+1 : end+1+idSize])),
		})
		raw = raw[end+1+idSize:]
	}
	return list, nil
}

func octal(digits []byte) (uint32, bool) {
	var n uint32
	for _, d := range digits {
		if d < '0' || d > '7' || len(digits) > 7 {
			return 0, false
		}
		n = n<<3 | uint32(d-'0')
	}
	return n, true
}

// fileMode translates git's mode. Of the permissions git knows only whether a file may be executed.
func fileMode(mode uint32) fs.FileMode {
	switch mode & 0o170000 {
	case 0o040000:
		return fs.ModeDir | 0o755
	case 0o120000:
		return fs.ModeSymlink | 0o777
	case 0o160000: // a submodule
		return fs.ModeDir | fs.ModeIrregular | 0o755
	}
	if mode&0o100 != 0 {
		return 0o755
	}
	return 0o644
}

func isSubmodule(mode fs.FileMode) bool { return mode&fs.ModeIrregular != 0 }

// gitTree is the files below one tree object.
type gitTree struct {
	objects *objects
	root    objectID
}

var (
	_ checks.Tree       = gitTree{}
	_ checks.Prefetcher = gitTree{}
)

func (o *objects) tree(root objectID) gitTree { return gitTree{objects: o, root: root} }

// find looks a path up, one directory at a time.
func (t gitTree) find(ctx context.Context, path string) (treeEntry, error) {
	at := treeEntry{name: ".", mode: fs.ModeDir | 0o755, id: t.root}
	if path == "." {
		return at, nil
	}
	for name := range strings.SplitSeq(path, "/") {
		if name == "" || name == "." || name == ".." {
			return treeEntry{}, fs.ErrInvalid
		}
		if !at.mode.IsDir() || isSubmodule(at.mode) {
			return treeEntry{}, fs.ErrNotExist
		}
		d, err := t.objects.directory(ctx, at.id)
		if err != nil {
			return treeEntry{}, err
		}
		var found bool
		if at, found = d.entry(name); !found {
			return treeEntry{}, fs.ErrNotExist
		}
	}
	return at, nil
}

// Open opens a file, a link as its target's name, or a directory.
func (t gitTree) Open(path string) (fs.File, error) {
	ctx := t.objects.life
	e, err := t.find(ctx, path)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	if e.mode.IsDir() {
		entries, err := t.list(ctx, e)
		if err != nil {
			return nil, &fs.PathError{Op: "open", Path: path, Err: err}
		}
		return &openDir{stat: fileStat{name: e.name, mode: e.mode}, entries: entries}, nil
	}
	return t.objects.open(path, e)
}

// open opens the blob of a file or link.
func (o *objects) open(path string, e treeEntry) (fs.File, error) {
	c, err := o.blob(o.life, e.id)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return newFile(fileStat{name: e.name, mode: e.mode}, c), nil
}

// Stat describes a file. The size of one whose content is not here yet takes a fetch.
func (t gitTree) Stat(path string) (fs.FileInfo, error) {
	e, err := t.find(t.objects.life, path)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	return t.objects.stat(path, e)
}

func (o *objects) stat(path string, e treeEntry) (fs.FileInfo, error) {
	s := fileStat{name: e.name, mode: e.mode}
	if e.mode.IsDir() {
		return s, nil
	}
	err := o.ensure(o.life, []objectID{e.id})
	var facts []objectFact
	if err == nil {
		facts, err = o.facts(o.life, []objectID{e.id})
	}
	switch {
	case err != nil:
	case facts[0].kind == "":
		err = ErrMissing
	case facts[0].kind != "blob":
		err = errors.New("is not a file")
	default:
		s.size = facts[0].size
		return s, nil
	}
	return nil, &fs.PathError{Op: "stat", Path: path, Err: err}
}

// ReadDir lists a directory in git's order, which is that of the names' bytes but for a slash put after directories.
func (t gitTree) ReadDir(path string) ([]fs.DirEntry, error) {
	ctx := t.objects.life
	e, err := t.find(ctx, path)
	if err == nil && !e.mode.IsDir() {
		err = errors.New("is not a directory")
	}
	var entries []fs.DirEntry
	if err == nil {
		entries, err = t.list(ctx, e)
	}
	if err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: path, Err: err}
	}
	return entries, nil
}

func (t gitTree) list(ctx context.Context, dir treeEntry) ([]fs.DirEntry, error) {
	if isSubmodule(dir.mode) {
		return nil, nil
	}
	d, err := t.objects.directory(ctx, dir.id)
	if err != nil {
		return nil, err
	}
	entries := make([]fs.DirEntry, len(d.list))
	for i, e := range d.list {
		entries[i] = gitDirEntry{t.objects, e}
	}
	return entries, nil
}

// Prefetch fetches the contents of several files at once.
func (t gitTree) Prefetch(ctx context.Context, paths []checks.Path) {
	var blobs []objectID
	for _, path := range paths {
		if e, err := t.find(ctx, string(path)); err == nil && !e.mode.IsDir() {
			blobs = append(blobs, e.id)
		}
	}
	// A hint: what could not be fetched or read says so when it is opened.
	_ = t.objects.ensure(ctx, blobs)
	_ = t.objects.readAhead(ctx, blobs)
}

// obtain fetches the content of one file if it is missing.
func (t gitTree) obtain(ctx context.Context, path string) error {
	e, err := t.find(ctx, path)
	if err != nil || e.mode.IsDir() || t.objects.fetch == nil {
		return err
	}
	absent, err := t.objects.missing(ctx, []objectID{e.id})
	if err != nil || len(absent) == 0 {
		return err
	}
	return t.objects.fetch(ctx, absent)
}

// gitDirEntry is an entry whose size is looked up only when somebody asks.
type gitDirEntry struct {
	objects *objects
	entry   treeEntry
}

func (e gitDirEntry) Name() string               { return e.entry.name }
func (e gitDirEntry) IsDir() bool                { return e.entry.mode.IsDir() }
func (e gitDirEntry) Type() fs.FileMode          { return e.entry.mode.Type() }
func (e gitDirEntry) Info() (fs.FileInfo, error) { return e.objects.stat(e.entry.name, e.entry) }

// emptyTree is the id of the tree with nothing in it, which git knows without storing it.
func emptyTree(digits int) objectID {
	if digits == 64 {
		return "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
	}
	return "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
}
