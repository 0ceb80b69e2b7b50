package lang

import "github.com/assay-app/assay/checks/internal/ast"

// jsImport lowers all forms of import.
func jsImport(l *lowerer, n node, role ast.Role) {
	source := l.field(n, "source")
	required := l.child(n, "import_require_clause")
	if required != none {
		source = l.field(required, "source")
	}
	clause := l.child(n, "import_clause")
	namespace := l.child(clause, "namespace_import")
	items := l.child(clause, "named_imports")

	i := l.open(ast.Import, role, n)
	i.Name = unquoted(l.text(source))
	if namespace != none || required != none {
		i.Flags |= ast.FlagWildcard
	}
	if items != none {
		i.Op = ast.OpFrom
	}
	l.jsTypeOnly(n)
	for _, c := range []node{l.child(clause, "identifier"), l.child(namespace, "identifier"), l.child(required, "identifier")} {
		if c != none {
			l.leaf(ast.Ident, ast.Alias, c)
		}
	}
	for c := range l.named(items) {
		l.jsImportItem(c)
	}
	l.close(n)
}

// jsTypeOnly adds the Modifier of an import that is gone at run time.
func (l *lowerer) jsTypeOnly(n node) {
	if word := l.token(n, "type", "typeof"); word != none {
		l.leaf(ast.Modifier, ast.ModifierOf, word)
	}
}

// jsImportItem adds `a as b` of an import or export.
func (l *lowerer) jsImportItem(n node) {
	name := l.field(n, "name")
	if name == none {
		l.lower(n, ast.Item)
		return
	}
	text := l.text(name)
	if l.is(name, "string") {
		text = unquoted(text)
	}
	l.open(ast.ImportItem, ast.Item, n).Name = text
	l.jsTypeOnly(n)
	l.leafNamed(ast.Ident, ast.DefName, name, text)
	if alias := l.field(n, "alias"); alias != none {
		l.leaf(ast.Ident, ast.Alias, alias)
	}
	l.close(n)
}

// jsExport lowers an exported declaration to the declaration with modifiers, a re-export to an Import, and the rest, an
// exported value or list of names, under the grammar's name.
func jsExport(l *lowerer, n node, role ast.Role) {
	if l.field(n, "source") != none {
		l.jsReexport(n, role)
		return
	}
	prefix := l.jsBegin(n, jsPrefix{modifiers: []node{l.token(n, "export"), l.token(n, "default")}})
	for c := range l.fields(n, "decorator") {
		prefix.decorators = append(prefix.decorators, c)
	}
	declaration := l.field(n, "declaration")
	if value := l.field(n, "value"); declaration == none && l.is(value, "class", "function_expression", "generator_function", "arrow_function") {
		declaration = value
	}
	if declaration != none {
		l.jsDeclare(declaration, role, prefix)
		return
	}
	l.open(ast.Other, role, n).Name = "export_statement"
	for _, c := range prefix.modifiers {
		if c != none {
			l.leaf(ast.Modifier, ast.ModifierOf, c)
		}
	}
	l.lowerAll(n, ast.Part)
	l.close(n)
}

func (l *lowerer) jsReexport(n node, role ast.Role) {
	namespace := l.child(n, "namespace_export")
	clause := l.child(n, "export_clause")
	i := l.open(ast.Import, role, n)
	i.Name = unquoted(l.text(l.field(n, "source")))
	if clause == none {
		i.Flags |= ast.FlagWildcard
	} else {
		i.Op = ast.OpFrom
	}
	if word := l.token(n, "export"); word != none {
		l.leaf(ast.Modifier, ast.ModifierOf, word)
	}
	if alias := l.child(namespace, "identifier", "string"); alias != none {
		l.leaf(ast.Ident, ast.Alias, alias)
	}
	for c := range l.named(clause) {
		l.jsImportItem(c)
	}
	l.close(n)
}
