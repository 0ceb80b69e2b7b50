package names

import (
	"slices"
	"strings"
)

// oneEdit reports whether two different names are one edit apart: a byte inserted, dropped or replaced, or two
// neighbours swapped (a Damerau-Levenshtein distance of 1).
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || a == b {
		return false
	}
	at := 0
	for at < len(a) && a[at] == b[at] {
		at++
	}
	if len(a) < len(b) {
		return a[at:] == b[at+1:]
	}
	if a[at+1:] == b[at+1:] {
		return true
	}
	return at+1 < len(a) && a[at] == b[at+1] && a[at+1] == b[at] && a[at+2:] == b[at+2:]
}

// lookalikes are characters and the ASCII that they pass for: digits, and letters of other alphabets. Latin letters that
// pass for each other are made one of them.
var lookalikes = strings.NewReplacer(
	"0", "o", "1", "l", "i", "l", "5", "s", "rn", "m", "vv", "w",
	"а", "a", "в", "b", "с", "c", "ԁ", "d", "е", "e", "ё", "e", "ғ", "f", "һ", "h", "і", "l", "ї", "l", "ј", "j", "к", "k",
	"ӏ", "l", "м", "m", "н", "h", "о", "o", "р", "p", "ԛ", "q", "г", "r", "ѕ", "s", "т", "t", "у", "y", "ѵ", "v", "ԝ", "w", "х", "x",
	"α", "a", "β", "b", "γ", "y", "ε", "e", "ι", "l", "κ", "k", "ν", "v", "ο", "o", "ρ", "p", "τ", "t", "υ", "u", "χ", "x", "ω", "w",
	"ı", "l", "ℓ", "l", "ɡ", "g", "ɑ", "a", "ո", "n", "ս", "u", "օ", "o", "ց", "g", "հ", "h",
	"á", "a", "à", "a", "â", "a", "ä", "a", "å", "a", "é", "e", "è", "e", "ê", "e", "ë", "e", "í", "l", "ì", "l", "î", "l", "ï", "l",
	"ó", "o", "ò", "o", "ô", "o", "ö", "o", "ø", "o", "ú", "u", "ù", "u", "û", "u", "ü", "u", "ñ", "n", "ç", "c", "ý", "y", "š", "s", "ž", "z",
	"‐", "-", "‑", "-", "–", "-", "—", "-", "−", "-", "․", ".", "\u200b", "", "\u200c", "", "\u200d", "", "\ufeff", "", "\u00ad", "",
)

// fold makes one of all names that differ only in characters that look alike.
func fold(name string) string { return lookalikes.Replace(strings.ToLower(name)) }

// squash drops what parts are joined by.
func squash(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '-', '_', '.', '/', '@', ':':
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// sortParts is the parts of a name in alphabetical order; empty when it has only one.
func sortParts(name string) string {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	if len(parts) < 2 || strings.ContainsAny(name, "/:@") {
		return ""
	}
	slices.Sort(parts)
	return strings.Join(parts, "-")
}
