package match

import (
	"slices"

	"github.com/assay-app/assay/checks/internal/ast"
)

// nextStatement goes on with the place, in the list that was given, of the last statement that matched.
type nextStatement func(env *Env, last int) bool

// statements matches the statements of the pattern with those of a block. An Ellipsis also goes into the blocks within, but only
// if it finds nothing on the way past them. With prefix, what follows in the block does not matter.
func (m *matcher) statements(ps, ts []ast.ID, prefix bool, env *Env, k nextStatement) bool {
	found := false
	s := run{matcher: m, ps: ps, ts: ts, prefix: prefix, k: func(env *Env, last int) bool {
		found = true
		return k(env, last)
	}}
	if s.from(0, 0, env) {
		return true
	}
	if found || !m.options.GoDeeperStmt || !m.hasEllipsis(ps) || len(ts) == 0 {
		return false
	}
	flat := m.flatten(ts)
	if len(flat) == len(ts) && prefix {
		return false
	}
	// What follows in the block does not matter any more, even if there are no blocks within. The place of a statement within one that
	// is in the list is that of the outer one.
	at := func(last int) int {
		outer := len(ts) - 1
		for outer > 0 && ts[outer] > flat[last] {
			outer--
		}
		return outer
	}
	s = run{matcher: m, ps: ps, ts: flat, prefix: true, k: func(env *Env, last int) bool {
		if last < 0 {
			return k(env, last)
		}
		m.lastStatement = flat[last]
		return k(env, at(last))
	}}
	return s.from(0, 0, env)
}

func (m *matcher) hasEllipsis(ps []ast.ID) bool {
	return slices.ContainsFunc(ps, func(p ast.ID) bool { return m.p.Nodes[p].Kind == ast.Ellipsis })
}

// flatten puts statements that lie within others behind them.
func (m *matcher) flatten(ts []ast.ID) []ast.ID {
	first, end := ts[0], m.Tree.Nodes[ts[len(ts)-1]].After
	all, place := m.index.inOrder(m.Tree)
	from := int(place[first])
	if m.Tree.Nodes[first].Role != ast.Stmt {
		return ts
	}
	to := from
	for to < len(all) && all[to] < end {
		to++
	}
	m.err = orElse(m.err, m.budget.spend((to-from)/16))
	return all[from:to]
}

func orElse(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// run matches statements in a row.
type run struct {
	*matcher
	ps, ts []ast.ID
	prefix bool
	k      nextStatement
	seen   map[state]bool
}

func (s *run) from(i, j int, env *Env) bool {
	if !s.step() {
		return true
	}
	if i == len(s.ps) {
		return (j == len(s.ts) || s.prefix) && s.k(env, j-1)
	}
	pn := &s.p.Nodes[s.ps[i]]
	switch pn.Kind {
	case ast.Ellipsis:
		if i == len(s.ps)-1 {
			return s.k(env, len(s.ts)-1)
		}
		key := state{i, j, env.sum()}
		if s.seen[key] {
			return false
		}
		if s.seen == nil {
			s.seen = map[state]bool{}
		}
		s.seen[key] = true
		for ; j <= len(s.ts); j++ {
			if s.from(i+1, j, env) {
				return true
			}
		}
		return false
	case ast.MetavarRest:
		for end := j; end <= len(s.ts); end++ {
			value := Value{First: ast.None, Last: ast.None, Kind: ListValue}
			if end > j {
				first, last := s.ts[j], s.ts[end-1]
				value = Value{Start: s.Tree.Nodes[first].Start, End: s.Tree.Nodes[last].End, First: first, Last: last, Kind: ListValue}
			}
			if s.bind(pn.Name, value, env, func(env *Env) bool { return s.from(i+1, end, env) }) {
				return true
			}
		}
		return false
	}
	if j == len(s.ts) {
		return false
	}
	return s.statement(s.ps[i], s.ts[j], env, func(env *Env) bool { return s.from(i+1, j+1, env) })
}

// statement matches one statement. An expression of the pattern may stand anywhere in what the statement computes, unless
// it is the whole.
func (m *matcher) statement(p, n ast.ID, env *Env, k next) bool {
	pn, tn := &m.p.Nodes[p], &m.Tree.Nodes[n]
	found := false
	if m.node(p, n, env, func(env *Env) bool { found = true; return k(env) }) {
		return true
	}
	if found || pn.Kind.IsStatement() || pn.Kind == ast.Metavar || !m.options.ImplicitDeepExprStmt {
		return false
	}
	switch tn.Kind {
	case ast.Return, ast.VarDef:
	default:
		if !isExpression(m.Tree, n) {
			return false
		}
	}
	if m.opaque(n) {
		return false
	}
	for id := n + 1; id < tn.After; id++ {
		opaque := m.opaque(id)
		if (!opaque || m.Tree.Nodes[id].Kind == pn.Kind && pn.Kind == ast.New) && isExpression(m.Tree, id) && m.node(p, id, env, k) {
			return true
		}
		if opaque {
			id = m.Tree.Nodes[id].After - 1
		}
	}
	return false
}

// opaque reports whether what an expression is made of is none of what its statement computes, to Semgrep: functions, choices
// and objects that are made. What stands between the brackets of an index is none either.
func (m *matcher) opaque(id ast.ID) bool {
	n := &m.Tree.Nodes[id]
	switch n.Kind {
	case ast.Func, ast.Class, ast.Cond, ast.Comprehension, ast.JSXElement:
		return true
	case ast.New:
		return m.Tree.Language != "go"
	case ast.Tuple:
		return n.Op == ast.OpComma
	}
	return n.Role == ast.Arg && m.Tree.Nodes[n.Parent].Kind == ast.Index
}

// block matches a body. One metavariable stands for all of it.
func (m *matcher) block(p, n ast.ID, env *Env, k next) bool {
	t := m.Tree
	if t.Nodes[n].Kind != ast.Block || m.p.Nodes[p].Name != "" && m.p.Nodes[p].Name != t.Nodes[n].Name {
		return false
	}
	ps, ts := m.p.Children(p, ast.Stmt), t.Children(n, ast.Stmt)
	if len(ps) == 1 && m.p.Nodes[ps[0]].Kind == ast.Metavar && len(ts) > 0 {
		name := m.p.Metavariable(ps[0])
		if name == "" {
			return k(env)
		}
		first, last := ts[0], ts[len(ts)-1]
		value := Value{Start: t.Nodes[first].Start, End: t.Nodes[last].End, First: first, Last: last}
		if first != last {
			value.Kind = ListValue
		}
		return m.bind(name, value, env, k)
	}
	return m.statements(ps, ts, false, env, func(env *Env, _ int) bool { return k(env) })
}

// classBody matches the members of a class, of which there may be more.
func (m *matcher) classBody(p, n ast.ID, env *Env, k next) bool {
	return m.unordered(m.p.Children(p, ast.Stmt), m.Tree.Children(n, ast.Stmt), m.options.ImplicitEllipsis, env, k)
}
