package imports

import (
	"bytes"
	"strings"
)

// pythonStatements reads the imports of a file of Python. It reads lines, not the language: what stands in strings and
// comments is blanked first, and lines that go on are joined.
func pythonStatements(source []byte) statements {
	r := &pythonReader{source: source, clean: blankPython(source)}
	r.tested()
	for at := 0; at < len(r.clean); {
		end := logicalLine(r.clean, at)
		r.line(at, end)
		at = end + 1
	}
	for _, i := range r.doubtful {
		r.found[i.at].optional = r.found[i.at].optional || i.in.catches
	}
	return r.found
}

type pythonReader struct {
	source, clean []byte
	found         statements
	blocks        []*pythonBlock
	doubtful      []inTry
	sought        map[string]bool // modules that the file asks for before it imports them
}

// pythonBlock is a block that says something of the imports in it.
type pythonBlock struct {
	indent   int
	try      bool // its handlers are still to come
	catches  bool // a handler catches that there is no such module
	optional bool
}

// inTry is an import in a block whose handlers come later.
type inTry struct {
	at int
	in *pythonBlock
}

// blankPython replaces comments and the contents of strings by spaces, keeps line ends outside of them, and drops those
// inside strings and brackets. Every byte stays where it is.
func blankPython(source []byte) []byte {
	out := bytes.Clone(source)
	depth := 0
	for i := 0; i < len(out); i++ {
		switch c := out[i]; c {
		case '#':
			for i < len(out) && out[i] != '\n' {
				out[i] = ' '
				i++
			}
			i-- // the line end is next
		case '"', '\'':
			i = blankString(out, i) - 1
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(0, depth-1)
		case '\\':
			if i+1 < len(out) && out[i+1] == '\n' {
				out[i], out[i+1] = ' ', ' '
				i++
			}
		case '\n':
			if depth > 0 && !statementFollows(out, i+1) {
				out[i] = ' '
			} else {
				depth = 0
			}
		}
	}
	return out
}

// statementFollows reports whether a line begins as only a statement can, at the left edge: then a bracket before it was
// never closed.
func statementFollows(source []byte, at int) bool {
	for _, word := range []string{"import ", "from ", "def ", "class ", "@"} {
		if bytes.HasPrefix(source[at:], []byte(word)) {
			return true
		}
	}
	return false
}

// blankString blanks a string that begins at a quotation mark, and gives the place behind it.
func blankString(out []byte, at int) int {
	quote := out[at]
	if at+2 < len(out) && out[at+1] == quote && out[at+2] == quote {
		i := at + 3
		for ; i < len(out); i++ {
			if out[i] == '\\' && i+1 < len(out) {
				out[i], out[i+1] = ' ', ' '
				i++
				continue
			}
			if out[i] == quote && i+2 < len(out) && out[i+1] == quote && out[i+2] == quote {
				return i + 3
			}
			out[i] = ' '
		}
		return i
	}
	i := at + 1
	for ; i < len(out) && out[i] != '\n'; i++ {
		if out[i] == '\\' && i+1 < len(out) {
			out[i], out[i+1] = ' ', ' '
			i++
			continue
		}
		if out[i] == quote {
			return i + 1
		}
		out[i] = ' '
	}
	return i
}

func logicalLine(clean []byte, at int) int {
	if end := bytes.IndexByte(clean[at:], '\n'); end >= 0 {
		return at + end
	}
	return len(clean)
}

// line reads one logical line.
func (r *pythonReader) line(start, end int) {
	at := start
	for at < end && isSpace(r.clean[at]) {
		at++
	}
	if at == end {
		return
	}
	indent := at - start
	word := string(r.clean[at:wordAt(r.clean, at)])
	for len(r.blocks) > 0 {
		top := r.blocks[len(r.blocks)-1]
		if top.indent < indent {
			break
		}
		if top.indent == indent && (word == "except" || word == "else" || word == "finally" || word == "elif") {
			r.handler(top, word, r.clean[at:end])
			r.simple(afterColon(r.clean, at, end), end)
			return
		}
		r.blocks = r.blocks[:len(r.blocks)-1]
	}
	switch word {
	case "try", "if", "with", "while", "for", "else", "elif", "except", "finally", "def", "class", "async", "match", "case":
		colon := afterColon(r.clean, at, end)
		if colon == end && word != "try" && word != "if" && word != "with" {
			return // nothing that matters begins here
		}
		block := &pythonBlock{indent: indent, try: word == "try"}
		if word == "if" || word == "with" {
			block.optional = isDoubtful(r.clean[at:end])
		}
		if len(r.blocks) < maxBlocks {
			r.blocks = append(r.blocks, block)
		}
		r.simple(colon, end)
	default:
		r.simple(at, end)
	}
}

// handler goes on with a block whose next clause begins.
func (r *pythonReader) handler(block *pythonBlock, word string, clause []byte) {
	switch {
	case block.try && word == "except":
		header := clause
		if colon := bytes.IndexByte(clause, ':'); colon >= 0 {
			header = clause[:colon]
		}
		caught := strings.Fields(strings.NewReplacer("(", " ", ")", " ", ",", " ", ".", " ").Replace(string(header)))
		bare := len(caught) <= 1
		for _, name := range caught {
			bare = bare || name == "ImportError" || name == "ModuleNotFoundError" || name == "Exception" || name == "BaseException"
		}
		block.catches = block.catches || bare
		block.optional = block.catches // what stands in for the module may be missing, too
	case word == "else" || word == "elif":
		block.optional = block.optional || isDoubtful(clause)
	}
}

// isDoubtful reports whether the header of a block says that what is in it need not be there.
func isDoubtful(header []byte) bool {
	for _, word := range []string{
		"TYPE_CHECKING", "ImportError", "ModuleNotFoundError", "version_info", "find_spec", "platform", "os.name", "PY2", "PY3",
		"available", "AVAILABLE", "installed", "has_", "HAS_", "HAVE_", "WITH_", "suppress", "PYODIDE", "__debug__",
	} {
		if bytes.Contains(header, []byte(word)) {
			return true
		}
	}
	return false
}

// afterColon is the place behind the colon that ends the header of a block.
func afterColon(clean []byte, at, end int) int {
	depth := 0
	for ; at < end; at++ {
		switch clean[at] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ':':
			if depth <= 0 {
				return at + 1
			}
		}
	}
	return end
}

// simple reads statements that stand on one line, parted by semicolons.
func (r *pythonReader) simple(start, end int) {
	for start < end {
		stop := end
		if semicolon := bytes.IndexByte(r.clean[start:end], ';'); semicolon >= 0 {
			stop = start + semicolon
		}
		at := start
		for at < stop && isSpace(r.clean[at]) {
			at++
		}
		switch after := wordAt(r.clean[:stop], at); string(r.clean[at:after]) {
		case "import":
			r.imported(after, stop)
		case "from":
			r.taken(after, stop)
		}
		start = stop + 1
	}
}

// imported reads what follows "import": a, b.c as d.
func (r *pythonReader) imported(at, end int) {
	for at < end {
		stop := end
		if comma := bytes.IndexByte(r.clean[at:end], ','); comma >= 0 {
			stop = at + comma
		}
		start := at
		for start < stop && isSpace(r.clean[start]) {
			start++
		}
		after := dotted(r.clean, start, stop)
		rest := bytes.TrimSpace(r.clean[after:stop])
		if after > start && (len(rest) == 0 || bytes.HasPrefix(rest, []byte("as"))) {
			r.note(start, after, nil)
		}
		at = stop + 1
	}
}

// taken reads what follows "from": a.b import c as d, (e).
func (r *pythonReader) taken(at, end int) {
	start := at
	for start < end && isSpace(r.clean[start]) {
		start++
	}
	after := dotted(r.clean, start, end)
	rest := bytes.TrimSpace(r.clean[after:end])
	names, ok := bytes.CutPrefix(rest, []byte("import"))
	if after == start || !ok || len(names) == 0 || isWord(names[0]) {
		return
	}
	var items []string
	for name := range bytes.SplitSeq(bytes.Trim(names, " \t\r\n()"), []byte{','}) {
		name = bytes.TrimSpace(name)
		if word := name[:wordAt(name, 0)]; len(word) > 0 && len(items) < maxItems {
			items = append(items, string(word))
		}
	}
	r.note(start, after, items)
}

// dotted is the end of a dotted name; the place itself when none begins there, as in a relative import.
func dotted(clean []byte, at, end int) int {
	last := at
	for at < end {
		next := wordAt(clean[:end], at)
		if next == at || clean[at] >= '0' && clean[at] <= '9' {
			break
		}
		last = next
		if next >= end || clean[next] != '.' {
			break
		}
		at = next + 1
	}
	return last
}

func (r *pythonReader) note(start, end int, items []string) {
	module := string(r.clean[start:end])
	top, _, _ := strings.Cut(module, ".")
	s := r.found.add(statement{module: module, items: items, start: start, end: end, optional: r.sought[top]})
	if s == nil {
		return
	}
	for _, block := range r.blocks {
		s.optional = s.optional || block.optional
		if block.try && !block.catches {
			r.doubtful = append(r.doubtful, inTry{len(r.found) - 1, block})
		}
	}
}

// tested notes the modules that the file looks for before it imports them, as in pytest.importorskip("numpy").
func (r *pythonReader) tested() {
	r.sought = map[string]bool{}
	for _, call := range []string{"importorskip(", "find_spec(", "import_module(", "requires_module(", "skip_if_no("} {
		for at := 0; len(r.sought) < maxItems; {
			next := bytes.Index(r.source[at:], []byte(call))
			if next < 0 {
				break
			}
			at += next + len(call)
			rest := bytes.TrimLeft(r.source[at:min(len(r.source), at+maxName)], " \n\t")
			if len(rest) > 1 && (rest[0] == '"' || rest[0] == '\'') {
				r.sought[string(rest[1:1+wordAt(rest[1:], 0)])] = true
			}
		}
	}
}
