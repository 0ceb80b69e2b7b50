package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// bash is the language of Bash and of the POSIX shells.
//
// A command is a Call of an Ident, or of whatever says which command it is; words are Str, quoted or not, and numbers too.
// $x and ${x} are the Ident x. Assignments before a command and redirections are its modifiers. A command substitution is
// an Other of its commands. What a for loop runs over is a List.
var bash = &Language{
	Name:         "bash",
	Aliases:      []string{"sh", "shell"},
	Extensions:   []string{".sh", ".bash", ".ksh", ".bats"},
	Filenames:    []string{".bashrc", ".bash_profile", ".bash_aliases", ".bash_logout", ".profile", ".kshrc", "PKGBUILD", "APKBUILD"},
	Interpreters: []string{"bash", "sh", "dash", "ksh", "ash"},
	grammars:     []*grammar{bashGrammar},
	patterns:     patternSyntax{ellipses: []string{"@", "@;", "@) ;;"}},
}

var bashGrammar = &grammar{language: syntax.Bash, blocks: []string{"compound_statement", "do_group", "subshell"}, lowerings: map[string]lowering{
	"word": bashWord, "number": bashWord, "extglob_pattern": bashWord, "regex": bashWord, "command_name": bashName,
	"variable_name": as(ast.Ident), "special_variable_name": as(ast.Ident), "test_operator": bashWord,
	"raw_string": quoted, "ansi_c_string": bashDollarString, "string": bashString, "translated_string": (*lowerer).inside,
	"concatenation": bashConcatenation, "simple_expansion": (*lowerer).inside, "expansion": bashExpansion,
	"command_substitution": (*lowerer).other, "arithmetic_expansion": (*lowerer).inside,
	"array": wrap(ast.List, ast.NoOp, ast.Elem), "subscript": bashSubscript,

	"command": bashCommand, "declaration_command": bashDeclaration, "unset_command": bashWords, "variable_assignment": bashAssignment, "variable_assignments": (*lowerer).inside,
	"pipeline": bashChain, "list": bashChain, "redirected_statement": bashRedirected, "negated_command": bashNegated,
	"test_command": (*lowerer).inside, "binary_expression": bashBinary, "unary_expression": bashTest, "postfix_expression": step, "parenthesized_expression": (*lowerer).inside, "ternary_expression": ternary,
	"file_redirect": bashRedirect, "heredoc_redirect": bashRedirect, "herestring_redirect": bashRedirect, "heredoc_body": bashHeredoc,

	"compound_statement": (*lowerer).block, "do_group": (*lowerer).block, "subshell": (*lowerer).block,
	"if_statement": bashIf, "for_statement": bashFor, "c_style_for_statement": bashCountedFor, "while_statement": bashWhile,
	"case_statement": bashSwitch, "case_item": bashCase, "function_definition": bashFunction,
}}

// bashWord lowers a word that nothing quotes. A whole hole of a pattern is an identifier, so that it becomes a
// metavariable.
func bashWord(l *lowerer, n node, role ast.Role) {
	if wholeSentinel.MatchString(l.text(n)) {
		l.leaf(ast.Ident, role, n)
		return
	}
	l.wordWithHoles(n, role)
}

// wordWithHoles lowers a word: of a pattern, one such as a$X has the metavariable as a value in it.
func (l *lowerer) wordWithHoles(n node, role ast.Role) {
	text := l.text(n)
	holes := sentinelPattern.FindAllStringIndex(text, -1)
	if len(holes) == 0 {
		l.leaf(ast.Str, role, n)
		return
	}
	l.open(ast.Interp, role, n) // a$X of a pattern
	at, from := 0, l.start(n)
	piece := func(kind ast.Kind, role ast.Role, to int) {
		if to > at {
			l.Leaf(kind, role, text[at:to], from+uint32(at), from+uint32(to))
		}
		at = to
	}
	for _, hole := range holes {
		piece(ast.Str, ast.Fragment, hole[0])
		piece(ast.Ident, ast.Value, hole[1])
	}
	piece(ast.Str, ast.Fragment, len(text))
	l.close(n)
}

// bashPlainText is a quoted text in which nothing has a meaning.
var bashPlainText = regexp.MustCompile("^(\"[^\"$`\\\\]+\"|'[^']+')$")

func bashName(l *lowerer, n node, role ast.Role) {
	switch word := l.first(n); {
	case l.is(word, "word"):
		l.leaf(ast.Ident, role, n)
	case l.is(word, "string", "raw_string") && bashPlainText.MatchString(l.text(word)) && !sentinelPattern.MatchString(l.text(word)): // "curl" is curl
		l.leafNamed(ast.Ident, role, n, l.text(word)[1:len(l.text(word))-1])
	default:
		l.lower(word, role)
	}
}

func bashString(l *lowerer, n node, role ast.Role) {
	from, to := l.delimited(n)
	if content := l.cst.Source[from:to]; wholeSentinel.MatchString(content) { // what a pattern calls "$X" is an expansion
		l.open(ast.Interp, role, n)
		l.Leaf(ast.Ident, ast.Value, content, from, to)
		l.close(n)
		return
	}
	l.interpolated(n, role, from, to, "simple_expansion", "expansion", "command_substitution", "arithmetic_expansion")
}

// bashDollarString lowers $'text'.
func bashDollarString(l *lowerer, n node, role ast.Role) {
	l.leafNamed(ast.Str, role, n, strings.Trim(strings.TrimPrefix(l.text(n), "$"), "'"))
}

func bashHeredoc(l *lowerer, n node, role ast.Role) {
	l.interpolated(n, role, l.start(n), l.end(n), "simple_expansion", "expansion", "command_substitution")
}

// bashConcatenation lowers a"b"$c.
func bashConcatenation(l *lowerer, n node, role ast.Role) {
	l.open(ast.Interp, role, n)
	for c := range l.named(n) {
		if l.is(c, "word", "raw_string", "number") || l.is(c, "string") && l.child(c, "simple_expansion", "expansion", "command_substitution") == none {
			l.lower(c, ast.Fragment)
		} else {
			l.lower(c, ast.Value)
		}
	}
	l.close(n)
}

// bashExpansion lowers ${x}, and ${x:-y} to x ?? y.
func bashExpansion(l *lowerer, n node, role ast.Role) {
	var parts []node
	for c := range l.named(n) {
		parts = append(parts, c)
	}
	operator := l.text(l.field(n, "operator"))
	switch {
	case len(parts) == 1:
		l.lower(parts[0], role)
	case len(parts) == 2 && (operator == ":-" || operator == "-" || operator == ":=" || operator == "="):
		l.open(ast.Binary, role, n).Op = ast.OpCoalesce
		l.lower(parts[0], ast.Left)
		l.lower(parts[1], ast.Right)
		l.close(n)
	default:
		l.other(n, role)
	}
}

func bashSubscript(l *lowerer, n node, role ast.Role) {
	l.open(ast.Index, role, n)
	l.lower(l.field(n, "name"), ast.Object)
	l.lower(l.field(n, "index"), ast.Arg)
	l.close(n)
}

func bashCommand(l *lowerer, n node, role ast.Role) {
	name := l.field(n, "name")
	switch l.text(name) {
	case "return":
		l.open(ast.Return, role, n)
		l.lowerFields(n, "argument", ast.Value)
		l.close(n)
	case "break", "continue":
		kind := ast.Break
		if l.text(name) == "continue" {
			kind = ast.Continue
		}
		l.open(kind, role, n)
		l.close(n)
	default:
		l.open(ast.Call, role, n)
		l.bashCall(n)
		l.close(n)
	}
}

// bashCall adds the parts of a command.
func (l *lowerer) bashCall(n node) {
	l.lower(l.field(n, "name"), ast.Callee)
	for c := range l.named(n) {
		switch {
		case l.is(c, "command_name"):
		case l.is(c, "variable_assignment", "file_redirect", "heredoc_redirect", "herestring_redirect"):
			l.lower(c, ast.ModifierOf)
		default:
			l.lower(c, ast.Arg)
		}
	}
}

// bashWords lowers a command that the grammar has a word for.
func bashWords(l *lowerer, n node, role ast.Role) {
	l.open(ast.Call, role, n)
	l.leaf(ast.Ident, ast.Callee, l.cst.Nodes[n].First)
	l.lowerAll(n, ast.Arg)
	l.close(n)
}

// bashDeclaration lowers `export a=b c` to a VarDef for each variable.
func bashDeclaration(l *lowerer, n node, role ast.Role) {
	keyword := l.cst.Nodes[n].First
	op := ast.OpVar
	if l.text(keyword) == "readonly" {
		op = ast.OpConst
	}
	count := 0
	for c := range l.named(n) {
		if l.is(c, "variable_assignment", "variable_name") {
			count++
		}
	}
	if count == 0 {
		bashWords(l, n, role)
		return
	}
	for c := range l.named(n) {
		if !l.is(c, "variable_assignment", "variable_name") {
			continue
		}
		at := c
		if count == 1 {
			at = n
		}
		l.open(ast.VarDef, role, at).Op = op
		l.leaf(ast.Modifier, ast.ModifierOf, keyword)
		if l.is(c, "variable_name") {
			l.lower(c, ast.Left)
		} else {
			l.lower(l.field(c, "name"), ast.Left)
			l.lower(l.field(c, "value"), ast.Right)
		}
		l.close(at)
	}
}

func bashAssignment(l *lowerer, n node, role ast.Role) {
	op := ast.OpAssign
	if l.has(n, "+=") {
		op = ast.OpAdd
	}
	l.open(ast.Assign, role, n).Op = op
	l.lower(l.field(n, "name"), ast.Left)
	if value := l.field(n, "value"); value != none {
		l.lower(value, ast.Right)
	} else {
		l.Leaf(ast.Str, ast.Right, "", l.end(n), l.end(n))
	}
	l.close(n)
}

// bashOps are the operators between commands.
var bashOps = map[string]ast.Op{"|": ast.OpPipe, "|&": ast.OpPipe, "&&": ast.OpAnd, "||": ast.OpOr}

// bashChain lowers a | b | c and a && b || c, from left to right.
func bashChain(l *lowerer, n node, role ast.Role) {
	var parts []node
	var ops []ast.Op
	for c := l.cst.Nodes[n].First; c != none; c = l.cst.Nodes[c].Next {
		if op, ok := bashOps[l.kind(c)]; ok {
			ops = append(ops, op)
		} else if l.counts(c) {
			parts = append(parts, c)
		}
	}
	if len(ops) != len(parts)-1 {
		l.other(n, role)
		return
	}
	l.leftToRight(n, parts, ops, role)
}

// leftToRight nests operands and the operators between them.
func (l *lowerer) leftToRight(n node, parts []node, ops []ast.Op, role ast.Role) {
	opened := 0
	for i := len(ops) - 1; i >= 0 && !l.full(); i-- {
		l.open(ast.Binary, role, n).Op = ops[i]
		role = ast.Left
		opened++
	}
	for i, part := range parts {
		if i > opened {
			break
		}
		l.lower(part, role)
		if role = ast.Right; i > 0 {
			l.Close(l.end(part))
		}
	}
}

// bashRedirected lowers `command > file`. A redirection behind anything but a command is left out, for it hides what is
// redirected.
func bashRedirected(l *lowerer, n node, role ast.Role) {
	body := l.field(n, "body")
	if !l.is(body, "command") {
		l.lower(body, role)
		return
	}
	var piped node = none
	for c := range l.fields(n, "redirect") {
		if l.is(c, "heredoc_redirect") {
			piped = l.child(c, "pipeline")
		}
	}
	if piped != none { // cat <<END | sh
		l.open(ast.Binary, role, n).Op = ast.OpPipe
		role = ast.Left
	}
	l.open(ast.Call, role, n)
	l.bashCall(body)
	l.lowerFields(n, "redirect", ast.ModifierOf)
	l.close(n)
	if piped != none {
		l.lowerAll(piped, ast.Right)
		l.close(n)
	}
}

// bashRedirect keeps the destination, or the text that is fed in.
func bashRedirect(l *lowerer, n node, role ast.Role) {
	name := l.kind(n)
	for c := l.cst.Nodes[n].First; c != none && l.is(n, "file_redirect"); c = l.cst.Nodes[c].Next {
		if !l.is(c, "file_descriptor") {
			name = l.text(c)
			break
		}
	}
	l.open(ast.Other, role, n).Name = name
	for c := range l.named(n) {
		if !l.is(c, "file_descriptor", "heredoc_start", "heredoc_end", "pipeline") {
			l.lower(c, ast.Part)
		}
	}
	l.close(n)
}

func bashNegated(l *lowerer, n node, role ast.Role) {
	l.open(ast.Unary, role, n).Op = ast.OpNot
	l.lowerAll(n, ast.Value)
	l.close(n)
}

// bashTest lowers -f x, ! x and so on.
func bashTest(l *lowerer, n node, role ast.Role) {
	operator := l.field(n, "operator")
	if op, ok := prefixOps[l.text(operator)]; ok {
		l.open(ast.Unary, role, n).Op = op
	} else {
		l.open(ast.Other, role, n).Name = l.text(operator)
	}
	for c := range l.named(n) {
		if c != operator {
			l.lower(c, ast.Value)
		}
	}
	l.close(n)
}

// bashComparisons are the operators of tests that other languages write differently.
var bashComparisons = map[string]ast.Op{
	"=": ast.OpEq, "-eq": ast.OpEq, "-ne": ast.OpNe, "-lt": ast.OpLt, "-le": ast.OpLe, "-gt": ast.OpGt, "-ge": ast.OpGe, "-a": ast.OpAnd, "-o": ast.OpOr,
}

func bashBinary(l *lowerer, n node, role ast.Role) {
	operator := l.text(l.field(n, "operator"))
	op, ok := bashComparisons[operator]
	if !ok {
		op = infixOps[operator]
	}
	l.open(ast.Binary, role, n).Op = op
	l.lower(l.field(n, "left"), ast.Left)
	l.lower(l.field(n, "right"), ast.Right)
	l.close(n)
}
