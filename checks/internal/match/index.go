package match

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/names"
)

// index knows where the nodes of a tree are that patterns start from. All lists are in the order of the tree.
type index struct {
	kinds [ast.KindCount][]ast.ID

	// names are Idents, Types and Members by their last part, and what was imported also by every other part of its name; calls are
	// Calls, Decorators with arguments and News by the last part of what they call. Both know a node by what it is called here and by
	// what its imports say.
	names, calls postings

	// These are made when they are first needed.
	statements  []ast.ID // everything that is a statement
	place       []int32  // by node: its place in statements
	expressions []ast.ID
	unordered   bool     // some expressions do not stand in the order of the tree
	folded      []ast.ID // expressions with a known value that are no literals
	hasFolded   bool
}

func newIndex(t *ast.Tree, info *names.Info) *index {
	x := &index{names: newPostings(len(t.Nodes) / 2), calls: newPostings(len(t.Nodes) / 8)}
	x.sort(t)
	for id := ast.ID(0); int(id) < len(t.Nodes); id++ {
		switch t.Nodes[id].Kind {
		case ast.Ident, ast.Type:
			each(t, info, id, func(name string) { x.names.add(name, id) })
			x.parts(info, id)
		case ast.Member:
			each(t, info, id, func(name string) { x.names.add(name, id) })
		case ast.Call:
			x.parts(info, id)
			fallthrough
		case ast.Decorator, ast.New:
			if callee := t.Child(id, ast.Callee); callee != ast.None {
				each(t, info, callee, func(name string) { x.calls.add(name, id) })
			}
		}
	}
	return x
}

// sort lists the nodes by kind, all in one array.
func (x *index) sort(t *ast.Tree) {
	var counts [ast.KindCount]int
	for i := range t.Nodes {
		counts[t.Nodes[i].Kind]++
	}
	all := make([]ast.ID, len(t.Nodes))
	for kind, count := range counts {
		x.kinds[kind], all = all[:0:count], all[count:]
	}
	for i := range t.Nodes {
		kind := t.Nodes[i].Kind
		x.kinds[kind] = append(x.kinds[kind], ast.ID(i))
	}
}

// inOrder lists the statements.
func (x *index) inOrder(t *ast.Tree) ([]ast.ID, []int32) {
	if x.place == nil {
		x.place = make([]int32, len(t.Nodes))
		for i := range t.Nodes {
			if t.Nodes[i].Role == ast.Stmt {
				x.place[i] = int32(len(x.statements))
				x.statements = append(x.statements, ast.ID(i))
			}
		}
	}
	return x.statements, x.place
}

// constants are the expressions with a known value that are no literals.
func (x *index) constants(t *ast.Tree, info *names.Info) []ast.ID {
	if x.hasFolded {
		return x.folded
	}
	x.hasFolded = true
	for id := ast.ID(0); int(id) < len(t.Nodes); id++ {
		switch t.Nodes[id].Kind {
		case ast.Ident, ast.Member, ast.Binary, ast.Interp, ast.Cond, ast.Call, ast.Index, ast.Unary, ast.Cast:
			if isExpression(t, id) {
				if _, ok := info.Constant(id); ok {
					x.folded = append(x.folded, id)
				}
			}
		}
	}
	return x.folded
}

// parts notes a node under all parts of its qualified names.
func (x *index) parts(info *names.Info, id ast.ID) {
	for _, qualified := range info.Qualified(id) {
		for {
			at := strings.IndexAny(qualified, "./")
			if at < 0 {
				x.names.add(qualified, id)
				break
			}
			x.names.add(qualified[:at], id)
			qualified = qualified[at+1:]
		}
	}
}

// each calls yield with the last parts of the names that a node has.
func each(t *ast.Tree, info *names.Info, id ast.ID, yield func(string)) {
	last := ""
	switch n := &t.Nodes[id]; n.Kind {
	case ast.Ident:
		last = n.Name
	case ast.Member:
		if property := t.Child(id, ast.Property); property != ast.None {
			last = t.Nodes[property].Name
		}
	case ast.Type:
		if object := t.Child(id, ast.Object); object != ast.None {
			each(t, info, object, yield)
			return
		}
		last = n.Name[strings.LastIndexByte(n.Name, '.')+1:]
	}
	if last != "" {
		yield(last)
	}
	seen := last
	for _, qualified := range info.Qualified(id) {
		if part := qualified[strings.LastIndexByte(qualified, '.')+1:]; part != last && part != seen {
			yield(part)
			seen = part
		}
	}
}

// isExpression reports whether a node is an expression, not a name that is part of a declaration or of another node.
func isExpression(t *ast.Tree, id ast.ID) bool {
	n := &t.Nodes[id]
	switch n.Kind {
	case ast.Other:
		if n.Name == "package_clause" {
			return false
		}
	case ast.Ident, ast.Num, ast.Str, ast.Interp, ast.Bool, ast.Null, ast.Call, ast.New, ast.Member, ast.Index, ast.Unary,
		ast.Binary, ast.Assign, ast.Cond, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Comprehension, ast.Await, ast.Yield,
		ast.Cast, ast.JSXElement:
	case ast.Func, ast.Class:
		return n.Flags&ast.FlagLambda != 0
	case ast.Slice, ast.Spread:
		return true
	default:
		return false
	}
	if n.Parent != ast.None && t.Nodes[n.Parent].Kind == ast.Type { // an argument of a type
		return false
	}
	switch n.Role {
	case ast.Property, ast.DefName, ast.Alias, ast.TypeOf, ast.TypeParam, ast.Result, ast.Fragment:
		return false
	case ast.Key:
		return n.Flags&ast.FlagBareKey == 0
	case ast.Left:
		return t.Nodes[n.Parent].Kind != ast.VarDef
	}
	return true
}
