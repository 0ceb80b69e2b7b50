// Package notebook reads Jupyter notebooks. It joins the code cells of each language to one text, as they run one after
// another, and knows for every byte of it where in the notebook's own JSON it stands, so that a finding can be shown in
// the file that a reviewer sees.
package notebook

import (
	"errors"
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

// MaxSource is the size of a notebook in bytes beyond which it is not read. What it may hold is bounded by
// [jsonc.MaxNodes] and [jsonc.MaxDepth].
const MaxSource = 1 << 25

// Shell and Magic are the languages of what IPython lets stand among Python: commands for the shell, as in
// "!pip install x" and "%pip install x", and its own commands, as in "%load_ext x". In the Python text the name _
// and spaces stand in their place.
const (
	Shell = "bash"
	Magic = "ipython"
)

// The languages of outputs that have no media type.
const (
	Stream    = "stream" // what was printed
	Traceback = "error"
)

var (
	errNoNotebook = errors.New("not a notebook: it has no cells")
	errTooLarge   = errors.New("a notebook larger than 32 MB")
)

// Notebook is what a notebook holds, in the order of its cells.
type Notebook struct {
	Language string // of the kernel, in lower case; "python" if the notebook doesn't say

	Code     []Text // one for each language
	Markdown []Text // one for each cell
	Outputs  []Text // one for each that is text; the language is its media type, [Stream] or [Traceback]

	// Incomplete says that the JSON exceeds a bound or is broken: something may be missing.
	Incomplete bool
}

// Parse reads a notebook of format 3 or 4.
func Parse(source string) (*Notebook, error) {
	if len(source) > MaxSource {
		return nil, errTooLarge
	}
	d, err := jsonc.Parse(source)
	if err != nil {
		return nil, err
	}
	r := &reader{Document: d, code: map[string]*joiner{}}
	r.Language = r.kernelLanguage()
	cells := r.cells()
	if cells == nil {
		return nil, errNoNotebook
	}
	for n, cell := range cells {
		r.cell(n, cell)
	}
	for _, language := range r.order {
		r.Code = append(r.Code, r.code[language].finish())
	}
	r.Notebook.Incomplete = d.Incomplete || len(d.Problems) > 0
	return &r.Notebook, nil
}

// reader walks the JSON.
type reader struct {
	*jsonc.Document
	Notebook
	code  map[string]*joiner
	order []string // of the languages
}

// member goes down a path of keys.
func (r *reader) member(n int32, path ...string) int32 {
	for _, key := range path {
		n = r.Member(n, key)
	}
	return n
}

// word gives the string at a path in lower case, or nothing.
func (r *reader) word(n int32, path ...string) string {
	if n = r.member(n, path...); n == jsonc.None || r.Nodes[n].Kind != jsonc.String {
		return ""
	}
	return strings.ToLower(r.Document.Text(n))
}

func (r *reader) kernelLanguage() string {
	for _, path := range [][]string{{"metadata", "language_info", "name"}, {"metadata", "kernelspec", "language"}} {
		if name := r.word(r.Root(), path...); name != "" {
			if name == "ipython" {
				break
			}
			return name
		}
	}
	return "python"
}

// cells gives the cells; nil if there is no list of them.
func (r *reader) cells() []int32 {
	if list := r.member(r.Root(), "cells"); list != jsonc.None {
		return append([]int32{}, r.Children(list)...)
	}
	sheets := r.member(r.Root(), "worksheets")
	if sheets == jsonc.None {
		return nil
	}
	cells := []int32{}
	for _, sheet := range r.Children(sheets) {
		if list := r.Member(sheet, "cells"); list != jsonc.None {
			cells = append(cells, r.Children(list)...)
		}
	}
	return cells
}

func (r *reader) cell(n int, cell int32) {
	source := r.Member(cell, "source")
	if source == jsonc.None {
		source = r.Member(cell, "input") // format 3
	}
	text := r.joined(source)
	switch r.word(cell, "cell_type") {
	case "code":
		r.codeCell(n, cell, text)
		r.outputs(n, cell)
	case "markdown", "heading":
		r.Markdown = append(r.Markdown, text.of("markdown", n))
	}
}

func (r *reader) codeCell(n int, cell int32, text Text) {
	language := r.Language
	for _, path := range [][]string{{"metadata", "vscode", "languageId"}, {"language"}} {
		if said := r.word(cell, path...); said != "" {
			language = said
			break
		}
	}
	if language != "python" {
		r.add(language, n, text)
		return
	}
	split := splitMagic(text.Source)
	text.Source = split.rest
	r.add(split.language, n, text)
	for _, part := range split.parts {
		r.add(part.language, n, text.slice(split.source, part.start, part.end))
	}
}

// add appends a cell, or a part of one, to the text of a language.
func (r *reader) add(language string, cell int, text Text) {
	if text.Source == "" {
		return
	}
	all, ok := r.code[language]
	if !ok {
		all = &joiner{Text: Text{Language: language}}
		r.code[language] = all
		r.order = append(r.order, language)
	}
	all.append(cell, text)
}

// outputs keeps what is text; pictures and other media are left out.
func (r *reader) outputs(n int, cell int32) {
	list := r.Member(cell, "outputs")
	if list == jsonc.None {
		return
	}
	keep := func(language string, value int32) {
		if text := r.joined(value); text.Source != "" {
			r.Outputs = append(r.Outputs, text.of(language, n))
		}
	}
	for _, output := range r.Children(list) {
		if r.word(output, "output_type") == "error" || r.word(output, "output_type") == "pyerr" {
			keep(Traceback, r.Member(output, "evalue"))
			keep(Traceback, r.Member(output, "traceback"))
			continue
		}
		keep(Stream, r.Member(output, "text"))
		data := r.Member(output, "data")
		if data == jsonc.None {
			continue
		}
		for _, value := range r.Children(data) {
			if media := r.KeyText(value); strings.HasPrefix(media, "text/") || media == "application/javascript" {
				keep(media, value)
			}
		}
	}
}

// joined decodes a string, or a list of strings that are the lines of a text.
func (r *reader) joined(n int32) Text {
	var text Text
	if n == jsonc.None {
		return text
	}
	lines := []int32{n}
	if r.Nodes[n].Kind == jsonc.Array {
		lines = r.Children(n)
	}
	var source strings.Builder
	for _, line := range lines {
		if r.Nodes[line].Kind != jsonc.String {
			continue
		}
		decoded, runs := jsonc.Unquote(r.Source, r.Nodes[line].Range)
		for _, run := range runs {
			run.Decoded += uint32(source.Len())
			text.runs = append(text.runs, run)
		}
		source.WriteString(decoded)
		text.end = runs[len(runs)-1].Source + uint32(source.Len()) - text.runs[len(text.runs)-1].Decoded
	}
	text.Source = source.String()
	return text
}
