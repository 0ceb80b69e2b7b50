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

// Bounds on rules.
const (
	MaxRules        = 5000    // of a file
	MaxPatterns     = 2000    // leaves of one rule, sets expanded
	MaxPatternText  = 1 << 16 // bytes of a pattern
	MaxPatternNodes = 20000   // of a pattern as read
)

// Load reads a file `rules: […]`. The name is for errors, which are all of type [*Error]. Patterns are read at once, so that
// what is returned can be run.
func Load(name string, yaml []byte) ([]*Rule, []error) {
	return (&Loader{Strict: true}).Load(name, yaml)
}

// Loader makes rules that share equal patterns. The zero value is ready. It is not safe for concurrent use; the rules
// are.
type Loader struct {
	// Sets are lists that `use: NAME` stands for.
	Sets map[string]*Node

	// Strict reads all patterns and regular expressions of a rule at once and refuses it if one is wrong. Otherwise that
	// shows when a file is matched.
	Strict bool

	patterns    map[string]*Pattern
	expressions map[expressionKey]*Expression
	formulas    map[formulaKey]sharedFormula // of taint
}

// formulaKey is what a formula of taint is read from.
type formulaKey struct {
	node      *Node
	languages string
	span      int
	modern    bool
}

type sharedFormula struct {
	formula *Formula
	leaves  int
}

type expressionKey struct {
	text    string
	options regex.Options
}

// Load reads a file `rules: […]`; see the function of that name.
func (l *Loader) Load(name string, yaml []byte) ([]*Rule, []error) {
	file, line, err := readYAML(yaml)
	if err != nil {
		return nil, []error{&Error{File: name, Line: line, Err: err}}
	}
	list := file.Get("rules")
	if file.Kind != MapNode || list == nil || list.Kind != ListNode {
		return nil, []error{&Error{File: name, Line: file.Line, Err: errors.New("want `rules:` with a list of rules")}}
	}
	if len(list.Items) > MaxRules {
		return nil, []error{&Error{File: name, Line: list.Line, Err: fmt.Errorf("more than %d rules", MaxRules)}}
	}
	var rules []*Rule
	var wrong []error
	seen := map[string]bool{}
	for _, item := range list.Items {
		id := item.Get("id")
		if id == nil || id.Kind != StringNode || id.Text == "" {
			wrong = append(wrong, &Error{File: name, Line: item.Line, Operator: "id", Err: errors.New("a rule without an id")})
			continue
		}
		if seen[id.Text] {
			wrong = append(wrong, &Error{File: name, Line: item.Line, Rule: id.Text, Operator: "id", Err: errors.New("stands twice in this file")})
			continue
		}
		seen[id.Text] = true
		rule, errs := l.compile(name, id.Text, item, true)
		if wrong = append(wrong, errs...); len(errs) == 0 {
			rules = append(rules, rule)
		}
	}
	return rules, wrong
}

// Compile makes a rule of a body, which has the keys of one in a file but for id, message and severity. Keys that the
// caller reads itself are named in own.
func (l *Loader) Compile(id string, body *Node, own ...string) (*Rule, []error) {
	return l.compile("", id, body, false, own...)
}

// compiler makes one rule. Errors are collected; the rule counts for nothing if there are any.
type compiler struct {
	*Loader
	rule   *Rule
	errs   []error
	leaves int
}

// ruleKeys are the keys of a rule that say nothing of what it finds, or that are read on their own.
var ruleKeys = map[string]bool{
	"id": true, "languages": true, "message": true, "severity": true, "metadata": true, "mode": true, "options": true,
	"paths": true, "fix": true, "fix-regex": true, "min-version": true, "max-version": true, "version": true,
	"match": true, "taint": true,
	"pattern-sources": true, "pattern-sinks": true, "pattern-sanitizers": true, "pattern-propagators": true,
	"pattern": true, "patterns": true, "pattern-either": true, "pattern-regex": true,
}

func (l *Loader) compile(file, id string, body *Node, complete bool, own ...string) (*Rule, []error) {
	c := &compiler{Loader: l, rule: &Rule{ID: id, File: file}}
	if body == nil || body.Kind != MapNode {
		c.fail(body, "", errors.New("want a map"))
		return nil, c.errs
	}
	r := c.rule
	r.Line = body.Line
	for _, p := range body.Pairs {
		if !ruleKeys[p.Key] && !slices.Contains(own, p.Key) && (p.Key != "use" || complete) {
			c.unsupported(&Node{Line: p.Line}, p.Key, "a key that is not known")
		}
	}
	c.languages(body.Get("languages"))
	if complete {
		r.Message = c.text(body.Get("message"), "message")
		r.Severity = strings.ToUpper(c.text(body.Get("severity"), "severity"))
	}
	if n := body.Get("metadata"); n != nil {
		c.expect(n, "metadata", MapNode)
		r.Metadata = n
	}
	r.Options = DefaultOptions()
	if n := body.Get("options"); n != nil {
		r.Options = c.options(n)
	}
	c.paths(body.Get("paths"))
	c.fixes(body)
	if len(c.errs) == 0 {
		c.search(body)
	}
	if len(c.errs) > 0 {
		return nil, c.errs
	}
	return r, nil
}

// search reads what the rule looks for.
func (c *compiler) search(body *Node) {
	mode := "search"
	if n := body.Get("mode"); n != nil {
		mode = c.text(n, "mode")
	}
	if body.Get("taint") != nil {
		mode = "taint"
	}
	switch mode {
	case "taint":
		c.rule.Taint = c.taint(body)
		return
	case "search":
	default:
		c.unsupported(body.Get("mode"), "mode", fmt.Sprintf("the mode %q", mode))
		return
	}
	if n := body.Get("match"); n != nil {
		c.rule.Formula = c.formula(n, "match", 0)
		return
	}
	c.rule.Formula = c.classic(body, "", ruleAttributes, 0)
}

// ruleAttributes tells which keys beside a formula in a rule are none of its business.
func ruleAttributes(key string) bool {
	switch key {
	case "pattern", "patterns", "pattern-either", "pattern-regex", "use":
		return false
	}
	return true
}

// known are languages that Semgrep has and we do not. A rule that is for others too is run for those: its files of such
// a language are read by no check at all, and are counted as such.
var known = map[string]bool{
	"apex": true, "cairo": true, "clojure": true, "crystal": true, "dart": true, "elixir": true, "ex": true, "hack": true, "html": true,
	"jsonnet": true, "julia": true, "lisp": true, "scheme": true, "lua": true, "move_on_aptos": true, "move_on_sui": true, "ocaml": true,
	"promql": true, "ql": true, "r": true, "scala": true, "sol": true, "solidity": true, "swift": true, "vue": true, "xml": true, "vb": true,
	"circom": true, "python2": false, "c": true, "cpp": true, "c++": true, "rust": true, "kotlin": true, "kt": true, "csharp": true, "c#": true,
	"php": true, "ruby": true, "java": true, "go": true, "bash": true, "yaml": true, "json": true, "terraform": true,
	"hcl": true, "dockerfile": true, "proto": true, "protobuf": true,
}

func (c *compiler) languages(n *Node) {
	lacking := ""
	for _, item := range c.list(n, "languages") {
		name := strings.ToLower(c.text(item, "languages"))
		var language ast.Language
		switch name {
		case "regex", "none":
			language = Regex
		case "generic", "spacegrep":
			language = Generic
		default:
			l, ok := lang.Named(name)
			if !ok {
				if !known[name] {
					c.unsupported(item, "languages", fmt.Sprintf("the language %q", name))
				}
				lacking = name
				continue
			}
			language = l.Name
		}
		if !slices.Contains(c.rule.Languages, language) {
			c.rule.Languages = append(c.rule.Languages, language)
		}
	}
	if len(c.rule.Languages) == 0 && len(c.errs) == 0 {
		c.unsupported(n, "languages", fmt.Sprintf("the language %q", lacking))
	}
}

func (c *compiler) paths(n *Node) {
	if n == nil || !c.expect(n, "paths", MapNode) {
		return
	}
	for _, p := range n.Pairs {
		switch p.Key {
		case "include":
			c.rule.Paths.Include = c.texts(p.Value, "paths.include")
		case "exclude":
			c.rule.Paths.Exclude = c.texts(p.Value, "paths.exclude")
		default:
			c.unsupported(p.Value, "paths."+p.Key, "a key that is not known")
		}
	}
}

func (c *compiler) fixes(body *Node) {
	if n := body.Get("fix"); n != nil {
		c.rule.Fix, c.rule.HasFix = c.text(n, "fix"), true
	}
	n := body.Get("fix-regex")
	if n == nil || !c.expect(n, "fix-regex", MapNode) {
		return
	}
	fix := &FixRegex{}
	for _, p := range n.Pairs {
		switch p.Key {
		case "regex":
			fix.Regex = c.expression(p.Value, "fix-regex.regex", regex.Options{MultiLine: true})
		case "replacement":
			fix.Replacement = c.text(p.Value, "fix-regex.replacement")
		case "count":
			fix.Count = c.number(p.Value, "fix-regex.count", 0, 1<<20)
		default:
			c.unsupported(p.Value, "fix-regex."+p.Key, "a key that is not known")
		}
	}
	if fix.Regex == nil {
		c.fail(n, "fix-regex", errors.New("regex is missing"))
	}
	c.rule.FixRegex = fix
}

func (c *compiler) fail(n *Node, operator string, err error) {
	c.report(n, operator, false, err)
}

func (c *compiler) unsupported(n *Node, operator, what string) {
	c.report(n, operator, true, errors.New(what))
}

func (c *compiler) report(n *Node, operator string, unsupported bool, err error) {
	line := c.rule.Line
	if n != nil && n.Line > 0 {
		line = n.Line
	}
	c.errs = append(c.errs, &Error{File: c.rule.File, Line: line, Rule: c.rule.ID, Operator: operator, Unsupported: unsupported, Err: err})
}

func describe(n *Node) string {
	if n == nil {
		return "nothing"
	}
	return n.Kind.String()
}

func (c *compiler) expect(n *Node, where string, kind NodeKind) bool {
	if n == nil || n.Kind != kind {
		c.fail(n, where, fmt.Errorf("want %s, got %s", kind, describe(n)))
		return false
	}
	return true
}

// text is a string. Numbers and booleans that YAML made of one are taken as they were written.
func (c *compiler) text(n *Node, where string) string {
	if n == nil || n.Kind != StringNode && n.Kind != NumberNode && n.Kind != BoolNode {
		c.fail(n, where, fmt.Errorf("want a string, got %s", describe(n)))
		return ""
	}
	return n.Text
}

func (c *compiler) list(n *Node, where string) []*Node {
	if !c.expect(n, where, ListNode) {
		return nil
	}
	return n.Items
}

func (c *compiler) texts(n *Node, where string) []string {
	var out []string
	for _, item := range c.list(n, where) {
		out = append(out, c.text(item, where))
	}
	return out
}
