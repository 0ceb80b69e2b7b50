package prefilter

// Grams is the set of the windows of three bytes in a text, in which letters of ASCII have no case, as far as a hash tells
// them apart: a text that contains a string has all windows of the string, and few others do. It says in nanoseconds that a
// string is not there.
type Grams [1 << gramBits / 64]uint64

// gramBits: 16 KiB are cleared in no time, and in 100 KB of code one window in ten is taken for another.
const gramBits = 17

// Gram is the hash of a window.
type Gram uint32

// Add adds the windows of a text.
func (g *Grams) Add(text string) {
	if len(text) < 3 {
		return
	}
	a, b := uint32(text[0]|0x20), uint32(text[1]|0x20)
	for i := 2; i < len(text); i++ {
		c := uint32(text[i] | 0x20)
		hash := gram(a, b, c)
		g[hash/64] |= 1 << (hash % 64)
		a, b = b, c
	}
}

// Holds reports whether a window is there.
func (g *Grams) Holds(window Gram) bool { return g[window/64]>>(window%64)&1 != 0 }

// HoldsAll reports whether all windows are there.
func (g *Grams) HoldsAll(windows []Gram) bool {
	for _, window := range windows {
		if !g.Holds(window) {
			return false
		}
	}
	return true
}

// GramsOf are the windows of strings that must all be in a text. Strings of one and two bytes have none.
func GramsOf(words ...string) []Gram {
	var out []Gram
	for _, word := range words {
		for i := 2; i < len(word); i++ {
			out = append(out, gram(uint32(word[i-2]|0x20), uint32(word[i-1]|0x20), uint32(word[i]|0x20)))
		}
	}
	return out
}

func gram(a, b, c uint32) Gram {
	return Gram((a | b<<8 | c<<16) * 0x9E3779B1 >> (32 - gramBits))
}
