package lang

import (
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks/internal/syntax"
)

// json is JSON, with the comments and trailing commas that settings have. Its tree is that of YAML.
var json = &Language{
	Name:       "json",
	Aliases:    []string{"jsonc", "json5"},
	Extensions: []string{".json", ".jsonc", ".json5", ".code-workspace"},
	Filenames:  []string{".babelrc", ".eslintrc", ".jshintrc", "composer.lock", "Pipfile.lock"},
	grammars:   []*grammar{jsonGrammar},
	patterns: patternSyntax{
		ellipses: []string{"@", "@: @"}, onlyPair: true,
		frames: []frame{{before: "{", after: "\n}", when: jsonPair}, {}},
	},
}

// jsonPair is how a pair that stands outside of an object begins.
var jsonPair = regexp.MustCompile(`^(?:"(?:[^"\\\n]|\\.)*"|\$[A-Z_][A-Z_0-9]*)\s*:`)

var jsonGrammar = &grammar{language: syntax.YAML, legible: jsonLegible, lowerings: yamlGrammar.lowerings}

// jsonLegible blanks comments and tabs, which YAML does not know.
func jsonLegible(source string) string {
	if !strings.ContainsAny(source, "/\t") {
		return source
	}
	text := []byte(source)
	for i := 0; i < len(text); {
		end := i + 1
		switch {
		case text[i] == '"':
			for end < len(text) && text[end] != '"' && text[end] != '\n' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			i = end + 1
			continue
		case text[i] == '\t':
			text[i] = ' '
		case strings.HasPrefix(source[i:], "//"):
			end = i + lineLength(source[i:])
			blank(text[i:end])
		case strings.HasPrefix(source[i:], "/*"):
			end = len(text)
			if at := strings.Index(source[i:], "*/"); at >= 0 {
				end = i + at + len("*/")
			}
			blank(text[i:end])
		}
		i = end
	}
	return string(text)
}

// blank replaces everything but the ends of lines by spaces.
func blank(text []byte) {
	for i, c := range text {
		if c != '\n' && c != '\r' {
			text[i] = ' '
		}
	}
}

func lineLength(text string) int {
	if at := strings.IndexByte(text, '\n'); at >= 0 {
		return at
	}
	return len(text)
}
