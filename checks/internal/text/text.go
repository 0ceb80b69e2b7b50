// Package text turns the bytes of a file into lines and positions.
//
// Lines end at "\n" only, as git counts them; a carriage return stays part of its line. Columns count bytes of UTF-8
// from 1. Bytes that are not UTF-8 are kept as they are and count one column each, so that a position always points at
// the same place in the file.
package text

import (
	"bytes"
	"sort"

	"github.com/assay-app/assay/checks"
)

// Text is a file's content with an index of its lines.
type Text struct {
	Bytes   []byte
	Decoded bool // the file was UTF-16; Bytes and all positions are those of its UTF-8 form

	starts []int32 // offset of each line's first byte; never empty. 32 bits halve what a file of newlines costs
}

// New indexes the lines of UTF-8 (or nearly UTF-8) content. It keeps b.
func New(b []byte) *Text {
	starts := make([]int32, 1, 1+bytes.Count(b, newline))
	for offset := 0; ; {
		i := bytes.IndexByte(b[offset:], '\n')
		if i < 0 {
			return &Text{Bytes: b, starts: starts}
		}
		offset += i + 1
		starts = append(starts, int32(offset))
	}
}

var newline = []byte{'\n'}

// Lines is the number of lines. A final newline starts no further line, except in the empty text, which has one.
func (t *Text) Lines() int {
	n := len(t.starts)
	if n > 1 && int(t.starts[n-1]) == len(t.Bytes) {
		return n - 1
	}
	return n
}

// Position is the place of the byte at offset; offsets beyond the text count as its end.
func (t *Text) Position(offset int) checks.Position {
	offset = max(0, min(offset, len(t.Bytes)))
	line := t.lineOf(offset)
	return checks.Position{Line: line, Column: offset - int(t.starts[line-1]) + 1}
}

// Offset undoes Position. A place outside the text gives the nearest one inside.
func (t *Text) Offset(p checks.Position) int {
	if p.Line < 1 {
		return 0
	}
	if p.Line > len(t.starts) {
		return len(t.Bytes)
	}
	start, end := t.Line(p.Line)
	return max(start, min(start+p.Column-1, end))
}

// Line is the range of bytes of a line counted from 1, without its newline.
func (t *Text) Line(line int) (start, end int) {
	start = int(t.starts[line-1])
	if line == len(t.starts) {
		return start, len(t.Bytes)
	}
	return start, int(t.starts[line]) - 1
}

// Location is the range of bytes [start, end) as a place in the file at path.
func (t *Text) Location(path checks.Path, start, end int) checks.Location {
	return checks.Location{Path: path, Start: t.Position(start), End: t.Position(end)}
}

// lineOf is the line, counted from 1, that holds the byte at offset.
func (t *Text) lineOf(offset int) int {
	return sort.Search(len(t.starts), func(i int) bool { return int(t.starts[i]) > offset })
}
