package tensor

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/assay-app/assay/checks/model/artefact"
)

// Bounds of a GGUF file.
const (
	maxDimensions = 8  // ggml has four
	maxArrays     = 4  // arrays in each other
	maxTemplates  = 64 // chat templates that are examined
	maxKey        = 65_535
)

// The types of values, by number.
const (
	ggufString = 8
	ggufArray  = 9
)

// ggufSizes are the bytes of the values of fixed size, by type.
var ggufSizes = [...]uint64{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8}

// gguf reads what llama.cpp and its kin load.
type gguf struct{}

// Name implements [artefact.Reader].
func (gguf) Name() string { return "GGUF" }

// Sniff implements [artefact.Reader].
func (gguf) Sniff(head []byte, _ artefact.Source) bool {
	return len(head) >= 8 && string(head[:4]) == "GGUF"
}

// ggufFile is a file being read.
type ggufFile struct {
	*cursor
	x         *artefact.Examination
	version   uint32
	alignment uint64
	templates int
	total     total
}

// Read implements [artefact.Reader].
func (gguf) Read(x *artefact.Examination) {
	f := &ggufFile{cursor: newCursor(x.Source), x: x, alignment: 32}
	f.at = 4
	f.version = f.u32()
	if f.version&0xffff == 0 {
		f.order = binary.BigEndian
		f.at = 4
		f.version = f.u32()
	}
	if f.err == nil && (f.version < 1 || f.version > 3) {
		wrong(x, ggufBounds, 4, "version", "says that it is of version %d, which does not exist", f.version)
		x.Fail("GGUF: version %d is not known", f.version)
		return
	}
	x.Fact("format", fmt.Sprintf("GGUF %d", f.version))
	if !f.read() {
		if f.err == nil {
			f.err = artefact.ErrBudget
		}
		x.Fail("GGUF: %v, at %d", f.err, f.at)
	}
}

// length reads a count or a length, which version 1 has in 32 bits.
func (f *ggufFile) length() uint64 {
	if f.version == 1 {
		return uint64(f.u32())
	}
	return f.u64()
}

// room reports whether n things of at least so many bytes can follow, and says so if they cannot.
func (f *ggufFile) room(n, each uint64, what string) bool {
	at := f.at
	if size, ok := product(n, each); f.err == nil && (!ok || size > uint64(max(0, f.left()))) {
		wrong(f.x, ggufBounds, at, what, "claims %d %s at a place where %d bytes follow", n, what, f.left())
		f.err = errCut
	}
	return f.err == nil
}

// text takes a string. What is longer than most is cut off there.
func (f *ggufFile) text(what string, most int) (string, int64, int64) {
	n := f.length()
	if !f.room(n, 1, what) {
		return "", f.at, 0
	}
	at := f.at
	s := string(f.take(int(min(n, uint64(most)))))
	f.at = at
	f.skip(n)
	return s, at, int64(n)
}

func (f *ggufFile) read() bool {
	tensors := f.length()
	keys := f.length()
	// A tensor has a name's length, a number of dimensions, a type and an offset; a key has a length, a type and a value.
	if !f.room(tensors, 20, "tensors") || !f.room(keys, 9, "keys") {
		return false
	}
	for range keys {
		if !f.x.Budget.Step(1) || !f.pair() {
			return false
		}
	}
	if at := f.at; f.alignment == 0 || f.alignment&(f.alignment-1) != 0 {
		wrong(f.x, ggufBounds, at, "alignment", "aligns its tensors to %d bytes, which is no power of two", f.alignment)
		f.alignment = 32
	}
	var infos []ggufTensor
	held := int64(0)
	defer func() { f.x.Budget.Release(held) }()
	for range tensors {
		if !f.x.Budget.Step(1) || !f.x.Budget.Hold(tensorBytes) {
			return false
		}
		held += tensorBytes
		info, ok := f.tensor()
		if !ok {
			return false
		}
		infos = append(infos, info)
	}
	f.layout(infos)
	f.total.facts(f.x)
	return f.err == nil
}

// pair reads a key and its value.
func (f *ggufFile) pair() bool {
	start := f.at
	key, _, size := f.text("bytes of a key", 256)
	if f.err == nil && size > maxKey {
		wrong(f.x, ggufBounds, start, "key", "has a key of %d bytes", size)
	}
	kind := f.u32()
	switch {
	case f.err != nil:
		return false
	case kind == ggufString:
		value, at, n := f.text("bytes of a text", 4<<10)
		if f.err == nil {
			f.said(key, value, at, n)
		}
	case key == "general.alignment" && kind == 4:
		f.alignment = uint64(f.u32())
	case key == "general.file_type" && kind == 4:
		n := f.u32()
		if name := fileTypes[n]; name != "" {
			f.x.Fact("quantization", name)
		}
	default:
		return f.value(kind, key, 0)
	}
	return f.err == nil
}

// said takes note of a text.
func (f *ggufFile) said(key, value string, at, size int64) {
	switch key {
	case "general.architecture":
		fact(f.x, "architecture", value)
	case "general.license":
		fact(f.x, "license", value)
	case "general.quantized_by":
		fact(f.x, "producer", value)
	case "general.name":
		fact(f.x, "name", value)
	}
	if strings.HasPrefix(key, "tokenizer.chat_template") {
		f.template(key, at, size)
	}
}

func (f *ggufFile) template(key string, at, size int64) {
	if f.templates++; f.templates > maxTemplates {
		f.x.Fail("GGUF: more than %d chat templates", maxTemplates)
		return
	}
	if f.x.Nested != nil {
		name := "chat template"
		if which := strings.TrimPrefix(strings.TrimPrefix(key, "tokenizer.chat_template"), "."); which != "" {
			name += " " + which
		}
		f.x.Nested(name, artefact.Section(f.src, at, size))
	}
}

// value passes over a value.
func (f *ggufFile) value(kind uint32, key string, depth int) bool {
	switch {
	case kind == ggufString:
		_, at, size := f.text("bytes of a text", 0)
		if f.err == nil && depth > 0 && strings.HasPrefix(key, "tokenizer.chat_template") {
			f.template(key, at, size)
		}
	case kind == ggufArray:
		return f.array(key, depth)
	case kind < uint32(len(ggufSizes)):
		f.skip(ggufSizes[kind])
	default:
		wrong(f.x, ggufBounds, f.at-4, "type", "has a value of type %d, which does not exist", kind)
		f.err = errWire
	}
	return f.err == nil
}

func (f *ggufFile) array(key string, depth int) bool {
	if depth >= maxArrays {
		f.err = errDepth
		return false
	}
	kind := f.u32()
	n := f.length()
	each := uint64(4)
	if kind < uint32(len(ggufSizes)) && ggufSizes[kind] > 0 {
		each = ggufSizes[kind]
	}
	if !f.room(n, each, "items of an array") {
		return false
	}
	if kind != ggufString && kind != ggufArray && kind < uint32(len(ggufSizes)) {
		return f.skip(n * each)
	}
	for range n {
		if !f.x.Budget.Step(1) || !f.value(kind, key, depth+1) {
			return false
		}
	}
	return true
}

// ggufTensor is where a tensor lies in the data.
type ggufTensor struct {
	name         string
	at           int64
	offset, size uint64
}

func (f *ggufFile) tensor() (ggufTensor, bool) {
	start := f.at
	name, _, _ := f.text("bytes of a tensor's name", 64)
	dimensions := f.u32()
	if f.err == nil && dimensions > maxDimensions {
		wrong(f.x, ggufBounds, start, "dimensions", "has tensor %s with %d dimensions", code(name), dimensions)
		f.err = errWire
	}
	elements, whole := uint64(1), true
	for range dimensions {
		if f.err != nil {
			break
		}
		var ok bool
		elements, ok = product(elements, f.length())
		whole = whole && ok
	}
	kind := f.u32()
	t := ggufTensor{name: name, at: start, offset: f.u64()}
	if f.err != nil {
		return t, false
	}
	block, known := blocks[kind]
	if known && whole {
		t.size, whole = product((elements+block.elements-1)/block.elements, block.bytes)
	}
	if !whole {
		wrong(f.x, ggufBounds, start, "elements "+name, "has tensor %s with more elements than 63 bits can count", code(name))
		t.size = 0
		return t, true
	}
	f.total.add(elements)
	return t, true
}

// layout checks where the tensors lie.
func (f *ggufFile) layout(infos []ggufTensor) {
	start := f.at
	if over := start % int64(min(f.alignment, 1<<30)); over != 0 {
		start += int64(min(f.alignment, 1<<30)) - over
	}
	room := uint64(max(0, f.src.Size()-start))
	end := uint64(0)
	for _, t := range infos {
		if t.size == 0 {
			end = room // of a type without a known size: it may reach to the end
		}
		switch {
		case t.offset > room || t.size > room-t.offset:
			wrong(f.x, ggufBounds, t.at, "outside "+t.name, "has tensor %s of %d bytes at %d of data that has %d", code(t.name), t.size, t.offset, room)
			f.x.Fail("GGUF: tensors lie outside the file")
		case t.offset%f.alignment != 0:
			wrong(f.x, ggufBounds, t.at, "aligned "+t.name, "has tensor %s at %d, which is no multiple of %d", code(t.name), t.offset, f.alignment)
			end = max(end, t.offset+t.size)
		default:
			end = max(end, t.offset+t.size)
		}
	}
	if over := end % f.alignment; over != 0 && end <= room {
		end += f.alignment - over
	}
	if end < room && f.x.Nested != nil {
		f.x.Nested(fmt.Sprintf("after the tensors, at %d", start+int64(end)), artefact.Section(f.src, start+int64(end), int64(room-end)))
	}
}

// blocks are how many elements the types of ggml keep in how many bytes.
var blocks = map[uint32]struct{ elements, bytes uint64 }{
	0: {1, 4}, 1: {1, 2}, 2: {32, 18}, 3: {32, 20}, 6: {32, 22}, 7: {32, 24}, 8: {32, 34}, 9: {32, 36}, 10: {256, 84}, 11: {256, 110}, 12: {256, 144}, 13: {256, 176},
	14: {256, 210}, 15: {256, 292}, 16: {256, 66}, 17: {256, 74}, 18: {256, 98}, 19: {256, 50}, 20: {32, 18}, 21: {256, 110}, 22: {256, 82}, 23: {256, 136}, 24: {1, 1}, 25: {1, 2},
	26: {1, 4}, 27: {1, 8}, 28: {1, 8}, 29: {256, 56}, 30: {1, 2}, 34: {256, 54}, 35: {256, 66}, 39: {32, 17},
}

// fileTypes are the names of what most tensors of a file are kept as.
var fileTypes = map[uint32]string{
	0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S",
	17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 28: "IQ2_S", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16",
}
