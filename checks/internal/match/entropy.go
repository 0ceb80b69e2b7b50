package match

import (
	"math"
	"strings"
)

// What makes a text look drawn at random.
const (
	minSurprising  = 12   // bytes
	minHexadecimal = 16   // bytes from which digits and a to f need not be told from words
	minEntropy     = 3.0  // bits a byte
	maxPronounced  = 0.34 // of its pairs of letters, those that are common in English
	digitsAreASign = 0.5  // the part of digits from which pairs of letters do not matter
)

// pairs are the pairs of letters that English has most, and that names in code do.
var pairs = func() map[string]bool {
	out := map[string]bool{}
	for _, pair := range strings.Fields(`th he in er an re nd at on nt ha es st en ed to it ou ea hi is or ti as te et ng of al de
		se le sa si ar ve ra ld ur ne me li ll ro ri io ic co ma ce om no ta la el ho ca na pa pl am mp ex ch pe po us ac
		ge il lo ad di ec em ul un wh wo ss tr pr so sp ee sh ke ey ir ot iv ay mo os fo od ut ct ia ai ki im ag ie id da mi
		ly up ol ow cl ab su ap ss pp tt bl fi if rs ts ns be bi ba fa`) {
		out[pair] = true
	}
	return out
}()

// surprising reports whether a text looks drawn at random, as secrets do: of high entropy, and not made of the pairs of
// letters that words are made of.
func surprising(text string) bool {
	if len(text) < minSurprising {
		return false
	}
	var count [256]int
	letters, pronounced, digits := 0, 0, 0
	lower := strings.ToLower(text)
	for i := 0; i < len(lower); i++ {
		count[text[i]]++
		if '0' <= lower[i] && lower[i] <= '9' {
			digits++
		}
		if i > 0 && isLetter(lower[i-1]) && isLetter(lower[i]) {
			letters++
			if pairs[lower[i-1:i+1]] {
				pronounced++
			}
		}
	}
	entropy := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(text))
			entropy -= p * math.Log2(p)
		}
	}
	if entropy < minEntropy {
		return false
	}
	if len(text) >= minHexadecimal && digits > 0 && strings.Trim(lower, "0123456789abcdef") == "" {
		return true
	}
	return float64(digits) >= digitsAreASign*float64(len(text)) || float64(pronounced) <= maxPronounced*float64(letters)
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' }

// explosive reports whether a regular expression has a repetition within a repetition and something behind it, which may
// need time that doubles with every character. With nothing behind, the first way to match is good enough.
func explosive(text string) bool {
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
			repeats = append(repeats, false)
		case ')':
			depth := len(repeats) - 1
			if depth < 0 {
				continue
			}
			inner := repeats[depth]
			repeats = repeats[:depth]
			length, many := repetition(text[i+1:])
			if many && inner && goesOn(text[i+1+length:]) {
				return true
			}
			if (many || inner) && depth > 0 {
				repeats[depth-1] = true
			}
			i += length
		default:
			length, many := repetition(text[i:])
			if depth := len(repeats) - 1; many && depth >= 0 {
				repeats[depth] = true
			}
			i += max(length, 1) - 1
		}
	}
	return false
}

// repetition is the length of a quantifier that text begins with, and whether it allows for many and gives back what it
// took.
func repetition(text string) (length int, many bool) {
	switch {
	case text == "":
		return 0, false
	case text[0] == '*' || text[0] == '+':
		length, many = 1, true
	case text[0] == '{':
		if end := strings.IndexByte(text, '}'); end > 0 {
			length, many = end+1, strings.Contains(text[:end], ",")
		}
	}
	if length > 0 && strings.HasPrefix(text[length:], "+") { // possessive
		return length + 1, false
	}
	return length, many
}

// goesOn reports whether an expression demands more behind a repetition.
func goesOn(text string) bool {
	text = strings.TrimLeft(strings.TrimPrefix(text, "?"), ")")
	return text != "" && text[0] != '|'
}
