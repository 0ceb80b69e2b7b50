package taint

import (
	"slices"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/names"
)

// base is what an access path begins with: an index of program.bases.
type base int32

// The bases that every program has.
const (
	thisBase    base = iota // the object that a method runs on
	controlBase             // what passing a control source leaves behind
	firstBase
)

// baseOf says what a base is.
type baseOf struct {
	variable *names.Variable // or nil for a name that nothing in the file declares
	unit     *unit
	owner    ast.ID // the Func or File that it belongs to
}

// state is what the variables hold at a point of a function.
type state struct {
	vars   []held // sorted by base; those that hold nothing are left out
	shared bool   // vars belongs to another state too
	dead   bool   // the point is not reached
}

type held struct {
	base base
	cell *cell
}

func compareHeld(h held, b base) int { return int(h.base) - int(b) }

func (s *state) get(b base) *cell {
	if i, ok := slices.BinarySearchFunc(s.vars, b, compareHeld); ok {
		return s.vars[i].cell
	}
	return nil
}

func (s *state) set(b base, c *cell) {
	i, ok := slices.BinarySearchFunc(s.vars, b, compareHeld)
	if !ok && c == nil || ok && s.vars[i].cell == c {
		return
	}
	if s.shared {
		s.vars, s.shared = slices.Clone(s.vars), false
	}
	switch {
	case c == nil:
		s.vars = slices.Delete(s.vars, i, i+1)
	case ok:
		s.vars[i].cell = c
	default:
		s.vars = slices.Insert(s.vars, i, held{b, c})
	}
}

// cells are what all variables hold.
func (s *state) cells() []*cell {
	out := make([]*cell, len(s.vars))
	for i, h := range s.vars {
		out[i] = h.cell
	}
	return out
}

// clone is a state that changes apart from s.
func (s *state) clone() *state {
	s.shared = true
	return &state{vars: s.vars, shared: true, dead: s.dead}
}

// unreached is the state of a point that nothing leads to.
func unreached() *state { return &state{dead: true} }

// become makes s what t is; t must not be used after.
func (s *state) become(t *state) { *s = *t }

// merge is the state where two ways meet.
func merge(a, b *state) *state {
	switch {
	case a.dead:
		return b.clone()
	case b.dead || a.covers(b):
		return a.clone()
	case b.covers(a):
		return b.clone()
	}
	out := &state{vars: make([]held, 0, max(len(a.vars), len(b.vars)))}
	i, j := 0, 0
	for i < len(a.vars) || j < len(b.vars) {
		switch {
		case j == len(b.vars) || i < len(a.vars) && a.vars[i].base < b.vars[j].base:
			out.vars = append(out.vars, a.vars[i])
			i++
		case i == len(a.vars) || b.vars[j].base < a.vars[i].base:
			out.vars = append(out.vars, b.vars[j])
			j++
		default:
			out.vars = append(out.vars, held{a.vars[i].base, join(a.vars[i].cell, b.vars[j].cell)})
			i++
			j++
		}
	}
	return out
}

// same reports whether a state that was kept still is the very same.
func (s *state) same(t *state) bool {
	return len(s.vars) == len(t.vars) && s.dead == t.dead && (len(s.vars) == 0 || &s.vars[0] == &t.vars[0])
}

// covers reports whether all that b holds is the very same in s.
func (s *state) covers(b *state) bool {
	if len(b.vars) > len(s.vars) {
		return false
	}
	i := 0
	for _, h := range b.vars {
		for i < len(s.vars) && s.vars[i].base < h.base {
			i++
		}
		if i == len(s.vars) || s.vars[i] != h {
			return false
		}
	}
	return true
}

// settled is the state with what differs deep inside of values taken for one.
func (s *state) settled() *state {
	out := &state{vars: slices.Clone(s.vars), dead: s.dead}
	for i := range out.vars {
		out.vars[i].cell = out.vars[i].cell.plain()
	}
	out.vars = slices.DeleteFunc(out.vars, func(h held) bool { return h.cell == nil })
	return out
}

func equalStates(a, b *state) bool {
	if a.dead != b.dead {
		return false
	}
	return slices.EqualFunc(a.vars, b.vars, func(x, y held) bool { return x.base == y.base && equalCells(x.cell, y.cell) })
}

// place is what an expression names that can be assigned to.
type place struct {
	base base
	path []string
	weak bool // the path was cut, or it is not certain which element is meant
}

func (s *state) read(p place) *cell {
	c := s.get(p.base)
	for _, name := range p.path {
		c = c.at(name)
	}
	return c
}

func (s *state) write(p place, c *cell) {
	s.set(p.base, s.get(p.base).put(p.path, c.flat(maxPath-len(p.path)), p.weak))
}

// place says what an expression names.
func (f *frame) place(id ast.ID) (place, bool) {
	t := f.unit.tree
	var path []string
	for {
		if id == ast.None {
			return place{}, false
		}
		n := &t.Nodes[id]
		switch n.Kind {
		case ast.Ident:
			b, field := f.base(id)
			if field {
				path = append(path, "."+n.Name)
			}
			slices.Reverse(path)
			p := place{base: b, path: path}
			if len(path) > maxPath {
				p.path, p.weak = path[:maxPath], true
			}
			return p, true
		case ast.Member:
			property := t.Child(id, ast.Property)
			if property == ast.None {
				return place{}, false
			}
			path = append(path, "."+t.Nodes[property].Name)
			id = t.Child(id, ast.Object)
		case ast.Index:
			path = append(path, f.offset(id))
			id = t.Child(id, ast.Object)
		case ast.Unary:
			if n.Op != ast.OpDeref && n.Op != ast.OpAddressOf {
				return place{}, false
			}
			id = t.Child(id, ast.Value)
		case ast.Cast, ast.Await, ast.Spread, ast.KeywordArg, ast.Param, ast.VarDef:
			next := ast.None
			for _, role := range [...]ast.Role{ast.Value, ast.DefName, ast.Left} {
				if next = t.Child(id, role); next != ast.None {
					break
				}
			}
			if n.Kind == ast.KeywordArg {
				next = t.Child(id, ast.Value)
			}
			id = next
		default:
			return place{}, false
		}
	}
}

// offset is the part of its object that an Index reads.
func (f *frame) offset(id ast.ID) string {
	args := f.unit.tree.Children(id, ast.Arg)
	if len(args) != 1 {
		return anyElem
	}
	return f.elementName(args[0])
}

// elementName is the name of the part that a key selects.
func (f *frame) elementName(key ast.ID) string {
	v, ok := f.unit.info.Constant(key)
	switch {
	case !ok:
		return anyElem
	case v.Kind == ast.Str && f.unit.keysAreFields:
		return "." + v.Text
	case v.Whole && v.Kind == ast.Num:
		return indexName(v.Int)
	case v.Kind == ast.Num && len(v.Text) == 0:
		return anyElem
	}
	return "[" + v.Text
}

// base is what an identifier stands for; field is set when it is a field of `this` that is written without it.
func (f *frame) base(id ast.ID) (b base, field bool) {
	n := &f.unit.tree.Nodes[id]
	if n.Name == "this" && f.unit.info.Variable(id) == nil {
		return thisBase, false
	}
	v := f.unit.info.Variable(id)
	if v != nil {
		if v.Owner != ast.None && f.unit.tree.Nodes[v.Owner].Kind == ast.Class {
			if v.Function == ast.None || f.unit.implicitThis && n.Role != ast.Callee && f.unit.fields[v.Owner][n.Name] { // a method may share its name
				return thisBase, true
			}
		}
		return f.p.baseOfVariable(f.unit, v), false
	}
	if f.unit.implicitThis && f.class != ast.None && f.p.hasField(classKey{f.unit, f.class}, n.Name) {
		return thisBase, true
	}
	return f.p.baseOfName(f.unit, n.Name), false
}
