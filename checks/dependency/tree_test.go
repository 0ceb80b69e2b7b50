package dependency_test

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/assay-app/assay/checks"
)

// memory is a tree whose names and modes are whatever a repository may hold, which a tree of package fstest refuses.
type memory struct {
	files   map[string]stored
	folders map[string][]fs.DirEntry
}

// stored is a file; a link holds the name that it leads to.
type stored struct {
	name string // the last part of its path
	text string
	mode fs.FileMode
}

// memoryOf makes a tree of files, and of links to what they lead to.
func memoryOf(files, links map[string]string) *memory {
	m := &memory{map[string]stored{}, map[string][]fs.DirEntry{}}
	for name, text := range files {
		m.files[name] = stored{path.Base(name), text, 0o644}
	}
	for name, target := range links {
		m.files[name] = stored{path.Base(name), target, fs.ModeSymlink | 0o777}
	}
	known := map[string]bool{".": true}
	for _, name := range slices.Sorted(maps.Keys(m.files)) {
		dir := path.Dir(name)
		m.folders[dir] = append(m.folders[dir], fs.FileInfoToDirEntry(m.files[name]))
		for ; !known[dir]; dir = path.Dir(dir) {
			known[dir] = true
			above := path.Dir(dir)
			m.folders[above] = append(m.folders[above], fs.FileInfoToDirEntry(stored{path.Base(dir), "", fs.ModeDir | 0o755}))
		}
	}
	return m
}

// Open implements [fs.FS].
func (m *memory) Open(name string) (fs.File, error) {
	f, ok := m.files[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &opened{bytes.NewReader([]byte(f.text)), f}, nil
}

// Stat implements [fs.StatFS].
func (m *memory) Stat(name string) (fs.FileInfo, error) {
	if f, ok := m.files[name]; ok {
		return f, nil
	}
	if _, ok := m.folders[name]; ok {
		return stored{path.Base(name), "", fs.ModeDir | 0o755}, nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

// ReadDir implements [fs.ReadDirFS].
func (m *memory) ReadDir(name string) ([]fs.DirEntry, error) {
	if list, ok := m.folders[name]; ok {
		return list, nil
	}
	return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
}

type opened struct {
	*bytes.Reader
	stored
}

func (f *opened) Stat() (fs.FileInfo, error) { return f.stored, nil }
func (f *opened) Size() int64                { return f.stored.Size() }
func (f *opened) Close() error               { return nil }

func (f stored) Name() string       { return f.name }
func (f stored) Size() int64        { return int64(len(f.text)) }
func (f stored) Mode() fs.FileMode  { return f.mode }
func (f stored) ModTime() time.Time { return time.Time{} }
func (f stored) IsDir() bool        { return f.mode.IsDir() }
func (f stored) Sys() any           { return nil }

// memoryChange is the change from one set of files to another, in a tree in memory. Links are new.
func memoryChange(base, head, links map[string]string) *checks.Change {
	c := changeOf(base, head)
	c.MergeBase, c.Head = memoryOf(base, nil), memoryOf(head, links)
	for name := range links {
		c.Files = append(c.Files, checks.FileChange{Path: checks.Path(name), Status: checks.Added, Mode: fs.ModeSymlink | 0o777})
	}
	slices.SortFunc(c.Files, func(a, b checks.FileChange) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	return c
}
