package notebook

import (
	"slices"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

// Text is a text taken from a notebook.
type Text struct {
	Language string
	Source   string
	Cells    []Cell // the cells that it comes from, in order; one may occur several times

	runs []jsonc.Run // where its bytes stand in the notebook, in order
	end  uint32      // where the last byte's place ends
}

// Cell is where a text goes on with a cell.
type Cell struct {
	Number int // of the cell in the notebook, counted from 0
	Start  int // byte offset in the text
}

// Origin gives the byte offset in the notebook of the byte at offset. A byte that an escape stands for is where the
// escape begins; the end of the text, and an offset outside it, is the end of what it comes from.
func (t *Text) Origin(offset int) int {
	start, _ := t.place(offset)
	return start
}

// OriginRange gives the bytes [start, end) of the notebook that the bytes [start, end) of the text come from.
func (t *Text) OriginRange(start, end int) (int, int) {
	if end <= start {
		at := t.Origin(start)
		return at, at
	}
	_, last := t.place(end - 1)
	return t.Origin(start), last
}

// CellAt gives the number of the cell that the byte at offset comes from.
func (t *Text) CellAt(offset int) int {
	i, found := slices.BinarySearchFunc(t.Cells, offset, func(c Cell, offset int) int { return c.Start - offset })
	if !found && i > 0 {
		i--
	}
	if i >= len(t.Cells) {
		return 0
	}
	return t.Cells[i].Number
}

// place gives where in the notebook a byte starts and ends.
func (t *Text) place(offset int) (start, end int) {
	if offset < 0 || offset >= len(t.Source) || len(t.runs) == 0 {
		return int(t.end), int(t.end)
	}
	i, found := slices.BinarySearchFunc(t.runs, uint32(offset), func(r jsonc.Run, offset uint32) int {
		return int(r.Decoded) - int(offset)
	})
	if !found {
		i--
	}
	// Of runs that start at one byte, all but the last are empty.
	for i+1 < len(t.runs) && t.runs[i+1].Decoded <= uint32(offset) {
		i++
	}
	run := t.runs[max(i, 0)]
	if !run.Escape {
		start = int(run.Source) + offset - int(run.Decoded)
		return start, start + 1
	}
	end = int(t.end)
	if i+1 < len(t.runs) {
		end = int(t.runs[i+1].Source)
	}
	return int(run.Source), end
}

// of gives the text as one of a language, from one cell.
func (t Text) of(language string, cell int) Text {
	t.Language, t.Cells = language, []Cell{{Number: cell}}
	return t
}

// slice gives the bytes [start, end) of source, a text of the same length and origin.
func (t *Text) slice(source string, start, end int) Text {
	part := Text{Source: source[start:end]}
	first, _ := slices.BinarySearchFunc(t.runs, uint32(start), func(r jsonc.Run, start uint32) int {
		return int(r.Decoded) - int(start)
	})
	for _, run := range t.runs[max(first-1, 0):] {
		if int(run.Decoded) >= end {
			break
		}
		if skipped := start - int(run.Decoded); skipped > 0 {
			run.Decoded += uint32(skipped)
			if !run.Escape {
				run.Source += uint32(skipped)
			}
		}
		run.Decoded -= uint32(start)
		part.runs = append(part.runs, run)
	}
	_, last := t.place(end - 1)
	part.end = uint32(last)
	return part
}

// joiner puts a text together from parts.
type joiner struct {
	Text
	source []byte
}

// append adds a cell's text, on lines of its own.
func (j *joiner) append(cell int, part Text) {
	if n := len(j.source); n > 0 && j.source[n-1] != '\n' {
		j.runs = append(j.runs, jsonc.Run{Decoded: uint32(n), Source: j.end, Escape: true})
		j.runs = append(j.runs, jsonc.Run{Decoded: uint32(n) + 1, Source: j.end})
		j.source = append(j.source, '\n')
	}
	base := uint32(len(j.source))
	for _, run := range part.runs {
		run.Decoded += base
		j.runs = append(j.runs, run)
	}
	j.Cells = append(j.Cells, Cell{cell, int(base)})
	j.source = append(j.source, part.Source...)
	j.end = part.end
}

func (j *joiner) finish() Text {
	j.Text.Source = string(j.source)
	return j.Text
}
