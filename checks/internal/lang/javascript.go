package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// javascript is JavaScript with JSX, typescript the same with types. Their trees agree, so that one pattern fits both.
//
// What the tree leaves open: `export` and `declare` are Modifiers of what they stand before, and a re-export is an Import
// with the Modifier "export"; `import x from` has the Alias x, and `import * as x from` the Alias x and FlagWildcard;
// a template is a Str when it has no values, else an Interp with OpTemplate; a tagged template is a Call with OpTemplate;
// `a, b` is a Tuple with OpComma; a name that is not computed is an Ident with FlagBareKey as key of a Pair; cases that
// fall through with nothing between are one Case; the type arguments of a call are left out; x! is a Cast without type; a
// property of an interface or a member of an enum is a VarDef, and so is a type alias, with the Modifier "type" and its
// type under TypeOf.
var javascript = &Language{
	Name:         "javascript",
	Aliases:      []string{"js"},
	Extensions:   []string{".js", ".jsx", ".cjs", ".mjs"},
	Interpreters: []string{"node", "nodejs"},
	grammars:     []*grammar{javascriptGrammar, tsxGrammar},
	patterns:     javascriptPatterns(javascriptGrammar, tsxGrammar),
}

var typescript = &Language{
	Name:         "typescript",
	Aliases:      []string{"ts"},
	Extensions:   []string{".ts", ".tsx", ".mts", ".cts"},
	Interpreters: []string{"deno", "bun", "ts-node", "tsx"},
	grammars:     []*grammar{typescriptGrammar, tsxGrammar},
	patterns:     javascriptPatterns(typescriptGrammar, tsxGrammar),
}

var (
	javascriptGrammar = javascriptGrammarOf(syntax.JavaScript)
	typescriptGrammar = javascriptGrammarOf(syntax.TypeScript)
	tsxGrammar        = javascriptGrammarOf(syntax.TSX)
)

// jsPlace ends an ellipsis that what follows it would call.
func jsPlace(text string, at int) []string {
	next := skipSpace(text, at+len("..."))
	for strings.HasPrefix(text[min(next, len(text)):], "//") {
		line, _, _ := strings.Cut(text[next:], "\n")
		next = skipSpace(text, next+len(line))
	}
	if next < len(text) && text[next] == '(' {
		return jsStatementEllipsis(text, at)
	}
	return nil
}

var jsStatementEllipsis = statementFirst("@;", "@")

func javascriptPatterns(grammars ...*grammar) patternSyntax {
	return patternSyntax{
		grammars:     grammars,
		ellipses:     []string{"@", "@;", "case @:;", "@;;", "@={0}"},
		typed:        typeBehind("(", " as ", ")"),
		place:        jsPlace,
		spreadBefore: true,
		frames: []frame{
			{before: "(", after: "\n)", when: regexp.MustCompile(`^\{`)},
			{before: "({", after: "\n})", when: regexp.MustCompile(`^[\w$"']+\s*:[^:]`), unless: jsStatement, partial: true},
			{before: "async function* f() {", after: "\n}", when: regexp.MustCompile(`^yield\b`)},
			{},
			{before: "(", after: "\n)", unless: jsStatement},
			{after: " catch {}", when: regexp.MustCompile(`^try\b`), partial: true},
			{before: "try {} ", when: regexp.MustCompile(`^(catch|finally)\b`), partial: true},
			{before: "if (x) {} ", when: regexp.MustCompile(`^else\b`), partial: true},
			{before: "switch (x) {", after: "\n}", when: regexp.MustCompile(`^(case|default)\b`), partial: true},
			{before: "try {} ", after: " {}", when: regexp.MustCompile(`^catch\b`), partial: true},
			{after: " {}", when: regexp.MustCompile(`^(if|for|while|switch|with)\b|\bfunction\b|\bclass\b`), partial: true},
			{after: "\nclass C {}", when: regexp.MustCompile(`^@`), partial: true, inner: true},
			{before: "class C {", after: "\n}", unless: jsStatement},
			{before: "class C {", after: " {}\n}", unless: jsStatement, partial: true},
			{before: "({", after: "\n})", unless: jsStatement, partial: true},
			{before: "async function* f() {", after: "\n}"},
			{before: "<a ", after: "\n/>", unless: jsStatement, partial: true},
		},
	}
}

// jsStatement is what begins a statement, and would be a name in an expression or a class.
var jsStatement = regexp.MustCompile(`^(if|else|for|while|do|switch|case|default|try|catch|finally|return|throw|var|let|const|import|export|break|continue|with|debugger)\b`)

func javascriptGrammarOf(language syntax.Language) *grammar {
	g := &grammar{
		language: language,
		blocks:   []string{"statement_block"},
		lowerings: map[string]lowering{
			"identifier":                            as(ast.Ident),
			"property_identifier":                   as(ast.Ident),
			"private_property_identifier":           as(ast.Ident),
			"statement_identifier":                  as(ast.Ident),
			"type_identifier":                       as(ast.Ident),
			"this":                                  as(ast.Ident),
			"this_type":                             as(ast.Ident),
			"super":                                 as(ast.Ident),
			"import":                                as(ast.Ident),
			"undefined":                             as(ast.Ident),
			"meta_property":                         as(ast.Ident),
			"number":                                as(ast.Num),
			"true":                                  as(ast.Bool),
			"false":                                 as(ast.Bool),
			"null":                                  as(ast.Null),
			"string":                                jsString,
			"template_string":                       jsTemplate,
			"template_substitution":                 (*lowerer).inside,
			"regex":                                 jsRegex,
			"expression_statement":                  (*lowerer).inside,
			"parenthesized_expression":              (*lowerer).inside,
			"empty_statement":                       (*lowerer).skip,
			"hash_bang_line":                        (*lowerer).skip,
			"sequence_expression":                   jsSequence,
			"array":                                 wrap(ast.List, ast.NoOp, ast.Elem),
			"array_pattern":                         wrap(ast.List, ast.NoOp, ast.Elem),
			"object":                                wrap(ast.Dict, ast.NoOp, ast.Elem),
			"object_pattern":                        wrap(ast.Dict, ast.NoOp, ast.Elem),
			"pair":                                  jsPair,
			"pair_pattern":                          jsPair,
			"shorthand_property_identifier":         jsShorthand,
			"shorthand_property_identifier_pattern": jsShorthand,
			"object_assignment_pattern":             jsShorthandDefault,
			"assignment_pattern":                    jsAssign,
			"spread_element":                        wrap(ast.Spread, ast.OpSpread, ast.Value),
			"rest_pattern":                          wrap(ast.Spread, ast.OpSpread, ast.Value),
			"call_expression":                       jsCall,
			"new_expression":                        jsNew,
			"member_expression":                     jsMember,
			"subscript_expression":                  jsIndex,
			"assignment_expression":                 jsAssign,
			"augmented_assignment_expression":       jsAssign,
			"ternary_expression":                    jsTernary,
			"binary_expression":                     jsBinary,
			"unary_expression":                      jsUnary,
			"update_expression":                     jsUpdate,
			"await_expression":                      wrap(ast.Await, ast.NoOp, ast.Value),
			"yield_expression":                      jsYield,
			"jsx_element":                           jsxElement,
			"jsx_self_closing_element":              jsxElement,
			"jsx_attribute":                         jsxAttribute,
			"jsx_expression":                        (*lowerer).inside,
			"jsx_text":                              (*lowerer).skip, // jsxElement reads it
			"html_character_reference":              (*lowerer).skip,

			"variable_declaration":           jsDeclaration,
			"lexical_declaration":            jsDeclaration,
			"function_expression":            jsFunction,
			"function_declaration":           jsDeclaration,
			"generator_function":             jsFunction,
			"generator_function_declaration": jsDeclaration,
			"arrow_function":                 jsFunction,
			"method_definition":              jsFunction,
			"decorator":                      jsDecorator,
			"class":                          jsDeclaration,
			"class_declaration":              jsDeclaration,
			"class_body":                     jsClassBody,
			"class_static_block":             jsStaticBlock,
			"field_definition":               jsField,
			"export_statement":               jsExport,
			"import_statement":               jsImport,

			"statement_block":    (*lowerer).block,
			"if_statement":       jsIf,
			"else_clause":        jsElse,
			"while_statement":    jsWhile,
			"do_statement":       jsDo,
			"for_statement":      countingLoop("initializer", "condition", "increment"),
			"for_in_statement":   jsForIn,
			"switch_statement":   jsSwitch,
			"try_statement":      jsTry,
			"catch_clause":       jsCatch,
			"finally_clause":     jsFinally,
			"with_statement":     jsWith,
			"labeled_statement":  jsLabel,
			"return_statement":   wrap(ast.Return, ast.NoOp, ast.Value),
			"throw_statement":    wrap(ast.Throw, ast.NoOp, ast.Value),
			"break_statement":    jsJump(ast.Break),
			"continue_statement": jsJump(ast.Continue),
		},
	}
	if language != syntax.JavaScript {
		for symbol, f := range typescriptLowerings {
			g.lowerings[symbol] = f
		}
	}
	return g
}

var jsOps = map[string]ast.Op{
	"+": ast.OpAdd, "-": ast.OpSub, "*": ast.OpMul, "/": ast.OpDiv, "%": ast.OpMod, "**": ast.OpPow, "&": ast.OpBitAnd,
	"|": ast.OpBitOr, "^": ast.OpBitXor, "~": ast.OpBitNot, "<<": ast.OpShl, ">>": ast.OpShr, ">>>": ast.OpUShr,
	"&&": ast.OpAnd, "||": ast.OpOr, "!": ast.OpNot, "??": ast.OpCoalesce, "==": ast.OpEq, "!=": ast.OpNe,
	"===": ast.OpStrictEq, "!==": ast.OpStrictNe, "<": ast.OpLt, "<=": ast.OpLe, ">": ast.OpGt, ">=": ast.OpGe,
	"in": ast.OpIn, "instanceof": ast.OpInstanceOf, "++": ast.OpIncrement, "--": ast.OpDecrement, "typeof": ast.OpTypeOf,
	"void": ast.OpVoid, "delete": ast.OpDelete, "var": ast.OpVar, "let": ast.OpLet, "const": ast.OpConst, "of": ast.OpOf,
}
