package command

import (
	"strings"
)

// tox reads the dependencies and commands in tox.ini.
func (r *reader) tox(source string) {
	key := ""
	for at := 0; at < len(source); {
		end, next := lineAt(source, at)
		line := source[at:end]
		start := at
		at = next
		bare := strings.TrimSpace(line)
		switch {
		case bare == "" || bare[0] == '#' || bare[0] == ';':
			continue
		case bare[0] == '[' && line[0] == '[':
			key = ""
			continue
		case line[0] != ' ' && line[0] != '\t':
			name, _, ok := strings.Cut(line, "=")
			if !ok {
				continue
			}
			key = strings.TrimSpace(name)
			start += len(name) + 1
			line = line[len(name)+1:]
		}
		if r.commands++; r.commands > MaxCommands {
			r.lose(tooMany)
			return
		}
		f := piece(line, start)
		w := trimmed(whole(&f))
		if w.text == "" {
			continue
		}
		switch key {
		case "deps":
			r.toxDependency(w)
		case "commands", "commands_pre", "commands_post", "install_command", "allowlist_externals":
			if strings.HasPrefix(w.text, "-") {
				w = w.sub(1, len(w.text)) // whether it fails does not matter
			}
			r.script(w.fragment(), 0)
		}
	}
}

// toxDependency reads one line of deps: a requirement, perhaps behind the names of environments, or an option of pip.
func (r *reader) toxDependency(w word) {
	if i := strings.Index(w.text, ": "); i > 0 && !strings.ContainsAny(w.text[:i], "=<> ") {
		w = trimmed(w.sub(i+2, len(w.text)))
	}
	if i := strings.Index(w.text, " #"); i >= 0 {
		w = trimmed(w.sub(0, i))
	}
	if strings.HasPrefix(w.text, "-") {
		for _, a := range arguments(words(w), pipValued) {
			r.indexOption(a)
		}
		return
	}
	i := Install{Tool: "tox"}
	i.Group = "test"
	r.requirement(w, i)
}

// nox reads the literals in session.install(…), session.conda_install(…) and session.run(…) of a noxfile.
func (r *reader) nox(source string) {
	for at := 0; ; {
		i := strings.Index(source[at:], "session.")
		if i < 0 {
			return
		}
		at += i + len("session.")
		name, _, ok := strings.Cut(source[at:min(len(source), at+40)], "(")
		if !ok {
			continue
		}
		var tool []string
		switch strings.TrimSpace(name) {
		case "install":
			tool = []string{"pip", "install"}
		case "conda_install":
			tool = []string{"conda", "install"}
		case "run", "run_always", "run_install":
		default:
			continue
		}
		if r.commands++; r.commands > MaxCommands {
			r.lose(tooMany)
			return
		}
		start := at + len(name) + 1
		f := piece(source, 0)
		var list []word
		for _, w := range tool {
			f := piece(w, start)
			list = append(list, whole(&f))
		}
		literals, end := pythonLiterals(&f, start)
		at = end
		r.command(append(list, literals...), 0)
	}
}

// pythonLiterals are the plain strings between a call's parentheses, of which the first is open before at. Expressions
// and strings with a prefix are passed over.
func pythonLiterals(f *fragment, at int) ([]word, int) {
	var list []word
	limit := min(len(f.text), at+maxWord)
	before := byte('(')
	for depth := 1; at < limit && depth > 0; at++ {
		switch c := f.text[at]; c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case '#':
			end, _ := lineAt(f.text, at)
			at = end - 1
			continue
		case '"', '\'':
			end := strings.IndexByte(f.text[at+1:limit], c)
			if end < 0 {
				return list, limit
			}
			after := strings.TrimLeft(f.text[at+1+end+1:limit], " \t\r\n")
			if depth == 1 && strings.IndexByte("(,", before) >= 0 && after != "" && strings.IndexByte(",)", after[0]) >= 0 && len(list) < MaxWords {
				list = append(list, word{text: f.text[at+1 : at+1+end], from: f, runs: []run{{0, at + 1}}})
			}
			at += end + 1
		case ' ', '\t', '\r', '\n':
			continue
		}
		before = f.text[at]
	}
	return list, at
}
