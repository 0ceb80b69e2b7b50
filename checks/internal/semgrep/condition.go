package semgrep

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/regex"
)

// metavariableRegex is how metavariable-regex matches: at the start of the value, of which $ is the end.
var metavariableRegex = regex.Options{Anchored: true}

// classicCondition reads a metavariable-… item of `patterns`.
func (c *compiler) classicCondition(s scope, p Pair, where string, depth int) *Condition {
	if !c.expect(p.Value, where, MapNode) {
		return nil
	}
	out := &Condition{Line: p.Line}
	if n := p.Value.Get("metavariable"); n != nil {
		out.Metavariable = c.text(n, where)
		c.metavariable(n, out.Metavariable, join(where, "metavariable"))
	} else if p.Key != "metavariable-comparison" {
		c.fail(p.Value, where, errors.New("metavariable is missing"))
	}
	switch p.Key {
	case "metavariable-regex":
		c.only(p.Value, where, "metavariable", "regex", "constant-propagation")
		c.regexCondition(out, p.Value, where)
	case "metavariable-pattern":
		c.patternCondition(s, out, p.Value, where, func(s scope, attribute func(string) bool) *Formula {
			return c.classicIn(s, p.Value, where, attribute, depth+1)
		})
	case "metavariable-comparison":
		c.only(p.Value, where, "metavariable", "comparison", "strip", "base")
		c.comparisonCondition(out, p.Value, where)
	case "metavariable-analysis":
		c.only(p.Value, where, "metavariable", "analyzer")
		c.analysisCondition(out, p.Value, where)
	case "metavariable-type":
		c.only(p.Value, where, "metavariable", "type", "types", "language")
		c.typeCondition(out, p.Value, where)
	default:
		c.unsupported(p.Value, where, "an operator that is not known")
		return nil
	}
	return out
}

// condition reads an item of `where`.
func (c *compiler) condition(s scope, n *Node, where string, depth int) *Condition {
	out := &Condition{Line: n.Line}
	if m := n.Get("metavariable"); m != nil {
		out.Metavariable = c.text(m, where)
		c.metavariable(m, out.Metavariable, join(where, "metavariable"))
	} else if n.Get("comparison") == nil {
		c.unsupported(n, where, "a condition without focus, comparison and metavariable")
		return nil
	}
	has := func(keys ...string) bool {
		for _, key := range keys {
			if n.Get(key) != nil {
				return true
			}
		}
		return false
	}
	switch {
	case has("comparison"):
		c.only(n, where, "metavariable", "comparison", "strip", "base")
		c.comparisonCondition(out, n, where)
	case has("analyzer"):
		c.only(n, where, "metavariable", "analyzer")
		c.analysisCondition(out, n, where)
	case has("type", "types"):
		c.only(n, where, "metavariable", "type", "types", "language")
		c.typeCondition(out, n, where)
	case has("regex") && !has("language", "where", "pattern"):
		c.only(n, where, "metavariable", "regex", "constant-propagation")
		c.regexCondition(out, n, where)
	default:
		c.patternCondition(s, out, n, where, func(s scope, _ func(string) bool) *Formula {
			return c.formulaIn(s, n, where, depth+1, "metavariable", "language")
		})
	}
	return out
}

// only refuses other keys than these.
func (c *compiler) only(n *Node, where string, keys ...string) {
	for _, p := range n.Pairs {
		if !slices.Contains(keys, p.Key) {
			c.unsupported(&Node{Line: p.Line}, join(where, p.Key), "a key that is not known here")
		}
	}
}

func (c *compiler) regexCondition(out *Condition, n *Node, where string) {
	out.Kind = RegexCondition
	out.Regex = c.expression(n.Get("regex"), join(where, "regex"), metavariableRegex)
	if folded := n.Get("constant-propagation"); folded != nil {
		out.Folded = c.boolean(folded, join(where, "constant-propagation"))
	}
}

func (c *compiler) patternCondition(s scope, out *Condition, n *Node, where string, formula func(scope, func(string) bool) *Formula) {
	out.Kind = PatternCondition
	if language := n.Get("language"); language != nil {
		name := strings.ToLower(c.text(language, join(where, "language")))
		switch name {
		case "regex", "none":
			out.Language = Regex
		case "generic", "spacegrep":
			out.Language = Generic
		default:
			l, ok := lang.Named(name)
			if !ok {
				c.unsupported(language, join(where, "language"), fmt.Sprintf("the language %q", name))
				return
			}
			out.Language = l.Name
		}
		s.languages = []ast.Language{out.Language}
	}
	s.value = true
	out.Formula = formula(s, func(key string) bool { return key == "metavariable" || key == "language" })
}

func (c *compiler) comparisonCondition(out *Condition, n *Node, where string) {
	out.Kind = ComparisonCondition
	comparison, err := ParseComparison(c.text(n.Get("comparison"), join(where, "comparison")))
	if err != nil {
		c.fail(n.Get("comparison"), join(where, "comparison"), err)
		return
	}
	if strip := n.Get("strip"); strip != nil {
		comparison.Strip = c.boolean(strip, join(where, "strip"))
	}
	if base := n.Get("base"); base != nil {
		comparison.Base = c.number(base, join(where, "base"), 2, 36)
	}
	out.Comparison = comparison
	if c.Strict {
		for _, e := range comparison.expressions {
			if _, err := e.Compiled(); err != nil {
				c.fail(n.Get("comparison"), join(where, "comparison"), err)
			}
		}
	}
}

func (c *compiler) analysisCondition(out *Condition, n *Node, where string) {
	out.Kind = AnalysisCondition
	out.Analyzer = c.text(n.Get("analyzer"), join(where, "analyzer"))
	if out.Analyzer != "entropy" && out.Analyzer != "redos" {
		c.unsupported(n.Get("analyzer"), join(where, "analyzer"), fmt.Sprintf("the analyzer %q", out.Analyzer))
	}
}

func (c *compiler) typeCondition(out *Condition, n *Node, where string) {
	out.Kind = TypeCondition
	if one := n.Get("type"); one != nil {
		out.Types = append(out.Types, strings.Join(strings.Fields(c.text(one, join(where, "type"))), ""))
	}
	if several := n.Get("types"); several != nil {
		for _, text := range c.texts(several, join(where, "types")) {
			out.Types = append(out.Types, strings.Join(strings.Fields(text), ""))
		}
	}
	if len(out.Types) == 0 {
		c.fail(n, where, errors.New("type is missing"))
	}
}
