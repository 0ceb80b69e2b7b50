// Package regex matches the regular expressions of rules: the Perl-compatible ones that Semgrep's rules are written in,
// with look-around, back-references, atomic groups and possessive quantifiers, which Go's own package lacks.
//
// What a search costs is counted in steps, never in time, so that the same rule finds the same things on every machine.
// A pattern without look-around and the like that proves costly is handed to Go's linear-time engine instead.
//
// A pattern and its text are read as UTF-8. A byte of the text that is not part of any is one character of its own,
// equal to U+FFFD. Classes such as \w know ASCII only, as PCRE's do unless told otherwise, and a letter of ASCII differs
// in case from its ASCII counterpart only.
package regex

import (
	"errors"
	"fmt"
	"regexp"
	"sync"
)

// Bounds on a pattern and on a search.
const (
	MaxPattern   = 1 << 16 // bytes of a pattern
	MaxText      = 1 << 26 // bytes of a text
	DefaultSteps = 1 << 24 // of a search without a budget of its own; a step is about 5 ns

	maxDepth      = 200     // groups inside groups
	maxGroups     = 999     // that capture
	maxRepeat     = 65535   // of a counted repetition, as in PCRE
	maxProgram    = 1 << 15 // instructions
	maxLookbehind = 255     // characters that a look-behind of varying length spans
	maxStack      = 1 << 21 // places to return to, of 16 bytes each
	maxMemoBits   = 1 << 26 // failed (instruction, position) pairs remembered
	maxMatches    = 1 << 20 // of one search
)

// ErrBudget says that a search was given up: it ran out of steps, or of places to return to.
var ErrBudget = errors.New("the regular expression needs more steps than it is allowed")

// Options say how a pattern is read when it does not say so itself with (?i) and the like.
type Options struct {
	CaseInsensitive bool // (?i)
	MultiLine       bool // (?m): ^ and $ match at every line; Semgrep's pattern-regex
	DotAll          bool // (?s): . matches a line feed too

	// Anchored matches at the start of the text only; Semgrep's metavariable-regex.
	Anchored bool
}

// Budget is the number of steps that searches may still take. Several searches can share one; it is not safe for
// concurrent use.
type Budget struct{ Steps int }

// Match is one match: the byte offsets of the whole and then of each group, [start, end) in pairs, -1 for a group that
// took no part.
type Match struct{ Groups []int }

// Start is the byte offset of the match's first byte.
func (m Match) Start() int { return m.Groups[0] }

// End is the byte offset after the match.
func (m Match) End() int { return m.Groups[1] }

// Group gives the byte range of group n, counted from 1; 0 is the whole match. It reports whether the group took part.
func (m Match) Group(n int) (start, end int, ok bool) {
	if n < 0 || 2*n+1 >= len(m.Groups) || m.Groups[2*n] < 0 {
		return 0, 0, false
	}
	return m.Groups[2*n], m.Groups[2*n+1], true
}

// Regex is a compiled pattern. It is safe for concurrent use.
type Regex struct {
	source   string
	anchored bool
	names    []string // by group; names[0] is ""
	prog     *program
	start    startInfo
	linear   func() *regexp.Regexp // the same matches in linear time; nil, or gives nil, when Go's engine can't
	machines sync.Pool             // of *machine
}

// Compile reads a pattern. Its errors say what is wrong and at which byte: a mistake, a bound exceeded, or something of
// PCRE that is not supported (recursion, control verbs, callouts, a look-behind without a longest length).
func Compile(pattern string, opts Options) (*Regex, error) {
	root, names, err := parse(pattern, opts)
	if err != nil {
		return nil, fmt.Errorf("regular expression %.80q: %w", pattern, err)
	}
	prog, err := assemble(root, len(names))
	if err != nil {
		return nil, fmt.Errorf("regular expression %.80q: %w", pattern, err)
	}
	re := &Regex{
		source: pattern, anchored: opts.Anchored, names: names,
		prog: prog, start: startOf(root, prog),
		linear: linearEngine(root, len(names)-1),
	}
	re.machines.New = func() any { return new(machine) }
	return re, nil
}

// String is the pattern as it was written.
func (re *Regex) String() string { return re.source }

// NumGroups is the number of capturing groups.
func (re *Regex) NumGroups() int { return len(re.names) - 1 }

// GroupNames are the names of the groups by number; that of the whole match and of nameless groups is empty.
func (re *Regex) GroupNames() []string { return re.names }

// FindAll gives the matches in text from left to right, none overlapping another. It takes its steps from budget, or
// [DefaultSteps] if that is nil. With [ErrBudget] come the matches found until then.
func (re *Regex) FindAll(text string, budget *Budget) ([]Match, error) {
	return re.find(text, budget, maxMatches)
}

// Find gives the first match, if there is one.
func (re *Regex) Find(text string, budget *Budget) (Match, bool, error) {
	matches, err := re.find(text, budget, 1)
	if len(matches) == 0 {
		return Match{}, false, err
	}
	return matches[0], true, nil
}

// Match reports whether the pattern matches anywhere in text (at its start, if anchored).
func (re *Regex) Match(text string, budget *Budget) (bool, error) {
	_, ok, err := re.Find(text, budget)
	return ok, err
}

func (re *Regex) find(text string, budget *Budget, limit int) ([]Match, error) {
	if len(text) > MaxText {
		return nil, fmt.Errorf("a text of %d bytes is too long for a regular expression", len(text))
	}
	if budget == nil {
		budget = &Budget{Steps: DefaultSteps}
	}
	if !re.start.possible(text, budget) {
		return nil, spent(budget)
	}
	m := re.machines.Get().(*machine)
	defer re.machines.Put(m)
	m.reset(re.prog, text, budget)
	if re.linear != nil {
		m.patience = linearAfter * (len(text) + 64)
	}
	var found []Match
	for at := 0; len(found) < limit; {
		groups, outcome := re.next(m, at)
		switch outcome {
		case outOfPatience:
			if linear := re.linear(); linear != nil {
				return findLinear(linear, re.anchored, text, budget, limit)
			}
			m.patience = 0
			continue
		case outOfSteps:
			return found, ErrBudget
		case noMatch:
			return found, nil
		}
		found = append(found, Match{groups})
		if at = groups[1]; groups[0] >= groups[1] {
			if at >= len(text) {
				break
			}
			at += width(text, at)
		}
		if re.anchored {
			break
		}
	}
	return found, nil
}

// next looks for the first match that starts at or after a position.
func (re *Regex) next(m *machine, at int) ([]int, outcome) {
	m.origin = at
	for {
		if !re.anchored {
			if at = re.start.next(m.text, at); at < 0 {
				return nil, noMatch
			}
		} else if at > 0 {
			return nil, noMatch
		}
		if result := m.run(at); result != noMatch {
			if result != matched {
				return nil, result
			}
			return append([]int(nil), m.regs[:2*len(re.names)]...), matched
		}
		if at >= len(m.text) || re.start.textStart || re.anchored {
			return nil, noMatch
		}
		at += width(m.text, at)
	}
}

func spent(budget *Budget) error {
	if budget.Steps < 0 {
		return ErrBudget
	}
	return nil
}
