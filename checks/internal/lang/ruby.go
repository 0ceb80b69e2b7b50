package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// ruby is Ruby.
//
// a.b without arguments is a Member, as nothing in the source tells whether it calls; with arguments or a block it is a
// Call, and the block its last Arg, a Func. A symbol is a Str with OpSymbol. A hash that a call is given without braces
// becomes KeywordArgs where its keys are symbols. @x, @@x and $x are Idents that begin so. A command in backquotes calls
// the Ident "`", as it does in Ruby. `x if y` is an If, and unless an If of a not.
var ruby = &Language{
	Name:         "ruby",
	Aliases:      []string{"rb"},
	Extensions:   []string{".rb", ".rake", ".gemspec", ".ru", ".podspec", ".jbuilder"},
	Filenames:    []string{"Gemfile", "Rakefile", "Guardfile", "Podfile", "Capfile", "Vagrantfile", "Brewfile", "Fastfile", "Dangerfile"},
	Interpreters: []string{"ruby", "jruby"},
	grammars:     []*grammar{rubyGrammar},
	patterns: patternSyntax{
		metavariables: []string{"@", "^"},
		ellipses:      []string{"@", "**@", "when @ then 1", "@ => 1"},
		frames: []frame{
			{before: "begin\n", after: "\nend", when: regexp.MustCompile(`^(rescue|ensure)\b`), partial: true},
			{before: "if x\n", after: "\nend", when: regexp.MustCompile(`^(elsif|else)\b`), partial: true},
			{},
			{after: "\nend", when: regexp.MustCompile(`^(def|class|module|if|unless|while|until|for|case|begin)\b|\bdo(\s*\|.*\|)?$`), partial: true},
			{before: "f(", after: ")", partial: true},
			{before: "{", after: "}", partial: true},
		},
	},
}

var rubyGrammar = &grammar{
	language: syntax.Ruby,
	blocks:   []string{"then", "do", "block_body", "begin_block", "end_block"},
	lowerings: map[string]lowering{
		"identifier": as(ast.Ident), "constant": as(ast.Ident), "instance_variable": as(ast.Ident), "class_variable": as(ast.Ident),
		"global_variable": as(ast.Ident), "self": as(ast.Ident), "super": as(ast.Ident),
		"integer": as(ast.Num), "float": as(ast.Num), "rational": as(ast.Num), "complex": as(ast.Num),
		"true": as(ast.Bool), "false": as(ast.Bool), "nil": as(ast.Null),
		"string": rubyText(ast.NoOp), "bare_string": rubyWord(ast.NoOp), "regex": rubyText(ast.OpRegex), "delimited_symbol": rubyText(ast.OpSymbol),
		"bare_symbol": rubyWord(ast.OpSymbol), "simple_symbol": rubySymbol, "hash_key_symbol": rubySymbol, "character": rubyCharacter,
		"heredoc_beginning": rubyHeredoc, "subshell": rubyCommand, "chained_string": wrap(ast.Interp, ast.NoOp, ast.Fragment),
		"interpolation": (*lowerer).inside, "string_array": wrap(ast.List, ast.NoOp, ast.Elem), "symbol_array": wrap(ast.List, ast.NoOp, ast.Elem),

		"array": wrap(ast.List, ast.NoOp, ast.Elem), "hash": wrap(ast.Dict, ast.NoOp, ast.Elem), "pair": rubyPair, "range": rubyRange,
		"splat_argument": wrap(ast.Spread, ast.OpSpread, ast.Value), "hash_splat_argument": wrap(ast.Spread, ast.OpSpreadMap, ast.Value),
		"block_argument": wrap(ast.Spread, ast.NoOp, ast.Value), "rest_assignment": wrap(ast.Spread, ast.OpSpread, ast.Value),
		"parenthesized_statements": rubyBrackets, "call": rubyCall, "scope_resolution": rubyScope, "element_reference": rubyIndex,
		"unary": rubyUnary, "binary": infix, "conditional": ternary, "assignment": rubyAssignment, "operator_assignment": assignment,
		"left_assignment_list": rubySeveral, "right_assignment_list": rubySeveral, "destructured_left_assignment": rubySeveral,
		"lambda": rubyLambda, "block": rubyBlock, "do_block": rubyBlock, "yield": rubyJump(ast.Yield),

		"method": rubyMethod, "singleton_method": rubyMethod, "class": rubyClass(ast.OpClass), "module": rubyClass(ast.OpModule), "singleton_class": rubySingleton,
		"if": rubyIf, "unless": rubyIf, "elsif": rubyIf, "if_modifier": rubyModifier, "unless_modifier": rubyModifier,
		"while": rubyLoop, "until": rubyLoop, "while_modifier": rubyModifier, "until_modifier": rubyModifier, "for": rubyFor,
		"case": rubyCase, "when": rubyWhen, "begin": rubyBegin, "rescue_modifier": rubyRescueModifier,
		"return": rubyJump(ast.Return), "next": rubyJump(ast.Continue), "break": rubyJump(ast.Break), "redo": rubyJump(ast.Continue), "retry": rubyJump(ast.Continue),
		"then": (*lowerer).block, "do": (*lowerer).block, "block_body": (*lowerer).block, "begin_block": (*lowerer).block, "end_block": (*lowerer).block,
		"body_statement": (*lowerer).inside, "uninterpreted": (*lowerer).skip, "empty_statement": (*lowerer).skip, "pattern": (*lowerer).inside,
	},
}

// rubyText makes the lowering of a text between delimiters.
func rubyText(op ast.Op) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		from, to := l.delimited(n)
		l.rubyInterpolated(n, role, from, to, op)
	}
}

// rubyWord makes the lowering of a word of %w[].
func rubyWord(op ast.Op) lowering {
	return func(l *lowerer, n node, role ast.Role) {
		l.rubyInterpolated(n, role, l.start(n), l.end(n), op)
	}
}

func (l *lowerer) rubyInterpolated(n node, role ast.Role, from, to uint32, op ast.Op) {
	if l.child(n, "interpolation") == none {
		str := l.leafNamed(ast.Str, role, n, l.cst.Source[from:to])
		str.Op = op
		if strings.HasPrefix(l.text(n), "'") {
			str.Flags |= ast.FlagRaw
		}
		return
	}
	l.open(ast.Interp, role, n).Op = op
	l.fragments(n, from, to, "interpolation")
	l.close(n)
}

func rubySymbol(l *lowerer, n node, role ast.Role) {
	l.leafNamed(ast.Str, role, n, strings.TrimPrefix(l.text(n), ":")).Op = ast.OpSymbol
}

func rubyCharacter(l *lowerer, n node, role ast.Role) {
	l.leafNamed(ast.Str, role, n, strings.TrimPrefix(l.text(n), "?"))
}

// rubyHeredoc lowers <<~END to the text that stands further down.
func rubyHeredoc(l *lowerer, n node, role ast.Role) {
	if l.heredocs == nil {
		l.heredocs = map[node]node{}
		var waiting []node
		for i := range l.cst.Nodes {
			switch c := node(i); {
			case l.is(c, "heredoc_beginning"):
				waiting = append(waiting, c)
			case l.is(c, "heredoc_body") && len(waiting) > 0:
				l.heredocs[waiting[0]] = c
				waiting = waiting[1:]
			}
		}
	}
	body, ok := l.heredocs[n]
	if !ok {
		l.leafNamed(ast.Str, role, n, "")
		return
	}
	from, to := l.start(body), l.end(body)
	if end := l.child(body, "heredoc_end"); end != none {
		to = l.start(end)
	}
	if l.child(body, "interpolation") == none {
		l.leafNamed(ast.Str, role, n, strings.TrimPrefix(l.cst.Source[from:to], "\n"))
		return
	}
	l.open(ast.Interp, role, n)
	l.fragments(body, from, to, "interpolation")
	l.close(n)
}

// rubyCommand lowers `ls` and %x(ls).
func rubyCommand(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.leafNamed(ast.Ident, ast.Callee, l.cst.Nodes[n].First, "`")
	from, to := l.delimited(n)
	l.rubyInterpolated(n, ast.Arg, from, to, ast.NoOp)
	l.close(n)
}

// rubyPair lowers a pair of a hash, and of a hash that a call is given without braces.
func rubyPair(l *lowerer, n node, role ast.Role) {
	key, value := l.field(n, "key"), l.field(n, "value")
	symbol := l.is(key, "hash_key_symbol", "simple_symbol")
	if role == ast.Arg && symbol {
		name := strings.TrimPrefix(l.text(key), ":")
		l.open(ast.KeywordArg, role, n).Name = name
		l.leafNamed(ast.Ident, ast.DefName, key, name)
	} else {
		pair := l.open(ast.Pair, role, n)
		if value == none {
			pair.Flags |= ast.FlagShorthand
		}
		if l.is(key, "string") && l.has(n, ":") { // "a": 1 has a symbol as key
			from, to := l.delimited(key)
			l.rubyInterpolated(key, ast.Key, from, to, ast.OpSymbol)
		} else {
			l.lower(key, ast.Key)
		}
	}
	if value == none { // {a:}
		l.leafNamed(ast.Ident, ast.Value, key, l.text(key))
	}
	l.lower(value, ast.Value)
	l.close(n)
}

func rubyRange(l *lowerer, n node, role ast.Role) {
	l.open(ast.Binary, role, n).Op = infixOps[l.text(l.field(n, "operator"))]
	l.lower(l.field(n, "begin"), ast.Left)
	l.lower(l.field(n, "end"), ast.Right)
	l.close(n)
}

// rubyBrackets lowers (a; b): one expression is itself.
func rubyBrackets(l *lowerer, n node, role ast.Role) {
	count := 0
	for range l.named(n) {
		count++
	}
	if count == 1 {
		l.lowerAll(n, role)
		return
	}
	l.block(n, role)
}

func rubyCall(l *lowerer, n node, role ast.Role) {
	method, arguments, block := l.field(n, "method"), l.field(n, "arguments"), l.field(n, "block")
	if l.text(method) == "raise" && l.field(n, "receiver") == none {
		l.open(ast.Throw, role, n)
		l.lowerAll(arguments, ast.Value)
		l.close(n)
		return
	}
	if arguments == none && block == none {
		l.rubyMember(n, n, method, role)
		return
	}
	l.open(ast.Call, role, n)
	l.rubyMember(n, method, method, ast.Callee)
	l.lowerAll(arguments, ast.Arg)
	l.lower(block, ast.Arg)
	l.close(n)
}

// rubyMember adds receiver.method, which ends where a node does.
func (l *lowerer) rubyMember(n, end, method node, role ast.Role) {
	receiver := l.field(n, "receiver")
	if receiver == none {
		l.lower(method, role)
		return
	}
	m := l.Open(ast.Member, role, l.start(receiver))
	if l.text(l.field(n, "operator")) == "&." {
		m.Flags |= ast.FlagOptional
	}
	l.lower(receiver, ast.Object)
	if method == none { // f.()
		at := l.end(receiver)
		l.Leaf(ast.Ident, ast.Property, "call", at, at)
		l.Close(at)
		return
	}
	l.leaf(ast.Ident, ast.Property, method)
	l.Close(l.end(end))
}

func rubyScope(l *lowerer, n node, role ast.Role) {
	l.member(l.field(n, "scope"), l.field(n, "name"), role)
}

func rubyIndex(l *lowerer, n node, role ast.Role) {
	object := l.field(n, "object")
	l.open(ast.Index, role, n)
	l.lower(object, ast.Object)
	for c := range l.named(n) {
		if c != object {
			l.lower(c, ast.Arg)
		}
	}
	l.close(n)
}

func rubyUnary(l *lowerer, n node, role ast.Role) {
	op, ok := prefixOps[l.text(l.field(n, "operator"))]
	if !ok {
		if l.text(l.field(n, "operator")) == "defined?" {
			op = ast.OpTypeOf
		}
	}
	l.open(ast.Unary, role, n).Op = op
	l.lower(l.field(n, "operand"), ast.Value)
	l.close(n)
}

func rubyAssignment(l *lowerer, n node, role ast.Role) {
	l.open(ast.Assign, role, n).Op = ast.OpAssign
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
}

// rubySeveral lowers the sides of a, b = c, d.
func rubySeveral(l *lowerer, n node, role ast.Role) {
	l.open(ast.Tuple, role, n)
	l.lowerAll(n, ast.Elem)
	l.close(n)
}
