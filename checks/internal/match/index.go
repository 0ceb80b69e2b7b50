package match

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/names"
)

// index knows where the nodes of a tree are that patterns start from. All lists are in the order of the tree.
type index struct {
	kinds map[ast.Kind][]ast.ID

	// calls are Calls, Decorators with arguments and News by the last part of what they call; names are Idents, Types and Members
	// by their last part, and what was imported also by every other part of its name. Both know a node by what it is called here
	// and by what its imports say.
	calls map[string][]ast.ID
	names map[string][]ast.ID

	constants  []ast.ID // expressions with a known value that are no literals
	statements []ast.ID // everything that is a statement
	place      []int32  // by node: its place in statements

	expressions []ast.ID // made when they are first needed
	unordered   bool     // some expressions do not stand in the order of the tree
}

func newIndex(t *ast.Tree, info *names.Info) *index {
	x := &index{kinds: map[ast.Kind][]ast.ID{}, calls: map[string][]ast.ID{}, names: map[string][]ast.ID{}, place: make([]int32, len(t.Nodes))}
	for id := ast.ID(0); int(id) < len(t.Nodes); id++ {
		n := &t.Nodes[id]
		x.kinds[n.Kind] = append(x.kinds[n.Kind], id)
		if n.Role == ast.Stmt {
			x.place[id] = int32(len(x.statements))
			x.statements = append(x.statements, id)
		}
		switch n.Kind {
		case ast.Call, ast.Decorator, ast.New:
			if callee := t.Child(id, ast.Callee); callee != ast.None {
				each(t, info, callee, func(name string) { x.calls[name] = append(x.calls[name], id) })
			}
		case ast.Ident, ast.Member, ast.Type:
			each(t, info, id, func(name string) { x.names[name] = append(x.names[name], id) })
		}
		switch n.Kind {
		case ast.Ident, ast.Type, ast.Call:
			x.parts(info, id)
		}
		switch n.Kind {
		case ast.Ident, ast.Member, ast.Binary, ast.Interp, ast.Cond, ast.Call, ast.Index, ast.Unary, ast.Cast:
			if isExpression(t, id) {
				if _, ok := info.Constant(id); ok {
					x.constants = append(x.constants, id)
				}
			}
		}
	}
	return x
}

// parts notes a node under all parts of its qualified names, save the last one, which [each] knows.
func (x *index) parts(info *names.Info, id ast.ID) {
	for _, qualified := range info.Qualified(id) {
		for {
			at := strings.IndexAny(qualified, "./")
			if at < 0 {
				break
			}
			if part := qualified[:at]; part != "" {
				if list := x.names[part]; len(list) == 0 || list[len(list)-1] != id {
					x.names[part] = append(list, id)
				}
			}
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
	case ast.Ident, ast.Num, ast.Str, ast.Interp, ast.Bool, ast.Null, ast.Call, ast.New, ast.Member, ast.Index, ast.Unary,
		ast.Binary, ast.Assign, ast.Cond, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Comprehension, ast.Await, ast.Yield,
		ast.Cast, ast.JSXElement, ast.Other:
	case ast.Func, ast.Class:
		return n.Flags&ast.FlagLambda != 0
	case ast.Slice, ast.Spread:
		return true
	default:
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
