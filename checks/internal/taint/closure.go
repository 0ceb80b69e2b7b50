package taint

import (
	"slices"
	"strconv"

	"github.com/assay-app/assay/checks/internal/ast"
)

// captureMark begins the names of the parts of a function's value in which it keeps the variables of the functions around
// it: where the function is called, these may be gone. They are no part of what the value carries.
const captureMark = '^'

func isCapture(name string) bool { return name[0] == captureMark }

func captureName(b base) string { return string(captureMark) + strconv.Itoa(int(b)) }

// captured are the variables of functions around a function that it uses.
func (f *frame) captured(fn ast.ID) []base {
	if known, ok := f.unit.captures[fn]; ok {
		return known
	}
	var out []base
	t := f.unit.tree
	for id := fn; id < t.Nodes[fn].After; id++ {
		if t.Nodes[id].Kind != ast.Ident {
			continue
		}
		if v := f.unit.info.Variable(id); v != nil && v.Owner > 0 && v.Owner != fn && t.Nodes[v.Owner].Kind == ast.Func && t.Contains(v.Owner, fn) {
			if b := f.p.baseOfVariable(f.unit, v); !slices.Contains(out, b) {
				out = append(out, b)
			}
		}
	}
	f.unit.captures[fn] = out
	return out
}

// closure is the value of a function together with what the variables hold that it uses.
func (f *frame) closure(fn ast.ID, s *state) *cell {
	out := &cell{refs: []ref{{f.unit, fn, refCode}}}
	if len(s.vars) == 0 {
		return out
	}
	for _, b := range f.captured(fn) {
		if v := s.get(b); v != nil && len(out.parts) < maxElems {
			out = out.with(captureName(b), v.flat(1))
		}
	}
	return out
}

// restore gives a function that is called elsewhere the variables that it brought along, and lists them.
func (f *frame) restore(target *cell, r ref, s *state) (given []base) {
	for _, part := range target.partList() {
		if !isCapture(part.name) {
			continue
		}
		n, err := strconv.Atoi(part.name[1:])
		if err != nil {
			continue
		}
		of := f.p.bases[n]
		if of.unit != r.unit || !r.unit.tree.Contains(of.owner, r.node) {
			continue // of another function that the value may be
		}
		if of.unit == f.unit && (of.owner == f.code || f.unit.tree.Contains(of.owner, f.code)) {
			continue // the variable itself is here
		}
		s.set(base(n), part.cell)
		given = append(given, base(n))
	}
	return given
}
