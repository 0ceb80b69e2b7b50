package match

import (
	"slices"
	"strconv"

	"github.com/assay-app/assay/checks/internal/ast"
)

func decimal(n int) string { return strconv.Itoa(n) }

// candidates are the nodes that a node of the pattern may match, in the order of the tree: as few as can be told from the
// index.
func (m *matcher) candidates(p ast.ID) []ast.ID {
	x, pn := m.index, &m.p.Nodes[p]
	if m.options.SymbolicPropagation && isExpression(m.p.Tree, p) {
		return m.expressions()
	}
	if ids, ok := m.anchored(p); ok {
		return ids
	}
	switch pn.Kind {
	case ast.Metavar, ast.Ellipsis, ast.Deep, ast.MetavarRest:
		return m.expressions()
	case ast.Call, ast.New:
		if name := m.lastName(m.p.Child(p, ast.Callee)); name != "" {
			return x.calls.list(name)
		}
		return merged(x.kinds[pn.Kind], x.kinds[ast.Decorator])
	case ast.Ident:
		if m.Tree.Language == "bash" || m.isDockerfile() {
			return m.only(merged(x.names.list(pn.Name), x.kinds[ast.Str]))
		}
		return m.only(x.names.list(pn.Name))
	case ast.Member:
		if name := m.lastName(p); name != "" {
			return m.only(x.names.list(name))
		}
		return m.only(merged(merged(x.kinds[ast.Member], x.kinds[ast.Ident]), x.kinds[ast.Type]))
	case ast.Chain:
		return merged(x.kinds[ast.Member], x.kinds[ast.Call])
	case ast.Str, ast.Num, ast.Bool, ast.Null:
		if m.isTerraform() {
			return m.expressions()
		}
		if pn.Op == ast.OpRegex && pn.Name == "..." {
			return m.only(merged(x.kinds[ast.Str], x.kinds[ast.Interp]))
		}
		if pn.Kind == ast.Str && formatted(m.p.Tree, p) && m.Tree.Language == "python" {
			return m.only(merged(x.kinds[ast.Str], x.kinds[ast.Interp]))
		}
		if m.options.ConstantPropagation {
			return m.only(merged(x.kinds[pn.Kind], x.constants(m.Tree, m.Names)))
		}
		return m.only(x.kinds[pn.Kind])
	case ast.Import:
		if m.isJavaScript() {
			if m.p.Child(p, ast.Item) != ast.None {
				return merged(x.kinds[ast.Import], x.kinds[ast.VarDef])
			}
			return merged(x.kinds[ast.Import], x.calls.list("require"))
		}
	case ast.Dict, ast.Set:
		return merged(x.kinds[ast.Dict], x.kinds[ast.Set])
	case ast.Assign:
		return merged(x.kinds[ast.Assign], x.kinds[ast.VarDef])
	}
	if pn.Kind == ast.For || pn.Kind == ast.While {
		return merged(merged(x.kinds[ast.For], x.kinds[ast.While]), x.kinds[ast.ForEach])
	}
	return x.kinds[pn.Kind]
}

// lastName is the last part of a name in the pattern, if it is written out.
func (m *matcher) lastName(p ast.ID) string {
	if p == ast.None {
		return ""
	}
	switch n := &m.p.Nodes[p]; n.Kind {
	case ast.Ident:
		return n.Name
	case ast.Member:
		if property := m.p.Child(p, ast.Property); property != ast.None && m.p.Nodes[property].Kind == ast.Ident {
			return m.p.Nodes[property].Name
		}
	}
	return ""
}

// only leaves out what is no expression.
func (m *matcher) only(ids []ast.ID) []ast.ID {
	var out []ast.ID
	for _, id := range ids {
		if isExpression(m.Tree, id) {
			out = append(out, id)
		}
	}
	return out
}

// expressions are all expressions of the file.
func (m *matcher) expressions() []ast.ID {
	if m.index.expressions == nil {
		for id := ast.ID(0); int(id) < len(m.Tree.Nodes); id++ {
			if isExpression(m.Tree, id) {
				if n := len(m.index.expressions); n > 0 && m.Tree.Nodes[m.index.expressions[n-1]].Start > m.Tree.Nodes[id].Start {
					m.index.unordered = true
				}
				m.index.expressions = append(m.index.expressions, id)
			}
		}
	}
	return m.index.expressions
}

// merged puts two lists in order together.
func merged(a, b []ast.ID) []ast.ID {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}
