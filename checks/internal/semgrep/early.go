package semgrep

import (
	"strings"
	"sync"
)

type earlyConditions struct {
	once  sync.Once
	parts [][]*Condition
}

// Early gives, for each of the formula's parts, the metavariable-regex conditions that what the part finds can be tested on at once,
// since no other part says what the metavariable holds. Nil when there are none. They must be tested in the end all the same.
func (f *Formula) Early() [][]*Condition {
	f.early.once.Do(func() {
		for _, c := range f.Conditions {
			if c.Kind != RegexCondition {
				continue
			}
			if at := f.onlyPart(c.Metavariable); at >= 0 {
				if f.early.parts == nil {
					f.early.parts = make([][]*Condition, len(f.Formulas))
				}
				f.early.parts[at] = append(f.early.parts[at], c)
			}
		}
	})
	return f.early.parts
}

// onlyPart is the place of the one part, other than those that exclude, that mentions a metavariable, or -1.
func (f *Formula) onlyPart(metavariable string) int {
	at := -1
	for i, part := range f.Formulas {
		if part.Op == Not || !part.mentions(metavariable) {
			continue
		}
		if at >= 0 {
			return -1
		}
		at = i
	}
	return at
}

// mentions reports whether the formula may bind the metavariable.
func (f *Formula) mentions(metavariable string) bool {
	switch f.Op {
	case PatternOp:
		return strings.Contains(f.Pattern.Text, metavariable)
	case RegexOp: // a group may have its name
		return true
	}
	for _, part := range f.Formulas {
		if part.mentions(metavariable) {
			return true
		}
	}
	for _, c := range f.Conditions {
		if c.Kind == RegexCondition || c.Formula != nil && c.Formula.mentions(metavariable) {
			return true
		}
	}
	return false
}
