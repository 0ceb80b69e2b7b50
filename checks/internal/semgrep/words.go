package semgrep

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/prefilter"
	"github.com/assay-app/assay/checks/internal/regex"
)

// What a text must contain for a pattern to be in it is told from the pattern as it is written, not as it is parsed: of all
// patterns, only those whose words are all in some file are ever parsed.

// shortestWord is the length from which on a word tells something.
const shortestWord = 2

type patternWords struct {
	once    sync.Once
	windows []prefilter.Gram // of the words that code must contain to match the pattern
	quoted  []choice         // the texts that it must contain, as they are written or put together
	marked  []markedWord     // the names behind an @
}

// markedWord is a word that must stand behind an @, unless it is imported under another name.
type markedWord struct {
	gram    prefilter.Gram
	renamed string
}

// choice is strings of which one is enough.
type choice []Piece

// Piece is what tells of a string that it is in a text: its windows, and its words when they are whole.
type Piece struct {
	Windows, Words []prefilter.Gram
	words          []string // those of Words
	parts          []string // what is written, in lower case; parts of a full name may be apart
	quoted         bool     // as the content of a text it stands in quotes
}

// read tells the words of the pattern. Keywords are none: languages spell alike things differently, and a pattern for one may
// match another (a function matches a lambda).
func (p *Pattern) read() *patternWords {
	p.words.once.Do(func() {
		if len(p.Languages) == 1 && p.Languages[0] == Generic {
			return
		}
		plain := !slices.ContainsFunc(p.Languages, func(l ast.Language) bool { return !plainLanguages[l] })
		words, texts, parts := wordsOf(p.Text)
		for _, word := range words {
			if !keywords[word] && (plain || !commands[word]) {
				p.words.windows = append(p.words.windows, prefilter.WordGram(word))
			}
		}
		if !plain {
			return
		}
		if strings.HasPrefix(p.Text, "@") { // a decorator, an annotation
			p.words.windows = append(p.words.windows, prefilter.GramsOf("@")...)
			for _, word := range behindMark(p.Text, p.Languages) {
				p.words.marked = append(p.words.marked, markedWord{prefilter.MarkedGram(word), prefilter.Lower(word) + " as "})
			}
		}
		if strings.Contains(p.Text, "`") && !slices.Contains(p.Languages, "go") {
			p.words.windows = append(p.words.windows, prefilter.GramsOf("`")...)
		}
		for _, text := range texts {
			if strings.Contains(text, "$") && slices.Contains(p.Languages, "kotlin") {
				continue // a variable
			}
			p.words.quoted = append(p.words.quoted, contentOf(text)...)
		}
		for _, text := range parts {
			p.words.quoted = append(p.words.quoted, choice{pieceOf(text, false)})
		}
	})
	return &p.words
}

// behindMark gives the last word of the name of a decorator that begins a pattern: the others may be in an import.
func behindMark(pattern string, languages []ast.Language) []string {
	if slices.Contains(languages, "csharp") || slices.Contains(languages, "kotlin") { // which use it for other things
		return nil
	}
	name := pattern[1:]
	end := 0
	for end < len(name) && (inWord[name[end]] || name[end] == '.' || name[end] == '$') {
		end++
	}
	name = name[:end]
	words, _, _ := wordsOf(name[strings.LastIndexByte(name, '.')+1:])
	return slices.DeleteFunc(words, func(word string) bool { return keywords[word] })
}

// contentOf gives the choices that a text of a pattern leaves to texts of the code.
func contentOf(text string) []choice {
	end := strings.LastIndexByte(text, '/')
	if !strings.HasPrefix(text, "=~/") || end < len("=~/") {
		return []choice{{pieceOf(text, true)}}
	}
	needs, err := regex.Require(text[len("=~/"):end], regex.Options{CaseInsensitive: strings.Contains(text[end:], "i")})
	if err != nil {
		return nil
	}
	return choices(&needs)
}

// pieceOf is what tells of a text that it is there; parts of a full name may be apart. An exact one is all of a text.
func pieceOf(text string, exact bool) Piece {
	parts := []string{text}
	if strings.Trim(text, fewMarks) != "" {
		parts = strings.Split(text, ".")
	}
	piece := Piece{Windows: prefilter.GramsOf(parts...)}
	for _, part := range parts {
		if len(part) > 2 || exact { // the windows tell shorter ones
			piece.parts = append(piece.parts, prefilter.Lower(part))
		}
	}
	if exact {
		piece.quoted = text != "" && len(text) <= shortMarks && strings.Trim(text, fewMarks) == "" && (len(text) == 1 || !strings.ContainsAny(text, "\"'`"))
		words, _, _ := wordsOf(strings.Map(plain, text))
		for _, word := range words {
			piece.Words, piece.words = append(piece.Words, prefilter.WordGram(word)), append(piece.words, word)
		}
	}
	return piece
}

// Texts of so many such marks at most are asked for with the quotes round them: by themselves they are everywhere.
const (
	shortMarks = 3
	fewMarks   = "\"'`<>&;/,."
)

// plain leaves letters, digits and underscores, and divides the words of a text at everything else.
func plain(r rune) rune {
	if r < utf8.RuneSelf && inWord[r] {
		return r
	}
	return ' '
}

// choices are the literals that an expression needs.
func choices(needs *regex.Requirement) []choice {
	var out []choice
	if len(needs.Whole) > 0 {
		var any choice
		for _, literal := range needs.Whole {
			any = append(any, pieceOf(literal.Text, !literal.Fold))
		}
		return []choice{any}
	}
	for _, clause := range needs.Clauses {
		var any choice
		for _, literal := range clause.Any {
			// A full name may be written as an import and a name.
			any = append(any, pieceOf(literal.Text, false))
		}
		out = append(out, any)
	}
	return out
}

// plainLanguages are those in which a text of a pattern matches nothing but texts with that content, and a name that is no
// keyword nothing but that name.
var plainLanguages = map[ast.Language]bool{"python": true, "javascript": true, "typescript": true, "go": true, "java": true, "csharp": true, "kotlin": true}

// wordsOf reads the words of a pattern, those of its texts that stand on their own, such as arguments and keys, and those that others
// are added to. Of a pattern whose quotes do not pair up on a line, nothing is known.
func wordsOf(pattern string) (words, texts, parts []string) {
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
				return nil, nil, nil
			}
			if text := pattern[i+1 : i+end-1]; standsAlone(pattern, i, i+end) {
				texts = append(texts, text)
			} else if isAdded(pattern, i, i+end) {
				parts = append(parts, text)
			}
			i += end
		case c == '(':
			length, name := typed(pattern[i:])
			words = addWord(words, name)
			i += max(length, 1)
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
			if !spread {
				words = addWord(words, word)
			}
		default:
			i++
		}
		lineStart = false
	}
	return words, texts, parts
}

func addWord(words []string, word string) []string {
	if len(word) < shortestWord || slices.Contains(words, word) {
		return words
	}
	return append(words, word)
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
	if content == "" || content == "..." || pattern[from] == '`' || !strings.HasPrefix(content, "=~/") && (strings.Contains(content, "\\") || mayBind(content)) {
		return false
	}
	before, after := strings.TrimSpace(pattern[:from]), strings.TrimSpace(pattern[to:])
	return (before == "" || strings.IndexByte("([{,:=;", before[len(before)-1]) >= 0) && (after == "" || strings.IndexByte(")]},:;.", after[0]) >= 0 || isStatement(pattern[to:]))
}

// isAdded reports whether a text in quotes is added to what is no text: code may write it together with more.
func isAdded(pattern string, from, to int) bool {
	content := pattern[from+1 : to-1]
	if content == "" || content == "..." || pattern[from] == '`' || strings.HasPrefix(content, "=~/") || strings.ContainsAny(content, "\\$") {
		return false
	}
	before, after := strings.TrimSpace(pattern[:from]), strings.TrimSpace(pattern[to:])
	return strings.HasPrefix(after, "+ $") && (before == "" || strings.HasSuffix(before, "return") || strings.IndexByte("(,=", before[len(before)-1]) >= 0)
}

// mayBind reports whether a text in quotes has a metavariable in it, unlike "$where".
func mayBind(content string) bool {
	for {
		_, after, found := strings.Cut(content, "$")
		if !found {
			return false
		}
		if after == "" || after[0] < 'a' || 'z' < after[0] {
			return true
		}
		content = after
	}
}

// isStatement reports whether a line ends where a text in quotes did, and none that goes on with it begins.
func isStatement(after string) bool {
	line, next, more := strings.Cut(after, "\n")
	next = strings.TrimSpace(next)
	return strings.TrimSpace(line) == "" && more && next != "" && (startsWord[next[0]] || next[0] == '$')
}

// typed is the length of a metavariable with its type, `($X: T)` or `(T $X)`, that begins here, or 0; and the last part of the type's
// name, which the code must contain to tell that something has the type, save for types that literals have.
func typed(text string) (length int, name string) {
	end := strings.IndexByte(text, ')')
	if end < 0 || strings.IndexByte(text[1:end], '(') >= 0 {
		return 0, ""
	}
	inside := strings.TrimSpace(text[1:end])
	at := strings.IndexByte(inside, '$')
	if at < 0 || strings.IndexByte(inside[at+1:], '$') >= 0 {
		return 0, ""
	}
	behind := at + 1
	for behind < len(inside) && inWord[inside[behind]] {
		behind++
	}
	rest, before := strings.TrimSpace(inside[behind:]), inside[:at]
	if strings.ContainsAny(before, "\"'`=") || strings.Contains(before, ",") && !strings.Contains(before, "<") {
		return 0, "" // arguments
	}
	switch {
	case at == 0 && strings.HasPrefix(rest, ":"):
		return end + 1, lastName(rest[1:])
	case at > 0 && rest == "" && (inside[at-1] == ' ' || inside[at-1] == '\t'):
		return end + 1, lastName(before)
	}
	return 0, ""
}

// lastName is the last part of a plain name of a type.
func lastName(written string) string {
	name := strings.TrimLeft(strings.TrimSpace(written), "*&")
	name = name[strings.LastIndexByte(name, '.')+1:]
	for i := range len(name) {
		if !inWord[name[i]] {
			return ""
		}
	}
	if literalTypes[name] {
		return ""
	}
	return name
}

// literalTypes are the types that literals have and operations give, whose names need not be written.
var literalTypes = map[string]bool{
	"String": true, "Integer": true, "Long": true, "Double": true, "Float": true, "Boolean": true, "Character": true, "Byte": true, "Short": true,
	"Number": true, "Object": true, "string": true, "number": true, "boolean": true, "bool": true, "str": true, "int": true, "float": true,
	"float64": true, "rune": true, "byte": true, "bytes": true, "char": true, "double": true, "long": true, "list": true, "dict": true,
	"set": true, "tuple": true, "RegExp": true, "Array": true, "any": true, "error": true,
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
		abstract and any args array as assert async await bool boolean break byte case catch chan char class const constructor continue
		debugger declare def default defer del delete do double dynamic elif else elseif elsif ensure enum except export extends
		extern false False finally float fn for foreach from func function global go if implements import in
		instanceof int interface internal is kwargs lambda let long mut namespace native new nil
		None nonlocal not null number object of or out override package params pass pointer private protected pub public
		raise range readonly require rescue return self Self short signed sizeof static str string String struct
		super switch synchronized template this throw throws trait transient true True try tuple type typedef typeof undefined union
		unless unsafe unsigned use using val var virtual void volatile when where while with yield Object
		`) {
		set[word] = true
	}
	return set
}()

// commands are keywords where whole lines are commands, and names like any other elsewhere.
var commands = func() map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(`
		RUN FROM run file source stage exec goto end then until loop select record module base set list map dict match mod ref sealed
		fallthrough final inline include operator unset echo`) {
		set[word] = true
	}
	return set
}()

type conditionChoices struct {
	once          sync.Once
	written, told []choice // told: by texts, as they are written or put together
}

// read tells what a file must contain for the metavariable-regex conditions of the formula to hold. What a metavariable within quotes
// binds may be put together.
func (f *Formula) readConditions() *conditionChoices {
	f.conditions.once.Do(func() {
		for _, c := range f.Conditions {
			if c.Kind != RegexCondition {
				continue
			}
			into := &f.conditions.written
			if c.Folded || f.quotes(c.Metavariable) {
				into = &f.conditions.told
			}
			*into = append(*into, c.Regex.choices()...)
		}
	})
	return &f.conditions
}

func (e *Expression) choices() []choice {
	e.choicesOnce.Do(func() {
		if needs, err := regex.Require(e.Text, e.options); err == nil {
			e.needed = choices(&needs)
		}
	})
	return e.needed
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
