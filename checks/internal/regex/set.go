package regex

import (
	"math/bits"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"
)

// set is a set of characters.
type set struct {
	ascii [2]uint64
	wide  []rune // ranges above ASCII: first, last, first, last, … in order, none touching the next
}

func (s *set) has(r rune) bool {
	if r < utf8.RuneSelf {
		return s.ascii[r>>6]>>(uint(r)&63)&1 != 0
	}
	low, high := 0, len(s.wide)/2
	for low < high {
		mid := (low + high) / 2
		switch {
		case r < s.wide[2*mid]:
			high = mid
		case r > s.wide[2*mid+1]:
			low = mid + 1
		default:
			return true
		}
	}
	return false
}

// newSet makes a set of ranges (first, last, …), in any order and overlapping.
func newSet(ranges []rune) *set {
	s := &set{wide: tidy(ranges)}
	for len(s.wide) > 0 && s.wide[0] < utf8.RuneSelf {
		first, last := s.wide[0], s.wide[1]
		for r := first; r <= min(last, utf8.RuneSelf-1); r++ {
			s.ascii[r>>6] |= 1 << (uint(r) & 63)
		}
		if last >= utf8.RuneSelf {
			s.wide = slices.Clone(s.wide)
			s.wide[0] = utf8.RuneSelf
			break
		}
		s.wide = s.wide[2:]
	}
	return s
}

// ranges gives the set back as ranges in order.
func (s *set) ranges() []rune {
	var out []rune
	for r := rune(0); r < utf8.RuneSelf; r++ {
		if !s.has(r) {
			continue
		}
		if n := len(out); n > 0 && out[n-1] == r-1 {
			out[n-1] = r
		} else {
			out = append(out, r, r)
		}
	}
	return tidy(append(out, s.wide...))
}

// few gives the members if there are at most limit.
func (s *set) few(limit int) ([]rune, bool) {
	size := bits.OnesCount64(s.ascii[0]) + bits.OnesCount64(s.ascii[1])
	for i := 0; i < len(s.wide) && size <= limit; i += 2 {
		size += int(s.wide[i+1]-s.wide[i]) + 1
	}
	if size > limit {
		return nil, false
	}
	var members []rune
	for half, word := range s.ascii {
		for ; word != 0; word &= word - 1 {
			members = append(members, rune(64*half+bits.TrailingZeros64(word)))
		}
	}
	for i := 0; i < len(s.wide); i += 2 {
		for r := s.wide[i]; r <= s.wide[i+1]; r++ {
			members = append(members, r)
		}
	}
	return members, true
}

// only gives the one member of a set of one.
func (s *set) only() (rune, bool) {
	members, ok := s.few(1)
	if !ok || len(members) != 1 {
		return 0, false
	}
	return members[0], true
}

// tidy sorts ranges and joins those that overlap or touch.
func tidy(ranges []rune) []rune {
	type span struct{ first, last rune }
	spans := make([]span, 0, len(ranges)/2)
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] <= ranges[i+1] {
			spans = append(spans, span{ranges[i], ranges[i+1]})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.first) - int(b.first) })
	out := make([]rune, 0, 2*len(spans))
	for _, s := range spans {
		if n := len(out); n > 0 && s.first <= out[n-1]+1 {
			out[n-1] = max(out[n-1], s.last)
		} else {
			out = append(out, s.first, s.last)
		}
	}
	return out
}

// inverted gives what tidy ranges leave out.
func inverted(ranges []rune) []rune {
	var out []rune
	next := rune(0)
	for i := 0; i < len(ranges); i += 2 {
		if next < ranges[i] {
			out = append(out, next, ranges[i]-1)
		}
		next = ranges[i+1] + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, next, unicode.MaxRune)
	}
	return out
}

// folded adds to ranges the characters that differ from theirs in case only. ASCII letters stay among themselves: what
// a rule's keyword may be is then known byte for byte, which the search for keywords relies on.
func folded(ranges []rune) []rune {
	ranges = tidy(ranges)
	out := slices.Clone(ranges)
	for i := 0; i < len(ranges); i += 2 {
		first, last := ranges[i], ranges[i+1]
		for r := max(first, 'A'); r <= min(last, 'z'); r++ {
			if lower := r | 0x20; 'a' <= lower && lower <= 'z' {
				out = append(out, lower, lower, lower-0x20, lower-0x20)
			}
		}
		if first <= utf8.RuneSelf && last == unicode.MaxRune {
			continue
		}
		cased := casedRunes()
		from, _ := slices.BinarySearch(cased, max(first, utf8.RuneSelf))
		for _, r := range cased[from:] {
			if r > last {
				break
			}
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				if f >= utf8.RuneSelf {
					out = append(out, f, f)
				}
			}
		}
	}
	return tidy(out)
}

// casedRunes are the characters above ASCII that have another case, in order.
var casedRunes = sync.OnceValue(func() []rune {
	const last = 0x1E943
	var cased []rune
	for r := rune(utf8.RuneSelf); r <= last; r++ {
		if unicode.SimpleFold(r) != r {
			cased = append(cased, r)
		}
	}
	return cased
})
