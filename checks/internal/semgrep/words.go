package semgrep

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/prefilter"
)

// What a text must contain for a pattern to be in it is told from the pattern as it is written, not as it is parsed: of all
// patterns, only those whose words are all in some file are ever parsed.

// Words of a pattern, the texts in quotes to be left out, and what stands in the way of telling words: metavariables with the types that
// they are given.
var (
	commentLine  = regexp.MustCompile(`(?m)^\s*(?://|#\s).*$`)
	wordPattern  = regexp.MustCompile(`\$?(?:\.\.\.)?[A-Za-z_][A-Za-z0-9_]*`)
	quotedText   = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\n]|\\\\.)*'|`[^`]*`")
	typedPattern = regexp.MustCompile(`\(\s*\$[A-Z_0-9]+\s*:[^()]*\)|\([^()$]*\s\$[A-Z_0-9]+\s*\)`)
)

// shortestWord is the length from which on a word tells something.
const shortestWord = 3

type patternWords struct {
	once            sync.Once
	list            []string
	windows, quoted []prefilter.Gram
}

// Words gives the words that code must contain to match the pattern. Keywords are none: languages spell alike things
// differently, and a pattern for one may match another (a function matches a lambda).
func (p *Pattern) Words() []string {
	p.readWords()
	return p.words.list
}

// Windows are those of the words of the pattern. Quoted are those of its texts: they must be in the texts of the code, in those
// that are written or in those that it puts together.
func (p *Pattern) Windows() (words, quoted []prefilter.Gram) {
	p.readWords()
	return p.words.windows, p.words.quoted
}

func (p *Pattern) readWords() {
	p.words.once.Do(func() {
		p.words.list = wordsOf(p)
		p.words.windows = prefilter.GramsOf(p.words.list...)
		if !slices.ContainsFunc(p.Languages, func(l ast.Language) bool { return !plainTexts[l] }) {
			p.words.quoted = prefilter.GramsOf(quotedTexts(p.Text)...)
		}
	})
}

// plainTexts are the languages in which a text of a pattern matches nothing but texts with that content.
var plainTexts = map[ast.Language]bool{"python": true, "javascript": true, "typescript": true, "go": true, "java": true, "csharp": true, "kotlin": true}

// quotedTexts gives the texts in a pattern that stand on their own, such as arguments and keys.
func quotedTexts(pattern string) []string {
	pattern = commentLine.ReplaceAllString(pattern, "")
	if strings.ContainsAny(quotedText.ReplaceAllString(pattern, ""), "\"'`") {
		return nil
	}
	var texts []string
	for _, at := range quotedText.FindAllStringIndex(pattern, -1) {
		before, content, after := strings.TrimRight(pattern[:at[0]], " \t"), pattern[at[0]+1:at[1]-1], strings.TrimLeft(pattern[at[1]:], " \t")
		if before == "" || after == "" || !strings.ContainsRune("([{,:=", rune(before[len(before)-1])) || !strings.ContainsRune(")]},:\n", rune(after[0])) ||
			strings.HasSuffix(before, "==") || content == "" || strings.ContainsAny(content, "\\$") || strings.HasPrefix(content, "=~/") || pattern[at[0]] == '`' {
			continue
		}
		if content != "..." {
			texts = append(texts, content)
		}
	}
	return texts
}

func wordsOf(p *Pattern) []string {
	text := p.Text
	if len(p.Languages) == 1 && p.Languages[0] == Generic {
		return nil
	}
	text = quotedText.ReplaceAllString(commentLine.ReplaceAllString(text, ""), " ")
	if strings.ContainsAny(text, "\"'`") { // quotes that do not pair up on a line: what is in them is unknown
		return nil
	}
	text = typedPattern.ReplaceAllString(text, " ")
	var words []string
	for _, word := range wordPattern.FindAllString(text, -1) {
		if word[0] == '$' || word[0] == '.' || len(word) < shortestWord || keywords[word] || slices.Contains(words, word) {
			continue
		}
		words = append(words, word)
	}
	return words
}

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

type conditionLiterals struct {
	once    sync.Once
	list    []prefilter.Clause
	windows [][][]prefilter.Gram
}

// ConditionLiterals are what a file must contain for the metavariable-regex conditions of the formula to hold: of each clause, one
// literal. A metavariable that a text in quotes may bind says nothing, since such a text may be put together or escaped.
func (f *Formula) ConditionLiterals() []prefilter.Clause {
	f.readLiterals()
	return f.literals.list
}

// ConditionWindows are the windows of the same: of each clause, those of each literal.
func (f *Formula) ConditionWindows() [][][]prefilter.Gram {
	f.readLiterals()
	return f.literals.windows
}

func (f *Formula) readLiterals() {
	f.literals.once.Do(func() {
		for _, c := range f.Conditions {
			if c.Kind != RegexCondition || c.Folded || f.quotes(c.Metavariable) {
				continue
			}
			if compiled, err := c.Regex.Compiled(); err == nil {
				f.literals.list = append(f.literals.list, compiled.Literals()...)
			}
		}
		f.literals.windows = windowsOf(f.literals.list)
	})
}

// Windows are those of the literals that the expression needs: of each clause, those of each literal.
func (e *Expression) Windows() [][][]prefilter.Gram {
	e.windowsOnce.Do(func() {
		if compiled, err := e.Compiled(); err == nil {
			e.windows = windowsOf(compiled.Literals())
		}
	})
	return e.windows
}

func windowsOf(clauses []prefilter.Clause) [][][]prefilter.Gram {
	var out [][][]prefilter.Gram
	for _, clause := range clauses {
		var any [][]prefilter.Gram
		for _, literal := range clause.Any {
			any = append(any, prefilter.GramsOf(literal.Text))
		}
		out = append(out, any)
	}
	return out
}

// quotes reports whether a pattern of the formula has the metavariable within quotes, or may have.
func (f *Formula) quotes(metavariable string) bool {
	if f.Op == PatternOp {
		text := f.Pattern.Text
		outside := quotedText.ReplaceAllString(text, "")
		return strings.Contains(text, metavariable) && (strings.Count(outside, metavariable) != strings.Count(text, metavariable) || strings.ContainsAny(outside, "\"'`"))
	}
	return f.Op == RegexOp || slices.ContainsFunc(f.Formulas, func(part *Formula) bool { return part.quotes(metavariable) })
}
