package pickle

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"github.com/assay-app/assay/checks/model/artefact"
)

// machine goes through a stream as CPython's unpickler does, with its stack, marks and memo, and builds no object: of each
// value it keeps what it could be used for.
type machine struct {
	w      *window
	budget *artefact.Budget

	protocol int
	stack    []value
	marks    []int // heights of the stack
	memo     map[int64]value
	dense    []value // memo entries from 0 on, which nearly all are

	literals []string
	bundles  []bundle
	globals  []reference
	calls    []call
	patches  []patch
	texts    func(offset, size int64) // is told of strings in which other streams may hide

	ended func(inner *machine, err error) // is told of a stream inside this one
	depth int

	opcodes int64
	buffers bool // needs buffers from outside
	ext     []extension
}

// patch is something that loading writes into what a name resolves to: a module, a class, a function.
type patch struct {
	target value
	offset int64
}

// extension is a use of a code that only the loading program's registry knows.
type extension struct {
	code   uint64
	offset int64
}

func newMachine(w *window, budget *artefact.Budget) *machine {
	return &machine{w: w, budget: budget, memo: map[int64]value{}}
}

// stepsAtOnce is how many opcodes are taken from the budget at a time.
const stepsAtOnce = 1024

// run goes through one stream until its STOP. The error says why the stream ends before.
func (m *machine) run() error {
	for {
		if m.opcodes%stepsAtOnce == 0 && !m.budget.Step(stepsAtOnce) {
			return errBudget
		}
		m.opcodes++
		at := m.w.offset()
		op, err := m.w.byte()
		if err != nil {
			return err
		}
		if op == opStop {
			if len(m.stack) == 0 {
				return errStack
			}
			return nil
		}
		if err := m.do(op, at); err != nil {
			return err
		}
		if len(m.stack) > maxStack || len(m.bundles) > maxContainers || len(m.globals) > maxGlobals || len(m.calls) > maxCalls || len(m.dense)+len(m.memo) > maxMemo {
			return errTooMany
		}
	}
}

// do carries out one opcode.
func (m *machine) do(op byte, at int64) error {
	switch op {
	// Values that are nothing but themselves.
	case opNone, opNewTrue, opNewFalse:
		m.push(value{})
	case opFloat:
		return m.pushLine(opaque)
	case opBinFloat:
		return m.pushSkipping(8)
	case opInt, opLong:
		return m.decimal()
	case opBinInt:
		return m.fixed(4, true)
	case opBinInt1:
		return m.fixed(1, false)
	case opBinInt2:
		return m.fixed(2, false)
	case opLong1:
		return m.counted(1, false)
	case opLong4:
		return m.counted(4, false)
	case opNextBuffer:
		m.buffers = true
		m.push(value{})
	case opReadonlyBuffer:
		_, err := m.top()
		return err

	// Texts.
	case opString, opUnicode:
		return m.textLine(op)
	case opShortBinString, opShortBinBytes, opShortBinUnicode:
		return m.counted(1, true)
	case opBinString, opBinBytes, opBinUnicode:
		return m.counted(4, true)
	case opBinUnicode8, opBinBytes8, opByteArray8:
		return m.counted(8, true)

	// Containers.
	case opEmptyList, opEmptyDict, opEmptySet:
		m.push(m.bundle(nil, false))
	case opEmptyTuple:
		m.push(m.bundle(nil, true))
	case opTuple1, opTuple2, opTuple3:
		return m.tuple(int(op-opTuple1) + 1)
	case opTuple, opList, opDict, opFrozenSet:
		items, err := m.popMark()
		if err != nil {
			return err
		}
		v := m.bundle(items, op == opTuple)
		m.push(v)
	case opAppend:
		return m.addTop(1, at)
	case opSetItem:
		return m.addTop(2, at)
	case opAppends, opSetItems, opAddItems:
		items, err := m.popMark()
		if err != nil {
			return err
		}
		return m.add(items, at)

	// The stack and the memo.
	case opMark:
		m.marks = append(m.marks, len(m.stack))
	case opPop:
		return m.pop1()
	case opPopMark:
		_, err := m.popMark()
		return err
	case opDup:
		v, err := m.top()
		if err == nil {
			m.push(v)
		}
		return err
	case opMemoize:
		return m.put(int64(len(m.dense) + len(m.memo)))
	case opPut, opGet:
		return m.memoLine(op)
	case opBinPut:
		return m.memoNumber(1, true)
	case opLongBinPut:
		return m.memoNumber(4, true)
	case opBinGet:
		return m.memoNumber(1, false)
	case opLongBinGet:
		return m.memoNumber(4, false)

	// Names and calls.
	case opGlobal:
		module, name, err := m.twoLines()
		if err != nil {
			return err
		}
		m.push(m.resolve(module, name, false, at))
	case opStackGlobal:
		return m.stackGlobal(at)
	case opInst:
		return m.inst(at)
	case opObj:
		return m.obj(at)
	case opReduce:
		return m.call(1, called, at)
	case opNewObj:
		return m.call(1, instantiated, at)
	case opNewObjEx:
		return m.call(2, instantiated, at)
	case opBuild:
		return m.build(at)
	case opExt1, opExt2, opExt4:
		return m.extension(1<<(op-opExt1), at)
	case opPersID:
		return m.pushLine(external)
	case opBinPersID:
		if err := m.pop1(); err != nil {
			return err
		}
		m.push(value{kind: external})

	// The stream itself.
	case opProto:
		b, err := m.w.byte()
		if err != nil {
			return err
		}
		if b > maxProtocol {
			return errProto
		}
		m.protocol = int(b)
	case opFrame:
		_, err := m.w.number(8)
		return err
	default:
		return errOpcode
	}
	return nil
}

func (m *machine) push(v value) { m.stack = append(m.stack, v) }

// floor is the height below which nothing may be popped: that of the last mark.
func (m *machine) floor() int {
	if len(m.marks) == 0 {
		return 0
	}
	return m.marks[len(m.marks)-1]
}

func (m *machine) pop() (value, error) {
	if len(m.stack) <= m.floor() {
		return value{}, errStack
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return v, nil
}

// pop1 is the opcode POP: right after a mark it takes the mark.
func (m *machine) pop1() error {
	if n := len(m.marks); n > 0 && m.marks[n-1] == len(m.stack) {
		m.marks = m.marks[:n-1]
		return nil
	}
	_, err := m.pop()
	return err
}

func (m *machine) top() (value, error) {
	if len(m.stack) <= m.floor() {
		return value{}, errStack
	}
	return m.stack[len(m.stack)-1], nil
}

// popMark takes all values after the last mark, and the mark. They hold until the next push.
func (m *machine) popMark() ([]value, error) {
	if len(m.marks) == 0 {
		return nil, errMark
	}
	from := m.floor()
	items := m.stack[from:]
	m.stack = m.stack[:from]
	m.marks = m.marks[:len(m.marks)-1]
	return items, nil
}

func (m *machine) bundle(items []value, tuple bool) value {
	b := bundle{tuple: tuple}
	if tuple {
		b.items = make([]value, 0, min(len(items), maxItems))
	}
	for _, v := range items {
		b.keep(v)
	}
	m.bundles = append(m.bundles, b)
	return value{kind: container, at: int64(len(m.bundles) - 1)}
}

// keep adds a value to a container. Of a list all that is opaque can be forgotten; in a tuple each value has its place.
func (b *bundle) keep(v value) {
	if len(b.items) < maxItems && (b.tuple || v.kind != opaque && v.kind != integer) {
		b.items = append(b.items, v)
	}
}

func (m *machine) tuple(n int) error {
	if len(m.stack)-m.floor() < n {
		return errStack
	}
	from := len(m.stack) - n
	v := m.bundle(m.stack[from:], true)
	m.stack = append(m.stack[:from], v)
	return nil
}

// addTop adds the last n values to the container below them.
func (m *machine) addTop(n int, at int64) error {
	if len(m.stack)-m.floor() < n+1 {
		return errStack
	}
	from := len(m.stack) - n
	items := m.stack[from:]
	m.stack = m.stack[:from]
	return m.add(items, at)
}

// add adds values to the container on top. What is no container has its method called for each; what is a name's own object
// is changed for the whole process.
func (m *machine) add(items []value, at int64) error {
	target, err := m.top()
	if err != nil {
		return err
	}
	switch target.kind {
	case container:
		b := &m.bundles[target.at]
		for _, v := range items {
			b.keep(v)
		}
	case global:
		m.patches = append(m.patches, patch{target, at})
	}
	return nil
}

func (m *machine) pushLine(k kind) error {
	_, err := m.w.line()
	m.push(value{kind: k})
	return err
}

func (m *machine) pushSkipping(n uint64) error {
	err := m.w.skip(n)
	m.push(value{})
	return err
}

// decimal is an integer of protocol 0: I or L with digits, "00" and "01" for booleans.
func (m *machine) decimal() error {
	line, err := m.w.line()
	if err != nil {
		return err
	}
	line = bytes.TrimSuffix(bytes.TrimSpace(line), []byte("L"))
	n, err := strconv.ParseInt(string(line[:min(len(line), 20)]), 10, 64)
	if err != nil && !digits(line) {
		return errArg
	}
	m.push(value{kind: integer, at: n})
	return nil
}

func digits(b []byte) bool {
	b = bytes.TrimLeft(b, "+-")
	return len(b) > 0 && len(bytes.Trim(b, "0123456789_")) == 0
}

func (m *machine) fixed(n int, signed bool) error {
	number, err := m.w.number(n)
	if err != nil {
		return err
	}
	at := int64(number)
	if signed {
		at = int64(int32(uint32(number)))
	}
	m.push(value{kind: integer, at: at})
	return nil
}

// counted is an argument behind its own length, which is skipped: a text, or a large integer.
func (m *machine) counted(lengthBytes int, isText bool) error {
	length, err := m.w.number(lengthBytes)
	if err != nil {
		return err
	}
	if lengthBytes == 4 && length > math.MaxInt32 && !isText {
		return errArg // LONG4 and the old strings count with a sign
	}
	offset := m.w.offset()
	if !isText {
		return m.long(length)
	}
	if length > math.MaxInt64 {
		return errCut
	}
	hides := m.texts != nil && length >= minHidden && mayHide(m.w.peek(16))
	if err := m.w.skip(length); err != nil {
		return err
	}
	m.push(value{kind: text, size: int32(min(length, math.MaxInt32)), at: offset})
	if hides {
		m.texts(offset, int64(length))
	}
	return nil
}

// long is an integer in two's complement. Only short ones are known.
func (m *machine) long(length uint64) error {
	v := value{kind: integer}
	if length <= 8 {
		b, err := m.w.take(int(length))
		if err != nil {
			return err
		}
		var full [8]byte
		copy(full[:], b)
		v.at = int64(binary.LittleEndian.Uint64(full[:]))
	} else if err := m.w.skip(length); err != nil {
		return err
	}
	m.push(v)
	return nil
}

// textLine is a string of protocol 0: quoted with Python's escapes, or raw with \u escapes.
func (m *machine) textLine(op byte) error {
	offset := m.w.offset()
	line, err := m.w.line()
	if err != nil {
		return err
	}
	plain := !bytes.ContainsRune(line, '\\')
	if op == opString {
		line = bytes.TrimSpace(line)
		if len(line) < 2 || line[0] != line[len(line)-1] || line[0] != '\'' && line[0] != '"' {
			return errArg
		}
		line = line[1 : len(line)-1]
		offset++
	}
	if plain {
		m.push(value{kind: text, size: int32(len(line)), at: offset})
	} else {
		if len(m.literals) >= maxLiterals {
			return errTooMany
		}
		m.literals = append(m.literals, unescape(string(line[:min(len(line), maxLiteral)]), op == opUnicode))
		m.push(value{kind: literal, at: int64(len(m.literals) - 1)})
	}
	if m.texts != nil && len(line) >= minHidden && mayHide(line[:min(len(line), 16)]) {
		m.texts(offset, int64(len(line)))
	}
	return nil
}

// maxLiteral is how many bytes of a string with escapes are understood; a name has fewer.
const maxLiteral = 4 << 10

func (m *machine) put(index int64) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	switch {
	case index < int64(len(m.dense)):
		m.dense[index] = v
	case index == int64(len(m.dense)) && !m.sparse(index):
		m.dense = append(m.dense, v)
	default:
		m.memo[index] = v
	}
	return nil
}

func (m *machine) sparse(index int64) bool {
	if len(m.memo) == 0 {
		return false
	}
	_, ok := m.memo[index]
	return ok
}

func (m *machine) get(index int64) error {
	if index >= 0 && index < int64(len(m.dense)) {
		m.push(m.dense[index])
		return nil
	}
	v, ok := m.memo[index]
	if !ok {
		return errMemo
	}
	m.push(v)
	return nil
}

func (m *machine) memoLine(op byte) error {
	line, err := m.w.line()
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(string(bytes.TrimSpace(line[:min(len(line), 24)])), 10, 64)
	if err != nil || index < 0 {
		return errArg
	}
	if op == opPut {
		return m.put(index)
	}
	return m.get(index)
}

func (m *machine) memoNumber(n int, put bool) error {
	index, err := m.w.number(n)
	if err != nil {
		return err
	}
	if put {
		return m.put(int64(index))
	}
	return m.get(int64(index))
}

func (m *machine) twoLines() (string, string, error) {
	module, err := m.w.line()
	if err != nil {
		return "", "", err
	}
	first := string(module[:min(len(module), maxLiteral)])
	name, err := m.w.line()
	if err != nil {
		return "", "", err
	}
	return first, string(name[:min(len(name), maxLiteral)]), nil
}

// resolve is what a name stands for.
func (m *machine) resolve(module, name string, computed bool, at int64) value {
	m.globals = append(m.globals, reference{module: module, name: name, computed: computed, offset: at})
	return value{kind: global, at: int64(len(m.globals) - 1)}
}

// stackGlobal resolves a name whose two parts are on the stack. A part that is no string of the stream is made while it is
// loaded: nobody can tell what it will be.
func (m *machine) stackGlobal(at int64) error {
	name, err := m.pop()
	if err != nil {
		return err
	}
	module, err := m.pop()
	if err != nil {
		return err
	}
	moduleText, known1 := m.string(module)
	nameText, known2 := m.string(name)
	m.push(m.resolve(moduleText, nameText, !known1 || !known2, at))
	return nil
}

// string is the content of a text, if it is one that is short enough for a name. What was just read lies in the window still.
func (m *machine) string(v value) (string, bool) {
	switch v.kind {
	case literal:
		return m.literals[v.at], true
	case text:
		if v.size > maxLiteral {
			return "", false
		}
		if from := v.at - m.w.base; from >= 0 && from+int64(v.size) <= int64(len(m.w.buf)) {
			return string(m.w.buf[from : from+int64(v.size)]), true
		}
		b, err := artefact.Window(m.w.src, v.at, int(v.size))
		if err != nil || len(b) != int(v.size) {
			return "", false
		}
		return string(b), true
	}
	return "", false
}

func (m *machine) inst(at int64) error {
	module, name, err := m.twoLines()
	if err != nil {
		return err
	}
	items, err := m.popMark()
	if err != nil {
		return err
	}
	args := m.bundle(items, true)
	m.made(m.resolve(module, name, false, at), args, called, at)
	return nil
}

func (m *machine) obj(at int64) error {
	items, err := m.popMark()
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return errStack
	}
	callee := items[0]
	args := m.bundle(items[1:], true)
	m.made(callee, args, called, at)
	return nil
}

// call takes n values of arguments and what is called below them.
func (m *machine) call(n int, how usage, at int64) error {
	var args value
	for range n {
		v, err := m.pop()
		if err != nil {
			return err
		}
		args = v // the last popped are those that come first: of NEWOBJ_EX the positional ones
	}
	callee, err := m.pop()
	if err != nil {
		return err
	}
	m.made(callee, args, how, at)
	return nil
}

// made notes a call and pushes what it gives back.
func (m *machine) made(callee, args value, how usage, at int64) {
	if callee.kind == global {
		r := &m.globals[callee.at]
		r.how = max(r.how, how)
	}
	m.calls = append(m.calls, call{callee, args, at, how})
	m.push(value{kind: result, at: int64(len(m.calls) - 1)})
}

// build gives a state to the object on top of the stack: its __setstate__ is called, or its attributes are written.
func (m *machine) build(at int64) error {
	state, err := m.pop()
	if err != nil {
		return err
	}
	target, err := m.top()
	if err != nil {
		return err
	}
	if target.kind == global {
		m.patches = append(m.patches, patch{target, at})
	}
	if state.kind == container && m.writesMethods(state, 2) {
		m.patches = append(m.patches, patch{target, at})
	}
	return m.rawArray(target, state)
}

// methods are attributes that decide what later operations run.
var methods = map[string]bool{
	"__setstate__": true, "__reduce__": true, "__reduce_ex__": true, "__code__": true, "__class__": true, "__getattr__": true,
	"__getattribute__": true, "__call__": true, "__del__": true, "__globals__": true, "__builtins__": true,
}

// writesMethods reports whether a state names one of them, in itself or in a tuple of two as slots need it.
func (m *machine) writesMethods(state value, depth int) bool {
	for _, v := range m.bundles[state.at].items {
		if s, ok := m.short(v); ok && methods[s] {
			return true
		}
		if v.kind == container && depth > 0 && m.writesMethods(v, depth-1) {
			return true
		}
	}
	return false
}

// short is a text of at most a few words.
func (m *machine) short(v value) (string, bool) {
	if v.kind == text && v.size > 20 {
		return "", false
	}
	return m.string(v)
}

func (m *machine) extension(n int, at int64) error {
	code, err := m.w.number(n)
	if err != nil {
		return err
	}
	m.ext = append(m.ext, extension{code, at})
	if len(m.ext) > maxGlobals {
		return errTooMany
	}
	m.push(m.resolve("copyreg", "extension "+strconv.FormatUint(code, 10), true, at))
	return nil
}

// unescape undoes the escapes of protocol 0: of a quoted string those of Python, of a raw one \u and \U alone. What is no
// escape stays.
func unescape(s string, raw bool) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		width, base := 0, 16
		switch c := s[i+1]; {
		case c == 'u':
			width = 4
		case c == 'U':
			width = 8
		case raw:
			b.WriteByte('\\')
			continue
		case c == 'x':
			width = 2
		case '0' <= c && c <= '7':
			n := 1
			for n < 3 && i+1+n < len(s) && '0' <= s[i+1+n] && s[i+1+n] <= '7' {
				n++
			}
			code, _ := strconv.ParseUint(s[i+1:i+1+n], 8, 16)
			b.WriteByte(byte(code))
			i += n
			continue
		default:
			if at := strings.IndexByte(`\'"nrtabfv`, c); at >= 0 {
				b.WriteByte("\\'\"\n\r\t\a\b\f\v"[at])
				i++
				continue
			}
			b.WriteByte('\\')
			continue
		}
		if i+2+width > len(s) {
			b.WriteByte('\\')
			continue
		}
		code, err := strconv.ParseUint(s[i+2:i+2+width], base, 32)
		if err != nil {
			b.WriteByte('\\')
			continue
		}
		if width == 2 {
			b.WriteByte(byte(code))
		} else {
			b.WriteRune(rune(code))
		}
		i += 1 + width
	}
	return b.String()
}
