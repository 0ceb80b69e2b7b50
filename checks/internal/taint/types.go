package taint

import (
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/imports"
)

// maxSupers bounds how many classes are looked through for a method: those that a class extends, implements or embeds.
const maxSupers = 12

// typeText is the name of a type without its arguments, such as "q.DB" for *q.DB[int]; "" when it has none.
func (u *unit) typeText(id ast.ID) string {
	if id == ast.None {
		return ""
	}
	t := u.tree
	if object := t.Child(id, ast.Object); t.Nodes[id].Kind == ast.Type && object != ast.None {
		id = object
	}
	if name := t.Dotted(id); name != "" {
		return name
	}
	return bareType(t.Nodes[id].Name)
}

// bareType is the name of a type without what stands around it, or "" for one that is no name.
func bareType(name string) string {
	name = strings.TrimLeft(name, "*&")
	if i := strings.IndexAny(name, "<["); i >= 0 {
		name = name[:i]
	}
	if strings.ContainsAny(name, " (){},|&") {
		return ""
	}
	return name
}

// typeNamed is the class that a file means by the name of a type.
func (p *program) typeNamed(u *unit, name string) (classKey, bool) {
	if name = bareType(name); name == "" {
		return classKey{}, false
	}
	if class, ok := u.classes[name]; ok {
		return classKey{u, class}, true
	}
	if p.modules == nil {
		return classKey{}, false
	}
	if known, ok := u.types[name]; ok {
		return known, known.unit != nil
	}
	u.types[name] = classKey{} // what leads back to itself is none
	found := p.typeElsewhere(u, name)
	u.types[name] = found
	return found, found.unit != nil
}

func (p *program) typeElsewhere(u *unit, name string) classKey {
	first, rest, dotted := strings.Cut(name, ".")
	if as, ok := u.importOf(first); ok {
		c := p.importedBy(u, as, maxReexports)
		for part := range strings.SplitSeq(rest, ".") {
			if dotted {
				c = p.memberOf(c, part)
			}
		}
		for _, r := range c.refList() {
			if r.kind == refCode && r.unit.tree.Nodes[r.node].Kind == ast.Class {
				return classKey{r.unit, r.node}
			}
		}
		return classKey{}
	}
	if dotted {
		if u.tree.Language == "java" {
			return p.qualifiedType(u, name)
		}
		return classKey{}
	}
	if m := p.sibling(u, name); m != nil {
		if class, ok := m.classes[name]; ok {
			return classKey{m, class}
		}
	}
	return classKey{}
}

// qualifiedType is the class of Java that a full name such as a.b.C means; a.b.C.D is nested in it.
func (p *program) qualifiedType(u *unit, name string) classKey {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if !imports.IsType(last) || imports.IsType(name) {
		return classKey{}
	}
	if m := p.find(p.candidates(u, name)); m != nil {
		if class, ok := m.classes[last]; ok {
			return classKey{m, class}
		}
	}
	return classKey{}
}

// memberOf is what a module or package has under a name.
func (p *program) memberOf(c *cell, name string) *cell {
	var out *cell
	for _, r := range c.refList() {
		switch r.kind {
		case refModule:
			out = join(out, p.exported(r.unit, name))
		case refPackage:
			out = join(out, p.packageMember(r, name))
		}
	}
	return out
}

// sibling is the file beside a file of Go or Java, or in a package that is imported whole, that declares a name; or nil.
func (p *program) sibling(u *unit, name string) *unit {
	if p.modules == nil || u.tree.Language != "go" && (u.tree.Language != "java" || !imports.IsType(name)) {
		return nil
	}
	if known, ok := u.siblings[name]; ok {
		return known
	}
	u.siblings[name] = nil
	files := p.modules.Imports().Declaring(u.from(), "", name)
	for _, module := range u.wildcards {
		files = append(files, p.modules.Imports().Files(u.from(), module+"."+name)...)
	}
	m := p.find(slices.DeleteFunc(files, func(file string) bool { return file == u.file.Path }))
	u.siblings[name] = m
	return m
}

// supers are the classes that a class extends, implements or embeds.
func (p *program) supers(c classKey) []classKey {
	t := c.unit.tree
	var out []classKey
	add := func(id ast.ID) {
		if super, ok := p.typeNamed(c.unit, c.unit.typeText(id)); ok && super != c {
			out = append(out, super)
		}
	}
	for id := t.Nodes[c.node].First; id != ast.None; id = t.Nodes[id].Next {
		if role := t.Nodes[id].Role; role == ast.Super || role == ast.Interface {
			add(id)
		}
	}
	if body := t.Child(c.node, ast.Body); t.Language == "go" && body != ast.None {
		for _, field := range t.Children(body, ast.Stmt) {
			if of := t.Child(field, ast.TypeOf); t.Child(field, ast.Left) == ast.None && of != ast.None {
				add(of)
			}
		}
	}
	return out
}

// parentOf is the class that a class extends.
func (p *program) parentOf(u *unit, class ast.ID) (classKey, bool) {
	if class == ast.None {
		return classKey{}, false
	}
	super := u.tree.Child(class, ast.Super)
	if super == ast.None {
		return classKey{}, false
	}
	return p.typeNamed(u, u.typeText(super))
}

// method finds a method of a class, in it or in what it extends, or in the one class that is known to implement it.
func (p *program) method(c classKey, name string) (ref, bool) {
	if name == "" || c.node == ast.None {
		return ref{}, false
	}
	r, ok := p.declaredMethod(c, name)
	if ok && r.unit.tree.Child(r.node, ast.Body) != ast.None {
		return r, true
	}
	if ok {
		if only, found := p.implementation(c, name); found && only != c {
			if inner, found := p.declaredMethod(only, name); found {
				return inner, true
			}
		}
	}
	return r, ok
}

// declaredMethod finds a method of a class, in it or in what it extends.
func (p *program) declaredMethod(c classKey, name string) (ref, bool) {
	queue := []classKey{c}
	for i := 0; i < len(queue) && i < maxSupers; i++ {
		c := queue[i]
		if m, ok := c.unit.methods[c.node][name]; ok {
			return ref{c.unit, m, refCode}, true
		}
		if r, ok := p.outsideMethod(c.unit, c.unit.defName(c.node), name); ok {
			return r, true
		}
		for _, super := range p.supers(c) {
			if !slices.Contains(queue, super) {
				queue = append(queue, super)
			}
		}
	}
	return ref{}, false
}

// outsideMethod finds a method that is declared outside its type, in the same file or in another of the package.
func (p *program) outsideMethod(u *unit, of, name string) (ref, bool) {
	if m, ok := u.outside[of][name]; ok {
		return ref{u, m, refCode}, true
	}
	if p.modules == nil || u.tree.Language != "go" || of == "" {
		return ref{}, false
	}
	for _, file := range p.modules.Imports().Declaring(u.from(), "", of+"."+name) {
		if m := p.module(file); m != nil {
			if fn, ok := m.outside[of][name]; ok {
				return ref{m, fn, refCode}, true
			}
		}
	}
	return ref{}, false
}

// implementation is the class that implements an interface, when only one is known to.
func (p *program) implementation(c classKey, method string) (classKey, bool) {
	if c.unit.tree.Language == "go" {
		return p.goImplementation(c, method)
	}
	name := c.unit.defName(c.node)
	if p.modules != nil {
		for _, file := range p.modules.Imports().Implementing(c.unit.from(), name) {
			p.module(file)
		}
	}
	var found []classKey
	for _, u := range p.units {
		for _, class := range u.classes {
			key := classKey{u, class}
			for id := u.tree.Nodes[class].First; id != ast.None; id = u.tree.Nodes[id].Next {
				if role := u.tree.Nodes[id].Role; role != ast.Interface && role != ast.Super || lastName(u.typeText(id)) != name {
					continue
				}
				if of, ok := p.typeNamed(u, u.typeText(id)); ok && of == c && !slices.Contains(found, key) {
					found = append(found, key)
				}
			}
		}
	}
	if len(found) != 1 {
		return classKey{}, false
	}
	return found[0], true
}

// goImplementation is the type that has a method, when only one of the interface's package or of its file has.
func (p *program) goImplementation(c classKey, method string) (classKey, bool) {
	var types []string
	if p.modules != nil {
		types = p.modules.Imports().MethodTypes(c.unit.from(), method)
	} else {
		for of, methods := range c.unit.outside {
			if _, ok := methods[method]; ok {
				types = append(types, of)
			}
		}
	}
	if len(types) != 1 {
		return classKey{}, false
	}
	return p.typeNamed(c.unit, types[0])
}

// fieldClass is the class that a field of a class is declared with.
func (p *program) fieldClass(c classKey, name string) (classKey, bool) {
	queue := []classKey{c}
	for i := 0; i < len(queue) && i < maxSupers; i++ {
		c := queue[i]
		if of, ok := c.unit.fieldTypes[c.node][name]; ok {
			return p.typeNamed(c.unit, of)
		}
		queue = append(queue, p.supers(c)...)
	}
	return classKey{}, false
}

// hasField reports whether a class declares a field, or one that it extends does.
func (p *program) hasField(c classKey, name string) bool {
	for range maxSupers {
		if c.unit.fields[c.node][name] {
			return true
		}
		super, ok := p.parentOf(c.unit, c.node)
		if !ok {
			return false
		}
		c = super
	}
	return false
}
