package regex

import (
	"strings"
	"unicode/utf8"

	"github.com/assay-app/assay/checks/internal/prefilter"
)

// startInfo tells where a match can begin without trying.
type startInfo struct {
	textStart bool
	lineStart bool
	prefix    string     // what every match begins with
	first     *[256]bool // the bytes that a match can begin with; nil when it can be empty
	needed    prefilter.Clause
}

func startOf(root *node, prog *program) startInfo {
	var s startInfo
	s.textStart = beginsAt(root, textStart)
	s.lineStart = beginsAt(root, lineStart)
	pc := 0
	for prog.insts[pc].code == doSave {
		pc++
	}
	if prog.insts[pc].code == doString {
		s.prefix = prog.insts[pc].text
	}
	if first := new([256]bool); !firstBytes(root, first) {
		s.first = first
	}
	if best, ok := strongest(requiredLiterals(root)); ok && len(best.Any) <= 8 {
		s.needed = best
	}
	return s
}

// beginsAt reports whether every match begins at such a place.
func beginsAt(n *node, at assertion) bool {
	switch n.op {
	case opAssert:
		return n.assert == at
	case opConcat, opGroup, opAtomic:
		return beginsAt(n.subs[0], at)
	case opAlternate:
		for _, sub := range n.subs {
			if !beginsAt(sub, at) {
				return false
			}
		}
		return true
	}
	return false
}

// firstBytes adds the bytes that a match of n can begin with, and reports whether it can be empty.
func firstBytes(n *node, first *[256]bool) (canBeEmpty bool) {
	switch n.op {
	case opSet:
		for c := range rune(utf8.RuneSelf) {
			first[c] = first[c] || n.set.has(c)
		}
		if len(n.set.wide) > 0 {
			for c := utf8.RuneSelf; c < 256; c++ {
				first[c] = true
			}
		}
		return false
	case opFail:
		return false
	case opConcat:
		for _, sub := range n.subs {
			if !firstBytes(sub, first) {
				return false
			}
		}
		return true
	case opAlternate, opCond:
		branches := n.subs
		if n.op == opCond {
			branches = n.subs[1:]
		}
		for _, sub := range branches {
			canBeEmpty = firstBytes(sub, first) || canBeEmpty
		}
		return canBeEmpty
	case opRepeat:
		if n.max == 0 {
			return true
		}
		return firstBytes(n.subs[0], first) || n.min == 0
	case opGroup, opAtomic:
		return firstBytes(n.subs[0], first)
	case opBackref:
		for c := range first {
			first[c] = true
		}
	}
	return true
}

// possible reports whether text has what every match needs.
func (s *startInfo) possible(text string, budget *Budget) bool {
	if len(s.needed.Any) == 0 {
		return true
	}
	for _, literal := range s.needed.Any {
		budget.Steps -= len(text) / 64
		if literal.Fold && containsFold(text, literal.Text) || !literal.Fold && strings.Contains(text, literal.Text) {
			return true
		}
	}
	return false
}

// containsFold is [strings.Contains] without regard to the case of ASCII letters; want is in lower case.
func containsFold(text, want string) bool {
	lower, upper := want[0], want[0]
	if 'a' <= lower && lower <= 'z' {
		upper -= 'a' - 'A'
	}
	nextLower, nextUpper := 0, 0
	for at := 0; ; at++ {
		nextLower = seek(text, lower, at, nextLower)
		nextUpper = seek(text, upper, at, nextUpper)
		if at = min(nextLower, nextUpper); at+len(want) > len(text) {
			return false
		}
		if equalFold(text[at:at+len(want)], want) {
			return true
		}
	}
}

// seek finds c at or after at, unless the last place where it was found is not behind.
func seek(text string, c byte, at, last int) int {
	if last > at || last == at && at < len(text) && text[at] == c {
		return last
	}
	if i := strings.IndexByte(text[at:], c); i >= 0 {
		return at + i
	}
	return len(text) + 1
}

func equalFold(text, lower string) bool {
	for i := range len(lower) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// next is the first position at or after at where a match could begin; -1 if there is none.
func (s *startInfo) next(text string, at int) int {
	switch {
	case s.textStart:
		if at > 0 {
			return -1
		}
		return at
	case s.lineStart:
		if at == 0 || text[at-1] == '\n' {
			return at
		}
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			return at + i + 1
		}
		return -1
	case s.prefix != "":
		if i := strings.Index(text[at:], s.prefix); i >= 0 {
			return at + i
		}
		return -1
	case s.first == nil:
		return at
	}
	for at < len(text) {
		c := text[at]
		if s.first[c] {
			return at
		}
		if c < utf8.RuneSelf {
			at++
		} else {
			at += width(text, at)
		}
	}
	return -1
}
