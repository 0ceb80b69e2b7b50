package ruleset

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// generator is a call in an example: {{hex 32}}, {{uuid}}, {{tags some text}}.
var generator = regexp.MustCompile(`\{\{([a-z][a-z0-9]*)(?: ([^{}]*))?\}\}`)

var alphabets = map[string]string{
	"digits":    digits,
	"hex":       digits + "abcdef",
	"lower":     lowers,
	"upper":     uppers,
	"alnum":     lowers + uppers + digits,
	"lowalnum":  lowers + digits,
	"upalnum":   uppers + digits,
	"base64":    lowers + uppers + digits + "+/",
	"base64url": lowers + uppers + digits + "-_",
}

const (
	digits = "0123456789"
	lowers = "abcdefghijklmnopqrstuvwxyz"
	uppers = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// maxGenerated bounds what one call may produce, in characters.
const maxGenerated = 4096

// Expand replaces the calls in an example's text, so that no file of this repository holds anything that looks like a
// credential or hides characters:
//
//	{{hex N}}, and likewise digits, lower, upper, alnum, lowalnum, upalnum, base64, base64url
//	               N characters of that alphabet, the same ones each time for the same seed and place
//	{{uuid}}       a random UUID, under the same terms
//	{{tags TEXT}}  TEXT in tag characters; {{selectors TEXT}} in variation selectors, {{zerowidth TEXT}} in zero-width bits
//	{{u HEX}}      one character by its code point
func Expand(text, seed string) (string, error) {
	var wrong error
	count := 0
	out := generator.ReplaceAllStringFunc(text, func(call string) string {
		count++
		parts := generator.FindStringSubmatch(call)
		value, err := generate(parts[1], parts[2], fmt.Sprintf("%s#%d", seed, count))
		if err != nil && wrong == nil {
			wrong = fmt.Errorf("%s: %w", call, err)
		}
		return value
	})
	return out, wrong
}

// Elide replaces the calls by what a person may read on a page.
func Elide(text string) string {
	return generator.ReplaceAllStringFunc(text, func(call string) string {
		parts := generator.FindStringSubmatch(call)
		switch parts[1] {
		case "u":
			return "⟨U+" + strings.ToUpper(parts[2]) + "⟩"
		case "tags", "selectors", "zerowidth":
			return "⟨invisible: " + parts[2] + "⟩"
		}
		return "…"
	})
}

func generate(name, arg, seed string) (string, error) {
	switch name {
	case "uuid":
		return strings.Join([]string{draw(alphabets["hex"], 8, seed+"a"), draw(alphabets["hex"], 4, seed+"b"),
			"4" + draw(alphabets["hex"], 3, seed+"c"), "a" + draw(alphabets["hex"], 3, seed+"d"),
			draw(alphabets["hex"], 12, seed+"e")}, "-"), nil
	case "u":
		code, err := strconv.ParseUint(arg, 16, 21)
		return string(rune(code)), err
	case "tags":
		return spell(arg, func(c byte) string { return string(0xe0000 + rune(c)) }), nil
	case "selectors":
		return spell(arg, func(c byte) string { return string(selector(c)) }), nil
	case "zerowidth":
		bits := strings.NewReplacer("0", "\u200b", "1", "\u200c")
		return spell(arg, func(c byte) string { return bits.Replace(fmt.Sprintf("%08b", c)) }), nil
	}
	alphabet, ok := alphabets[name]
	if !ok {
		return "", fmt.Errorf("no such generator")
	}
	n, err := strconv.Atoi(arg)
	if err != nil || n < 1 || n > maxGenerated {
		return "", fmt.Errorf("want a length from 1 to %d", maxGenerated)
	}
	return draw(alphabet, n, seed), nil
}

// selector is the variation selector that stands for a byte: VS1 to VS16, then VS17 to VS256.
func selector(c byte) rune {
	if c < 16 {
		return 0xfe00 + rune(c)
	}
	return 0xe0100 + rune(c) - 16
}

func spell(s string, letter func(byte) string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteString(letter(c))
	}
	return b.String()
}

// draw picks n characters by hashing the seed with a counter, so that examples never change from run to run.
func draw(alphabet string, n int, seed string) string {
	out := make([]byte, n)
	for i := range out {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", seed, i))
		out[i] = alphabet[binary.BigEndian.Uint64(sum[:])%uint64(len(alphabet))]
	}
	return string(out)
}
