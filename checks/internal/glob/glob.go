// Package glob matches the paths of a repository against patterns as people write them in .gitignore.
package glob

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks"
)

// Set is a list of patterns. A pattern matches at any depth, case does not matter, "*" and "?" stay within a name and
// "**" does not: "*.mdc" is every such file, ".cursor/rules/**" is all that lies in such a folder anywhere.
type Set struct{ expr *regexp.Regexp }

// NewSet compiles patterns. An empty one is an error; no patterns at all match nothing.
func NewSet(patterns []string) (Set, error) {
	if len(patterns) == 0 {
		return Set{}, nil
	}
	alternatives := make([]string, len(patterns))
	for i, pattern := range patterns {
		if strings.Trim(pattern, "/") == "" {
			return Set{}, fmt.Errorf("pattern %d of the list is empty", i+1)
		}
		alternatives[i] = expression(strings.Trim(pattern, "/"))
	}
	expr, err := regexp.Compile(`(?is)(?:^|/)(?:` + strings.Join(alternatives, "|") + `)$`)
	if err != nil {
		return Set{}, fmt.Errorf("patterns: %w", err)
	}
	return Set{expr}, nil
}

// Match reports whether any pattern matches the path.
func (s Set) Match(path checks.Path) bool {
	return s.expr != nil && s.expr.MatchString(string(path))
}

func expression(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch {
		case strings.HasPrefix(pattern[i:], "**/"):
			b.WriteString(`(?:.*/)?`)
			i += 2
		case strings.HasPrefix(pattern[i:], "**"):
			b.WriteString(`.*`)
			i++
		case pattern[i] == '*':
			b.WriteString(`[^/]*`)
		case pattern[i] == '?':
			b.WriteString(`[^/]`)
		default:
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
	}
	return b.String()
}
