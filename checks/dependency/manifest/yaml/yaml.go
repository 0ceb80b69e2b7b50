// Package yaml reads the YAML that package managers write, and the simple kind that people write for them: maps, lists
// and scalars in blocks or in brackets, several documents, comments. It gives the flat tree of package jsonc, in which
// each value knows where it stands, keeps keys that occur twice, and goes on after a mistake.
//
// It exists because a lockfile of 10 MB must be read with places in a moment, by something that hostile input cannot
// make recurse or expand: it is one pass without recursion, and an alias is never replaced by what it stands for.
package yaml

import (
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks/internal/jsonc"
)

// Bounds.
const (
	MaxSource = 1 << 26 // bytes of a text
	MaxDepth  = 100     // values inside values; deeper ones are passed over. Lockfiles have 6
	MaxNodes  = 1 << 20 // values of a text; what follows is left out. The largest lockfiles known have some 300,000

	maxProblems = 100 // that are listed
)

// Document is a text and its values, outer before inner and in the order of the text. Documents that follow one another
// in the text stand beside each other, as values that stand by themselves.
//
// The kinds are Object, Array, String for every other value, and Null for one that is missing. A value's range reaches
// to the end of its last line with anything but white space and comments.
type Document struct {
	Source   string
	Nodes    []jsonc.Node
	Problems []jsonc.Problem

	// Incomplete says that a bound was met: some values are missing.
	Incomplete bool

	// Aliases says that a value is a reference to another one; its text is the reference as written, "*name".
	Aliases bool
}

// Parse reads a text. It fails only for one longer than [MaxSource]; mistakes are listed in the document.
func Parse(source string) (*Document, error) {
	if len(source) > MaxSource {
		return nil, fmt.Errorf("a YAML text of %d bytes is longer than %d", len(source), MaxSource)
	}
	p := &parser{Document: &Document{Source: source}, pending: root, lastRoot: jsonc.None}
	p.run()
	return p.Document, nil
}

// Text gives the text of a scalar without its quotation marks, and any other value as it is written.
func (d *Document) Text(n int32) string {
	if d.Nodes[n].Kind != jsonc.String {
		return d.Source[d.Nodes[n].Start:d.Nodes[n].End]
	}
	return d.scalar(d.Nodes[n].Range)
}

// KeyText gives the key of a member of a map without its quotation marks, and nothing for other values.
func (d *Document) KeyText(n int32) string { return d.scalar(d.Nodes[n].Key) }

func (d *Document) scalar(r jsonc.Range) string {
	raw := d.Source[r.Start:r.End]
	if raw == "" {
		return ""
	}
	switch raw[0] {
	case '\'':
		return strings.ReplaceAll(folded(strings.TrimSuffix(raw[1:], "'")), "''", "'")
	case '"':
		return unescaped(folded(strings.TrimSuffix(raw[1:], `"`)))
	case '|', '>':
		_, body, _ := strings.Cut(raw, "\n")
		return literal(body, raw[0] == '|')
	}
	return folded(raw)
}

// folded joins the lines of a scalar as YAML does: one space for a line's end, white space around it left out.
func folded(raw string) string {
	if !strings.Contains(raw, "\n") {
		return raw
	}
	lines := strings.Split(raw, "\n")
	for i, line := range lines {
		if i > 0 {
			line = strings.TrimLeft(line, " \t")
		}
		if i < len(lines)-1 {
			line = strings.TrimRight(line, " \t\r")
		}
		lines[i] = line
	}
	return strings.Join(lines, " ")
}

// literal is the text of a block, without its indentation and its last line's end.
func literal(body string, keepLines bool) string {
	lines := strings.Split(strings.TrimRight(body, " \t\r\n"), "\n")
	indent := len(lines[0]) - len(strings.TrimLeft(lines[0], " "))
	for i, line := range lines {
		lines[i] = strings.TrimRight(line[min(indent, len(line)-len(strings.TrimLeft(line, " "))):], "\r")
	}
	if keepLines {
		return strings.Join(lines, "\n")
	}
	return strings.Join(lines, " ")
}

// unescaped decodes the escapes of a text in double quotation marks; one that means nothing stands for itself.
func unescaped(raw string) string {
	next := strings.IndexByte(raw, '\\')
	if next < 0 {
		return raw
	}
	var b strings.Builder
	for next >= 0 && next+1 < len(raw) {
		b.WriteString(raw[:next])
		c := raw[next+1]
		raw = raw[next+2:]
		if i := strings.IndexByte("0abtnvfre", c); i >= 0 {
			b.WriteByte("\x00\a\b\t\n\v\f\r\x1b"[i])
		} else if size := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]; size > 0 && size <= len(raw) {
			if r, ok := hexadecimal(raw[:size]); ok {
				b.WriteRune(r)
				raw = raw[size:]
			} else {
				b.WriteByte(c)
			}
		} else {
			b.WriteByte(c)
		}
		next = strings.IndexByte(raw, '\\')
	}
	b.WriteString(raw)
	return b.String()
}

func hexadecimal(digits string) (rune, bool) {
	var r uint32
	for _, c := range []byte(digits) {
		digit := strings.IndexByte("0123456789abcdef", c|0x20)
		if digit < 0 || c < '0' {
			return 0, false
		}
		r = r<<4 | uint32(digit)
	}
	return rune(r & 0x7fffffff), true
}
