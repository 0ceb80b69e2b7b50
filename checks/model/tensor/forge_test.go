package tensor

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
)

// forge makes a file of a description: its format, and then its parts, with semicolons between them.
func forge(tb testing.TB, text string) []byte {
	tb.Helper()
	parts := strings.Split(text, "; ")
	first := strings.Fields(parts[0])
	var words [][]string
	for _, p := range parts[1:] {
		words = append(words, strings.Fields(p))
	}
	switch first[0] {
	case "safetensors":
		return forgeSafetensors(tb, parts[1:], words)
	case "gguf":
		return forgeGGUF(tb, first[1:], words)
	case "npy":
		return forgeNPY(tb, number(tb, first[1]), parts[1:], words)
	case "onnx":
		return forgeONNX(tb, words)
	case "saved", "meta", "graph", "keras":
		return forgeTensorFlow(tb, first[0], parts, words)
	case "tflite":
		return forgeTFLite(tb, words)
	case "msgpack":
		return forgeMsgpack(tb, words)
	}
	tb.Fatalf("no format %q", first[0])
	return nil
}

func number(tb testing.TB, s string) uint64 {
	tb.Helper()
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func numbers(tb testing.TB, s string) []uint64 {
	tb.Helper()
	var all []uint64
	for part := range strings.SplitSeq(s, ",") {
		all = append(all, number(tb, part))
	}
	return all
}

func unknown(tb testing.TB, words []string) {
	tb.Helper()
	tb.Fatalf("no part %q", words)
}

func forgeSafetensors(tb testing.TB, parts []string, words [][]string) []byte {
	var members []string
	var data []byte
	length := int64(-1)
	for i, w := range words {
		_, rest, _ := strings.Cut(parts[i], " ")
		switch w[0] {
		case "tensor":
			members = append(members, fmt.Sprintf(`"%s":{"dtype":"%s","shape":[%s],"data_offsets":[%s,%s]}`, w[1], w[2], w[3], w[4], w[5]))
		case "meta":
			members = append(members, fmt.Sprintf(`"__metadata__":{"%s":"%s"}`, w[1], w[2]))
		case "member":
			members = append(members, rest)
		case "length":
			length = int64(number(tb, w[1]))
		case "data":
			data = append(data, make([]byte, number(tb, w[1]))...)
		case "append":
			plain, err := strconv.Unquote(`"` + rest + `"`)
			if err != nil {
				tb.Fatal(err)
			}
			data = append(data, plain...)
		default:
			unknown(tb, w)
		}
	}
	header := "{" + strings.Join(members, ",") + "}"
	if length < 0 {
		length = int64(len(header))
	}
	return append(append(binary.LittleEndian.AppendUint64(nil, uint64(length)), header...), data...)
}

func forgeGGUF(tb testing.TB, first []string, words [][]string) []byte {
	version := number(tb, first[0])
	var order binary.AppendByteOrder = binary.LittleEndian
	if len(first) > 1 {
		order = binary.BigEndian
	}
	length := func(b []byte, n uint64) []byte {
		if version == 1 {
			return order.AppendUint32(b, uint32(n))
		}
		return order.AppendUint64(b, n)
	}
	str := func(b []byte, s string) []byte { return append(length(b, uint64(len(s))), s...) }
	var keys, tensors, data []byte
	var nKeys, nTensors uint64
	for _, w := range words {
		switch w[0] {
		case "text":
			keys, nKeys = str(order.AppendUint32(str(keys, w[1]), ggufString), strings.Join(w[2:], " ")), nKeys+1
		case "claim":
			keys, nKeys = length(order.AppendUint32(str(keys, w[1]), ggufString), number(tb, w[2])), nKeys+1
		case "u32":
			keys, nKeys = order.AppendUint32(order.AppendUint32(str(keys, w[1]), 4), uint32(number(tb, w[2]))), nKeys+1
		case "array":
			keys, nKeys = order.AppendUint32(str(keys, w[1]), ggufArray), nKeys+1
			keys = length(order.AppendUint32(keys, uint32(number(tb, w[2]))), number(tb, w[3]))
			for _, s := range w[4:] {
				keys = str(keys, s)
			}
		case "keys":
			nKeys = number(tb, w[1])
		case "tensor":
			tensors, nTensors = str(tensors, w[1]), nTensors+1
			dims := numbers(tb, w[2])
			tensors = order.AppendUint32(tensors, uint32(len(dims)))
			for _, d := range dims {
				tensors = length(tensors, d)
			}
			tensors = order.AppendUint64(order.AppendUint32(tensors, uint32(number(tb, w[3]))), number(tb, w[4]))
		case "data":
			data = make([]byte, number(tb, w[1]))
		case "append":
			data = append(append(data, make([]byte, -len(data)&31)...), w[1]...)
		default:
			unknown(tb, w)
		}
	}
	b := length(length(order.AppendUint32([]byte("GGUF"), uint32(version)), nTensors), nKeys)
	b = append(append(b, keys...), tensors...)
	for data != nil && len(b)%32 != 0 {
		b = append(b, 0)
	}
	return append(b, data...)
}

func forgeNPY(tb testing.TB, version uint64, parts []string, words [][]string) []byte {
	b := []byte(npyMagic + string(rune(version)) + "\x00")
	for i, w := range words {
		_, rest, _ := strings.Cut(parts[i], " ")
		switch w[0] {
		case "header":
			if version == 1 {
				b = binary.LittleEndian.AppendUint16(b, uint16(len(rest)+1))
			} else {
				b = binary.LittleEndian.AppendUint32(b, uint32(len(rest)+1))
			}
			b = append(b, rest+"\n"...)
		case "data":
			b = append(b, make([]byte, number(tb, w[1]))...)
		case "bytes":
			b = append(b, rest...)
		default:
			unknown(tb, w)
		}
	}
	return b
}

// message is a protocol buffer being written.
type message []byte

func (m message) number(field int, n uint64) message {
	return binary.AppendUvarint(binary.AppendUvarint(m, uint64(field)<<3), n)
}

func (m message) bytes(field int, b []byte) message {
	return append(binary.AppendUvarint(binary.AppendUvarint(m, uint64(field)<<3|chunk), uint64(len(b))), b...)
}

func (m message) text(field int, s string) message { return m.bytes(field, []byte(s)) }

func onnxExternal(name, location string) message {
	return message{}.number(1, 4).number(2, 1).text(8, name).bytes(13, message{}.text(1, "location").text(2, location)).number(14, 1)
}

func forgeONNX(tb testing.TB, words [][]string) []byte {
	node := func(w []string) message {
		m := message{}.text(1, "x").text(2, "y").text(3, "n").text(4, w[1])
		if w[1] == "PyOp" {
			m = m.bytes(5, message{}.text(1, "module").text(4, "evil").number(20, 3)).bytes(5, message{}.text(1, "class_name").text(4, "Run").number(20, 3))
		}
		if len(w) > 2 {
			m = m.text(7, w[2])
		}
		return m
	}
	var graph, inner, functions message
	for _, w := range words {
		switch w[0] {
		case "node":
			graph = graph.bytes(1, node(w))
		case "branch":
			inner = inner.bytes(1, node(w))
		case "within":
			inner = inner.bytes(5, onnxExternal(w[2], w[3]))
		case "weight":
			m := message{}
			for _, d := range numbers(tb, w[2]) {
				m = m.number(1, d)
			}
			graph = graph.bytes(5, m.number(2, 1).text(8, w[1]).bytes(9, make([]byte, 16)))
		case "external":
			graph = graph.bytes(5, onnxExternal(w[1], w[2]))
		case "sparse":
			graph = graph.bytes(15, message{}.bytes(1, onnxExternal(w[1], w[2])))
		case "function":
			functions = functions.bytes(25, message{}.text(1, w[2]).bytes(7, node([]string{"", w[3]})).text(10, w[1]))
		default:
			unknown(tb, w)
		}
	}
	if inner != nil {
		graph = graph.bytes(1, message{}.text(1, "c").text(4, "If").bytes(5, message{}.text(1, "then_branch").bytes(6, inner)))
	}
	m := message{}.number(1, 9).text(2, "forge").bytes(7, graph.text(2, "g")).bytes(8, message{}.text(1, "").number(2, 20))
	return append(m, functions...)
}

func forgeTensorFlow(tb testing.TB, kind string, parts []string, words [][]string) []byte {
	node := func(w []string) message {
		m := message{}.text(1, w[1]).text(2, w[2])
		if len(w) > 3 {
			m = m.text(3, w[3])
		}
		for i, attribute := range w[min(4, len(w)):] {
			m = m.bytes(5, message{}.text(1, []string{"output_stream", "end"}[i]).bytes(2, message{}.text(2, attribute)))
		}
		return m
	}
	if kind == "keras" {
		_, rest, _ := strings.Cut(parts[0], " ")
		return message{}.bytes(1, message{}.number(2, 1).text(3, "root").text(4, "_tf_keras_layer").text(5, rest))
	}
	var graph, library, objects message
	for i, w := range words {
		switch w[0] {
		case "node":
			graph = graph.bytes(1, node(w))
		case "const":
			tensor := message{}.number(1, 7).text(8, w[2])
			graph = graph.bytes(1, message{}.text(1, w[1]).text(2, "Const").bytes(5, message{}.text(1, "value").bytes(2, message{}.bytes(8, tensor))))
		case "library":
			library = library.bytes(1, message{}.bytes(1, message{}.text(1, "f")).bytes(3, node(w)))
		case "object":
			_, rest, _ := strings.Cut(parts[i+1], " ")
			objects = objects.bytes(1, message{}.bytes(4, message{}.text(1, "_tf_keras_layer").text(3, rest)))
		default:
			unknown(tb, w)
		}
	}
	if library != nil {
		graph = graph.bytes(2, library)
	}
	if kind == "graph" {
		return graph
	}
	meta := message{}.bytes(1, message{}.text(5, "2.15.0")).bytes(2, graph)
	if objects != nil {
		meta = meta.bytes(7, objects)
	}
	if kind == "meta" {
		return meta
	}
	return message{}.number(1, 1).bytes(2, meta)
}

// flatTable writes a table whose fields are given as bytes; those that point to something are filled in by the caller.
func flatTable(b []byte, fields ...[]byte) ([]byte, int, []int) {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	list := len(b)
	b = binary.LittleEndian.AppendUint16(b, uint16(4+2*len(fields)))
	b = binary.LittleEndian.AppendUint16(b, 0)
	offset := 4
	for _, f := range fields {
		if f == nil {
			b = binary.LittleEndian.AppendUint16(b, 0)
			continue
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(offset))
		offset += len(f)
	}
	at := len(b)
	b = binary.LittleEndian.AppendUint32(b, uint32(at-list))
	var places []int
	for _, f := range fields {
		places = append(places, len(b))
		b = append(b, f...)
	}
	return b, at, places
}

func pointTo(b []byte, place int) { binary.LittleEndian.PutUint32(b[place:], uint32(len(b)-place)) }

func forgeTFLite(tb testing.TB, words [][]string) []byte {
	var pointer = make([]byte, 4)
	var codes, buffers [][]string
	root := uint32(0)
	for _, w := range words {
		switch w[0] {
		case "op", "builtin":
			codes = append(codes, w)
		case "outside":
			buffers = append(buffers, w)
		case "root":
			root = uint32(number(tb, w[1]))
		default:
			unknown(tb, w)
		}
	}
	b := []byte("\x00\x00\x00\x00TFL3")
	b, model, places := flatTable(b, []byte{3, 0, 0, 0}, pointer, nil, nil, pointer)
	binary.LittleEndian.PutUint32(b, uint32(model))
	list := func(place, n int, each func(i int)) {
		pointTo(b, place)
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
		first := len(b)
		b = append(b, make([]byte, 4*n)...)
		for i := range n {
			start := first + 4*i
			each(i)
			at := int(binary.LittleEndian.Uint32(b[start:]))
			binary.LittleEndian.PutUint32(b[start:], uint32(at-start))
		}
	}
	list(places[1], len(codes), func(i int) {
		slot := places[1] + int(binary.LittleEndian.Uint32(b[places[1]:])) + 4 + 4*i
		w := codes[i]
		var at int
		var inner []int
		if w[0] == "builtin" {
			b, at, _ = flatTable(b, []byte{byte(number(tb, w[1])), 0, 0, 0})
		} else {
			b, at, inner = flatTable(b, []byte{customCode, 0, 0, 0}, pointer)
			pointTo(b, inner[1])
			b = append(binary.LittleEndian.AppendUint32(b, uint32(len(w[1]))), w[1]+"\x00"...)
		}
		binary.LittleEndian.PutUint32(b[slot:], uint32(at))
	})
	list(places[4], len(buffers), func(i int) {
		slot := places[4] + int(binary.LittleEndian.Uint32(b[places[4]:])) + 4 + 4*i
		var at int
		b, at, _ = flatTable(b, nil, binary.LittleEndian.AppendUint64(nil, number(tb, buffers[i][1])), binary.LittleEndian.AppendUint64(nil, number(tb, buffers[i][2])))
		binary.LittleEndian.PutUint32(b[slot:], uint32(at))
	})
	if root > 0 {
		binary.LittleEndian.PutUint32(b, root)
	}
	return b
}

func forgeMsgpack(tb testing.TB, words [][]string) []byte {
	b := []byte{0x80 | byte(len(words))}
	for _, w := range words {
		b = append(append(b, 0xa0|byte(len(w[1]))), w[1]...)
		switch w[0] {
		case "array":
			b = append(binary.BigEndian.AppendUint32(append(b, 0xc9), 16), flaxArray)
			b = append(b, bytes.Repeat([]byte{7}, 16)...)
		case "float":
			b = binary.BigEndian.AppendUint64(append(b, 0xcb), math.Float64bits(1))
		case "claim":
			b = append(binary.BigEndian.AppendUint32(append(b, 0xc9), 1<<31), flaxArray)
		default:
			unknown(tb, w)
		}
	}
	return b
}
