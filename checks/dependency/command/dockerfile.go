package command

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

// build is what is known at a place of a Dockerfile.
type build struct {
	*reader
	values map[string]string // of ARG and ENV, with what they refer to filled in
	stages map[string]bool   // names of earlier stages
}

// dockerfile reads the instructions of a Dockerfile.
func (r *reader) dockerfile(file fragment) {
	source := file.text
	b := &build{reader: r, values: map[string]string{}, stages: map[string]bool{}}
	escape := byte('\\')
	if first, _, _ := strings.Cut(source, "\n"); strings.HasPrefix(strings.ReplaceAll(strings.ToLower(first), " ", ""), "#escape=`") {
		escape = '`'
	}
	endless := 0
	for at := 0; at < len(source); {
		if r.commands++; r.commands > MaxCommands {
			r.lose(tooMany)
			return
		}
		var f fragment
		f, at = instruction(source, at, escape, &endless)
		b.instruction(f.inside(&file))
	}
}

// instruction gives the instruction that begins at a line, with what continues it and its here-documents, and where the
// next one begins. Comments between continued lines are no part of it. Endless counts the here-documents without an end.
func instruction(source string, at int, escape byte, endless *int) (fragment, int) {
	var w weaver
	continued := false
	for at < len(source) {
		end, next := lineAt(source, at)
		line := source[at:end]
		bare := strings.TrimSpace(line)
		if bare == "" || bare[0] == '#' {
			at = next
			if continued {
				continue
			}
			return w.fragment(), at
		}
		trimmed := strings.TrimRight(line, " \t\r")
		if continued = trimmed[len(trimmed)-1] == escape; continued {
			trimmed = trimmed[:len(trimmed)-1]
			w.add(trimmed, at)
			w.add(" ", at+len(trimmed))
		} else {
			w.add(line, at)
			w.add("\n", max(end, next-1))
		}
		at = next
		if !continued {
			break
		}
	}
	for _, mark := range heredocMarks(string(w.text)) {
		if *endless >= maxEndless {
			break
		}
		after := body(&w, source, at, mark)
		if after == at {
			*endless++
		}
		at = after
	}
	return w.fragment(), at
}

// lineAt gives where the line that begins at a place ends, and where the next one begins.
func lineAt(source string, at int) (end, next int) {
	if n := strings.IndexByte(source[at:], '\n'); n >= 0 {
		return at + n, at + n + 1
	}
	return len(source), len(source)
}

// heredocMarks are the words that end the here-documents of an instruction.
func heredocMarks(text string) []string {
	name, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	if name = strings.ToUpper(name); name != "RUN" && name != "COPY" && name != "ADD" {
		return nil
	}
	var marks []string
	for len(marks) < maxEndless {
		i := strings.Index(text, "<<")
		if i < 0 {
			break
		}
		text = strings.TrimPrefix(text[i+2:], "-")
		end := strings.IndexAny(text, " \t\r\n;&|<>()")
		if end < 0 {
			end = len(text)
		}
		if mark := strings.Trim(text[:end], `'"`); mark != "" && isVariable(mark) {
			marks = append(marks, mark)
		}
	}
	return marks
}

// body appends the lines of a here-document. Without an end it is none.
func body(w *weaver, source string, at int, mark string) int {
	for line := at; line < len(source); {
		end, next := lineAt(source, line)
		if strings.TrimSpace(source[line:end]) == mark {
			w.add(source[at:next], at)
			return next
		}
		line = next
	}
	return at
}

func (b *build) instruction(f fragment) {
	w := trimmed(whole(&f))
	for depth := 0; depth < 2; depth++ {
		name, _, _ := strings.Cut(strings.ReplaceAll(w.text, "\t", " "), " ")
		rest := trimmed(w.sub(len(name), len(w.text)))
		switch strings.ToUpper(name) {
		case "ONBUILD":
			w = rest
			continue
		case "FROM":
			b.from(rest)
		case "COPY", "ADD", "RUN":
			b.run(rest, strings.ToUpper(name) == "RUN")
		case "CMD", "ENTRYPOINT":
			b.exec(rest)
		case "ARG":
			b.set(rest)
		case "ENV":
			if name, value, ok := strings.Cut(rest.text, " "); ok && isVariable(name) {
				b.assign(name, rest.sub(len(rest.text)-len(value), len(rest.text))) // the old form, ENV NAME value
			} else {
				b.set(rest)
			}
		}
		return
	}
}

// words are the words of a line.
func words(w word) []word {
	f := w.fragment()
	p := split(script{fragment: f}, 1)
	if len(p.commands) == 0 {
		return nil
	}
	return p.commands[0].words
}

func (b *build) set(w word) {
	for _, w := range words(w) {
		if name, _, ok := assignment(w.text); ok {
			b.assign(name, w.sub(len(name)+1, len(w.text)))
		}
	}
}

// maxValues is how many variables of a Dockerfile are kept.
const maxValues = 1000

func (b *build) assign(name string, value word) {
	b.variable(name, value)
	if text, open := expanded(value.text, b.values); !open && len(b.values) < maxValues {
		b.values[name] = text
	}
}

// from reads FROM [--platform=…] IMAGE [AS NAME].
func (b *build) from(w word) {
	list := words(w)
	for len(list) > 0 && strings.HasPrefix(list[0].text, "--") {
		list = list[1:]
	}
	if len(list) == 0 {
		return
	}
	b.builtOn(list[0])
	if len(list) >= 3 && strings.EqualFold(list[1].text, "as") && len(b.stages) < maxValues {
		b.stages[strings.ToLower(list[2].text)] = true
	}
}

// builtOn keeps an image that the build takes something from, unless it is an earlier stage.
func (b *build) builtOn(w word) {
	name, _ := expanded(w.text, b.values)
	if b.stages[strings.ToLower(name)] || strings.Trim(name, "0123456789") == "" {
		return
	}
	b.image(w, Base, b.values)
}

// run reads RUN, or the options of COPY and ADD.
func (b *build) run(w word, command bool) {
	for strings.HasPrefix(w.text, "--") {
		end := strings.IndexAny(w.text, " \t\n")
		if end < 0 {
			end = len(w.text)
		}
		option := w.sub(0, end)
		if at := strings.Index(option.text, "from="); at > 0 {
			value := option.sub(at+len("from="), end)
			if comma := strings.IndexByte(value.text, ','); comma >= 0 {
				value = value.sub(0, comma)
			}
			b.builtOn(value)
		}
		w = trimmed(w.sub(end, len(w.text)))
	}
	if command {
		b.exec(w)
	}
}

// exec reads a command in the form of a shell or of a JSON array.
func (b *build) exec(w word) {
	f := w.fragment()
	if strings.HasPrefix(w.text, "[") {
		if d, err := jsonc.Parse(w.text); err == nil && len(d.Problems) == 0 && d.Root() != jsonc.None && d.Nodes[0].Kind == jsonc.Array {
			var list []word
			for _, n := range d.Children(0) {
				if d.Nodes[n].Kind == jsonc.String && len(list) < MaxWords {
					text, runs := jsonc.Unquote(w.text, jsonc.Range{Start: d.Nodes[n].Start, End: d.Nodes[n].End})
					item := word{text: text, from: &f}
					for _, part := range runs {
						item.runs = append(item.runs, run{int(part.Decoded), int(part.Source)})
					}
					list = append(list, item)
				}
			}
			b.command(list, 0)
			return
		}
	}
	b.script(f, 0)
}

// recipes reads the indented lines of a Makefile or a justfile, each as a script. In a Makefile two dollar signs stand
// for one.
func (r *reader) recipes(source string, indent byte) {
	for at := 0; at < len(source); {
		end, next := lineAt(source, at)
		if source[at] != indent && (indent == '\t' || source[at] != '\t') {
			at = next
			continue
		}
		var w weaver
		for {
			line := source[at:end]
			if w.text == nil {
				trimmed := strings.TrimLeft(line, "\t @-+")
				at += len(line) - len(trimmed)
				line = trimmed
			}
			for {
				dollar := strings.Index(line, "$$")
				if indent != '\t' || dollar < 0 {
					break
				}
				w.add(line[:dollar+1], at)
				at += dollar + 2
				line = line[dollar+2:]
			}
			w.add(line, at)
			w.add("\n", max(end, next-1))
			at = next
			if !strings.HasSuffix(strings.TrimRight(line, "\r"), `\`) || at >= len(source) {
				break
			}
			end, next = lineAt(source, at)
		}
		r.script(w.fragment(), 0)
	}
}
