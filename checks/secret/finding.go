package secret

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// redacted stands for a credential wherever one was.
const redacted = "[redacted]"

// valueKey is the keyed hash of a credential: the same wherever it stands, and useless to whoever lacks the key.
type valueKey string

func newValueKey(secretKey []byte, value string) valueKey {
	mac := hmac.New(sha256.New, secretKey)
	mac.Write([]byte(strings.Join(strings.Fields(value), ""))) // a private key is the same when indented or with CRLF
	return valueKey(hex.EncodeToString(mac.Sum(nil)))
}

// sighting is a credential found in a text, with no trace of its value left.
type sighting struct {
	finding checks.Finding
	key     valueKey
}

// sightings turns the matches of a text into findings at the given path.
func (c *catalogue) sightings(secretKey []byte, path checks.Path, t *text.Text, matches []match) []sighting {
	out := make([]sighting, 0, min(len(matches), MaxMatches))
	values := distinct(matches)
	lines := scanner{catalogue: c, path: path, text: t.Bytes}
	for i := range matches {
		if i == MaxMatches {
			break
		}
		m := &matches[i]
		f := m.rule.finding
		key := newValueKey(secretKey, m.value)
		f.Fingerprint = checks.NewFingerprint(f.Rule, "", string(key))
		f.Location = t.Location(path, m.Start, m.End)
		f.Snippet = t.Snippet(m.Start, m.End, append(cuts(near(matches, i)), repeats(t.Bytes, m.Span, values)...)...)
		if m.rule.inFixtures != "" && c.fixtures.Match(path) {
			f.Severity, f.Confidence = m.rule.inFixtures, checks.ConfidenceLow
		}
		f.Message = strings.Join(append([]string{f.Message}, c.notes(path, lines.lineAround(m.Span))...), " ")
		out = append(out, sighting{f, key})
	}
	return out
}

// notes says what is special about the place of a credential.
func (c *catalogue) notes(path checks.Path, line []byte) []string {
	var notes []string
	for i := range c.places {
		if c.places[i].holds(path, line) {
			notes = append(notes, c.places[i].note)
		}
	}
	return notes
}

// near is the matches that may share the quoted lines with the i-th.
func near(matches []match, i int) []match {
	const most = 50
	return matches[max(0, i-most):min(len(matches), i+most)]
}

// cuts is what a quote must not show of matches, and what it shows instead.
func cuts(matches []match) []text.Cut {
	out := make([]text.Cut, len(matches))
	for i := range matches {
		out[i] = text.Cut{Span: matches[i].cut, Shown: matches[i].rule.prefix(matches[i].value) + redacted}
	}
	return out
}

// distinct is the different values of matches.
func distinct(matches []match) [][]byte {
	seen := map[string]bool{}
	var out [][]byte
	for i := range matches {
		if value := matches[i].value; !seen[value] {
			seen[value] = true
			out = append(out, []byte(value))
		}
	}
	return out
}

// repeats finds known values around a place, wherever they stand: a repetition in a comment need not look like a
// credential to be one.
func repeats(b []byte, at text.Span, values [][]byte) []text.Cut {
	var out []text.Cut
	for _, value := range values {
		from := max(0, at.Start-text.MaxSnippet-len(value))
		to := min(len(b), at.Start+text.MaxSnippet+len(value))
		for from < to {
			i := bytes.Index(b[from:to], value)
			if i < 0 {
				break
			}
			out = append(out, text.Cut{Span: text.Span{Start: from + i, End: from + i + len(value)}, Shown: redacted})
			from += i + len(value)
		}
	}
	return out
}

// prefix is the part of a value that is public, such as "sk-ant-api03-"; often empty.
func (d *detector) prefix(value string) string {
	for _, shown := range d.shown {
		if len(value) > len(shown) && strings.EqualFold(value[:len(shown)], shown) {
			return value[:len(shown)]
		}
	}
	return ""
}

// body is what follows the public prefix of a value.
func (d *detector) body(value string) string { return value[len(d.prefix(value)):] }
