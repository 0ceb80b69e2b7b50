package semgrep

import (
	"fmt"
	"sync"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/generic"
	"github.com/assay-app/assay/checks/internal/lang"
	"github.com/assay-app/assay/checks/internal/regex"
)

// Patterns and regular expressions are read when they are first needed: of all rules, few are needed for a pull request.
// A loader that checks strictly needs them all at once.

type parsedPattern struct {
	once    sync.Once
	pattern *ast.Pattern
	err     error
}

// In is the pattern as read in a language, which must be one of the pattern's.
func (p *Pattern) In(language ast.Language) (*ast.Pattern, error) {
	for i, l := range p.Languages {
		if l == language {
			entry := &p.parsed[i]
			entry.once.Do(func() { entry.pattern, entry.err = parsePattern(p.Text, l) })
			return entry.pattern, entry.err
		}
	}
	return nil, fmt.Errorf("the pattern is not for %s", language)
}

// Generic is the pattern as read for text of any kind.
func (p *Pattern) Generic() (*generic.Pattern, error) {
	p.text.once.Do(func() { p.text.pattern, p.text.err = generic.ParsePattern(p.Text, p.span) })
	return p.text.pattern, p.text.err
}

type parsedText struct {
	once    sync.Once
	pattern *generic.Pattern
	err     error
}

func parsePattern(text string, language ast.Language) (*ast.Pattern, error) {
	l, ok := lang.Named(string(language))
	if !ok {
		return nil, fmt.Errorf("%s is no language that can be read", language)
	}
	pattern, err := l.Pattern(text)
	if err != nil {
		return nil, fmt.Errorf("no pattern of %s: %w", language, err)
	}
	if len(pattern.Nodes) > MaxPatternNodes {
		return nil, fmt.Errorf("the pattern has more than %d parts", MaxPatternNodes)
	}
	return pattern, nil
}

// Expression is a regular expression.
type Expression struct {
	Text    string
	options regex.Options

	once     sync.Once
	compiled *regex.Regex
	err      error

	choicesOnce sync.Once
	needed      []choice
}

// Compiled is the expression, ready to match.
func (e *Expression) Compiled() (*regex.Regex, error) {
	e.once.Do(func() { e.compiled, e.err = regex.Compile(e.Text, e.options) })
	return e.compiled, e.err
}
