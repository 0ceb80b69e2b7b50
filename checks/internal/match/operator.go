package match

import "github.com/assay-app/assay/checks/internal/ast"

// assign matches an assignment, also with a declaration that gives a first value.
func (m *matcher) assign(p, n ast.ID, env *Env, k next) bool {
	pn, tn := &m.p.Nodes[p], &m.Tree.Nodes[n]
	declares := pn.Flags&ast.FlagDeclares != 0
	right := m.p.Child(p, ast.Right)
	switch {
	case tn.Kind == ast.Assign && pn.Op == tn.Op:
		if declares && tn.Flags&ast.FlagDeclares == 0 {
			return false
		}
	case tn.Kind == ast.Assign && pn.Op == ast.OpAssign && right != ast.None: // x += y is x = x + y
		return m.updated(p, n, env, k)
	case tn.Kind == ast.VarDef && pn.Op == ast.OpAssign && m.options.VardefAssign && !declares && tn.Role != ast.Init:
	default:
		return false
	}
	left, value := m.Tree.Child(n, ast.Left), m.Tree.Child(n, ast.Right)
	if left == ast.None || value == ast.None {
		return false
	}
	whole := m.p.Child(p, ast.Left)
	if m.node(whole, left, env, func(env *Env) bool { return m.node(right, value, env, k) }) {
		return true
	}
	return m.pairwise(whole, right, left, value, env, k)
}

// pairwise matches an assignment of one value with one of several: a, b = 1, 2 has a = 1 in it.
func (m *matcher) pairwise(pl, pr, left, right ast.ID, env *Env, k next) bool {
	if m.Tree.Language != "python" && m.Tree.Language != "ruby" || m.Tree.Nodes[left].Kind != ast.Tuple || m.Tree.Nodes[right].Kind != ast.Tuple ||
		m.p.Nodes[pl].Kind == ast.Tuple || m.p.Nodes[pr].Kind == ast.Tuple {
		return false
	}
	targets, values := m.Tree.Children(left, ast.Elem), m.Tree.Children(right, ast.Elem)
	if len(targets) != len(values) {
		return false
	}
	for i := range targets {
		if m.node(pl, targets[i], env, func(env *Env) bool { return m.node(pr, values[i], env, k) }) {
			return true
		}
	}
	return false
}

// updated matches an assignment with one that also computes.
func (m *matcher) updated(p, n ast.ID, env *Env, k next) bool {
	left, value := m.Tree.Child(n, ast.Left), m.Tree.Child(n, ast.Right)
	right := m.p.Child(p, ast.Right)
	if left == ast.None || value == ast.None {
		return false
	}
	return m.node(m.p.Child(p, ast.Left), left, env, func(env *Env) bool {
		switch rn := &m.p.Nodes[right]; {
		case rn.Kind == ast.Deep:
			return m.node(right, value, env, k) || m.node(right, left, env, k)
		case rn.Kind == ast.Metavar || rn.Kind == ast.Ellipsis:
			return m.node(right, value, env, k)
		case rn.Kind == ast.Binary && rn.Op == m.Tree.Nodes[n].Op:
			return m.node(m.p.Child(right, ast.Left), left, env, func(env *Env) bool {
				return m.node(m.p.Child(right, ast.Right), value, env, k)
			})
		}
		return false
	})
}

// binary matches an operation: as it stands, or as a chain of the same operator.
func (m *matcher) binary(p, n ast.ID, env *Env, k next) bool {
	pn, tn := &m.p.Nodes[p], &m.Tree.Nodes[n]
	if tn.Kind != ast.Binary {
		return m.held(p, n, env, k)
	}
	if pn.Op != tn.Op || m.linked(n) {
		return false
	}
	found := false
	then := func(env *Env) bool { found = true; return k(env) }
	pl, pr := m.p.Child(p, ast.Left), m.p.Child(p, ast.Right)
	tl, tr := m.Tree.Child(n, ast.Left), m.Tree.Child(n, ast.Right)
	if pl == ast.None || pr == ast.None || tl == ast.None || tr == ast.None {
		return false
	}
	both := func(a, b ast.ID) bool {
		return m.node(pl, a, env, func(env *Env) bool { return m.node(pr, b, env, then) })
	}
	if both(tl, tr) {
		return true
	}
	if found {
		return false
	}
	if m.options.SymmetricEq && (pn.Op == ast.OpEq || pn.Op == ast.OpStrictEq) || m.commutes(pn.Op) {
		if both(tr, tl) {
			return true
		}
	}
	if found {
		return false
	}
	ps := operands(m.p.Tree, p, pn.Op, nil)
	skips := m.hasEllipsis(ps)
	if !m.associates(pn.Op) && !(skips && m.options.ACMatching && (pn.Op == ast.OpAdd || pn.Op == ast.OpMul)) {
		return false
	}
	ts := operands(m.Tree, n, tn.Op, nil)
	switch {
	case len(ts) < 3 && !skips:
		return false
	case m.commutes(pn.Op):
		return m.unordered(ps, ts, true, env, k)
	}
	return m.operandsFrom(ps, ts, env, k)
}

// operandsFrom matches the operands of a chain in order. A metavariable takes one or more of them.
func (m *matcher) operandsFrom(ps, ts []ast.ID, env *Env, k next) bool {
	if !m.step() {
		return true
	}
	if len(ps) == 0 {
		return len(ts) == 0 && k(env)
	}
	switch m.p.Nodes[ps[0]].Kind {
	case ast.Ellipsis:
		for j := 0; j <= len(ts); j++ {
			if m.operandsFrom(ps[1:], ts[j:], env, k) {
				return true
			}
		}
		return false
	case ast.Metavar:
		name := m.p.Metavariable(ps[0])
		for j := 2; j <= len(ts)-len(ps)+1; j++ {
			first, last := ts[0], ts[j-1]
			value := Value{Start: m.Tree.Nodes[first].Start, End: m.Tree.Nodes[last].End, First: first, Last: last, Kind: ListValue}
			then := func(env *Env) bool { return m.operandsFrom(ps[1:], ts[j:], env, k) }
			if name == "" && then(env) || name != "" && m.bind(name, value, env, then) {
				return true
			}
		}
	}
	if len(ts) == 0 {
		return false
	}
	return m.node(ps[0], ts[0], env, func(env *Env) bool { return m.operandsFrom(ps[1:], ts[1:], env, k) })
}

// linked reports whether an operation is only a part of one that Python has with many operands: of `a and b and c`, or of
// `a < b < c`.
func (m *matcher) linked(n ast.ID) bool {
	t := m.Tree
	tn := &t.Nodes[n]
	if t.Language != "python" || tn.Parent == ast.None || t.Nodes[tn.Parent].Kind != ast.Binary {
		return false
	}
	parent := &t.Nodes[tn.Parent]
	if parent.Op == ast.OpAnd {
		left, right := t.Child(tn.Parent, ast.Left), t.Child(tn.Parent, ast.Right)
		if left != ast.None && right != ast.None && t.Nodes[left].End > t.Nodes[right].Start {
			return true
		}
	}
	return (tn.Op == ast.OpAnd || tn.Op == ast.OpOr) && parent.Op == tn.Op && tn.Role == ast.Left && parent.Start == tn.Start
}

func (m *matcher) commutes(op ast.Op) bool {
	switch op {
	case ast.OpBitAnd, ast.OpBitOr, ast.OpBitXor:
		return m.options.ACMatching
	case ast.OpAnd, ast.OpOr:
		return m.options.ACMatching && m.options.CommutativeBoolop
	}
	return false
}

func (m *matcher) associates(op ast.Op) bool {
	switch op {
	case ast.OpAnd, ast.OpOr, ast.OpBitAnd, ast.OpBitOr, ast.OpBitXor:
		return m.options.ACMatching
	}
	return false
}

// operands are what a chain of one operator joins, in order. Chains nest to the left; the loop goes along them.
func operands(t *ast.Tree, id ast.ID, op ast.Op, out []ast.ID) []ast.ID {
	end := t.Nodes[id].After
	for n := id; n < end; {
		if t.Nodes[n].Kind == ast.Binary && t.Nodes[n].Op == op {
			n++ // its operands follow
			continue
		}
		out = append(out, n)
		n = t.Nodes[n].After
	}
	return out
}
