package match

import (
	"slices"

	"github.com/assay-app/assay/checks/internal/ast"
)

// anchoredLanguages are those in which an identifier of a pattern matches nothing but an identifier of that name, or one that
// stands for a qualified name with that part.
var anchoredLanguages = map[ast.Language]bool{"python": true, "javascript": true, "typescript": true, "go": true, "java": true}

// anchored narrows the nodes that a node of the pattern may match to those around its rarest identifier. It reports false when
// that tells nothing.
func (m *matcher) anchored(p ast.ID) ([]ast.ID, bool) {
	kind := m.p.Nodes[p].Kind
	if !anchoredLanguages[m.Tree.Language] || m.options.SymbolicPropagation || !climbable(kind) {
		return nil, false
	}
	rarest, fewest := "", -1
	for id := p; id < m.p.Nodes[p].After; id++ {
		n := &m.p.Nodes[id]
		switch n.Kind {
		case ast.Catch, ast.Import, ast.Metavar: // where a name may be left out, be part of another, or be a type that is known otherwise
			id = n.After - 1
			continue
		}
		if n.Kind != ast.Ident || n.Name == "" || n.Name[0] == '$' || n.Flags&ast.FlagBareKey != 0 {
			continue
		}
		if count := m.index.names.count(n.Name); fewest < 0 || count < fewest {
			rarest, fewest = n.Name, count
		}
	}
	if fewest < 0 || fewest > maxAnchors {
		return nil, false
	}
	var out []ast.ID
	for _, id := range m.index.names.list(rarest) {
		for ; id != ast.None; id = m.Tree.Nodes[id].Parent {
			if accepts(kind, m.Tree.Nodes[id].Kind) {
				out = append(out, id)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

// maxAnchors bounds from how many places a search climbs; from more, it is cheaper to look at every node of the kind.
const maxAnchors = 1000

// climbable are the kinds of nodes that are looked for from within.
func climbable(kind ast.Kind) bool {
	switch kind {
	case ast.Call, ast.New, ast.Assign, ast.VarDef, ast.Return, ast.If, ast.With, ast.Func, ast.Class, ast.Try, ast.ForEach, ast.Binary, ast.Index:
		return true
	}
	return false
}

// accepts reports whether a node of a kind may match one of the pattern's.
func accepts(pattern, kind ast.Kind) bool {
	switch pattern {
	case ast.Call, ast.New:
		return kind == pattern || kind == ast.Decorator
	case ast.Assign:
		return kind == ast.Assign || kind == ast.VarDef
	}
	return kind == pattern
}
