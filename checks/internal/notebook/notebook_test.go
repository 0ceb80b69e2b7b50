package notebook

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// notebookOf writes a notebook with a code cell for each source, which is JSON.
func notebookOf(sources ...string) string {
	var cells []string
	for _, source := range sources {
		cells = append(cells, `{"cell_type": "code", "source": `+source+`, "outputs": []}`)
	}
	return `{"cells": [` + strings.Join(cells, ", ") + `], "metadata": {"language_info": {"name": "python"}}}`
}

// cellOf writes a code cell as editors do, a string for each line.
func cellOf(text string) string {
	lines, _ := json.Marshal(strings.SplitAfter(text, "\n"))
	return string(lines)
}

func parse(t *testing.T, source string) *Notebook {
	t.Helper()
	n, err := Parse(source)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func shown(texts []Text) string {
	var all []string
	for _, text := range texts {
		all = append(all, fmt.Sprintf("%s: %q", text.Language, text.Source))
	}
	return strings.Join(all, "; ")
}

func TestCode(t *testing.T) {
	tests := map[string]struct {
		cells []string
		want  string
	}{
		"cells follow one another on lines of their own":   {[]string{"a = 1", "b = 2\n", "c"}, `python: "a = 1\nb = 2\nc"`},
		"an empty cell is left out":                        {[]string{"", "a"}, `python: "a"`},
		"a shell command":                                  {[]string{"!pip install x\nimport x"}, `python: "_             \nimport x"; bash: "pip install x"`},
		"one that takes several lines":                     {[]string{"!a \\\n b\nc"}, "python: \"_   \\n  \\nc\"; bash: \"a \\\\\\n b\""},
		"one in a block":                                   {[]string{"if x:\n    !ls -l\n"}, `python: "if x:\n    _     \n"; bash: "ls -l"`},
		"one of two bytes":                                 {[]string{"!w"}, `python: "_ "; bash: "w"`},
		"one whose output is kept":                         {[]string{"x = !ls\ny = %pwd"}, `python: "x = _  \ny = _   "; bash: "ls"; ipython: "%pwd"`},
		"one with two signs":                               {[]string{"!!ls"}, `python: "_   "; bash: "ls"`},
		"pip as a magic command":                           {[]string{"%pip install x"}, `python: "_             "; bash: "pip install x"`},
		"the shell as a magic command":                     {[]string{"%sx rm -r x"}, `python: "_          "; bash: "rm -r x"`},
		"another magic command":                            {[]string{"%load_ext x\na"}, `python: "_          \na"; ipython: "%load_ext x"`},
		"a request for help":                               {[]string{"os.path?\n?os"}, `python: "_       \n_  "; ipython: "os.path?\n?os"`},
		"a cell of the shell":                              {[]string{"%%bash\nrm x"}, `bash: "      \nrm x"; ipython: "%%bash"`},
		"a cell that is timed":                             {[]string{"\n%%time\na"}, `python: "\n_     \na"; ipython: "%%time"`},
		"a cell that writes Python to a file":              {[]string{"%%writefile a.py\nx"}, `python: "_               \nx"; ipython: "%%writefile a.py"`},
		"a cell that writes something else":                {[]string{"%%writefile a.txt\nx"}, `text: "                 \nx"; ipython: "%%writefile a.txt"`},
		"a cell of SQL":                                    {[]string{"%%sql db\nselect 1"}, `sql: "        \nselect 1"; ipython: "%%sql db"`},
		"a remainder within brackets is none":              {[]string{"(a\n%b)"}, `python: "(a\n%b)"`},
		"nor one after a backslash":                        {[]string{"a = b \\\n%c"}, `python: "a = b \\\n%c"`},
		"nor what stands in a string":                      {[]string{"'''\n!ls\n'''\n!ls"}, `python: "'''\n!ls\n'''\n_  "; bash: "ls"`},
		"a bracket in a comment or a string doesn't count": {[]string{"a('(') # (\n!ls\n"}, `python: "a('(') # (\n_  \n"; bash: "ls"`},
		"a string that isn't closed ends with its line":    {[]string{"it's\n!ls\n"}, `python: "it's\n_  \n"; bash: "ls"`},
		"a comparison is no command":                       {[]string{"a != b\na == c"}, `python: "a != b\na == c"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var cells []string
			for _, cell := range test.cells {
				cells = append(cells, cellOf(cell))
			}
			got := shown(parse(t, notebookOf(cells...)).Code)
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if len(test.cells) > 1 {
				return
			}
			whole, _ := json.Marshal(test.cells[0])
			if got := shown(parse(t, notebookOf(string(whole))).Code); got != test.want {
				t.Errorf("as one string: got %s", got)
			}
		})
	}
}

func TestLanguages(t *testing.T) {
	tests := map[string]struct{ notebook, want string }{
		"that of the kernel":             {`{"cells": [{"cell_type": "code", "source": "!x"}], "metadata": {"kernelspec": {"language": "R"}}}`, `r: "!x"`},
		"Python when nothing is said":    {`{"cells": [{"cell_type": "code", "source": "x"}]}`, `python: "x"`},
		"that of a cell":                 {`{"cells": [{"cell_type": "code", "source": "x", "metadata": {"vscode": {"languageId": "sql"}}}]}`, `sql: "x"`},
		"format 3, which has sheets":     {`{"worksheets": [{"cells": [{"cell_type": "code", "input": ["x"], "language": "python"}]}]}`, `python: "x"`},
		"several keep their order":       {`{"cells": [{"cell_type": "code", "source": "%%html\nx"}, {"cell_type": "code", "source": "y"}]}`, `html: "      \nx"; ipython: "%%html"; python: "y"`},
		"a notebook without cells":       {`{"cells": []}`, ``},
		"the last of two lists of cells": {`{"cells": [], "cells": [{"cell_type": "code", "source": "x"}]}`, `python: "x"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := shown(parse(t, test.notebook).Code); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestMarkdownAndOutputs(t *testing.T) {
	n := parse(t, `{"cells": [
		{"cell_type": "markdown", "source": ["# A\n", "b"]},
		{"cell_type": "raw", "source": "x"},
		{"cell_type": "code", "source": "", "outputs": [
			{"output_type": "stream", "text": ["1\n", "2"]},
			{"output_type": "display_data", "data": {"text/html": "<b>", "image/png": "AAAA", "text/plain": ["c"]}},
			{"output_type": "error", "ename": "E", "evalue": "bad", "traceback": ["d", "e"]}]}]}`)
	if got, want := shown(n.Markdown), `markdown: "# A\nb"`; got != want {
		t.Errorf("markdown: got %s, want %s", got, want)
	}
	if got, want := shown(n.Outputs), `stream: "1\n2"; text/html: "<b>"; text/plain: "c"; error: "bad"; error: "de"`; got != want {
		t.Errorf("outputs: got %s, want %s", got, want)
	}
	if got := n.Outputs[0].CellAt(2); got != 2 {
		t.Errorf("the output is of cell %d, want 2", got)
	}
}

func TestOrigin(t *testing.T) {
	source := notebookOf("[\n  \"a = \\\"x\\\"\\n\",\n  \"!pip \\u00e9\\n\",\n  \"b\"\n ]", `"c"`)
	n := parse(t, source)
	python, shell := &n.Code[0], &n.Code[1]
	if got, want := python.Source, "a = \"x\"\n_      \nb\nc"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	tests := map[string]struct {
		text       *Text
		start, end int
		want       string
		cell       int
	}{
		"a byte that stands for itself":        {python, 0, 1, "a", 0},
		"an escape":                            {python, 4, 5, `\"`, 0},
		"what an escape comes before":          {python, 5, 6, "x", 0},
		"a string with its escapes":            {python, 4, 7, `\"x\"`, 0},
		"the end of a line":                    {python, 7, 8, `\n`, 0},
		"the last line of a cell":              {python, 16, 17, "b", 0},
		"the next cell":                        {python, 18, 19, "c", 1},
		"an empty range":                       {python, 5, 5, "", 0},
		"a shell command":                      {shell, 0, 6, `pip \u00e9`, 0},
		"a byte of several that an escape is":  {shell, 5, 6, `\u00e9`, 0},
		"the end of the line that is added":    {python, 17, 18, "", 0},
		"a range over two lines of a notebook": {python, 7, 17, "\\n\",\n  \"!pip \\u00e9\\n\",\n  \"b", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			start, end := test.text.OriginRange(test.start, test.end)
			if got := source[start:end]; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if got := test.text.CellAt(test.start); got != test.cell {
				t.Errorf("got cell %d, want %d", got, test.cell)
			}
		})
	}
	if got, want := python.Origin(len(python.Source)), strings.LastIndex(source, `"c"`)+2; got != want {
		t.Errorf("the end is at %d, want %d", got, want)
	}
}

func TestParseRefuses(t *testing.T) {
	tests := map[string]string{
		"a notebook larger than the bound": strings.Repeat(" ", MaxSource+1),
		"JSON without cells":               `{"a": 1}`,
		"no JSON":                          `hello`,
		"nothing":                          ``,
	}
	for name, source := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := Parse(source); err == nil {
				t.Error("got no error")
			}
		})
	}
	if n := parse(t, `{"cells": [{"cell_type": "code", "source": ["x"`); !n.Incomplete || shown(n.Code) != `python: "x"` {
		t.Errorf("broken JSON: incomplete %v, %s", n.Incomplete, shown(n.Code))
	}
}

func FuzzParse(f *testing.F) {
	f.Add(notebookOf(cellOf("!pip install x\n%%bash\nx = !ls\n'''\n\"é"), `"a\u00e9\ud83d\ude00"`))
	f.Add(notebookOf(cellOf("%%writefile x.py\n?a\nb?")))
	f.Fuzz(func(t *testing.T, source string) {
		n, err := Parse(source)
		if err != nil {
			return
		}
		texts := append(append(append([]Text{}, n.Code...), n.Markdown...), n.Outputs...)
		for i := range texts {
			text := &texts[i]
			for offset := 0; offset <= len(text.Source) && offset < 1<<10; offset++ {
				start, end := text.OriginRange(offset, offset+1)
				if start < 0 || end < start || end > len(source) {
					t.Fatalf("byte %d of %q is at [%d, %d) of %d bytes", offset, text.Source, start, end, len(source))
				}
				if end-start == 1 && offset < len(text.Source) && source[start] != text.Source[offset] &&
					!strings.ContainsRune("_ ", rune(text.Source[offset])) {
					t.Fatalf("byte %d of %q is at %d of %q", offset, text.Source, start, source)
				}
				text.CellAt(offset)
			}
		}
	})
}
