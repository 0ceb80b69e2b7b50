package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

var dockerfile = &Language{
	Name: "dockerfile", Aliases: []string{"docker"}, Extensions: []string{".dockerfile"}, Filenames: []string{"Dockerfile", "Containerfile"},
	Prefixes: []string{"Dockerfile.", "Containerfile."},
	grammars: []*grammar{dockerGrammar},
	patterns: patternSyntax{
		ellipses:      []string{"@", "RUN @", "\"@\"", "@=@", "@ @", "$@", "--x=@"},
		metavariables: []string{"@", "\"@\"", "$@", "CMD @", "RUN @"},
		frames: []frame{
			{after: "\n", when: dockerKeyword},
			{before: "RUN ", after: "\n", unless: dockerKeyword, unblock: true},
			{after: "\n"},
		},
		place: dockerEllipsis,
		words: true,
	},
}

// dockerKeyword tells an instruction from a command of a shell.
var dockerKeyword = regexp.MustCompile(`(?im)^\s*(FROM|RUN|CMD|LABEL|MAINTAINER|EXPOSE|ENV|ADD|COPY|ENTRYPOINT|VOLUME|USER|WORKDIR|ARG|ONBUILD|STOPSIGNAL|HEALTHCHECK|SHELL)\b`)

// dockerEllipsis makes an instruction of an ellipsis on a line of its own, and a pair of one among the variables of ENV.
func dockerEllipsis(text string, at int) []string {
	line := text[strings.LastIndexByte(text[:at], '\n')+1:]
	line, _, _ = strings.Cut(line, "\n")
	switch line = strings.ToUpper(strings.TrimSpace(line)); {
	case line == "...":
		return []string{"RUN @"}
	case strings.HasPrefix(line, "ENV "), strings.HasPrefix(line, "LABEL "):
		return []string{"@=@", "@"}
	}
	return nil
}

// Every line of a Dockerfile is an Instruction. Its Args are what follows the keyword: words and paths (Str), pairs (Pair), and the exec
// form (List). The shell form of RUN, CMD and ENTRYPOINT is the Body, a Block of the commands as package bash reads them. FROM has the name
// of the image as its Arg, the tag as Property, the digest as Value and the stage as Alias; USER the group as Property. Options are Modifiers. What a pattern leaves out
// of an instruction, besides Args, may be anything: `FROM $I` matches an image with a tag too.
var dockerGrammar = &grammar{language: syntax.Dockerfile, legible: dockerLegible, lowerings: map[string]lowering{
	"from_instruction": dockerFrom, "run_instruction": dockerLine, "cmd_instruction": dockerLine, "label_instruction": dockerLine, "expose_instruction": dockerLine,
	"env_instruction": dockerLine, "add_instruction": dockerLine, "copy_instruction": dockerLine, "entrypoint_instruction": dockerLine, "volume_instruction": dockerLine,
	"user_instruction": dockerUser, "workdir_instruction": dockerLine, "arg_instruction": dockerLine, "onbuild_instruction": dockerLine, "stopsignal_instruction": dockerText,
	"healthcheck_instruction": dockerLine, "shell_instruction": dockerLine, "maintainer_instruction": dockerText, "cross_build_instruction": dockerLine,
	"unquoted_string": dockerWord, "double_quoted_string": quoted, "single_quoted_string": quoted, "json_string": quoted, "path": dockerPath, "expose_port": dockerWord,
	"json_string_array": wrap(ast.List, ast.NoOp, ast.Elem), "env_pair": dockerPair, "label_pair": dockerPair,
	"param": dockerParam, "mount_param": dockerParam, "shell_command": dockerShell, "image_alias": as(ast.Ident), "line_continuation": (*lowerer).skip,
	"expansion": (*lowerer).inside, "variable": as(ast.Ident),
}}

// dockerWord lowers a word that nothing quotes. A whole hole of a pattern is an identifier, so that it becomes a metavariable.
func dockerWord(l *lowerer, n node, role ast.Role) {
	kind := ast.Str
	if wholeSentinel.MatchString(l.text(n)) {
		kind = ast.Ident
	}
	l.leaf(kind, role, n)
}

// dockerPath lowers a path, which may have variables in it.
func dockerPath(l *lowerer, n node, role ast.Role) {
	switch variable := l.child(n, "expansion"); {
	case wholeSentinel.MatchString(l.text(n)):
		l.leaf(ast.Ident, role, n)
	case variable != none && (l.start(variable) > l.start(n) || l.end(variable) < l.end(n)):
		l.interpolated(n, role, l.start(n), l.end(n), "expansion")
	default:
		l.wordWithHoles(n, role)
	}
}

func dockerLine(l *lowerer, n node, role ast.Role) {
	keyword := strings.ToUpper(l.text(l.cst.Nodes[n].First))
	l.open(ast.Instruction, role, n).Name = keyword
	if def := l.field(n, "default"); def != none { // ARG name=default
		name := l.field(n, "name")
		l.Open(ast.Pair, ast.Arg, l.start(name))
		l.lower(name, ast.Key)
		l.lower(def, ast.Value)
		l.Close(l.end(def))
	} else {
		for c := range l.named(n) {
			l.lower(c, l.dockerRole(c))
		}
		if word := l.token(n, "NONE"); word != none { // HEALTHCHECK NONE
			l.leaf(ast.Str, ast.Arg, word)
		}
	}
	l.close(n)
}

// dockerRole is what a part of an instruction is to it.
func (l *lowerer) dockerRole(c node) ast.Role {
	switch l.kind(c) {
	case "param", "mount_param":
		return ast.ModifierOf
	case "cmd_instruction", "run_instruction":
		return ast.Body
	}
	return ast.Arg
}

// dockerUser lowers USER user:group, with the group as Property.
func dockerUser(l *lowerer, n node, role ast.Role) {
	l.open(ast.Instruction, role, n).Name = "USER"
	l.lower(l.field(n, "user"), ast.Arg)
	l.lower(l.field(n, "group"), ast.Property)
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
			l.lower(c, l.dockerRole(c))
		}
	}
	l.close(n)
}

func dockerIdent(l *lowerer, n node, role ast.Role) { l.leaf(ast.Ident, role, n) }

// dockerImage adds the three parts of name:tag@digest, so that each can be a metavariable.
func (l *lowerer) dockerImage(n node) {
	dockerWord(l, l.field(n, "name"), ast.Arg)
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
		l.Leaf(kind, role, text, l.start(at)+uint32(len(mark)), l.end(at))
	}
	part("tag", ":", ast.Property)
	part("digest", "@", ast.Value)
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
	end := l.end(n)
	l.open(ast.KeywordArg, role, n).Name = m[1]
	kind := ast.Str
	if wholeSentinel.MatchString(m[2]) {
		kind = ast.Ident
	}
	l.Leaf(kind, ast.Value, m[2], end-uint32(len(m[2])), end)
	l.close(n)
}

// dockerComment finds the comments between the lines of a command, which the shell never sees.
var dockerComment = regexp.MustCompile(`(?m)^[ \t]*#.*$`)

// dockerShell lowers a shell command to a Block.
func dockerShell(l *lowerer, n node, _ ast.Role) {
	text := dockerComment.ReplaceAllStringFunc(dockerJoined(l.text(n)), func(comment string) string {
		return strings.Repeat(" ", len(comment)-1) + "\\" // joined with the next line, as Docker does
	})
	l.open(ast.Block, ast.Body, n)
	if !l.embedded(bashGrammar, text, l.start(n), func(inner *lowerer) { inner.lowerAll(0, ast.Stmt) }) {
		l.leaf(ast.Str, ast.Stmt, n)
	}
	l.close(n)
}

// dockerText lowers an instruction whose rest is one text.
func dockerText(l *lowerer, n node, role ast.Role) {
	text := l.text(n)
	keyword, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	l.open(ast.Instruction, role, n).Name = strings.ToUpper(keyword)
	end := l.end(n)
	kind := ast.Str
	if wholeSentinel.MatchString(rest) {
		kind = ast.Ident
	}
	l.Leaf(kind, ast.Arg, strings.Trim(rest, `"'`), end-uint32(len(rest)), end)
	l.close(n)
}
