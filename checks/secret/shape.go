package secret

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// unbounded stands for the length of a match that has no bound.
const unbounded = 1 << 30

// longest is the greatest number of bytes that an expression can match, or unbounded.
func longest(re *syntax.Regexp) int {
	sum := 0
	switch re.Op {
	case syntax.OpLiteral:
		return len(string(re.Rune)) + 2*len(re.Rune)*int(re.Flags&syntax.FoldCase) // K may match the three bytes of the Kelvin sign
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return widest(re)
	case syntax.OpStar, syntax.OpPlus:
		return unbounded
	case syntax.OpRepeat:
		if re.Max < 0 {
			return unbounded
		}
		return min(unbounded, longest(re.Sub[0])*re.Max)
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			sum = max(sum, longest(sub))
		}
		return sum
	}
	for _, sub := range re.Sub {
		sum = min(unbounded, sum+longest(sub))
	}
	return sum
}

// states is how many characters an expression can be waiting for at once: the steps that matching may take for each byte
// of a text.
func states(re *syntax.Regexp) int {
	sum := 0
	for _, sub := range re.Sub {
		sum += states(sub)
	}
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpRepeat:
		return sum * max(re.Min, re.Max, 1)
	}
	return sum
}

// widest is how many bytes one character of a class takes at most.
func widest(re *syntax.Regexp) int {
	if re.Op == syntax.OpCharClass && len(re.Rune) > 0 && re.Rune[len(re.Rune)-1] < 0x80 {
		return 1
	}
	return 4
}

// spansLines reports whether an unbounded part of the expression can match line breaks, as that of a PEM block does.
func spansLines(re *syntax.Regexp) bool {
	open := re.Op == syntax.OpStar || re.Op == syntax.OpPlus || re.Op == syntax.OpRepeat && re.Max < 0
	if open && re.Sub[0].Op == syntax.OpCharClass {
		for i := 0; i+1 < len(re.Sub[0].Rune); i += 2 {
			if re.Sub[0].Rune[i] <= '\n' && '\n' <= re.Sub[0].Rune[i+1] && re.Sub[0].Rune[i+1] > '~' {
				return true
			}
		}
	}
	return open && re.Sub[0].Op == syntax.OpAnyChar || slices.ContainsFunc(re.Sub, spansLines)
}

// beginsWithKeyword reports whether every match of the expression begins with one of the keywords or a part of one, so
// that it can be tried at the keyword alone. boundary says that it begins with \b.
func beginsWithKeyword(re *syntax.Regexp, keywords []string) (begins, boundary bool) {
	boundary = wordBoundary(re)
	firsts := literals(re)
	for _, first := range firsts {
		if !slices.ContainsFunc(keywords, func(k string) bool {
			return strings.HasPrefix(first, k) || strings.HasPrefix(k, first)
		}) {
			return false, boundary
		}
	}
	return len(firsts) > 0, boundary
}

func wordBoundary(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpWordBoundary:
		return true
	case syntax.OpConcat, syntax.OpCapture:
		return len(re.Sub) > 0 && wordBoundary(re.Sub[0])
	}
	return false
}

// literals lists, in lower case, what the matches of an expression can begin with; nothing if that is not a short list
// of fixed words.
func literals(re *syntax.Regexp) []string { return lowered(firstWords(re)) }

// firstWords is literals in their own case; those that match in any case are in lower case.
func firstWords(re *syntax.Regexp) []string {
	const few = 8
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return []string{strings.ToLower(string(re.Rune))}
		}
		return []string{string(re.Rune)}
	case syntax.OpCapture:
		return firstWords(re.Sub[0])
	case syntax.OpCharClass:
		var out []string
		for i := 0; i+1 < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				if out = append(out, string(r)); len(out) > few {
					return nil
				}
			}
		}
		return out
	case syntax.OpAlternate:
		var out []string
		for _, sub := range re.Sub {
			words := firstWords(sub)
			if len(words) == 0 {
				return nil
			}
			out = append(out, words...)
		}
		return out
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if sub.Op != syntax.OpWordBoundary && sub.Op != syntax.OpBeginText {
				return firstWords(sub)
			}
		}
	}
	return nil
}
