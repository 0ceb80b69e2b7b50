package lang

import (
	"context"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

func TestLanguagesAreFoundByAnyOfTheirNames(t *testing.T) {
	for name, want := range map[string]ast.Language{
		"python": "python", "py": "python", "Python3": "python", "js": "javascript", "javascript": "javascript",
		"ts": "typescript", "typescript": "typescript", "golang": "go", "rb": "ruby", "sh": "bash", "C#": "csharp", "cs": "csharp",
		"kt": "kotlin", "rs": "rust", "c++": "cpp", "hcl": "terraform", "tf": "terraform", "docker": "dockerfile", "yml": "yaml", "json": "json",
	} {
		if l, ok := Named(name); !ok || l.Name != want {
			t.Errorf("%s is not %s", name, want)
		}
	}
	if _, ok := Named("cobol"); ok {
		t.Error("cobol is known")
	}
}

func TestNoNameOrExtensionBelongsToTwoLanguages(t *testing.T) {
	names, extensions := map[string]ast.Language{}, map[string]ast.Language{}
	for _, l := range All() {
		for _, name := range append([]string{string(l.Name)}, l.Aliases...) {
			if other, ok := names[name]; ok {
				t.Errorf("%s is a name of %s and of %s", name, other, l.Name)
			}
			names[name] = l.Name
		}
		for _, extension := range l.Extensions {
			if other, ok := extensions[extension]; ok {
				t.Errorf("%s belongs to %s and to %s", extension, other, l.Name)
			}
			extensions[extension] = l.Name
		}
	}
}

func TestFilesAreOfTheLanguageThatTheirNameOrFirstLineTells(t *testing.T) {
	for _, test := range []struct {
		file, head string
		want       ast.Language
	}{
		{"a/b.py", "", "python"},
		{"a/B.PY", "", "python"},
		{"SConstruct", "", "python"},
		{"a.jsx", "", "javascript"},
		{"a.mjs", "", "javascript"},
		{"a.tsx", "", "typescript"},
		{"a.d.ts", "", "typescript"},
		{"run", "#!/usr/bin/env python3\n", "python"},
		{"run", "#!/usr/bin/python3.11 -u\n", "python"},
		{"run", "#!/usr/bin/env -S node --flag\n", "javascript"},
		{"run", "#!/bin/sh\n", "bash"},
		{"Rakefile", "", "ruby"},
		{"deploy/Dockerfile", "", "dockerfile"},
		{"deploy/Dockerfile.dev", "", "dockerfile"},
		{"deploy/dev.Dockerfile", "", "dockerfile"},
		{"Containerfile", "", "dockerfile"},
		{"Jenkinsfile", "", ""},
		{".bashrc", "", "bash"},
		{"run", "# no interpreter\n", ""},
		{".py", "", ""},
		{"README", "", ""},
	} {
		var got ast.Language
		if l := Detect(test.file, test.head); l != nil {
			got = l.Name
		}
		if got != test.want {
			t.Errorf("%s with %q is %q, not %q", test.file, test.head, got, test.want)
		}
	}
}

// plain are the named symbols that no lowering is for: those that stay under the grammar's name, and those that the
// lowering of what they are part of reads.
var plain = map[syntax.Language]string{
	syntax.Python: `comment line_continuation module
		string_start string_content string_end escape_sequence escape_interpolation interpolation type_conversion
		format_specifier format_expression
		import_prefix relative_import aliased_import wildcard_import chevron
		elif_clause with_clause with_item as_pattern
		parameters lambda_parameters argument_list type_parameter
		pass_statement type_alias_statement union_pattern complex_pattern
		expression primary_expression pattern parameter`,
	syntax.JavaScript: javascriptPlain,
	syntax.TypeScript: javascriptPlain + typescriptPlain,
	syntax.TSX:        javascriptPlain + typescriptPlain,
}

const (
	javascriptPlain = `comment html_comment program glimmer_opening_tag glimmer_closing_tag glimmer_template
		escape_sequence string_fragment regex_pattern regex_flags optional_chain
		namespace_export export_clause export_specifier
		import_clause namespace_import named_imports import_specifier import_attribute
		variable_declarator formal_parameters arguments class_heritage computed_property_name
		switch_body switch_case switch_default debugger_statement
		jsx_opening_element jsx_closing_element jsx_namespace_name
		declaration statement expression primary_expression pattern`
	typescriptPlain = ` import_require_clause import_alias extends_clause implements_clause extends_type_clause
		enum_body enum_assignment accessibility_modifier override_modifier required_parameter optional_parameter
		type_arguments type_parameters template_type mapped_type_clause
		omitting_type_annotation adding_type_annotation opting_type_annotation
		call_signature construct_signature index_signature type primary_type`
)

func TestEverySymbolOfTheGrammarHasALoweringOrIsKnownToNeedNone(t *testing.T) {
	for _, l := range All() {
		for _, g := range l.grammars {
			list, ok := plain[g.language]
			if !ok {
				continue
			}
			known := map[string]bool{}
			for _, name := range strings.Fields(list) {
				known[name] = true
			}
			for s := syntax.Symbol(1); s < 1000; s++ {
				name := g.language.SymbolName(s)
				if found, ok := g.language.Symbol(name, true); !ok || found != s {
					continue
				}
				if _, ok := g.lowerings[name]; ok == known[name] {
					t.Errorf("%s: %s has a lowering: %v; is listed as having none: %v", g.language, name, ok, known[name])
				}
			}
		}
	}
}

func TestEveryLoweringIsForASymbolOfTheGrammar(t *testing.T) {
	for _, l := range All() {
		for _, g := range l.grammars {
			if plain[g.language] == "" || g == javascriptGrammar || g == typescriptGrammar {
				continue // the grammars of JavaScript and TypeScript share a table; that of TSX has all of it but two
			}
			for name := range g.lowerings {
				if _, ok := g.language.Symbol(name, true); !ok && name != "field_definition" && name != "type_assertion" {
					t.Errorf("%s has no %s", g.language, name)
				}
			}
		}
	}
}

func TestNodesCoverTheCodeThatTheyMean(t *testing.T) {
	for _, test := range []struct {
		language, source string
		kind             ast.Kind
		want             string
	}{
		{"python", "x = (f(a))\n", ast.Call, "f(a)"},
		{"python", "@d\ndef f(): pass\n", ast.Func, "@d\ndef f(): pass"},
		{"python", "import a\n", ast.Import, "import a"},
		{"python", "x = 'é' + y", ast.Ident, "x"},
		{"python", "x = 'é' + y", ast.Binary, "'é' + y"},
		{"javascript", "const a = 1, b = 2;", ast.VarDef, "const a = 1"},
		{"javascript", "export const a = 1;", ast.VarDef, "export const a = 1"},
		{"javascript", "f(x);", ast.Call, "f(x)"},
		{"javascript", "return f(x);", ast.Return, "return f(x);"},
		{"typescript", "@D() export class A {}", ast.Class, "@D() export class A {}"},
	} {
		tree := parse(t, test.language, test.source)
		if got := tree.Text(first(tree, test.kind)); got != test.want {
			t.Errorf("%q: the %s covers %q, not %q", test.source, test.kind, got, test.want)
		}
	}
}

func TestNodesOfAPatternCoverThePatternAsWritten(t *testing.T) {
	for _, test := range []struct {
		language, pattern string
		kind              ast.Kind
		want              string
	}{
		{"python", "foo(..., $X, bar=$Y)", ast.KeywordArg, "bar=$Y"},
		{"python", "foo(..., $X)", ast.Ellipsis, "..."},
		{"python", "  foo($...ARGS)", ast.MetavarRest, "$...ARGS"},
		{"python", "$X. ... .f()", ast.Call, "$X. ... .f()"},
		{"python", "a\n... \nb(<... $X ...>)", ast.Deep, "<... $X ...>"},
		{"javascript", "{a: ..., b: $X}", ast.Dict, "{a: ..., b: $X}"},
		{"javascript", "try { f($X) }", ast.Try, "try { f($X) }"},
		{"go", "{..., Role: $R, ...}", ast.Dict, "{..., Role: $R, ...}"},
		{"go", "{ ... }", ast.Block, "{ ... }"},
	} {
		l, _ := Named(test.language)
		p, err := l.Pattern(test.pattern)
		if err != nil {
			t.Errorf("%q: %v", test.pattern, err)
			continue
		}
		if got := p.Text(first(p.Tree, test.kind)); got != test.want {
			t.Errorf("%q: the %s covers %q, not %q", test.pattern, test.kind, got, test.want)
		}
	}
}

func TestCodeThatNestsTooDeeplyIsCut(t *testing.T) {
	for _, test := range []struct{ language, open, close string }{
		{"python", "(", ")"}, {"python", "[", "]"}, {"python", "f(", ")"}, {"python", "a < (", ")"}, {"python", "not ", ""},
		{"javascript", "[", "]"}, {"javascript", "{", "}"}, {"javascript", "if (a) {} else ", ""}, {"typescript", "f(", ")"},
		{"javascript", "(", ")"},
	} {
		deep := strings.Repeat(test.open, 3000) + "x" + strings.Repeat(test.close, 3000)
		tree := parse(t, test.language, deep)
		if !tree.Cut {
			t.Errorf("%s: %s… was not cut", test.language, test.open)
		}
		if reason := malformed(tree); reason != "" {
			t.Errorf("%s: %s…: %s", test.language, test.open, reason)
		}
		if depth := depthOf(tree); depth > ast.MaxDepth {
			t.Errorf("%s: %s… nests %d deep", test.language, test.open, depth)
		}
	}
}

func TestAComparisonOfManyIsNoLongerThanWhatIsWritten(t *testing.T) {
	source := "x"
	for range 18 {
		source = "a < (" + source + ") < b"
	}
	if tree := parse(t, "python", source); len(tree.Nodes) > 40*len(source) {
		t.Errorf("%d nodes of %d bytes", len(tree.Nodes), len(source))
	}
}

func TestAPatternThatIsTooLongIsRefused(t *testing.T) {
	l, _ := Named("python")
	for _, text := range []string{
		strings.Repeat("x", maxPattern+1),
		"f(" + strings.Repeat("$X, ", maxHoles+1) + ")",
	} {
		if _, err := l.Pattern(text); err == nil {
			t.Errorf("%.20s… of %d bytes was read", text, len(text))
		}
	}
}

func TestAPatternGetsFewerAttemptsTheLongerItIs(t *testing.T) {
	for length, want := range map[int]int{1: maxAttempts, 100: maxAttempts, maxPattern: maxParsed / maxPattern} {
		if got := allowance(strings.Repeat("x", length)); got != want {
			t.Errorf("%d bytes get %d attempts, not %d", length, got, want)
		}
	}
	l, _ := Named("python")
	text := strings.Repeat("f($X, ...", 100)
	holes, err := findHoles(text, &l.patterns)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{language: l, text: text, holes: holes, attempts: 50}
	if err := r.read(); err == nil || r.attempts < -2*len(l.patterns.frames) {
		t.Errorf("%d attempts are left after %v", r.attempts, err)
	}
}

func parse(t *testing.T, language, source string) *ast.Tree {
	t.Helper()
	l, ok := Named(language)
	if !ok {
		t.Fatalf("no language %q", language)
	}
	tree, err := l.Parse(context.Background(), source)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// first is the first node of a kind, or the root.
func first(t *ast.Tree, kind ast.Kind) ast.ID {
	for id := range t.Nodes {
		if t.Nodes[id].Kind == kind {
			return ast.ID(id)
		}
	}
	return 0
}

func depthOf(t *ast.Tree) int {
	depth, deepest := make([]int, len(t.Nodes)), 0
	for id := 1; id < len(t.Nodes); id++ {
		depth[id] = depth[t.Nodes[id].Parent] + 1
		deepest = max(deepest, depth[id])
	}
	return deepest
}

func FuzzParse(f *testing.F) {
	for i := range All() {
		f.Add(uint8(i), "f(x) { if (a) [b, \"c\"] }")
	}
	f.Add(uint8(0), "@a\nclass B: x: int = f\"{y}\" if z else [w for w in v]\n")
	f.Add(uint8(1), "const {a, b: [c]} = <d e={f}>g</d>;")
	f.Add(uint8(2), "export abstract class A<T> { @b() c?: D[] = e!; }")
	f.Fuzz(func(t *testing.T, language uint8, source string) {
		l := All()[int(language)%len(All())]
		tree, err := l.Parse(context.Background(), source)
		if err != nil {
			return
		}
		if reason := malformed(tree); reason != "" {
			t.Error(reason)
		}
		if depth := depthOf(tree); depth > ast.MaxDepth {
			t.Errorf("nests %d deep", depth)
		}
	})
}

func FuzzPattern(f *testing.F) {
	for i := range All() {
		f.Add(uint8(i), "$X. ... .f(..., $Y, $...Z, <... \"$W\" ...>)")
	}
	f.Add(uint8(0), "{..., \"a\": ($X: T)}")
	f.Add(uint8(1), "class $C { ... $M(...) {...} ... }")
	f.Fuzz(func(t *testing.T, language uint8, text string) {
		l := All()[int(language)%len(All())]
		p, err := l.Pattern(text)
		if err != nil {
			return
		}
		if reason := malformed(p.Tree); reason != "" {
			t.Error(reason)
		}
		if len(p.Roots) == 0 {
			t.Error("no roots")
		}
		for _, root := range p.Roots {
			if p.Nodes[root].Parent != 0 {
				t.Errorf("root %d is not a child of the file", root)
			}
		}
		if strings.Contains(p.String(), "__hole") && !strings.Contains(text, "hole") {
			t.Errorf("a stand-in is left:\n%s", p)
		}
	})
}
