package pickle

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// joblib writes arrays into the middle of a stream: an object that describes the array, and behind the opcode that gives it
// its state the raw bytes, which the loader takes from the file before it goes on with the stream. What is not taken in
// the same way would be read as opcodes.

// wrapper is the class of the object.
const wrapper = "joblib.numpy_pickle.NumpyArrayWrapper"

var errArray = errors.New("an array in the stream is not described as joblib describes one")

// rawArray passes over the bytes of an array when the object on top has just become one that describes an array.
func (m *machine) rawArray(target, state value) error {
	if target.kind != result || state.kind != container {
		return nil
	}
	callee := m.calls[target.at].callee
	if callee.kind != global || m.globals[callee.at].module+"."+m.globals[callee.at].name != wrapper {
		return nil
	}
	shape, dtype, aligned := m.describedArray(state)
	if shape.kind != container || dtype == "" {
		return errArray
	}
	if strings.HasPrefix(dtype, "O") {
		return m.objects()
	}
	size, ok := itemSize(dtype)
	if !ok {
		return errArray
	}
	for _, n := range m.bundles[shape.at].items {
		if n.kind != integer || n.at < 0 || n.at > 0 && size > math.MaxInt64/n.at {
			return errArray
		}
		size *= n.at
	}
	if aligned {
		padding, err := m.w.byte()
		if err != nil {
			return err
		}
		if err := m.w.skip(uint64(padding)); err != nil {
			return err
		}
	}
	return m.w.skip(uint64(size))
}

// describedArray finds the shape and the type of the elements in a state, and whether padding stands before them.
func (m *machine) describedArray(state value) (shape value, dtype string, aligned bool) {
	items := m.bundles[state.at].items
	for i, v := range items {
		name, ok := m.string(v)
		if !ok {
			continue
		}
		aligned = aligned || name == "numpy_array_alignment_bytes"
		if i+1 == len(items) {
			break
		}
		switch next := items[i+1]; {
		case name == "shape":
			shape = next
		case name == "dtype" && next.kind == result && m.calls[next.at].args.kind == container:
			if args := m.bundles[m.calls[next.at].args.at].items; len(args) > 0 {
				dtype, _ = m.string(args[0])
			}
		}
	}
	return shape, strings.TrimLeft(dtype, "<>|="), aligned
}

// itemSize is the size in bytes of an element by its type string: f8, U5, M8[ns], V16.
func itemSize(dtype string) (int64, bool) {
	if dtype == "?" {
		return 1, true
	}
	if dtype == "" {
		return 0, false
	}
	digits, _, _ := strings.Cut(dtype[1:], "[")
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n < 0 {
		return 0, false
	}
	if dtype[0] == 'U' {
		n *= 4
	}
	return n, true
}

// maxInner is how many streams may lie in each other.
const maxInner = 4

// objects goes through the stream that holds the elements of an array of objects.
func (m *machine) objects() error {
	if m.depth == maxInner {
		return errTooMany
	}
	inner := newMachine(m.w, m.budget)
	inner.depth, inner.texts, inner.ended = m.depth+1, m.texts, m.ended
	err := inner.run()
	if m.ended != nil {
		m.ended(inner, err)
	}
	return err
}
