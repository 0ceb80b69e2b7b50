package tensor

import (
	"strings"

	"github.com/assay-app/assay/checks/model/artefact"
)

// Bounds of protocol buffers.
const (
	maxMessages = 64      // in each other
	sniffFields = 1 << 21 // that are gone through to find out what a file is
)

// The wire types.
const (
	varint = 0
	fixed8 = 1
	chunk  = 2
	fixed4 = 5
)

// field is one field of a message.
type field struct {
	number int
	wire   int
	tag    int64 // where the field begins
	at     int64 // where its value begins
	size   int64
	value  uint64 // of a number
}

func (f field) is(number int) bool { return f.number == number && f.wire == chunk }

// wire goes through protocol buffers without knowing what they mean. What is not looked at is not read.
type wire struct {
	*cursor
	budget *artefact.Budget
}

func newWire(src artefact.Source, budget *artefact.Budget) *wire {
	return &wire{newCursor(src), budget}
}

// whole is the source as a field.
func (w *wire) whole() field { return field{wire: chunk, size: w.src.Size()} }

// fields visits the fields of a message, which visit may go into.
func (w *wire) fields(message field, depth int, visit func(field) error) error {
	if depth > maxMessages {
		return errDepth
	}
	for at, end := message.at, message.at+message.size; at < end; {
		f, err := w.field(at, end)
		if err != nil {
			return err
		}
		at = f.at + f.size
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

func (w *wire) field(at, end int64) (field, error) {
	if !w.budget.Step(1) {
		return field{}, artefact.ErrBudget
	}
	w.at = at
	tag, err := w.number(end)
	if err != nil {
		return field{}, err
	}
	f := field{number: int(tag >> 3 & (1<<29 - 1)), wire: int(tag & 7), tag: at, at: w.at}
	if f.number == 0 || tag>>3 > 1<<29-1 {
		return f, errWire
	}
	switch f.wire {
	case varint:
		f.value, err = w.number(end)
		f.size = w.at - f.at
	case fixed8:
		f.size = 8
	case fixed4:
		f.size = 4
	case chunk:
		var size uint64
		size, err = w.number(end)
		f.at = w.at
		if err == nil && size > uint64(end-w.at) {
			f.size = end - w.at
			return f, errCut
		}
		f.size = int64(size)
	default:
		return f, errWire
	}
	if err == nil && f.size > end-f.at {
		err = errCut
	}
	return f, err
}

// number takes a number of variable length.
func (w *wire) number(end int64) (uint64, error) {
	var n uint64
	for shift := 0; shift < 70; shift += 7 {
		if w.at >= end {
			return 0, errCut
		}
		b := w.u8()
		if w.err != nil {
			return 0, w.err
		}
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n, nil
		}
	}
	return 0, errNumber
}

// text is a field's value, cut off after most bytes.
func (w *wire) text(f field, most int) string {
	if f.wire != chunk {
		return ""
	}
	return w.string(f.at, f.size, most)
}

// numbers visits numbers that are packed into a field, or the one that stands there.
func (w *wire) numbers(f field, visit func(uint64)) error {
	if f.wire == varint {
		visit(f.value)
		return nil
	}
	if f.wire != chunk {
		return nil
	}
	w.at = f.at
	for end := f.at + f.size; w.at < end; {
		if !w.budget.Step(1) {
			return artefact.ErrBudget
		}
		n, err := w.number(end)
		if err != nil {
			return err
		}
		visit(n)
	}
	return nil
}

// isOperation reports whether a text is the name of an operation, as graphs have them.
func isOperation(s string) bool {
	return s != "" && len(s) < 256 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.>:/-+") == ""
}

// isPrinted reports whether a text is one that a person could have named something.
func isPrinted(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd })
}
