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
type Set struct {
	names map[string]bool // whole names in lower case: most patterns are no more, and a change has thousands of paths
	ends  []string        // what names end in, in lower case, of patterns such as "*.mdc"
	expr  *regexp.Regexp  // all other patterns; nil when there are none
}

// NewSet compiles patterns. An empty one is an error; no patterns at all match nothing.
func NewSet(patterns []string) (Set, error) {
	s := Set{names: map[string]bool{}}
	var others []string
	for i, pattern := range patterns {
		pattern = strings.Trim(pattern, "/")
		end, isEnd := strings.CutPrefix(pattern, "*")
		switch {
		case pattern == "":
			return Set{}, fmt.Errorf("pattern %d of the list is empty", i+1)
		case !strings.ContainsAny(pattern, "/*?"):
			s.names[strings.ToLower(pattern)] = true
		case isEnd && !strings.ContainsAny(end, "/*?"):
			s.ends = append(s.ends, strings.ToLower(end))
		default:
			others = append(others, expression(pattern))
		}
	}
	if len(others) == 0 {
		return s, nil
	}
	var err error
	if s.expr, err = regexp.Compile(`(?is)(?:^|/)(?:` + strings.Join(others, "|") + `)$`); err != nil {
		return Set{}, fmt.Errorf("patterns: %w", err)
	}
	return s, nil
}

// Match reports whether any pattern matches the path.
func (s Set) Match(path checks.Path) bool {
	name := strings.ToLower(string(path[strings.LastIndexByte(string(path), '/')+1:]))
	if s.names[name] {
		return true
	}
	for _, end := range s.ends {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
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
