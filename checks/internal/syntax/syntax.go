// Package syntax parses source code into a flat tree.
//
// It is the only place that touches tree-sitter. A file is parsed, copied and freed in one call of C, because a walk
// through cgo costs as much as the parse itself; what comes back is an array that Go walks at 2 ns a node.
package syntax

// #cgo linux LDFLAGS: -Wl,--wrap=abort -Wl,--wrap=__assert_fail
// #cgo noescape syntax_parse
// #include <stdlib.h>
// #include "parse.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Node is one node of a Tree. Anonymous nodes, such as operators and brackets, are nodes too.
type Node struct {
	Symbol Symbol // SymbolError for an ERROR node
	Field  Field  // which field of its parent the node is; 0 if none
	Flags  Flags

	Start, End uint32 // bytes of the source; equal for a missing token

	Parent, First, Next int32 // indices of Tree.Nodes: the parent, the first child, the next sibling; -1 if none
}

// Flags are what is known of a node besides its symbol.
type Flags uint8

// The flags.
const (
	Named    Flags = 1 << iota // has a name in the grammar, unlike punctuation
	Extra                      // may stand anywhere, such as a comment
	Missing                    // a token that the parser put in to go on
	Error                      // source that fits no rule of the grammar; children may still make sense
	HasError                   // is, or contains, an error or a missing token
)

// Tree is the syntax tree of one file. It holds no memory of C.
type Tree struct {
	Language Language
	Source   string

	// Nodes are in preorder: the root is 0, and a node's descendants follow it.
	Nodes []Node

	// Errors counts the nodes that are Error or Missing.
	Errors int

	// Steps is the work that the parse took, as Limits.Steps counts it.
	Steps int
}

// Text is the source of node i.
func (t *Tree) Text(i int32) string {
	return t.Source[t.Nodes[i].Start:t.Nodes[i].End]
}

// Why a file has no tree. Syntax errors are no reason: they are nodes.
var (
	ErrTooLarge     = errors.New("too large to parse")
	ErrTooManyNodes = errors.New("syntax tree too large")
	ErrTooDeep      = errors.New("nested too deeply")
	ErrTooComplex   = errors.New("too much work to parse")
	ErrParser       = errors.New("the parser gave up")
	ErrLanguage     = errors.New("no grammar for the language")
)

// Parse parses source. Cancelling ctx stops it soon; every other limit counts, so that the same bytes always end the
// same way.
//
// The error is one of the above, or ctx's.
func Parse(ctx context.Context, lang Language, source []byte, limits Limits) (*Tree, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	limits = limits.orDefault(len(source))
	if len(source) > limits.Bytes {
		return nil, fmt.Errorf("%w: %d bytes, of at most %d", ErrTooLarge, len(source), limits.Bytes)
	}
	grammar := lang.grammar()
	if grammar == nil {
		return nil, fmt.Errorf("%w %s", ErrLanguage, lang)
	}

	stop := new(uintptr)
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, func() { atomic.StoreUintptr(stop, 1) })()
	}
	tree := &Tree{Language: lang, Source: string(source)}
	bounds := C.syntax_limits{
		steps: C.uint64_t(limits.Steps), memory: C.uint64_t(limits.Memory),
		nodes: C.uint32_t(limits.Nodes), depth: C.uint32_t(limits.Depth),
	}
	var result C.syntax_result
	C.syntax_parse(grammar, (*C.char)(unsafe.Pointer(unsafe.StringData(tree.Source))), C.uint32_t(len(source)),
		(*C.size_t)(unsafe.Pointer(stop)), &bounds, &result)
	tree.Steps = int(result.steps)
	if err := failure(ctx, result.status, limits); err != nil {
		return nil, err
	}
	defer C.free(unsafe.Pointer(result.nodes))
	tree.Nodes = append([]Node(nil), unsafe.Slice((*Node)(unsafe.Pointer(result.nodes)), result.count)...)
	tree.Errors = int(result.errors)
	return tree, nil
}

func failure(ctx context.Context, status C.int, limits Limits) error {
	switch status {
	case C.PARSED:
		return nil
	case C.CANCELLED:
		return ctx.Err()
	case C.CRASHED:
		return ErrParser
	case C.NO_STACK:
		return fmt.Errorf("%w: the system gave it no stack", ErrParser)
	case C.TOO_MANY_STEPS:
		return fmt.Errorf("%w: more than %d steps", ErrTooComplex, limits.Steps)
	case C.TOO_MUCH_MEMORY:
		return fmt.Errorf("%w: more than %d bytes of memory", ErrTooComplex, limits.Memory)
	case C.TOO_MANY_NODES:
		return fmt.Errorf("%w: more than %d nodes", ErrTooManyNodes, limits.Nodes)
	case C.TOO_DEEP:
		return fmt.Errorf("%w: more than %d levels, or what the parser can bear", ErrTooDeep, limits.Depth)
	}
	return ErrLanguage
}

// A Node is copied as C wrote it.
const (
	_ = uint(unsafe.Sizeof(Node{}) - unsafe.Sizeof(C.syntax_node{}))
	_ = uint(unsafe.Sizeof(C.syntax_node{}) - unsafe.Sizeof(Node{}))
	_ = uint(C.FLAG_HAS_ERROR - HasError)
)

var install = sync.OnceFunc(func() { C.syntax_install() })
