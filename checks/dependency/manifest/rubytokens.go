package manifest

import "strings"

// rubyKind is the kind of a token of Ruby, as far as a Gemfile needs it.
type rubyKind uint8

const (
	rubyWord   rubyKind = iota // an identifier or a number
	rubyLabel                  // "name:", without the colon
	rubySymbol                 // ":name", without the colon
	rubyString
	rubySign
	rubyEnd // of a line
)

type rubyToken struct {
	kind       rubyKind
	text       string
	start, end int  // of the text; of a string, between the quotation marks
	computed   bool // a string that Ruby fills in
}

// is reports whether a token is a sign.
func (t rubyToken) is(sign string) bool { return t.kind == rubySign && t.text == sign }

// rubyTokens reads the tokens of a Gemfile. Ruby has more than is understood here; what is not becomes signs and words.
func rubyTokens(source string) []rubyToken {
	var tokens []rubyToken
	for at := 0; at < len(source); {
		start := at
		switch c := source[at]; {
		case c == '\n' || c == ';':
			tokens = append(tokens, rubyToken{kind: rubyEnd, start: at, end: at})
			at++
		case c == ' ' || c == '\t' || c == '\r':
			at++
		case c == '\\' && at+1 < len(source): // also before the end of a line, which it takes away
			at += 2
			if source[at-1] == '\r' && at < len(source) {
				at++
			}
		case c == '#':
			if at += strings.IndexByte(source[at:], '\n'); at < start {
				at = len(source)
			}
		case c == '\'' || c == '"':
			token, end := rubyQuoted(source, at+1, c)
			if at = end; c == '"' && at < len(source) && source[at] == ':' && !strings.HasPrefix(source[at:], "::") {
				token.kind = rubyLabel
				at++
			}
			tokens = append(tokens, token)
		case c == '%' && at+2 < len(source) && strings.IndexByte("wWqQi", source[at+1]) >= 0 && strings.IndexByte("[({<|!", source[at+2]) >= 0:
			var list []rubyToken
			list, at = rubyPercent(source, at)
			tokens = append(tokens, list...)
		case isRubyWord(c):
			for at < len(source) && (isRubyWord(source[at]) || source[at] == '?' || source[at] == '!') {
				at++
			}
			token := rubyToken{kind: rubyWord, text: source[start:at], start: start, end: at}
			if strings.HasPrefix(source[at:], ":") && !strings.HasPrefix(source[at:], "::") {
				token.kind = rubyLabel
				at++
			}
			tokens = append(tokens, token)
		case c == ':' && at+1 < len(source) && isRubyWord(source[at+1]):
			for at++; at < len(source) && isRubyWord(source[at]); at++ {
			}
			tokens = append(tokens, rubyToken{kind: rubySymbol, text: source[start+1 : at], start: start, end: at})
		default:
			if at++; strings.HasPrefix(source[start:], "=>") {
				at++
			}
			tokens = append(tokens, rubyToken{kind: rubySign, text: source[start:at], start: start, end: at})
		}
	}
	return append(tokens, rubyToken{kind: rubyEnd, start: len(source), end: len(source)})
}

func isRubyWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// rubyQuoted reads a string up to its quotation mark, and gives where it goes on.
func rubyQuoted(source string, at int, quote byte) (rubyToken, int) {
	token := rubyToken{kind: rubyString, start: at}
	for at < len(source) && source[at] != quote {
		switch {
		case source[at] == '\\' && at+1 < len(source):
			token.computed = true
			at++
		case quote != '\'' && strings.HasPrefix(source[at:], "#{"):
			token.computed = true
		}
		at++
	}
	token.end = min(at, len(source))
	token.text = source[token.start:token.end]
	return token, min(at+1, len(source))
}

// rubyPercent reads "%w[a b]" as a list of strings, and "%q(a)" as a string.
func rubyPercent(source string, at int) ([]rubyToken, int) {
	kind := source[at+1]
	closing := source[at+2]
	if i := strings.IndexByte("[({<", closing); i >= 0 {
		closing = "])}>"[i]
	}
	token, end := rubyQuoted(source, at+3, closing)
	if kind == 'q' || kind == 'Q' {
		return []rubyToken{token}, end
	}
	list := []rubyToken{{kind: rubySign, text: "[", start: at, end: at + 3}}
	for i := token.start; i < token.end; {
		if strings.IndexByte(" \t\r\n", source[i]) >= 0 {
			i++
			continue
		}
		length := strings.IndexAny(source[i:token.end], " \t\r\n")
		if length < 0 {
			length = token.end - i
		}
		list = append(list, rubyToken{kind: rubyString, text: source[i : i+length], start: i, end: i + length, computed: token.computed})
		i += length
	}
	return append(list, rubyToken{kind: rubySign, text: "]", start: token.end, end: end}), end
}
