package output

import "unicode/utf8"

// view is the part of a line that fits into a number of columns, with the place in sight.
type view struct {
	glyphs         []glyph
	first, last    int // the glyphs of the place, last exclusive
	before, marked int // columns before the place, and of it
}

// look lays out a line in at most width columns. A line that is too long is shown from a little before the place on,
// with an ellipsis where it goes on.
func look(line excerptLine, width int) view {
	text, cutLeft, cutRight := nearby(&line)
	v := view{glyphs: glyphs(text)}
	v.find(line.start, line.end)

	from, to := 0, len(v.glyphs)
	total := sum(v.glyphs)
	if cutLeft || cutRight || total > width {
		from, to = v.window(width, cutLeft, cutRight)
	}
	kept := make([]glyph, 0, to-from+2)
	if from > 0 || cutLeft {
		kept = append(kept, glyph{shown: ellipsis, columns: 1})
	}
	shift := len(kept) - from
	kept = append(kept, v.glyphs[from:to]...)
	v.first, v.last = min(max(v.first, from), to)+shift, min(v.last, to)+shift
	if to < len(v.glyphs) || cutRight {
		kept = append(kept, glyph{shown: ellipsis, columns: 1})
	}
	v.glyphs = kept
	v.before = sum(kept[:v.first])
	v.marked = sum(kept[v.first:max(v.first, v.last)])
	return v
}

// nearby cuts a very long line down to what could possibly be shown, so that its length costs nothing. The place is
// moved along.
func nearby(line *excerptLine) (text string, cutLeft, cutRight bool) {
	lo, hi := 0, len(line.text)
	if line.start > maxLine/2 {
		for lo = line.start - maxLine/2; lo < line.start && !utf8.RuneStart(line.text[lo]); lo++ {
		}
	}
	if hi-lo > maxLine {
		for hi = lo + maxLine; hi > line.start && !utf8.RuneStart(line.text[hi]); hi-- {
		}
	}
	text, cutLeft, cutRight = line.text[lo:hi], lo > 0, hi < len(line.text)
	line.start, line.end = line.start-lo, min(line.end, hi)-lo
	return text, cutLeft, cutRight
}

// find sets the glyphs of the place: those that [start, end) touches, none for an empty place.
func (v *view) find(start, end int) {
	v.first, v.last = len(v.glyphs), len(v.glyphs)
	for i, g := range v.glyphs {
		if g.end > start {
			v.first, v.last = i, i
			break
		}
	}
	for v.last < len(v.glyphs) && v.glyphs[v.last].at < end {
		v.last++
	}
}

// window chooses the glyphs to show of a line that does not fit: a quarter of the width for what stands before the
// place, the rest for the place and what follows it.
func (v *view) window(width int, cutLeft, cutRight bool) (from, to int) {
	from = v.first
	room := width/4 - 1
	if whole := sum(v.glyphs[:v.first]); !cutLeft && whole <= width/2 {
		room = whole
	}
	for from > 0 && v.glyphs[from-1].columns <= room {
		from--
		room -= v.glyphs[from].columns
	}
	left := width - 1 // for the ellipsis on the right
	if from > 0 || cutLeft {
		left--
	}
	for to = from; to < len(v.glyphs) && v.glyphs[to].columns <= left; to++ {
		left -= v.glyphs[to].columns
	}
	return from, to
}

// ink is that of the glyph at i, when the place is drawn in mark.
func (v view) ink(i int, mark ink) ink {
	switch {
	case v.glyphs[i].escaped:
		return warning
	case i >= v.first && i < v.last:
		return mark
	}
	return plain
}

func sum(glyphs []glyph) int {
	n := 0
	for _, g := range glyphs {
		n += g.columns
	}
	return n
}
