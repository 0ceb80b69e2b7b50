package match

import (
	"cmp"
	"slices"
)

// overlap finds which of many ranges may lie in another one, or around it.
type overlap struct {
	all    []int    // the places of the ranges when they are few, or when where they stand does not matter
	sorted []int    // the places of the ranges by their starts
	starts []uint32 // of sorted
	ends   []uint32 // by place in sorted: the furthest end up to there
	ranges []Range
	found  []int
}

// fewRanges is up to how many ranges looking at all of them is cheapest.
const fewRanges = 8

// nesting prepares ranges to be looked up.
func nesting(ranges []Range) *overlap {
	o := &overlap{ranges: ranges}
	simple := len(ranges) <= fewRanges || slices.ContainsFunc(ranges, func(r Range) bool { return r.kind == anywhereRange })
	places := make([]int, len(ranges))
	for i := range places {
		places[i] = i
	}
	if simple {
		o.all = places
		return o
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(ranges[a].Start, ranges[b].Start) })
	o.sorted = places
	o.starts, o.ends = make([]uint32, len(places)), make([]uint32, len(places))
	furthest := uint32(0)
	for i, place := range places {
		furthest = max(furthest, ranges[place].End)
		o.starts[i], o.ends[i] = ranges[place].Start, furthest
	}
	return o
}

// touching gives the places, in order, of the ranges that lie in x or that x lies in. The list is good until the next call.
func (o *overlap) touching(x Range) []int {
	if o.all != nil || len(o.ranges) == 0 {
		return o.all
	}
	if x.kind == anywhereRange {
		o.found = append(o.found[:0], o.sorted...)
		slices.Sort(o.found)
		return o.found
	}
	o.found = o.found[:0]
	first, _ := slices.BinarySearch(o.starts, x.Start)
	for i := first; i < len(o.starts) && o.starts[i] <= x.End; i++ { // those that lie in x, or begin with it
		o.found = append(o.found, o.sorted[i])
	}
	for i := first - 1; i >= 0 && o.ends[i] >= x.End; i-- { // those that x lies in
		if o.ranges[o.sorted[i]].End >= x.End {
			o.found = append(o.found, o.sorted[i])
		}
	}
	slices.Sort(o.found)
	return o.found
}
