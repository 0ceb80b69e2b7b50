package imports

import (
	"context"
	"fmt"
	"maps"
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

var errTooLarge = fmt.Errorf("larger than %d MiB", MaxBytes>>20)

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
	limit := int64(MaxBytes)
	if path.Ext(string(file)) == notebookEnd {
		limit = maxNotebook
	}
	if stat.Mode().IsRegular() && stat.Size() > limit {
		return nil, errTooLarge
	}
	t, err := text.Read(p.repository.tree, file)
	if err == nil && int64(len(t.Bytes)) > limit {
		return nil, errTooLarge
	}
	return t, err
}

// declarations are the packages that the manifests of a folder declare, and those above it.
type declarations struct {
	ecosystems map[string]*declared // only those that the folder itself says something of
	files      map[*manifest.File]bool
	above      *declarations
}

// declared are those of one ecosystem in one folder.
type declared struct {
	names    map[string]bool
	squashed []string // names without separators
	projects []string // names of packages that the repository holds
}

// of calls yield for what the folder declares in an ecosystem and what those above it do, until it returns true.
func (d *declarations) of(ecosystem string, yield func(*declared) bool) bool {
	for ; d != nil; d = d.above {
		if of := d.ecosystems[ecosystem]; of != nil && yield(of) {
			return true
		}
	}
	return false
}

// any reports whether a manifest holds that declares packages.
func (d *declarations) any(ecosystem string) bool {
	for ; d != nil; d = d.above {
		for file := range d.files {
			if declaresAny(file, ecosystem) {
				return true
			}
		}
	}
	return false
}

// declaresAny reports whether a file says which packages of an ecosystem there are. One of Node.js or Go that names none
// says so, too; one of Python may be there for the settings of tools alone.
func declaresAny(file *manifest.File, ecosystem string) bool {
	if of := manifest.Ecosystem(file.Format); of == ecosystem && of != PyPI && file.Kind == manifest.Manifest {
		return true
	}
	return slices.ContainsFunc(file.Entries, func(e manifest.Entry) bool {
		return (e.Ecosystem == ecosystem || ecosystem == PyPI && isConda(e.Ecosystem)) && (e.Direct || file.Kind == manifest.Manifest)
	})
}

func isConda(ecosystem string) bool { return strings.EqualFold(ecosystem, "conda") }

// declares gives the first candidate that is declared.
func (d *declarations) declares(ecosystem string, candidates []string) (string, bool) {
	for _, c := range candidates {
		if d.has(ecosystem, c) {
			return c, true
		}
	}
	return "", false
}

func (d *declarations) has(ecosystem, name string) bool {
	return d.of(ecosystem, func(of *declared) bool { return of.names[name] })
}

// holds reports whether the repository holds a package whose name passes.
func (d *declarations) holds(ecosystem string, passes func(name string) bool) bool {
	return d.of(ecosystem, func(of *declared) bool { return slices.ContainsFunc(of.projects, passes) })
}

// declarations reads the manifests that hold for a folder. Folders without one of their own share those of the folder
// above.
func (p *project) declarations(dir string) *declarations {
	var chain []string // from the folder up to one that is known
	known := (*declarations)(nil)
	for at := dir; known == nil; at = path.Dir(at) {
		if known = p.declared[at]; known != nil {
			break
		}
		chain = append(chain, at)
		if at == "." || len(chain) == maxParents {
			known = &declarations{ecosystems: map[string]*declared{}}
			for ecosystem, names := range p.named {
				for _, name := range names {
					known.get(ecosystem).names[name] = true
				}
			}
			known.finish(p.settings)
			break
		}
	}
	for _, at := range slices.Backward(chain) {
		known = p.further(known, p.manifests(at))
		p.declared[at] = known
	}
	return known
}

// further is what is declared when some files are added.
func (p *project) further(d *declarations, files []*manifest.File) *declarations {
	out := &declarations{map[string]*declared{}, map[*manifest.File]bool{}, d}
	for _, file := range files {
		if file.Kind != manifest.Settings && !d.tookIn(file) {
			out.take(file)
		}
	}
	if len(out.files) == 0 {
		return d
	}
	out.finish(p.settings)
	return out
}

func (d *declarations) tookIn(file *manifest.File) bool {
	for ; d != nil; d = d.above {
		if d.files[file] {
			return true
		}
	}
	return false
}

func (d *declarations) get(ecosystem string) *declared {
	of := d.ecosystems[ecosystem]
	if of == nil {
		of = &declared{names: map[string]bool{}}
		d.ecosystems[ecosystem] = of
	}
	return of
}

// take adds what one manifest declares.
func (d *declarations) take(file *manifest.File) {
	d.files[file] = true
	for i := range file.Entries {
		e := &file.Entries[i]
		ecosystem, name := e.Ecosystem, e.Name
		if isConda(ecosystem) {
			ecosystem, name = PyPI, normal(name)
			d.get(PyPI).names[name+"-python"] = true // opencv is opencv-python there
		}
		of := d.get(ecosystem)
		of.names[name] = true
		if e.Alias != "" {
			of.names[e.Alias] = true
		}
	}
	of := d.get(manifest.Ecosystem(file.Format))
	of.projects = append(of.projects, file.Workspaces...)
	if file.Project != "" {
		of.projects = append(of.projects, file.Project)
	}
}

// finish adds what declared packages bring along, and what those do.
func (d *declarations) finish(s *settings) {
	for ecosystem, of := range d.ecosystems {
		brings := s.brings(ecosystem)
		for range 2 {
			for _, name := range slices.Collect(maps.Keys(of.names)) {
				for _, brought := range brings[name] {
					of.names[brought] = true
				}
			}
		}
		if ecosystem == PyPI {
			for name := range of.names {
				of.squashed = append(of.squashed, squash(name))
			}
		}
	}
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
			out = p.lists(out, file, ofRequirements(name.name), 1)
		}
	}
	return out
}

// lists reads the manifests in a folder of lists of packages. In one of requirements, every text is a list, also a folder
// deeper.
func (p *project) lists(out []*manifest.File, dir string, requirements bool, deeper int) []*manifest.File {
	for _, l := range p.repository.list(dir) {
		file := path.Join(dir, l.name)
		switch end := path.Ext(l.name); {
		case l.file && p.reader.Claims(checks.Path(file)):
			out = p.include(out, checks.Path(file), "", maxIncludes)
		case l.file && requirements && (end == ".txt" || end == ".in" || end == ".pip"):
			out = p.include(out, checks.Path(file), requirementsFormat, maxIncludes)
		case l.folder && requirements && deeper > 0:
			out = p.lists(out, file, requirements, deeper-1)
		}
	}
	return out
}

// requirementsFormat is the name of a format that package manifest reads.
const requirementsFormat = "requirements.txt"

func ofRequirements(folder string) bool { return strings.Contains(strings.ToLower(folder), "require") }

// keepsRequirements reports whether a folder is one in which lists of packages lie that hold for the folder above it.
func keepsRequirements(name string) bool {
	if ofRequirements(name) {
		return true
	}
	switch name = strings.ToLower(name); name {
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
