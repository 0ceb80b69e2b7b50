package lang

import (
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

var yamlLanguage = &Language{
	Name: "yaml", Aliases: []string{"yml"}, Extensions: []string{".yaml", ".yml"},
	grammars: []*grammar{yamlGrammar},
	patterns: patternSyntax{ellipses: []string{"@", "@: @", "- @"}, place: yamlEllipsis, onlyPair: true},
}

// A document is its content, with role Stmt. Mappings are Dict, sequences List; a scalar is what YAML 1.2's core schema
// takes it for, and an alias an Ident.
var yamlGrammar = &grammar{language: syntax.YAML, lowerings: map[string]lowering{
	"document": (*lowerer).inside, "block_node": (*lowerer).inside, "flow_node": (*lowerer).inside, "plain_scalar": yamlPlain,
	"block_mapping": wrap(ast.Dict, ast.NoOp, ast.Elem), "flow_mapping": wrap(ast.Dict, ast.NoOp, ast.Elem),
	"block_sequence": wrap(ast.List, ast.NoOp, ast.Elem), "flow_sequence": wrap(ast.List, ast.NoOp, ast.Elem),
	"block_mapping_pair": yamlPair, "flow_pair": yamlPair, "block_sequence_item": (*lowerer).inside,
	"double_quote_scalar": quoted, "single_quote_scalar": quoted, "block_scalar": yamlBlock,
	"alias": yamlAlias, "anchor": (*lowerer).skip, "tag": (*lowerer).skip,
	"yaml_directive": (*lowerer).skip, "tag_directive": (*lowerer).skip, "reserved_directive": (*lowerer).skip,
}}

func yamlPlain(l *lowerer, n node, role ast.Role) {
	text := l.text(n)
	kind := ast.Str
	switch scalar := l.first(n); {
	case wholeSentinel.MatchString(text):
		kind = ast.Ident
	case l.is(scalar, "integer_scalar", "float_scalar"):
		kind = ast.Num
	case l.is(scalar, "boolean_scalar"):
		kind = ast.Bool
	case l.is(scalar, "null_scalar"):
		kind = ast.Null
	}
	l.leafNamed(kind, role, n, text)
}

func yamlPair(l *lowerer, n node, role ast.Role) {
	l.open(ast.Pair, role, n)
	l.lower(l.field(n, "key"), ast.Key)
	l.lower(l.field(n, "value"), ast.Value)
	l.close(n)
}

// yamlBlock lowers | and > scalars: the name is the text below the indicator, without the indentation of its first line.
func yamlBlock(l *lowerer, n node, role ast.Role) {
	_, body, _ := strings.Cut(l.text(n), "\n")
	indent := body[:len(body)-len(strings.TrimLeft(body, " "))]
	lines := strings.Split(body, "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], indent)
	}
	l.leafNamed(ast.Str, role, n, strings.Join(lines, "\n"))
}

func yamlAlias(l *lowerer, n node, role ast.Role) {
	l.leafNamed(ast.Ident, role, n, l.text(n))
}

// yamlEllipsis tells what an ellipsis on a line of its own skips from its neighbours of the same indentation: items of a
// list or pairs of a mapping.
func yamlEllipsis(text string, at int) []string {
	before := strings.Split(text[:at], "\n")
	after := strings.Split(text[at:], "\n")
	own := before[len(before)-1]
	if strings.TrimSpace(own) != "" || strings.TrimSpace(after[0]) != "..." {
		return nil
	}
	for _, line := range after[1:] {
		if standIns, decided := yamlNeighbour(line, len(own)); decided {
			if standIns != nil {
				return standIns
			}
			break
		}
	}
	for i := len(before) - 2; i >= 0; i-- {
		if standIns, decided := yamlNeighbour(before[i], len(own)); decided {
			return standIns
		}
	}
	return nil
}

// yamlNeighbour tells what a line at an indentation shows: what its siblings are, or with nil that they end before it.
// It reports false when the line shows nothing.
func yamlNeighbour(line string, indent int) (standIns []string, decided bool) {
	content := strings.TrimLeft(line, " ")
	at := len(line) - len(content)
	switch {
	case content == "" || at > indent || strings.HasPrefix(content, "#") || at == indent && strings.HasPrefix(content, "..."):
		return nil, false
	case at == indent && (content == "-" || strings.HasPrefix(content, "- ")):
		return []string{"- @"}, true
	}
	for at < indent && strings.HasPrefix(content, "- ") { // a mapping that begins behind the dash
		rest := strings.TrimLeft(content[1:], " ")
		at += len(content) - len(rest)
		content = rest
	}
	if at == indent {
		return []string{"@: @"}, true
	}
	return nil, true
}
