// Package prefilter tells, in one pass over a text, which of many rules can find something in it, by the strings that
// each rule needs.
//
// Of every string it watches for one window of four bytes (three, in a string of three), the one that seems rarest in
// source code. At each position of the text the window there is hashed and looked up in a small bitmap; only what is in
// it is compared in full. Unlike an automaton over all strings, the bitmap stays in the fastest cache however many rules
// there are. Strings of one and two bytes are searched for one by one: they are few, and usually found at once.
package prefilter

import "sync"

// Filter knows what each of a list of rules needs. It is immutable and safe for concurrent use.
type Filter struct {
	needs    []int32 // by rule: the number of clauses that a text must meet
	owner    []int32 // by clause: the rule
	free     []int32 // the rules that need nothing
	literals []entry
	short    []int32 // the literals of one or two bytes
	four     windows
	three    windows
	passes   sync.Pool // of *pass
}

// entry is a literal and the clauses that it meets.
type entry struct {
	Literal
	clauses []int32
}

// New builds the filter of rules: a rule is alive in a text that meets all of its clauses.
func New(rules [][]Clause) *Filter {
	f := &Filter{needs: make([]int32, len(rules))}
	numbers := map[Literal]int32{}
	for rule, clauses := range rules {
		for _, clause := range clauses {
			if clause.isEmpty() {
				continue
			}
			f.needs[rule]++
			f.owner = append(f.owner, int32(rule))
			for _, literal := range clause.Any {
				f.add(literal, int32(len(f.owner)-1), numbers)
			}
		}
		if f.needs[rule] == 0 {
			f.free = append(f.free, int32(rule))
		}
	}
	var fours, threes []int32
	for i, literal := range f.literals {
		switch {
		case len(literal.Text) < 3:
			f.short = append(f.short, int32(i))
		case len(literal.Text) == 3:
			threes = append(threes, int32(i))
		default:
			fours = append(fours, int32(i))
		}
	}
	f.four = newWindows(f.literals, fours, 4)
	f.three = newWindows(f.literals, threes, 3)
	f.passes.New = func() any { return newPass(f) }
	return f
}

// isEmpty reports whether every text meets the clause.
func (c Clause) isEmpty() bool {
	for _, literal := range c.Any {
		if literal.Text == "" {
			return true
		}
	}
	return false
}

func (f *Filter) add(literal Literal, clause int32, numbers map[Literal]int32) {
	if literal.Fold {
		literal.Text = lowered(literal.Text)
	}
	n, ok := numbers[literal]
	if !ok {
		n = int32(len(f.literals))
		numbers[literal] = n
		f.literals = append(f.literals, entry{Literal: literal})
	}
	f.literals[n].clauses = append(f.literals[n].clauses, clause)
}

// Alive gives the rules whose clauses the text meets.
func (f *Filter) Alive(text string) Alive {
	alive := make(Alive, (len(f.needs)+63)/64)
	for _, rule := range f.free {
		alive.add(rule)
	}
	if len(f.free) == len(f.needs) {
		return alive
	}
	p := f.passes.Get().(*pass)
	p.begin(f, text, alive)
	p.run()
	p.text, p.alive = "", nil
	f.passes.Put(p)
	return alive
}

// Alive is a set of rules, by number.
type Alive []uint64

// Has reports whether a rule is in the set.
func (a Alive) Has(rule int) bool { return a[rule/64]>>(rule%64)&1 != 0 }

// Any reports whether there is a rule in the set.
func (a Alive) Any() bool {
	for _, word := range a {
		if word != 0 {
			return true
		}
	}
	return false
}

func (a Alive) add(rule int32) { a[rule/64] |= 1 << (rule % 64) }
