package ast

import (
	"hash/maphash"
	"strconv"
)

// Builder makes a tree from front to back: a node is opened before its children and closed after them.
type Builder struct {
	tree *Tree
	open []ID
	last []ID // of each open node, the child added last
}

// NewBuilder begins the tree of a source.
func NewBuilder(language Language, source string) *Builder {
	b := &Builder{tree: &Tree{Language: language, Source: source, Nodes: make([]Node, 0, len(source)/8+16)}}
	b.Open(File, NoRole, 0)
	return b
}

// Depth is how many nodes are open.
func (b *Builder) Depth() int { return len(b.open) }

// Open begins a node that starts at a byte of the source.
func (b *Builder) Open(kind Kind, role Role, start uint32) *Node {
	id := ID(len(b.tree.Nodes))
	parent := None
	if n := len(b.open); n > 0 {
		parent = b.open[n-1]
		if last := b.last[n-1]; last != None {
			b.tree.Nodes[last].Next = id
		} else {
			b.tree.Nodes[parent].First = id
		}
		b.last[n-1] = id
	}
	b.tree.Nodes = append(b.tree.Nodes, Node{Kind: kind, Role: role, Start: start, Parent: parent, First: None, Next: None})
	b.open, b.last = append(b.open, id), append(b.last, None)
	return &b.tree.Nodes[id] // valid until the next Open
}

// Current is the node opened last and not yet closed.
func (b *Builder) Current() *Node { return &b.tree.Nodes[b.open[len(b.open)-1]] }

// Close ends the node opened last. It reaches to the end of all its children, some of which may stand further down than
// the language lets on, such as a here-document.
func (b *Builder) Close(end uint32) {
	n := b.Current()
	n.End, n.After = max(end, n.End), ID(len(b.tree.Nodes))
	if n.Parent != None {
		parent := &b.tree.Nodes[n.Parent]
		parent.End = max(parent.End, n.End)
	}
	b.open, b.last = b.open[:len(b.open)-1], b.last[:len(b.last)-1]
}

// Leaf adds a node without children.
func (b *Builder) Leaf(kind Kind, role Role, name string, start, end uint32) *Node {
	b.Open(kind, role, start).Name = name
	id := b.open[len(b.open)-1]
	b.Close(end)
	return &b.tree.Nodes[id]
}

// Cut notes that something nested too deep was left out.
func (b *Builder) Cut() { b.tree.Cut = true }

// Error notes a place that the grammar could not make sense of.
func (b *Builder) Error() { b.tree.Errors++ }

// Finish closes what is open, computes all hashes and returns the tree. The builder is spent.
func (b *Builder) Finish() *Tree {
	for len(b.open) > 0 {
		b.Close(uint32(len(b.tree.Source)))
	}
	b.tree.Rehash()
	return b.tree
}

var seed = maphash.MakeSeed()

// Rehash computes the hashes of all nodes, after something was changed in place.
func (t *Tree) Rehash() {
	for id := ID(len(t.Nodes)) - 1; id >= 0; id-- { // children before their parents
		n := &t.Nodes[id]
		hash := maphash.String(seed, n.Name) ^ uint64(n.Kind)<<56 ^ uint64(n.Op)<<48
		for c := n.First; c != None; c = t.Nodes[c].Next {
			hash = mix(hash, t.Nodes[c].Hash^uint64(t.Nodes[c].Role))
		}
		n.Hash = mix(hash, 1)
	}
}

// mix is one round of a multiplicative hash (the constant is 2^64 divided by the golden ratio).
func mix(a, b uint64) uint64 {
	a = (a ^ b) * 0x9e3779b97f4a7c15
	return a ^ a>>29
}

// Equal reports whether two subtrees, of one tree or of two, mean the same: equal but for where they stand.
func Equal(t *Tree, a ID, u *Tree, b ID) bool {
	if t.Nodes[a].Hash != u.Nodes[b].Hash {
		return false
	}
	size := t.Nodes[a].After - a
	if size != u.Nodes[b].After-b {
		return false
	}
	for i := ID(0); i < size; i++ {
		x, y := &t.Nodes[a+i], &u.Nodes[b+i]
		if x.Kind != y.Kind || x.Op != y.Op || x.Name != y.Name || i > 0 && x.Role != y.Role || x.After-a != y.After-b {
			return false
		}
	}
	return true
}

func quote(s string) string { return strconv.Quote(s) }
