package tensor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/assay-app/assay/checks/model/artefact"
)

// Bounds of what is read at a time, in bytes. After a jump little is read, since another jump may follow; what is read from
// one end to the other is read in ever larger pieces.
const (
	minWindow = 4 << 10
	maxWindow = 256 << 10
	maxText   = 1 << 20   // of what is looked at in one piece
	maxReread = 256 << 20 // of a source beyond its own size, by jumping to and fro
)

// cursor reads a source at any place. The first error stands, and all reads after it give zeros.
type cursor struct {
	src   artefact.Source
	order binary.ByteOrder
	at    int64
	base  int64
	buf   []byte
	piece int
	read  int64 // bytes, over all
	err   error
}

func newCursor(src artefact.Source) *cursor {
	return &cursor{src: src, order: binary.LittleEndian, piece: minWindow}
}

// left is how many bytes there are from here on.
func (c *cursor) left() int64 { return c.src.Size() - c.at }

// take gives the next n bytes, at most maxText, which hold until the next read.
func (c *cursor) take(n int) []byte {
	if c.err == nil && (n < 0 || int64(n) > c.left() || c.at < 0 || n > maxText) {
		c.err = errCut
	}
	if c.err != nil {
		return nil
	}
	if c.at < c.base || c.at+int64(n) > c.base+int64(len(c.buf)) {
		if !c.fill(n) {
			return nil
		}
	}
	from := int(c.at - c.base)
	c.at += int64(n)
	return c.buf[from : from+n]
}

func (c *cursor) fill(n int) bool {
	end := c.base + int64(len(c.buf))
	if len(c.buf) > 0 && c.at >= c.base && c.at <= end+int64(minWindow) {
		c.piece = min(2*c.piece, maxWindow)
	} else {
		c.piece = minWindow
	}
	want := int(min(int64(max(n, c.piece)), c.left()))
	if c.read += int64(want); c.read-maxReread > c.src.Size() {
		c.err = artefact.ErrBudget
		return false
	}
	if cap(c.buf) < want {
		c.buf = make([]byte, want)
	}
	c.base, c.buf = c.at, c.buf[:want]
	got, err := c.src.ReadAt(c.buf, c.at)
	c.buf = c.buf[:got]
	if got >= n {
		return true
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	c.err = fmt.Errorf("could not be read at %d: %w", c.at, err)
	return false
}

// skip passes over n bytes without reading them.
func (c *cursor) skip(n uint64) bool {
	if c.err == nil && (c.left() < 0 || n > uint64(c.left())) {
		c.err = errCut
	}
	if c.err != nil {
		return false
	}
	c.at += int64(n)
	return true
}

func (c *cursor) u8() uint8 {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) u16() uint16 {
	if b := c.take(2); b != nil {
		return c.order.Uint16(b)
	}
	return 0
}

func (c *cursor) u32() uint32 {
	if b := c.take(4); b != nil {
		return c.order.Uint32(b)
	}
	return 0
}

func (c *cursor) u64() uint64 {
	if b := c.take(8); b != nil {
		return c.order.Uint64(b)
	}
	return 0
}

// string reads size bytes at a place, cut off after at most most.
func (c *cursor) string(at, size int64, most int) string {
	c.at = at
	return string(c.take(int(min(size, int64(most)))))
}
