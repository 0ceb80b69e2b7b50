package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

var dockerfile = &Language{
	Name: "dockerfile", Aliases: []string{"docker"}, Extensions: []string{".dockerfile"}, Filenames: []string{"Dockerfile", "Containerfile"},
	grammars: []*grammar{dockerGrammar},
	patterns: patternSyntax{ellipses: []string{"@", "RUN @", "\"@\"", "@=@"}, metavariables: []string{"@", "\"@\""}},
}

// Every line of a Dockerfile is an Instruction. Its Args are what follows the keyword: options (KeywordArg), words and paths (Str), pairs
// (Pair), the exec form (List), and for RUN, CMD and ENTRYPOINT the words of the shell command. FROM has the image as one Str and
// the stage as Alias.
var dockerGrammar = &grammar{language: syntax.Dockerfile, lowerings: map[string]lowering{
	"from_instruction": dockerFrom, "run_instruction": dockerLine, "cmd_instruction": dockerLine, "label_instruction": dockerLine, "expose_instruction": dockerLine,
	"env_instruction": dockerLine, "add_instruction": dockerLine, "copy_instruction": dockerLine, "entrypoint_instruction": dockerLine, "volume_instruction": dockerLine,
	"user_instruction": dockerLine, "workdir_instruction": dockerLine, "arg_instruction": dockerLine, "onbuild_instruction": dockerLine, "stopsignal_instruction": dockerLine,
	"healthcheck_instruction": dockerLine, "shell_instruction": dockerLine, "maintainer_instruction": dockerLine, "cross_build_instruction": dockerLine,
	"unquoted_string": dockerWord, "double_quoted_string": quoted, "single_quoted_string": quoted, "json_string": quoted, "path": dockerWord, "expose_port": dockerWord,
	"json_string_array": wrap(ast.List, ast.NoOp, ast.Elem), "env_pair": dockerPair, "label_pair": dockerPair,
	"param": dockerParam, "mount_param": dockerParam, "shell_command": dockerShell, "image_alias": as(ast.Ident),
}}

// dockerWord lowers a word that nothing quotes. A whole hole of a pattern is an identifier, so that it becomes a metavariable.
func dockerWord(l *lowerer, n node, role ast.Role) {
	kind := ast.Str
	if wholeSentinel.MatchString(l.text(n)) {
		kind = ast.Ident
	}
	l.leaf(kind, role, n)
}

func dockerLine(l *lowerer, n node, role ast.Role) {
	keyword := strings.ToUpper(l.text(l.cst.Nodes[n].First))
	l.open(ast.Instruction, role, n).Name = keyword
	if def := l.field(n, "default"); def != none { // ARG name=default
		name := l.field(n, "name")
		l.Open(ast.Pair, ast.Arg, l.cst.Nodes[name].Start)
		l.lower(name, ast.Key)
		l.lower(def, ast.Value)
		l.Close(l.cst.Nodes[def].End)
	} else {
		l.lowerAll(n, ast.Arg)
	}
	l.close(n)
}

func dockerFrom(l *lowerer, n node, role ast.Role) {
	l.open(ast.Instruction, role, n).Name = "FROM"
	for c := range l.named(n) {
		switch {
		case l.is(c, "image_spec"):
			l.dockerImage(c)
		case l.is(c, "image_alias"):
			dockerIdent(l, c, ast.Alias)
		default:
			l.lower(c, ast.Arg)
		}
	}
	l.close(n)
}

func dockerIdent(l *lowerer, n node, role ast.Role) { l.leaf(ast.Ident, role, n) }

// dockerImage lowers name:tag@digest to an Other of its three parts, so that each can be a metavariable.
func (l *lowerer) dockerImage(n node) {
	l.open(ast.Other, ast.Arg, n).Name = "image"
	dockerWord(l, l.field(n, "name"), ast.Object)
	part := func(field, mark string, role ast.Role) {
		at := l.field(n, field)
		if at == none {
			return
		}
		text := strings.TrimPrefix(l.text(at), mark)
		kind := ast.Str
		if wholeSentinel.MatchString(text) {
			kind = ast.Ident
		}
		l.Leaf(kind, role, text, l.cst.Nodes[at].Start+uint32(len(mark)), l.cst.Nodes[at].End)
	}
	part("tag", ":", ast.Property)
	part("digest", "@", ast.Value)
	l.close(n)
}

func dockerPair(l *lowerer, n node, role ast.Role) {
	l.open(ast.Pair, role, n)
	name := l.field(n, "name")
	if name == none {
		name = l.field(n, "key")
	}
	l.lower(name, ast.Key)
	l.lower(l.field(n, "value"), ast.Value)
	l.close(n)
}

// dockerOption splits --name=value.
var dockerOption = regexp.MustCompile(`^--([a-z-]+)(?:=(.*))?$`)

func dockerParam(l *lowerer, n node, role ast.Role) {
	m := dockerOption.FindStringSubmatch(l.text(n))
	if m == nil {
		l.leaf(ast.Str, role, n)
		return
	}
	end := l.cst.Nodes[n].End
	l.open(ast.KeywordArg, role, n).Name = m[1]
	l.Leaf(ast.Str, ast.Value, m[2], end-uint32(len(m[2])), end)
	l.close(n)
}

// shellWord finds the words of a command, quoted or not, and the operators between commands.
var shellWord = regexp.MustCompile(`&&|\|\||[|;&]|(?:[^\s|;&"'\\]|\\(?s:.)|"(?:[^"\\]|\\(?s:.))*"|'[^']*')+`)

// dockerShell lowers a shell command to its words.
func dockerShell(l *lowerer, n node, role ast.Role) {
	text, start := l.text(n), l.cst.Nodes[n].Start
	for _, at := range shellWord.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		if strings.Trim(word, "\\\r\n \t") == "" {
			continue // a continued line
		}
		kind := ast.Str
		if wholeSentinel.MatchString(word) {
			kind = ast.Ident
		}
		l.Leaf(kind, role, word, start+uint32(at[0]), start+uint32(at[1]))
	}
}
