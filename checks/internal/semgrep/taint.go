package semgrep

import (
	"errors"
	"fmt"
	"slices"
)

// taint reads the sources, sinks, sanitizers and propagators of a rule, in either syntax.
func (c *compiler) taint(body *Node) *Taint {
	t := &Taint{}
	parts := body
	name := func(key string) string { return "pattern-" + key }
	modern := false
	if n := body.Get("taint"); n != nil {
		if !c.expect(n, "taint", MapNode) {
			return t
		}
		parts, modern = n, true
		name = func(key string) string { return key }
		c.only(n, "taint", "sources", "sinks", "sanitizers", "propagators")
	}
	each := func(key string, take func(i taintItem)) {
		n := parts.Get(name(key))
		if n == nil {
			return
		}
		for i, item := range c.expandList(n, name(key), true) {
			take(taintItem{compiler: c, node: item, where: fmt.Sprintf("%s[%d]", name(key), i), modern: modern})
		}
	}
	each("sources", func(i taintItem) {
		t.Sources = append(t.Sources, Source{
			Formula:    i.formula("by-side-effect", "exact", "control", "label", "requires"),
			SideEffect: i.sideEffect(), Exact: i.flag("exact", false), Control: i.flag("control", false),
			Label: i.label("label", DefaultLabel), Requires: i.requires(),
		})
	})
	each("sinks", func(i taintItem) {
		t.Sinks = append(t.Sinks, Sink{
			Formula: i.formula("exact", "at-exit", "requires"),
			Exact:   i.flag("exact", true), AtExit: i.flag("at-exit", false), Requires: i.requires(),
		})
	})
	each("sanitizers", func(i taintItem) {
		t.Sanitizers = append(t.Sanitizers, Sanitizer{
			Formula: i.formula("by-side-effect", "exact", "guard", "clears"), SideEffect: i.sideEffect(), Exact: i.flag("exact", false),
			Guard: i.guard(), Clears: i.optionalName("clears"),
		})
	})
	each("propagators", func(i taintItem) {
		t.Propagators = append(t.Propagators, Propagator{
			Formula: i.formula("from", "to", "by-side-effect", "label", "requires", "replace-labels"),
			From:    i.name("from"), To: i.name("to"), SideEffect: i.flag("by-side-effect", true),
			Label: i.label("label", ""), Requires: i.requires(), ReplaceLabels: i.names("replace-labels"),
		})
	})
	if len(t.Sources) == 0 || len(t.Sinks) == 0 {
		c.fail(parts, "mode: taint", errors.New("want at least one source and one sink"))
	}
	return t
}

// taintItem is one source, sink, sanitizer or propagator.
type taintItem struct {
	*compiler
	node   *Node
	where  string
	modern bool
}

// formula is the same one for all rules with the same languages that an item of a set stands in, so that it is looked for
// once in a file.
func (i taintItem) formula(attributes ...string) *Formula {
	key := formulaKey{node: i.node, span: i.rule.Options.GenericEllipsisMaxSpan, modern: i.modern}
	for _, language := range i.rule.Languages {
		key.languages += string(language) + " "
	}
	if known, ok := i.formulas[key]; ok && i.leaves+known.leaves <= MaxPatterns {
		i.compiler.leaves += known.leaves
		return known.formula
	}
	leaves, mistakes := i.leaves, len(i.errs)
	f := i.read(attributes...)
	if len(i.errs) == mistakes {
		if i.formulas == nil {
			i.Loader.formulas = map[formulaKey]sharedFormula{}
		}
		i.formulas[key] = sharedFormula{f, i.leaves - leaves}
	}
	return f
}

func (i taintItem) read(attributes ...string) *Formula {
	if i.node.Kind == StringNode && i.modern {
		return i.compiler.formula(i.node, i.where, 0)
	}
	classic := i.node.Get("patterns") != nil || i.node.Get("pattern-either") != nil || i.node.Get("pattern-regex") != nil
	if i.modern && !classic {
		return i.compiler.formula(i.node, i.where, 0, attributes...)
	}
	f := i.classic(i.node, i.where, func(key string) bool { return slices.Contains(attributes, key) }, 0)
	i.positive(i.node, i.where, f)
	return f
}

func (i taintItem) flag(key string, otherwise bool) bool {
	if n := i.node.Get(key); n != nil {
		return i.boolean(n, join(i.where, key))
	}
	return otherwise
}

func (i taintItem) sideEffect() SideEffect {
	n := i.node.Get("by-side-effect")
	switch {
	case n == nil:
		return NoSideEffect
	case n.Kind == StringNode && n.Text == "only":
		return SideEffectOnly
	case i.boolean(n, join(i.where, "by-side-effect")):
		return SideEffectToo
	}
	return NoSideEffect
}

func (i taintItem) guard() Guard {
	n := i.node.Get("guard")
	if n == nil {
		return NoGuard
	}
	switch i.text(n, join(i.where, "guard")) {
	case "holds":
		return GuardHolds
	case "fails":
		return GuardFails
	}
	i.fail(n, join(i.where, "guard"), errors.New("want holds or fails"))
	return NoGuard
}

func (i taintItem) optionalName(key string) string {
	if i.node.Get(key) == nil {
		return ""
	}
	return i.name(key)
}

func (i taintItem) label(key, otherwise string) string {
	n := i.node.Get(key)
	if n == nil {
		return otherwise
	}
	text := i.text(n, join(i.where, key))
	if !isLabel(text) {
		i.fail(n, join(i.where, key), fmt.Errorf("%q is no label", text))
	}
	return text
}

func (i taintItem) name(key string) string {
	n := i.node.Get(key)
	text := i.text(n, join(i.where, key))
	i.metavariable(n, text, join(i.where, key))
	return text
}

func (i taintItem) names(key string) []string {
	if n := i.node.Get(key); n != nil {
		return i.texts(n, join(i.where, key))
	}
	return nil
}

func (i taintItem) requires() *Requires {
	n := i.node.Get("requires")
	if n == nil {
		return nil
	}
	if n.Kind == ListNode {
		i.unsupported(n, join(i.where, "requires"), "a list of conditions on metavariables")
		return nil
	}
	r, err := ParseRequires(i.text(n, join(i.where, "requires")))
	if err != nil {
		i.fail(n, join(i.where, "requires"), err)
	}
	return r
}
