package semgrep

import (
	"fmt"
	"strings"
)

// Error says why a rule, or a whole file of rules, is refused.
type Error struct {
	File     string
	Line     int    // counted from 1; 0 when unknown
	Rule     string // empty when the file cannot be read at all
	Operator string // the key at fault, such as "pattern-inside"; may be empty

	// Unsupported says that the rule is well-formed as far as we know, and asks for something that we lack.
	Unsupported bool
	Err         error
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
		}
		b.WriteString(": ")
	}
	if e.Rule != "" {
		fmt.Fprintf(&b, "rule %s: ", e.Rule)
	}
	if e.Operator != "" {
		b.WriteString(e.Operator + ": ")
	}
	if e.Unsupported {
		b.WriteString("not supported: ")
	}
	b.WriteString(e.Err.Error())
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }
