package match

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// group is the children of a node in one role.
type group struct {
	role ast.Role
	ids  []ast.ID
}

// groups gives the children of a node of the pattern by role, in the order of their first one.
func (m *matcher) groups(p ast.ID) []group {
	if known, ok := m.byRole[p]; ok {
		return known
	}
	var out []group
	for c := m.p.Nodes[p].First; c != ast.None; c = m.p.Nodes[c].Next {
		role := mixed(m.p.Nodes[c].Role, m.p.Nodes[p].Kind)
		i := 0
		for i < len(out) && out[i].role != role {
			i++
		}
		if i == len(out) {
			out = append(out, group{role: role})
		}
		out[i].ids = append(out[i].ids, c)
	}
	if m.byRole == nil {
		m.byRole = map[ast.ID][]group{}
	}
	m.byRole[p] = out
	return out
}

// mixed says which roles make one list: the pieces of a text with values in it are matched together.
func mixed(r ast.Role, parent ast.Kind) ast.Role {
	if parent == ast.Interp && r == ast.Value {
		return ast.Fragment
	}
	return r
}

func (m *matcher) inRole(n ast.ID, role ast.Role) []ast.ID {
	t := m.Tree
	kind := t.Nodes[n].Kind
	var out []ast.ID
	for c := t.Nodes[n].First; c != ast.None; c = t.Nodes[c].Next {
		if mixed(t.Nodes[c].Role, kind) == role {
			out = append(out, c)
		}
	}
	return out
}

// children matches the children of two nodes of one kind, role by role.
func (m *matcher) children(p, n ast.ID, env *Env, k next) bool {
	groups := m.groups(p)
	if !m.absent(p, n, groups) {
		return false
	}
	return m.group(p, n, groups, env, k)
}

func (m *matcher) group(p, n ast.ID, groups []group, env *Env, k next) bool {
	if len(groups) == 0 {
		return k(env)
	}
	g := groups[0]
	then := func(env *Env) bool { return m.group(p, n, groups[1:], env, k) }
	kind := m.p.Nodes[p].Kind
	ts := m.inRole(n, g.role)
	switch g.role {
	case ast.Arg:
		return m.arguments(g.ids, ts, env, then)
	case ast.Elem:
		switch kind {
		case ast.Set, ast.Dict:
			return m.unordered(g.ids, ts, m.openObject(), env, then)
		case ast.Global:
			return m.subset(g.ids, ts, env, then)
		}
	case ast.DecoratorOf:
		if m.options.DecoratorsOrdered {
			return m.inOrder(g.ids, ts, env, then)
		}
		return m.subset(g.ids, ts, env, then)
	case ast.ModifierOf:
		return m.subset(g.ids, ts, env, then)
	case ast.Attr:
		return m.unordered(g.ids, ts, m.options.XMLAttrsImplicitEllipsis, env, then)
	case ast.CaseOf:
		return m.inOrder(g.ids, ts, env, then)
	case ast.ChildOf:
		if !m.options.XMLChildrenOrdered {
			return m.unordered(g.ids, ts, false, env, then)
		}
	case ast.Interface:
		return m.subset(g.ids, ts, env, then)
	case ast.CatchOf:
		return m.subset(g.ids, ts, env, then)
	case ast.Super, ast.Item:
		return m.list(g.ids, ts, true, env, then)
	case ast.Value:
		if kind == ast.Throw { // raise A from b
			return m.list(g.ids, ts, true, env, then)
		}
	case ast.Stmt:
		return m.statements(g.ids, ts, false, env, func(env *Env, _ int) bool { return then(env) })
	case ast.Body:
		if kind == ast.Class && len(ts) == 1 && len(g.ids) == 1 {
			return m.classBody(g.ids[0], ts[0], env, then)
		}
	case ast.TypeOf:
		if kind == ast.Catch && len(ts) == 1 && len(g.ids) == 1 && m.p.Nodes[g.ids[0]].Kind == ast.Tuple && m.Tree.Nodes[ts[0]].Kind != ast.Tuple {
			return m.list(m.p.Children(g.ids[0], ast.Elem), ts, false, env, then)
		}
		if kind == ast.Catch && len(ts) > 1 { // A | B
			return m.unordered(g.ids, ts, true, env, then)
		}
	case ast.DefName:
		if kind == ast.Catch && len(ts) == 0 && m.isJavaScript() { // catch { }
			return then(env)
		}
	}
	if len(ts) == 0 && len(g.ids) == 1 && (m.p.Nodes[g.ids[0]].Kind == ast.Ellipsis || kind == ast.Func && m.anything(g.ids[0]) && m.Tree.Language != "c" && m.Tree.Language != "cpp") {
		return then(env)
	}
	if len(g.ids) == 1 && len(ts) == 1 && m.p.Nodes[g.ids[0]].Kind != ast.MetavarRest {
		return m.node(g.ids[0], ts[0], env, then)
	}
	return m.list(g.ids, ts, false, env, then)
}

// anything reports whether a body of the pattern is an ellipsis.
func (m *matcher) anything(p ast.ID) bool {
	n := &m.p.Nodes[p]
	return n.Kind == ast.Block && n.First != ast.None && m.p.Nodes[n.First].Next == ast.None && m.p.Nodes[n.First].Kind == ast.Ellipsis
}

func (m *matcher) isJavaScript() bool {
	return m.Tree.Language == "javascript" || m.Tree.Language == "typescript"
}

// openObject reports whether an object of the pattern matches one with more entries.
func (m *matcher) openObject() bool { return m.isJavaScript() || m.isTerraform() }

func (m *matcher) isTerraform() bool { return m.Tree.Language == "terraform" }

// absent reports whether the pattern may leave out what it leaves out of the children of n.
func (m *matcher) absent(p, n ast.ID, groups []group) bool {
	for c := m.Tree.Nodes[n].First; c != ast.None; c = m.Tree.Nodes[c].Next {
		role := mixed(m.Tree.Nodes[c].Role, m.Tree.Nodes[n].Kind)
		there := false
		for _, g := range groups {
			there = there || g.role == role
		}
		if !there && !m.optional(p, n, role, groups) {
			return false
		}
	}
	return true
}

// optional reports whether a pattern that does not write a part matches what has one.
func (m *matcher) optional(p, n ast.ID, role ast.Role, groups []group) bool {
	kind := m.p.Nodes[p].Kind
	switch role {
	case ast.Property, ast.Value: // the tag and the digest of an image
		return kind == ast.Instruction
	case ast.ModifierOf: // def self.f of Ruby is another method
		return m.Tree.Language != "ruby" || kind != ast.Func
	case ast.DecoratorOf, ast.Receiver, ast.Result, ast.Default, ast.TypeParam, ast.Super, ast.Interface:
		return true
	case ast.Init:
		return kind == ast.If || kind == ast.Switch
	case ast.Item:
		return kind == ast.Try
	case ast.ChildOf:
		return m.options.XMLSingletonLoose
	case ast.TypeOf:
		if kind == ast.Catch {
			for _, g := range groups { // except ...: is a type that is anything
				if g.role == ast.DefName {
					return true
				}
			}
			return false
		}
		return kind != ast.Cast
	case ast.DefName:
		if kind == ast.Catch {
			for _, g := range groups {
				if g.role == ast.TypeOf && m.p.Nodes[g.ids[0]].Kind == ast.Ellipsis {
					return true
				}
			}
		}
		return kind == ast.JSXElement || kind == ast.Func && m.Tree.Nodes[n].Flags&ast.FlagLambda != 0
	case ast.Elem:
		return kind == ast.Dict && m.openObject()
	case ast.Alias:
		return kind == ast.ImportItem || kind == ast.Instruction
	case ast.Else:
		return kind == ast.If || kind == ast.For || kind == ast.ForEach || kind == ast.While || kind == ast.Try
	case ast.Attr:
		return m.options.XMLAttrsImplicitEllipsis
	case ast.Body, ast.CatchOf, ast.CaseOf, ast.Then, ast.Finally:
		if body := m.Tree.Child(n, ast.Body); role == ast.Body && kind == ast.Class && m.Tree.Nodes[body].First == ast.None {
			return true
		}
		return m.p.Partial
	}
	return false
}

// function matches functions.
func (m *matcher) function(p, n ast.ID, env *Env, k next) bool {
	pn, tn := &m.p.Nodes[p], &m.Tree.Nodes[n]
	if tn.Kind != ast.Func {
		return m.held(p, n, env, k)
	}
	if pn.Flags&ast.FlagAsync != 0 && tn.Flags&ast.FlagAsync == 0 {
		return false
	}
	if !m.options.ArrowIsFunction && isArrow(m.p.Tree, p) != isArrow(m.Tree, n) {
		return false
	}
	if (pn.Flags^tn.Flags)&ast.FlagLambda != 0 && (!m.options.ArrowIsFunction || m.Tree.Language == "python") {
		return false
	}
	return m.children(p, n, env, k)
}

// isArrow reports whether a function is written (x) => y.
func isArrow(t *ast.Tree, id ast.ID) bool {
	text := strings.TrimPrefix(t.Text(id), "async ")
	return t.Nodes[id].Flags&ast.FlagLambda != 0 && !strings.HasPrefix(strings.TrimLeft(text, " "), "function")
}
