package imports

import (
	"path"
	"strings"
)

// maxAncestors bounds how many folders above the file an absolute import of Python is looked for in.
const maxAncestors = 4

func pythonFiles(dir, module string) []string {
	name := strings.TrimLeft(module, ".")
	dots := len(module) - len(name)
	file := strings.ReplaceAll(name, ".", "/")
	in := func(dir string) []string {
		if file == "" {
			return []string{path.Join(dir, "__init__.py")}
		}
		return []string{path.Join(dir, file+".py"), path.Join(dir, file, "__init__.py")}
	}
	if dots > 0 {
		for range min(dots-1, strings.Count(dir, "/")+1) {
			dir = path.Dir(dir)
		}
		return in(dir)
	}
	var out []string
	for range maxAncestors {
		out = append(out, in(dir)...)
		if dir == "." || dir == "/" {
			return append(out, in("src")...)
		}
		dir = path.Dir(dir)
	}
	return append(append(out, in(".")...), in("src")...)
}
