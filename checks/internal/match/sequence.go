package match

import (
	"slices"

	"github.com/assay-app/assay/checks/internal/ast"
)

// state is a point in the match of a sequence. From the same state with the same metavariables nothing new follows.
type state struct {
	pattern, target int
	env             uint64
}

// sequence matches nodes of the pattern with nodes of the file, in order. An Ellipsis takes any number of them.
type sequence struct {
	*matcher
	ps, ts []ast.ID
	prefix bool // what follows in the file does not matter
	args   bool // arguments by name stand anywhere
	k      next
	seen   map[state]bool
}

// list matches lists of nodes.
func (m *matcher) list(ps, ts []ast.ID, prefix bool, env *Env, k next) bool {
	s := sequence{matcher: m, ps: ps, ts: ts, prefix: prefix, k: k}
	return s.from(0, s.ts, env)
}

// arguments matches those of a call.
func (m *matcher) arguments(ps, ts []ast.ID, env *Env, k next) bool {
	s := sequence{matcher: m, ps: ps, ts: ts, args: true, k: k}
	return s.from(0, s.ts, env)
}

func (s *sequence) from(i int, ts []ast.ID, env *Env) bool {
	if !s.step() {
		return true
	}
	if i == len(s.ps) {
		return (len(ts) == 0 || s.prefix) && s.k(env)
	}
	pn := &s.p.Nodes[s.ps[i]]
	kind := pn.Kind
	if kind == ast.Param && pn.First != ast.None && s.p.Nodes[pn.First].Kind == ast.Ellipsis {
		kind = ast.Ellipsis // the `...` of Go that took the type behind it
	}
	switch kind {
	case ast.Ellipsis:
		if i == len(s.ps)-1 {
			return s.k(env)
		}
		if s.again(i, len(ts), env) {
			return false
		}
		for j := 0; j <= len(ts); j++ {
			if s.from(i+1, ts[j:], env) {
				return true
			}
		}
		return false
	case ast.MetavarRest:
		return s.rest(i, ts, env)
	case ast.KeywordArg:
		if !s.args {
			break
		}
		for j, t := range ts {
			if s.Tree.Nodes[t].Kind != ast.KeywordArg {
				continue
			}
			done := s.node(s.ps[i], t, env, func(env *Env) bool {
				return s.from(i+1, slices.Concat(ts[:j], ts[j+1:]), env)
			})
			if done {
				return true
			}
		}
		return false
	}
	if len(ts) == 0 || s.args && s.Tree.Nodes[ts[0]].Kind == ast.KeywordArg {
		return false
	}
	return s.node(s.ps[i], ts[0], env, func(env *Env) bool { return s.from(i+1, ts[1:], env) })
}

// rest gives $...X as many nodes as it may have.
func (s *sequence) rest(i int, ts []ast.ID, env *Env) bool {
	name := s.p.Metavariable(s.ps[i])
	at := uint32(0)
	if len(ts) > 0 {
		at = s.Tree.Nodes[ts[0]].Start
	} else if len(s.ts) > 0 {
		at = s.Tree.Nodes[s.ts[len(s.ts)-1]].End
	}
	least := 0
	if i == len(s.ps)-1 && !s.prefix {
		least = len(ts)
	}
	for j := least; j <= len(ts); j++ {
		value := Value{Start: at, End: at, First: ast.None, Last: ast.None, Kind: ListValue}
		if j > 0 {
			value.First, value.Last, value.End = ts[0], ts[j-1], s.Tree.Nodes[ts[j-1]].End
		}
		then := func(env *Env) bool { return s.from(i+1, ts[j:], env) }
		if name == "" && then(env) || name != "" && s.bind(name, value, env, then) {
			return true
		}
	}
	return false
}

// again reports whether the match has been here before.
func (s *sequence) again(i, left int, env *Env) bool {
	key := state{i, left, env.sum()}
	if s.seen[key] {
		return true
	}
	if s.seen == nil {
		s.seen = map[state]bool{}
	}
	s.seen[key] = true
	return false
}

// unordered matches each node of the pattern with another one of the file. If the pattern has an Ellipsis, or more is set,
// some may be left over.
func (m *matcher) unordered(ps, ts []ast.ID, more bool, env *Env, k next) bool {
	var wanted []ast.ID
	for _, p := range ps {
		if kind := m.p.Nodes[p].Kind; kind == ast.Ellipsis || kind == ast.MetavarRest {
			more = true
			continue
		}
		wanted = append(wanted, p)
	}
	if len(wanted) > len(ts) || !more && len(wanted) != len(ts) {
		return false
	}
	used := make([]bool, len(ts))
	var from func(i int, env *Env) bool
	from = func(i int, env *Env) bool {
		if i == len(wanted) {
			return k(env)
		}
		for j, t := range ts {
			if used[j] {
				continue
			}
			used[j] = true
			done := m.node(wanted[i], t, env, func(env *Env) bool { return from(i+1, env) })
			used[j] = false
			if done {
				return true
			}
		}
		return false
	}
	return from(0, env)
}

// inOrder matches nodes of the pattern with nodes of the file in the same order; more may be there.
func (m *matcher) inOrder(ps, ts []ast.ID, env *Env, k next) bool {
	if !m.step() || len(ps) == 0 {
		return k(env)
	}
	for j, t := range ts {
		if m.node(ps[0], t, env, func(env *Env) bool { return m.inOrder(ps[1:], ts[j+1:], env, k) }) {
			return true
		}
	}
	return false
}

// subset matches each node of the pattern with another one of the file, in any order; more may be there.
func (m *matcher) subset(ps, ts []ast.ID, env *Env, k next) bool {
	if len(ps) == 0 {
		return k(env)
	}
	return m.unordered(ps, ts, true, env, k)
}
