package tensor

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-app/assay/checks/model/artefact"
)

// Bounds of a safetensors file.
const (
	maxHeader   = 100_000_000 // bytes, as in the format's own library
	prefix      = 8           // bytes of the header's length
	tensorBytes = 96          // that are kept in memory for each tensor besides its name
)

// safetensors reads what Hugging Face's library of that name writes: a length, a JSON header, and the data.
type safetensors struct{}

// Name implements [artefact.Reader].
func (safetensors) Name() string { return "safetensors" }

// Sniff wants a number that could be a length, and a brace. Text has no byte that is not printed before its eighth.
func (safetensors) Sniff(head []byte, src artefact.Source) bool {
	if len(head) <= prefix {
		return false
	}
	rest := bytes.TrimLeft(head[prefix:], " \t\r\n")
	if len(rest) == 0 || rest[0] != '{' {
		return false
	}
	inner := bytes.TrimLeft(rest[1:], " \t\r\n")
	if len(inner) > 0 && inner[0] != '"' && inner[0] != '}' {
		return false
	}
	return bytes.ContainsFunc(head[:prefix], func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r > '~' })
}

// entry is a tensor of the header.
type entry struct {
	name       string
	begin, end uint64
}

// header is what the JSON says.
type header struct {
	x       *artefact.Examination
	entries []entry
	total   total
	types   map[string]bool
	held    int64
	grave   bool
}

// Read implements [artefact.Reader].
func (safetensors) Read(x *artefact.Examination) {
	c := newCursor(x.Source)
	size := c.u64()
	if c.err != nil {
		x.Fail("safetensors: %v", c.err)
		return
	}
	if left := uint64(c.left()); size > maxHeader || size > left {
		wrong(x, safetensorsHeader, 0, "length", "says that its header has %d bytes, of %d that follow and %d that are allowed", size, left, maxHeader)
		x.Fail("safetensors: the header is longer than the file or than is allowed")
		return
	}
	if !x.Budget.Hold(int64(size)) {
		x.Fail("safetensors: %v", artefact.ErrBudget)
		return
	}
	h := &header{x: x, types: map[string]bool{}, held: int64(size)}
	defer func() { x.Budget.Release(h.held) }()
	raw, err := artefact.Window(x.Source, prefix, int(size))
	if err != nil || uint64(len(raw)) < size {
		x.Fail("safetensors: the header could not be read")
		return
	}
	x.Fact("format", "safetensors")
	if err := h.read(raw); err != nil {
		if malformed(err) {
			wrong(x, safetensorsHeader, prefix, "syntax", "has a header that is no JSON (%v)", err)
		}
		x.Fail("safetensors: %v", err)
		return
	}
	h.layout(prefix+int64(size), x.Size()-prefix-int64(size))
	h.total.facts(x)
	var types []string
	for t := range h.types {
		types = append(types, t)
	}
	slices.Sort(types)
	fact(x, "quantization", strings.Join(types, ", "))
}

func (h *header) read(raw []byte) error {
	s := &scanner{b: raw, budget: h.x.Budget}
	if len(raw) == 0 || raw[0] != '{' {
		wrong(h.x, safetensorsHeader, prefix, "begin", "has a header that does not begin with a brace")
	}
	seen := map[string]bool{}
	err := s.object(func(name string, at int) error {
		if cost := int64(tensorBytes + 2*len(name)); h.x.Budget.Hold(cost) {
			h.held += cost
		} else {
			return artefact.ErrBudget
		}
		if seen[name] {
			wrong(h.x, safetensorsOverlap, int64(prefix+at), "twice "+name, "names %s twice, and loaders do not agree on which of the two they take", code(name))
		}
		seen[name] = true
		if name == "__metadata__" {
			return h.metadata(s)
		}
		return h.tensor(s, name, int64(prefix+at))
	})
	if err == nil && s.peek() != 0 {
		err = s.fail("the end")
	}
	if err == nil && s.at < len(raw) {
		err = s.fail("no zero bytes")
	}
	return err
}

// metadata is a map from strings to strings and nothing else.
func (h *header) metadata(s *scanner) error {
	seen := map[string]bool{}
	return s.object(func(name string, at int) error {
		if cost := int64(tensorBytes + 2*len(name)); h.x.Budget.Hold(cost) {
			h.held += cost
		} else {
			return artefact.ErrBudget
		}
		if seen[name] {
			wrong(h.x, safetensorsHeader, int64(prefix+at), "metadata twice "+name, "has %s twice in its metadata", code(name))
		}
		seen[name] = true
		if s.peek() != '"' {
			wrong(h.x, safetensorsHeader, int64(prefix+at), "metadata "+name, "has metadata (%s) that is no text", code(name))
			return s.value()
		}
		value, err := s.string()
		if err != nil {
			return err
		}
		switch name {
		case "license", "architecture":
			fact(h.x, name, value)
		case "modelspec.license":
			fact(h.x, "license", value)
		case "modelspec.architecture":
			fact(h.x, "architecture", value)
		case "format":
			fact(h.x, "framework", value)
		}
		return nil
	})
}

func (h *header) tensor(s *scanner, name string, at int64) error {
	var kind string
	var begin, end uint64
	elements, known, places, whole := uint64(1), 0, 0, true
	err := s.object(func(member string, _ int) (err error) {
		switch member {
		case "dtype":
			known |= 1
			kind, err = s.string()
		case "shape":
			known |= 2
			elements, whole = 1, true
			err = s.array(func() error {
				n, err := s.natural()
				var ok bool
				elements, ok = product(elements, n)
				whole = whole && ok
				return err
			})
		case "data_offsets":
			known |= 4
			places = 0
			err = s.array(func() error {
				n, err := s.natural()
				begin, end = end, n
				places++
				return err
			})
		default:
			wrong(h.x, safetensorsHeader, at, "member "+name, "describes tensor %s with %s, which is no part of the format", code(name), code(member))
			err = s.value()
		}
		return err
	})
	if err != nil {
		return err
	}
	if known != 7 || places != 2 {
		wrong(h.x, safetensorsHeader, at, "incomplete "+name, "does not say of tensor %s what type, shape and place it has", code(name))
		h.grave = true
		return nil
	}
	h.entries = append(h.entries, entry{name, begin, end})
	h.total.add(elements)
	if len(h.types) < len(typeBits) {
		h.types[kind] = true
	}
	if begin > end {
		wrong(h.x, safetensorsHeader, at, "backwards "+name, "has tensor %s end (at %d) before it begins (at %d)", code(name), end, begin)
		h.grave = true
		return nil
	}
	each, there := typeBits[kind]
	if !there {
		return nil // a type that is newer than this list
	}
	size, ok := product(elements, each)
	if !whole || !ok || size%8 != 0 || size/8 != end-begin {
		wrong(h.x, safetensorsHeader, at, "size "+name, "gives tensor %s %d bytes, which is not what its type %s and shape need", code(name), end-begin, code(kind))
	}
	return nil
}

// typeBits is the size of an element, in bits.
var typeBits = map[string]uint64{
	"BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
	"I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64, "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}

// layout checks that the tensors cover the data, each byte once.
func (h *header) layout(start, size int64) {
	slices.SortFunc(h.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end), cmp.Compare(a.name, b.name))
	})
	var reached uint64
	before := ""
	for _, e := range h.entries {
		at := min(start+int64(min(e.begin, uint64(size))), h.x.Size())
		switch {
		case e.end > uint64(size):
			wrong(h.x, safetensorsHeader, at, "outside "+e.name, "has tensor %s end at byte %d of data that has %d", code(e.name), e.end, size)
			h.x.Fail("safetensors: tensor %s lies outside the file", code(e.name))
		case e.begin < reached && e.begin < e.end:
			wrong(h.x, safetensorsOverlap, at, "overlap "+e.name, "has tensor %s lie over the bytes of %s", code(e.name), code(before))
		case e.begin > reached && !h.grave:
			wrong(h.x, safetensorsHeader, start+int64(reached), "hole "+e.name, "has %d bytes before tensor %s that belong to none", e.begin-reached, code(e.name))
			h.part("between the tensors", start+int64(reached), int64(e.begin-reached))
		}
		if e.end > reached {
			reached, before = e.end, e.name
		}
	}
	if reached < uint64(size) {
		h.trailing(start+int64(reached), size-int64(reached))
	}
}

// part examines bytes that belong to no tensor.
func (h *header) part(what string, at, size int64) {
	if h.x.Nested != nil {
		h.x.Nested(fmt.Sprintf("%s, at %d", what, at), artefact.Section(h.x.Source, at, size))
	}
}

func (h *header) trailing(at, size int64) {
	head, err := artefact.Window(h.x.Source, at, prefix)
	if err != nil {
		h.x.Fail("safetensors: could not be read at %d", at)
		return
	}
	if what := program(head); what != "" {
		h.x.Add(safetensorsProgram, at, what, map[string]string{"what": what, "size": fmt.Sprint(size), "offset": fmt.Sprint(at)})
	} else {
		wrong(h.x, safetensorsTrailing, at, "trailing", "goes on for %d bytes after its last tensor", size)
	}
	h.part("after the tensors", at, size)
}

// program is what bytes are that can be run or that hold what can.
func program(head []byte) string {
	for _, p := range []struct{ magic, what string }{
		{"\x7fELF", "a program for Linux"}, {"MZ", "a program for Windows"}, {"#!", "a script"}, {"\xcf\xfa\xed\xfe", "a program for macOS"}, {"\xca\xfe\xba\xbe", "a program for macOS or Java"},
		{"PK\x03\x04", "a zip archive"}, {"\x80\x02", "a pickle"}, {"\x80\x03", "a pickle"}, {"\x80\x04", "a pickle"}, {"\x80\x05", "a pickle"}, {"cos\n", "a pickle"}, {"cposix\n", "a pickle"},
		{"7z\xbc\xaf\x27\x1c", "a 7z archive"}, {"\x1f\x8b", "a gzip file"},
	} {
		if bytes.HasPrefix(head, []byte(p.magic)) {
			return p.what
		}
	}
	return ""
}
