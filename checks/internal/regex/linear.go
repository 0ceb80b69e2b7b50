package regex

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

const (
	linearAfter = 32   // steps for each byte of the text after which the linear engine takes over
	linearSteps = 16   // steps that it counts for each byte
	maxCounted  = 1000 // the most repetitions that Go's engine counts
)

// linearEngine says the same pattern to Go's engine, which takes the same choices in the same order, when it is first
// needed. It gives nil when that lacks something, or differs: look-around, a pattern that can be empty (Go skips an empty
// match that abuts another), a repetition of something that can be empty.
func linearEngine(root *node, groups int) func() *regexp.Regexp {
	if fewest, _ := root.lengths(); fewest == 0 {
		return nil
	}
	w := &linearWriter{}
	w.write(root, 0)
	if w.refused || w.groups != groups {
		return nil
	}
	return sync.OnceValue(func() *regexp.Regexp {
		re, err := regexp.Compile(w.out.String())
		if err != nil {
			return nil // larger than Go allows
		}
		return re
	})
}

type linearWriter struct {
	out     strings.Builder
	groups  int
	refused bool
}

// write writes n; after is the fewest characters that follow it.
func (w *linearWriter) write(n *node, after int) {
	const longest = 1 << 18 // of the translation, in bytes
	if w.out.Len() > longest {
		w.refused = true
	}
	if w.refused {
		return
	}
	switch n.op {
	case opEmpty:
		w.out.WriteString("(?:)")
	case opSet:
		w.set(n.set)
	case opConcat:
		rest := make([]int, len(n.subs)+1)
		rest[len(n.subs)] = after
		for i := len(n.subs) - 1; i >= 0; i-- {
			fewest, _ := n.subs[i].lengths()
			rest[i] = min(rest[i+1]+fewest, 1)
		}
		w.out.WriteString("(?:")
		for i, sub := range n.subs {
			w.write(sub, rest[i+1])
		}
		w.out.WriteString(")")
	case opAlternate:
		w.out.WriteString("(?:")
		for i, sub := range n.subs {
			if i > 0 {
				w.out.WriteString("|")
			}
			w.write(sub, after)
		}
		w.out.WriteString(")")
	case opRepeat:
		w.repeat(n, after)
	case opGroup:
		if w.groups++; w.groups != n.n {
			w.refused = true // alternatives that number their groups alike
		}
		w.out.WriteString("(")
		w.write(n.subs[0], after)
		w.out.WriteString(")")
	case opAssert:
		w.assert(n.assert, after)
	default:
		w.refused = true
	}
}

func (w *linearWriter) set(s *set) {
	w.out.WriteString("[")
	ranges := s.ranges()
	for i := 0; i < len(ranges); i += 2 {
		fmt.Fprintf(&w.out, `\x{%x}-\x{%x}`, ranges[i], ranges[i+1])
	}
	w.out.WriteString("]")
}

func (w *linearWriter) repeat(n *node, after int) {
	fewest, _ := n.subs[0].lengths()
	if fewest == 0 || n.mode == possessive || n.min > maxCounted || n.max > maxCounted {
		w.refused = true
		return
	}
	w.out.WriteString("(?:")
	w.write(n.subs[0], after)
	switch {
	case n.max < 0:
		fmt.Fprintf(&w.out, "){%d,}", n.min)
	default:
		fmt.Fprintf(&w.out, "){%d,%d}", n.min, n.max)
	}
	if n.mode == lazy {
		w.out.WriteString("?")
	}
}

func (w *linearWriter) assert(at assertion, after int) {
	switch {
	case at == textStart:
		w.out.WriteString(`\A`)
	case at == textEnd:
		w.out.WriteString(`\z`)
	case at == lineStart && after > 0: // at the very end Go's engine stands at a line's start, ours doesn't
		w.out.WriteString(`(?m:^)`)
	case at == lineEnd:
		w.out.WriteString(`(?m:$)`)
	case at == boundary:
		w.out.WriteString(`\b`)
	case at == noBoundary:
		w.out.WriteString(`\B`)
	default:
		w.refused = true
	}
}

// findLinear does a search in linear time.
func findLinear(linear *regexp.Regexp, anchored bool, text string, budget *Budget, limit int) ([]Match, error) {
	if budget.Steps -= linearSteps * len(text); budget.Steps < 0 {
		return nil, ErrBudget
	}
	var found []Match
	for _, groups := range linear.FindAllStringSubmatchIndex(text, limit) {
		if anchored && groups[0] > 0 {
			break
		}
		found = append(found, Match{groups})
		if anchored {
			break
		}
	}
	return found, nil
}
