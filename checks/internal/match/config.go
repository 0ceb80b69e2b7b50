package match

import "github.com/assay-app/assay/checks/internal/ast"

// config matches a block of HCL: by its type and labels, and by attributes and blocks that stand in it in any order, with
// others.
func (m *matcher) config(p, n ast.ID, env *Env, k next) bool {
	t := m.Tree
	if t.Nodes[n].Kind != ast.Config {
		return false
	}
	body := func(env *Env) bool {
		wanted, has := m.p.Child(p, ast.Body), t.Child(n, ast.Body)
		if wanted == ast.None {
			return k(env)
		}
		return has != ast.None && m.settings(m.p.Children(wanted, ast.Stmt), t.Children(has, ast.Stmt), env, k)
	}
	kind, of := m.p.Child(p, ast.Callee), t.Child(n, ast.Callee)
	if kind == ast.None || of == ast.None {
		return m.name(p, n, env, body)
	}
	return m.node(kind, of, env, func(env *Env) bool {
		return m.list(m.p.Children(p, ast.Arg), t.Children(n, ast.Arg), false, env, body)
	})
}

// settings matches each of the pattern's with another one of a body. A block may stand within another block.
func (m *matcher) settings(ps, ts []ast.ID, env *Env, k next) bool {
	for len(ps) > 0 && m.p.Nodes[ps[0]].Kind == ast.Ellipsis {
		ps = ps[1:]
	}
	if !m.step() || len(ps) == 0 {
		return k(env)
	}
	then := func(env *Env) bool { return m.settings(ps[1:], ts, env, k) }
	deep := m.p.Nodes[ps[0]].Kind == ast.Config
	for _, id := range ts {
		if m.node(ps[0], id, env, then) {
			return true
		}
		for inner := id + 1; deep && inner < m.Tree.Nodes[id].After; inner++ {
			if m.Tree.Nodes[inner].Kind == ast.Config && m.node(ps[0], inner, env, then) {
				return true
			}
		}
	}
	return false
}
