package semgrep

import (
	"errors"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
)

// scope is what a formula is read for: its languages are the rule's, save within a metavariable-pattern.
type scope struct {
	languages []ast.Language
	value     bool // it is for the value of a metavariable, which may also be what is left when all else is excluded
}

// maxFormula bounds how deep formulas nest.
const maxFormula = 60

// classic reads the one formula among the keys of a map, in the syntax of `patterns`. Keys that attribute accepts are
// left to the caller.
func (c *compiler) classic(n *Node, where string, attribute func(string) bool, depth int) *Formula {
	return c.classicIn(scope{languages: c.rule.Languages}, n, where, attribute, depth)
}

func (c *compiler) classicIn(s scope, n *Node, where string, attribute func(string) bool, depth int) *Formula {
	if depth > maxFormula {
		c.fail(n, where, fmt.Errorf("formulas nest deeper than %d", maxFormula))
		return &Formula{Op: Any}
	}
	if !c.expect(n, where, MapNode) {
		return &Formula{Op: Any}
	}
	var found *Formula
	for _, p := range n.Pairs {
		if attribute != nil && attribute(p.Key) {
			continue
		}
		f := c.classicPair(s, p, join(where, p.Key), depth)
		if found != nil {
			c.fail(&Node{Line: p.Line}, join(where, p.Key), errors.New("a second formula in the same place"))
		}
		found = f
	}
	if found == nil {
		c.fail(n, where, errors.New("no pattern, patterns, pattern-either or pattern-regex"))
		return &Formula{Op: Any}
	}
	return found
}

func join(where, key string) string {
	if where == "" {
		return key
	}
	return where + "." + key
}

// classicPair reads one formula by its operator.
func (c *compiler) classicPair(s scope, p Pair, where string, depth int) *Formula {
	f := &Formula{Line: p.Line}
	switch p.Key {
	case "pattern":
		return c.nested(s, p.Value, where, depth)
	case "pattern-regex":
		return c.regexLeaf(p.Value, where)
	case "patterns":
		return c.conjunction(s, p, where, depth)
	case "pattern-either":
		f.Op = Any
		for i, item := range c.expandList(p.Value, where, true) {
			f.Formulas = append(f.Formulas, c.classicIn(s, item, fmt.Sprintf("%s[%d]", where, i), nil, depth+1))
		}
		c.positive(p.Value, where, f.Formulas...)
	case "pattern-inside":
		f.Op, f.Formulas = Inside, []*Formula{c.nested(s, p.Value, where, depth)}
	case "pattern-not":
		f.Op, f.Formulas = Not, []*Formula{c.nested(s, p.Value, where, depth)}
	case "pattern-not-inside":
		inside := &Formula{Op: Inside, Line: p.Line, Formulas: []*Formula{c.nested(s, p.Value, where, depth)}}
		f.Op, f.Formulas = Not, []*Formula{inside}
	case "pattern-not-regex":
		f.Op, f.Formulas = Not, []*Formula{c.regexLeaf(p.Value, where)}
	case "use":
		f.Op = Any
		set := &Node{Kind: ListNode, Line: p.Line, Items: []*Node{{Kind: MapNode, Line: p.Line, Pairs: []Pair{p}}}}
		for i, item := range c.expandList(set, where, true) {
			f.Formulas = append(f.Formulas, c.classicIn(s, item, fmt.Sprintf("%s[%d]", where, i), nil, depth+1))
		}
	default:
		c.unsupported(&Node{Line: p.Line}, where, "an operator that is not known here")
		f.Op = Any
	}
	return f
}

// nested reads a pattern, or a whole formula where a pattern would stand.
func (c *compiler) nested(s scope, n *Node, where string, depth int) *Formula {
	if n != nil && n.Kind == MapNode {
		return c.classicIn(s, n, where, nil, depth+1)
	}
	return c.leaf(n, where, s.languages)
}

// conjunction reads `patterns`.
func (c *compiler) conjunction(s scope, p Pair, where string, depth int) *Formula {
	f := &Formula{Op: All, Line: p.Line}
	for i, item := range c.expandList(p.Value, where, false) {
		at := fmt.Sprintf("%s[%d]", where, i)
		if item.Kind != MapNode || len(item.Pairs) == 0 {
			c.fail(item, at, fmt.Errorf("want a map with one operator, got %s", describe(item)))
			continue
		}
		for _, operator := range item.Pairs {
			at := join(at, operator.Key)
			switch {
			case operator.Key == "focus-metavariable":
				f.Focus = append(f.Focus, c.focus(operator.Value, at))
			case strings.HasPrefix(operator.Key, "metavariable-"):
				if condition := c.classicCondition(s, operator, at, depth); condition != nil {
					f.Conditions = append(f.Conditions, condition)
				}
			default:
				f.Formulas = append(f.Formulas, c.classicPair(s, operator, at, depth+1))
			}
		}
	}
	if !s.value {
		c.someParts(p.Value, where, f)
	}
	return f
}

// someParts demands that something is looked for, not only excluded.
func (c *compiler) someParts(n *Node, where string, f *Formula) {
	for _, part := range f.Formulas {
		if part.Op != Not {
			return
		}
	}
	c.fail(n, where, errors.New("nothing here says what to look for: all is excluded or demanded of metavariables"))
}

// positive demands that no part only excludes.
func (c *compiler) positive(n *Node, where string, formulas ...*Formula) {
	if len(formulas) == 0 {
		c.fail(n, where, errors.New("the list is empty"))
	}
	for _, f := range formulas {
		if f.Op == Not {
			c.fail(n, where, errors.New("what is excluded must stand beside what is looked for, in `patterns` or `all`"))
		}
	}
}

// focus reads one metavariable or several.
func (c *compiler) focus(n *Node, where string) []string {
	var out []string
	if n != nil && n.Kind == ListNode {
		out = c.texts(n, where)
	} else {
		out = []string{c.text(n, where)}
	}
	for _, name := range out {
		c.metavariable(n, name, where)
	}
	return out
}

// metavariable demands a name of one.
func (c *compiler) metavariable(n *Node, name, where string) {
	if !IsMetavariable(name) {
		c.fail(n, where, fmt.Errorf("%q is no metavariable", name))
	}
}

// IsMetavariable reports whether a name is that of a metavariable: $X, $...X, or $1 for the group of a regular
// expression.
func IsMetavariable(name string) bool {
	rest, ok := strings.CutPrefix(name, "$")
	if !ok {
		return false
	}
	rest = strings.TrimPrefix(rest, "...")
	if rest == "" {
		return false
	}
	for i, r := range rest {
		switch {
		case r == '_' || 'A' <= r && r <= 'Z':
		case '0' <= r && r <= '9':
			if i == 0 && strings.Trim(rest, "0123456789") != "" {
				return false
			}
		case 'a' <= r && r <= 'z': // groups of regular expressions may have any name
		default:
			return false
		}
	}
	return true
}
