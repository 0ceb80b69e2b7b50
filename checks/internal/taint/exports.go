package taint

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// maxReexports bounds how many modules that pass on what others export are followed in a row.
const maxReexports = 6

// exported is what a module has under a name.
func (p *program) exported(u *unit, name string) *cell {
	return p.exportedWithin(u, name, maxReexports)
}

// exportedWithin is the same, at most left modules away.
func (p *program) exportedWithin(u *unit, name string, left int) *cell {
	if u == nil || left == 0 {
		return nil
	}
	var out *cell
	if id, ok := u.exports[name]; ok {
		out = &cell{refs: []ref{{u, id, refCode}}}
	}
	out = join(out, p.globalNamed(u, name))
	switch {
	case u.keysAreFields:
		return p.scriptExport(u, name, out, left)
	case u.tree.Language == "python":
		return p.pythonExport(u, name, out, left)
	case u.tree.Language == "java" && out == nil:
		return p.javaMember(u, name)
	}
	return out
}

// pythonExport adds what a module of Python imports under a name, and the modules of a package.
func (p *program) pythonExport(u *unit, name string, out *cell, left int) *cell {
	if out != nil {
		return out
	}
	if as, ok := u.importOf(name); ok {
		if out = p.importedBy(u, as, left-1); out != nil {
			return out
		}
	}
	for id := u.tree.Nodes[0].First; id != ast.None; id = u.tree.Nodes[id].Next {
		if n := &u.tree.Nodes[id]; n.Kind == ast.Import && n.Flags&ast.FlagWildcard != 0 {
			if out = p.exportedWithin(p.find(p.candidates(u, n.Name)), name, left-1); out != nil {
				return out
			}
		}
	}
	if strings.HasSuffix(u.file.Path, "/__init__.py") {
		return moduleCell(p.find(p.candidates(u, "."+name)))
	}
	return nil
}

// javaMember is a method or nested class of the classes of a file, for what is imported statically.
func (p *program) javaMember(u *unit, name string) *cell {
	if class, ok := u.classes[name]; ok {
		return &cell{refs: []ref{{u, class, refCode}}}
	}
	main := u.file.Path[strings.LastIndexByte(u.file.Path, '/')+1:]
	if class, ok := u.classes[strings.TrimSuffix(main, ".java")]; ok {
		if m, ok := u.methods[class][name]; ok {
			return &cell{refs: []ref{{u, m, refCode}}}
		}
		return p.objects[classKey{u, class}].at("." + name)
	}
	return nil
}

// scriptExport adds what a module of JavaScript exports under a name other than by declaring it.
func (p *program) scriptExport(u *unit, name string, out *cell, left int) *cell {
	t := u.tree
	exports := p.globalNamed(u, "module").at(".exports")
	if name == "default" {
		if id := u.defaultExport(); id != ast.None {
			out = join(out, &cell{refs: []ref{{u, id, refCode}}})
		}
		out = join(out, exports)
	} else {
		out = join(out, exports.at("."+name))
		out = join(out, p.globalNamed(u, "exports").at("."+name))
	}
	for id := t.Nodes[0].First; id != ast.None && out == nil; id = t.Nodes[id].Next {
		switch n := &t.Nodes[id]; {
		case n.Kind == ast.Import && u.hasModifier(id, "export"):
			out = p.reexported(u, id, name, left)
		case n.Kind == ast.Other && n.Name == "export_statement":
			if local := u.exportedName(id, name); local != "" {
				out = p.localName(u, local, left)
			}
		}
	}
	return out
}

// localName is what a name of the top level of a module stands for, be it its own or imported.
func (p *program) localName(u *unit, name string, left int) *cell {
	var out *cell
	if id, ok := u.exports[name]; ok {
		out = &cell{refs: []ref{{u, id, refCode}}}
	}
	if out = join(out, p.globalNamed(u, name)); out != nil {
		return out
	}
	if as, ok := u.importOf(name); ok {
		return p.importedBy(u, as, left-1)
	}
	return nil
}

// reexported is what `export … from` passes on under a name.
func (p *program) reexported(u *unit, imp ast.ID, name string, left int) *cell {
	t := u.tree
	module := func() *unit { return p.find(p.candidates(u, t.Nodes[imp].Name)) }
	if alias := t.Child(imp, ast.Alias); alias != ast.None {
		if t.Nodes[alias].Name == name {
			return moduleCell(module())
		}
		return nil
	}
	if t.Nodes[imp].Flags&ast.FlagWildcard != 0 {
		if name == "default" {
			return nil
		}
		return p.exportedWithin(module(), name, left-1)
	}
	for _, item := range t.Children(imp, ast.Item) {
		as := t.Child(item, ast.Alias)
		if as == ast.None {
			as = t.Child(item, ast.DefName)
		}
		if as != ast.None && t.Nodes[as].Name == name {
			return p.exportedWithin(module(), t.Nodes[item].Name, left-1)
		}
	}
	return nil
}

// exportedName is the name of the top level that `export {a as b}` or `export default a` gives another, or "".
func (u *unit) exportedName(statement ast.ID, name string) string {
	t := u.tree
	if u.hasModifier(statement, "default") {
		if value := t.Child(statement, ast.Part); name == "default" && value != ast.None && t.Nodes[value].Kind == ast.Ident {
			return t.Nodes[value].Name
		}
		return ""
	}
	for _, clause := range t.Children(statement, ast.Part) {
		for _, specifier := range t.Children(clause, ast.Part) {
			parts := t.Children(specifier, ast.Part)
			if len(parts) > 0 && t.Nodes[parts[len(parts)-1]].Name == name {
				return t.Nodes[parts[0]].Name
			}
		}
	}
	return ""
}

func (u *unit) hasModifier(id ast.ID, word string) bool {
	for _, m := range u.tree.Children(id, ast.ModifierOf) {
		if u.tree.Nodes[m].Name == word {
			return true
		}
	}
	return false
}

// defaultExport is the function or class that a module of JavaScript exports by default, or None.
func (u *unit) defaultExport() ast.ID {
	t := u.tree
	for c := t.Nodes[0].First; c != ast.None; c = t.Nodes[c].Next {
		if k := t.Nodes[c].Kind; (k == ast.Func || k == ast.Class) && u.hasModifier(c, "default") {
			return c
		}
	}
	return ast.None
}

// globalNamed is what a variable of a module's top level holds.
func (p *program) globalNamed(u *unit, name string) *cell {
	return p.globals.get(p.globalBases[unitName{u, name}])
}
