package lang

import (
	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// toml is TOML. It reads like HCL: a table is a Config with its dotted name and a Block of Assigns, and an inline table a Dict of
// Assigns. A dotted key is a Member.
var toml = &Language{
	Name:       "toml",
	Extensions: []string{".toml"},
	Filenames:  []string{"Pipfile", "Cargo.lock", "poetry.lock", "uv.lock"},
	grammars:   []*grammar{tomlGrammar},
	patterns: patternSyntax{
		metavariables: []string{"@", "\"@\""},
		ellipses:      []string{"@ = 1", "@", "\"@\""},
		frames:        []frame{{after: "\n"}, {before: "_ = ", after: "\n"}},
	},
}

var tomlGrammar = &grammar{language: syntax.TOML, lowerings: map[string]lowering{
	"bare_key": as(ast.Ident), "quoted_key": tomlKey, "dotted_key": (*lowerer).dotted, "pair": tomlPair, "table": tomlTable, "table_array_element": tomlTable,
	"string": quotedToml, "integer": as(ast.Num), "float": as(ast.Num), "boolean": as(ast.Bool),
	"offset_date_time": quoted, "local_date_time": quoted, "local_date": quoted, "local_time": quoted,
	"array": wrap(ast.List, ast.NoOp, ast.Elem), "inline_table": wrap(ast.Dict, ast.NoOp, ast.Elem),
}}

func quotedToml(l *lowerer, n node, role ast.Role) {
	text := l.text(n)
	for _, quote := range []string{`"""`, `'''`, `"`, `'`} {
		if len(text) >= 2*len(quote) && text[:len(quote)] == quote {
			text = text[len(quote) : len(text)-len(quote)]
			break
		}
	}
	l.leafNamed(ast.Str, role, n, text)
}

func tomlKey(l *lowerer, n node, role ast.Role) {
	from, to := l.delimited(n)
	l.leafNamed(ast.Ident, role, n, l.cst.Source[from:to])
}

func tomlPair(l *lowerer, n node, role ast.Role) {
	l.open(ast.Assign, role, n).Op = ast.OpAssign
	side := ast.Left
	for c := range l.named(n) {
		l.lower(c, side)
		side = ast.Right
	}
	l.close(n)
}

func tomlTable(l *lowerer, n node, role ast.Role) {
	l.open(ast.Config, role, n).Name = l.squeezed(l.first(n))
	l.open(ast.Block, ast.Body, n)
	name := l.first(n)
	for c := range l.named(n) {
		if c != name {
			l.lower(c, ast.Stmt)
		}
	}
	l.close(n)
	l.close(n)
}
