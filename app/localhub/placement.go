package localhub

// Place is where an inline comment stands, in GitHub's terms.
type Place struct {
	Path      string
	Line      int
	Side      string // LEFT or RIGHT; RIGHT when empty
	StartLine int    // 0 unless the comment spans several lines
	StartSide string // as Side when empty
	File      bool   // the comment is on the file as a whole
}

// placed is a comment's place together with what GitHub shows beside it.
type placed struct {
	Place
	position int
	diffHunk string
}

// place decides whether GitHub takes a comment there, and says in GitHub's words why not.
//
// GitHub places by the patch it shows itself: a line outside of it, or in a file whose patch it leaves out, is refused.
func (d *diff) place(p Place, limits Limits) (placed, string) {
	f, i := d.file(p.Path)
	if f == nil {
		return placed{}, "Path could not be resolved"
	}
	if p.File {
		return placed{Place: Place{Path: p.Path, File: true}, position: 1}, ""
	}
	if p.Side == "" {
		p.Side = "RIGHT"
	}
	if p.StartLine != 0 && p.StartSide == "" {
		p.StartSide = p.Side
	}
	if !d.shown(limits)[i] {
		return placed{}, "Line could not be resolved"
	}
	for _, h := range f.hunks() {
		end, ok := h.find(p.Side, p.Line)
		if !ok {
			continue
		}
		if reason := h.startBefore(p, end); reason != "" {
			return placed{}, reason
		}
		return placed{Place: p, position: h.lines[end].position, diffHunk: h.upTo(end)}, ""
	}
	return placed{}, "Line could not be resolved"
}

// startBefore checks the first line of a comment on several lines; end is the index of the last.
func (h *hunk) startBefore(p Place, end int) string {
	if p.StartLine == 0 {
		return ""
	}
	if p.StartSide == p.Side && p.StartLine >= p.Line {
		return "Start line must precede the end line."
	}
	start, ok := h.find(p.StartSide, p.StartLine)
	if !ok {
		return "Start line must be part of the same hunk as the line."
	}
	if start >= end {
		return "Start line must precede the end line."
	}
	return ""
}

// follow says where a line of one commit stands in another, if it is still there.
func (g *gitStore) follow(from, to, path string, line int) (newPath string, newLine int, ok bool) {
	out, err := g.run(nil, "diff-tree", "-r", "-z", "-M", "--raw", "-p", "-U0", "--no-ext-diff", "--no-textconv", from, to)
	if err != nil {
		return "", 0, false
	}
	d, err := parseDiff(out)
	if err != nil {
		return "", 0, false
	}
	for _, f := range d.files {
		before := f.previous
		if before == "" {
			before = f.path
		}
		if before != path {
			continue
		}
		if f.status == "removed" || f.status == "changed" || f.binary {
			return "", 0, false
		}
		newLine, ok := f.shift(line)
		return f.path, newLine, ok
	}
	return path, line, true
}

// shift follows one line through hunks without context. A hunk that only adds begins, on the old side, at the line
// before; one that removes begins at its first line. Either way what it adds comes before any later line.
func (f *fileDiff) shift(line int) (int, bool) {
	moved := line
	for _, h := range f.hunks() {
		start, _ := hunkStarts(h.header)
		for _, l := range h.lines {
			switch {
			case l.kind == deleted && l.old == line:
				return 0, false
			case l.kind == deleted && l.old < line:
				moved--
			case l.kind == added && start < line:
				moved++
			}
		}
	}
	return moved, true
}
