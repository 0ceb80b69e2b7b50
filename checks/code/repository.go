package code

import (
	"errors"
	"io"
	"io/fs"

	"github.com/assay-app/assay/checks/internal/imports"
)

// repository is the tree that a scan is of, for looking up imports.
type repository struct{ *scan }

// Text implements [imports.Tree]. A file that can't be read says nothing of imports.
func (r repository) Text(name string, limit int) (string, error) {
	r.depends[name] = struct{}{}
	if !fs.ValidPath(name) {
		return "", nil
	}
	file, err := r.tree.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer file.Close()
	if stat, err := file.Stat(); err != nil || !stat.Mode().IsRegular() {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(file, int64(limit)+1))
	if len(text) > limit {
		return "", imports.ErrTooLarge
	}
	return string(text), err
}

// Names implements [imports.Tree].
func (r repository) Names(folder string) ([]string, error) {
	if !fs.ValidPath(folder) {
		return nil, nil
	}
	entries, err := r.tree.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, entry := range entries {
		if entry.Type().IsRegular() {
			out = append(out, entry.Name())
		}
	}
	return out, err
}

// imports looks up the imports of a scanned file; what it learns of a revision's folders is kept for the next file.
func (s *scan) imports() *imports.Resolver {
	if s.resolver == nil {
		index := s.indexes[s.at]
		if index == nil {
			index = imports.NewIndex()
			s.indexes[s.at] = index
		}
		s.resolver = imports.New(repository{s}, index)
	}
	return s.resolver
}

// maxThere bounds of how many files it is kept whether they are there. To ask takes a message to another process.
const maxThere = 1 << 16

// exists reports whether there is a file.
func (s *scan) exists(name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	s.depends[name] = struct{}{}
	key := moduleKey{s.at, name}
	there, known := s.there[key]
	if !known {
		if len(s.there) >= maxThere {
			clear(s.there)
		}
		info, err := s.tree.Stat(name)
		there = err == nil && info.Mode().IsRegular()
		s.there[key] = there
	}
	return there
}

// Imports implements [taint.Modules].
func (m *modules) Imports() *imports.Resolver { return m.imports() }

var _ imports.Tree = repository{}
