package imports

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
	"github.com/assay-app/assay/checks/internal/text"
)

// Bounds of what is read besides the changed files.
const (
	maxManifests = 400 // files of package managers, of all folders together
	maxIncludes  = 5   // manifests that include one another
	maxParents   = 40  // folders above a file
)

var errTooLarge = errors.New("too large")

// project is what one run learns of a repository.
type project struct {
	*Finder
	ctx        context.Context
	repository *repository
	named      map[string][]string
	declared   map[string]*declarations // by folder
	read       map[checks.Path]*manifest.File
	result     Result
}

func newProject(ctx context.Context, f *Finder, tree checks.Tree, named map[string][]string) *project {
	return &project{
		Finder: f, ctx: ctx, repository: newRepository(tree, f.settings), named: named,
		declared: map[string]*declarations{}, read: map[checks.Path]*manifest.File{},
	}
}

// text reads a source file.
func (p *project) text(file checks.Path) (*text.Text, error) {
	stat, err := p.repository.tree.Stat(string(file))
	if err != nil {
		return nil, err
	}
	if stat.Mode().IsRegular() && stat.Size() > MaxBytes {
		return nil, errTooLarge
	}
	return text.Read(p.repository.tree, file)
}

// declarations are the packages that the manifests of a folder and those above it declare.
type declarations struct {
	ecosystems map[string]*declared
}

func (d *declarations) of(ecosystem string) *declared {
	if of := d.ecosystems[ecosystem]; of != nil {
		return of
	}
	return &declared{}
}

// declared are those of one ecosystem.
type declared struct {
	any      bool // a manifest holds that declares packages
	names    map[string]bool
	squashed []string // names without separators
	projects []string // names of packages that the repository holds
}

// declares gives the first candidate that is declared.
func (d *declared) declares(candidates []candidate) (string, bool) {
	for _, c := range candidates {
		if !c.guess && d.names[c.name] {
			return c.name, true
		}
	}
	return "", false
}

// declarations reads the manifests that hold for a folder.
func (p *project) declarations(dir string) *declarations {
	if known := p.declared[dir]; known != nil {
		return known
	}
	var files []*manifest.File
	at := dir
	for range maxParents {
		files = append(files, p.manifests(at)...)
		if at == "." {
			break
		}
		at = path.Dir(at)
	}
	d := &declarations{map[string]*declared{}}
	for ecosystem, names := range p.named {
		for _, name := range names {
			d.get(ecosystem).add(name)
		}
	}
	for _, file := range files {
		p.take(d, file)
	}
	for ecosystem, of := range d.ecosystems {
		of.finish(p.settings.brings(ecosystem))
	}
	p.declared[dir] = d
	return d
}

func (d *declarations) get(ecosystem string) *declared {
	of := d.ecosystems[ecosystem]
	if of == nil {
		of = &declared{names: map[string]bool{}}
		d.ecosystems[ecosystem] = of
	}
	return of
}

func (d *declared) add(name string) { d.names[name] = true }

// take adds what one manifest declares.
func (p *project) take(d *declarations, file *manifest.File) {
	if file.Kind == manifest.Settings {
		return
	}
	// A manifest of Node.js or Go that names no package says that there is none. One of Python may be there for the
	// settings of tools alone.
	if of := manifest.Ecosystem(file.Format); of == NPM || of == Go || of == Crates {
		d.get(of).any = d.get(of).any || file.Kind == manifest.Manifest
	}
	for i := range file.Entries {
		e := &file.Entries[i]
		ecosystem, name := e.Ecosystem, e.Name
		if strings.EqualFold(ecosystem, "conda") {
			d.get(PyPI).add(normal(name) + "-python") // opencv is opencv-python there
			ecosystem, name = PyPI, normal(name)
		}
		of := d.get(ecosystem)
		of.any = of.any || e.Direct || file.Kind == manifest.Manifest
		of.add(name)
		if e.Alias != "" {
			of.add(e.Alias)
		}
	}
	for of := range d.ecosystems {
		d.ecosystems[of].projects = append(d.ecosystems[of].projects, file.Workspaces...)
		if file.Project != "" {
			d.ecosystems[of].projects = append(d.ecosystems[of].projects, file.Project)
		}
	}
}

// finish adds what declared packages bring along, and what those do.
func (d *declared) finish(brings map[string][]string) {
	for range 2 {
		for _, name := range keys(d.names) {
			for _, brought := range brings[name] {
				d.names[brought] = true
			}
		}
	}
	for name := range d.names {
		d.squashed = append(d.squashed, squash(name))
	}
	slices.Sort(d.squashed)
}

func (s *settings) brings(ecosystem string) map[string][]string {
	switch ecosystem {
	case PyPI:
		return s.python.brings
	case NPM:
		return s.script.brings
	}
	return nil
}

func keys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for key := range m {
		out = append(out, key)
	}
	return out
}

// manifests reads those in a folder, in the folders beside it where people keep lists of requirements, and those that
// they include.
func (p *project) manifests(dir string) []*manifest.File {
	var out []*manifest.File
	for _, name := range p.repository.list(dir) {
		file := path.Join(dir, name.name)
		switch {
		case name.file && p.reader.Claims(checks.Path(file)):
			out = p.include(out, checks.Path(file), "", maxIncludes)
		case name.folder && keepsRequirements(name.name):
			for _, inner := range p.repository.list(file) {
				if inner := checks.Path(path.Join(file, inner.name)); p.reader.Claims(inner) {
					out = p.include(out, inner, "", maxIncludes)
				}
			}
		}
	}
	return out
}

// keepsRequirements reports whether a folder is one in which lists of packages lie that hold for the folder above it.
func keepsRequirements(name string) bool {
	name = strings.ToLower(name)
	if strings.Contains(name, "require") {
		return true
	}
	switch name {
	case "reqs", "deps", "dependencies", "constraints", "conda", "env", "envs", "environments", "docs", "doc", "test", "tests", "testing",
		"ci", ".ci", ".github", "dev", "tools", "scripts", "docker", "build", "etc", "pip":
		return true
	}
	return false
}

func (p *project) include(out []*manifest.File, file checks.Path, as string, left int) []*manifest.File {
	f, known := p.read[file]
	if !known && len(p.read) < maxManifests {
		f, _ = p.reader.Read(p.ctx, p.repository.tree, file, as) // one that cannot be read declares nothing; whoever judges it says so
		p.read[file] = f
	}
	if f == nil || slices.Contains(out, f) {
		return out
	}
	out = append(out, f)
	if left > 0 {
		for _, included := range f.Includes {
			out = p.include(out, included, f.Format, left-1)
		}
	}
	return out
}
