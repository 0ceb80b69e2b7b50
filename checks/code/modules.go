package code

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/match"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/taint"
	"github.com/assay-app/assay/checks/internal/text"
)

// Imports that may lead to a file of the repository, as they are written.
var (
	pythonImport   = regexp.MustCompile(`(?m)^[ \t]*(?:from[ \t]+(\.*[\w.]*)[ \t]+import|import[ \t]+([\w.]+))`)
	relativeImport = regexp.MustCompile(`(?:\bfrom|\brequire\(|\bimport\(?)\s*["']\.{1,2}/`)
)

// maxImports bounds how many imports of a file are looked up to tell whether one leads to the repository.
const maxImports = 40

// imports reports whether a file imports others of the repository, so that flows may come from there and go there.
func (s *scan) imports(l *lang.Language, source string) bool {
	if s.tree == nil {
		return false
	}
	switch l.Name {
	case "javascript", "typescript":
		return relativeImport.MatchString(source)
	case "python":
		for _, m := range pythonImport.FindAllStringSubmatch(source, maxImports) {
			module := m[1] + m[2]
			if strings.HasPrefix(module, ".") || s.hasModule(module) {
				return true
			}
		}
	}
	return false
}

// hasModule reports whether an absolute import of Python leads to a file beside this one or at the root.
func (s *scan) hasModule(module string) bool {
	first, _, _ := strings.Cut(module, ".")
	for _, dir := range []string{path.Dir(string(s.path)), "."} {
		for _, name := range []string{path.Join(dir, first+".py"), path.Join(dir, first, "__init__.py")} {
			s.depends[name] = struct{}{}
			if info, err := s.tree.Stat(name); err == nil && info.Mode().IsRegular() {
				return true
			}
		}
	}
	return false
}

// modules opens the files that a file imports, for flows that cross them.
type modules struct {
	*scan
	rules  []*rule
	opened map[string]*taint.File
}

// module is a file that others import, as it was read once for all of them.
type module struct {
	file  *match.File
	alive map[*rule]bool // the rules that may find a source or a sink in it
}

// maxModules bounds how many modules are kept at a time; when there are more, all are read anew.
const maxModules = 256

// Open implements [taint.Modules].
func (m *modules) Open(ctx context.Context, name string) (*taint.File, error) {
	if file, known := m.opened[name]; known {
		return file, nil
	}
	m.opened[name], m.depends[name] = nil, struct{}{}
	read, err := m.module(ctx, name)
	if read == nil || err != nil {
		return nil, err
	}
	file := &taint.File{Path: name, Tree: read.file.Tree, Names: read.file.Names}
	for _, r := range m.rules {
		var hits taint.Hits
		if read.alive[r] {
			if found, _, err := m.ranges(read.file, read.file.Tree.Language, r, true); err == nil { // the file's own scan tells of errors
				hits = found
			}
		}
		file.Hits = append(file.Hits, hits)
	}
	m.opened[name] = file
	return file, nil
}

// module reads a file of the tree that the scan is of; nil when there is none that can be followed.
func (m *modules) module(ctx context.Context, name string) (*module, error) {
	key := moduleKey{m.at, name}
	if read, known := m.modules[key]; known {
		return read, nil
	}
	if len(m.modules) >= maxModules {
		clear(m.modules)
	}
	m.modules[key] = nil
	t, err := text.Read(m.tree, checks.Path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, text.ErrNotText):
		return nil, nil
	case err != nil:
		return nil, err
	}
	source := string(t.Bytes)
	l := lang.Detect(name, "")
	if l == nil || len(source) > MaxSource || m.places.leftOut(checks.Path(name), t) != "" {
		return nil, nil
	}
	tree, err := l.Parse(ctx, source)
	if err != nil {
		return nil, ctx.Err() // what cannot be parsed is an unknown library; its own scan says so
	}
	read := &module{file: match.NewFile(tree, names.Resolve(tree)), alive: map[*rule]bool{}}
	for _, r := range m.groups[l.Name].alive(checks.Path(name), source, true) {
		read.alive[r] = true
	}
	m.modules[key] = read
	return read, nil
}
