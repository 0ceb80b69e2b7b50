package semgrep

import (
	"slices"
	"strings"
	"sync"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/prefilter"
)

// What a text must contain for a pattern to be in it is told from the pattern as it is written, not as it is parsed: of all
// patterns, only those whose words are all in some file are ever parsed.

// shortestWord is the length from which on a word tells something.
const shortestWord = 3

type patternWords struct {
	once    sync.Once
	windows []prefilter.Gram   // of the words that code must contain to match the pattern
	quoted  [][]prefilter.Gram // of the texts that it must contain, as they are written or put together
}

// read tells the words of the pattern. Keywords are none: languages spell alike things differently, and a pattern for one may
// match another (a function matches a lambda).
func (p *Pattern) read() *patternWords {
	p.words.once.Do(func() {
		if len(p.Languages) == 1 && p.Languages[0] == Generic {
			return
		}
		words, texts := wordsOf(p.Text)
		p.words.windows = prefilter.GramsOf(words...)
		if slices.ContainsFunc(p.Languages, func(l ast.Language) bool { return !plainTexts[l] }) {
			return
		}
		for _, text := range texts {
			p.words.quoted = append(p.words.quoted, prefilter.GramsOf(text))
		}
	})
	return &p.words
}

// plainTexts are the languages in which a text of a pattern matches nothing but texts with that content.
var plainTexts = map[ast.Language]bool{"python": true, "javascript": true, "typescript": true, "go": true, "java": true, "csharp": true, "kotlin": true}

// wordsOf reads the words of a pattern, and those of its texts that stand on their own, such as arguments and keys. Of a pattern whose
// quotes do not pair up on a line, nothing is known.
func wordsOf(pattern string) (words, texts []string) {
	lineStart := true
	for i := 0; i < len(pattern); {
		c := pattern[i]
		switch {
		case c == '\n':
			lineStart = true
			i++
			continue
		case c == ' ' || c == '\t' || c == '\r':
			i++
			continue
		case lineStart && (strings.HasPrefix(pattern[i:], "//") || strings.HasPrefix(pattern[i:], "# ")):
			i += lineEnd(pattern[i:])
			continue
		case c == '"' || c == '\'' || c == '`':
			end := closing(pattern[i:])
			if end < 0 {
				return nil, nil
			}
			if standsAlone(pattern, i, i+end) {
				texts = append(texts, pattern[i+1:i+end-1])
			}
			i += end
		case c == '(':
			i += max(typed(pattern[i:]), 1)
		case c == '$': // of a metavariable, which is written in capitals, or of a name such as $raw
			i++
			if strings.HasPrefix(pattern[i:], "...") {
				i += len("...")
			}
			start := i
			for i < len(pattern) && inWord[pattern[i]] {
				i++
			}
			if name := pattern[start:i]; strings.ToUpper(name) != name {
				i = start
			}
		case startsWord[c]:
			start := i
			for i < len(pattern) && inWord[pattern[i]] {
				i++
			}
			word := pattern[start:i]
			spread := strings.HasSuffix(pattern[:start], "...")
			if !spread && len(word) >= shortestWord && !keywords[word] && !slices.Contains(words, word) {
				words = append(words, word)
			}
		default:
			i++
		}
		lineStart = false
	}
	return words, texts
}

func lineEnd(text string) int {
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		return end
	}
	return len(text)
}

// closing is the length of the text in quotes that begins here, or -1. Only one in backquotes goes on beyond the line.
func closing(text string) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == text[0]:
			return i + 1
		case text[0] == '`':
		case text[i] == '\n':
			return -1
		case text[i] == '\\':
			i++
		}
	}
	return -1
}

// standsAlone reports whether a text in quotes is an argument, an element or a key that matches its content alone.
func standsAlone(pattern string, from, to int) bool {
	content := pattern[from+1 : to-1]
	if content == "" || content == "..." || pattern[from] == '`' || strings.ContainsAny(content, "\\$") || strings.HasPrefix(content, "=~/") {
		return false
	}
	before, after := strings.TrimRight(pattern[:from], " \t"), strings.TrimLeft(pattern[to:], " \t")
	if before == "" || after == "" || strings.HasSuffix(before, "==") {
		return false
	}
	return strings.IndexByte("([{,:=", before[len(before)-1]) >= 0 && strings.IndexByte(")]},:\n", after[0]) >= 0
}

// typed is the length of a metavariable with its type, `($X: T)` or `(T $X)`, that begins here, or 0.
func typed(text string) int {
	end := strings.IndexByte(text, ')')
	if end < 0 || strings.IndexByte(text[1:end], '(') >= 0 {
		return 0
	}
	inside := strings.TrimSpace(text[1:end])
	at := strings.IndexByte(inside, '$')
	if at < 0 || strings.IndexByte(inside[at+1:], '$') >= 0 {
		return 0
	}
	length := 1
	for at+length < len(inside) && inWord[inside[at+length]] {
		length++
	}
	rest, before := strings.TrimSpace(inside[at+length:]), inside[:at]
	if strings.ContainsAny(before, "\"'`=") || strings.Contains(before, ",") && !strings.Contains(before, "<") {
		return 0 // arguments
	}
	if at == 0 && strings.HasPrefix(rest, ":") || at > 0 && rest == "" && (inside[at-1] == ' ' || inside[at-1] == '\t') {
		return end + 1
	}
	return 0
}

var startsWord, inWord = func() (start, in [256]bool) {
	for c := range 256 {
		start[c] = c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' && c < 0x80
		in[c] = start[c] || '0' <= c && c <= '9'
	}
	return start, in
}()

// keywords of all languages, and names that a language gives to what others leave unnamed.
var keywords = func() map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(`
		abstract and any args array as assert async await base bool boolean break byte case catch chan char class const constructor continue
		debugger declare def default defer del delete dict do double dynamic elif else elseif elsif end ensure enum except exec export extends
		extern fallthrough false False final finally float fn for foreach from func function global go goto if implements import in
		include inline instanceof int interface internal is kwargs lambda let list long loop map match mod module mut namespace native new nil
		None nonlocal not null number object of operator or out override package params pass pointer private protected pub public
		raise range readonly record ref require rescue return sealed select self Self set short signed sizeof static str string String struct
		super switch synchronized template then this throw throws trait transient true True try tuple type typedef typeof undefined union
		unless unsafe unset unsigned until use using val var virtual void volatile when where while with yield Object
		RUN FROM run file source stage`) {
		set[word] = true
	}
	return set
}()

type conditionWindows struct {
	once    sync.Once
	windows [][][]prefilter.Gram
}

// conditionWindows are the windows of what a file must contain for the metavariable-regex conditions of the formula to hold: of each
// clause, those of each literal. A metavariable that a text in quotes may bind says nothing, since such a text may be put together
// or escaped.
func (f *Formula) conditionWindows() [][][]prefilter.Gram {
	f.conditions.once.Do(func() {
		for _, c := range f.Conditions {
			if c.Kind == RegexCondition && !c.Folded && !f.quotes(c.Metavariable) {
				f.conditions.windows = append(f.conditions.windows, c.Regex.literalWindows()...)
			}
		}
	})
	return f.conditions.windows
}

// literalWindows are those of the literals that the expression needs: of each clause, those of each literal.
func (e *Expression) literalWindows() [][][]prefilter.Gram {
	e.windowsOnce.Do(func() {
		compiled, err := e.Compiled()
		if err != nil {
			return
		}
		for _, clause := range compiled.Literals() {
			var any [][]prefilter.Gram
			for _, literal := range clause.Any {
				any = append(any, prefilter.GramsOf(literal.Text))
			}
			e.windows = append(e.windows, any)
		}
	})
	return e.windows
}

// quotes reports whether a pattern of the formula has the metavariable within quotes, or may have.
func (f *Formula) quotes(metavariable string) bool {
	if f.Op == PatternOp {
		text := f.Pattern.Text
		return strings.Contains(text, metavariable) && strings.ContainsAny(text, "\"'`") && within(text, metavariable)
	}
	return f.Op == RegexOp || slices.ContainsFunc(f.Formulas, func(part *Formula) bool { return part.quotes(metavariable) })
}

// within reports whether a text in quotes holds a word, or whether that can't be told.
func within(pattern, word string) bool {
	for i := 0; i < len(pattern); i++ {
		if c := pattern[i]; c == '"' || c == '\'' || c == '`' {
			end := closing(pattern[i:])
			if end < 0 || strings.Contains(pattern[i:i+end], word) {
				return true
			}
			i += end - 1
		}
	}
	return false
}
