package imports

import (
	"path"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/jsonc"
)

// ownsPython reports whether a module of Python may be the repository's own.
func ownsPython(p *project, file checks.Path, s *statement) bool {
	top, _, _ := strings.Cut(s.module, ".")
	r := p.repository
	return above(file, func(dir string) bool {
		return r.has(dir, top) || r.has(path.Join(dir, "src"), top) || ignores(r.text(path.Join(dir, ".gitignore")), top)
	}) || r.everywhere(top)
}

// ignores reports whether a .gitignore hides a file or a folder of that name: one that is made when the project is built.
func ignores(gitignore, name string) bool {
	for line := range strings.Lines(gitignore) {
		line = strings.Trim(strings.TrimSpace(line), "/*")
		if stem, _, _ := strings.Cut(path.Base(line), "."); stem == name {
			return true
		}
	}
	return false
}

// ownsScript reports whether a module of JavaScript may be the repository's own, or a name that a bundler gives it.
func ownsScript(p *project, file checks.Path, s *statement) bool {
	r := p.repository
	name := scriptPackage(s.module)
	first, _, _ := strings.Cut(name, "/")
	bare := strings.TrimPrefix(first, "@")
	if above(file, func(dir string) bool {
		if r.has(dir, first) || r.has(path.Join(dir, "src"), first) || ignores(r.text(path.Join(dir, ".gitignore")), bare) {
			return true
		}
		for _, l := range r.list(dir) {
			if l.file && namesModules(l.name) && mentions(r.text(path.Join(dir, l.name)), first) {
				return true
			}
			if l.folder && l.name == ".storybook" && mentions(r.text(path.Join(dir, l.name, "main.ts"))+r.text(path.Join(dir, l.name, "main.js")), first) {
				return true
			}
		}
		return false
	}) {
		return true
	}
	if r.everywhere(first) || r.everywhere(bare) {
		return true
	}
	for _, manifest := range r.manifests {
		if path.Base(manifest) == "package.json" && nameOf(r.text(manifest)) == name {
			return true
		}
	}
	return false
}

// namesModules reports whether a file in a project's folder may give other names to modules.
func namesModules(name string) bool {
	switch end := path.Ext(name); {
	case strings.HasPrefix(name, "tsconfig") || strings.HasPrefix(name, "jsconfig"):
		return end == ".json"
	case strings.HasPrefix(name, ".babelrc"), strings.HasPrefix(name, "deno.json"):
		return true
	case strings.HasPrefix(name, "webpack"), strings.HasPrefix(name, "rollup"), strings.HasPrefix(name, "vite"), strings.HasPrefix(name, "esbuild"), strings.HasPrefix(name, "build."), strings.HasPrefix(name, "jest"):
		return end == ".js" || end == ".ts" || end == ".mjs" || end == ".cjs" || end == ".mts" || end == ".json"
	}
	switch name {
	case "package.json", "importmap.json", "import_map.json", "angular.json", "project.json", "nx.json", "components.json":
		return true
	}
	return strings.Contains(name, ".config.")
}

// mentions reports whether a name stands in a text by itself.
func mentions(text, name string) bool {
	for at := 0; ; {
		next := strings.Index(text[at:], name)
		if next < 0 {
			return false
		}
		at += next
		end := at + len(name)
		if (at == 0 || !inName(text[at-1])) && (end == len(text) || !inName(text[end])) {
			return true
		}
		at = end
	}
}

func inName(c byte) bool { return isWord(c) || c == '-' || c == '@' }

// nameOf is what a package.json calls its package.
func nameOf(text string) string {
	d, err := jsonc.Parse(text)
	if err != nil || d.Root() == jsonc.None {
		return ""
	}
	if name := d.Member(d.Root(), "name"); name != jsonc.None && d.Nodes[name].Kind == jsonc.String {
		return d.Text(name)
	}
	return ""
}

// ownsGo reports whether another module of the repository has a package of Go, or the file is none that is built.
func ownsGo(p *project, file checks.Path, s *statement) bool {
	if strings.HasPrefix(path.Base(string(file)), "_") || strings.HasPrefix(path.Base(string(file)), ".") {
		return true
	}
	r := p.repository
	if isIgnored(r.text(string(file))) {
		return true
	}
	r.walk()
	for _, manifest := range r.manifests {
		if path.Base(manifest) == "go.mod" && within(s.module, goModule(r.text(manifest))) {
			return true
		}
	}
	return false
}

// isIgnored reports whether a file of Go asks not to be built.
func isIgnored(text string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "package ") {
			return false
		}
		if strings.HasPrefix(line, "//go:build ") && strings.Contains(line, "ignore") || strings.HasPrefix(line, "// +build ignore") {
			return true
		}
	}
	return false
}

// goModule is what the module line of a go.mod says.
func goModule(text string) string {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "module"); ok && rest != "" && (rest[0] == ' ' || rest[0] == '\t' || rest[0] == '"') {
			rest, _, _ = strings.Cut(rest, "//")
			return strings.Trim(strings.TrimSpace(rest), "\"`")
		}
	}
	return ""
}

// ownsRust reports whether a crate may be the repository's own.
func ownsRust(p *project, file checks.Path, s *statement) bool { return true }
