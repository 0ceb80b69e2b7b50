package prefilter

// Grams is the set of the windows of three bytes, and of two, in a text, in which letters of ASCII have no case, as far as a
// hash tells them apart: a text that contains a string has all windows of the string, and few others do. It says in
// nanoseconds that a string is not there.
type Grams [(threes + twos) / 64]uint64

// Of three bytes there are so many hashes: 16 KiB of bits are cleared in no time, and in 100 KB of code one window in ten is taken
// for another. Windows of two bytes have a bit each.
const (
	gramBits = 17
	threes   = 1 << gramBits
	twos     = 1 << 16
)

// Gram is the number of a window.
type Gram uint32

// Add adds the windows of a text.
func (g *Grams) Add(text string) {
	if len(text) < 2 {
		return
	}
	a, b := uint32(text[0]|0x20), uint32(text[1]|0x20)
	g.set(pair(a, b))
	for i := 2; i < len(text); i++ {
		c := uint32(text[i] | 0x20)
		g.set(pair(b, c))
		g.set(triple(a, b, c))
		a, b = b, c
	}
}

func (g *Grams) set(window Gram) { g[window/64] |= 1 << (window % 64) }

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

// GramsOf are the windows of strings that must all be in a text: of three bytes, or the one of a string of two. Shorter ones
// have none.
func GramsOf(words ...string) []Gram {
	var out []Gram
	for _, word := range words {
		if len(word) == 2 {
			out = append(out, pair(uint32(word[0]|0x20), uint32(word[1]|0x20)))
		}
		for i := 2; i < len(word); i++ {
			out = append(out, triple(uint32(word[i-2]|0x20), uint32(word[i-1]|0x20), uint32(word[i]|0x20)))
		}
	}
	return out
}

func triple(a, b, c uint32) Gram {
	return Gram((a | b<<8 | c<<16) * 0x9E3779B1 >> (32 - gramBits))
}

func pair(a, b uint32) Gram { return Gram(threes | a | b<<8) }
