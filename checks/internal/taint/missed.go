package taint

import (
	"maps"
	"slices"

	"github.com/assay-app/assay/checks/internal/ast"
)

// missTaints notes that taints went into code that was not followed: the rules with a sink somewhere may have missed it.
func (p *program) missTaints(s set) {
	for _, e := range s {
		if rule := p.ruleOf(e); p.sinkRules[rule] {
			p.missed[rule] = true
		}
	}
}

// missCall notes that a call was not followed, and what it gave to the function; a source in the function is missed too.
func (p *program) missCall(u *unit, fn ast.ID, given ...*cell) {
	if p.err != nil {
		return
	}
	for _, c := range given {
		p.missTaints(c.all())
	}
	for id := fn; id < u.tree.Nodes[fn].After; id++ {
		for _, m := range u.marksAt(id) {
			if m.kind == markSource && p.sinkRules[m.rule] {
				p.missed[m.rule] = true
			}
		}
	}
}

// problem is why the file was not followed to the end, or nil.
func (p *program) problem() error {
	if p.err != nil || len(p.missed) == 0 {
		return p.err
	}
	return &MissedError{slices.Sorted(maps.Keys(p.missed))}
}
