package pickle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/assay-app/assay/checks/model/artefact"
)

// Errors that end a stream.
var (
	errCut     = errors.New("the stream is cut off")
	errLine    = fmt.Errorf("a line is longer than %d bytes", maxLine)
	errStack   = errors.New("the stack has too few values")
	errMemo    = errors.New("a value is fetched from the memo that was never put there")
	errBudget  = artefact.ErrBudget
	errOpcode  = errors.New("a byte is no opcode")
	errArg     = errors.New("an argument is none of its kind")
	errMark    = errors.New("there is no mark")
	errProto   = errors.New("the protocol is none that exists")
	errTooMany = errors.New("more values than are kept")
)

// maxLine bounds a line of protocol 0 in bytes. Python integers of that length are refused by Python itself.
const maxLine = 1 << 20

// windowSize is how much of a source is read at a time.
const windowSize = 256 << 10

// window reads a source from one end to the other, and skips what need not be read.
type window struct {
	src  artefact.Source
	size int64
	buf  []byte // bytes from base on
	base int64
	at   int // in buf
	err  error
}

func newWindow(src artefact.Source) *window { return &window{src: src, size: src.Size()} }

// offset is where the next byte lies.
func (w *window) offset() int64 { return w.base + int64(w.at) }

// fill makes at least n bytes ready, and reports whether there are as many.
func (w *window) fill(n int) bool {
	if len(w.buf)-w.at >= n {
		return true
	}
	if w.err != nil || w.offset()+int64(n) > w.size {
		return false
	}
	rest := copy(w.full(n), w.buf[w.at:])
	w.base, w.at = w.offset(), 0
	target := w.full(n)
	got, err := w.src.ReadAt(target[rest:], w.base+int64(rest))
	w.buf = target[:rest+got]
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return len(w.buf) >= n
}

// full is the buffer at its full length, grown to hold n bytes.
func (w *window) full(n int) []byte {
	if cap(w.buf) < n {
		grown := make([]byte, max(int64(n), min(windowSize, w.size-w.base)))
		copy(grown, w.buf)
		w.buf = grown[:len(w.buf)]
	}
	return w.buf[:cap(w.buf)]
}

// byte takes the next byte.
func (w *window) byte() (byte, error) {
	if w.at >= len(w.buf) && !w.fill(1) {
		return 0, w.ended()
	}
	b := w.buf[w.at]
	w.at++
	return b, nil
}

// take gives the next n bytes, which hold until the next call.
func (w *window) take(n int) ([]byte, error) {
	if !w.fill(n) {
		return nil, w.ended()
	}
	b := w.buf[w.at : w.at+n]
	w.at += n
	return b, nil
}

// number takes a little-endian number of n bytes.
func (w *window) number(n int) (uint64, error) {
	b, err := w.take(n)
	if err != nil {
		return 0, err
	}
	var full [8]byte
	copy(full[:], b)
	return binary.LittleEndian.Uint64(full[:]), nil
}

// peek gives the next bytes without taking them, at most n.
func (w *window) peek(n int) []byte {
	w.fill(int(min(int64(n), w.size-w.offset())))
	return w.buf[w.at:min(len(w.buf), w.at+n)]
}

// skip passes over n bytes without reading them.
func (w *window) skip(n uint64) error {
	if n > uint64(w.size-w.offset()) {
		w.at = len(w.buf)
		return w.ended()
	}
	to := w.offset() + int64(n)
	if to <= w.base+int64(len(w.buf)) {
		w.at = int(to - w.base)
		return nil
	}
	w.base, w.at, w.buf = to, 0, w.buf[:0]
	return nil
}

// line takes a line of protocol 0 without its end.
func (w *window) line() ([]byte, error) {
	for n := 0; ; {
		if i := bytes.IndexByte(w.buf[w.at+n:], '\n'); i >= 0 {
			b := w.buf[w.at : w.at+n+i]
			w.at += n + i + 1
			return b, nil
		}
		n = len(w.buf) - w.at
		if n > maxLine {
			return nil, errLine
		}
		if !w.fill(min(n+4096, int(min(w.size-w.offset(), int64(n)+4096)))) || len(w.buf)-w.at == n {
			return nil, w.ended()
		}
	}
}

func (w *window) ended() error {
	if w.err != nil {
		return w.err
	}
	return errCut
}
