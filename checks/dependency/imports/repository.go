package imports

import (
	"io/fs"
	"path"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// Bounds of a look around the repository.
const (
	// MaxFolders is how many folders of a repository are looked into for what is its own. In a larger one nothing can be
	// said of an import that no manifest declares.
	MaxFolders = 8000

	maxListed   = 20_000    // names of one folder
	maxSettings = 256 << 10 // bytes of a file that may give names to modules
	maxPackages = 1000      // packages that the repository holds, of one kind
)

// repository is the head, as far as it was looked into.
type repository struct {
	tree     checks.Tree
	settings *settings
	lists    map[string][]listed
	texts    map[string]string

	walked    bool
	tooLarge  bool
	folders   map[string]bool // names of folders, wherever they lie
	modules   map[string]bool // names of source files without their endings
	manifests []string        // paths of package.json, go.mod and Cargo.toml
}

// listed is a name in a folder.
type listed struct {
	name         string
	file, folder bool
}

func newRepository(tree checks.Tree, s *settings) *repository {
	return &repository{tree: tree, settings: s, lists: map[string][]listed{}, texts: map[string]string{}, folders: map[string]bool{}, modules: map[string]bool{}}
}

// list lists a folder; nothing when there is none.
func (r *repository) list(dir string) []listed {
	if known, ok := r.lists[dir]; ok {
		return known
	}
	var out []listed
	if fs.ValidPath(dir) {
		entries, _ := r.tree.ReadDir(dir)
		for _, e := range entries[:min(len(entries), maxListed)] {
			out = append(out, listed{e.Name(), e.Type().IsRegular() || e.Type()&fs.ModeSymlink != 0, e.IsDir()})
		}
	}
	r.lists[dir] = out
	return out
}

// has reports whether a folder holds a module of that name: a folder, or a file whatever it ends in.
func (r *repository) has(dir, module string) bool {
	for _, l := range r.list(dir) {
		if l.name == module || l.file && strings.HasPrefix(l.name, module) && l.name[len(module)] == '.' {
			return true
		}
	}
	return false
}

// text is that of a small file, "" when there is none.
func (r *repository) text(file string) string {
	if known, ok := r.texts[file]; ok {
		return known
	}
	out := ""
	if stat, err := r.tree.Stat(file); err == nil && stat.Mode().IsRegular() && stat.Size() <= maxSettings {
		if t, err := text.Read(r.tree, checks.Path(file)); err == nil && len(t.Bytes) <= maxSettings {
			out = string(t.Bytes)
		}
	}
	r.texts[file] = out
	return out
}

// lower is the text of a small file in lower case.
func (r *repository) lower(file string) string {
	key := file + "\x00"
	known, ok := r.texts[key]
	if !ok {
		known = strings.ToLower(r.text(file))
		r.texts[key] = known
	}
	return known
}

// walk looks into all folders, those near the root first.
func (r *repository) walk() {
	if r.walked {
		return
	}
	r.walked = true
	queue := []string{"."}
	for n := 0; n < len(queue); n++ {
		if n >= MaxFolders {
			r.tooLarge = true
			return
		}
		for _, l := range r.list(queue[n]) {
			full := path.Join(queue[n], l.name)
			switch {
			case l.folder:
				r.folders[l.name] = true
				if l.name != "node_modules" && l.name != ".git" && l.name != "site-packages" {
					queue = append(queue, full)
				}
			case l.name == "package.json" || l.name == "go.mod" || l.name == "Cargo.toml":
				if len(r.manifests) < maxPackages {
					r.manifests = append(r.manifests, full)
				}
			default:
				if stem, end, ok := strings.Cut(l.name, "."); ok && isSource(end) {
					r.modules[stem] = true
				}
			}
		}
	}
}

// isSource reports whether a file whose name ends so may be imported.
func isSource(end string) bool {
	switch end[strings.LastIndexByte(end, '.')+1:] {
	case "py", "pyi", "pyx", "pyw", "pxd", "so", "pyd", "c", "cpp", "cc", "js", "ts", "jsx", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte", "json", "css", "scss", "less", "rs", "proto", "wasm", "j2", "in", "tmpl", "ipynb":
		return true
	}
	return false
}

// everywhere reports whether the repository has a folder or a source file of that name anywhere.
func (r *repository) everywhere(name string) bool {
	r.walk()
	return r.folders[name] || r.modules[name]
}

// above calls yield for a folder and those above it, until it returns true.
func above(file checks.Path, yield func(dir string) bool) bool {
	dir := path.Dir(string(file))
	for range maxParents {
		if yield(dir) {
			return true
		}
		if dir == "." {
			break
		}
		dir = path.Dir(dir)
	}
	return false
}
