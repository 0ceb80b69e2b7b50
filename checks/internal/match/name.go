package match

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// ident matches a plain name: with the same name, or with what is imported under that name as a whole.
func (m *matcher) ident(p, n ast.ID, env *Env, k next) bool {
	name, tn := m.p.Nodes[p].Name, &m.Tree.Nodes[n]
	switch tn.Kind {
	case ast.Ident:
		if tn.Name == name {
			return k(env)
		}
	case ast.Type:
		if object := m.Tree.Child(n, ast.Object); object != ast.None {
			return m.ident(p, object, env, k)
		}
		if tn.Name == name {
			return k(env)
		}
		return false
	case ast.Member:
	case ast.Str: // a word of a shell
		return (m.Tree.Language == "bash" || m.isDockerfile()) && tn.Name == name && k(env)
	default:
		return false
	}
	if tn.Role != ast.Property {
		for _, qualified := range m.Names.Qualified(n) {
			if qualified == name {
				return k(env)
			}
		}
	}
	return m.held(p, n, env, k)
}

// member matches a chain of names: by structure, and with the full names that imports give.
func (m *matcher) member(p, n ast.ID, env *Env, k next) bool {
	t, tn := m.Tree, &m.Tree.Nodes[n]
	switch tn.Kind {
	case ast.Member:
		object, property := t.Child(n, ast.Object), t.Child(n, ast.Property)
		if object == ast.None || property == ast.None || t.Language == "kotlin" && (m.p.Nodes[p].Flags^tn.Flags)&ast.FlagOptional != 0 {
			return false
		}
		done := m.node(m.p.Child(p, ast.Property), property, env, func(env *Env) bool {
			return m.node(m.p.Child(p, ast.Object), object, env, k)
		})
		if done {
			return true
		}
	case ast.Ident:
		if tn.Role == ast.Property {
			return false
		}
	case ast.Call: // require("module").name is a member; require("module") alone is not
	case ast.Type:
		if object := t.Child(n, ast.Object); object != ast.None {
			return m.member(p, object, env, k)
		}
	default:
		return false
	}
	written := t.Dotted(n)
	for _, qualified := range m.Names.Qualified(n) {
		if qualified == written {
			continue
		}
		if m.dotted(p, n, qualified, env, k) {
			return true
		}
	}
	return m.held(p, n, env, k)
}

// dotted matches a chain of names with a full name that n stands for.
func (m *matcher) dotted(p, n ast.ID, name string, env *Env, k next) bool {
	if !m.step() {
		return true
	}
	pn, tn := &m.p.Nodes[p], &m.Tree.Nodes[n]
	switch pn.Kind {
	case ast.Metavar:
		if m.p.Child(p, ast.TypeOf) != ast.None {
			return false
		}
		value := Value{Start: tn.Start, End: tn.End, First: ast.None, Last: ast.None, Kind: TextValue, Text: name}
		return m.bind(pn.Name, value, env, k)
	case ast.Ellipsis:
		return k(env)
	case ast.Ident:
		if pn.Name == name {
			return k(env)
		}
	case ast.Member:
		cut := strings.LastIndexByte(name, '.')
		if cut < 0 {
			return false
		}
		return m.dotted(m.p.Child(p, ast.Property), n, name[cut+1:], env, func(env *Env) bool {
			return m.dotted(m.p.Child(p, ast.Object), n, name[:cut], env, k)
		})
	}
	return false
}

// name matches the name that a node carries itself, where it is no identifier below it.
func (m *matcher) name(p, n ast.ID, env *Env, k next) bool {
	pn, tn := &m.p.Nodes[p], &m.Tree.Nodes[n]
	switch pn.Kind {
	case ast.KeywordArg, ast.ImportItem: // their DefName says it, save for the options of a Dockerfile
		if pn.Kind == ast.ImportItem || !m.isDockerfile() {
			return k(env)
		}
	case ast.Type:
		if tn.First != ast.None && pn.First != ast.None {
			return k(env)
		}
	}
	if pn.Name == tn.Name {
		return k(env)
	}
	if isMetavariable(pn.Name) {
		if tn.Name == "" {
			return false
		}
		return m.bind(pn.Name, Value{Start: tn.Start, End: tn.End, First: ast.None, Last: ast.None, Kind: TextValue, Text: tn.Name}, env, k)
	}
	return pn.Name == "" && pn.Kind != ast.Other && k(env)
}

// isMetavariable reports whether a name in a pattern is a metavariable's.
func isMetavariable(name string) bool {
	if len(name) < 2 || name[0] != '$' {
		return false
	}
	for i := 1; i < len(name); i++ {
		if c := name[i]; c != '_' && (c < 'A' || 'Z' < c) && (i == 1 || c < '0' || '9' < c) {
			return false
		}
	}
	return true
}

// imported matches an import: of a module, which may be longer than the pattern's, or of names in it.
func (m *matcher) imported(p, n ast.ID, env *Env, k next) bool {
	t, pn, tn := m.Tree, &m.p.Nodes[p], &m.Tree.Nodes[n]
	if tn.Kind != ast.Import {
		return m.requires(p, n, env, k)
	}
	if t.Language == "java" && m.p.Child(p, ast.ModifierOf) != ast.None && t.Child(n, ast.ModifierOf) == ast.None { // import static
		return false
	}
	wild := pn.Flags&ast.FlagWildcard != 0
	items := m.p.Children(p, ast.Item)
	if len(items) == 1 && m.isJavaScript() && t.Child(n, ast.Item) == ast.None && t.Child(n, ast.Alias) != ast.None &&
		tn.Flags&ast.FlagWildcard == 0 { // import a is import {default as a}
		if name := m.p.Child(items[0], ast.DefName); name != ast.None && m.p.Nodes[name].Kind == ast.Metavar {
			return m.module(pn.Name, n, env, func(env *Env) bool { return m.node(name, t.Child(n, ast.Alias), env, k) })
		}
	}
	if wild != (tn.Flags&ast.FlagWildcard != 0) && (wild || m.isJavaScript()) || len(items) > 0 && t.Child(n, ast.Item) == ast.None {
		return false
	}
	if prefix, last, ok := cutLast(pn.Name); ok && len(items) == 0 && t.Language == "python" && tn.Name == prefix {
		for _, item := range t.Children(n, ast.Item) { // from a import b is import a.b
			if t.Nodes[item].Name == last {
				return k(env)
			}
		}
	}
	alias := m.p.Child(p, ast.Alias)
	if alias != ast.None && m.p.Nodes[alias].Kind == ast.Ellipsis { // the `...` before an import in a group
		alias = ast.None
	}
	if alias != ast.None && t.Child(n, ast.Alias) == ast.None {
		return false
	}
	return m.module(pn.Name, n, env, func(env *Env) bool {
		then := func(env *Env) bool { return m.subset(items, t.Children(n, ast.Item), env, k) }
		if alias != ast.None {
			return m.node(alias, t.Child(n, ast.Alias), env, then)
		}
		return then(env)
	})
}

// requires matches the import of a whole module with require("module").
func (m *matcher) requires(p, n ast.ID, env *Env, k next) bool {
	if m.Tree.Nodes[n].Kind == ast.VarDef {
		return m.taken(p, n, env, k)
	}
	callee, arg := m.Tree.Child(n, ast.Callee), m.Tree.Child(n, ast.Arg)
	if !m.isJavaScript() || m.p.Nodes[p].First != ast.None || callee == ast.None || arg == ast.None ||
		m.Tree.Nodes[callee].Name != "require" || m.Tree.Nodes[arg].Kind != ast.Str {
		return false
	}
	return m.module(m.p.Nodes[p].Name, arg, env, k)
}

// taken matches the import of names with const {a, b} = require("module").
func (m *matcher) taken(p, n ast.ID, env *Env, k next) bool {
	left, right := m.Tree.Child(n, ast.Left), m.Tree.Child(n, ast.Right)
	items := m.p.Children(p, ast.Item)
	if !m.isJavaScript() || len(items) == 0 || left == ast.None || right == ast.None || m.Tree.Nodes[left].Kind != ast.Dict || m.Tree.Nodes[right].Kind != ast.Call {
		return false
	}
	callee, arg := m.Tree.Child(right, ast.Callee), m.Tree.Child(right, ast.Arg)
	if callee == ast.None || arg == ast.None || m.Tree.Nodes[callee].Name != "require" || m.Tree.Nodes[arg].Kind != ast.Str {
		return false
	}
	return m.module(m.p.Nodes[p].Name, arg, env, func(env *Env) bool { return m.parts(items, m.Tree.Children(left, ast.Elem), env, k) })
}

// parts matches each imported name with a part that an object is taken apart into.
func (m *matcher) parts(items, pairs []ast.ID, env *Env, k next) bool {
	if !m.step() || len(items) == 0 {
		return k(env)
	}
	name := m.p.Child(items[0], ast.DefName)
	for _, pair := range pairs {
		key := m.Tree.Child(pair, ast.Key)
		if name != ast.None && key != ast.None && m.node(name, key, env, func(env *Env) bool { return m.parts(items[1:], pairs, env, k) }) {
			return true
		}
	}
	return false
}

func (m *matcher) module(name string, n ast.ID, env *Env, k next) bool {
	tn := &m.Tree.Nodes[n]
	if strings.HasPrefix(name, "=~/") {
		ok, err := m.expression(name, tn.Name)
		if err != nil {
			m.err = err
			return true
		}
		return ok && k(env)
	}
	if isMetavariable(name) {
		value := Value{Start: tn.Start, End: tn.End, First: ast.None, Last: ast.None, Kind: TextValue, Text: tn.Name}
		if at := strings.Index(m.Tree.Text(n), tn.Name); at >= 0 && tn.Name != "" {
			value.Start += uint32(at)
			value.End = value.Start + uint32(len(tn.Name))
		}
		return m.bind(name, value, env, k)
	}
	if prefix, last, ok := cutLast(name); ok && isMetavariable(last) {
		if module, item, ok := cutLast(tn.Name); ok && module == prefix {
			end := tn.Start + uint32(strings.LastIndex(m.Tree.Text(n), item)+len(item))
			return m.bind(last, Value{Start: end - uint32(len(item)), End: end, First: ast.None, Last: ast.None, Kind: TextValue, Text: item}, env, k)
		}
		return false
	}
	if tn.Name == name || name == "..." || m.withinModule(tn.Name, name) {
		return k(env)
	}
	return false
}

// withinModule reports whether a module is in a package that a pattern imports.
func (m *matcher) withinModule(module, pattern string) bool {
	separator := "."
	switch {
	case m.isJavaScript() || m.Tree.Language == "go":
		separator = "/"
	case m.Tree.Language != "python":
		return false
	}
	return strings.HasPrefix(module, pattern+separator)
}

// cutLast takes the last part of a dotted name off.
func cutLast(name string) (prefix, last string, ok bool) {
	at := strings.LastIndexByte(name, '.')
	if at < 0 {
		return "", "", false
	}
	return name[:at], name[at+1:], true
}
