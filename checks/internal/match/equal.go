package match

import (
	"github.com/assay-app/assay/checks/internal/ast"
)

// equal reports whether two values of one metavariable agree: they mean the same, wherever they stand.
func (s *search) equal(a, b Value) bool {
	f := s.File
	if a.Start == b.Start && a.End == b.End && a.Kind == b.Kind {
		return true
	}
	switch {
	case a.Kind == TextValue || b.Kind == TextValue || a.Kind == ContentValue || b.Kind == ContentValue:
		return f.Text(a) == f.Text(b)
	case a.Kind != b.Kind || (a.First == ast.None) != (b.First == ast.None):
		return false
	case a.First == ast.None:
		return true
	}
	t := f.Tree
	x, y := a.First, b.First
	for {
		if !s.equalNodes(x, y) {
			return false
		}
		if (x == a.Last) != (y == b.Last) {
			return false
		}
		if x == a.Last {
			return true
		}
		if x, y = t.Nodes[x].Next, t.Nodes[y].Next; x == ast.None || y == ast.None {
			return false
		}
	}
}

// equalNodes compares two subtrees; identifiers must be of the same variable, as far as is known.
func (s *search) equalNodes(a, b ast.ID) bool {
	f, t := s.File, s.Tree
	a, b = f.uncast(a), f.uncast(b)
	if a == b {
		return true
	}
	if !ast.Equal(t, a, t, b) {
		return f.equalValues(a, b)
	}
	if !s.options.UnifyIDsStrictly {
		return true
	}
	for i := ast.ID(0); a+i < t.Nodes[a].After; i++ {
		if t.Nodes[a+i].Kind == ast.Ident {
			x, y := f.Names.Variable(a+i), f.Names.Variable(b+i)
			if x != nil && y != nil && x != y {
				return false
			}
		}
	}
	return true
}

// uncast leaves out what only says a type of TypeScript.
func (f *File) uncast(id ast.ID) ast.ID {
	if f.Tree.Language == "typescript" && f.Tree.Nodes[id].Kind == ast.Cast {
		if value := f.Tree.Child(id, ast.Value); value != ast.None {
			return value
		}
	}
	return id
}

// isTarget reports whether a node is what is assigned to.
func (f *File) isTarget(id ast.ID) bool {
	n := &f.Tree.Nodes[id]
	return n.Role == ast.Left && f.Tree.Nodes[n.Parent].Kind != ast.Binary
}

// equalValues compares what is spelt differently by its value, if that is known.
func (f *File) equalValues(a, b ast.ID) bool {
	x, ok := f.Names.Constant(a)
	if !ok || f.isTarget(a) || f.isTarget(b) {
		return false
	}
	y, ok := f.Names.Constant(b)
	if !ok || x.Kind != y.Kind {
		return false
	}
	switch {
	case x.Kind == ast.Bool:
		return x.True == y.True
	case x.Whole && y.Whole:
		return x.Int == y.Int
	}
	return x.Text == y.Text
}
