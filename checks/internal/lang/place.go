package lang

import "strings"

// statementFirst makes the place function of a language in which the stand-in for a statement would be read together
// with what follows it: `...` before `bar();` must not become the type of a declaration. Where an ellipsis seems to be
// a statement the stand-ins are tried in the order given, and everywhere else in the language's.
func statementFirst(standIns ...string) func(text string, at int) []string {
	return func(text string, at int) []string {
		const width = len("...")
		before, after := strings.TrimRight(text[:at], " \t\r"), strings.TrimLeft(text[min(at+width, len(text)):], " \t\r")
		if before != "" && strings.IndexByte("{};\n", before[len(before)-1]) < 0 {
			return nil
		}
		if after != "" && strings.IndexByte(",;)]=+-*/%<>&|?:.", after[0]) >= 0 {
			return nil
		}
		next := strings.TrimLeft(after, " \t\r\n")
		if next != "" && strings.IndexByte(",)]", next[0]) >= 0 {
			return nil // an argument on a line of its own
		}
		return standIns
	}
}
