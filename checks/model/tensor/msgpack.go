package tensor

import (
	"encoding/binary"
	"fmt"

	"github.com/assay-app/assay/checks/model/artefact"
)

// maxPackDepth bounds maps and arrays in each other. Flax nests a map for each layer.
const maxPackDepth = 64

// The types of extension that Flax writes: arrays, numbers, and NumPy scalars.
const (
	flaxArray   = 1
	flaxComplex = 2
	flaxScalar  = 3
)

// msgpack reads what Flax saves: maps of maps, with arrays as extensions.
type msgpack struct{}

// Name implements [artefact.Reader].
func (msgpack) Name() string { return "msgpack" }

// Sniff wants a map whose first key is text and whose value is a map or an array, as all that Flax writes has.
func (msgpack) Sniff(head []byte, src artefact.Source) bool {
	if len(head) < 4 || src.Size() < 8 || head[0]&0xf0 != 0x80 && head[0] != 0xde && head[0] != 0xdf {
		return false
	}
	p := &packed{cursor: newCursor(artefact.Bytes(head)), budget: &artefact.Budget{Steps: artefact.SniffBytes}}
	p.order = binary.BigEndian
	err := p.value(0)
	return p.extensions > 0 && (err == nil || p.err != nil) && p.texts > 0
}

// packed is a file being read.
type packed struct {
	*cursor
	budget            *artefact.Budget
	extensions, texts uint64
}

// Read implements [artefact.Reader].
func (msgpack) Read(x *artefact.Examination) {
	p := &packed{cursor: newCursor(x.Source), budget: x.Budget}
	p.order = binary.BigEndian
	if err := p.value(0); err != nil {
		x.Fail("msgpack: %v, at %d", err, p.at)
		return
	}
	x.Fact("format", "msgpack")
	x.Fact("tensors", fmt.Sprint(p.extensions))
	if p.left() > 0 && x.Nested != nil {
		x.Nested(fmt.Sprintf("after the map, at %d", p.at), artefact.Section(x.Source, p.at, p.left()))
	}
}

// value passes over a value.
func (p *packed) value(depth int) error {
	if depth > maxPackDepth {
		return errDepth
	}
	if !p.budget.Step(1) {
		return artefact.ErrBudget
	}
	c := p.u8()
	switch {
	case p.err != nil:
		return p.err
	case c <= 0x7f, c >= 0xe0, c == 0xc0, c == 0xc2, c == 0xc3: // a number, nil, a truth
	case c <= 0x8f:
		return p.items(2*uint64(c&0x0f), depth)
	case c <= 0x9f:
		return p.items(uint64(c&0x0f), depth)
	case c <= 0xbf:
		p.texts++
		p.skip(uint64(c & 0x1f))
	case c == 0xc1:
		return errWire
	case c <= 0xc6:
		p.skip(p.length(c - 0xc4))
	case c <= 0xc9:
		p.extension(p.length(c - 0xc7))
	case c <= 0xcb:
		p.skip(4 << (c - 0xca))
	case c <= 0xd3:
		p.skip(1 << ((c - 0xcc) & 3))
	case c <= 0xd8:
		p.extension(1 << (c - 0xd4))
	case c <= 0xdb:
		p.texts++
		p.skip(p.length(c - 0xd9))
	case c <= 0xdd:
		return p.items(p.length(c-0xdc+1), depth)
	default:
		return p.items(2*p.length(c-0xde+1), depth)
	}
	return p.err
}

// length reads a length of one, two or four bytes.
func (p *packed) length(width uint8) uint64 {
	switch width {
	case 0:
		return uint64(p.u8())
	case 1:
		return uint64(p.u16())
	}
	return uint64(p.u32())
}

func (p *packed) extension(size uint64) {
	if kind := p.u8(); kind == flaxArray || kind == flaxComplex || kind == flaxScalar {
		p.extensions++
	}
	p.skip(size)
}

// items passes over so many values, each of which has a byte at least.
func (p *packed) items(n uint64, depth int) error {
	if p.err == nil && n > uint64(max(0, p.left())) {
		p.err = errCut
	}
	if p.err != nil {
		return p.err
	}
	for range n {
		if err := p.value(depth + 1); err != nil {
			return err
		}
	}
	return nil
}
