package taint

import (
	"github.com/assay-app/assay/checks/internal/ast"
)

// topLevel runs the code of a file that is in no function.
func (p *program) topLevel(u *unit) {
	f := p.newFrame(u, 0)
	s := p.globals.clone()
	f.run(0, s)
	if !s.dead {
		f.exit = merge(f.exit, s)
	}
	for _, fn := range u.roots {
		f.called[fn] = true // they are run for themselves
	}
	f.runClosures(f.exit)
	p.learnGlobals(f.exit)
}

// runRoot runs a function as somebody outside the file may call it.
func (p *program) runRoot(u *unit, fn ast.ID) {
	f := p.newFrame(u, 0)
	s := p.globals.clone()
	var receiver *cell
	class := u.classOf(fn)
	if class != ast.None {
		receiver = p.objects[classKey{u, class}].withRef(ref{u, class, refObject})
	}
	p.root = true
	_, this, ok := f.applyFunc(u, fn, receiver, nil, s, ast.None)
	p.root = false
	if !ok {
		return
	}
	if class != ast.None {
		p.learnObject(u, class, this)
	}
	p.learnGlobals(s)
}

// learnGlobals notes what variables of the files may hold.
func (p *program) learnGlobals(s *state) {
	if s.dead {
		return
	}
	kept := &state{}
	for _, h := range s.vars {
		if h.base >= firstBase && p.bases[h.base].owner == 0 {
			kept.set(h.base, h.cell)
		}
	}
	p.globals = merge(p.globals, kept)
}

// learnFields notes what the body of a class gives its fields.
func (p *program) learnFields(u *unit, class ast.ID, c *cell) {
	if c == nil {
		return
	}
	key := classKey{u, class}
	p.initial[key] = &cell{own: c.own, parts: c.parts}
	p.learnObject(u, class, c)
}

// learnObject notes what an object of a class may hold.
func (p *program) learnObject(u *unit, class ast.ID, c *cell) {
	if c == nil || len(c.parts) == 0 && len(c.own) == 0 {
		return
	}
	key := classKey{u, class}
	p.objects[key] = join(p.objects[key], p.onlyAcross(&cell{own: c.own, parts: c.parts}))
}

// The rest is for rules with WithinFunctions.

func (p *program) isWithin(e elem) bool { return p.rules[p.ruleOf(e)].Options.WithinFunctions }

// onlyAcross leaves out what must not leave its function.
func (p *program) onlyAcross(c *cell) *cell {
	if !p.within {
		return c
	}
	return c.each(func(s set) set { return s.filter(func(e elem) bool { return !p.isWithin(e) }) })
}

// acrossCalls is what something is after a call, given what the call made of it and what it was before.
func (p *program) acrossCalls(after, before *cell) *cell {
	if !p.within {
		return after
	}
	return p.onlyAcross(after).adding(before.all().filter(p.isWithin))
}

// keepAcross says which taints go into a function with its arguments; nil for all.
func (p *program) keepAcross(*frame, *unit, ast.ID) func(elem) bool {
	if !p.within {
		return nil
	}
	return func(e elem) bool { return !p.isWithin(e) }
}

// keepCaptured says which taints a function sees in the variables around it; nil for all.
func (p *program) keepCaptured(u *unit, fn ast.ID) func(elem) bool {
	if !p.within || p.root || u.tree.Nodes[fn].Flags&ast.FlagLambda != 0 {
		return nil
	}
	return func(e elem) bool { return !p.isWithin(e) }
}
