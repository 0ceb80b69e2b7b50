package toml

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// fences are the marks of multi-line strings.
var fences = [...]string{`"""`, `'''`}

// content gives where the text between the marks of a string or a key stands. A missing mark at the end is no matter,
// nor is a word without marks. A newline right after the mark of a multi-line string is not part of its text.
func content(quoted string) (from, to int) {
	to = len(quoted)
	for _, fence := range fences {
		if !strings.HasPrefix(quoted, fence) {
			continue
		}
		from = len(fence)
		if to >= 2*len(fence) && strings.HasSuffix(quoted, fence) {
			to -= len(fence)
		}
		if rest := quoted[from:to]; strings.HasPrefix(rest, "\r\n") {
			from += 2
		} else if strings.HasPrefix(rest, "\n") {
			from++
		}
		return from, to
	}
	if quoted == "" || quoted[0] != '"' && quoted[0] != '\'' {
		return 0, to
	}
	if to >= 2 && quoted[to-1] == quoted[0] {
		to--
	}
	return 1, to
}

// unquote decodes a string or a key. An escape that means nothing stands for what follows its backslash.
func unquote(quoted string) string {
	from, to := content(quoted)
	text := quoted[from:to]
	if quoted == "" || quoted[0] != '"' || !strings.Contains(text, `\`) {
		return text
	}
	var out []byte
	for {
		at := strings.IndexByte(text, '\\')
		if at < 0 {
			return string(append(out, text...))
		}
		out = append(out, text[:at]...)
		var size int
		out, size = unescape(out, text[at:])
		text = text[at+size:]
	}
}

// unescape appends what the escape at the start of text stands for, and gives its size.
func unescape(out []byte, text string) ([]byte, int) {
	if len(text) == 1 {
		return append(out, '\\'), 1
	}
	switch c := text[1]; c {
	case 'b', 't', 'n', 'f', 'r', 'e':
		return append(out, "\b\t\n\f\r\x1b"[strings.IndexByte("btnfre", c)]), 2
	case 'x', 'u', 'U':
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
		if len(text) < 2+digits {
			break
		}
		// Surrogates and numbers beyond Unicode become U+FFFD.
		if r, err := strconv.ParseUint(text[2:2+digits], 16, 32); err == nil {
			return utf8.AppendRune(out, rune(min(r, utf8.MaxRune+1))), 2 + digits
		}
	case ' ', '\t', '\r', '\n':
		// A backslash at the end of a line takes away all white space up to the next text.
		rest := strings.TrimLeft(text[1:], " \t\r\n")
		if blank := text[1 : len(text)-len(rest)]; strings.Contains(blank, "\n") {
			return out, 1 + len(blank)
		}
	}
	return append(out, text[1]), 2
}
