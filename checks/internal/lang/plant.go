package lang

import (
	"errors"
	"sort"
	"strconv"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// planter copies the tree of a pattern's code, without the frame, and puts what the holes mean where stand-ins are.
type planter struct {
	*reader
	*ast.Builder
	tree       *ast.Tree
	start, end uint32 // of the pattern in the code
	roots      []ast.ID
	count      ast.ID // nodes written
}

// plant turns the code that was found for a pattern into the pattern.
func (r *reader) plant() (*ast.Pattern, error) {
	tree := r.best.grammar.lower(r.language.Name, r.best.cst)
	if tree.Cut {
		return nil, errors.New("the pattern nests too deeply")
	}
	p := &planter{reader: r, Builder: ast.NewBuilder(r.language.Name, r.text), tree: tree}
	p.start = uint32(len(r.best.frame.before))
	p.end = uint32(len(tree.Source) - len(r.best.frame.after))
	p.count = 1
	p.findRoots(0)
	out := &ast.Pattern{Tree: p.Finish(), Roots: p.roots, Partial: r.best.frame.partial}
	if len(out.Roots) == 0 {
		return nil, errors.New("a pattern without code")
	}
	out.Sequence = len(out.Roots) > 1 || out.Nodes[out.Roots[0]].Kind.IsStatement() || r.text[len(r.text)-1] == ';'
	return out, nil
}

// findRoots copies the outermost nodes that begin in the pattern, or lie in it if the frame says so.
func (p *planter) findRoots(id ast.ID) {
	for c := p.tree.Nodes[id].First; c != ast.None; c = p.tree.Nodes[c].Next {
		n := &p.tree.Nodes[c]
		switch {
		case n.Start >= p.end || n.End <= p.start:
		case p.isOnlyItem(n):
			p.roots = append(p.roots, p.count)
			p.copy(n.First, ast.Stmt)
		case p.isOnlyPair(n), p.best.frame.unblock && n.Kind == ast.Block:
			p.findRoots(c)
		case p.isOnlyWord(n) && n.Start >= p.start:
			p.roots = append(p.roots, p.count)
			p.copy(n.First, ast.Stmt)
		case n.Start >= p.start && !(p.best.frame.inner && n.End > p.end):
			p.roots = append(p.roots, p.count)
			p.copy(c, rootRole(n))
		default:
			p.findRoots(c)
		}
	}
}

// isOnlyPair reports whether n is a mapping that stands for the one pair in it.
func (p *planter) isOnlyPair(n *ast.Node) bool {
	return p.language.patterns.onlyPair && n.Kind == ast.Dict && n.First != ast.None && p.tree.Source[n.Start] != '{' &&
		p.tree.Nodes[n.First].Kind == ast.Pair && p.tree.Nodes[n.First].Next == ast.None
}

// isOnlyWord reports whether n is a command of a shell that is one word, which may be any word then.
func (p *planter) isOnlyWord(n *ast.Node) bool {
	if p.language.Name != "bash" && !p.best.frame.unblock || n.Kind != ast.Call || n.First == ast.None {
		return false
	}
	only := &p.tree.Nodes[n.First]
	return only.Role == ast.Callee && only.Next == ast.None
}

// isOnlyItem reports whether n is a list that is written as `- item` and stands for the item.
func (p *planter) isOnlyItem(n *ast.Node) bool {
	return p.language.patterns.onlyPair && n.Kind == ast.List && n.First != ast.None && p.tree.Source[n.Start] == '-' && p.tree.Nodes[n.First].Next == ast.None
}

// rootRole is the role of a root: Stmt for an expression or statement, and its own for what is only a part of one.
func rootRole(n *ast.Node) ast.Role {
	switch n.Role {
	case ast.CatchOf, ast.Finally, ast.Else, ast.CaseOf, ast.DecoratorOf, ast.ModifierOf, ast.ParamOf, ast.TypeParam,
		ast.Attr, ast.Clause, ast.Item, ast.Interface, ast.Super:
		return n.Role
	}
	return ast.Stmt
}

func (p *planter) copy(id ast.ID, role ast.Role) {
	n := &p.tree.Nodes[id]
	if n.Start >= p.end || n.End <= p.start && n.End > n.Start {
		return
	}
	if h := p.holeAt(n); h != nil {
		p.leafFor(n, h.astKind(), role, h.name)
		return
	}
	if n.Kind == ast.Str && n.Role == ast.Fragment && p.decode(n.Name) == "..." { // `...${$X}...`
		p.leafFor(n, ast.Ellipsis, role, "")
		return
	}
	if p.copySpecial(id, role) {
		return
	}
	if i, ok := p.hole(n.Name); ok && (n.Kind == ast.Ident || n.Kind == ast.Type || n.Kind == ast.Other) && n.First == ast.None {
		if h := &p.holes[i]; h.kind == metavariable {
			p.leafFor(n, ast.Metavar, role, h.name)
			return
		}
	}
	name := p.decode(n.Name)
	if n.Kind == ast.Type && n.First != ast.None && name != n.Name {
		name = "" // the parts say it
	}
	p.begin(n, n.Kind, role, name)
	for c := n.First; c != ast.None; c = p.tree.Nodes[c].Next {
		p.copy(c, p.tree.Nodes[c].Role)
	}
	p.finish(n)
}

// copySpecial copies what the stand-ins made: casts that say a metavariable's type, calls that are <... e ...>, and
// members that are `. ... .`.
func (p *planter) copySpecial(id ast.ID, role ast.Role) bool {
	t := p.tree
	n := &t.Nodes[id]
	switch n.Kind {
	case ast.Interp: // "..." where "$X" is no text but a value
		if h := p.holeOf(n.First); h != nil && h.kind == ellipsis && n.After == n.First+1 {
			p.begin(n, ast.Str, role, "...")
			p.finish(n)
			return true
		}
	case ast.Member:
		property := t.Child(id, ast.Property)
		if property == ast.None {
			return false
		}
		if h := p.holeOf(property); h != nil && h.kind == chain {
			p.begin(n, ast.Chain, role, "")
			p.copy(t.Child(id, ast.Object), ast.Object)
			p.finish(n)
			return true
		}
	case ast.Call, ast.Index:
		callee := n.First
		if h := p.holeOf(callee); h != nil && h.kind == deepBegin {
			p.begin(n, ast.Deep, role, "")
			for _, arg := range t.Children(id, ast.Arg) {
				p.copy(arg, ast.Value)
			}
			p.finish(n)
			return true
		}
		arg := t.Child(id, ast.Arg)
		return p.copyTyped(n, callee, arg, role) || p.copyTyped(n, arg, callee, role)
	case ast.Cast:
		return p.copyTyped(n, t.Child(id, ast.Value), t.Child(id, ast.TypeOf), role)
	}
	return false
}

func (p *planter) copyTyped(n *ast.Node, name, of ast.ID, role ast.Role) bool {
	h := p.holeOf(name)
	if h == nil || !h.typed || of == ast.None {
		return false
	}
	p.begin(n, ast.Metavar, role, h.name)
	if p.tree.Nodes[of].Kind == ast.Index {
		p.copyGeneric(of)
	} else {
		p.copy(of, ast.TypeOf)
	}
	p.finish(n)
	return true
}

// copyGeneric copies the Dict[str, int] of a typed metavariable, an expression to the grammar, as the type that it is.
func (p *planter) copyGeneric(id ast.ID) {
	t := p.tree
	n := &t.Nodes[id]
	name := strings.Join(strings.Fields(t.Text(id)), "")
	if sentinelPattern.MatchString(name) {
		name = ""
	}
	p.begin(n, ast.Type, ast.TypeOf, name)
	p.copy(t.Child(id, ast.Object), ast.Object)
	for _, arg := range t.Children(id, ast.Arg) {
		if t.Nodes[arg].Kind != ast.Tuple {
			p.copy(arg, ast.Elem)
			continue
		}
		for _, elem := range t.Children(arg, ast.Elem) {
			p.copy(elem, ast.Elem)
		}
	}
	p.finish(n)
}

// holeAt is the ellipsis or metavariable whose stand-in n is all of, or nil. A block is never one: its statement is.
func (p *planter) holeAt(n *ast.Node) *hole {
	if n.Kind == ast.Block || n.Start == n.End {
		return nil
	}
	i := sort.SearchInts(p.best.ends, int(n.End))
	if i < len(p.holes) && p.best.starts[i] <= int(n.Start) {
		h := &p.holes[i]
		if h.kind == ellipsis || h.kind == rest {
			return h
		}
		// A metavariable may have needed more than an identifier too: a string, say, or a statement.
		if h.kind == metavariable && !h.typed && p.best.choices[i] > 0 && p.best.starts[i] == int(n.Start) {
			return h
		}
	}
	return nil
}

// holeOf is the hole that an identifier stands in, or nil.
func (p *planter) holeOf(id ast.ID) *hole {
	if id == ast.None || p.tree.Nodes[id].Kind != ast.Ident {
		return nil
	}
	if i, ok := p.hole(p.tree.Nodes[id].Name); ok {
		return &p.holes[i]
	}
	return nil
}

// hole is the number of the hole whose sentinel the name is.
func (p *planter) hole(name string) (int, bool) {
	m := wholeSentinel.FindStringSubmatch(name)
	if m == nil {
		return 0, false
	}
	i, err := strconv.Atoi(m[1])
	return i, err == nil && i < len(p.holes)
}

// decode writes the holes in a name as the pattern does.
func (p *planter) decode(name string) string {
	return sentinelPattern.ReplaceAllStringFunc(name, func(s string) string {
		if i, ok := p.hole(s); ok {
			return p.text[p.holes[i].start:p.holes[i].end]
		}
		return s
	})
}

func (p *planter) begin(n *ast.Node, kind ast.Kind, role ast.Role, name string) {
	m := p.Open(kind, role, uint32(p.original(&p.best, int(n.Start))))
	m.Op, m.Flags, m.Name = n.Op, n.Flags, name
	p.count++
}

func (p *planter) finish(n *ast.Node) {
	start := p.Current().Start
	p.Close(max(start, uint32(p.originalEnd(int(n.End)))))
}

// originalEnd is original for the end of a range: the end of a stand-in is the end of its hole.
func (p *planter) originalEnd(at int) int {
	for i := range p.holes {
		if p.best.starts[i] < at && at <= p.best.ends[i] {
			return p.holes[i].end
		}
	}
	return p.original(&p.best, at)
}

func (p *planter) leafFor(n *ast.Node, kind ast.Kind, role ast.Role, name string) {
	if kind == ast.Ellipsis {
		name = ""
	}
	p.begin(n, kind, role, name)
	p.Current().Op, p.Current().Flags = ast.NoOp, 0
	p.finish(n)
}
