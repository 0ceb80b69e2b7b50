package regex

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// code is what an [inst] does.
type code uint8

const (
	doMatch     code = iota
	doString         // take text
	doSet            // take a character of set
	doRun            // take min to max characters of set
	doSplit          // go on at x, and at y if that fails
	doJump           // go on at x
	doSave           // note the position in register x
	doGroup          // group x took what is between register y and the position
	doAssert         // stand at the place x
	doBackref        // take what group x took
	doIfGroup        // go on at y unless group x took part
	doFail           // go back
	doZero           // set register x to 0
	doLoop           // repeat as often as register x says is left to, or leave for y
	doCount          // add 1 to register x
	doProgress       // leave for y if nothing was taken since register x was saved
	doMark           // note in register x how many places to return to there are
	doCut            // forget the places noted since
	doLook           // note the position in x, and the places in x+1
	doLookEnd        // the look held: forget its places and return to where it began
	doNot            // as doLook, with y as a place to return to
	doNotEnd         // the look held, so the match fails
	doBack           // step min to max characters back, fewest first
	doBackAgain      // where doBack resumes
	doHere           // stand at the position in x
)

// inst is one instruction. After most of them the next one follows.
type inst struct {
	code code
	mode mode // of doRun and doLoop
	fold bool // of doBackref
	x, y int32
	memo int32 // the row of failures remembered, -1 for none
	next int16 // the byte that must follow doRun; -1 when that isn't known

	min, max int32
	set      *set
	text     string
}

// program is a compiled pattern. The first registers are the ends of the groups; -1 in them means none yet.
type program struct {
	insts     []inst
	registers int
	groups    int // including the whole match
	memoAfter int // steps for each byte of the text before failures are remembered
	memoRows  int // 0 when failures can't be remembered by instruction and position alone
}

type assembler struct {
	program
	limit    int // instructions
	tooBig   bool
	closed   int  // how many looks and atomic groups enclose the current place
	stateful bool // some outcome depends on more than instruction and position
}

// assemble turns a tree into a program.
func assemble(root *node, groups int) (*program, error) {
	a := &assembler{program: program{registers: 2 * groups, groups: groups, memoAfter: memoAfter}, limit: maxProgram}
	if err := checkLookbehinds(root); err != nil {
		return nil, err
	}
	a.save(0)
	a.node(root)
	a.save(1)
	a.emit(inst{code: doMatch})
	if a.tooBig {
		return nil, fmt.Errorf("larger than %d instructions", maxProgram)
	}
	if a.stateful {
		a.memoRows = 0
	}
	for i := range a.insts {
		in := &a.insts[i]
		if a.stateful {
			in.memo = -1
		}
		if in.code == doRun {
			in.next = a.nextByte(i + 1)
		}
	}
	return &a.program, nil
}

func checkLookbehinds(root *node) error {
	var problem error
	root.any(func(n *node) bool {
		if n.op != opLook {
			return false
		}
		if n.subs[0].any(func(n *node) bool { return n.op == opKeep }) {
			problem = fmt.Errorf(`\K cannot stand in a look-around`)
		}
		if !n.behind {
			return problem != nil
		}
		for _, branch := range branchesOf(n.subs[0]) {
			fewest, most := branch.lengths()
			if most < 0 || most != fewest && most > maxLookbehind || most > MaxPattern {
				problem = fmt.Errorf("a look-behind must have a longest length, at most %d characters", maxLookbehind)
			}
		}
		return problem != nil
	})
	return problem
}

func branchesOf(n *node) []*node {
	if n.op == opAlternate {
		return n.subs
	}
	return []*node{n}
}

func (a *assembler) emit(in inst) int {
	if len(a.insts) >= a.limit {
		a.tooBig = true
		return 0
	}
	if in.code != doSplit && in.code != doRun || a.closed > 0 {
		in.memo = -1
	} else {
		in.memo = int32(a.memoRows)
		a.memoRows++
	}
	in.next = -1
	a.insts = append(a.insts, in)
	return len(a.insts) - 1
}

func (a *assembler) save(register int) { a.emit(inst{code: doSave, x: int32(register)}) }

func (a *assembler) register() int32 {
	a.registers++
	return int32(a.registers - 1)
}

func (a *assembler) here() int32 { return int32(len(a.insts)) }

// split emits a choice whose branches are set later.
func (a *assembler) split() int { return a.emit(inst{code: doSplit}) }

func (a *assembler) node(n *node) {
	if a.tooBig {
		return
	}
	switch n.op {
	case opSet:
		if r, ok := n.literal(); ok {
			a.text(string(r))
		} else {
			a.emit(inst{code: doSet, set: n.set})
		}
	case opConcat:
		a.concat(n.subs)
	case opAlternate:
		a.alternate(n.subs)
	case opRepeat:
		a.repeat(n)
	case opGroup:
		start := a.register()
		a.save(int(start))
		a.node(n.subs[0])
		a.emit(inst{code: doGroup, x: int32(n.n), y: start})
	case opAtomic:
		a.atomic(n.subs[0])
	case opLook:
		a.look(n)
	case opBackref:
		a.stateful = true
		a.emit(inst{code: doBackref, x: int32(n.n), fold: n.fold})
	case opAssert:
		a.emit(inst{code: doAssert, x: int32(n.assert)})
	case opKeep:
		a.save(0)
	case opCond:
		a.conditional(n)
	case opFail:
		a.emit(inst{code: doFail})
	}
}

// concat joins single characters in a row into a string.
func (a *assembler) concat(subs []*node) {
	run := ""
	for _, sub := range subs {
		if r, ok := sub.literal(); ok {
			run += string(r)
			continue
		}
		a.text(run)
		run = ""
		a.node(sub)
	}
	a.text(run)
}

func (a *assembler) text(text string) {
	if text != "" {
		a.emit(inst{code: doString, text: text})
	}
}

// literal gives the one character that n takes. U+FFFD is none, because bytes outside UTF-8 are equal to it.
func (n *node) literal() (rune, bool) {
	if n.op != opSet {
		return 0, false
	}
	r, ok := n.set.only()
	return r, ok && r != utf8.RuneError
}

func (a *assembler) alternate(branches []*node) {
	var exits []int
	for i, branch := range branches {
		if i == len(branches)-1 {
			a.node(branch)
			break
		}
		split := a.split()
		a.insts[split].x = a.here()
		a.node(branch)
		exits = append(exits, a.emit(inst{code: doJump}))
		a.insts[split].y = a.here()
	}
	for _, exit := range exits {
		a.insts[exit].x = a.here()
	}
}

func (a *assembler) atomic(body *node) {
	mark := a.register()
	a.emit(inst{code: doMark, x: mark})
	a.closed++ // a failure further on must not make the group choose differently the next time
	a.node(body)
	a.closed--
	a.emit(inst{code: doCut, x: mark})
}

// unroll is how many instructions a counted repetition may become instead of keeping a count, which is cheaper to
// run and lets failures be remembered.
const unroll = 400

func (a *assembler) repeat(n *node) {
	body, low, high := n.subs[0], n.min, n.max
	if high == 0 {
		return
	}
	if low == 1 && high == 1 {
		if n.mode == possessive {
			a.atomic(body)
		} else {
			a.node(body)
		}
		return
	}
	if body.op == opSet {
		if high < 0 {
			high = math.MaxInt32
		}
		a.emit(inst{code: doRun, set: body.set, min: int32(low), max: int32(high), mode: n.mode})
		return
	}
	if n.mode == possessive {
		a.atomic(parent(&node{op: opRepeat, subs: n.subs, min: low, max: high}))
		return
	}
	if fewest, _ := body.lengths(); fewest == 0 && high < 0 {
		a.stateful = true
	}
	if high < 0 && low <= 1 || max(low, high) <= max(1, unroll/max(a.size(body), 1)) {
		a.unrolled(body, low, high, n.mode)
	} else {
		a.counted(body, low, high, n.mode)
	}
}

// size is how many instructions a part becomes, up to one more than unroll.
func (a *assembler) size(n *node) int {
	if n.size == 0 {
		trial := &assembler{program: program{registers: a.registers}, limit: unroll + 1}
		trial.node(n)
		n.size = len(trial.insts) + 1
	}
	return n.size - 1
}

func (a *assembler) unrolled(body *node, low, high int, mode mode) {
	for range low - 1 {
		a.node(body)
	}
	if high < 0 {
		a.loop(body, low, mode)
		return
	}
	if low > 0 {
		a.node(body)
	}
	var splits []int
	for range high - low {
		splits = append(splits, a.split())
		a.branch(splits[len(splits)-1], a.here(), -1, mode)
		a.node(body)
	}
	for _, split := range splits {
		a.branch(split, -1, a.here(), mode)
	}
}

// branch sets where a choice goes on with the body and where without; -1 leaves either as it is.
func (a *assembler) branch(split int, body, exit int32, mode mode) {
	in := &a.insts[split]
	into, out := &in.x, &in.y
	if mode == lazy {
		into, out = out, into
	}
	if body >= 0 {
		*into = body
	}
	if exit >= 0 {
		*out = exit
	}
}

// loop repeats without end, at least low (0 or 1) times; a repetition that takes nothing is the last.
func (a *assembler) loop(body *node, low int, mode mode) {
	fewest, _ := body.lengths()
	split := -1
	if low == 0 {
		split = a.split()
		a.branch(split, a.here(), -1, mode)
	}
	top := a.here()
	progress := -1
	var mark int32
	if fewest == 0 {
		mark = a.register()
		a.save(int(mark))
	}
	a.node(body)
	if fewest == 0 {
		progress = a.emit(inst{code: doProgress, x: mark})
	}
	again := a.split()
	a.branch(again, top, a.here(), mode)
	if split >= 0 {
		a.branch(split, -1, a.here(), mode)
	}
	if progress >= 0 {
		a.insts[progress].y = a.here()
	}
}

// counted repeats with a count in a register.
func (a *assembler) counted(body *node, low, high int, mode mode) {
	a.stateful = true
	if high < 0 {
		high = math.MaxInt32
	}
	count := a.register()
	a.emit(inst{code: doZero, x: count})
	loop := a.emit(inst{code: doLoop, x: count, min: int32(low), max: int32(high), mode: mode})
	a.emit(inst{code: doCount, x: count})
	if fewest, _ := body.lengths(); fewest > 0 {
		a.node(body)
	} else {
		mark := a.register()
		a.save(int(mark))
		a.node(body)
		a.emit(inst{code: doProgress, x: mark, y: a.here() + 2})
	}
	a.emit(inst{code: doJump, x: int32(loop)})
	a.insts[loop].y = a.here()
}

func (a *assembler) look(n *node) {
	origin := a.register()
	mark := a.register()
	start := inst{code: doLook, x: origin}
	if n.negative {
		start.code = doNot
	}
	at := a.emit(start)
	a.closed++
	if n.behind {
		a.behind(n.subs[0], origin)
	} else {
		a.node(n.subs[0])
	}
	a.closed--
	end := inst{code: doLookEnd, x: origin}
	if n.negative {
		end = inst{code: doNotEnd, x: mark}
	}
	a.emit(end)
	a.insts[at].y = a.here()
}

// behind tries each branch from as far back as it is long, and checks that it ends where the look began.
func (a *assembler) behind(body *node, origin int32) {
	var exits []int
	branches := branchesOf(body)
	for i, branch := range branches {
		split := -1
		if i < len(branches)-1 {
			split = a.split()
			a.insts[split].x = a.here()
		}
		fewest, most := branch.lengths()
		steps := inst{code: doBack, x: a.register(), min: int32(fewest), max: int32(most)}
		a.emit(steps)
		if steps.code = doBackAgain; fewest < most {
			a.emit(steps)
		}
		a.node(branch)
		a.emit(inst{code: doHere, x: origin})
		if split >= 0 {
			exits = append(exits, a.emit(inst{code: doJump}))
			a.insts[split].y = a.here()
		}
	}
	for _, exit := range exits {
		a.insts[exit].x = a.here()
	}
}

// conditional asks for a group, or asks a look once for each answer.
func (a *assembler) conditional(n *node) {
	look, yes, no := n.subs[0], n.subs[1], n.subs[2]
	if n.n == 0 {
		opposite := *look
		opposite.negative = !look.negative
		a.alternate([]*node{{op: opConcat, subs: []*node{look, yes}}, {op: opConcat, subs: []*node{&opposite, no}}})
		return
	}
	a.stateful = true
	test := a.emit(inst{code: doIfGroup, x: int32(n.n)})
	a.node(yes)
	exit := a.emit(inst{code: doJump})
	a.insts[test].y = a.here()
	a.node(no)
	a.insts[exit].x = a.here()
}

// nextByte is the byte that the text must go on with at instruction i, -1 if that isn't known.
func (a *assembler) nextByte(i int) int16 {
	for a.insts[i].code == doSave || a.insts[i].code == doGroup {
		i++
	}
	if a.insts[i].code == doString {
		return int16(a.insts[i].text[0])
	}
	return -1
}
