package prefilter

import "strings"

// Text is a text and what it consists of, which says quickly of most strings that they are not in it.
type Text struct {
	Grams
	source string
	lower  string          // made when it is first needed
	known  map[string]bool // of strings that were looked for
}

// Read takes the text, once.
func (t *Text) Read(source string) {
	t.source = source
	t.Add(source)
}

// Contains reports whether a string in lower case is in the text, in which letters of ASCII have no case.
func (t *Text) Contains(lower string) bool {
	if t.lower == "" {
		t.lower = Lower(t.source)
	}
	return strings.Contains(t.lower, lower)
}

// Quotes reports whether a string in lower case stands between quotation marks, the first perhaps behind a backslash.
func (t *Text) Quotes(lower string) bool {
	if lower == "" || !t.Contains(lower) {
		return false
	}
	for from := 0; ; {
		at := strings.Index(t.lower[from:], lower)
		if at < 0 {
			return false
		}
		at += from
		if end := at + len(lower); at > 0 && end < len(t.lower) && strings.IndexByte("\"'`\\", t.lower[at-1]) >= 0 && strings.IndexByte("\"'`", t.lower[end]) >= 0 {
			return true
		}
		from = at + 1
	}
}

// ContainsAll reports whether all of the strings are. Rules ask for the same ones again and again.
func (t *Text) ContainsAll(lower []string) bool {
	for _, one := range lower {
		contains, known := t.known[one]
		if !known {
			if t.known == nil {
				t.known = map[string]bool{}
			}
			contains = t.Contains(one)
			t.known[one] = contains
		}
		if !contains {
			return false
		}
	}
	return true
}

// Lower is a text with the letters of ASCII in lower case, and no others changed.
func Lower(text string) string {
	i := 0
	for i < len(text) && !('A' <= text[i] && text[i] <= 'Z') {
		i++
	}
	if i == len(text) {
		return text
	}
	out := []byte(text)
	for ; i < len(out); i++ {
		if c := out[i]; 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}
