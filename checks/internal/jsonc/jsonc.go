// Package jsonc reads JSON as people write it in settings: with comments, trailing commas and mistakes. It gives a flat
// tree of values that knows where each stands, keeps keys that occur twice, and goes on after an error.
package jsonc

import "fmt"

// Bounds.
const (
	MaxSource = 1 << 26 // bytes of a text
	MaxDepth  = 500     // values inside values; deeper ones are passed over
	MaxNodes  = 1 << 20 // values of a text; what follows is left out

	maxProblems = 100 // that are listed
)

// Kind is the kind of a value.
type Kind uint8

// The kinds of values. An Invalid one is a word that means nothing.
const (
	Invalid Kind = iota
	Object
	Array
	String
	Number
	Bool
	Null
)

func (k Kind) String() string {
	return [...]string{"invalid", "object", "array", "string", "number", "bool", "null"}[k]
}

// Range is the bytes [Start, End) of the text.
type Range struct{ Start, End uint32 }

// None is the index of no node.
const None int32 = -1

// Node is a value. Others are named by their index in [Document.Nodes].
type Node struct {
	Kind Kind
	Range
	Key    Range // of a member of an object, with the quotation marks; empty for other values
	Parent int32 // [None] for a value that stands by itself
	First  int32 // the first value inside, [None] for none
	Next   int32 // the next value beside it, [None] after the last
}

// Problem is a mistake in the text.
type Problem struct {
	Offset uint32
	Text   string
}

// Document is a text and its values, outer before inner and in the order of the text. A text may hold several values
// one after another, as in JSON Lines.
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
		return nil, fmt.Errorf("a JSON text of %d bytes is longer than %d", len(source), MaxSource)
	}
	p := &parser{Document: &Document{Source: source}, parent: None, last: None}
	p.run()
	return p.Document, nil
}

// Root gives the first value, [None] of an empty text.
func (d *Document) Root() int32 {
	if len(d.Nodes) == 0 {
		return None
	}
	return 0
}

// Children gives the values directly inside one; those that stand by themselves for [None].
func (d *Document) Children(n int32) []int32 {
	next := d.Root()
	if n != None {
		next = d.Nodes[n].First
	}
	var children []int32
	for ; next != None; next = d.Nodes[next].Next {
		children = append(children, next)
	}
	return children
}

// Member gives the member of an object with a key, the last of several as most readers of JSON do; [None] if there is
// none.
func (d *Document) Member(n int32, key string) int32 {
	found := None
	if n == None || d.Nodes[n].Kind != Object {
		return found
	}
	for child := d.Nodes[n].First; child != None; child = d.Nodes[child].Next {
		if d.KeyText(child) == key {
			found = child
		}
	}
	return found
}

// Text gives the text of a string without its escapes, and any other value as it is written.
func (d *Document) Text(n int32) string {
	node := d.Nodes[n]
	if node.Kind == String {
		return d.decoded(node.Range)
	}
	return d.Source[node.Start:node.End]
}

// KeyText gives the key of a member of an object without its escapes, and nothing for other values.
func (d *Document) KeyText(n int32) string { return d.decoded(d.Nodes[n].Key) }

func (d *Document) decoded(r Range) string {
	text, _ := Unquote(d.Source, r)
	return text
}
