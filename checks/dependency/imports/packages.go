package imports

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
)

// maxCandidates bounds how many packages an import may come from.
const maxCandidates = 8

// covers reports whether something declared may well bring the module under another name. It errs on the side of yes.
func (s *settings) covers(d *declarations, ecosystem, module string, candidates []string) bool {
	switch ecosystem {
	case PyPI:
		top, _, _ := strings.Cut(module, ".")
		short := squash(top)
		return d.holds(PyPI, func(name string) bool { return squash(name) == short }) ||
			len(short) >= 4 && !s.python.namespaces[top] && d.of(PyPI, func(of *declared) bool {
				return slices.ContainsFunc(of.squashed, func(name string) bool { return strings.Contains(name, short) })
			})
	case NPM:
		name := candidates[0]
		types := "@types/" + strings.Replace(strings.TrimPrefix(name, "@"), "/", "__", 1)
		return d.has(NPM, types) || d.holds(NPM, func(own string) bool {
			return own == name || strings.HasPrefix(name, own+"-") // packages for single platforms are built beside it
		})
	case Go:
		return d.requires(module) || d.holds(Go, func(own string) bool { return within(module, own) })
	}
	return d.holds(ecosystem, func(own string) bool { return squash(own) == squash(module) })
}

// squash is a name without separators, in lower case.
func squash(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// normal is the name of a distribution as PEP 503 has it.
func normal(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' }), "-")
}

// pythonPackages says where a module of Python may come from.
func (s *settings) pythonPackages(_ *project, file checks.Path, st *statement) ([]string, bool) {
	w := &s.python
	top, _, _ := strings.Cut(st.module, ".")
	if top[0] == '_' || w.standard[top] || w.hosted[top] || strings.HasSuffix(top, "_pb2") || strings.HasSuffix(top, "_pb2_grpc") || strings.HasSuffix(top, "_cuda") || strings.HasSuffix(top, "_kernels") || !isASCII(top) {
		return nil, false
	}
	parts := strings.Split(st.module, ".")
	for n := len(parts); n > 1; n-- {
		if w.hosted[strings.Join(parts[:n], ".")] {
			return nil, false
		}
	}
	var out []string
	add := func(name string) {
		if name != "" && len(out) < maxCandidates && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, full := range withItems(parts, st.items) {
		for _, name := range w.known(full) {
			add(name)
		}
		if isNamespace(w, full) {
			for _, n := range []int{3, 2, 4} {
				if n <= len(full) {
					add(normal(strings.Join(full[:n], "-")))
				}
			}
		}
	}
	if !w.namespaces[top] {
		add(normal(top))
	}
	for _, tool := range w.files[path.Base(string(file))] {
		if slices.Contains(out, tool) {
			return nil, false // whatever runs the file has it
		}
	}
	return out, true
}

// known are the distributions that are known to bring a module, by the longest of its names that is known.
func (w *words) known(parts []string) []string {
	for n := min(len(parts), 6); n > 0; n-- {
		if list := w.distributions[strings.Join(parts[:n], ".")]; list != nil {
			return list
		}
	}
	return nil
}

// pythonGuesses are the names that distributions often have whose module is called otherwise. Only a look-up can tell;
// that one of them is declared says nothing.
func (s *settings) pythonGuesses(module string) []string {
	parts := strings.Split(module, ".")
	if s.python.namespaces[parts[0]] || s.python.known(parts) != nil {
		return nil
	}
	name := normal(parts[0])
	return []string{"python-" + name, "py" + name, name + "-python", name + "-py", name + "-sdk"}
}

func isNamespace(w *words, full []string) bool {
	for n := 1; n < len(full); n++ {
		if w.namespaces[strings.Join(full[:n], ".")] {
			return true
		}
	}
	return false
}

// withItems are the modules that a statement may mean: from google.cloud import storage means google.cloud.storage.
func withItems(parts, items []string) [][]string {
	if len(items) == 0 {
		return [][]string{parts}
	}
	var out [][]string
	for _, item := range items[:min(len(items), 4)] {
		if item == strings.ToLower(item) { // else it is a class
			out = append(out, append(slices.Clone(parts), item))
		}
	}
	if out == nil {
		return [][]string{parts}
	}
	return out
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// scriptPackages says which package a module of JavaScript is of.
func (s *settings) scriptPackages(_ *project, _ checks.Path, st *statement) ([]string, bool) {
	module, _, _ := strings.Cut(st.module, "?")
	name := scriptPackage(module)
	if name == "" {
		return nil, false
	}
	first, _, _ := strings.Cut(name, "/")
	if w := &s.script; w.standard[name] || w.hosted[name] || w.hosted[first] {
		return nil, false
	}
	return []string{name}, true
}

// scriptPackage is the package that a module is of; "" when it is a path, an address, a name that only a bundler knows,
// or nothing that a package could be called.
func scriptPackage(module string) string {
	parts := strings.SplitN(module, "/", 3)
	name := parts[0]
	if strings.HasPrefix(name, "@") {
		if len(parts) < 2 || len(name) < 2 || !isPackageName(parts[1]) {
			return ""
		}
		if !isPackageName(name[1:]) {
			return ""
		}
		return name + "/" + parts[1]
	}
	if !isPackageName(name) {
		return ""
	}
	return name
}

func isPackageName(name string) bool {
	if name == "" || name[0] == '.' || name[0] == '_' {
		return false
	}
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return true
}

// goPackages guesses the module that a package of Go is of: its path tells the repository, not how much of it is the
// module.
func goPackages(_ *project, _ checks.Path, st *statement) ([]string, bool) {
	host, rest, ok := strings.Cut(st.module, "/")
	if !ok || !strings.Contains(host, ".") || strings.HasPrefix(host, ".") || !isASCII(st.module) {
		return nil, false
	}
	parts := strings.Split(rest, "/")
	length := len(parts)
	switch host {
	case "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com":
		if len(parts) < 2 {
			return nil, false
		}
		length = 2
	case "golang.org":
		length = min(2, len(parts))
	case "gopkg.in", "k8s.io", "sigs.k8s.io", "go.uber.org":
		length = 1
		if len(parts) > 1 && !strings.Contains(parts[0], ".v") && host == "gopkg.in" {
			length = 2
		}
	}
	name := strings.Join(append([]string{host}, parts[:length]...), "/")
	var out []string
	if length < len(parts) && len(parts[length]) > 1 && parts[length][0] == 'v' && strings.Trim(parts[length][1:], "0123456789") == "" {
		out = append(out, name+"/"+parts[length])
	}
	for name != host && len(out) < maxCandidates {
		out = append(out, name)
		if length < len(parts) {
			break // a forge has its repositories at this depth
		}
		name = path.Dir(name)
	}
	return out, len(out) > 0
}

// within reports whether a package of Go lies in a module.
func within(module, in string) bool {
	rest, ok := strings.CutPrefix(module, in)
	return ok && in != "" && (rest == "" || rest[0] == '/')
}

// requires reports whether a declared module holds a package of Go.
func (d *declarations) requires(module string) bool {
	for at := module; at != "." && at != "/"; at = path.Dir(at) {
		if d.has(Go, at) {
			return true
		}
	}
	return false
}
