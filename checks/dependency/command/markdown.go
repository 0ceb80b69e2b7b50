package command

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/notebook"
)

// shells are the languages of fenced code that is read as a script. Code without a language is read, too.
var shells = setOf(`bash sh shell zsh fish ksh console terminal shell-session shellsession sh-session bash-session cmd
	powershell pwsh ps ps1 bat batch command commandline cli npm npm2yarn shellscript dos`)

// plain are the languages of fenced code that is none, in which commands are looked for as in code without a language.
var plain = setOf("text txt plaintext plain none")

// markdown reads fenced code in the languages of shells, and the code in running text that is a command.
func (r *reader) markdown(f fragment) {
	prose := r.prose
	r.prose = true
	defer func() { r.prose = prose }()
	text := f.text
	for at := 0; at < len(text); {
		end, next := lineAt(text, at)
		line := text[at:end]
		quote := quoteLength(line)
		mark, language, ok := fence(line[quote:])
		if !ok {
			r.spans(&f, at, end)
			at = next
			continue
		}
		at = r.fenced(&f, next, mark, language, line[:quote])
	}
}

// quoteLength is how long the signs of block quotes and the white space at the start of a line are.
func quoteLength(line string) int {
	return len(line) - len(strings.TrimLeft(line, " \t>"))
}

// fence reads a line that opens fenced code: its mark and its language.
func fence(line string) (mark, language string, ok bool) {
	for _, item := range []string{"- ", "* ", "+ "} {
		line = strings.TrimPrefix(line, item)
	}
	info := strings.TrimLeft(line, "`")
	if len(line)-len(info) < 3 {
		info = strings.TrimLeft(line, "~")
	}
	if mark = line[:len(line)-len(info)]; len(mark) < 3 || strings.ContainsRune(info, '`') {
		return "", "", false
	}
	info = strings.Trim(info, " \t\r{}.")
	if i := strings.IndexAny(info, " \t,{:}"); i >= 0 {
		info = info[:i]
	}
	return mark, strings.ToLower(info), true
}

// fenced reads code from at on up to the fence that closes it, and gives where the text goes on. Without such a fence
// the rest of the text is code.
func (r *reader) fenced(f *fragment, at int, mark, language, indent string) int {
	var w weaver
	for at < len(f.text) {
		end, next := lineAt(f.text, at)
		line := f.text[at:end]
		closing := strings.TrimSpace(strings.TrimLeft(line, " \t>"))
		if strings.HasPrefix(closing, mark) && strings.Trim(closing, mark[:1]) == "" {
			at = next
			break
		}
		skip := 0
		for skip < len(line) && skip < len(indent) && strings.IndexByte(" \t>", line[skip]) >= 0 {
			skip++
		}
		w.add(f.text[at+skip:next], at+skip)
		at = next
	}
	code := w.fragment().inside(f)
	switch {
	case language == "" || shells[language] || plain[language]:
		r.terminal(code)
	case language == "python" || language == "py" || language == "ipython" || language == "jupyter":
		r.cell(code)
	case language == "dockerfile" || language == "docker":
		r.dockerfile(code)
	case (language == "json" || language == "jsonc" || language == "json5") && strings.Contains(code.text, `"command"`):
		_ = r.json(code, servers) // what cannot be understood is no loss in an example
	}
	return at
}

// terminal reads a script as it is shown in texts: when lines begin with a prompt, the others are what was printed.
func (r *reader) terminal(f fragment) {
	prompts := false
	for at := 0; at < len(f.text) && !prompts; {
		end, next := lineAt(f.text, at)
		prompts = prompt(f.text[at:end]) > 0
		at = next
	}
	if !prompts {
		r.script(f, 0)
		return
	}
	var w weaver
	continued := false
	for at := 0; at < len(f.text); {
		end, next := lineAt(f.text, at)
		n := prompt(f.text[at:end])
		if n > 0 || continued {
			w.add(f.text[at+n:next], at+n)
			continued = strings.HasSuffix(strings.TrimRight(f.text[at:end], " \r"), `\`)
		}
		at = next
	}
	r.script(w.fragment().inside(&f), 0)
}

// cell reads the lines of a cell of a notebook that are shown in a text: those that go to a shell.
func (r *reader) cell(f fragment) {
	for at := 0; at < len(f.text); {
		end, next := lineAt(f.text, at)
		if line := strings.TrimLeft(f.text[at:end], " \t"); hasPrefix(line, "!", "%pip ", "%conda ", "%uv ") {
			r.script(f.cut(end-len(line)+1, end), 0)
		}
		at = next
	}
}

// prompt is how long the prompt is that a line begins with: "$ ", "% ", "PS C:\> ", "(venv) $ ", "user@host:~$ ".
func prompt(line string) int {
	trimmed := strings.TrimLeft(line, " \t")
	lead := len(line) - len(trimmed)
	if strings.HasPrefix(trimmed, "(") {
		if end := strings.Index(trimmed, ") "); end > 0 && end < 40 {
			lead += end + 2
			trimmed = trimmed[end+2:]
		}
	}
	for _, sign := range []string{"$ ", "% ", "❯ ", "➜ "} {
		i := strings.Index(trimmed, sign)
		switch {
		case i == 0, i > 0 && i < 60 && strings.ContainsAny(trimmed[:i], "@~") && !strings.ContainsAny(trimmed[:i], " \t"):
			return lead + i + len(sign)
		}
	}
	for _, sign := range []string{"PS> ", "> "} {
		if strings.HasPrefix(trimmed, sign) {
			return lead + len(sign)
		}
	}
	if i := strings.Index(trimmed, "> "); i > 0 && i < 60 && (strings.HasPrefix(trimmed, "PS ") || strings.HasPrefix(trimmed, `C:\`)) {
		return lead + i + 2
	}
	return 0
}

// spans reads the code in the running text of a line. It is a command when it begins as one.
func (r *reader) spans(f *fragment, at, end int) {
	for at < end {
		open := strings.IndexByte(f.text[at:end], '`')
		if open < 0 {
			return
		}
		start := at + open
		for at = start; at < end && f.text[at] == '`'; at++ {
		}
		mark := f.text[start:at]
		length := strings.Index(f.text[at:end], mark)
		if length < 0 {
			return
		}
		role := start > 0 && strings.IndexByte("}:", f.text[start-1]) >= 0 // {ref}`pip install` names a place
		code := f.cut(at+prompt(f.text[at:at+length]), at+length)
		if !role && len(code.text) <= maxWord && strings.ContainsRune(code.text, ' ') {
			r.script(code, 0)
		}
		at += length + len(mark)
	}
}

// notebook reads what the cells of a notebook give to a shell, and the texts between them.
func (r *reader) notebook(source string) error {
	book, err := notebook.Parse(source)
	if err != nil {
		return ErrMalformed
	}
	if book.Incomplete {
		r.lose("a part of the notebook is broken or exceeds a bound")
	}
	for i := range book.Code {
		switch t := &book.Code[i]; t.Language {
		case notebook.Shell, "sh", "zsh", "powershell":
			r.script(fragmentOfCells(t), 0)
		default: // a cell that says to be in no language may yet begin lines with "!"
			r.cell(fragmentOfCells(t))
		}
	}
	for i := range book.Markdown {
		r.markdown(fragmentOfCells(&book.Markdown[i]))
	}
	return nil
}
