package regex

// op is the kind of a [node].
type op uint8

const (
	opEmpty     op = iota
	opSet          // one character of set
	opConcat       // subs one after another
	opAlternate    // the first of subs that leads to a match
	opRepeat       // subs[0], min to max times
	opGroup        // subs[0], remembered as group n
	opAtomic       // subs[0], never reconsidered
	opLook         // subs[0] ahead or behind, without moving
	opBackref      // what group n took
	opAssert       // a place: see assertion
	opKeep         // \K: the match starts here
	opCond         // subs[1] if group n took part (or subs[0], a look, holds), otherwise subs[2]
	opFail         // never matches
)

// node is a part of a pattern.
type node struct {
	op       op
	subs     []*node
	set      *set
	min, max int // of opRepeat; max < 0 is no upper bound
	mode     mode
	n        int  // the group of opGroup, opBackref and opCond; 0 in opCond means a look
	fold     bool // opBackref without regard to case
	behind   bool // opLook
	negative bool // opLook
	assert   assertion

	depth int // of the tree below, so that walks of it are bounded
	size  int // instructions that it becomes, plus 1; 0 before that is known
}

// mode says in which order a repetition tries its lengths.
type mode uint8

const (
	greedy mode = iota
	lazy
	possessive
)

// assertion is a place between characters.
type assertion uint8

const (
	textStart    assertion = iota // \A
	textEnd                       // \z
	textEndLF                     // \Z, and $ outside (?m): at the end, or before a line feed that ends the text
	lineStart                     // ^ in (?m)
	lineEnd                       // $ in (?m)
	boundary                      // \b
	noBoundary                    // \B
	searchOrigin                  // \G
)

func empty() *node { return &node{op: opEmpty} }

func concat(subs []*node) *node {
	switch len(subs) {
	case 0:
		return empty()
	case 1:
		return subs[0]
	}
	return parent(&node{op: opConcat, subs: subs})
}

func alternate(subs []*node) *node {
	if len(subs) == 1 {
		return subs[0]
	}
	return parent(&node{op: opAlternate, subs: subs})
}

// parent notes how deep the tree below n is.
func parent(n *node) *node {
	for _, sub := range n.subs {
		n.depth = max(n.depth, sub.depth+1)
	}
	return n
}

// lengths gives the fewest and the most characters that n can take; most is -1 when there is no limit.
func (n *node) lengths() (fewest, most int) {
	const tooLong = 1 << 30
	switch n.op {
	case opSet:
		return 1, 1
	case opConcat:
		for _, sub := range n.subs {
			low, high := sub.lengths()
			fewest = min(fewest+low, tooLong)
			if most >= 0 && high >= 0 {
				most = min(most+high, tooLong)
			} else {
				most = -1
			}
		}
		return fewest, most
	case opAlternate, opCond:
		branches := n.subs
		if n.op == opCond {
			branches = n.subs[1:]
		}
		fewest = tooLong
		for _, sub := range branches {
			low, high := sub.lengths()
			fewest = min(fewest, low)
			if most >= 0 && high >= 0 {
				most = max(most, high)
			} else {
				most = -1
			}
		}
		return fewest, most
	case opRepeat:
		low, high := n.subs[0].lengths()
		fewest = min(low*n.min, tooLong)
		switch {
		case high == 0 || n.max == 0:
			return fewest, 0
		case high < 0 || n.max < 0:
			return fewest, -1
		}
		return fewest, min(high*n.max, tooLong)
	case opGroup, opAtomic:
		return n.subs[0].lengths()
	case opBackref:
		return 0, -1
	}
	return 0, 0
}

// any reports whether n or a node below it is one that want describes.
func (n *node) any(want func(*node) bool) bool {
	if want(n) {
		return true
	}
	for _, sub := range n.subs {
		if sub.any(want) {
			return true
		}
	}
	return false
}
