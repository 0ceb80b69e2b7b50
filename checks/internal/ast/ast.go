// Package ast is the one tree into which the code of every language is read, and into which patterns are read, so that
// rules are matched by one matcher whatever the language.
//
// It is less than a parse tree: white space, brackets and punctuation are gone, and what languages spell differently
// but mean alike has one [Kind]. What no kind fits keeps its grammar's name in an [Other] node, so that a pattern for it
// still matches by structure. The comment of each kind says which children it has; children are told apart by [Role]
// and stand in the order of the source.
package ast

import "strings"

// ID is a node's place in [Tree.Nodes]. A parent comes before its children, and a subtree is contiguous: it spans
// [id, Nodes[id].After).
type ID int32

// None is no node.
const None ID = -1

// Node is one node of a tree.
type Node struct {
	Kind  Kind
	Role  Role // what it is to its parent
	Op    Op   // see Kind
	Flags Flags

	// Name is an identifier, the content of a literal, or what Kind says. It shares memory with the source where it can.
	Name string

	Start, End          uint32 // the bytes of the source that it covers
	Parent, First, Next ID     // Next is the next sibling
	After               ID     // the first node behind the subtree

	// Hash covers what the subtree means (kinds, roles, operators, names), not where it stands: equal subtrees have
	// equal hashes.
	Hash uint64
}

// Tree is the code of one file, or a pattern.
type Tree struct {
	Language Language
	Source   string
	Nodes    []Node // the root, a File, first

	// Errors counts the places that the grammar could not make sense of; the rest of the file is there all the same.
	Errors int
	// Cut is set when code nested deeper than MaxDepth was left out.
	Cut bool
}

// MaxDepth bounds how deep a tree nests. Code that people write stays below 100.
const MaxDepth = 500

// Language is a language by the name that rules use for it: "python", "javascript", "typescript", "go", ….
type Language string

// Text is the source that a node covers.
func (t *Tree) Text(id ID) string { return t.Source[t.Nodes[id].Start:t.Nodes[id].End] }

// Child is the first child of that role, or None.
func (t *Tree) Child(id ID, role Role) ID {
	for c := t.Nodes[id].First; c != None; c = t.Nodes[c].Next {
		if t.Nodes[c].Role == role {
			return c
		}
	}
	return None
}

// Children are all children of that role in order.
func (t *Tree) Children(id ID, role Role) []ID {
	var out []ID
	for c := t.Nodes[id].First; c != None; c = t.Nodes[c].Next {
		if t.Nodes[c].Role == role {
			out = append(out, c)
		}
	}
	return out
}

// Contains reports whether inner lies in the subtree of outer; a node contains itself.
func (t *Tree) Contains(outer, inner ID) bool {
	return outer <= inner && inner < t.Nodes[outer].After
}

// Enclosing is the nearest ancestor of one of the kinds, not id itself, or None.
func (t *Tree) Enclosing(id ID, kinds ...Kind) ID {
	for p := t.Nodes[id].Parent; p != None; p = t.Nodes[p].Parent {
		for _, k := range kinds {
			if t.Nodes[p].Kind == k {
				return p
			}
		}
	}
	return None
}

// Dotted is the name that a chain of identifiers and members spells, such as "os.path.join", or "" for anything else
// and for None: a call need not have a callee, as where Java lists the values of an enumeration.
func (t *Tree) Dotted(id ID) string {
	if id == None {
		return ""
	}
	n := &t.Nodes[id]
	switch n.Kind {
	case Ident:
		return n.Name
	case Member:
		object, property := t.Child(id, Object), t.Child(id, Property)
		if object == None || property == None || t.Nodes[property].Kind != Ident {
			return ""
		}
		if prefix := t.Dotted(object); prefix != "" {
			return prefix + "." + t.Nodes[property].Name
		}
	}
	return ""
}

// String draws a tree one node a line, for tests and for people.
func (t *Tree) String() string {
	var b strings.Builder
	if len(t.Nodes) > 0 {
		t.draw(&b, 0, 0)
	}
	return b.String()
}

func (t *Tree) draw(b *strings.Builder, id ID, depth int) {
	n := &t.Nodes[id]
	b.WriteString(strings.Repeat("  ", depth))
	if n.Role != NoRole {
		b.WriteString(n.Role.String() + ": ")
	}
	b.WriteString(n.Kind.String())
	if n.Op != NoOp {
		b.WriteString(" " + n.Op.String())
	}
	if n.Name != "" {
		b.WriteString(" " + quote(n.Name))
	}
	if n.Flags != 0 {
		b.WriteString(" " + n.Flags.String())
	}
	b.WriteString("\n")
	for c := n.First; c != None; c = t.Nodes[c].Next {
		t.draw(b, c, depth+1)
	}
}
