package localhub

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// diff is the comparison of two commits, as list-files and compare show it.
type diff struct {
	files                []fileDiff
	additions, deletions int
}

// fileDiff is one changed file.
type fileDiff struct {
	path, previous       string // previous is set when renamed
	status               string // added, removed, modified, renamed, changed
	blob                 string // at head; at base when removed
	additions, deletions int
	patch                string // hunks only; empty when there are none
	binary               bool
	parsed               func() []hunk // parses patch once, when first asked for; nil when there is none
}

// hunks are the parts of the patch.
func (f *fileDiff) hunks() []hunk {
	if f.parsed == nil {
		return nil
	}
	return f.parsed()
}

// diff compares two commits as GitHub does: renames followed, three lines of context.
func (g *gitStore) diff(base, head string) (*diff, error) {
	key := [2]string{base, head}
	g.mu.Lock()
	d := g.diffs[key]
	g.mu.Unlock()
	if d != nil {
		return d, nil
	}
	out, err := g.run(nil, "-c", "diff.renameLimit=1000", "diff-tree", "-r", "-z", "-M", "--raw", "-p", "-U3",
		"--full-index", "--no-ext-diff", "--no-textconv", "--no-color", base, head)
	if err != nil {
		return nil, err
	}
	if d, err = parseDiff(out); err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.diffs) >= keptDiffs {
		clear(g.diffs)
	}
	g.diffs[key] = d
	return d, nil
}

// parseDiff reads what `git diff-tree -z --raw -p` writes: NUL-terminated records with exact paths, an empty record,
// and then the patches in the same order.
func parseDiff(out []byte) (*diff, error) {
	d := &diff{}
	var typeChanged []bool
	for len(out) > 0 && out[0] == ':' {
		header, rest, ok := bytes.Cut(out, []byte{0})
		fields := strings.Fields(string(header))
		if !ok || len(fields) != 5 {
			return nil, fmt.Errorf("read git's list of changes at %.60q", out)
		}
		path, rest, ok := bytes.Cut(rest, []byte{0})
		if !ok {
			return nil, errors.New("read git's list of changes: cut short")
		}
		f := fileDiff{path: string(path), blob: fields[3]}
		switch fields[4][0] {
		case 'A':
			f.status = "added"
		case 'D':
			f.status, f.blob = "removed", fields[2]
		case 'R':
			f.status, f.previous = "renamed", f.path
			path, rest, _ = bytes.Cut(rest, []byte{0})
			f.path = string(path)
		case 'T':
			f.status = "changed"
		default:
			f.status = "modified"
		}
		d.files = append(d.files, f)
		typeChanged = append(typeChanged, f.status == "changed")
		out = rest
	}
	return d, d.attachPatches(bytes.TrimPrefix(out, []byte{0}), typeChanged)
}

func (d *diff) attachPatches(text []byte, typeChanged []bool) error {
	sections := splitPatches(text)
	for i := range d.files {
		n := 1
		if typeChanged[i] {
			n = 2 // git shows the old kind removed and the new kind added
		}
		if len(sections) < n {
			return errors.New("read git's patches: fewer than files")
		}
		for _, section := range sections[:n] {
			d.files[i].attach(section)
		}
		sections = sections[n:]
		d.additions += d.files[i].additions
		d.deletions += d.files[i].deletions
	}
	return nil
}

// splitPatches cuts at each "diff --git". No line of a hunk begins with a letter, so nothing in a file can pose as one.
func splitPatches(text []byte) []string {
	const start = "diff --git "
	var sections []string
	s := string(text)
	for s != "" {
		end := strings.Index(s[1:], "\n"+start)
		if end < 0 {
			return append(sections, s)
		}
		sections = append(sections, s[:end+2])
		s = s[end+2:]
	}
	return sections
}

// attach keeps the hunks of one file's patch, which is all that GitHub shows of it.
func (f *fileDiff) attach(section string) {
	start := strings.Index(section, "\n@@ ")
	if start < 0 {
		f.binary = f.binary || strings.Contains(section, "\nBinary files ")
		return
	}
	patch := strings.TrimSuffix(section[start+1:], "\n")
	for line := range strings.SplitSeq(patch, "\n") {
		switch {
		case line == "":
		case lineKind(line[0]) == added:
			f.additions++
		case lineKind(line[0]) == deleted:
			f.deletions++
		}
	}
	if f.patch != "" {
		f.patch += "\n"
	}
	f.patch += patch
	// Of a file as long as those that GitHub shows no patch of, nobody asks for this.
	whole := f.patch
	f.parsed = sync.OnceValue(func() []hunk { return parseHunks(whole) })
}

// shownPatch is the patch, or nothing where GitHub leaves it out. budget is what is left of the whole diff's.
func (f *fileDiff) shownPatch(l Limits, budget *patchBudget) (string, bool) {
	lines := strings.Count(f.patch, "\n") + 1
	if f.patch == "" || lines > l.FilePatchLines || len(f.patch) > l.FilePatchBytes {
		return "", false
	}
	budget.lines += lines
	budget.bytes += len(f.patch)
	if budget.lines > l.DiffLines || budget.bytes > l.DiffBytes {
		return "", false
	}
	return f.patch, true
}

// patchBudget counts what a diff has shown so far.
type patchBudget struct{ lines, bytes int }

// shown lists which files have a patch, in order.
func (d *diff) shown(l Limits) []bool {
	var budget patchBudget
	shown := make([]bool, len(d.files))
	for i := range d.files {
		_, shown[i] = d.files[i].shownPatch(l, &budget)
	}
	return shown
}

func (d *diff) file(path string) (*fileDiff, int) {
	for i := range d.files {
		if d.files[i].path == path {
			return &d.files[i], i
		}
	}
	return nil, -1
}
