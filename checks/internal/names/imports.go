package names

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

func isJavaScript(language ast.Language) bool {
	return language == "javascript" || language == "typescript"
}

// majorVersion is the end of a Go import path that is no part of the package's name.
var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// PackageName is the name that importing a package of Go by its path gives, as far as the path tells.
func PackageName(path string) string { return moduleName("go", path) }

// moduleName is how rules write a module.
func moduleName(language ast.Language, module string) string {
	switch language {
	case "go":
		parts := strings.Split(module, "/")
		last := parts[len(parts)-1]
		if len(parts) > 1 && majorVersion.MatchString(last) {
			last = parts[len(parts)-2]
		}
		if base, _, ok := strings.Cut(last, ".v"); ok { // gopkg.in/yaml.v3
			last = base
		}
		return strings.TrimPrefix(last, "go-")
	case "javascript", "typescript":
		return strings.TrimPrefix(module, "node:")
	case "php":
		return strings.ReplaceAll(strings.TrimPrefix(module, `\`), `\`, ".")
	case "rust", "cpp":
		return strings.ReplaceAll(module, "::", ".")
	}
	return module
}

// imports declares what an import brings in.
func (r *resolver) imports(id ast.ID, s *scope) {
	t := r.tree
	n := &t.Nodes[id]
	module := moduleName(t.Language, n.Name)
	alias := t.Child(id, ast.Alias)
	switch {
	case alias != ast.None && t.Nodes[alias].Kind == ast.Ident:
		v := r.add(s, alias)
		v.imported = []string{module}
		if isJavaScript(t.Language) && n.Flags&ast.FlagWildcard == 0 {
			v.imported = append(v.imported, module+".default")
		}
	case n.Flags&ast.FlagWildcard != 0:
		r.wildcards = append(r.wildcards, module)
	case t.Child(id, ast.Item) == ast.None && module != "":
		r.importModule(id, module, s)
	}
	for _, item := range t.Children(id, ast.Item) {
		if t.Nodes[item].Kind != ast.ImportItem {
			continue
		}
		name := t.Child(item, ast.Alias)
		if name == ast.None {
			name = t.Child(item, ast.DefName)
		}
		if name == ast.None {
			continue
		}
		v := r.add(s, name)
		v.imported = []string{join(module, t.Nodes[item].Name)}
		if t.Nodes[item].Name == "default" {
			v.imported = append(v.imported, module)
		}
	}
}

// join puts a name behind a module; a relative module of Python ends in its dots.
func join(module, name string) string {
	if module == "" || strings.HasSuffix(module, ".") {
		return module + name
	}
	return module + "." + name
}

// importModule declares the name that importing a module without renaming it gives.
func (r *resolver) importModule(id ast.ID, module string, s *scope) {
	declare := func(name, qualified string) {
		v := s.names[name]
		if v == nil {
			v = &Variable{Name: name, Declaration: id, Function: ast.None, Owner: s.owner, aliased: ast.None}
			s.names[name] = v
		}
		for _, known := range v.imported {
			if known == qualified {
				return
			}
		}
		v.imported = append(v.imported, qualified)
	}
	switch r.tree.Language {
	case "python":
		first, _, _ := strings.Cut(module, ".")
		declare(first, first) // import a.b binds a
	case "go":
		declare(module, module)
	case "java", "kotlin", "scala", "php", "rust":
		declare(module[strings.LastIndexByte(module, '.')+1:], module)
	case "csharp":
		r.wildcards = append(r.wildcards, module)
	}
}
