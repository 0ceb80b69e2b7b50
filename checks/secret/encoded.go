package secret

import (
	"bytes"
	"context"
	"encoding/base64"

	"github.com/assay-app/assay/checks/internal/text"
)

// Bounds of encoded values: shorter ones hold no key, longer ones are files.
const (
	minEncoded = 24
	maxEncoded = 1 << 20
	maxPadding = 2
)

// searchEncoded looks into values in base64, one level deep, as Kubernetes' secrets and many a configuration hold them.
// The place of a credential found there is that of the whole encoded value.
func (s *scanner) searchEncoded(ctx context.Context) error {
	for start, n := 0, 0; start < len(s.text); n++ {
		if n%ctxEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if !encodedByte[s.text[start]] {
			start++
			continue
		}
		end := start + 1
		for end < len(s.text) && encodedByte[s.text[end]] {
			end++
		}
		for n := 0; n < maxPadding && end < len(s.text) && s.text[end] == '='; n++ {
			end++
		}
		if size := end - start; size >= minEncoded && size <= maxEncoded {
			if err := s.decode(ctx, text.Span{Start: start, End: end}); err != nil {
				return err
			}
		}
		start = end
	}
	return nil
}

// decode scans an encoded value if it decodes to text. Generic rules have nothing to go by in there.
func (s *scanner) decode(ctx context.Context, at text.Span) error {
	plain, ok := decodeBase64(s.text[at.Start:at.End])
	if !ok {
		return nil
	}
	inner := s.within(plain)
	err := inner.search(ctx)
	s.steps = inner.steps
	if err != nil {
		return err
	}
	for _, m := range resolve(inner.matches) {
		if m.rule.rank == generic {
			continue
		}
		m.Span, m.whole = at, at
		if err := s.keep(m); err != nil {
			return err
		}
	}
	return nil
}

// within is a scanner for a text inside this one. There are thousands in some files, so that what the path says is not
// asked again.
func (s *scanner) within(plain []byte) *scanner {
	inner := *s
	inner.text, inner.matches, inner.seen = plain, nil, make([]covered, len(s.seen))
	for i := range s.seen {
		inner.seen[i].elsewhere = s.seen[i].elsewhere
	}
	return &inner
}

// probe is how many characters are decoded to see whether text comes out; a multiple of four.
const probe = 16

// decodeBase64 decodes either alphabet, with or without padding. It reports false for what decodes to no printable text.
func decodeBase64(encoded []byte) ([]byte, bool) {
	var first [probe]byte
	copy(first[:], encoded)
	if plain, ok := decodeFolded(fold(first[:])); !ok || !printable(plain) {
		return nil, false
	}
	plain, ok := decodeFolded(fold(bytes.Clone(bytes.TrimRight(encoded, "="))))
	return plain, ok && printable(plain)
}

// fold turns the alphabet for URLs into the standard one, in place.
func fold(encoded []byte) []byte {
	for i, c := range encoded {
		switch c {
		case '-':
			encoded[i] = '+'
		case '_':
			encoded[i] = '/'
		}
	}
	return encoded
}

// decodeFolded decodes in place, and drops a last character that is no whole byte.
func decodeFolded(encoded []byte) ([]byte, bool) {
	if len(encoded)%4 == 1 {
		encoded = encoded[:len(encoded)-1]
	}
	n, err := base64.RawStdEncoding.Decode(encoded, encoded)
	return encoded[:n], err == nil
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}

var encodedByte = func() (set [256]bool) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_" {
		set[c] = true
	}
	return set
}()
