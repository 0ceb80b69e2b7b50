package taint

import (
	"path"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/names"
)

// module is the file at a path, read when it is first wanted and with its top level run; nil when there is none.
func (p *program) module(file string) *unit {
	if u, ok := p.byPath[file]; ok {
		return u
	}
	if p.modules == nil || p.err != nil || p.opens >= maxOpens || len(p.units) > maxModules {
		return nil
	}
	p.opens++
	p.byPath[file] = nil
	opened, err := p.modules.Open(p.ctx, file)
	if err != nil {
		p.err = err
		return nil
	}
	if opened == nil {
		return nil
	}
	u := p.load(opened)
	if p.depth < maxCallDepth {
		p.depth++
		p.topLevel(u)
		p.depth--
	}
	return u
}

// find is the first file that is there.
func (p *program) find(candidates []string) *unit {
	for _, c := range candidates {
		if u := p.module(c); u != nil {
			return u
		}
	}
	return nil
}

// candidates are the files that an import may mean, the likeliest first; none for a library.
func (u *unit) candidates(module string) []string {
	dir := path.Dir(u.file.Path)
	switch u.tree.Language {
	case "python":
		return pythonFiles(dir, module)
	case "javascript", "typescript":
		return javascriptFiles(dir, module)
	}
	return nil
}

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
		for range dots - 1 {
			dir = path.Dir(dir)
		}
		return in(dir)
	}
	var out []string
	for range maxAncestors {
		out = append(out, in(dir)...)
		if dir == "." || dir == "/" {
			return out
		}
		dir = path.Dir(dir)
	}
	return append(out, in(".")...)
}

func javascriptFiles(dir, module string) []string {
	if !strings.HasPrefix(module, "./") && !strings.HasPrefix(module, "../") && module != "." && module != ".." {
		return nil
	}
	file := path.Join(dir, module)
	var out []string
	if ext := path.Ext(file); ext == ".js" || ext == ".ts" || ext == ".mjs" || ext == ".cjs" || ext == ".jsx" || ext == ".tsx" {
		out = append(out, file)
		file = strings.TrimSuffix(file, ext)
	}
	for _, end := range [...]string{".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs", "/index.js", "/index.ts"} {
		out = append(out, file+end)
	}
	return out
}

// imported is what a variable that an import declares stands for, in other files.
func (p *program) imported(u *unit, v *names.Variable) *cell {
	t := u.tree
	if p.modules == nil || v.Declaration == ast.None {
		return nil
	}
	decl := v.Declaration
	imp := decl
	if t.Nodes[imp].Kind != ast.Import {
		if imp = t.Enclosing(decl, ast.Import); imp == ast.None {
			return nil
		}
	}
	module := t.Nodes[imp].Name
	item := ast.None
	if decl != imp {
		if parent := t.Nodes[decl].Parent; t.Nodes[parent].Kind == ast.ImportItem {
			item = parent
		}
	}
	if item != ast.None {
		name := t.Nodes[item].Name
		if m := p.find(u.candidates(module)); m != nil {
			if c := p.exported(m, name); c != nil {
				return c
			}
		}
		if t.Language == "python" { // from package import module
			return moduleCell(p.find(u.candidates(dotted(module, name))))
		}
		return nil
	}
	if t.Language == "python" && t.Child(imp, ast.Alias) == ast.None {
		module, _, _ = strings.Cut(module, ".") // import a.b names a
	}
	m := p.find(u.candidates(module))
	if m != nil && u.keysAreFields && t.Nodes[imp].Flags&ast.FlagWildcard == 0 {
		if c := p.exported(m, "default"); c != nil {
			return c
		}
	}
	return moduleCell(m)
}

// importedPath are the files that a dotted name may mean because it was imported as it stands.
func (u *unit) importedPath(name string) []string {
	if name == "" || !u.importedNames()[name] {
		return nil
	}
	return u.candidates(name)
}

// importedNames are the dotted modules that are imported under their full names.
func (u *unit) importedNames() map[string]bool {
	if u.dottedImports == nil {
		u.dottedImports = map[string]bool{}
		for i := range u.tree.Nodes {
			if n := &u.tree.Nodes[i]; n.Kind == ast.Import && strings.Contains(strings.TrimLeft(n.Name, "."), ".") {
				u.dottedImports[n.Name] = true
			}
		}
	}
	return u.dottedImports
}

func dotted(module, name string) string {
	if strings.HasSuffix(module, ".") {
		return module + name
	}
	return module + "." + name
}

func moduleCell(u *unit) *cell {
	if u == nil {
		return nil
	}
	return &cell{refs: []ref{{u, 0, refModule}}}
}

// required is the module that `require("./m")` gives.
func (f *frame) required(callee ast.ID, args []argument) *cell {
	t := f.unit.tree
	if f.p.modules == nil || len(args) != 1 || !f.unit.keysAreFields || callee == ast.None || t.Nodes[callee].Kind != ast.Ident || t.Nodes[callee].Name != "require" {
		return nil
	}
	v, ok := f.unit.info.Constant(args[0].node)
	if !ok || v.Kind != ast.Str {
		return nil
	}
	m := f.p.find(f.unit.candidates(v.Text))
	if m == nil {
		return nil
	}
	if c := f.p.globalNamed(m, "module").at(".exports"); c != nil && len(c.refs) > 0 {
		return c
	}
	return moduleCell(m)
}

// exported is what a module has under a name.
func (p *program) exported(u *unit, name string) *cell {
	var out *cell
	if id, ok := u.exports[name]; ok {
		out = &cell{refs: []ref{{u, id, refCode}}}
	}
	out = join(out, p.globalNamed(u, name))
	if !u.keysAreFields {
		if out == nil && strings.HasSuffix(u.file.Path, "/__init__.py") { // a module in the package
			return moduleCell(p.find(pythonFiles(path.Dir(u.file.Path), "."+name)))
		}
		return out
	}
	exports := p.globalNamed(u, "module").at(".exports")
	if name == "default" {
		if id := u.defaultExport(); id != ast.None {
			out = join(out, &cell{refs: []ref{{u, id, refCode}}})
		}
		return join(out, exports)
	}
	out = join(out, exports.at("."+name))
	return join(out, p.globalNamed(u, "exports").at("."+name))
}

// defaultExport is the function or class that a module of JavaScript exports by default, or None.
func (u *unit) defaultExport() ast.ID {
	t := u.tree
	for c := t.Nodes[0].First; c != ast.None; c = t.Nodes[c].Next {
		if k := t.Nodes[c].Kind; k != ast.Func && k != ast.Class {
			continue
		}
		for _, m := range t.Children(c, ast.ModifierOf) {
			if t.Nodes[m].Name == "default" {
				return c
			}
		}
	}
	return ast.None
}

// globalNamed is what a variable of a module's top level holds.
func (p *program) globalNamed(u *unit, name string) *cell {
	return p.globals.get(p.globalBases[unitName{u, name}])
}
