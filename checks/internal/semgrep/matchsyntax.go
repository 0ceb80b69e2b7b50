package semgrep

import (
	"errors"
	"fmt"
)

// formula reads a formula in the syntax of `match:`.
func (c *compiler) formula(n *Node, where string, depth int, attributes ...string) *Formula {
	return c.formulaIn(scope{languages: c.rule.Languages}, n, where, depth, attributes...)
}

func (c *compiler) formulaIn(s scope, n *Node, where string, depth int, attributes ...string) *Formula {
	f := c.unchecked(s, n, where, depth, attributes...)
	c.positive(n, where, f)
	return f
}

// unchecked reads a formula that may be one that only excludes.
func (c *compiler) unchecked(s scope, n *Node, where string, depth int, attributes ...string) *Formula {
	if depth > maxFormula {
		c.fail(n, where, fmt.Errorf("formulas nest deeper than %d", maxFormula))
		return &Formula{Op: Any}
	}
	if n != nil && n.Kind == StringNode {
		return c.leaf(n, where, s.languages)
	}
	if !c.expect(n, where, MapNode) {
		return &Formula{Op: Any}
	}
	var found *Formula
	for _, p := range n.Pairs {
		if p.Key == "where" || contains(attributes, p.Key) {
			continue
		}
		f := c.operator(s, p, join(where, p.Key), depth)
		if found != nil {
			c.fail(&Node{Line: p.Line}, join(where, p.Key), errors.New("a second formula in the same place"))
		}
		found = f
	}
	if found == nil {
		c.fail(n, where, errors.New("no pattern, regex, all, any, not or inside"))
		return &Formula{Op: Any}
	}
	if conditions := n.Get("where"); conditions != nil {
		found = c.where(s, found, conditions, join(where, "where"), depth)
	}
	return found
}

func contains(list []string, s string) bool {
	for _, other := range list {
		if s == other {
			return true
		}
	}
	return false
}

// operator reads one formula by its key.
func (c *compiler) operator(s scope, p Pair, where string, depth int) *Formula {
	f := &Formula{Line: p.Line}
	switch p.Key {
	case "pattern":
		return c.leaf(p.Value, where, s.languages)
	case "regex":
		return c.regexLeaf(p.Value, where)
	case "all":
		f.Op = All
		for i, item := range c.list(p.Value, where) {
			if item.Get("use") != nil {
				f.Formulas = append(f.Formulas, c.used(s, item, where, depth))
				continue
			}
			f.Formulas = append(f.Formulas, c.unchecked(s, item, fmt.Sprintf("%s[%d]", where, i), depth+1))
		}
		if !s.value {
			c.someParts(p.Value, where, f)
		}
	case "any":
		f.Op = Any
		for i, item := range c.expandList(p.Value, where, true) {
			f.Formulas = append(f.Formulas, c.either(s, item, fmt.Sprintf("%s[%d]", where, i), depth+1))
		}
		c.positive(p.Value, where, f.Formulas...)
	case "not":
		f.Op, f.Formulas = Not, []*Formula{c.formulaIn(s, p.Value, where, depth+1)}
	case "inside":
		f.Op, f.Formulas = Inside, []*Formula{c.formulaIn(s, p.Value, where, depth+1)}
	case "anywhere":
		f.Op, f.Formulas = Anywhere, []*Formula{c.formulaIn(s, p.Value, where, depth+1)}
	case "use":
		return c.used(s, &Node{Kind: MapNode, Line: p.Line, Pairs: []Pair{p}}, where, depth)
	default:
		c.unsupported(&Node{Line: p.Line}, where, "an operator that is not known here")
		f.Op = Any
	}
	return f
}

// used is a set as one formula.
func (c *compiler) used(s scope, item *Node, where string, depth int) *Formula {
	f := &Formula{Op: Any, Line: item.Line}
	for i, part := range c.expandList(&Node{Kind: ListNode, Items: []*Node{item}}, where, true) {
		f.Formulas = append(f.Formulas, c.either(s, part, fmt.Sprintf("%s[%d]", where, i), depth+1))
	}
	return f
}

// either reads an alternative, which comes from a set in the classic syntax perhaps.
func (c *compiler) either(s scope, n *Node, where string, depth int) *Formula {
	if n.Get("patterns") != nil || n.Get("pattern-either") != nil || n.Get("pattern-regex") != nil {
		return c.classicIn(s, n, where, nil, depth)
	}
	return c.formulaIn(s, n, where, depth)
}

// where adds conditions to a formula.
func (c *compiler) where(s scope, f *Formula, n *Node, where string, depth int) *Formula {
	if f.Op != All {
		f = &Formula{Op: All, Line: f.Line, Formulas: []*Formula{f}}
	}
	for i, item := range c.list(n, where) {
		at := fmt.Sprintf("%s[%d]", where, i)
		if !c.expect(item, at, MapNode) {
			continue
		}
		if focus := item.Get("focus"); focus != nil {
			if len(item.Pairs) > 1 {
				c.unsupported(item, at, "more keys beside focus")
			}
			f.Focus = append(f.Focus, c.focus(focus, join(at, "focus")))
			continue
		}
		if condition := c.condition(s, item, at, depth); condition != nil {
			f.Conditions = append(f.Conditions, condition)
		}
	}
	return f
}
