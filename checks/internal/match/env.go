package match

import (
	"hash/maphash"

	"github.com/assay-app/assay/checks/internal/ast"
)

// Env is what metavariables hold. It is immutable: binding one more makes a new Env that shares the old one. The nil Env
// holds nothing.
type Env struct {
	name  string
	value Value
	outer *Env
	hash  uint64 // of all bindings, in any order
}

// Value is what one metavariable holds: a node, several nodes in a row, or a piece of text.
type Value struct {
	Start, End uint32

	// First and Last are the nodes in a row; both None for a text, and for no node at all.
	First, Last ast.ID

	// Kind tells how the range is to be read.
	Kind ValueKind
	Text string // of TextValue and ContentValue

	nested bool // bound by a metavariable-pattern, with which other ones need not agree
}

// ValueKind is what a value is.
type ValueKind uint8

// The kinds of values.
const (
	NodeValue    ValueKind = iota
	ListValue              // what $...X holds
	ContentValue           // what stands between the quotes of a text; First is the Str
	TextValue              // what a regular expression or a generic pattern took, or a name that is no node of its own
)

var seed = maphash.MakeSeed()

// Get is what a metavariable holds.
func (e *Env) Get(name string) (Value, bool) {
	for ; e != nil; e = e.outer {
		if e.name == name {
			return e.value, true
		}
	}
	return Value{}, false
}

// Each calls yield for all bindings, the last one made first.
func (e *Env) Each(yield func(name string, value Value) bool) {
	for ; e != nil; e = e.outer {
		if !yield(e.name, e.value) {
			return
		}
	}
}

// with adds a binding of a name that is not bound yet.
func (e *Env) with(name string, value Value) *Env {
	hash := maphash.String(seed, name) ^ (uint64(value.Start)<<32|uint64(value.End))*0x9e3779b97f4a7c15 ^ uint64(value.First)<<3
	hash *= 0xff51afd7ed558ccd
	if e != nil {
		hash += e.hash
	}
	return &Env{name: name, value: value, outer: e, hash: hash}
}

func (e *Env) sum() uint64 {
	if e == nil {
		return 0
	}
	return e.hash
}
