package taint

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/imports"
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

// from says where imports of a file stand.
func (u *unit) from() imports.From {
	return imports.From{Path: u.file.Path, Language: u.tree.Language, Package: u.packageName}
}

// candidates are the files that an import may mean, the likeliest first; none for a library.
func (p *program) candidates(u *unit, module string) []string {
	return p.modules.Imports().Files(u.from(), module)
}

// importedAs is an import, and which of its items; None for the module.
type importedAs struct{ node, item ast.ID }

// imported is what a variable that an import declares stands for, in other files.
func (p *program) imported(u *unit, v *names.Variable) *cell {
	t := u.tree
	if p.modules == nil || v.Declaration == ast.None || v.Parameter {
		return nil
	}
	as := importedAs{v.Declaration, ast.None}
	if t.Nodes[as.node].Kind != ast.Import {
		if kind := t.Nodes[t.Nodes[v.Declaration].Parent].Kind; kind != ast.Import && kind != ast.ImportItem {
			return nil
		}
		if as.node = t.Enclosing(v.Declaration, ast.Import); as.node == ast.None {
			return nil
		}
		if parent := t.Nodes[v.Declaration].Parent; t.Nodes[parent].Kind == ast.ImportItem {
			as.item = parent
		}
	}
	return p.importedBy(u, as, maxReexports)
}

// importOf is the import that brings in a name.
func (u *unit) importOf(name string) (importedAs, bool) {
	if u.importNames == nil {
		u.importNames = map[string]importedAs{}
		for i := range u.tree.Nodes {
			if u.tree.Nodes[i].Kind == ast.Import {
				u.noteImport(ast.ID(i))
			}
		}
	}
	as, ok := u.importNames[name]
	return as, ok
}

func (u *unit) noteImport(imp ast.ID) {
	t := u.tree
	n := &t.Nodes[imp]
	items := t.Children(imp, ast.Item)
	for _, item := range items {
		name := t.Child(item, ast.Alias)
		if name == ast.None {
			name = t.Child(item, ast.DefName)
		}
		if name != ast.None {
			u.importNames[t.Nodes[name].Name] = importedAs{imp, item}
		}
	}
	if alias := t.Child(imp, ast.Alias); alias != ast.None {
		u.importNames[t.Nodes[alias].Name] = importedAs{imp, ast.None}
	} else if len(items) == 0 && n.Flags&ast.FlagWildcard == 0 && !u.keysAreFields {
		name := n.Name
		switch t.Language {
		case "python":
			name, _, _ = strings.Cut(name, ".")
		case "go":
			name = names.PackageName(name)
		default:
			name = name[strings.LastIndexByte(name, '.')+1:]
		}
		u.importNames[name] = importedAs{imp, ast.None}
	}
}

// importedBy is what an import brings in, in other files. Modules can import each other in a circle, or a name from
// themselves, so left bounds how many of them are gone through.
func (p *program) importedBy(u *unit, as importedAs, left int) *cell {
	t := u.tree
	module := t.Nodes[as.node].Name
	if as.item != ast.None {
		name := t.Nodes[as.item].Name
		if m := p.find(p.candidates(u, module)); m != nil {
			if c := p.exportedWithin(m, name, left); c != nil {
				return c
			}
		}
		if t.Language == "python" { // from package import module
			return moduleCell(p.find(p.candidates(u, dotted(module, name))))
		}
		return nil
	}
	switch t.Language {
	case "python":
		if t.Child(as.node, ast.Alias) == ast.None {
			module, _, _ = strings.Cut(module, ".") // import a.b names a
		}
	case "go":
		if _, ok := p.modules.Imports().GoFolder(u.from(), module); ok {
			return &cell{refs: []ref{{u, as.node, refPackage}}}
		}
		return nil
	case "java":
		if m := p.find(p.candidates(u, module)); m != nil {
			return p.exportedWithin(m, module[strings.LastIndexByte(module, '.')+1:], left)
		}
		return nil
	}
	m := p.find(p.candidates(u, module))
	if m != nil && u.keysAreFields && t.Nodes[as.node].Flags&ast.FlagWildcard == 0 {
		if c := p.exportedWithin(m, "default", left); c != nil {
			return c
		}
	}
	return moduleCell(m)
}

// packageMember is what a package of Go has under a name.
func (p *program) packageMember(r ref, name string) *cell {
	for _, file := range p.modules.Imports().Declaring(r.unit.from(), r.unit.tree.Nodes[r.node].Name, name) {
		if m := p.module(file); m != nil {
			if c := p.exported(m, name); c != nil {
				return c
			}
		}
	}
	return nil
}

// importedPath are the files that a dotted name may mean because it was imported as it stands.
func (p *program) importedPath(u *unit, name string) []string {
	if name == "" || !u.importedNames()[name] {
		return nil
	}
	return p.candidates(u, name)
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
	m := f.p.find(f.p.candidates(f.unit, v.Text))
	if m == nil {
		return nil
	}
	if c := f.p.globalNamed(m, "module").at(".exports"); c != nil && len(c.refs) > 0 {
		return c
	}
	return moduleCell(m)
}
