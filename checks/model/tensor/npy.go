package tensor

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/assay-app/assay/checks/model/artefact"
)

// Bounds of a file of NumPy arrays.
const (
	npyMagic       = "\x93NUMPY"
	maxArray       = 100_000 // arrays one after the other
	maxArrayHeader = maxText // bytes of a header; NumPy itself refuses more than 10,000
)

// npy reads NumPy's arrays.
type npy struct{}

// Name implements [artefact.Reader].
func (npy) Name() string { return "npy" }

// Sniff implements [artefact.Reader].
func (npy) Sniff(head []byte, _ artefact.Source) bool {
	return strings.HasPrefix(string(head[:min(len(head), len(npyMagic))]), npyMagic)
}

// Read implements [artefact.Reader]. A file may hold several arrays, one after the other.
func (npy) Read(x *artefact.Examination) {
	c := newCursor(x.Source)
	var sum total
	for range maxArray {
		if !x.Budget.Step(1) {
			x.Fail("npy: %v", artefact.ErrBudget)
			return
		}
		if !readArray(x, c, &sum) {
			return
		}
		if c.left() == 0 {
			sum.facts(x)
			return
		}
		at := c.at
		if next := c.string(at, c.left(), len(npyMagic)); next != npyMagic {
			if x.Nested != nil && c.err == nil {
				x.Nested(fmt.Sprintf("after the array, at %d", at), artefact.Section(x.Source, at, x.Size()-at))
			}
			return
		}
		c.at = at
	}
	x.Fail("npy: more than %d arrays", maxArray)
}

// readArray reads one array and reports whether another may follow.
func readArray(x *artefact.Examination, c *cursor, sum *total) bool {
	start := c.at
	c.skip(uint64(len(npyMagic)))
	major, minor := c.u8(), c.u8()
	size := uint64(0)
	switch major {
	case 1:
		size = uint64(c.u16())
	case 2, 3:
		size = uint64(c.u32())
	default:
		if c.err == nil {
			wrong(x, npyHeader, start, "version", "says that it is of version %d.%d, which does not exist", major, minor)
		}
		x.Fail("npy: version %d.%d is not known", major, minor)
		return false
	}
	x.Fact("format", fmt.Sprintf("npy %d", major))
	if c.err == nil && (size > maxArrayHeader || size > uint64(c.left())) {
		wrong(x, npyHeader, start, "length", "says that its header has %d bytes, of %d that follow", size, c.left())
		c.err = errCut
	}
	raw := string(c.take(int(min(size, maxArrayHeader))))
	if c.err != nil {
		x.Fail("npy: %v, at %d", c.err, c.at)
		return false
	}
	l, err := parseLiteral(raw)
	kind, shape := l.get("descr"), l.get("shape")
	if err == nil && (kind == nil || shape == nil || l.get("fortran_order") == nil || shape.kind != '(') {
		err = fmt.Errorf("a header without descr, shape or fortran_order")
	}
	if err != nil {
		wrong(x, npyHeader, start, "header", "has a header that is no plain description of an array (%v)", err)
		x.Fail("npy: %v", err)
		behind(x, c.at)
		return false
	}
	d := describe(kind, 0)
	if d.objects {
		x.Add(npyObjects, start, "objects", map[string]string{"offset": fmt.Sprint(start), "type": code(strings.TrimSpace(raw))})
		behind(x, c.at)
		return false
	}
	elements, whole := uint64(1), true
	for _, item := range shape.items {
		n, err := strconv.ParseUint(item.text, 10, 63)
		var ok bool
		elements, ok = product(elements, n)
		whole = whole && ok && err == nil && item.kind == 'i'
	}
	bytes, ok := product(elements, d.size)
	if !whole || !ok || bytes > uint64(c.left()) {
		wrong(x, npyHeader, start, "size", "describes an array that %d bytes cannot hold", c.left())
		x.Fail("npy: the array is larger than the file")
		behind(x, c.at)
		return false
	}
	sum.add(elements)
	if !d.known {
		x.Fail("npy: the type %s is not known", code(kind.text))
		behind(x, c.at)
		return false
	}
	return c.skip(bytes)
}

// behind examines what follows a header: a pickle, where the array holds objects.
func behind(x *artefact.Examination, at int64) {
	if x.Nested != nil && at < x.Size() {
		x.Nested(fmt.Sprintf("behind the array's header, at %d", at), artefact.Section(x.Source, at, x.Size()-at))
	}
}

// description is what a type of elements comes to.
type description struct {
	size    uint64 // bytes of an element
	objects bool
	known   bool
}

// describe reads a type: a text such as "<f4", or a list of fields, each with a name, a type and perhaps a shape.
func describe(l *literal, depth int) description {
	if l.kind == 's' {
		return describeText(l.text)
	}
	if l.kind == '(' && len(l.items) == 2 && depth < maxLiteralDepth { // a type with a shape of its own
		d := describe(&l.items[0], depth+1)
		return d.times(&l.items[1])
	}
	if l.kind != '[' || depth >= maxLiteralDepth {
		return description{}
	}
	sum := description{known: true}
	for i := range l.items {
		f := &l.items[i]
		if f.kind != '(' || len(f.items) < 2 {
			return description{objects: sum.objects}
		}
		d := describe(&f.items[1], depth+1)
		if len(f.items) > 2 {
			d = d.times(&f.items[2])
		}
		sum.objects = sum.objects || d.objects
		sum.known = sum.known && d.known && sum.size+d.size >= sum.size
		sum.size += d.size
	}
	return sum
}

// times is a type that stands in an element as often as a shape says.
func (d description) times(shape *literal) description {
	items := shape.items
	if shape.kind == 'i' {
		items = []literal{*shape}
	}
	for _, item := range items {
		n, err := strconv.ParseUint(item.text, 10, 63)
		size, ok := product(d.size, n)
		d.size = size
		d.known = d.known && ok && err == nil
	}
	return d
}

func describeText(s string) description {
	if strings.Contains(s, ",") { // several types in one text
		sum := description{known: true}
		for part := range strings.SplitSeq(s, ",") {
			d := describeText(strings.TrimSpace(part))
			sum.size, sum.known, sum.objects = sum.size+d.size, sum.known && d.known, sum.objects || d.objects
		}
		return sum
	}
	kind := strings.TrimLeft(s, "<>|=")
	if i := strings.IndexByte(kind, '['); i >= 0 {
		kind = kind[:i] // the unit of a time
	}
	if strings.HasPrefix(kind, "O") || strings.HasPrefix(kind, "object") {
		return description{objects: true, known: true}
	}
	if kind == "?" {
		return description{size: 1, known: true}
	}
	if len(kind) < 2 || !strings.Contains("biufcmMSUVat", kind[:1]) {
		return description{}
	}
	n, err := strconv.ParseUint(kind[1:], 10, 32)
	if kind[0] == 'U' {
		n *= 4
	}
	return description{size: n, known: err == nil}
}
