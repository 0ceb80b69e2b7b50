// Package lang reads code, and patterns of rules, into the one tree of package ast: a front end for each language, on
// top of its tree-sitter grammar.
//
// A front end is a table from the names of a grammar's symbols to functions that lower them. What the table leaves to
// [lowerer.other] stays in the tree under the grammar's name.
package lang

import (
	"context"
	"path"
	"strings"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/syntax"
)

// Language is a language that code and patterns can be read in.
type Language struct {
	Name    ast.Language
	Aliases []string // other names that rules use for it

	Extensions   []string // of files, with the dot, in lower case
	Filenames    []string // of files without such an extension
	Prefixes     []string // of the names of files, before a free end
	Interpreters []string // that a #! line names, without version

	// grammars are tried in order while they make no sense of something; the one with the fewest errors wins.
	grammars []*grammar
	patterns patternSyntax
}

// languages are all of them. A file belongs to the first that claims it.
var languages = []*Language{python, javascript, typescript, java, golang, yamlLanguage, hcl, dockerfile, bash, ruby, csharp, php, kotlin, rust, c, cpp, toml, json}

// All are all languages.
func All() []*Language { return append([]*Language(nil), languages...) }

// Named finds a language by any of the names that rules use, in any case.
func Named(name string) (*Language, bool) {
	name = strings.ToLower(name)
	for _, l := range languages {
		if name == string(l.Name) {
			return l, true
		}
		for _, alias := range l.Aliases {
			if name == alias {
				return l, true
			}
		}
	}
	return nil, false
}

// Detect tells the language of a file from its name, or from the #! line that its content begins with; nil if it is
// none of these. Head is the beginning of the content, or empty.
func Detect(file, head string) *Language {
	base := path.Base(file)
	for _, l := range languages {
		for _, name := range l.Filenames {
			if base == name {
				return l
			}
		}
		for _, prefix := range l.Prefixes {
			if strings.HasPrefix(base, prefix) {
				return l
			}
		}
	}
	lower := strings.ToLower(base)
	for _, l := range languages {
		for _, extension := range l.Extensions {
			if strings.HasSuffix(lower, extension) && len(lower) > len(extension) {
				return l
			}
		}
	}
	interpreter := interpreterOf(head)
	for _, l := range languages {
		for _, name := range l.Interpreters {
			if interpreter == name {
				return l
			}
		}
	}
	return nil
}

// interpreterOf is the program of a #! line, without its directory, version and env.
func interpreterOf(head string) string {
	line, ok := strings.CutPrefix(head, "#!")
	if !ok {
		return ""
	}
	line, _, _ = strings.Cut(line, "\n")
	for _, word := range strings.Fields(line) {
		word = path.Base(word)
		if word == "env" || strings.HasPrefix(word, "-") || strings.Contains(word, "=") {
			continue
		}
		return strings.TrimRight(word, "0123456789.")
	}
	return ""
}

// Parse reads a file. Code that makes no sense is skipped, counted in the tree's Errors; an error means that there is
// no tree at all, because the file exceeds a bound or ctx ended.
func (l *Language) Parse(ctx context.Context, source string) (*ast.Tree, error) {
	var best *syntax.Tree
	var bestGrammar *grammar
	for _, g := range l.grammars {
		text := source
		if g.legible != nil {
			text = g.legible(source)
		}
		cst, err := syntax.Parse(ctx, g.language, []byte(text), syntax.Limits{})
		if err != nil {
			return nil, err
		}
		cst.Source = source
		if best == nil || cst.Errors < best.Errors {
			best, bestGrammar = cst, g
		}
		if cst.Errors == 0 {
			break
		}
	}
	return bestGrammar.lower(l.Name, best), nil
}
