package regex

import (
	"strings"
	"unicode/utf8"
)

// outcome is how a run ended.
type outcome uint8

const (
	noMatch outcome = iota
	matched
	outOfSteps
	outOfPatience // too costly for this engine, when the other can do it too
)

// memoAfter is how many steps for each byte of the text a search takes before it begins to remember failures.
const memoAfter = 8

// place is something to return to when a match fails: a choice (pc, pos), the rest of a repetition of one character,
// or an older value of a register.
type place struct {
	kind  placeKind
	pc    int32 // the instruction; for an old value, the register
	pos   int32 // the position; for an old value, the value
	bound int32 // of a repetition: the leftmost end (greedy), or how many more may be taken (lazy)
}

type placeKind uint8

const (
	choice placeKind = iota
	shorter
	longer
	oldValue
)

// machine runs a program on a text. It is used for one search at a time.
type machine struct {
	prog     *program
	text     string
	budget   *Budget
	patience int // steps until outOfPatience; 0 is no limit
	used     int // steps of this search
	origin   int // where the search for the current match began

	regs  []int
	stack []place
	dirty bool // registers differ from -1 though the stack is empty

	memo    []uint64
	memoing bool
	memoAt  int // the number of steps at which remembering begins
}

func (m *machine) reset(prog *program, text string, budget *Budget) {
	m.prog, m.text, m.budget = prog, text, budget
	m.patience, m.used, m.origin = 0, 0, 0
	if cap(m.regs) < prog.registers {
		m.regs = make([]int, prog.registers)
	}
	m.regs = m.regs[:prog.registers]
	m.dirty = true
	m.forget()
}

// forget drops what is known of failures: after a match, those on its way did not fail.
func (m *machine) forget() {
	m.memoing = false
	m.memoAt = m.used + m.prog.memoAfter*(len(m.text)+64)
}

// failedBefore reports whether the instruction was tried at the position already, and notes that it is tried now.
func (m *machine) failedBefore(row int32, pos int) bool {
	if !m.memoing {
		if m.used < m.memoAt {
			return false
		}
		bits := m.prog.memoRows * (len(m.text) + 1)
		if bits > maxMemoBits {
			m.memoAt = 1 << 62
			return false
		}
		if words := (bits + 63) / 64; cap(m.memo) < words {
			m.memo = make([]uint64, words)
		} else {
			m.memo = m.memo[:words]
			clear(m.memo)
		}
		m.memoing = true
	}
	bit := int(row)*(len(m.text)+1) + pos
	if m.memo[bit/64]>>(bit%64)&1 != 0 {
		return true
	}
	m.memo[bit/64] |= 1 << (bit % 64)
	return false
}

func (m *machine) set(register int32, value int) {
	if len(m.stack) > 0 {
		m.stack = append(m.stack, place{kind: oldValue, pc: register, pos: int32(m.regs[register])})
	} else {
		m.dirty = true
	}
	m.regs[register] = value
}

// cut forgets the choices above a height of the stack, and keeps the old values.
func (m *machine) cut(height int) {
	kept := m.stack[:height]
	for _, p := range m.stack[height:] {
		if p.kind == oldValue {
			kept = append(kept, p)
		}
	}
	m.stack = kept
}

// unwind goes back to a height of the stack as if nothing above it had happened.
func (m *machine) unwind(height int) {
	for len(m.stack) > height {
		top := m.stack[len(m.stack)-1]
		m.stack = m.stack[:len(m.stack)-1]
		if top.kind == oldValue {
			m.regs[top.pc] = int(top.pos)
		}
	}
}

// back returns to the last place there is to go on from.
func (m *machine) back() (pc, pos int, ok bool) {
	for len(m.stack) > 0 {
		top := &m.stack[len(m.stack)-1]
		switch top.kind {
		case oldValue:
			m.regs[top.pc] = int(top.pos)
		case choice:
			pc, pos = int(top.pc), int(top.pos)
			m.stack = m.stack[:len(m.stack)-1]
			return pc, pos, true
		case shorter:
			if pos, ok := m.giveBack(top); ok {
				return int(top.pc) + 1, pos, true
			}
		case longer:
			if pos, ok := m.takeMore(top); ok {
				return int(top.pc) + 1, pos, true
			}
		}
		m.stack = m.stack[:len(m.stack)-1]
	}
	return 0, 0, false
}

// giveBack shortens a greedy repetition by a character, or by several when what must follow it is known.
func (m *machine) giveBack(top *place) (int, bool) {
	next := m.prog.insts[top.pc].next
	for pos := int(top.pos); pos > int(top.bound); {
		m.used++
		if m.text[pos-1] < utf8.RuneSelf {
			pos--
		} else {
			_, size := utf8.DecodeLastRuneInString(m.text[:pos])
			pos -= size
		}
		if next < 0 || int16(m.text[pos]) == next {
			top.pos = int32(pos)
			return pos, true
		}
	}
	return 0, false
}

// takeMore lengthens a lazy repetition likewise.
func (m *machine) takeMore(top *place) (int, bool) {
	in := &m.prog.insts[top.pc]
	for pos := int(top.pos); top.bound > 0 && pos < len(m.text); {
		m.used++
		size := take(in.set, m.text, pos)
		if size == 0 {
			return 0, false
		}
		pos += size
		top.bound--
		if in.next < 0 || pos < len(m.text) && int16(m.text[pos]) == in.next {
			top.pos = int32(pos)
			return pos, true
		}
	}
	return 0, false
}

// take gives the size of the character at pos if it is in the set, else 0.
func take(s *set, text string, pos int) int {
	if c := text[pos]; c < utf8.RuneSelf {
		return int(s.ascii[c>>6] >> (c & 63) & 1)
	}
	r, size := utf8.DecodeRuneInString(text[pos:])
	if s.has(r) {
		return size
	}
	return 0
}

// width is the size of the character at pos.
func width(text string, pos int) int {
	if text[pos] < utf8.RuneSelf {
		return 1
	}
	_, size := utf8.DecodeRuneInString(text[pos:])
	return size
}

// wordAt reports whether the byte at pos is one of \w.
func (m *machine) wordAt(pos int) bool { return 0 <= pos && pos < len(m.text) && isWord(m.text[pos]) }

func (m *machine) stands(at assertion, pos int) bool {
	switch at {
	case textStart:
		return pos == 0
	case textEnd:
		return pos == len(m.text)
	case textEndLF:
		return pos == len(m.text) || pos == len(m.text)-1 && m.text[pos] == '\n'
	case lineStart:
		return pos == 0 || m.text[pos-1] == '\n' && pos < len(m.text)
	case lineEnd:
		return pos == len(m.text) || m.text[pos] == '\n'
	case boundary:
		return m.wordAt(pos-1) != m.wordAt(pos)
	case noBoundary:
		return m.wordAt(pos-1) == m.wordAt(pos)
	}
	return pos == m.origin
}

// refers gives the size of what group n took, if the same stands at pos; -1 if not.
func (m *machine) refers(in *inst, pos int) int {
	start, end := m.regs[2*in.x], m.regs[2*in.x+1]
	if start < 0 || end < start {
		return -1
	}
	taken := m.text[start:end]
	m.used += len(taken) / 8
	if !in.fold {
		if strings.HasPrefix(m.text[pos:], taken) {
			return len(taken)
		}
		return -1
	}
	at := pos
	for _, want := range taken {
		if at >= len(m.text) {
			return -1
		}
		got, size := utf8.DecodeRuneInString(m.text[at:])
		m.used++
		if got != want && !sameFold(got, want) {
			return -1
		}
		at += size
	}
	return at - pos
}

func sameFold(a, b rune) bool {
	if a < utf8.RuneSelf || b < utf8.RuneSelf {
		return a|0x20 == b|0x20 && 'a' <= a|0x20 && a|0x20 <= 'z' && a < utf8.RuneSelf && b < utf8.RuneSelf
	}
	return newSet(folded([]rune{a, a})).has(b)
}

// stepsBack moves n characters back; -1 when there are not as many.
func (m *machine) stepsBack(pos, n int) int {
	for ; n > 0 && pos > 0; n-- {
		m.used++
		_, size := utf8.DecodeLastRuneInString(m.text[:pos])
		pos -= size
	}
	if n > 0 {
		return -1
	}
	return pos
}
