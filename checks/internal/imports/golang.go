package imports

import (
	"path"
	"slices"
	"strings"
)

// Index is what is known of the folders of a revision.
type Index struct {
	folders map[string]*folder
	modules map[string]goModule // of folders that have a go.mod, and of those that have none
}

// NewIndex makes an index that knows nothing.
func NewIndex() *Index { return &Index{folders: map[string]*folder{}, modules: map[string]goModule{}} }

// maxIndexed bounds how many folders are known at a time; when there are more, all are read anew.
const maxIndexed = 2000

// folder is which files of a Go package declare what.
type folder struct {
	files map[string][]string // by the name of a declaration, or "Type.Method"
	types map[string][]string // that have a method, by its name
	err   error
}

// goModule is a go.mod: the path of the module; empty when there is none.
type goModule struct {
	path string
	err  error
}

// goFiles are the files of a package that declare a name.
func (r *Resolver) goFiles(from From, module, name string) []string {
	dir := path.Dir(from.Path)
	if module != "" {
		var ok bool
		if dir, ok = r.goFolder(dir, module); !ok {
			return nil
		}
	}
	return r.folder(dir).files[name]
}

// HasSiblings reports whether a file of Go shares its package with others that declare something.
func (r *Resolver) HasSiblings(from From) bool {
	for _, files := range r.folder(path.Dir(from.Path)).files {
		if slices.ContainsFunc(files, func(file string) bool { return file != from.Path }) {
			return true
		}
	}
	return false
}

// GoFolder is the folder of a package that a file imports by its path, if it belongs to the module of the file.
func (r *Resolver) GoFolder(from From, module string) (string, bool) {
	return r.goFolder(path.Dir(from.Path), module)
}

func (r *Resolver) goFolder(dir, module string) (string, bool) {
	for range maxFolders {
		m := r.goModule(dir)
		if m.path != "" {
			rest, ok := strings.CutPrefix(module+"/", m.path+"/")
			return path.Join(dir, rest), ok
		}
		if dir == "." || m.err != nil {
			break
		}
		dir = path.Dir(dir)
	}
	return "", false
}

// goModule reads the go.mod of a folder.
func (r *Resolver) goModule(dir string) goModule {
	file := path.Join(dir, "go.mod")
	m, known := r.index.modules[dir]
	if !known {
		if len(r.index.modules) >= maxIndexed {
			clear(r.index.modules)
		}
		text, err := r.tree.Text(file, maxSettings)
		m = goModule{modulePath(text), err}
		r.index.modules[dir] = m
	}
	r.problem(file, m.err)
	return m
}

// modulePath is what the module line of a go.mod says, or "".
func modulePath(text string) string {
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "module")
		if !ok || rest == "" || rest[0] != ' ' && rest[0] != '\t' && rest[0] != '"' {
			continue
		}
		rest, _, _ = strings.Cut(rest, "//")
		return strings.Trim(strings.TrimSpace(rest), "\"`")
	}
	return ""
}

// folder reads which files of a package declare what. Tests are no part of it: other files can't use what they declare.
func (r *Resolver) folder(dir string) *folder {
	f := r.index.folders[dir]
	if f == nil {
		if len(r.index.folders) >= maxIndexed {
			clear(r.index.folders)
		}
		f = &folder{files: map[string][]string{}, types: map[string][]string{}}
		f.err = f.read(r.tree, dir)
		if f.err != nil {
			clear(f.files)
			clear(f.types)
		}
		r.index.folders[dir] = f
	}
	r.problem("the package in "+dir, f.err)
	return f
}

func (f *folder) read(tree Tree, dir string) error {
	names, err := tree.Names(dir)
	if err != nil {
		return err
	}
	files, bytes := 0, 0
	for _, name := range names {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file := path.Join(dir, name)
		text, err := tree.Text(file, maxPackageBytes)
		if err != nil {
			return err
		}
		files, bytes = files+1, bytes+len(text)
		if files > maxPackageFiles || bytes > maxPackageBytes {
			return ErrTooLarge
		}
		goDeclarations(text, func(of, name string) {
			if of != "" {
				if !slices.Contains(f.types[name], of) {
					f.types[name] = append(f.types[name], of)
				}
				name = of + "." + name
			}
			if !slices.Contains(f.files[name], file) {
				f.files[name] = append(f.files[name], file)
			}
		})
	}
	return nil
}

// goDeclarations lists what a file declares, as far as its lines tell: of is the type that a method is for. A line in a
// raw string may pass for a declaration; then a file is looked at that does not matter.
func goDeclarations(text string, found func(of, name string)) {
	grouped := false
	for line := range strings.Lines(text) {
		if grouped {
			if strings.HasPrefix(line, ")") {
				grouped = false
				continue
			}
			if rest := strings.TrimLeft(line, " \t"); len(rest) < len(line) {
				for name := range strings.SplitSeq(rest, ",") { // a, b = 1, 2
					name, after := cutName(strings.TrimLeft(name, " \t"))
					if name == "" {
						break
					}
					found("", name)
					if after = strings.TrimSpace(after); after != "" {
						break
					}
				}
			}
			continue
		}
		word, rest := cutName(line)
		rest = strings.TrimLeft(rest, " \t")
		switch word {
		case "type", "var", "const":
			if strings.HasPrefix(rest, "(") {
				grouped = true
			} else if name, _ := cutName(rest); name != "" {
				found("", name)
			}
		case "func":
			of := ""
			if strings.HasPrefix(rest, "(") {
				receiver, after, ok := strings.Cut(rest[1:], ")")
				if !ok {
					continue
				}
				of, rest = receiverName(receiver), strings.TrimLeft(after, " \t")
				if of == "" {
					continue
				}
			}
			if name, _ := cutName(rest); name != "" {
				found(of, name)
			}
		}
	}
}

// receiverName is the type in a method's receiver: `s *Stack[T]` is for Stack.
func receiverName(receiver string) string {
	receiver, _, _ = strings.Cut(receiver, "[")
	receiver = strings.TrimRight(receiver, " \t")
	return receiver[strings.LastIndexAny(receiver, " \t*")+1:]
}

// cutName splits a text behind the identifier that it begins with.
func cutName(text string) (name, rest string) {
	for i := range len(text) {
		if c := text[i]; c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c < 0x80 {
			return text[:i], text[i:]
		}
	}
	return text, ""
}
