package publish

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// patch is the part of a file's difference that GitHub shows. Comments can be placed there and nowhere else.
type patch []hunk

// hunk is consecutive lines of the newer file: the added ones and the context around them.
type hunk struct {
	first int      // number of the first line
	lines []string // verbatim, without the line feed
	added []bool   // which of them the change added
}

// last is the number of the last line; first-1 when there is none.
func (h *hunk) last() int { return h.first + len(h.lines) - 1 }

func (h *hunk) has(line int) bool { return h.first <= line && line <= h.last() }

// slice is the lines from first to last, both of the hunk.
func (h *hunk) slice(first, last int) []string { return h.lines[first-h.first : last-h.first+1] }

// within is the hunk that holds all lines from first to last.
func (p patch) within(first, last int) *hunk {
	for i := range p {
		if p[i].has(first) && p[i].has(last) {
			return &p[i]
		}
	}
	return nil
}

// nearest is the line from first to last that a comment can stand at: the first that was added, or else the first of
// any kind.
func (p patch) nearest(first, last int) (line int, ok bool) {
	for _, h := range p {
		for n := max(first, h.first); n <= min(last, h.last()); n++ {
			if h.added[n-h.first] {
				return n, true
			}
			if !ok {
				line, ok = n, true
			}
		}
	}
	return line, ok
}

var errPatch = errors.New("not a patch as GitHub writes it")

// parsePatch reads the patch of one file. It is strict: a patch whose lines do not add up to its headers, or whose
// hunks are out of order, places no comment.
func parsePatch(text string) (patch, error) {
	if len(text) > maxPatch {
		return nil, fmt.Errorf("%w: %d bytes", errPatch, len(text))
	}
	var p patch
	oldLeft, newLeft := 0, 0 // lines that the current hunk still owes
	next := 1                // the least line at which the next hunk may begin
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if oldLeft == 0 && newLeft == 0 && !strings.HasPrefix(line, `\`) {
			first, olds, news, err := hunkHeader(line)
			if err != nil {
				return nil, err
			}
			if first < next {
				return nil, fmt.Errorf("%w: hunk at line %d", errPatch, first)
			}
			p = append(p, hunk{first: first})
			oldLeft, newLeft, next = olds, news, first+news
			continue
		}
		if len(p) == 0 || line == "" {
			return nil, fmt.Errorf("%w: an empty line", errPatch)
		}
		switch line[0] {
		case ' ':
			oldLeft, newLeft = oldLeft-1, newLeft-1
			p[len(p)-1].add(line[1:], false)
		case '+':
			newLeft--
			p[len(p)-1].add(line[1:], true)
		case '-':
			oldLeft--
		case '\\': // \ No newline at end of file
		default:
			return nil, fmt.Errorf("%w: a line begins with %q", errPatch, line[0])
		}
		if oldLeft < 0 || newLeft < 0 {
			return nil, fmt.Errorf("%w: a hunk has more lines than its header says", errPatch)
		}
	}
	if oldLeft != 0 || newLeft != 0 {
		return nil, fmt.Errorf("%w: a hunk has fewer lines than its header says", errPatch)
	}
	return p, nil
}

func (h *hunk) add(line string, added bool) {
	h.lines = append(h.lines, line)
	h.added = append(h.added, added)
}

// hunkHeader reads "@@ -1,2 +3,4 @@ anything": where the newer lines begin, and how many older and newer there are.
func hunkHeader(line string) (first, olds, news int, err error) {
	bad := fmt.Errorf("%w: hunk header %.80q", errPatch, line)
	rest, ok := strings.CutPrefix(line, "@@ -")
	if !ok {
		return 0, 0, 0, bad
	}
	ranges, _, ok := strings.Cut(rest, " @@")
	if !ok {
		return 0, 0, 0, bad
	}
	before, after, ok := strings.Cut(ranges, " +")
	if !ok {
		return 0, 0, 0, bad
	}
	_, olds, okOld := lineRange(before)
	first, news, okNew := lineRange(after)
	if !okOld || !okNew || olds+news == 0 || first == 0 && news > 0 {
		return 0, 0, 0, bad
	}
	if news == 0 {
		first++ // of no lines, the header names the line before
	}
	return first, olds, news, nil
}

// lineRange reads "3,4", or "3" for a single line.
func lineRange(s string) (start, count int, ok bool) {
	first, second, two := strings.Cut(s, ",")
	start, ok = number(first)
	if !ok || !two {
		return start, 1, ok
	}
	count, ok = number(second)
	return start, count, ok
}

// number reads digits and nothing else.
func number(s string) (int, bool) {
	if strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-") {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n <= math.MaxInt32
}
