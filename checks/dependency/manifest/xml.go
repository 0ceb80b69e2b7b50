package manifest

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// Bounds of XML. Entities that a document declares are never expanded.
const (
	maxXMLDepth    = 200     // elements inside each other; the deepest known pom.xml has some 20
	maxXMLElements = 1 << 18 // of a document; each costs some 200 bytes
)

// element is an element of an XML document. Others are named by their index in [document.elements].
type element struct {
	name        string // without its namespace
	attributes  []xml.Attr
	start, end  int // from the opening to the closing tag's end
	open        int // where the opening tag ends
	parent      int32
	first, next int32 // the first one inside and the next one beside it, -1 for none

	text    strings.Builder // directly inside
	literal [2]int          // where text stands, if it is written there byte for byte
	pieces  int             // that text was put together from
}

// document is an XML document as a tree of elements that know where they stand.
type document struct {
	text     *text.Text
	source   []byte // of text, with blanks and question marks where the decoder of XML would stumble
	elements []*element
}

// readXML reads a document whose outermost element has a name. What is not well-formed is read as far as it can be.
func readXML(ctx context.Context, file *File, t *text.Text, root string) (*document, error) {
	d := &document{text: t, source: validUTF8(withoutMark(t))}
	err := d.read(ctx, true)
	if err != nil && ctx.Err() == nil && !errors.Is(err, errXMLBound) {
		file.lose("not well-formed XML")
		d.elements = nil
		err = d.read(ctx, false)
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, errXMLBound):
		file.Lossy = err.Error()
	}
	if len(d.elements) == 0 || d.elements[0].name != root {
		return nil, fmt.Errorf("%w: no XML of a <%s>", ErrMalformed, root)
	}
	return d, nil
}

// validUTF8 has a question mark for every byte that is not UTF-8, so that offsets stay what they are.
func validUTF8(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	b = bytes.Clone(b)
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			b[i] = '?'
		}
		i += size
	}
	return b
}

var errXMLBound = fmt.Errorf("more than %d elements, or more than %d inside each other", maxXMLElements, maxXMLDepth)

func (d *document) read(ctx context.Context, strict bool) error {
	decoder := xml.NewDecoder(bytes.NewReader(d.source))
	decoder.Strict = strict
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil } // names are ASCII
	at, last := int32(-1), int32(-1)
	depth := 0
	for count := 0; ; count++ {
		start := int(decoder.InputOffset())
		token, err := decoder.Token()
		end := int(decoder.InputOffset())
		if err != nil {
			for ; at >= 0; at = d.elements[at].parent {
				d.elements[at].end = end
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if count%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxXMLDepth || len(d.elements) >= maxXMLElements {
				return errXMLBound
			}
			n := int32(len(d.elements))
			d.elements = append(d.elements, &element{name: token.Name.Local, attributes: token.Attr, start: start, open: end, end: end, parent: at, first: -1, next: -1})
			switch {
			case last >= 0:
				d.elements[last].next = n
			case at >= 0:
				d.elements[at].first = n
			}
			at, last = n, -1
		case xml.EndElement:
			if at < 0 {
				continue
			}
			d.elements[at].end = end
			at, last, depth = d.elements[at].parent, at, depth-1
		case xml.CharData:
			if at >= 0 {
				d.elements[at].write(token, start, end)
			}
		}
	}
}

func (e *element) write(piece []byte, start, end int) {
	trimmed := bytes.TrimSpace(piece)
	if len(trimmed) == 0 {
		return
	}
	e.text.Write(trimmed)
	e.pieces++
	e.literal = [2]int{start, end}
}

// children gives the elements inside one that have a name.
func (d *document) children(n int32, name string) []int32 {
	var found []int32
	if n < 0 {
		return nil
	}
	for child := d.elements[n].first; child >= 0; child = d.elements[child].next {
		if d.elements[child].name == name {
			found = append(found, child)
		}
	}
	return found
}

// all gives what a path of names leads to, every way.
func (d *document) all(n int32, path ...string) []int32 {
	found := []int32{n}
	for _, name := range path {
		var inside []int32
		for _, n := range found {
			inside = append(inside, d.children(n, name)...)
		}
		found = inside
	}
	return found
}

// child gives the first element that a path of names leads to, -1 if there is none.
func (d *document) child(n int32, path ...string) int32 {
	if found := d.all(n, path...); len(found) > 0 {
		return found[0]
	}
	return -1
}

// xmlText is a text and where it stands. The place is [0, 0) when it is not written there byte for byte.
type xmlText struct {
	text       string
	start, end int
}

// content gives the text directly inside an element, without the blanks around it; none for -1.
func (d *document) content(n int32) xmlText {
	if n < 0 {
		return xmlText{}
	}
	e := d.elements[n]
	w := xmlText{text: e.text.String()}
	if e.pieces == 1 {
		start := e.literal[0] + bytes.Index(d.source[e.literal[0]:e.literal[1]], []byte(w.text))
		if start >= e.literal[0] && string(bytes.TrimSpace(d.source[e.literal[0]:e.literal[1]])) == w.text {
			w.start, w.end = start, start+len(w.text)
		}
	}
	return w
}

// attribute gives an attribute's value; case does not matter when fold is set.
func (d *document) attribute(n int32, name string, fold bool) (xmlText, bool) {
	e := d.elements[n]
	for _, a := range e.attributes {
		if a.Name.Local != name && !(fold && strings.EqualFold(a.Name.Local, name)) {
			continue
		}
		w := xmlText{text: a.Value}
		tag := d.source[e.start:e.open]
		for at := 0; ; {
			i := bytes.Index(tag[at:], []byte(a.Name.Local))
			if i < 0 {
				return w, true
			}
			at += i + len(a.Name.Local)
			if before := tag[at-len(a.Name.Local)-1]; !bytes.ContainsRune([]byte(" \t\r\n:"), rune(before)) {
				continue
			}
			rest := bytes.TrimLeft(tag[at:], " \t\r\n")
			value, ok := bytes.CutPrefix(rest, []byte("="))
			if value = bytes.TrimLeft(value, " \t\r\n"); ok && len(value) > 1 && (value[0] == '"' || value[0] == '\'') && bytes.HasPrefix(value[1:], append([]byte(a.Value), value[0])) {
				w.start = e.open - len(value) + 1
				w.end = w.start + len(a.Value)
				return w, true
			}
		}
	}
	return xmlText{}, false
}

// place is where an element stands, its tags included.
func (d *document) place(n int32) checks.Range {
	return between(d.text, d.elements[n].start, d.elements[n].end)
}

func (d *document) pin(w xmlText) *checks.Range { return pinBetween(d.text, w.start, w.end) }
