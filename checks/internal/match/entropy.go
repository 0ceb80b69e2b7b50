package match

import (
	"math"
	"strings"
)

// surprising reports whether a text looks drawn at random, as secrets do: long enough, and of high entropy.
func surprising(text string) bool {
	if len(text) < 10 {
		return false
	}
	var count [256]int
	for i := 0; i < len(text); i++ {
		count[text[i]]++
	}
	entropy := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(text))
			entropy -= p * math.Log2(p)
		}
	}
	return entropy > 3
}

// explosive reports whether a regular expression has a repetition within a repetition, which may need time that doubles
// with every character.
func explosive(text string) bool {
	depth := 0
	var repeats []bool // by open group: something in it repeats
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\\':
			i++
		case '[':
			if end := strings.IndexByte(text[i+1:], ']'); end > 0 {
				i += end + 1
			}
		case '(':
			depth++
			repeats = append(repeats, false)
		case ')':
			if depth == 0 {
				continue
			}
			depth--
			inner := repeats[depth]
			repeats = repeats[:depth]
			if repeated := i+1 < len(text) && (text[i+1] == '*' || text[i+1] == '+' || text[i+1] == '{'); repeated && inner {
				return true
			} else if (repeated || inner) && depth > 0 {
				repeats[depth-1] = true
			}
		case '*', '+':
			if depth > 0 {
				repeats[depth-1] = true
			}
		}
	}
	return false
}
