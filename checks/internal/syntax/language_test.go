package syntax

import (
	"strings"
	"testing"
)

// samples are a line of each language, and the tree it must give: names, fields and anonymous tokens.
var samples = map[Language]struct{ source, tree string }{
	Python: {"f(a, k=1)",
		`(module (expression_statement (call function: (identifier) arguments: (argument_list "(" (identifier) "," (keyword_argument name: (identifier) "=" value: (integer)) ")"))))`},
	JavaScript: {"a = <b c={1}>x</b>;",
		`(program (expression_statement (assignment_expression left: (identifier) "=" right: (jsx_element open_tag: (jsx_opening_element "<" name: (identifier) attribute: (jsx_attribute (property_identifier) "=" (jsx_expression "{" (number) "}")) ">") (jsx_text) close_tag: (jsx_closing_element "</" name: (identifier) ">"))) ";"))`},
	TypeScript: {"let a: number = f(1);",
		`(program (lexical_declaration kind: "let" (variable_declarator name: (identifier) type: (type_annotation ":" (predefined_type "number")) "=" value: (call_expression function: (identifier) arguments: (arguments "(" (number) ")"))) ";"))`},
	TSX: {"let a: X = <b/>;",
		`(program (lexical_declaration kind: "let" (variable_declarator name: (identifier) type: (type_annotation ":" (type_identifier)) "=" value: (jsx_self_closing_element "<" name: (identifier) "/>")) ";"))`},
	Go: {"var a = f(x)",
		`(source_file (var_declaration "var" (var_spec name: (identifier) "=" value: (expression_list (call_expression function: (identifier) arguments: (argument_list "(" (identifier) ")"))))) "")`},
	Java: {"class A { int f(int x) { return g(x); } }",
		`(program (class_declaration "class" name: (identifier) body: (class_body "{" (method_declaration type: (integral_type "int") name: (identifier) parameters: (formal_parameters "(" (formal_parameter type: (integral_type "int") name: (identifier)) ")") body: (block "{" (return_statement "return" (method_invocation name: (identifier) arguments: (argument_list "(" (identifier) ")")) ";") "}")) "}")))`},
	Ruby: {"a.b(1)",
		`(program (call receiver: (identifier) operator: "." method: (identifier) arguments: (argument_list "(" (integer) ")")))`},
	CSharp: {"class A { int F(int x) { return G(x); } }",
		`(compilation_unit (class_declaration "class" name: (identifier) body: (declaration_list "{" (method_declaration returns: (predefined_type) name: (identifier) parameters: (parameter_list "(" (parameter type: (predefined_type) name: (identifier)) ")") body: (block "{" (return_statement "return" (invocation_expression function: (identifier) arguments: (argument_list "(" (argument (identifier)) ")")) ";") "}")) "}")))`},
	PHP: {"<?php f($a, 1);",
		`(program (php_tag) (expression_statement (function_call_expression function: (name) arguments: (arguments "(" (argument (variable_name "$" (name))) "," (argument (integer)) ")")) ";"))`},
	Rust: {"fn f(x: i32) { g(x) }",
		`(source_file (function_item "fn" name: (identifier) parameters: (parameters "(" (parameter pattern: (identifier) ":" type: (primitive_type)) ")") body: (block "{" (call_expression function: (identifier) arguments: (arguments "(" (identifier) ")")) "}")))`},
	Kotlin: {"fun f(x: Int) { g(x) }",
		`(source_file (function_declaration "fun" (simple_identifier) (function_value_parameters "(" (parameter (simple_identifier) ":" (user_type (type_identifier))) ")") (function_body "{" (statements (call_expression (simple_identifier) (call_suffix (value_arguments "(" (value_argument (simple_identifier)) ")")))) "}")))`},
	C: {"int f(int x) { return g(x); }",
		`(translation_unit (function_definition type: (primitive_type) declarator: (function_declarator declarator: (identifier) parameters: (parameter_list "(" (parameter_declaration type: (primitive_type) declarator: (identifier)) ")")) body: (compound_statement "{" (return_statement "return" (call_expression function: (identifier) arguments: (argument_list "(" (identifier) ")")) ";") "}")))`},
	CPP: {"int A::f(int x) { return g(x); }",
		`(translation_unit (function_definition type: (primitive_type) declarator: (function_declarator declarator: (qualified_identifier scope: (namespace_identifier) "::" name: (identifier)) parameters: (parameter_list "(" (parameter_declaration type: (primitive_type) declarator: (identifier)) ")")) body: (compound_statement "{" (return_statement "return" (call_expression function: (identifier) arguments: (argument_list "(" (identifier) ")")) ";") "}")))`},
	Bash: {"echo \"$a\" | b",
		`(program (pipeline (command name: (command_name (word)) argument: (string "\"" (simple_expansion "$" (variable_name)) "\"")) "|" (command name: (command_name (word)))))`},
	Dockerfile: {"FROM alpine:3 AS x\nRUN a\n",
		`(source_file (from_instruction "FROM" (image_spec name: (image_name) tag: (image_tag ":")) "AS" as: (image_alias)) "\n" (run_instruction "RUN" (shell_command (shell_fragment))) "\n")`},
	HCL: {"a \"b\" { c = 1 }",
		`(config_file (body (block (identifier) (string_lit (quoted_template_start) (template_literal) (quoted_template_end)) (block_start "{") (body (attribute (identifier) "=" (expression (literal_value (numeric_lit))))) (block_end "}"))))`},
	YAML: {"a: [1]\n",
		`(stream (document (block_node (block_mapping (block_mapping_pair key: (flow_node (plain_scalar (string_scalar))) ":" value: (flow_node (flow_sequence "[" (flow_node (plain_scalar (integer_scalar))) "]")))))))`},
	TOML: {"a = 1\n",
		`(document (pair (bare_key) "=" (integer)))`},
}

func TestEveryLanguageIsLinkedInAndParses(t *testing.T) {
	for _, lang := range Languages() {
		t.Run(lang.String(), func(t *testing.T) {
			sample, ok := samples[lang]
			if !ok {
				t.Fatal("there is no sample")
			}
			tree := mustParse(t, lang, sample.source)
			checkShape(t, tree)
			if got := tree.Sexp(0); got != sample.tree || tree.Errors > 0 {
				t.Errorf("%d errors in %s\nwant %s", tree.Errors, got, sample.tree)
			}
			if text := tree.Text(0); strings.TrimSpace(text) != strings.TrimSpace(sample.source) {
				t.Errorf("the root is %q", text)
			}
		})
	}
}

func TestNamesLeadBackToNumbers(t *testing.T) {
	for _, lang := range Languages() {
		for _, n := range mustParse(t, lang, samples[lang].source).Nodes {
			name := lang.SymbolName(n.Symbol)
			if s, ok := lang.Symbol(name, n.Flags&Named != 0); name != "" && (!ok || s != n.Symbol) {
				t.Errorf("%s: %q is %d, and %d in a tree", lang, name, s, n.Symbol)
			}
			if f, ok := lang.Field(lang.FieldName(n.Field)); ok != (n.Field != 0) || f != n.Field {
				t.Errorf("%s: field %q is %d, and %d in a tree", lang, lang.FieldName(n.Field), f, n.Field)
			}
		}
	}
}

func TestNamesThatAGrammarDoesNotHave(t *testing.T) {
	if s, ok := Python.Symbol("no such thing", true); ok {
		t.Errorf("it is %d", s)
	}
	if s, ok := Python.Symbol("call", false); ok {
		t.Errorf("a call is named, and yet %d is not", s)
	}
	if s, ok := Python.Symbol("ERROR", true); !ok || s != SymbolError || Python.SymbolName(s) != "ERROR" {
		t.Errorf("an error is %d, %q", s, Python.SymbolName(s))
	}
	if f, ok := Python.Field("no such thing"); ok {
		t.Errorf("it is field %d", f)
	}
	for _, s := range []Symbol{SymbolError - 1, 40_000} {
		if name := Python.SymbolName(s); name != "" {
			t.Errorf("symbol %d is %q", s, name)
		}
	}
	if name := Python.FieldName(40_000); name != "" {
		t.Errorf("field 40000 is %q", name)
	}
}

// TestAliasesHaveTheirPublicNames: the grammar parses all of these as identifiers and renames them by where they stand.
func TestAliasesHaveTheirPublicNames(t *testing.T) {
	tree := mustParse(t, TypeScript, "a.b = {c: 1}; type T = {d: string}")
	for _, want := range []struct{ text, name string }{{"b", "property_identifier"}, {"c", "property_identifier"}, {"T", "type_identifier"}, {"d", "property_identifier"}} {
		found := false
		for i, n := range tree.Nodes {
			if n.First < 0 && tree.Text(int32(i)) == want.text {
				number, ok := TypeScript.Symbol(want.name, true)
				found = ok && number == n.Symbol
			}
		}
		if !found {
			t.Errorf("%s is no %s in %s", want.text, want.name, tree.Sexp(0))
		}
	}
}
