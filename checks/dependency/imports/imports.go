// Package imports finds imports of packages that no manifest declares, in the lines that a change adds. Most are packages
// that happen to be installed, since something else needs them; but an import that an AI made up is among them, too, and
// no manifest says its name, so that nothing else would ask whether there is such a package.
//
// What is of the repository itself, comes with the language, or may come from somewhere that no manifest speaks of, is
// passed over: when in doubt it says nothing.
package imports

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
	"github.com/assay-app/assay/checks/internal/text"
)

// Ecosystems whose imports are read, as OSV writes them.
const (
	PyPI   = "PyPI"
	NPM    = "npm"
	Go     = "Go"
	Crates = "crates.io"
)

// MaxUndeclared is how many imports of one change are given; [Result.More] counts the others.
const MaxUndeclared = 300

// Reader reads the files of package managers, as [manifest.Reader] does.
type Reader interface {
	Claims(checks.Path) bool
	Read(ctx context.Context, tree checks.Tree, path checks.Path, as string) (*manifest.File, error)
}

// Undeclared is an import that no manifest declares which holds for the file: none in its folder or one above it.
type Undeclared struct {
	Ecosystem string

	// Candidates are the names of the packages that it may come from, in the form in which the ecosystem compares names:
	// first those that are known to bring such a module, then what it is called itself, then guesses. It comes from
	// nowhere only if none of them exists.
	Candidates []string

	// Known says that the first candidate exists and brings such a module, so that nobody need be asked.
	Known bool

	Import   string // as it stands there: "google.cloud.storage", "@scope/package/part"
	At       checks.Location
	Optional bool   // the program goes on without it: it needs it for types alone, catches its absence, or is an example
	Snippet  string // the line verbatim
}

// Name is a package, by ecosystem and name.
type Name struct{ Ecosystem, Name string }

// Result is what the imports of a change say.
type Result struct {
	Undeclared []Undeclared // by path and place; each name once for each file
	More       int          // beyond MaxUndeclared

	// Importers are the changed files that import a package which a manifest declares, sorted.
	Importers map[Name][]checks.Path

	Files       int // that were read
	Bytes       int64
	NoManifest  int // of those: files for which no manifest holds, so that nothing is said of them
	TooManyDirs int // files of which nothing is said since the repository has more than MaxFolders folders
	Unscanned   []checks.Unscanned
}

// Finder finds imports. It is immutable and safe for concurrent use.
type Finder struct {
	reader    Reader
	languages []language
	settings  *settings
}

// New loads what is known of imports. The reader reads manifests.
func New(reader Reader) (*Finder, error) {
	s, err := loadSettings()
	if err != nil {
		return nil, err
	}
	return &Finder{reader, languages(s), s}, nil
}

// language is how the imports of one language are read, and what they mean.
type language struct {
	ecosystem string
	ends      []string // of the names of its files
	read      func(source []byte) statements

	// wants reports whether an import is of a package at all, and not of the language or the host that runs it, and gives
	// the packages that it may come from.
	wants func(p *project, file checks.Path, s *statement) ([]string, bool)

	// owns reports whether the repository itself may have the module. It is asked last, since it looks around.
	owns func(p *project, file checks.Path, s *statement, candidates []string) bool
}

func languages(s *settings) []language {
	script := language{ecosystem: NPM, ends: []string{".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"}, read: scriptStatements, wants: s.scriptPackages, owns: ownsScript}
	python := language{ecosystem: PyPI, ends: []string{".py", ".pyw"}, read: pythonStatements, wants: s.pythonPackages, owns: ownsPython}
	book := python
	book.ends, book.read = []string{notebookEnd}, notebookStatements
	page := script
	page.ends, page.read = []string{".vue", ".svelte"}, pageStatements
	return []language{
		python, book, script, page,
		{ecosystem: Go, ends: []string{".go"}, read: goStatements, wants: goPackages, owns: ownsGo},
		{ecosystem: Crates, ends: []string{".rs"}, read: rustStatements, wants: s.rustPackages, owns: ownsRust},
	}
}

// Find reads the changed files. Named are packages that something else in the repository installs, by ecosystem; they
// count as declared. The error is that of ctx.
func (f *Finder) Find(ctx context.Context, tree checks.Tree, files []checks.FileChange, named map[string][]string) (Result, error) {
	p := newProject(ctx, f, tree, named)
	importers := map[Name][]checks.Path{}
	for i := range files {
		if err := ctx.Err(); err != nil {
			return p.result, err
		}
		file := &files[i]
		if file.Status == checks.Deleted || !file.Mode.IsRegular() || f.settings.passedOver(file.Path) {
			continue
		}
		if l := f.languageOf(file.Path); l != nil {
			p.file(l, file, importers)
		}
	}
	for name, paths := range importers {
		slices.Sort(paths)
		importers[name] = slices.Compact(paths)
	}
	p.result.Importers = importers
	return p.result, ctx.Err()
}

func (f *Finder) languageOf(file checks.Path) *language {
	end := path.Ext(string(file))
	for i := range f.languages {
		if slices.Contains(f.languages[i].ends, end) && !strings.HasSuffix(string(file), ".d.ts") {
			return &f.languages[i]
		}
	}
	return nil
}

// file reads one file.
func (p *project) file(l *language, file *checks.FileChange, importers map[Name][]checks.Path) {
	t, err := p.text(file.Path)
	if err != nil {
		p.unread(file.Path, err)
		return
	}
	p.result.Files++
	p.result.Bytes += int64(len(t.Bytes))
	statements := l.read(t.Bytes)
	if len(statements) == 0 {
		return
	}
	d := p.declarations(path.Dir(string(file.Path)))
	if !d.any(l.ecosystem) {
		p.result.NoManifest++
		return
	}
	seen := map[string]bool{}
	for i := range statements {
		s := &statements[i]
		candidates, ok := l.wants(p, file.Path, s)
		if !ok || len(candidates) == 0 {
			continue
		}
		if name, ok := d.declares(l.ecosystem, candidates); ok {
			n := Name{l.ecosystem, name}
			importers[n] = append(importers[n], file.Path)
			continue
		}
		if p.settings.covers(d, l.ecosystem, s.module, candidates) || seen[candidates[0]] || !file.IsAdded(t.Position(s.start).Line) {
			continue
		}
		seen[candidates[0]] = true
		if l.owns(p, file.Path, s, candidates) {
			continue
		}
		if p.repository.tooLarge {
			p.result.TooManyDirs++
			return
		}
		p.report(l.ecosystem, file.Path, t, s, candidates)
	}
}

func (p *project) report(ecosystem string, file checks.Path, t *text.Text, s *statement, candidates []string) {
	if len(p.result.Undeclared) >= MaxUndeclared {
		p.result.More++
		return
	}
	known := false
	if ecosystem == PyPI {
		known = p.settings.python.known(strings.Split(s.module, ".")) != nil
		candidates = append(candidates, p.settings.pythonGuesses(s.module)...)
	}
	u := Undeclared{Known: known, Ecosystem: ecosystem, Candidates: candidates, Import: s.module, Optional: s.optional || p.settings.isAside(file), At: t.Location(file, s.start, s.end), Snippet: t.Snippet(s.start, s.end)}
	p.result.Undeclared = append(p.result.Undeclared, u)
}

// unread notes that a file could not be read. One that is too large was made by a machine, and a link or what is no text
// is no program.
func (p *project) unread(file checks.Path, err error) {
	u := checks.Unscanned{Path: file, Check: checks.Dependency, Reason: "imports not read: " + err.Error(), Kind: checks.Failed}
	pathError := (*fs.PathError)(nil)
	switch {
	case errors.Is(err, text.ErrNotText):
		return
	case errors.Is(err, errTooLarge):
		u.Kind = checks.Excluded
	case errors.As(err, &pathError):
		u.Reason = "imports not read: it " + text.Unreadable(pathError)
	}
	p.result.Unscanned = append(p.result.Unscanned, u)
}
