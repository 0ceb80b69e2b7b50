package code

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/imports"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/match"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/semgrep"
	"github.com/assay-app/assay/checks/internal/taint"
	"github.com/assay-app/assay/checks/internal/text"
)

// Bounds on what of a file is looked up to tell whether flows may leave it. Beyond them it is taken for one that they may.
const (
	maxImports = 40  // imports
	maxTypes   = 150 // names of classes that a file of Java uses
)

// crosses reports whether a file uses others of the repository, so that flows may come from there and go there.
func (s *scan) crosses(l *lang.Language, source string) bool {
	if s.tree == nil {
		return false
	}
	from := imports.From{Path: string(s.path), Language: l.Name}
	switch l.Name {
	case "javascript", "typescript":
		return leadsIn(scriptImports, source, func(module string) bool { return strings.HasPrefix(module, ".") || s.leads(from, module) })
	case "python":
		return leadsIn(pythonImports, source, func(module string) bool { return strings.HasPrefix(module, ".") || s.hasModule(module) })
	case "go":
		s.listed = true
		return s.imports().HasSiblings(from) || leadsIn(goImports, source, func(module string) bool {
			_, ok := s.imports().GoFolder(from, module)
			return ok
		})
	case "java":
		return s.usesClasses(from, source)
	}
	return false
}

// leadsIn reports whether one of the imports of a file leads to the repository, or there are too many to tell.
func leadsIn(written func(string, func(string) bool), source string, leads func(module string) bool) bool {
	n, found := 0, false
	written(source, func(module string) bool {
		n++
		found = n >= maxImports || leads(module)
		return !found
	})
	return found
}

// leads reports whether an import leads to a file of the repository.
func (s *scan) leads(from imports.From, module string) bool {
	return slices.ContainsFunc(s.imports().Files(from, module), s.exists)
}

// usesClasses reports whether a file of Java imports classes of the repository or names some of its own package.
func (s *scan) usesClasses(from imports.From, source string) bool {
	eachLine(source, func(line string) bool {
		m := javaPackage.FindStringSubmatch(line)
		if m != nil {
			from.Package = m[1]
		}
		return m == nil
	}, "package")
	n, found := 0, false
	eachLine(source, func(line string) bool {
		if m := javaImport.FindStringSubmatch(line); m != nil {
			n++
			found = n >= maxImports || s.importsClass(from, m[1], m[2] != "")
		}
		return !found
	}, "import")
	if found {
		return true
	}
	full, seen := map[string]bool{}, map[string]bool{strings.TrimSuffix(path.Base(string(s.path)), ".java"): true}
	javaNames(source, func(name, long string) bool {
		if long != "" && !full[long] {
			full[long] = true
			found = len(full) > maxTypes || s.leads(from, long)
		}
		if !found && !seen[name] {
			seen[name] = true
			found = len(seen) > maxTypes || slices.ContainsFunc(s.imports().Declaring(from, "", name), s.exists)
		}
		return !found
	})
	return found
}

// importsClass reports whether an import of Java leads to a class of the repository, or to a folder of them.
func (s *scan) importsClass(from imports.From, class string, all bool) bool {
	if !all {
		return s.leads(from, class)
	}
	return slices.ContainsFunc(s.imports().Files(from, class+".*"), func(file string) bool {
		info, err := s.tree.Stat(path.Dir(file))
		return err == nil && info.IsDir()
	})
}

// hasModule reports whether an absolute import of Python leads to a file beside this one or at the root.
func (s *scan) hasModule(module string) bool {
	first, _, _ := strings.Cut(module, ".")
	for _, dir := range []string{path.Dir(string(s.path)), "."} {
		for _, name := range []string{path.Join(dir, first+".py"), path.Join(dir, first, "__init__.py")} {
			if s.exists(name) {
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
	hits  map[*rule]taint.Hits
}

// maxModuleBytes bounds how much source of modules is kept at a time; when there is more, all are read anew. What is known of a
// file takes some 20 times as much memory as its source.
const maxModuleBytes = 2 << 20

// key names the file that is scanned.
func (s *scan) key() moduleKey { return moduleKey{s.at, string(s.path)} }

// keep keeps what was read of a file for others that import it.
func (e *engine) keep(key moduleKey, read *module) {
	if e.moduleBytes += len(read.file.Tree.Source); e.moduleBytes > maxModuleBytes {
		clear(e.modules)
		e.moduleBytes = len(read.file.Tree.Source)
	}
	e.modules[key] = read
}

func newModule(file *match.File, alive []*rule) *module {
	read := &module{file: file, alive: map[*rule]bool{}, hits: map[*rule]taint.Hits{}}
	for _, r := range alive {
		read.alive[r] = true
	}
	return read
}

// remember keeps the scanned file itself, as one that others import.
func (s *scan) remember(file *match.File, alive []*rule) {
	if s.modules[s.key()] == nil {
		s.keep(s.key(), newModule(file, alive))
	}
}

// Open implements [taint.Modules].
func (m *modules) Open(ctx context.Context, name string) (*taint.File, error) {
	if !fs.ValidPath(name) { // as an import may be written
		return nil, nil
	}
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
		file.Hits = append(file.Hits, m.matches(read, r))
	}
	m.opened[name] = file
	return file, nil
}

// matches is what a rule matches in a module.
func (m *modules) matches(read *module, r *rule) taint.Hits {
	hits, known := read.hits[r]
	if !known && read.alive[r] {
		hits, _, _ = m.ranges(read.file, read.file.Tree.Language, r, true) // the file's own scan tells of errors
		read.hits[r] = hits
	}
	return hits
}

// module reads a file of the tree that the scan is of; nil when there is none that can be followed.
func (m *modules) module(ctx context.Context, name string) (*module, error) {
	key := moduleKey{m.at, name}
	if read, known := m.modules[key]; known {
		return read, nil
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
	file, outline := match.NewFile(tree, names.Resolve(tree)), semgrep.NewOutline(source)
	file.Know(outline.Written())
	read := newModule(file, m.group(l.Name).alive(checks.Path(name), outline, true))
	m.keep(key, read)
	return read, nil
}
