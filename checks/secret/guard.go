package secret

import (
	"math"
	"regexp"
	"strings"
	"unicode"

	"github.com/assay-app/assay/checks/internal/keyword"
)

// innocent reports whether a value is a placeholder, a hash or a name rather than a credential. The generic rules, which
// go by the name of a variable alone, need every guard; a key with a shape of its own needs the first.
func (s *scanner) innocent(m *match) bool {
	if !m.rule.oddShape && s.placeholder(m.rule.body(m.value)) {
		return true
	}
	if m.rule.rank != generic {
		return s.insideBase64(m)
	}
	line := s.lineAround(m.Span)
	name := string(s.text[m.whole.Start:m.Start])
	return s.hashes || minified(line) || !s.unquoted && !s.quoted(m) ||
		identifier.MatchString(m.value) || hash(m.value, name) || wordy(m.value) || holds(s.public, line)
}

func holds(words *keyword.Set, text []byte) (found bool) {
	words.Find(text, func(int, int, int) bool {
		found = true
		return false
	})
	return found
}

// placeholder reports whether a value was made up by a person: it holds one of the words that people use for that, one
// character many times over, or a run of the alphabet.
func (s *scanner) placeholder(body string) bool {
	folded := strings.ToLower(body)
	for _, word := range s.placeholders {
		if strings.Contains(folded, word) {
			return true
		}
	}
	const sameRun, risingRun = 7, 8
	same, rising := 1, 1
	for i := 1; i < len(folded); i++ {
		if folded[i] == folded[i-1] {
			same++
		} else {
			same = 1
		}
		if folded[i] == folded[i-1]+1 || folded[i] == '0' && folded[i-1] == '9' {
			rising++
		} else {
			rising = 1
		}
		if same >= sameRun && folded[i] != '-' || rising >= risingRun {
			return true
		}
	}
	return false
}

// insideBase64 reports whether a value is a piece of a longer text in base64, such as an image or a signature, where any
// short prefix turns up by chance: what stands right before it is of that alphabet, and random.
func (s *scanner) insideBase64(m *match) bool {
	const least, most = 16, 64
	start := m.Start
	for m.Start-start < most && start > 0 && encodedByte[s.text[start-1]] {
		start--
	}
	before := string(s.text[start:m.Start])
	return len(before) >= least && strings.ContainsFunc(before, unicode.IsUpper) && strings.ContainsFunc(before, unicode.IsLower) &&
		strings.ContainsFunc(before, unicode.IsDigit) && !wordy(before)
}

// entropy is Shannon's, in bits a byte.
func entropy(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	sum := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

// quoted reports whether a value stands in a string literal, and to its beginning.
func (s *scanner) quoted(m *match) bool {
	if m.Start == 0 {
		return false
	}
	before := s.text[m.Start-1]
	return before == '"' || before == '\'' || before == '`' || before == '='
}

// minifiedLine is the length from which a line was written by no person.
const minifiedLine = 1500

func minified(line []byte) bool { return len(line) >= minifiedLine }

var (
	// identifier is a UUID, a public key, a version, a date, a number, a path, an address, a reference to something else,
	// a key that is made to be public (PostHog's phc_, Stripe's pk_).
	identifier = regexp.MustCompile(`(?i)^(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?-i:MFkwEwYH|MIIB[A-Z]jANBgkq|MIGfMA0G|MCowBQYD|MHYwEAYH).*` +
		`|v?[0-9]+(?:[.-][0-9a-z]+)*|[0-9a-f.:-]+::?[0-9a-f.:-]*|[a-z][a-z0-9+.-]*://.*|[./~].*|(?:arn|urn|sha(?:1|256|384|512)|md5)[:-].*` +
		`|(?:phc|pk_live|pk_test)_\w+|[a-z]+(?:[._-][a-z]+)*[._-]?[0-9]{0,4}|[\w-]+\.(?:py|js|ts|go|json|ya?ml|md|txt|html?|com|org|net|io|dev|local|svc)|\d+(?:e[+-]?\d+)?[a-z]{0,3})$`)

	hexadecimal = regexp.MustCompile(`^(?:0[xX])?[0-9a-fA-F]+$`)
	confidently = regexp.MustCompile(`(?i)secret|passw|token|api[_. -]?key|private|credential`)
	aboutHashes = regexp.MustCompile(`(?i)sha-?[0-9]|md5|hash|digest|checksum|integrity|commit|revision|\brev\b|\bsum\b|etag|blake|crc|nonce|vector|test`)
)

// hash reports whether a value is a digest or another number in hexadecimal, unless its name says it is a secret.
func hash(value, name string) bool {
	return hexadecimal.MatchString(value) && (!confidently.MatchString(name) || aboutHashes.MatchString(name))
}

// commonPairs are the pairs of letters that make up most of English words and of the names in programs.
const commonPairs = " th he in er an re nd on en at ou ed ha to or it is hi es ng te se st ti ar nt al as de ve le io ne ea co me ro ri li ra ll be ma om ic ta ce ch us el et no la ec na tr ge ss ie un ca il pe di so em lo us wi ac ad ke ut ot ct ur po pr am si fo op su ul os ab ol id ai ex ap im ag ig im ir iv ay ow ey sh tu mo ho vi ef nc up do da ev bu if ew fi ns "

// wordy reports whether a value is made of words: most of its neighbouring letters are common pairs.
func wordy(value string) bool {
	const least, share = 5, 0.5
	folded := strings.ToLower(value)
	pairs, common := 0, 0
	for i := 1; i < len(folded); i++ {
		if letter(folded[i-1]) && letter(folded[i]) {
			pairs++
			if strings.Contains(commonPairs, " "+folded[i-1:i+1]+" ") {
				common++
			}
		}
	}
	return pairs >= least && float64(common) >= share*float64(pairs)
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' }
