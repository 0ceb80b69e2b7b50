package localhub

import (
	"strconv"
	"strings"
)

// hunk is one hunk of a patch.
type hunk struct {
	header string // the whole @@ line
	lines  []patchLine
}

// patchLine is one line of a hunk. A line that a side does not have counts as 0 there.
type patchLine struct {
	kind     lineKind
	old, new int
	text     string // with its first character
	position int    // GitHub's older way to name a line: how far below the file's first @@
}

type lineKind byte

const (
	unchanged lineKind = ' '
	added     lineKind = '+'
	deleted   lineKind = '-'
	noNewline lineKind = '\\'
)

// parseHunks reads a patch without its file header.
func parseHunks(patch string) []hunk {
	var hunks []hunk
	var old, new int
	for position, text := range strings.Split(patch, "\n") {
		if strings.HasPrefix(text, "@@ ") {
			hunks = append(hunks, hunk{header: text})
			old, new = hunkStarts(text)
			continue
		}
		if len(hunks) == 0 || text == "" {
			continue
		}
		l := patchLine{kind: lineKind(text[0]), text: text, position: position}
		switch l.kind {
		case unchanged:
			l.old, l.new = old, new
			old++
			new++
		case added:
			l.new = new
			new++
		case deleted:
			l.old = old
			old++
		}
		h := &hunks[len(hunks)-1]
		h.lines = append(h.lines, l)
	}
	return hunks
}

// hunkStarts reads "@@ -OLD,N +NEW,M @@".
func hunkStarts(header string) (old, new int) {
	fields := strings.Fields(header)
	start := func(field string) int {
		number, _, _ := strings.Cut(field[1:], ",")
		n, _ := strconv.Atoi(number)
		return n
	}
	if len(fields) < 3 || len(fields[1]) < 2 || len(fields[2]) < 2 {
		return 0, 0
	}
	return start(fields[1]), start(fields[2])
}

// find gives the line that a comment names, if the hunk has it. GitHub takes the left side only where red is shown.
func (h *hunk) find(side string, line int) (index int, ok bool) {
	for i, l := range h.lines {
		switch side {
		case "LEFT":
			ok = l.kind == deleted && l.old == line
		default:
			ok = (l.kind == added || l.kind == unchanged) && l.new == line
		}
		if ok {
			return i, true
		}
	}
	return 0, false
}

// upTo is the hunk as a comment's diff_hunk shows it: from its header down to the commented line.
func (h *hunk) upTo(index int) string {
	lines := []string{h.header}
	for _, l := range h.lines[:index+1] {
		lines = append(lines, l.text)
	}
	return strings.Join(lines, "\n")
}
