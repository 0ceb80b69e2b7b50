package semgrep

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/regex"
)

// leaf reads a pattern. Where a rule has no language but text, a pattern is a regular expression.
func (c *compiler) leaf(n *Node, where string, languages []ast.Language) *Formula {
	text := c.text(n, where)
	if len(languages) == 1 && languages[0] == Regex {
		return c.regexLeaf(n, where)
	}
	f := &Formula{Op: PatternOp, Line: n.Line}
	if c.tooMany(n, where) || len(text) > MaxPatternText {
		c.fail(n, where, fmt.Errorf("the pattern is longer than %d bytes", MaxPatternText))
		return f
	}
	if strings.TrimSpace(text) == "" {
		c.fail(n, where, errors.New("the pattern is empty"))
		return f
	}
	f.Pattern = c.pattern(text, languages)
	if c.Strict {
		for _, language := range languages {
			if language == Regex {
				c.unsupported(n, where, "a pattern in a rule that is for regex beside other languages")
				break
			}
			var err error
			if language == Generic {
				_, err = f.Pattern.Generic()
			} else {
				_, err = f.Pattern.In(language)
			}
			if err != nil {
				c.fail(n, where, err)
				break
			}
		}
	}
	return f
}

func (c *compiler) tooMany(n *Node, where string) bool {
	if c.leaves++; c.leaves == MaxPatterns+1 {
		c.fail(n, where, fmt.Errorf("more than %d patterns", MaxPatterns))
	}
	return c.leaves > MaxPatterns
}

// pattern is the one pattern of a text. What it is read as depends on the languages and, in generic mode, on an option.
func (c *compiler) pattern(text string, languages []ast.Language) *Pattern {
	l, span := c.Loader, c.rule.Options.GenericEllipsisMaxSpan
	var key strings.Builder
	if slices.Contains(languages, Generic) {
		fmt.Fprintf(&key, "%d ", span)
	}
	for _, language := range languages {
		key.WriteString(string(language) + "\x00")
	}
	key.WriteString(text)
	p := l.patterns[key.String()]
	if p == nil {
		if l.patterns == nil {
			l.patterns = map[string]*Pattern{}
		}
		p = &Pattern{Text: text, Languages: languages, span: span, parsed: make([]parsedPattern, len(languages))}
		l.patterns[key.String()] = p
	}
	return p
}

func (c *compiler) regexLeaf(n *Node, where string) *Formula {
	f := &Formula{Op: RegexOp, Line: n.Line}
	if !c.tooMany(n, where) {
		f.Regex = c.expression(n, where, regex.Options{MultiLine: true})
	}
	return f
}

func (c *compiler) expression(n *Node, where string, options regex.Options) *Expression {
	key := expressionKey{c.text(n, where), options}
	e := c.expressions[key]
	if e == nil {
		if c.Loader.expressions == nil {
			c.Loader.expressions = map[expressionKey]*Expression{}
		}
		e = &Expression{Text: key.text, options: options}
		c.expressions[key] = e
	}
	if c.Strict {
		if _, err := e.Compiled(); err != nil {
			c.fail(n, where, err)
		}
	}
	return e
}
