package names

import "github.com/assay-app/assay/checks/internal/ast"

// held is the value of a variable at one of its uses: that of the last assignment on the way to it, or what all ways give it
// alike.
func (i *Info) held(v *Variable, use ast.ID, depth int) (Value, bool) {
	return i.heldAlike(v, use, depth, func(a, b Value) bool { return a.Kind == b.Kind && a.Text == b.Text })
}

// heldAlike is held, with what counts as alike.
func (i *Info) heldAlike(v *Variable, use ast.ID, depth int, alike func(a, b Value) bool) (Value, bool) {
	if v.Parameter || v.imported != nil || v.Function != ast.None || len(v.Assignments) == 0 {
		return Value{}, false
	}
	owner := i.owner(use)
	if at := v.Assignments[0]; len(v.Assignments) == 1 && i.owner(at) != owner {
		return i.assigned(at, v, depth)
	}
	for _, at := range v.Assignments {
		if i.owner(at) != owner { // another function may have changed it
			return Value{}, false
		}
		if (at >= use || i.tree.Contains(at, use)) && i.sameLoop(at, use) {
			return Value{}, false
		}
	}
	r := reach{Info: i, v: v, left: maxWays, depth: depth, alike: alike}
	return r.before(use, use)
}

// maxWays bounds how many ways to a use are looked at.
const maxWays = 64

// reach finds what a variable holds at a place.
type reach struct {
	*Info
	v           *Variable
	left, depth int
	alike       func(a, b Value) bool
}

// before is the value of the variable before a place of the tree, which lies within a node. Of an if in front of it, both
// branches must give the same, save one that leaves.
func (r *reach) before(place, within ast.ID) (Value, bool) {
	if r.left--; r.left < 0 {
		return Value{}, false
	}
	i, v, t := r.Info, r.v, r.tree
	last := ast.None
	for _, at := range v.Assignments {
		if at < place && !t.Contains(at, within) {
			last = max(last, at)
		}
	}
	if last == ast.None {
		return Value{}, false
	}
	at, block := last, i.branch(last)
	for block != ast.None && !t.Contains(block, within) {
		at = block
		if t.Nodes[at].Kind == ast.Block && t.Nodes[at].Parent != ast.None {
			at = t.Nodes[at].Parent
		}
		block = i.branch(at)
	}
	switch {
	case block == ast.None:
		return Value{}, false
	case at == last:
		return i.assigned(last, v, r.depth)
	case t.Nodes[at].Kind != ast.If:
		return Value{}, false
	}
	var out Value
	known := false
	join := func(place, within ast.ID) bool {
		value, ok := r.before(place, within)
		if !ok || known && !r.alike(value, out) {
			return false
		}
		out, known = value, true
		return true
	}
	for _, role := range [...]ast.Role{ast.Then, ast.Else} {
		switch way := t.Child(at, role); {
		case way == ast.None:
			if !join(at, at) {
				return Value{}, false
			}
		case !i.leaves(way) && !join(t.Nodes[way].After, way):
			return Value{}, false
		}
	}
	return out, known
}

// branch is the block or the like that a node lies in.
func (i *Info) branch(id ast.ID) ast.ID {
	return i.tree.Enclosing(id, ast.Block, ast.File, ast.For, ast.If, ast.Case)
}

// leaves reports whether a block goes elsewhere before its end.
func (i *Info) leaves(block ast.ID) bool {
	for c := i.tree.Nodes[block].First; c != ast.None; c = i.tree.Nodes[c].Next {
		switch i.tree.Nodes[c].Kind {
		case ast.Return, ast.Throw, ast.Break, ast.Continue, ast.Goto:
			return true
		}
	}
	return false
}

// owner is the function that a node lies in.
func (i *Info) owner(id ast.ID) ast.ID { return i.tree.Enclosing(id, ast.Func, ast.File) }

// sameLoop reports whether a loop goes round both.
func (i *Info) sameLoop(a, b ast.ID) bool {
	loop := i.tree.Enclosing(a, ast.For, ast.ForEach, ast.While)
	return loop != ast.None && i.tree.Contains(loop, b)
}
