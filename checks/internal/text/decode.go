package text

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// binaryProbe is how many first bytes are searched for a NUL, as git does to tell binary files from text.
const binaryProbe = 8000

// Decode makes a text of a file's raw content. It reports false for a binary file: one with a NUL among its first
// bytes that does not begin with the byte order mark of UTF-16.
func Decode(raw []byte) (*Text, bool) {
	switch {
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}) && !bytes.HasPrefix(raw, []byte{0xff, 0xfe, 0, 0}):
		return decodeUTF16(raw[2:], func(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 })
	case bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		return decodeUTF16(raw[2:], func(b []byte) uint16 { return uint16(b[1]) | uint16(b[0])<<8 })
	case bytes.IndexByte(raw[:min(len(raw), binaryProbe)], 0) >= 0:
		return nil, false
	}
	return New(raw), true
}

// decodeUTF16 decodes what follows the byte order mark. Unpaired surrogates become U+FFFD, an odd last byte too. What
// holds a NUL early is not a text but, say, an MP3 frame that happens to begin like one.
func decodeUTF16(raw []byte, unit func([]byte) uint16) (*Text, bool) {
	out := make([]byte, 0, len(raw))
	for i := 0; i+1 < len(raw); i += 2 {
		r := rune(unit(raw[i:]))
		if utf16.IsSurrogate(r) {
			low := rune(utf8.RuneError)
			if i+3 < len(raw) {
				low = rune(unit(raw[i+2:]))
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 2
			}
		}
		if r == 0 && len(out) < binaryProbe {
			return nil, false
		}
		out = utf8.AppendRune(out, r)
	}
	if len(raw)%2 == 1 {
		out = utf8.AppendRune(out, utf8.RuneError)
	}
	t := New(out)
	t.Decoded = true
	return t, true
}
