package prefilter

// Grams is what a text consists of, as far as hashes tell it apart: windows of three bytes, in which letters of ASCII have no
// case, windows of two, bytes that are no letters, and words, which are runs of letters, digits and underscores of ASCII from
// the first that is no digit on, those behind an @ once more as such. A text that contains a string has all windows of the string, and few others do. It says in
// nanoseconds that a string is not there.
type Grams [(byWord + words) / 64]uint64

// Where the bits are of windows of three bytes, of two, of bytes and of words. There are so many hashes: 40 KiB of bits are cleared
// in no time, and in 100 KB of code one window in ten is taken for another. A word has two bits, since patterns ask for one word
// more often than for anything else: of a thousand words that are not there, a file of 6 KB seems to have none.
const (
	gramBits = 17
	threes   = 1 << gramBits
	byPair   = threes
	pairs    = 1 << 16
	byByte   = byPair + pairs
	byWord   = byByte + 1<<8
	wordBits = 17
	words    = 1 << wordBits
)

// Gram is the number of a bit, or isWord and the hash of a word.
type Gram uint32

const isWord Gram = 1 << 31

// Add adds a text.
func (g *Grams) Add(text string) {
	var a, b uint32
	var hash uint32 // of the word so far
	inside := false // a word
	marked := false // by an @ before it on its line
	for i := 0; i < len(text); i++ {
		raw := text[i]
		c := uint32(raw | 0x20)
		switch kind := kinds[raw]; {
		case inside && kind != other:
			hash = (hash ^ uint32(raw)) * prime
		case kind == letter:
			hash, inside = start(raw), true
		case inside:
			g.setWord(hash)
			if marked {
				g.setWord(hash ^ mark)
			}
			inside = false
		}
		switch raw {
		case '@':
			marked = true
		case '\n':
			marked = false
		}
		g.set(byByte + Gram(raw))
		if i >= 1 {
			g.set(pair(b, c))
		}
		if i >= 2 {
			g.set(triple(a, b, c))
		}
		a, b = b, c
	}
	if inside {
		g.setWord(hash)
		if marked {
			g.setWord(hash ^ mark)
		}
	}
}

func (g *Grams) set(window Gram) { g[window/64] |= 1 << (window % 64) }

func (g *Grams) setWord(hash uint32) {
	first, second := bitsOf(hash)
	g.set(first)
	g.set(second)
}

// Holds reports whether a window or a word is there.
func (g *Grams) Holds(window Gram) bool {
	if window&isWord != 0 {
		first, second := bitsOf(uint32(window))
		return g.has(first) && g.has(second)
	}
	return g.has(window)
}

func (g *Grams) has(bit Gram) bool { return g[bit/64]>>(bit%64)&1 != 0 }

// HoldsAll reports whether all windows are there.
func (g *Grams) HoldsAll(windows []Gram) bool {
	for _, window := range windows {
		if !g.Holds(window) {
			return false
		}
	}
	return true
}

// GramsOf are the windows of strings that must all be in a text: of three bytes, or the one of a string of two, or a byte that is
// no letter.
func GramsOf(strings ...string) []Gram {
	var out []Gram
	for _, s := range strings {
		switch {
		case len(s) == 1 && kinds[s[0]] != letter:
			out = append(out, byByte+Gram(s[0]))
		case len(s) == 2:
			out = append(out, pair(uint32(s[0]|0x20), uint32(s[1]|0x20)))
		}
		for i := 2; i < len(s); i++ {
			out = append(out, triple(uint32(s[i-2]|0x20), uint32(s[i-1]|0x20), uint32(s[i]|0x20)))
		}
	}
	return out
}

// WordGram is the number of a word, which must be one.
func WordGram(word string) Gram {
	hash := start(word[0])
	for i := 1; i < len(word); i++ {
		hash = (hash ^ uint32(word[i])) * prime
	}
	return isWord | Gram(hash)
}

// MarkedGram is the number of a word that stands behind an @ on its line, as in a decorator or an annotation.
func MarkedGram(word string) Gram { return WordGram(word) ^ mark }

// The hash of words is FNV-1a; that of a marked one is another.
const (
	basis = 2166136261
	prime = 16777619
	mark  = 0x2545F491
)

func start(c byte) uint32 { return (basis ^ uint32(c)) * prime }

// bitsOf are the two bits of a word, by the lower bits of its hash, which is all that a Gram has room for.
func bitsOf(hash uint32) (first, second Gram) {
	hash &^= uint32(isWord)
	return byWord + Gram(hash*0x9E3779B1>>(32-wordBits)), byWord + Gram(hash*0x85EBCA77>>(32-wordBits))
}

func triple(a, b, c uint32) Gram {
	return Gram((a | b<<8 | c<<16) * 0x9E3779B1 >> (32 - gramBits))
}

func pair(a, b uint32) Gram { return Gram(byPair | a | b<<8) }

// What a byte is to words.
const (
	other = iota
	letter
	digit
)

var kinds = func() (out [256]uint8) {
	for c := range 256 {
		switch {
		case c == '_' || c < 0x80 && 'a' <= c|0x20 && c|0x20 <= 'z':
			out[c] = letter
		case '0' <= c && c <= '9':
			out[c] = digit
		}
	}
	return out
}()
