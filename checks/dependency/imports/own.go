package imports

import (
	"path"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/jsonc"
)

// ownsPython reports whether a module of Python may be the repository's own, or may come from somewhere that no manifest
// speaks of.
func ownsPython(p *project, file checks.Path, s *statement, candidates []string) bool {
	top, _, _ := strings.Cut(s.module, ".")
	r := p.repository
	if makesModule(r.text(string(file)), top, isTest(file)) {
		return true
	}
	spellings := []string{strings.ToLower(top)}
	for _, c := range candidates {
		spellings = append(spellings, c, strings.ReplaceAll(c, "-", "_"))
	}
	return installsItself(p, file, spellings) || above(file, func(dir string) bool {
		if r.has(dir, top) || r.has(path.Join(dir, "src"), top) || ignores(r.text(path.Join(dir, ".gitignore")), top) {
			return true
		}
		for _, l := range r.list(dir) {
			if l.file && installs(l.name) && mentionsAny(r.lower(path.Join(dir, l.name)), spellings) {
				return true
			}
		}
		for _, l := range r.list(path.Join(dir, ".github/workflows")) {
			if l.file && mentionsAny(r.lower(path.Join(dir, ".github/workflows", l.name)), spellings) {
				return true
			}
		}
		return false
	}) || r.everywhere(top)
}

// makesModule reports whether a file of Python changes where modules are looked for, or makes one of that name itself.
func makesModule(text, name string, test bool) bool {
	for _, sign := range []string{"sys.path.insert", "sys.path.append", "sys.path +=", "sys.path.extend", name + ".py", `sys.modules["` + name, `sys.modules['` + name} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return test && (strings.Contains(text, `"`+name+`"`) || strings.Contains(text, `'`+name+`'`))
}

// isTest reports whether a path is that of a test.
func isTest(file checks.Path) bool { return strings.Contains(strings.ToLower(string(file)), "test") }

// installs reports whether a file in a project's folder is one in which people have packages of Python installed, or say
// what is known of them.
func installs(name string) bool {
	switch name = strings.ToLower(name); name {
	case "tox.ini", "noxfile.py", "makefile", "justfile", "taskfile.yml", "setup.py", "setup.cfg", "pyproject.toml", "pipfile", "pixi.toml", "pytest.ini", "mypy.ini",
		".gitlab-ci.yml", ".travis.yml", ".pre-commit-config.yaml", "appveyor.yml", "azure-pipelines.yml", "cog.yaml", "conda.yml", "conda.yaml", "meta.yaml":
		return true
	}
	return strings.HasSuffix(name, ".sh") || strings.Contains(name, "dockerfile") || strings.HasPrefix(name, "environment") || strings.HasPrefix(name, "requirement")
}

func mentionsAny(text string, names []string) bool {
	for _, name := range names {
		if mentions(text, name) {
			return true
		}
	}
	return false
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
func ownsScript(p *project, file checks.Path, s *statement, _ []string) bool {
	r := p.repository
	if isForBrowsers(string(file), r.text(string(file))) {
		return true
	}
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

// isForBrowsers reports whether a script is one that others made and browsers load as it is: minified, or such that it asks
// whether there are modules at all.
func isForBrowsers(file, text string) bool {
	if strings.Contains(file, ".min.") || strings.Contains(text, "define.amd") || strings.Contains(text, "typeof exports") || strings.Contains(text, "@licstart") {
		return true
	}
	for folder := range strings.SplitSeq(path.Dir(file), "/") {
		switch folder {
		case "public", "static":
			return true
		case "src", "pages", "app", "lib": // in which a folder of that name is like any other
			return text == ""
		}
	}
	return text == "" // too large to have been written by hand
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
func ownsGo(p *project, file checks.Path, s *statement, _ []string) bool {
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
