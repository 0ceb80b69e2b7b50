package prefilter

import (
	"slices"
	"strings"
)

// pass is one look at one text.
type pass struct {
	filter *Filter
	text   string
	alive  Alive

	found   []bool  // by literal
	met     []bool  // by clause
	missing []int32 // by rule: the clauses not met yet
	sought  int     // the literals not found yet
	dead    int     // the rules not alive yet

	four, three [1 << hashBits / 64]uint64 // the windows of literals still sought
}

func newPass(f *Filter) *pass {
	return &pass{
		found:   make([]bool, len(f.literals)),
		met:     make([]bool, len(f.owner)),
		missing: make([]int32, len(f.needs)),
	}
}

func (p *pass) begin(f *Filter, text string, alive Alive) {
	p.filter, p.text, p.alive = f, text, alive
	clear(p.found)
	clear(p.met)
	copy(p.missing, f.needs)
	p.sought, p.dead = len(f.literals), len(f.needs)-len(f.free)
	if f.four.any {
		p.four = f.four.bitmap
	}
	if f.three.any {
		p.three = f.three.bitmap
	}
}

func (p *pass) run() {
	for _, i := range p.filter.short {
		if literal := p.filter.literals[i].Literal; occurs(p.text, literal) && !p.discover(i) {
			return
		}
	}
	if p.filter.three.any {
		p.threes()
	} else {
		p.fours()
	}
}

// fours looks at every window of four bytes.
func (p *pass) fours() {
	var window uint32
	bitmap := &p.four
	for i := 0; i < len(p.text); i++ {
		window = window>>8 | uint32(p.text[i]|0x20)<<24
		hash := hashOf(window)
		if bitmap[hash/64]>>(hash%64)&1 != 0 && i >= 3 && !p.compare(&p.filter.four, bitmap, hash, i-3) {
			return
		}
	}
}

// threes looks at every window of three bytes too.
func (p *pass) threes() {
	var window uint32
	four, three := &p.four, &p.three
	for i := 0; i < len(p.text); i++ {
		window = window>>8 | uint32(p.text[i]|0x20)<<24
		hash, last := hashOf(window), hashOf(window&^0xFF)
		if four[hash/64]>>(hash%64)&1 != 0 && i >= 3 && !p.compare(&p.filter.four, four, hash, i-3) {
			return
		}
		if three[last/64]>>(last%64)&1 != 0 && i >= 2 && !p.compare(&p.filter.three, three, last, i-2) {
			return
		}
	}
}

// compare looks for the literals that have their window at a position. It returns false when nothing more is to be
// found.
func (p *pass) compare(w *windows, bitmap *[1 << hashBits / 64]uint64, hash uint32, at int) bool {
	first, _ := slices.BinarySearchFunc(w.spots, hash, func(s spot, hash uint32) int { return int(s.hash) - int(hash) })
	left := false
	for _, spot := range w.spots[first:] {
		if spot.hash != hash {
			break
		}
		if p.found[spot.literal] {
			continue
		}
		if !standsAt(p.text, at-int(spot.offset), p.filter.literals[spot.literal].Literal) {
			left = true
			continue
		}
		if !p.discover(spot.literal) {
			return false
		}
	}
	if !left {
		bitmap[hash/64] &^= 1 << (hash % 64)
	}
	return true
}

// discover notes that a literal occurs, and returns false when nothing more is to be found.
func (p *pass) discover(literal int32) bool {
	p.found[literal] = true
	p.sought--
	for _, clause := range p.filter.literals[literal].clauses {
		if p.met[clause] {
			continue
		}
		p.met[clause] = true
		rule := p.filter.owner[clause]
		if p.missing[rule]--; p.missing[rule] == 0 {
			p.alive.add(rule)
			p.dead--
		}
	}
	return p.dead > 0 && p.sought > 0
}

func standsAt(text string, at int, literal Literal) bool {
	if at < 0 || at+len(literal.Text) > len(text) {
		return false
	}
	there := text[at : at+len(literal.Text)]
	if !literal.Fold {
		return there == literal.Text
	}
	for i := range len(there) {
		if lower(there[i]) != literal.Text[i] {
			return false
		}
	}
	return true
}

// occurs looks for a literal of one or two bytes.
func occurs(text string, literal Literal) bool {
	if !literal.Fold {
		return strings.Contains(text, literal.Text)
	}
	for at := 0; at+len(literal.Text) <= len(text); at++ {
		if standsAt(text, at, literal) {
			return true
		}
	}
	return false
}
