package prefilter

import (
	"slices"
	"strings"
)

// hashBits is the size of the bitmaps: 16 KB each.
const hashBits = 17

// windows finds the literals that may have a given window.
type windows struct {
	size   int
	bitmap [1 << hashBits / 64]uint64
	spots  []spot // by hash
	any    bool
}

// spot is where a literal has its window.
type spot struct {
	hash    uint32
	literal int32
	offset  int32
}

func newWindows(literals []entry, chosen []int32, size int) windows {
	w := windows{size: size, any: len(chosen) > 0}
	for _, i := range chosen {
		text := literals[i].Text
		offset := rarest(text, size)
		var window uint32
		for _, c := range []byte(text[offset : offset+size]) {
			window = window>>8 | uint32(c|0x20)<<24
		}
		hash := hashOf(window)
		w.bitmap[hash/64] |= 1 << (hash % 64)
		w.spots = append(w.spots, spot{hash, i, int32(offset)})
	}
	slices.SortFunc(w.spots, func(a, b spot) int { return int(a.hash) - int(b.hash) })
	return w
}

// hashOf spreads a window: its bytes from low to high, each with the bit set that tells cases apart.
func hashOf(window uint32) uint32 { return window * 0x9E3779B1 >> (32 - hashBits) }

// commonest are the bytes of source code, roughly from the commonest on.
const commonest = " etaoinsrlcdupm_.hgf(),b\"yv=w;:k-'/x01{}[]>2<q*j#$z3+4568&79\\|!@%?~^`\n\t"

// rarest gives the offset of the window that seems rarest.
func rarest(text string, size int) int {
	best, bestScore := 0, -1
	for offset := 0; offset+size <= len(text); offset++ {
		score := 0
		for _, c := range []byte(text[offset : offset+size]) {
			rank := strings.IndexByte(commonest, lower(c))
			if rank < 0 {
				rank = len(commonest)
			}
			score += rank
		}
		if score > bestScore {
			best, bestScore = offset, score
		}
	}
	return best
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func lowered(text string) string {
	bytes := []byte(text)
	for i, c := range bytes {
		bytes[i] = lower(c)
	}
	return string(bytes)
}
