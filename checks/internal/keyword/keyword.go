// Package keyword finds many fixed words in a text in one pass, so that a regular expression runs only near a word
// without which it cannot match.
package keyword

// Set is an Aho-Corasick automaton over ASCII words, without regard to case. It is immutable and safe for concurrent
// use.
type Set struct {
	class   [256]uint8 // the column of each byte; 0 for bytes in no word
	columns int
	next    []uint32 // state*columns + class to the next state's row; the top bit says that the row has outputs
	outputs [][]int  // by row / columns: the words that end there, longest first
	lengths []int
}

const hasOutput = 1 << 31

// NewSet builds the automaton for words. Empty words are never found.
func NewSet(words []string) *Set {
	s := &Set{lengths: make([]int, len(words)), columns: 1}
	for i, word := range words {
		s.lengths[i] = len(word)
		for _, c := range []byte(word) {
			if c = lower(c); s.class[c] == 0 {
				s.class[c] = uint8(s.columns)
				s.columns++
			}
		}
	}
	for c := byte('A'); c <= 'Z'; c++ {
		s.class[c] = s.class[lower(c)]
	}
	s.grow(words)
	s.link()
	return s
}

// grow builds the trie. Row 0 is the root, and 0 in next means "no edge yet".
func (s *Set) grow(words []string) {
	s.next = make([]uint32, s.columns)
	s.outputs = make([][]int, 1)
	for i, word := range words {
		if word == "" {
			continue
		}
		state := 0
		for _, c := range []byte(word) {
			edge := state*s.columns + int(s.class[c])
			if s.next[edge] == 0 {
				s.next[edge] = uint32(len(s.outputs))
				s.next = append(s.next, make([]uint32, s.columns)...)
				s.outputs = append(s.outputs, nil)
			}
			state = int(s.next[edge])
		}
		s.outputs[state] = append(s.outputs[state], i)
	}
}

// link turns the trie into an automaton, breadth first: each missing edge goes where the longest proper suffix would go.
func (s *Set) link() {
	fail := make([]uint32, len(s.outputs))
	var queue []uint32
	for class := range s.columns {
		if child := s.next[class]; child != 0 {
			queue = append(queue, child)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		s.outputs[state] = append(s.outputs[state], s.outputs[fail[state]]...)
		for class := range s.columns {
			edge := int(state)*s.columns + class
			suffix := s.next[int(fail[state])*s.columns+class]
			if child := s.next[edge]; child != 0 {
				fail[child] = suffix
				queue = append(queue, child)
			} else {
				s.next[edge] = suffix
			}
		}
	}
	for edge, state := range s.next {
		row := state * uint32(s.columns)
		if len(s.outputs[state]) > 0 {
			row |= hasOutput
		}
		s.next[edge] = row
	}
}

// Find calls found for every occurrence of every word in text, in the order of their ends: the word's index and where
// it starts and ends. It stops when found returns false.
func (s *Set) Find(text []byte, found func(word, start, end int) bool) {
	if len(s.outputs) == 1 {
		return
	}
	var row uint32
	for i, c := range text {
		row = s.next[row+uint32(s.class[c])]
		if row&hasOutput == 0 {
			continue
		}
		row &^= hasOutput
		for _, word := range s.outputs[row/uint32(s.columns)] {
			if !found(word, i+1-s.lengths[word], i+1) {
				return
			}
		}
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
