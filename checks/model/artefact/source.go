package artefact

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Bytes is a source in memory.
func Bytes(b []byte) Source { return bytes.NewReader(b) }

// Section is a part of a source. What lies outside the source is cut off.
func Section(src Source, offset, size int64) Source {
	offset = max(0, min(offset, src.Size()))
	size = max(0, min(size, src.Size()-offset))
	return io.NewSectionReader(src, offset, size)
}

// Head is the first bytes of a source, at most n.
func Head(src Source, n int) ([]byte, error) {
	return Window(src, 0, n)
}

// Window is the bytes of a source from offset on, at most n and fewer at its end.
func Window(src Source, offset int64, n int) ([]byte, error) {
	if offset < 0 || offset >= src.Size() || n <= 0 {
		return nil, nil
	}
	b := make([]byte, min(int64(n), src.Size()-offset))
	got, err := src.ReadAt(b, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return b[:got], fmt.Errorf("read %d bytes at %d: %w", len(b), offset, err)
	}
	return b[:got], nil
}

// ErrBudget says that a file asks for more than its budget has.
var ErrBudget = errors.New("more than one file may ask for")

// Inflate reads all that comes out of a decompressor into memory, as far as the budget goes: at most most bytes. The
// source is cut off there, with ErrBudget. Whoever is done with it releases as many bytes as it has.
func Inflate(b *Budget, r io.Reader, most int64) (Source, error) {
	var all bytes.Buffer
	chunk := make([]byte, 64<<10)
	for {
		n, err := r.Read(chunk)
		if n > 0 {
			if int64(all.Len()+n) > most || !b.Inflate(int64(n)) || !b.Hold(int64(n)) {
				return Bytes(all.Bytes()), ErrBudget
			}
			all.Write(chunk[:n])
		}
		if errors.Is(err, io.EOF) {
			return Bytes(all.Bytes()), nil
		}
		if err != nil {
			return Bytes(all.Bytes()), err
		}
	}
}
