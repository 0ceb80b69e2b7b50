package notebook

import (
	"path"
	"strings"
)

// split is a cell of Python taken apart.
type split struct {
	source   string // as it was written
	language string // of the rest
	rest     string // as long as source, without what isn't of the language
	parts    []part
}

// part is a command, at the bytes [start, end) of source.
type part struct {
	language   string
	start, end int
}

// cellLanguage is the language that a cell is in after the magic command of its first line. After one that isn't known
// it is in Python.
func cellLanguage(name, arguments string) string {
	switch name {
	case "bash", "sh", "shell", "system", "sx", "!", "cmd", "powershell":
		return Shell
	case "script":
		words := strings.Fields(arguments)
		if len(words) > 0 && strings.HasPrefix(path.Base(words[0]), "python") {
			return "python"
		}
		return Shell
	case "javascript", "js":
		return "javascript"
	case "html", "svg":
		return "html"
	case "sql", "bigquery", "ruby", "perl", "latex", "markdown", "cython":
		return name
	case "writefile", "file":
		switch path.Ext(strings.TrimSpace(arguments)) {
		case ".py":
			return "python"
		case ".sh":
			return Shell
		case ".js":
			return "javascript"
		}
		return "text"
	case "r":
		return "r"
	}
	return "python"
}

// splitMagic takes IPython's own commands out of a cell of Python. The rest keeps its length, and so the places of all
// that it holds.
func splitMagic(source string) split {
	s := split{source: source, language: "python"}
	rest := []byte(source)
	var code pythonLexer
	first := true
	for start := 0; start < len(source); {
		end := lineEnd(source, start)
		line := source[start:end]
		trimmed := strings.TrimLeft(line, " \t")
		at := start + len(line) - len(trimmed)
		switch {
		case first && strings.HasPrefix(trimmed, "%%"):
			name, arguments, _ := strings.Cut(strings.TrimSpace(trimmed[2:]), " ")
			s.language = cellLanguage(strings.ToLower(name), arguments)
			s.parts = append(s.parts, part{Magic, at, end})
			blank(rest[at:end], s.language == "python")
		case s.language != "python" || !code.atStatement():
			code.line(line)
		default:
			if command, ok := commandIn(trimmed); ok {
				for strings.HasSuffix(source[start:end], `\`) && end < len(source) {
					end = lineEnd(source, end+1)
				}
				s.parts = append(s.parts, part{command.language, at + command.start, end})
				blank(rest[at+command.from:end], true)
			} else {
				code.line(line)
			}
		}
		first = first && trimmed == ""
		start = end + 1
	}
	s.rest = string(rest)
	return s
}

func lineEnd(source string, start int) int {
	if start > len(source) {
		return len(source)
	}
	if i := strings.IndexByte(source[start:], '\n'); i >= 0 {
		return start + i
	}
	return len(source)
}

// blank puts spaces in the place of everything but the ends of lines. A name that says nothing of its value stands for
// a statement, where one is needed.
func blank(line []byte, statement bool) {
	for i, c := range line {
		if c != '\n' && c != '\r' {
			line[i] = ' '
		}
	}
	if statement && len(line) > 0 {
		line[0] = '_'
	}
}

// command is what a line gives to IPython.
type command struct {
	language string
	from     int // where what isn't Python begins
	start    int // where the command itself begins
}

// commandIn finds the command of a line without its indentation.
func commandIn(line string) (command, bool) {
	value := 0
	if c, ok := bare(line); ok {
		return c, true
	}
	if i := strings.IndexByte(line, '='); i > 0 && strings.Trim(line[:i], targetBytes) == "" {
		value = i + 1
		for value < len(line) && line[value] == ' ' {
			value++
		}
		if c, ok := bare(line[value:]); ok && value < len(line) && line[value] != '?' {
			c.from += value
			c.start += value
			return c, true
		}
	}
	if name := strings.TrimRight(strings.TrimRight(line, " \t\r"), "?"); name != strings.TrimRight(line, " \t\r") &&
		strings.Trim(name, targetBytes) == "" {
		return command{language: Magic}, true
	}
	return command{}, false
}

// targetBytes are what an expression has that something can be assigned to.
const targetBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,[] "

// bare finds the command of a line that begins with one.
func bare(line string) (command, bool) {
	switch {
	case strings.HasPrefix(line, "!!"):
		return command{language: Shell, start: 2}, true
	case strings.HasPrefix(line, "!"):
		return command{language: Shell, start: 1}, true
	case strings.HasPrefix(line, "?"):
		return command{language: Magic}, true
	case len(line) < 2 || line[0] != '%' || !isLetter(line[1]):
		return command{}, false
	}
	name, _, _ := strings.Cut(line[1:], " ")
	switch name {
	case "pip", "conda", "mamba", "micromamba", "uv":
		return command{language: Shell, start: 1}, true
	case "sx", "system", "sh":
		return command{language: Shell, start: min(len(line), len(name)+2)}, true
	}
	return command{language: Magic}, true
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }

// pythonLexer follows Python just so far that it knows whether a line begins a statement.
type pythonLexer struct {
	depth     int    // of brackets
	quote     string // the quotation mark of the string that a line ends in
	continued bool
}

func (p *pythonLexer) atStatement() bool { return p.depth == 0 && p.quote == "" && !p.continued }

// line follows one line.
func (p *pythonLexer) line(line string) {
	p.continued = false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\':
			p.continued = strings.TrimRight(line[i:], "\r") == `\`
			i++
		case p.quote != "":
			if strings.HasPrefix(line[i:], p.quote) {
				i += len(p.quote) - 1
				p.quote = ""
			}
		case c == '#':
			return
		case c == '"' || c == '\'':
			p.quote = string(c)
			if triple := strings.Repeat(p.quote, 3); strings.HasPrefix(line[i:], triple) {
				p.quote = triple
				i += 2
			}
		case c == '(' || c == '[' || c == '{':
			p.depth++
		case (c == ')' || c == ']' || c == '}') && p.depth > 0:
			p.depth--
		}
	}
	if len(p.quote) == 1 && !p.continued {
		p.quote = ""
	}
}
