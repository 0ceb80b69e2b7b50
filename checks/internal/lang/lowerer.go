package lang

import (
	"context"
	"iter"
	"strings"
	"sync"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// grammar says how the trees of a tree-sitter grammar are lowered.
type grammar struct {
	language syntax.Language

	// lowerings are by the names of symbols. A named symbol without one is lowered by [lowerer.other].
	lowerings map[string]lowering

	// legible rewrites what the grammar can't read to something of the same length that it can. Nil leaves all as it is.
	legible func(source string) string

	// blocks are the symbols that are lowered to a Block.
	blocks []string

	once  sync.Once
	table []lowering // lowerings by syntax.Symbol
}

// lowering adds what a node means to the tree being built: usually one node of the given role, but a statement may
// become several or none.
type lowering func(l *lowerer, n node, role ast.Role)

// node is an index of syntax.Tree.Nodes.
type node = int32

// none is no node. Every method of a lowerer takes it, and does nothing.
const none node = -1

// maxDescent bounds how deep lowerings call each other. Brackets nest in the grammar without nesting in our tree, so it
// is above ast.MaxDepth.
const maxDescent = 4 * ast.MaxDepth

// maxEmbeddings bounds how deep languages, or the macros of one, lie in each other: each is parsed anew.
const maxEmbeddings = 4

// maxOpens is how many nodes a lowering opens at most before it calls the next.
const maxOpens = 8

// lowerer turns the tree of a grammar into ours.
type lowerer struct {
	*ast.Builder
	cst     *syntax.Tree
	grammar *grammar
	descent int
	broken  map[node]bool // ERROR nodes that were lowered

	embeddings int // how many languages lie in each other here

	heredocs map[node]node // of Ruby: where the texts of <<END stand
}

func (g *grammar) lower(name ast.Language, cst *syntax.Tree) *ast.Tree {
	g.prepare()
	l := &lowerer{Builder: ast.NewBuilder(name, cst.Source), cst: cst, grammar: g}
	if len(cst.Nodes) > 0 {
		l.lowerAll(0, ast.Stmt)
		l.mend(0)
	}
	tree := l.Finish()
	tree.Errors = cst.Errors
	enclose(tree)
	return tree
}

// enclose makes each node cover its children. They reach out of it where a part was found in a broken place beside it,
// or stands before it in the grammar.
func enclose(t *ast.Tree) {
	for id := len(t.Nodes) - 1; id > 0; id-- {
		n := &t.Nodes[id]
		parent := &t.Nodes[n.Parent]
		parent.Start, parent.End = min(parent.Start, n.Start), max(parent.End, n.End)
	}
}

// prepare looks up the symbols that have lowerings.
func (g *grammar) prepare() {
	g.once.Do(func() {
		for symbol, f := range g.lowerings {
			if s, ok := g.language.Symbol(symbol, true); ok && s != syntax.SymbolError {
				for int(s) >= len(g.table) {
					g.table = append(g.table, nil)
				}
				g.table[s] = f
			}
		}
	})
}

// embedded adds what a piece of another language in the same source means: text, which stands at a byte of the source
// and has its length there, but may differ where something had to be blanked. Add lowers what the piece was parsed to.
// It reports whether there is a tree.
func (l *lowerer) embedded(g *grammar, text string, at uint32, add func(inner *lowerer)) bool {
	if l.embeddings >= maxEmbeddings {
		return false
	}
	cst, err := syntax.Parse(context.Background(), g.language, []byte(text), syntax.Limits{})
	if err != nil || len(cst.Nodes) == 0 {
		return false
	}
	g.prepare()
	for i := range cst.Nodes {
		cst.Nodes[i].Start += at
		cst.Nodes[i].End += at
	}
	cst.Source = l.cst.Source
	inner := &lowerer{Builder: l.Builder, cst: cst, grammar: g, descent: l.descent, embeddings: l.embeddings + 1}
	add(inner)
	return true
}

// lower adds what n means.
func (l *lowerer) lower(n node, role ast.Role) {
	if n == none || l.cst.Nodes[n].Flags&syntax.Missing != 0 {
		return
	}
	if l.full() {
		return
	}
	l.descent++
	defer func() { l.descent-- }()
	symbol := l.cst.Nodes[n].Symbol
	switch {
	case symbol == syntax.SymbolError:
		l.lowerBroken(n, role)
	case int(symbol) < len(l.grammar.table) && l.grammar.table[symbol] != nil:
		l.grammar.table[symbol](l, n, role)
	default:
		l.other(n, role)
	}
}

// full reports whether nothing may be nested here any more, and notes it.
func (l *lowerer) full() bool {
	if l.Depth() >= ast.MaxDepth-maxOpens || l.descent >= maxDescent {
		l.Cut()
		return true
	}
	return false
}

// lowerAll adds what the named children of n mean, all in one role.
func (l *lowerer) lowerAll(n node, role ast.Role) {
	for c := range l.named(n) {
		l.lower(c, role)
	}
}

// lowerFields adds what the children of a field mean.
func (l *lowerer) lowerFields(n node, field string, role ast.Role) {
	for c := range l.fields(n, field) {
		l.lower(c, role)
	}
}

// lowerBroken adds what stands in a place that the grammar could not make sense of, as if the place were not there.
func (l *lowerer) lowerBroken(n node, role ast.Role) {
	if l.broken[n] {
		return
	}
	if l.broken == nil {
		l.broken = map[node]bool{}
	}
	l.broken[n] = true
	l.Current().Flags |= ast.FlagError
	l.lowerAll(n, role)
}

// mend adds what stands in broken places among the children of n that its lowering, which looked for fields, passed by.
func (l *lowerer) mend(n node) {
	if n == none || l.cst.Nodes[n].Flags&syntax.HasError == 0 {
		return
	}
	for c := l.cst.Nodes[n].First; c != none; c = l.cst.Nodes[c].Next {
		if l.cst.Nodes[c].Symbol == syntax.SymbolError && !l.broken[c] {
			role := ast.Part
			if kind := l.Current().Kind; kind == ast.Block || kind == ast.File {
				role = ast.Stmt
			}
			l.lower(c, role)
		}
	}
}

// start and end are where n starts and ends; without n, where the node that is open starts, so that what the grammar did
// not find takes no room.
func (l *lowerer) start(n node) uint32 {
	if n == none {
		return l.Current().Start
	}
	return l.cst.Nodes[n].Start
}

func (l *lowerer) end(n node) uint32 {
	if n == none {
		return l.Current().Start
	}
	return l.cst.Nodes[n].End
}

// open begins a node that covers n. The pointer is valid until the next node is opened.
func (l *lowerer) open(kind ast.Kind, role ast.Role, n node) *ast.Node {
	return l.Open(kind, role, l.start(n))
}

// close ends the node that was opened for n.
func (l *lowerer) close(n node) {
	l.mend(n)
	l.Close(l.end(n))
}

// leaf adds a node without children that covers n, with the text of n as its name.
func (l *lowerer) leaf(kind ast.Kind, role ast.Role, n node) *ast.Node {
	return l.leafNamed(kind, role, n, l.text(n))
}

// leafNamed adds a node without children that covers n.
func (l *lowerer) leafNamed(kind ast.Kind, role ast.Role, n node, name string) *ast.Node {
	if n == none {
		return &ast.Node{}
	}
	return l.Leaf(kind, role, name, l.start(n), l.end(n))
}

// The lowerings that every language needs.

// other keeps a node under its grammar's name. One without children keeps its text in the name too.
func (l *lowerer) other(n node, role ast.Role) {
	name := l.kind(n)
	if l.first(n) == none {
		name += " " + strings.TrimRight(l.text(n), ";")
	}
	l.open(ast.Other, role, n).Name = name
	l.lowerAll(n, ast.Part)
	l.close(n)
}

// inside puts the named children of a node in its place: brackets, expression statements.
func (l *lowerer) inside(n node, role ast.Role) {
	l.lowerAll(n, role)
}

// skip leaves a node out.
func (l *lowerer) skip(node, ast.Role) {}

// block makes a Block of the named children.
func (l *lowerer) block(n node, role ast.Role) {
	l.open(ast.Block, role, n)
	l.lowerAll(n, ast.Stmt)
	l.close(n)
}

// body adds a Block: n itself if it is one, else one with n as its only statement.
func (l *lowerer) body(n node, role ast.Role) {
	if n == none {
		return
	}
	kind := l.kind(n)
	for _, block := range l.grammar.blocks {
		if kind == block {
			l.lower(n, role)
			return
		}
	}
	l.open(ast.Block, role, n)
	l.lower(n, ast.Stmt)
	l.close(n)
}

// implicitReturn adds the body of a function that is one expression.
func (l *lowerer) implicitReturn(value node) {
	if value == none {
		return
	}
	l.open(ast.Block, ast.Body, value).Flags |= ast.FlagImplicit
	l.open(ast.Return, ast.Stmt, value).Flags |= ast.FlagImplicit
	l.lower(value, ast.Value)
	l.close(value)
	l.close(value)
}

// dotted lowers a.b.c that the grammar has as a list of names.
func (l *lowerer) dotted(n node, role ast.Role) {
	var names []node
	for c := range l.named(n) {
		names = append(names, c)
	}
	opened := 0
	for range max(0, len(names)-1) {
		if l.full() {
			break
		}
		l.open(ast.Member, role, n)
		role = ast.Object
		opened++
	}
	for i, name := range names {
		if i > opened {
			break
		}
		l.lower(name, role)
		if role = ast.Property; i > 0 {
			l.Close(l.end(name))
		}
	}
}

// as makes the lowering of a leaf: an identifier, a number, a name that stands for itself.
func as(kind ast.Kind) lowering {
	return func(l *lowerer, n node, role ast.Role) { l.leaf(kind, role, n) }
}

// wrap makes the lowering of a node whose named children all have one role: a return, a list.
func wrap(kind ast.Kind, op ast.Op, children ast.Role) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.open(kind, role, n).Op = op
		l.lowerAll(n, children)
		l.close(n)
	}
}

// Reading the tree of the grammar.

// kind is the name of n's symbol; empty for none.
func (l *lowerer) kind(n node) string {
	if n == none {
		return ""
	}
	return l.cst.Language.SymbolName(l.cst.Nodes[n].Symbol)
}

// is reports whether n is of one of the kinds.
func (l *lowerer) is(n node, kinds ...string) bool {
	kind := l.kind(n)
	for _, k := range kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// text is the source of n; empty for none.
func (l *lowerer) text(n node) string {
	if n == none {
		return ""
	}
	return l.cst.Text(n)
}

// squeezed is the source of n without white space.
func (l *lowerer) squeezed(n node) string {
	text := l.text(n)
	if !strings.ContainsAny(text, " \t\r\n") {
		return text
	}
	return strings.Join(strings.Fields(text), "")
}

// size is how many nodes the subtree of n has.
func (l *lowerer) size(n node) int {
	end := n + 1
	for up := n; up != none; up = l.cst.Nodes[up].Parent {
		if next := l.cst.Nodes[up].Next; next != none {
			return int(next - n)
		}
		end = node(len(l.cst.Nodes))
	}
	return int(end - n)
}

// opaqueType lowers a type to its text.
func opaqueType(l *lowerer, n node, role ast.Role) {
	l.leafNamed(ast.Type, role, n, l.squeezed(n))
}

// field is the first child with a field, or none.
func (l *lowerer) field(n node, name string) node {
	for c := range l.fields(n, name) {
		return c
	}
	return none
}

// fields are the children with a field, without commas and comments.
func (l *lowerer) fields(n node, name string) iter.Seq[node] {
	return func(yield func(node) bool) {
		if n == none {
			return
		}
		for c := l.cst.Nodes[n].First; c != none; c = l.cst.Nodes[c].Next {
			cn := &l.cst.Nodes[c]
			if cn.Field == 0 || cn.Flags&(syntax.Missing|syntax.Extra) != 0 && cn.Symbol != syntax.SymbolError {
				continue
			}
			if l.cst.Language.FieldName(cn.Field) == name && l.kind(c) != "," && !yield(c) {
				return
			}
		}
	}
}

// named are the named children, without comments and what the parser made up, with the broken places.
func (l *lowerer) named(n node) iter.Seq[node] {
	return func(yield func(node) bool) {
		if n == none {
			return
		}
		for c := l.cst.Nodes[n].First; c != none; c = l.cst.Nodes[c].Next {
			if l.counts(c) && !yield(c) {
				return
			}
		}
	}
}

func (l *lowerer) counts(c node) bool {
	cn := &l.cst.Nodes[c]
	switch {
	case cn.Symbol == syntax.SymbolError:
		return true
	case cn.Flags&syntax.Named == 0, cn.Flags&syntax.Missing != 0:
		return false
	case cn.Flags&syntax.Extra != 0: // a comment, unless the grammar calls something else one
		return int(cn.Symbol) < len(l.grammar.table) && l.grammar.table[cn.Symbol] != nil
	}
	return true
}

// first is the first of the named children that makes sense, or none.
func (l *lowerer) first(n node) node {
	for c := range l.named(n) {
		if l.cst.Nodes[c].Symbol != syntax.SymbolError {
			return c
		}
	}
	return none
}

// child is the first named child of one of the kinds, or none.
func (l *lowerer) child(n node, kinds ...string) node {
	for c := range l.named(n) {
		if l.is(c, kinds...) {
			return c
		}
	}
	return none
}

// token is the first anonymous child that reads like one of the words, or none.
func (l *lowerer) token(n node, words ...string) node {
	if n == none {
		return none
	}
	for c := l.cst.Nodes[n].First; c != none; c = l.cst.Nodes[c].Next {
		if l.cst.Nodes[c].Flags&(syntax.Named|syntax.Missing) == 0 && l.is(c, words...) {
			return c
		}
	}
	return none
}

// has reports whether n has an anonymous child that reads like the word.
func (l *lowerer) has(n node, word string) bool { return l.token(n, word) != none }
