package command

import (
	"strings"
)

// script is a text in the language of a shell.
type script struct {
	fragment
	depth int
	prose bool // it stands in a text, where "<name>" is no redirection but stands for a name
}

// simple is a simple command: its words, and what is fed to it.
type simple struct {
	words []word
	fed   fragment // the body of a here-document
}

// splitter takes a script apart into simple commands. It knows of the language just so much as is needed to tell words
// and commands apart: quotes, escapes, expansions, redirections, here-documents and comments. What a shell would refuse
// is read as far as it goes.
type splitter struct {
	text  string
	from  *fragment
	depth int
	prose bool

	budget int // how many commands, and how many nested scripts, may be kept

	commands []simple
	nested   []script // scripts in expansions
	lossy    bool

	words    []word
	word     []byte
	runs     []run
	open     bool // a word has begun, if only with a quotation mark
	redirect bool // the next word is the target of a redirection
	pending  []heredoc
	endless  int // here-documents that nothing ended

	// Expansions and quotes that begin before these offsets are known not to end.
	unclosed struct{ brace, paren, single, double, back int }
}

// heredoc is a here-document whose body has not come yet.
type heredoc struct {
	end     string
	tabs    bool // leading tabs are dropped
	command int  // index of the command that it is fed to; the one that is being read when it equals their number
}

// maxExpansion is how long an expansion in braces may be, in bytes.
const maxExpansion = 300

// split gives the simple commands of a script, and the scripts in its expansions.
func split(s script, budget int) *splitter {
	p := &splitter{text: s.text, from: &s.fragment, depth: s.depth, prose: s.prose, budget: budget}
	for i := 0; i < len(p.text); {
		if len(p.commands) >= budget {
			p.lossy = true
			break
		}
		i = p.step(i)
	}
	p.endCommand()
	return p
}

// step reads what stands at i and gives where to go on.
func (p *splitter) step(i int) int {
	switch c := p.text[i]; c {
	case ' ', '\t', '\r':
		p.endWord()
		return i + 1
	case '\n':
		p.endCommand()
		return p.bodies(i + 1)
	case '\\':
		return p.escape(i)
	case ';', '|', ')':
		p.endCommand()
		return i + 1
	case '&':
		if strings.HasPrefix(p.text[i+1:], ">") {
			p.endWord()
			return i + 1
		}
		p.endCommand()
		return i + 1
	case '(':
		return p.parenthesis(i)
	case '<', '>':
		return p.redirection(i)
	case '\'', '"', '`':
		return p.quoted(i, c)
	case '$':
		return p.expansion(i)
	case '{':
		if strings.HasPrefix(p.text[i:], "{{") {
			if end := p.closing(i, "}}"); end > 0 {
				p.add(i, end)
				return end
			}
		}
	case '#':
		if !p.open {
			if end := strings.IndexByte(p.text[i:], '\n'); end >= 0 {
				return i + end
			}
			return len(p.text)
		}
	}
	p.add(i, i+1)
	return i + 1
}

// add appends the bytes [start, end) of the text to the word.
func (p *splitter) add(start, end int) {
	p.open = true
	if len(p.word)+end-start > maxWord {
		end = start + max(0, maxWord-len(p.word))
		p.lossy = true
	}
	if start >= end {
		return
	}
	if n := len(p.runs); n == 0 || p.runs[n-1].source+len(p.word)-p.runs[n-1].at != start {
		p.runs = append(p.runs, run{len(p.word), start})
	}
	p.word = append(p.word, p.text[start:end]...)
}

// endWord takes the word that was read.
func (p *splitter) endWord() {
	if !p.open {
		return
	}
	switch {
	case p.redirect:
	case len(p.words) >= MaxWords:
		p.lossy = true
	case len(p.word) > 0:
		p.words = append(p.words, word{text: string(p.word), from: p.from, runs: p.runs})
	}
	p.word, p.runs, p.open, p.redirect = p.word[:0], nil, false, false
}

// endCommand takes the command that was read.
func (p *splitter) endCommand() {
	p.endWord()
	p.redirect = false
	fed := false
	for _, h := range p.pending {
		fed = fed || h.command == len(p.commands)
	}
	if len(p.words) > 0 || fed {
		p.commands = append(p.commands, simple{words: p.words})
		p.words = nil
	}
}

func (p *splitter) escape(i int) int {
	switch rest := p.text[i+1:]; {
	case strings.HasPrefix(rest, "\n"):
		return i + 2
	case strings.HasPrefix(rest, "\r\n"):
		return i + 3
	case rest == "":
		return i + 1
	}
	p.add(i+1, i+2)
	return i + 2
}

// parenthesis begins a subshell, or a list of values as in x=(a b), which holds no command.
func (p *splitter) parenthesis(i int) int {
	if p.open && strings.HasSuffix(string(p.word), "=") {
		if end := p.parenthesised(i); end > 0 {
			p.endWord()
			return end
		}
	}
	p.endCommand()
	return i + 1
}

func (p *splitter) redirection(i int) int {
	if p.prose {
		if end := p.stand(i); end > 0 {
			p.add(i, end)
			return end
		}
	}
	if strings.Trim(string(p.word), "0123456789") == "" {
		p.word, p.runs, p.open = p.word[:0], nil, false // the number of a file
	}
	p.endWord()
	rest := p.text[i:]
	switch {
	case strings.HasPrefix(rest, "<<<"):
		p.redirect = true
		return i + 3
	case strings.HasPrefix(rest, "<<"):
		return p.heredoc(i + 2)
	case strings.HasPrefix(rest, "<("), strings.HasPrefix(rest, ">("):
		return p.substitution(i, i+1)
	case strings.HasPrefix(rest, ">&"), strings.HasPrefix(rest, "<&"), strings.HasPrefix(rest, ">>"), strings.HasPrefix(rest, ">|"):
		p.redirect = true
		return i + 2
	}
	p.redirect = true
	return i + 1
}

// stand gives where words in angle brackets that begin at i end, such as "<your package>"; 0 if they are none.
func (p *splitter) stand(i int) int {
	end := strings.IndexAny(p.text[i+1:min(len(p.text), i+maxExpansion)], "<>\n") + i + 1
	if end <= i+1 || p.text[end] != '>' || p.text[end-1] == ' ' || strings.IndexByte(" &(=", p.text[i+1]) >= 0 {
		return 0
	}
	return end + 1
}

// quoted reads what stands in quotation marks. A mark that nothing closes stands for itself, as an apostrophe in prose.
func (p *splitter) quoted(i int, mark byte) int {
	end := p.closing(i, string(mark))
	if end < 0 {
		p.add(i, i+1)
		return i + 1
	}
	p.open = true
	switch mark {
	case '\'':
		p.add(i+1, end-1)
	case '`':
		p.nest(i+1, end-1)
		p.add(i, min(end, i+maxExpansion))
	default:
		return p.double(i + 1)
	}
	return end
}

// double reads on behind a double quote up to the one that closes it, and gives where that ends.
func (p *splitter) double(i int) int {
	for start := i; ; {
		next := strings.IndexAny(p.text[i:], "\\$\"`")
		if next < 0 {
			p.add(start, len(p.text))
			return len(p.text)
		}
		i += next
		switch c := p.text[i]; {
		case c == '"':
			p.add(start, i)
			return i + 1
		case c == '\\' && i+1 < len(p.text) && strings.IndexByte("\\$`\"\n", p.text[i+1]) >= 0:
			p.add(start, i)
			if start = i + 1; p.text[start] == '\n' {
				start++
			}
			i += 2
		case c == '$' && strings.HasPrefix(p.text[i:], "$("):
			p.add(start, i)
			i = p.substitution(i, i+1)
			start = i
		case c == '`':
			if end := p.closing(i, "`"); end > 0 && !strings.Contains(p.text[i:end], `"`) {
				p.nest(i+1, end-1)
				i = end - 1
			}
			i++
		default:
			i++
		}
	}
}

// expansion reads what begins with a dollar sign. The word keeps it as it is written, so that no name is made of it.
func (p *splitter) expansion(i int) int {
	rest := p.text[i:]
	end := -1
	switch {
	case strings.HasPrefix(rest, "${{"):
		end = p.closing(i+1, "}}")
	case strings.HasPrefix(rest, "${"):
		end = p.closing(i+1, "}")
	case strings.HasPrefix(rest, "$("):
		return p.substitution(i, i+1)
	}
	if end < 0 {
		end = i + 1
	}
	p.add(i, end)
	return end
}

// substitution reads "$(…)" or "<(…)" from start on, whose parenthesis stands at open, and keeps the script in it for
// later.
func (p *splitter) substitution(start, open int) int {
	end := p.parenthesised(open)
	if end < 0 {
		p.add(start, open)
		return open
	}
	if !strings.HasPrefix(p.text[open:], "((") {
		p.nest(open+1, end-1)
	}
	p.add(start, min(end, start+maxExpansion))
	return end
}

// nest keeps a script that stands inside this one.
func (p *splitter) nest(start, end int) {
	if p.depth+1 >= MaxDepth || len(p.nested) >= p.budget {
		p.lossy = true
		return
	}
	p.nested = append(p.nested, script{p.from.cut(start, end), p.depth + 1, p.prose})
}
