package command

import (
	"sort"

	"github.com/assay-app/assay/checks/internal/jsonc"
	"github.com/assay-app/assay/checks/internal/notebook"
)

// fragment is a text taken out of a file, with the place in the file of every byte.
type fragment struct {
	text   string
	runs   []run                // in order; none means that at gives the places
	origin func(offset int) int // instead of runs
}

// run says that from byte at of the text on, each byte is the next one from byte source of the file on.
type run struct{ at, source int }

// piece is the bytes of the file from start on, as they are.
func piece(text string, start int) fragment {
	return fragment{text: text, runs: []run{{0, start}}}
}

// source is the place in the file of the byte at offset.
func (f *fragment) source(offset int) int {
	if f.origin != nil {
		return f.origin(offset)
	}
	i := sort.Search(len(f.runs), func(i int) bool { return f.runs[i].at > offset }) - 1
	if i < 0 {
		return 0
	}
	return f.runs[i].source + offset - f.runs[i].at
}

// inside is a fragment whose places are offsets of outer, with the places of the file.
func (f fragment) inside(outer *fragment) fragment {
	return fragment{text: f.text, origin: func(offset int) int { return outer.source(f.source(offset)) }}
}

// cut is the bytes [start, end) of a fragment.
func (f *fragment) cut(start, end int) fragment {
	return fragment{text: f.text[start:end], origin: func(offset int) int { return f.source(start + offset) }}
}

// weaver puts a fragment together.
type weaver struct {
	text []byte
	runs []run
}

// add appends bytes that stand in the file from source on.
func (w *weaver) add(text string, source int) {
	if text == "" {
		return
	}
	if n := len(w.runs); n == 0 || w.runs[n-1].source+len(w.text)-w.runs[n-1].at != source {
		w.runs = append(w.runs, run{len(w.text), source})
	}
	w.text = append(w.text, text...)
}

func (w *weaver) fragment() fragment { return fragment{text: string(w.text), runs: w.runs} }

// fragmentOfJSON is the string at r of a JSON text.
func fragmentOfJSON(source string, r jsonc.Range) fragment {
	text, runs := jsonc.Unquote(source, r)
	f := fragment{text: text}
	for _, part := range runs {
		f.runs = append(f.runs, run{int(part.Decoded), int(part.Source)})
	}
	return f
}

// fragmentOfCells is a text of a notebook.
func fragmentOfCells(t *notebook.Text) fragment {
	return fragment{text: t.Source, origin: t.Origin}
}

// word is a word of a command without its quotes.
type word struct {
	text string
	from *fragment
	runs []run // where its bytes stand in the fragment; never empty
}

// place is where in the fragment the byte at offset stands.
func (w *word) place(offset int) int {
	i := sort.Search(len(w.runs), func(i int) bool { return w.runs[i].at > offset }) - 1
	return w.runs[max(i, 0)].source + offset - w.runs[max(i, 0)].at
}

// span is the bytes of the file that the bytes [start, end) of the word come from.
func (w *word) span(start, end int) (int, int) {
	if start >= end {
		at := w.from.source(w.place(start))
		return at, at
	}
	return w.from.source(w.place(start)), w.from.source(w.place(end-1)) + 1
}

// sub is the bytes [start, end) of the word.
func (w *word) sub(start, end int) word {
	part := word{text: w.text[start:end], from: w.from}
	i := max(sort.Search(len(w.runs), func(i int) bool { return w.runs[i].at > start })-1, 0)
	part.runs = append(part.runs, run{0, w.runs[i].source + start - w.runs[i].at})
	for _, r := range w.runs[i+1:] {
		if r.at >= end {
			break
		}
		part.runs = append(part.runs, run{r.at - start, r.source})
	}
	return part
}

// whole is a fragment as one word.
func whole(f *fragment) word { return word{text: f.text, from: f, runs: []run{{0, 0}}} }

// fragment is the word as a text of its own, such as the script behind sh -c.
func (w *word) fragment() fragment {
	return fragment{text: w.text, origin: func(offset int) int { return w.from.source(w.place(offset)) }}
}
