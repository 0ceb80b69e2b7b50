// Package ruletest reads the annotations by which rule authors say, in an example beside a rule, which lines the rule
// has to report: the convention of Semgrep's rule tests.
package ruletest

import (
	"regexp"
	"slices"
	"strings"
)

// Expectation is what the annotations of one file say of one rule.
type Expectation struct {
	Must   []int // lines that have to be reported: ruleid
	Either []int // lines that may be reported or not: todoruleid, todook
	Not    []int // lines that must not be reported: ok
}

// annotation is a comment such as `# ruleid: a, b`. Words before the colon may stand in front, as in `deepruleid`.
var annotation = regexp.MustCompile(`\b(ruleid|ok|todoruleid|todook)\s*:\s*([\w.-]+(?:\s*,\s*[\w.-]+)*)`)

// comment is a line that holds nothing but a comment, so that an annotation above it speaks of a later line.
var comment = regexp.MustCompile(`^\s*(?:#|//|/\*|\*|<!--|--|;|\(\*|\{#|%|REM\b)`)

// Expect reads the annotations of a text: what each rule has to report, by its id. An annotation speaks of the next line that
// is not itself a comment with an annotation.
func Expect(text string) map[string]*Expectation {
	out := map[string]*Expectation{}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		for _, m := range annotation.FindAllStringSubmatch(line, -1) {
			about := i + 1
			for about < len(lines) && comment.MatchString(lines[about]) && annotation.MatchString(lines[about]) {
				about++
			}
			for _, id := range strings.Split(m[2], ",") {
				id = strings.TrimSpace(id)
				if out[id] == nil {
					out[id] = &Expectation{}
				}
				e := out[id]
				switch m[1] {
				case "ruleid":
					e.Must = append(e.Must, about+1)
				case "ok":
					e.Not = append(e.Not, about+1)
				default:
					e.Either = append(e.Either, about+1)
				}
			}
		}
	}
	return out
}

// Judge compares the lines that a rule reported with what was expected: the lines that are missing and those that are
// too many.
func (e *Expectation) Judge(reported []int) (missing, unexpected []int) {
	for _, line := range e.Must {
		if !slices.Contains(reported, line) {
			missing = append(missing, line)
		}
	}
	for _, line := range reported {
		if !slices.Contains(e.Must, line) && !slices.Contains(e.Either, line) && !slices.Contains(unexpected, line) {
			unexpected = append(unexpected, line)
		}
	}
	slices.Sort(unexpected)
	return missing, unexpected
}
