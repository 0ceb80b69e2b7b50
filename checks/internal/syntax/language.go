package syntax

// #include "parse.h"
import "C"

import (
	"sync"

	// Linked in for their C.
	_ "github.com/smacker/go-tree-sitter"
	_ "github.com/smacker/go-tree-sitter/bash"
	_ "github.com/smacker/go-tree-sitter/c"
	_ "github.com/smacker/go-tree-sitter/cpp"
	_ "github.com/smacker/go-tree-sitter/csharp"
	_ "github.com/smacker/go-tree-sitter/dockerfile"
	_ "github.com/smacker/go-tree-sitter/golang"
	_ "github.com/smacker/go-tree-sitter/hcl"
	_ "github.com/smacker/go-tree-sitter/java"
	_ "github.com/smacker/go-tree-sitter/javascript"
	_ "github.com/smacker/go-tree-sitter/kotlin"
	_ "github.com/smacker/go-tree-sitter/php"
	_ "github.com/smacker/go-tree-sitter/python"
	_ "github.com/smacker/go-tree-sitter/ruby"
	_ "github.com/smacker/go-tree-sitter/rust"
	_ "github.com/smacker/go-tree-sitter/toml"
	_ "github.com/smacker/go-tree-sitter/typescript/tsx"
	_ "github.com/smacker/go-tree-sitter/typescript/typescript"
	_ "github.com/smacker/go-tree-sitter/yaml"
)

// Language is a language that can be parsed.
type Language uint8

// The languages. JavaScript includes JSX.
const (
	Python Language = iota
	JavaScript
	TypeScript
	TSX
	Go
	Java
	Ruby
	CSharp
	PHP
	Rust
	Kotlin
	C
	CPP
	Bash
	Dockerfile
	HCL
	YAML
	TOML
	languages
)

var languageNames = [languages]string{
	"python", "javascript", "typescript", "tsx", "go", "java", "ruby", "csharp", "php", "rust", "kotlin", "c", "cpp",
	"bash", "dockerfile", "hcl", "yaml", "toml",
}

// Languages are all of them.
func Languages() []Language {
	all := make([]Language, languages)
	for i := range all {
		all[i] = Language(i)
	}
	return all
}

// String is the name of the language in lower case, such as "csharp".
func (l Language) String() string {
	if l >= languages {
		return "unknown"
	}
	return languageNames[l]
}

// Symbol is what a node is in its grammar, such as a call. Numbers differ between languages.
type Symbol uint16

// SymbolError is the symbol of an ERROR node in every language.
const SymbolError Symbol = 0xFFFF

// Field is the role of a node in its parent, such as the function of a call; 0 is none. Numbers differ between languages.
type Field uint16

// vocabulary is what a grammar calls its symbols and fields.
type vocabulary struct {
	grammar *C.TSLanguage
	symbols []string
	fields  []string
	numbers map[symbolKey]Symbol
	byField map[string]Field
}

type symbolKey struct {
	name  string
	named bool
}

var vocabularies [languages]struct {
	once sync.Once
	vocabulary
}

func (l Language) vocabulary() *vocabulary {
	if l >= languages {
		return &vocabulary{}
	}
	v := &vocabularies[l]
	v.once.Do(func() { v.vocabulary = readVocabulary(l) })
	return &v.vocabulary
}

func readVocabulary(l Language) vocabulary {
	install()
	v := vocabulary{grammar: C.syntax_language(C.int(l)), numbers: map[symbolKey]Symbol{}, byField: map[string]Field{}}
	if v.grammar == nil {
		return v
	}
	v.symbols = make([]string, C.ts_language_symbol_count(v.grammar))
	for i := range v.symbols {
		text := C.ts_language_symbol_name(v.grammar, C.uint16_t(i))
		v.symbols[i] = C.GoString(text)
		for _, named := range []bool{false, true} {
			// Zero is the end of the file, and what is said of a name that is none.
			number := C.ts_language_symbol_for_name(v.grammar, text, C.uint32_t(len(v.symbols[i])), C.bool(named))
			if number != 0 {
				v.numbers[symbolKey{v.symbols[i], named}] = Symbol(number)
			}
		}
	}
	v.fields = make([]string, C.ts_language_field_count(v.grammar)+1)
	for i := 1; i < len(v.fields); i++ {
		v.fields[i] = C.GoString(C.ts_language_field_name_for_id(v.grammar, C.uint16_t(i)))
		v.byField[v.fields[i]] = Field(i)
	}
	return v
}

func (l Language) grammar() *C.TSLanguage { return l.vocabulary().grammar }

// SymbolName is the name of s in the grammar, such as "call" or "+"; "ERROR" for SymbolError, and empty for a number
// that no node has.
func (l Language) SymbolName(s Symbol) string {
	v := l.vocabulary()
	switch {
	case s == SymbolError:
		return "ERROR"
	case int(s) >= len(v.symbols):
		return ""
	}
	return v.symbols[s]
}

// Symbol is the symbol of a name; named tells the node "lambda" from the keyword. It reports whether there is one.
func (l Language) Symbol(name string, named bool) (Symbol, bool) {
	if name == "ERROR" && named {
		return SymbolError, true
	}
	s, ok := l.vocabulary().numbers[symbolKey{name, named}]
	return s, ok
}

// FieldName is the name of f in the grammar, such as "function"; empty for 0 and for a number that no field has.
func (l Language) FieldName(f Field) string {
	if v := l.vocabulary(); int(f) < len(v.fields) {
		return v.fields[f]
	}
	return ""
}

// Field is the field of a name. It reports whether there is one.
func (l Language) Field(name string) (Field, bool) {
	f, ok := l.vocabulary().byField[name]
	return f, ok
}
