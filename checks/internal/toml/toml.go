// Package toml reads TOML, and what people and tools make of it. It gives a tree of tables and values in which each
// knows where it stands in the text, keeps keys that occur twice, and goes on after an error.
package toml

import (
	"fmt"
	"iter"
)

// Bounds.
const (
	MaxSource = 1 << 26 // bytes of a text
	MaxDepth  = 100     // tables and arrays inside each other; deeper ones are passed over
	MaxNodes  = 1 << 20 // values of a text; what follows is left out. The largest lockfiles known have some 100,000

	maxProblems = 100 // that are listed
)

// Kind is the kind of a value.
type Kind uint8

// The kinds of values. An Invalid one is a word that means nothing.
const (
	Invalid Kind = iota
	Table        // with a header, inline, or made by a dotted key
	Array        // of values, or of the tables under "[[headers]]"
	String
	Number // also inf and nan
	Bool
	Time // a date, a time or both
)

func (k Kind) String() string {
	return [...]string{"invalid", "table", "array", "string", "number", "bool", "time"}[k]
}

// Range is the bytes [Start, End) of the text.
type Range struct{ Start, End uint32 }

// None is the index of no node.
const None int32 = -1

// Node is a value. Others are named by their index in [Document.Nodes].
//
// A table with a header reaches from the header to the end of the last value under it; tables below it with headers of
// their own are its members and stand elsewhere. An array of such tables reaches from the first header to the last
// value. A table made by a dotted name stands at its part of the name.
type Node struct {
	Kind  Kind
	Depth uint8 // 0 for the root
	Range
	Key    Range // of a member of a table: its last name, with the quotation marks; empty for other values
	Parent int32 // [None] for the root
	First  int32 // the first value inside, [None] for none
	Next   int32 // the next value beside it, [None] after the last
}

// Problem is a mistake in the text.
type Problem struct {
	Offset uint32
	Text   string
}

// Document is a text and its values. The first node is the root table; the others follow in the order of the text.
type Document struct {
	Source   string
	Nodes    []Node
	Problems []Problem

	// Incomplete says that a bound was met: some values are missing.
	Incomplete bool
}

// Parse reads a text. It fails only for one longer than [MaxSource]; mistakes are listed in the document.
func Parse(source string) (*Document, error) {
	if len(source) > MaxSource {
		return nil, fmt.Errorf("a TOML text of %d bytes is longer than %d", len(source), MaxSource)
	}
	p := &parser{Document: &Document{Source: source}, names: map[name]int32{}}
	p.run()
	return p.Document, nil
}

// Root is the index of the root table.
const Root int32 = 0

// Children gives the values directly inside one, and none for [None].
func (d *Document) Children(n int32) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		if n == None {
			return
		}
		for child := d.Nodes[n].First; child != None; child = d.Nodes[child].Next {
			if !yield(child) {
				return
			}
		}
	}
}

// Member gives what a path of keys leads to from a table, at each step the last of several members with one key;
// [None] if there is nothing.
func (d *Document) Member(n int32, path ...string) int32 {
	for _, key := range path {
		if n == None || d.Nodes[n].Kind != Table {
			return None
		}
		table := n
		n = None
		for child := range d.Children(table) {
			if d.Key(child) == key {
				n = child
			}
		}
	}
	return n
}

// Is reports whether n is a value of a kind.
func (d *Document) Is(n int32, kind Kind) bool { return n != None && d.Nodes[n].Kind == kind }

// Text gives the text of a string without its escapes, any other value as it is written, and nothing for [None].
func (d *Document) Text(n int32) string {
	if n == None {
		return ""
	}
	node := d.Nodes[n]
	if node.Kind == String {
		return unquote(d.Source[node.Start:node.End])
	}
	return d.Source[node.Start:node.End]
}

// String gives what Text gives of a string, and nothing for other values.
func (d *Document) String(n int32) string {
	if !d.Is(n, String) {
		return ""
	}
	return d.Text(n)
}

// Key gives the key of a member of a table without its escapes, and nothing for other values.
func (d *Document) Key(n int32) string {
	key := d.Nodes[n].Key
	return unquote(d.Source[key.Start:key.End])
}

// Inside gives where the text of a string stands between its quotation marks. It reports false for a string whose text
// is not written there byte for byte, because it has escapes, and for other values.
func (d *Document) Inside(n int32) (Range, bool) {
	if !d.Is(n, String) {
		return Range{}, false
	}
	r := d.Nodes[n].Range
	from, to := content(d.Source[r.Start:r.End])
	inside := Range{r.Start + uint32(from), r.Start + uint32(to)}
	return inside, d.Source[inside.Start:inside.End] == d.Text(n)
}
