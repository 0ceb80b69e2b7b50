package regex

import (
	"strings"
	"unicode/utf8"
)

// run tries to match at a position, and then leaves the groups in the registers.
func (m *machine) run(at int) outcome {
	if m.dirty {
		for i := range m.regs {
			m.regs[i] = -1
		}
		m.dirty = false
	}
	m.stack = m.stack[:0]
	before := m.used
	result := m.match(at)
	m.budget.Steps -= m.used - before
	if result == matched {
		m.dirty = true
		m.forget()
	}
	return result
}

func (m *machine) match(pos int) outcome {
	text := m.text
	allowed := m.used + m.budget.Steps
	pc := 0
	for {
		in := &m.prog.insts[pc]
		if m.used++; m.used > allowed {
			return outOfSteps
		}
		ok := true
		switch in.code {
		case doMatch:
			return matched
		case doString:
			if ok = strings.HasPrefix(text[pos:], in.text); ok {
				pos += len(in.text)
			}
		case doSet:
			size := 0
			if pos < len(text) {
				size = take(in.set, text, pos)
			}
			pos += size
			ok = size > 0
		case doRun:
			if ok = in.memo < 0 || !m.failedBefore(in.memo, pos); ok {
				pos, ok = m.repeat(in, pc, pos)
			}
		case doSplit:
			if ok = in.memo < 0 || !m.failedBefore(in.memo, pos); ok {
				m.stack = append(m.stack, place{kind: choice, pc: in.y, pos: int32(pos)})
				pc = int(in.x)
				if len(m.stack) > maxStack || m.patience > 0 && m.used > m.patience {
					return m.giveUp()
				}
				continue
			}
		case doJump:
			pc = int(in.x)
			continue
		case doSave:
			m.set(in.x, pos)
		case doGroup:
			m.set(2*in.x, m.regs[in.y])
			m.set(2*in.x+1, pos)
		case doAssert:
			ok = m.stands(assertion(in.x), pos)
		case doBackref:
			size := m.refers(in, pos)
			if ok = size >= 0; ok {
				pos += size
			}
		case doIfGroup:
			if m.regs[2*in.x+1] < 0 {
				pc = int(in.y)
				continue
			}
		case doZero:
			m.set(in.x, 0)
		case doCount:
			m.set(in.x, m.regs[in.x]+1)
		case doProgress:
			if m.regs[in.x] == pos {
				pc = int(in.y)
				continue
			}
		case doFail:
			ok = false
		case doLoop:
			pc = m.loop(in, pc, pos)
			if len(m.stack) > maxStack {
				return m.giveUp()
			}
			continue
		default:
			pc, pos, ok = m.around(in, pc, pos)
			if ok {
				continue
			}
		}
		if ok {
			pc++
			continue
		}
		if m.patience > 0 && m.used > m.patience || len(m.stack) > maxStack {
			return m.giveUp()
		}
		if pc, pos, ok = m.back(); !ok {
			return noMatch
		}
	}
}

func (m *machine) giveUp() outcome {
	if m.patience > 0 {
		return outOfPatience
	}
	return outOfSteps
}

// repeat takes as many characters of a set as it should at first, and leaves a place to try other lengths from.
func (m *machine) repeat(in *inst, pc, pos int) (int, bool) {
	text, count, least := m.text, int32(0), pos
	most := in.max
	if in.mode == lazy {
		most = in.min
	}
	start := pos
	for count < most && pos < len(text) {
		size := 0
		if c := text[pos]; c < utf8.RuneSelf {
			size = int(in.set.ascii[c>>6] >> (c & 63) & 1)
		} else {
			size = take(in.set, text, pos)
		}
		if size == 0 {
			break
		}
		pos += size
		if count++; count <= in.min {
			least = pos
		}
	}
	m.used += (pos - start) / 8
	if count < in.min {
		return pos, false
	}
	switch {
	case in.mode == lazy && in.max > in.min:
		m.stack = append(m.stack, place{kind: longer, pc: int32(pc), pos: int32(pos), bound: in.max - in.min})
	case in.mode == greedy && pos > least:
		m.stack = append(m.stack, place{kind: shorter, pc: int32(pc), pos: int32(pos), bound: int32(least)})
	}
	return pos, true
}

// loop decides whether a counted repetition goes on.
func (m *machine) loop(in *inst, pc, pos int) int {
	count := int32(m.regs[in.x])
	into, out := pc+1, int(in.y)
	switch {
	case count < in.min:
		return into
	case count >= in.max:
		return out
	case in.mode == lazy:
		into, out = out, into
	}
	m.stack = append(m.stack, place{kind: choice, pc: int32(out), pos: int32(pos)})
	return into
}

// around carries out the instructions of look-around and atomic groups.
func (m *machine) around(in *inst, pc, pos int) (int, int, bool) {
	switch in.code {
	case doMark:
		m.set(in.x, 0)
		m.regs[in.x] = len(m.stack)
	case doCut:
		m.cut(m.regs[in.x])
	case doLook, doNot:
		m.set(in.x, pos)
		m.set(in.x+1, 0)
		m.regs[in.x+1] = len(m.stack)
		if in.code == doNot {
			m.stack = append(m.stack, place{kind: choice, pc: in.y, pos: int32(pos)})
		}
	case doLookEnd:
		m.cut(m.regs[in.x+1])
		pos = m.regs[in.x]
	case doNotEnd:
		m.unwind(m.regs[in.x])
		return 0, 0, false
	case doBack:
		before := m.stepsBack(pos, int(in.min))
		if before < 0 {
			return 0, 0, false
		}
		pos = before
		if in.max > in.min {
			m.set(in.x, int(in.max-in.min))
			m.stack = append(m.stack, place{kind: choice, pc: int32(pc) + 1, pos: int32(pos)})
			return pc + 2, pos, true
		}
	case doBackAgain:
		left := m.regs[in.x]
		before := m.stepsBack(pos, 1)
		if left <= 0 || before < 0 {
			return 0, 0, false
		}
		m.set(in.x, left-1)
		if pos = before; left > 1 {
			m.stack = append(m.stack, place{kind: choice, pc: int32(pc), pos: int32(pos)})
		}
	case doHere:
		if pos != m.regs[in.x] {
			return 0, 0, false
		}
	}
	return pc + 1, pos, true
}
