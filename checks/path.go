package checks

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Path is a file's name in a tree: slash-separated, relative, the raw bytes that git stores. It need not be UTF-8 and
// may hold control characters. As text (JSON, YAML, %s of [Path.Quoted]) it is quoted where it must be, reversibly.
type Path string

// MarshalText writes the path verbatim when it is valid UTF-8 and does not begin with a quotation mark, and else in
// git's C-style quotes, so that nothing is lost and nothing is ambiguous.
func (p Path) MarshalText() ([]byte, error) {
	if utf8.ValidString(string(p)) && !strings.HasPrefix(string(p), `"`) {
		return []byte(p), nil
	}
	return []byte(quote(string(p), false)), nil
}

// UnmarshalText reads what MarshalText wrote.
func (p *Path) UnmarshalText(text []byte) error {
	if len(text) == 0 || text[0] != '"' {
		*p = Path(text)
		return nil
	}
	raw, err := unquote(string(text))
	if err != nil {
		return err
	}
	*p = Path(raw)
	return nil
}

// Quoted is the path as git would print it: verbatim when harmless, in C-style quotes when it holds a control
// character, a quotation mark, a backslash or bytes that are not UTF-8. It is safe in a terminal and on one line.
func (p Path) Quoted() string {
	if !utf8.ValidString(string(p)) {
		return quote(string(p), true)
	}
	for _, r := range string(p) {
		if unsafeInTerminal(r) || r == '"' || r == '\\' {
			return quote(string(p), true)
		}
	}
	return string(p)
}

// unsafeInTerminal reports whether printing r could move the cursor, start an escape sequence or reorder the line.
func unsafeInTerminal(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 ||
		r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff ||
		r >= 0xe0000 && r <= 0xe007f
}

const shortEscapes = "\a\b\t\n\v\f\r\"\\"
const shortNames = `abtnvfr"\`

// quote writes s in double quotes with git's escapes: the short ones of C, and three octal digits for every other byte
// that is not plain. With strict, runes that a terminal would act on are escaped too.
func quote(s string, strict bool) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch at := strings.IndexByte(shortEscapes, s[i]); {
		case size == 1 && at >= 0:
			b.WriteByte('\\')
			b.WriteByte(shortNames[at])
		case r == utf8.RuneError && size == 1, r < 0x20, r == 0x7f, strict && unsafeInTerminal(r):
			for _, c := range []byte(s[i : i+size]) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	b.WriteByte('"')
	return b.String()
}

// unquote undoes quote.
func unquote(s string) (string, error) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", fmt.Errorf("path %.80q: quotes do not match", s)
	}
	s = s[1 : len(s)-1]
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		i++
		if i == len(s) {
			return "", fmt.Errorf("path %.80q: ends in a backslash", s)
		}
		if at := strings.IndexByte(shortNames, s[i]); at >= 0 {
			b.WriteByte(shortEscapes[at])
			continue
		}
		if i+3 > len(s) || s[i] > '3' || !octal(s[i]) || !octal(s[i+1]) || !octal(s[i+2]) {
			return "", fmt.Errorf("path %.80q: bad escape at byte %d", s, i)
		}
		b.WriteByte((s[i]-'0')<<6 + (s[i+1]-'0')<<3 + (s[i+2] - '0'))
		i += 2
	}
	return b.String(), nil
}

func octal(c byte) bool { return c >= '0' && c <= '7' }
