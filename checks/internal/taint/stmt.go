package taint

import (
	"slices"

	"github.com/assay-app/assay/checks/internal/ast"
)

// run runs the statements of a block, or whatever a node is.
func (f *frame) run(id ast.ID, s *state) {
	if id == ast.None || s.dead {
		return
	}
	f.eval(id, s)
}

// children runs all children of a role in order.
func (f *frame) children(id ast.ID, role ast.Role, s *state) {
	t := f.unit.tree
	for c := t.Nodes[id].First; c != ast.None; c = t.Nodes[c].Next {
		if t.Nodes[c].Role == role {
			f.run(c, s)
			f.mayThrow(s)
			if f.unit.ends(c) {
				s.dead = true
			}
		}
	}
}

// mayThrow notes that an exception may leave the point for the handlers of the innermost try.
func (f *frame) mayThrow(s *state) {
	n := len(f.tries)
	if n == 0 || s.dead {
		return
	}
	if t := f.tries[n-1]; !t.noted.same(s) {
		s.shared = true // so that it stays as it was noted
		t.state, t.noted = merge(t.state, s), s.clone()
	}
}

// statement runs a node that is no expression.
func (f *frame) statement(id ast.ID, s *state) *cell {
	t := f.unit.tree
	n := &t.Nodes[id]
	switch n.Kind {
	case ast.File, ast.Block:
		f.children(id, ast.Stmt, s)
	case ast.If:
		f.run(t.Child(id, ast.Init), s)
		then, otherwise := f.branch(t.Child(id, ast.Test), s)
		f.run(t.Child(id, ast.Then), then)
		f.run(t.Child(id, ast.Else), otherwise)
		s.become(merge(then, otherwise))
	case ast.While:
		f.while(id, s)
	case ast.For:
		f.forLoop(id, s)
	case ast.ForEach:
		f.forEach(id, s)
	case ast.Switch:
		return f.switchOn(id, s)
	case ast.Try:
		f.try(id, s)
	case ast.With:
		f.children(id, ast.Item, s)
		f.run(t.Child(id, ast.Body), s)
	case ast.WithItem:
		v := f.eval(t.Child(id, ast.Value), s)
		if alias := t.Child(id, ast.Alias); alias != ast.None {
			f.assign(alias, v, s, false)
		}
		return v
	case ast.Return:
		v := f.values(id, s)
		f.giveResults(id, v, s)
		f.returned = join(f.returned, f.via(v, id))
		f.exit = merge(f.exit, s)
		s.dead = true
		return v
	case ast.Throw:
		v := f.values(id, s)
		f.thrown = join(f.thrown, v)
		f.mayThrow(s)
		s.dead = true
		return v
	case ast.Delete:
		f.delete(id, s)
	case ast.Assert:
		v := f.eval(t.Child(id, ast.Test), s)
		if test := t.Child(id, ast.Test); test != ast.None {
			f.clear(f.guards(test).holds, s)
		} else if test := t.Child(id, ast.Value); test != ast.None {
			v = f.eval(test, s)
			f.clear(f.guards(test).holds, s)
		}
		f.eval(t.Child(id, ast.Else), s)
		return v
	case ast.Defer:
		for _, call := range t.Children(id, ast.Value) {
			if !slices.Contains(f.deferred, call) {
				f.deferred = append(f.deferred, call)
			}
		}
		return f.values(id, s.clone())
	case ast.Go:
		return f.values(id, s)
	case ast.Break:
		if l := f.target(n.Name, true); l != nil {
			l.ended = merge(l.ended, s)
		}
		s.dead = true
	case ast.Continue:
		if l := f.target(n.Name, false); l != nil {
			l.again = merge(l.again, s)
		}
		s.dead = true
	case ast.Label:
		l := &loop{label: n.Name, only: true, ended: unreached(), again: unreached()}
		f.loops = append(f.loops, l)
		f.children(id, ast.Stmt, s)
		f.loops = f.loops[:len(f.loops)-1]
		s.become(merge(s, l.ended))
	case ast.Class:
		f.classBody(id, s)
	case ast.Import, ast.ImportItem, ast.Global, ast.Goto, ast.Modifier, ast.Type:
	default:
		return f.parts(id, s)
	}
	return nil
}

// values is what a return, throw or the like gives: the one value, or several as a tuple.
func (f *frame) values(id ast.ID, s *state) *cell {
	values := f.unit.tree.Children(id, ast.Value)
	if len(values) == 1 {
		return f.eval(values[0], s)
	}
	return f.sequence(values, s)
}

// target is the loop that a break or continue means.
func (f *frame) target(label string, isBreak bool) *loop {
	for i := len(f.loops) - 1; i >= 0; i-- {
		l := f.loops[i]
		switch {
		case label != "" && l.label == label:
			return l
		case label == "" && (!l.only || isBreak && l.label == ""):
			return l
		}
	}
	return nil
}

// branch evaluates a test and gives the states where it held and where it did not; what the constant value of the test
// rules out is not reached.
func (f *frame) branch(test ast.ID, s *state) (holds, fails *state) {
	if test == ast.None {
		return s.clone(), unreached()
	}
	f.eval(test, s)
	holds, fails = s.clone(), s.clone()
	if value, known := f.unit.truth(test); known {
		if value {
			fails.dead = true
		} else {
			holds.dead = true
		}
	}
	g := f.guards(test)
	f.clear(g.holds, holds)
	f.clear(g.fails, fails)
	return holds, fails
}

// truth is whether a test certainly holds or fails.
func (u *unit) truth(test ast.ID) (value, known bool) {
	v, ok := u.info.Constant(test)
	switch {
	case !ok:
		return false, false
	case v.Kind == ast.Bool:
		return v.True, true
	case v.Kind == ast.Num && v.Whole:
		return v.Int != 0, true
	case v.Kind == ast.Null:
		return false, true
	}
	return false, false
}

// cycle runs a loop until nothing changes: once is one turn from the state at its head, and gives the states where the
// loop ends and where the next turn begins.
func (f *frame) cycle(id ast.ID, s *state, once func(head *state) (end, next *state)) {
	l := &loop{label: f.labelOf(id)}
	head := s.clone()
	for turn := 0; ; turn++ {
		l.ended, l.again = unreached(), unreached()
		f.loops = append(f.loops, l)
		end, next := once(head.clone())
		f.loops = f.loops[:len(f.loops)-1]
		wider := merge(head, next)
		switch {
		case f.p.err != nil || equalStates(wider, head):
			s.become(merge(end, l.ended))
			return
		case turn >= maxLoopTurns:
			f.p.err = ErrBound
		case turn >= maxPreciseTurns:
			wider = wider.settled()
			if equalStates(wider, head) {
				s.become(merge(end, l.ended))
				return
			}
		}
		head = wider
	}
}

// labelOf is the label that stands before a loop.
func (f *frame) labelOf(id ast.ID) string {
	if parent := f.unit.tree.Nodes[id].Parent; parent != ast.None && f.unit.tree.Nodes[parent].Kind == ast.Label {
		return f.unit.tree.Nodes[parent].Name
	}
	return ""
}

// innermost is the loop whose turn is being run.
func (f *frame) innermost() *loop { return f.loops[len(f.loops)-1] }

func (f *frame) while(id ast.ID, s *state) {
	t := f.unit.tree
	test, body := t.Child(id, ast.Test), t.Child(id, ast.Body)
	if t.Nodes[id].Flags&ast.FlagPostfix != 0 {
		f.cycle(id, s, func(head *state) (*state, *state) {
			f.run(body, head)
			head.become(merge(head, f.innermost().again))
			if head.dead {
				return unreached(), unreached()
			}
			holds, fails := f.branch(test, head)
			return fails, holds
		})
		return
	}
	f.cycle(id, s, func(head *state) (*state, *state) {
		holds, fails := f.branch(test, head)
		f.run(body, holds)
		next := merge(holds, f.innermost().again)
		f.run(t.Child(id, ast.Else), fails)
		return fails, next
	})
}

func (f *frame) forLoop(id ast.ID, s *state) {
	t := f.unit.tree
	f.children(id, ast.Init, s)
	test, body := t.Child(id, ast.Test), t.Child(id, ast.Body)
	f.cycle(id, s, func(head *state) (*state, *state) {
		holds, fails := f.branch(test, head)
		f.run(body, holds)
		next := merge(holds, f.innermost().again)
		f.children(id, ast.Update, next)
		return fails, next
	})
}

func (f *frame) forEach(id ast.ID, s *state) {
	t := f.unit.tree
	left, right, body := t.Child(id, ast.Left), t.Child(id, ast.Right), t.Child(id, ast.Body)
	over := f.eval(right, s)
	f.cycle(id, s, func(head *state) (*state, *state) {
		end := head.clone()
		if left != ast.None {
			f.assign(left, f.iterated(left, over), head, false)
		}
		f.run(body, head)
		next := merge(head, f.innermost().again)
		f.run(t.Child(id, ast.Else), end)
		return end, next
	})
}

// iterated is what a loop over a value gives to its variables.
func (f *frame) iterated(left ast.ID, over *cell) *cell {
	element := over.element()
	for _, p := range over.partList() { // the values of an object, or of a map whose keys are fields
		if !isElem(p.name) && !isCapture(p.name) {
			element = join(element, p.cell)
		}
	}
	if f.unit.tree.Language == "go" && f.unit.tree.Nodes[left].Kind != ast.Ident { // key, element
		return &cell{parts: []part{{indexName(0), tainted(over.ownSet())}, {indexName(1), element}}, size: 3}
	}
	if kind := f.unit.tree.Nodes[left].Kind; kind == ast.Tuple || kind == ast.List {
		// `for i, x in enumerate(xs)`, `for k, v := range m`: each may be the element.
		return tainted(element.all())
	}
	return element
}

func (f *frame) try(id ast.ID, s *state) {
	t := f.unit.tree
	f.children(id, ast.Item, s)
	thrown := f.thrown
	f.thrown = nil
	f.tries = append(f.tries, &attempt{s.clone(), s.clone()})
	f.run(t.Child(id, ast.Body), s)
	caught := f.tries[len(f.tries)-1].state
	f.tries = f.tries[:len(f.tries)-1]
	raised := f.thrown
	f.thrown = thrown
	f.run(t.Child(id, ast.Else), s)
	out := s.clone()
	catches := t.Children(id, ast.CatchOf)
	for _, c := range catches {
		in := caught.clone()
		if name := t.Child(c, ast.DefName); name != ast.None {
			f.assign(name, raised, in, false)
		}
		f.run(t.Child(c, ast.Body), in)
		out = merge(out, in)
	}
	if len(catches) == 0 {
		f.thrown = join(f.thrown, raised)
	}
	if finally := t.Child(id, ast.Finally); finally != ast.None {
		if out.dead || len(catches) == 0 {
			f.run(finally, caught.clone()) // on the way out, too
		}
		f.run(finally, out)
	}
	s.become(out)
}

// classBody runs what stands in a class outside its methods: the first values of fields.
func (f *frame) classBody(id ast.ID, s *state) {
	t := f.unit.tree
	for _, d := range t.Children(id, ast.DecoratorOf) {
		f.run(d, s)
	}
	body := t.Child(id, ast.Body)
	if body == ast.None {
		return
	}
	outer, this := f.class, s.get(thisBase)
	f.class = id
	s.set(thisBase, nil)
	for c := t.Nodes[body].First; c != ast.None; c = t.Nodes[c].Next {
		if t.Nodes[c].Kind == ast.Func {
			for _, d := range t.Children(c, ast.DecoratorOf) {
				f.run(d, s)
			}
			continue // methods are run for themselves
		}
		f.run(c, s)
	}
	f.p.learnFields(f.unit, id, s.get(thisBase))
	f.class = outer
	s.set(thisBase, this)
}

// delete runs a deletion of variables, fields and elements.
func (f *frame) delete(id ast.ID, s *state) {
	t := f.unit.tree
	f.children(id, ast.Value, s)
	for _, v := range t.Children(id, ast.Value) {
		if t.Nodes[v].Kind != ast.Index {
			continue
		}
		object := t.Child(v, ast.Object)
		if object == ast.None {
			continue
		}
		list, ok := f.place(object)
		if !ok || list.weak {
			continue
		}
		before := s.read(list)
		args := t.Children(v, ast.Arg)
		if len(args) == 1 && f.unit.collectionOf(object) == listCollection {
			if i, known := f.index([]argument{{node: args[0]}}, 0); known {
				s.write(list, before.removed(i))
			} else {
				s.write(list, before.shuffled())
			}
		} else if name := f.offset(v); name != anyElem && before != nil {
			s.write(list, before.with(name, nil))
		}
	}
}
