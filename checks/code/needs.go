package code

import (
	"regexp"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/prefilter"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// What a text must contain for a rule to find something in it is told from the rule's patterns as they are written,
// not as they are parsed: of all rules, only those that are alive in some file are ever parsed.

// needs gives the clauses that a text must meet. Where a flow may begin or end in another file, one of its ends is enough.
func needs(r *semgrep.Rule, crossing bool) []prefilter.Clause {
	if r.Taint == nil {
		return clausesOf(r.Formula)
	}
	var sources, sinks [][]prefilter.Clause
	for _, s := range r.Taint.Sources {
		sources = append(sources, clausesOf(s.Formula))
	}
	for _, s := range r.Taint.Sinks {
		sinks = append(sinks, clausesOf(s.Formula))
	}
	if crossing {
		return oneOf([][]prefilter.Clause{oneOf(sources), oneOf(sinks)})
	}
	return append(oneOf(sources), oneOf(sinks)...)
}

func clausesOf(f *semgrep.Formula) []prefilter.Clause {
	var out []prefilter.Clause
	switch f.Op {
	case semgrep.PatternOp:
		for _, word := range wordsOf(f.Pattern) {
			out = append(out, prefilter.Clause{Any: []prefilter.Literal{{Text: word}}})
		}
	case semgrep.RegexOp:
		if compiled, err := f.Regex.Compiled(); err == nil {
			out = compiled.Literals()
		}
	case semgrep.All:
		for _, part := range f.Formulas {
			out = append(out, clausesOf(part)...)
		}
	case semgrep.Any:
		var alternatives [][]prefilter.Clause
		for _, part := range f.Formulas {
			alternatives = append(alternatives, clausesOf(part))
		}
		return oneOf(alternatives)
	case semgrep.Inside, semgrep.Anywhere:
		return clausesOf(f.Formulas[0])
	}
	return out
}

// oneOf gives clauses that hold wherever one of the alternatives does: for each of them its most telling clause.
func oneOf(alternatives [][]prefilter.Clause) []prefilter.Clause {
	var union prefilter.Clause
	for _, clauses := range alternatives {
		if len(clauses) == 0 {
			return nil
		}
		best := slices.MaxFunc(clauses, func(a, b prefilter.Clause) int { return telling(a) - telling(b) })
		for _, literal := range best.Any {
			if !slices.Contains(union.Any, literal) {
				union.Any = append(union.Any, literal)
			}
		}
	}
	if len(union.Any) == 0 {
		return nil
	}
	return []prefilter.Clause{union}
}

// telling ranks a clause: long literals are rarer than short ones, and few are rarer than many.
func telling(c prefilter.Clause) int {
	shortest := 1 << 10
	for _, literal := range c.Any {
		shortest = min(shortest, len(literal.Text))
	}
	return 64*min(shortest, 16) - len(c.Any)
}

// Words of a pattern, the texts in quotes to be left out, and what stands in the way of telling words: metavariables with the types that
// they are given.
var (
	commentLine  = regexp.MustCompile(`(?m)^\s*(?://|#\s).*$`)
	wordPattern  = regexp.MustCompile(`\$?(?:\.\.\.)?[A-Za-z_][A-Za-z0-9_]*`)
	quotedText   = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\n]|\\\\.)*'|`[^`]*`")
	typedPattern = regexp.MustCompile(`\(\s*\$[A-Z_0-9]+\s*:[^()]*\)|\([^()$]*\s\$[A-Z_0-9]+\s*\)`)
)

// wordsOf gives the words that code must contain to match a pattern. Keywords are none: languages spell alike things
// differently, and a pattern for one may match another (a function matches a lambda).
func wordsOf(p *semgrep.Pattern) []string {
	text := p.Text
	if len(p.Languages) == 1 && p.Languages[0] == semgrep.Generic {
		return nil
	}
	text = quotedText.ReplaceAllString(commentLine.ReplaceAllString(text, ""), " ")
	if strings.ContainsAny(text, "\"'`") { // quotes that do not pair up on a line: what is in them is unknown
		return nil
	}
	text = typedPattern.ReplaceAllString(text, " ")
	var words []string
	for _, word := range wordPattern.FindAllString(text, -1) {
		if word[0] == '$' || len(word) < 3 || keywords[word] || slices.Contains(words, word) {
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
