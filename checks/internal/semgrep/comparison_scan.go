package semgrep

import (
	"fmt"
	"strings"
)

// comparisonWord is a token: 'n' a number, 's' a string, 'm' a metavariable, 'w' a word, 'o' an operator.
type comparisonWord struct {
	kind byte
	text string
}

// operators, longest first.
var operators = []string{"**", "//", "<<", ">>", "<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", "&", "|", "^", "~"}

func scanComparison(text string) ([]comparisonWord, error) {
	var out []comparisonWord
	for at := 0; at < len(text); {
		c := text[at]
		switch {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			at++
		case c == '"' || c == '\'':
			value, end, err := scanString(text, at)
			if err != nil {
				return nil, err
			}
			out = append(out, comparisonWord{'s', value})
			at = end
		case (c == 'r' || c == 'b' || c == 'u') && at+1 < len(text) && (text[at+1] == '"' || text[at+1] == '\''):
			quote := text[at+1]
			end := strings.IndexByte(text[at+2:], quote)
			if end < 0 {
				return nil, fmt.Errorf("a string is not closed")
			}
			out = append(out, comparisonWord{'s', text[at+2 : at+2+end]})
			at += end + 3
		case c == '$':
			end := at + 1
			for end < len(text) && (isWordByte(text[end]) || text[end] == '.' && text[at+1] == '.') {
				end++
			}
			if !IsMetavariable(text[at:end]) {
				return nil, fmt.Errorf("%q is no metavariable", text[at:end])
			}
			out = append(out, comparisonWord{'m', text[at:end]})
			at = end
		case '0' <= c && c <= '9' || c == '.':
			end := at + 1
			for end < len(text) && (isWordByte(text[end]) || text[end] == '.' ||
				(text[end] == '-' || text[end] == '+') && (text[end-1] == 'e' || text[end-1] == 'E') && !strings.HasPrefix(text[at:], "0x")) {
				end++
			}
			out = append(out, comparisonWord{'n', text[at:end]})
			at = end
		case isWordByte(c):
			end := at + 1
			for end < len(text) && (isWordByte(text[end]) || text[end] == '.') {
				end++
			}
			out = appendWord(out, text[at:end])
			at = end
		default:
			op := ""
			for _, candidate := range operators {
				if strings.HasPrefix(text[at:], candidate) {
					op = candidate
					break
				}
			}
			if op == "" {
				return nil, fmt.Errorf("%q is not expected here", text[at:at+1])
			}
			out = append(out, comparisonWord{'o', op})
			at += len(op)
		}
	}
	return out, nil
}

// appendWord tells the operators that are words from other words.
func appendWord(out []comparisonWord, word string) []comparisonWord {
	switch word {
	case "in":
		if n := len(out); n > 0 && out[n-1] == (comparisonWord{'o', "not"}) {
			out[n-1].text = "not in"
			return out
		}
		return append(out, comparisonWord{'o', word})
	case "and", "or", "not":
		return append(out, comparisonWord{'o', word})
	}
	return append(out, comparisonWord{'w', word})
}

func isWordByte(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// scanString reads a quoted string with Python's commonest escapes.
func scanString(text string, at int) (value string, end int, err error) {
	quote := text[at]
	var b strings.Builder
	for i := at + 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			return b.String(), i + 1, nil
		case c == '\\' && i+1 < len(text):
			i++
			switch text[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case '\\', '\'', '"':
				b.WriteByte(text[i])
			default: // an escape of a regular expression
				b.WriteByte('\\')
				b.WriteByte(text[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, fmt.Errorf("a string is not closed")
}
