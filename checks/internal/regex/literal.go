package regex

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/assay-app/assay/checks/internal/prefilter"
)

// Bounds on what is remembered of a pattern's literals; beyond them, less is known of what a match must contain.
const (
	maxVariants = 128 // strings that a part can be
	maxVariant  = 64  // bytes of one
	fewMembers  = 4   // members of a set that are told apart
	wordMembers = 64  // of a set behind a mark: letters, digits and an underscore
	maxBranches = 512 // literals of a clause
)

// Requirement is what a text must contain for a pattern to match in it.
type Requirement struct {
	Whole   []prefilter.Literal // the only texts that it matches, or nil when those are too many to be listed
	Clauses []prefilter.Clause  // of every one, one literal must occur
}

// Require tells what a pattern needs. It takes a fraction of what it takes to compile the pattern, which most never need.
func Require(pattern string, opts Options) (Requirement, error) {
	root, _, err := parse(pattern, opts)
	if err != nil {
		return Requirement{}, fmt.Errorf("regular expression %.80q: %w", pattern, err)
	}
	return Requirement{Whole: wholeTexts(root), Clauses: requiredLiterals(root)}, nil
}

// requirement is what is known of the texts that a part matches.
type requirement struct {
	exact   []prefilter.Literal // all of the strings that it can be; nil when those are too many
	clauses []prefilter.Clause  // what a text that contains it must contain
}

// requiredLiterals are conditions on every text in which the pattern matches.
func requiredLiterals(root *node) []prefilter.Clause {
	r := requirementOf(root)
	return compact(append(r.clauses, clauseOf(r.exact)...))
}

func requirementOf(n *node) requirement {
	switch n.op {
	case opSet:
		return requirement{exact: variants(n.set, fewMembers)}
	case opConcat:
		return inSequence(n.subs)
	case opAlternate:
		return inAlternation(n.subs)
	case opCond:
		return inAlternation(n.subs[1:])
	case opRepeat:
		return ofRepetition(n)
	case opGroup, opAtomic:
		return requirementOf(n.subs[0])
	case opLook:
		if n.negative {
			return nothing()
		}
		inside := requirementOf(n.subs[0])
		return requirement{exact: nothing().exact, clauses: append(inside.clauses, clauseOf(inside.exact)...)}
	case opBackref:
		return requirement{}
	}
	return nothing()
}

// wholeTexts are the only texts that the pattern matches, when it is anchored at both ends and they are few.
func wholeTexts(root *node) []prefilter.Literal {
	if !beginsAt(root, textStart) || !endsAt(root) {
		return nil
	}
	return requirementOf(root).exact
}

// endsAt reports whether every match ends where the text does, or before its last line feed.
func endsAt(n *node) bool {
	switch n.op {
	case opAssert:
		return n.assert == textEnd || n.assert == textEndLF
	case opConcat, opGroup, opAtomic:
		return len(n.subs) > 0 && endsAt(n.subs[len(n.subs)-1])
	}
	return false
}

// nothing is the requirement of a part that takes no characters.
func nothing() requirement { return requirement{exact: []prefilter.Literal{{}}} }

// variants gives the members of a small set; a letter in both cases is one variant.
func variants(s *set, most int) []prefilter.Literal {
	members, ok := s.few(most)
	if !ok {
		return nil
	}
	var out []prefilter.Literal
	for _, r := range members {
		switch lower := r | 0x20; {
		case r == utf8.RuneError:
			return nil // stands for other bytes too
		case r < utf8.RuneSelf && 'a' <= lower && lower <= 'z' && s.has(lower) && s.has(lower-0x20):
			if r == lower {
				out = append(out, prefilter.Literal{Text: string(r), Fold: true})
			}
		default:
			out = append(out, prefilter.Literal{Text: string(r)})
		}
	}
	return out
}

func inSequence(subs []*node) requirement {
	r := nothing()
	whole := true
	for _, sub := range subs {
		next := requirementOf(sub)
		if next.exact == nil && sub.op == opSet && isMark(r.exact) {
			next.exact = variants(sub.set, wordMembers)
		}
		r.clauses = append(r.clauses, next.clauses...)
		if next.exact != nil {
			if joined := product(r.exact, next.exact); joined != nil {
				r.exact = joined
				continue
			}
		}
		whole = false
		r.clauses = append(r.clauses, clauseOf(r.exact)...)
		if r.exact = next.exact; r.exact == nil {
			r.exact = nothing().exact
		}
	}
	if !whole {
		r.clauses = append(r.clauses, clauseOf(r.exact)...)
		r.exact = nil
	}
	r.clauses = compact(r.clauses)
	return r
}

// isMark reports whether strings are one byte that is no letter, which says little without what follows it.
func isMark(exact []prefilter.Literal) bool {
	return len(exact) == 1 && len(exact[0].Text) == 1 && !exact[0].Fold && strings.Trim(exact[0].Text, "<>@$%&:") == ""
}

// product gives every string of a followed by every one of b, nil when those are too many or too long.
func product(a, b []prefilter.Literal) []prefilter.Literal {
	if len(a)*len(b) > maxVariants {
		return nil
	}
	out := make([]prefilter.Literal, 0, len(a)*len(b))
	for _, first := range a {
		for _, second := range b {
			if len(first.Text)+len(second.Text) > maxVariant {
				return nil
			}
			joined := prefilter.Literal{Text: first.Text + second.Text, Fold: first.Fold || second.Fold}
			if joined.Fold {
				joined.Text = lowerASCII(joined.Text)
			}
			out = append(out, joined)
		}
	}
	return out
}

func lowerASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

func inAlternation(subs []*node) requirement {
	var all requirement
	var either prefilter.Clause
	exact, required := true, true
	for _, sub := range subs {
		r := requirementOf(sub)
		if exact = exact && r.exact != nil && len(all.exact)+len(r.exact) <= maxVariants; exact {
			all.exact = append(all.exact, r.exact...)
		}
		best, ok := strongest(append(r.clauses, clauseOf(r.exact)...))
		if required = required && ok && len(either.Any)+len(best.Any) <= maxBranches; required {
			either.Any = append(either.Any, best.Any...)
		}
	}
	if !exact {
		all.exact = nil
	}
	if required && !exact {
		all.clauses = []prefilter.Clause{either}
	}
	return all
}

func ofRepetition(n *node) requirement {
	if n.max == 0 {
		return nothing()
	}
	inside := requirementOf(n.subs[0])
	switch {
	case n.min == 0 && n.max == 1 && inside.exact != nil && len(inside.exact) < maxVariants:
		return requirement{exact: append(nothing().exact, inside.exact...)}
	case n.min == 0:
		return requirement{}
	case n.min == n.max && n.max <= maxVariant && inside.exact != nil:
		all := inside.exact
		for range n.min - 1 {
			if all = product(all, inside.exact); all == nil {
				break
			}
		}
		if all != nil {
			return requirement{exact: all, clauses: inside.clauses}
		}
	}
	return requirement{clauses: append(inside.clauses, clauseOf(inside.exact)...)}
}

// clauseOf turns the strings that a part can be into a condition, unless one of them is empty.
func clauseOf(exact []prefilter.Literal) []prefilter.Clause {
	for _, literal := range exact {
		if literal.Text == "" {
			return nil
		}
	}
	if len(exact) == 0 || len(exact) > maxBranches {
		return nil
	}
	return []prefilter.Clause{{Any: exact}}
}

// strongest chooses the clause that the fewest texts meet, judged by its shortest literal.
func strongest(clauses []prefilter.Clause) (best prefilter.Clause, ok bool) {
	for _, clause := range clauses {
		if !ok || strength(clause) > strength(best) {
			best, ok = clause, true
		}
	}
	return best, ok
}

func strength(clause prefilter.Clause) int {
	shortest := maxVariant
	for _, literal := range clause.Any {
		shortest = min(shortest, len(literal.Text))
	}
	return shortest*maxBranches - len(clause.Any)
}

// compact keeps the strongest clauses of many, so that deep patterns stay cheap to look at.
func compact(clauses []prefilter.Clause) []prefilter.Clause {
	const most = 8
	for len(clauses) > most {
		weakest := 0
		for i := range clauses {
			if strength(clauses[i]) < strength(clauses[weakest]) {
				weakest = i
			}
		}
		clauses = append(clauses[:weakest:weakest], clauses[weakest+1:]...)
	}
	return clauses
}
