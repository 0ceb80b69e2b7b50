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
func (s *settings) covers(d *declarations, ecosystem, module string, candidates []candidate) bool {
	switch ecosystem {
	case PyPI:
		top, _, _ := strings.Cut(module, ".")
		short := squash(top)
		return d.holds(PyPI, func(name string) bool { return squash(name) == short }) ||
			len(short) >= 4 && !s.python.namespaces[top] && d.of(PyPI, func(of *declared) bool {
				return slices.ContainsFunc(of.squashed, func(name string) bool { return strings.Contains(name, short) })
			})
	case NPM:
		name := candidates[0].name
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
func (s *settings) pythonPackages(_ *project, file checks.Path, st *statement) ([]candidate, bool) {
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
	var out []candidate
	add := func(name string, guess bool) {
		if name != "" && len(out) < maxCandidates && !slices.ContainsFunc(out, func(c candidate) bool { return c.name == name }) {
			out = append(out, candidate{name, guess})
		}
	}
	known := false
	for _, full := range withItems(parts, st.items) {
		for n := min(len(full), 6); n > 0; n-- {
			if list := w.distributions[strings.Join(full[:n], ".")]; list != nil {
				for _, name := range list {
					add(name, false)
				}
				known = true
				break
			}
		}
		if isNamespace(w, full) {
			for _, n := range []int{3, 2, 4} {
				if n <= len(full) {
					add(normal(strings.Join(full[:n], "-")), false)
				}
			}
		}
	}
	if !w.namespaces[top] {
		add(normal(top), false)
	}
	if !known {
		for _, form := range []string{"python-%s", "py%s", "%s-python", "%s-py", "%s-sdk"} {
			add(strings.Replace(form, "%s", normal(top), 1), true)
		}
	}
	for _, tool := range w.files[path.Base(string(file))] {
		if slices.ContainsFunc(out, func(c candidate) bool { return c.name == tool }) {
			return nil, false // whatever runs the file has it
		}
	}
	return out, true
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
func (s *settings) scriptPackages(_ *project, _ checks.Path, st *statement) ([]candidate, bool) {
	module, _, _ := strings.Cut(st.module, "?")
	name := scriptPackage(module)
	if name == "" {
		return nil, false
	}
	first, _, _ := strings.Cut(name, "/")
	if w := &s.script; w.standard[name] || w.hosted[name] || w.hosted[first] {
		return nil, false
	}
	return []candidate{{name: name}}, true
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
func goPackages(_ *project, _ checks.Path, st *statement) ([]candidate, bool) {
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
	var out []candidate
	if length < len(parts) && len(parts[length]) > 1 && parts[length][0] == 'v' && strings.Trim(parts[length][1:], "0123456789") == "" {
		out = append(out, candidate{name: name + "/" + parts[length]})
	}
	for name != host && len(out) < maxCandidates {
		out = append(out, candidate{name: name})
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
