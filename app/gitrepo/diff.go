package gitrepo

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/assay-app/assay/checks"
)

const (
	// MaxFiles is how many changed files of one comparison are looked at. GitHub lists 3,000 of a pull request.
	MaxFiles = 10_000
	// MaxPath is the longest name of a file: what Linux can check out.
	MaxPath = 4096
	// maxHunksPerFile is how many changed places of one file are kept.
	maxHunksPerFile = 1 << 16
	// maxHunks is how many are kept over a whole change: 32 MB of them.
	maxHunks = 1 << 20
	// maxCommitFiles is how many changed files are kept over all commits together.
	maxCommitFiles = 100_000
)

// diffArguments make diff-tree compare the pairs of trees that it is told, wherever it runs.
func diffArguments() []string {
	return []string{"diff-tree", "--stdin", "-r", "--raw", "-z", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--no-color"}
}

// patchArguments add the changed line ranges, and what was renamed or copied from a file that changed too. More than
// 1,000 candidates on both sides are only compared for being equal, as git does by default.
func patchArguments() []string {
	return append(diffArguments(), "-p", "-U0", "--full-index", "--find-renames=50%", "--find-copies=50%", "-l1000",
		"--diff-algorithm=myers", "--indent-heuristic", "--src-prefix=a/", "--dst-prefix=b/")
}

// budget is what may still be kept.
type budget struct{ files, hunks int }

// treeDiff is how two trees differ.
type treeDiff struct {
	old, new  objectID
	files     []checks.FileChange
	unscanned []checks.Unscanned
}

// diffReader reads the output of diff-tree for several pairs of trees: for each a line with the two ids, the list of
// changed files with NUL after every field, and then perhaps a NUL and the patches in the order of the list.
//
// How many lines a hunk has is said before them, so no line of a file can be taken for anything else. Lines are
// counted as they pass and never held.
type diffReader struct {
	r     *bufio.Reader
	limit int // of files in one pair
}

func newDiffReader(r io.Reader, limit int) *diffReader {
	return &diffReader{bufio.NewReaderSize(r, 64<<10), limit}
}

var errDiff = errors.New("git's differences do not read as expected")

// next reads the differences of one pair, and io.EOF after the last one. It keeps no more than left allows, takes what
// it kept from left, and says what it dropped.
func (d *diffReader) next(left *budget) (treeDiff, error) {
	line, err := d.line()
	if err != nil {
		return treeDiff{}, err
	}
	old, new, ok := treePair(line)
	if !ok {
		return treeDiff{}, fmt.Errorf("%w: %.100q where two trees should be named", errDiff, line)
	}
	t := treeDiff{old: old, new: new}
	records, err := d.records(&t, left)
	if err != nil {
		return treeDiff{}, err
	}
	if err := d.patches(&t, records, left); err != nil {
		return treeDiff{}, err
	}
	for _, r := range records {
		if r.keep {
			t.files = append(t.files, r.file)
		}
	}
	return t, nil
}

// treePair recognises the line that names two trees.
func treePair(line []byte) (old, new objectID, ok bool) {
	a, b, _ := strings.Cut(string(line), " ")
	old, new = objectID(a), objectID(b)
	return old, new, old.valid() && new.valid() && len(old) == len(new)
}

// record is one line of the list of changed files.
type record struct {
	file     checks.FileChange
	old, new string // ids as they are printed
	sections int    // how many patches it has: 2 when its type changed
	keep     bool
}

// records reads the list of changed files.
func (d *diffReader) records(t *treeDiff, left *budget) ([]record, error) {
	var list []record
	allowed, dropped := min(d.limit, left.files), 0
	for {
		next, err := d.r.Peek(1)
		if err == io.EOF || err == nil && next[0] != ':' {
			break
		}
		if err != nil {
			return nil, err
		}
		r, err := d.record(t)
		if err != nil {
			return nil, err
		}
		if len(list) == allowed {
			dropped++
			continue
		}
		list = append(list, r)
	}
	left.files -= len(list)
	if dropped > 0 {
		t.unscanned = append(t.unscanned, checks.Unscanned{
			Kind:   checks.Failed,
			Reason: fmt.Sprintf("%d changed files more than the %d that are looked at", dropped, allowed),
		})
	}
	return list, nil
}

// record reads ":100644 100644 <id> <id> M" NUL path NUL, or for a rename or copy the two paths.
func (d *diffReader) record(t *treeDiff) (record, error) {
	head, err := d.field(maxRecordHead)
	if err != nil {
		return record{}, err
	}
	parts := strings.Split(strings.TrimPrefix(head, ":"), " ")
	if len(parts) != 5 || len(parts[4]) == 0 || !objectID(parts[2]).valid() || !objectID(parts[3]).valid() {
		return record{}, fmt.Errorf("%w: %.200q is no changed file", errDiff, head)
	}
	oldMode, ok := octal([]byte(parts[0]))
	newMode, ok2 := octal([]byte(parts[1]))
	if !ok || !ok2 {
		return record{}, fmt.Errorf("%w: %.200q has no modes", errDiff, head)
	}
	path, err := d.field(MaxPath)
	if err != nil && err != errFieldTooLong {
		return record{}, err
	}
	r := record{old: parts[2], new: parts[3], sections: 1, keep: err == nil}
	oldPath := path
	if parts[4][0] == 'R' || parts[4][0] == 'C' {
		path, err = d.field(MaxPath)
		if err != nil && err != errFieldTooLong {
			return record{}, err
		}
		r.keep = r.keep && err == nil
	}
	if !r.keep {
		t.unscanned = append(t.unscanned, checks.Unscanned{
			Path: checks.Path(path[:min(len(path), 80)]), Kind: checks.Failed,
			Reason: fmt.Sprintf("name longer than %d bytes", MaxPath),
		})
	}
	r.file = checks.FileChange{
		Path: checks.Path(path), OldPath: checks.Path(oldPath),
		Mode: fileMode(newMode), OldMode: fileMode(oldMode),
		Blob: blobID(parts[3], newMode), OldBlob: blobID(parts[2], oldMode),
	}
	switch f := &r.file; parts[4][0] {
	case 'A':
		f.Status, f.OldPath, f.OldMode = checks.Added, "", 0
	case 'D':
		f.Status, f.Mode = checks.Deleted, f.OldMode
	case 'M':
		f.Status = checks.Modified
	case 'R':
		f.Status = checks.Renamed
	case 'C':
		f.Status = checks.Copied
	case 'T':
		f.Status, r.sections = checks.TypeChanged, 2
	default:
		return record{}, fmt.Errorf("%w: unknown status %.20q", errDiff, parts[4])
	}
	return r, nil
}

// maxRecordHead bounds what precedes the path: two modes, two ids of 64 digits and a status make 149.
const maxRecordHead = 160

// blobID is the id of a file's content; a submodule has a commit there.
func blobID(id string, mode uint32) checks.BlobID {
	if mode == 0 || isSubmodule(fileMode(mode)) || strings.Trim(id, "0") == "" {
		return ""
	}
	return checks.BlobID(id)
}

// patches reads the patches of one pair, if there are any.
func (d *diffReader) patches(t *treeDiff, records []record, left *budget) error {
	next, err := d.r.Peek(1)
	if err == io.EOF || err == nil && next[0] != 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := d.r.Discard(1); err != nil {
		return err
	}
	var none record
	at, sections := -1, 0
	current := &none
	for {
		end, err := d.atEnd()
		if err != nil || end {
			return err
		}
		line, err := d.line()
		if err != nil {
			return noEOF(err)
		}
		switch {
		case bytes.HasPrefix(line, []byte("diff --git ")):
			if sections--; sections <= 0 {
				at++
				current, sections = &none, 1
				if at < len(records) {
					current, sections = &records[at], records[at].sections
				}
			}
		case bytes.HasPrefix(line, []byte("index ")):
			if err := current.verify(line); err != nil {
				return err
			}
		case bytes.HasPrefix(line, []byte("Binary files ")):
			current.file.Binary = true
		case bytes.HasPrefix(line, []byte("@@ -")):
			if err := d.hunk(t, current, line, left); err != nil {
				return err
			}
		case !isPatchHeader(line):
			return fmt.Errorf("%w: %.100q in a patch", errDiff, line)
		}
	}
}

// verify checks that a patch belongs to the file that it is taken for.
func (r *record) verify(line []byte) error {
	ids, _, _ := strings.Cut(strings.TrimPrefix(string(line), "index "), " ")
	old, new, _ := strings.Cut(ids, "..")
	whole := old == r.old && new == r.new
	half := r.sections == 2 && (old == r.old && strings.Trim(new, "0") == "" || new == r.new && strings.Trim(old, "0") == "")
	if r.sections > 0 && !whole && !half {
		return fmt.Errorf("%w: the patch %.200q is not that of %s", errDiff, ids, r.file.Path.Quoted())
	}
	return nil
}

func isPatchHeader(line []byte) bool {
	for _, prefix := range []string{
		"--- ", "+++ ", `\ `, "old mode ", "new mode ", "deleted file mode ", "new file mode ", "copy from ", "copy to ",
		"rename from ", "rename to ", "similarity index ", "dissimilarity index ",
	} {
		if bytes.HasPrefix(line, []byte(prefix)) {
			return true
		}
	}
	return false
}

// hunk reads one "@@ -1,2 +3 @@" and passes over its lines.
func (d *diffReader) hunk(t *treeDiff, r *record, line []byte, left *budget) error {
	h, ok := parseHunk(string(line))
	if !ok {
		return fmt.Errorf("%w: %.100q is no range of lines", errDiff, line)
	}
	f := &r.file
	switch {
	case !r.keep:
	case len(f.Hunks) < maxHunksPerFile && left.hunks > 0:
		f.Hunks = append(f.Hunks, h)
		left.hunks--
	default:
		r.keep = false
		t.unscanned = append(t.unscanned, checks.Unscanned{Path: f.Path, Kind: checks.Failed, Reason: "changed in too many places"})
	}
	for old, new := h.OldLines, h.NewLines; old > 0 || new > 0; {
		first, err := d.skipLine()
		if err != nil {
			return noEOF(err)
		}
		switch {
		case first == '-' && old > 0:
			old--
		case first == '+' && new > 0:
			new--
		case first == '\\': // "\ No newline at end of file"
		default:
			return fmt.Errorf("%w: a hunk of %s ends early", errDiff, f.Path.Quoted())
		}
	}
	return nil
}

// parseHunk reads "@@ -1,2 +3 @@ …"; a count that is not said is 1.
func parseHunk(line string) (checks.Hunk, bool) {
	parts := strings.SplitN(line, " ", 4)
	if len(parts) < 4 || parts[0] != "@@" || !strings.HasPrefix(parts[3], "@@") {
		return checks.Hunk{}, false
	}
	oldStart, oldLines, ok := parseRange(parts[1], '-')
	newStart, newLines, ok2 := parseRange(parts[2], '+')
	return checks.Hunk{OldStart: oldStart, OldLines: oldLines, NewStart: newStart, NewLines: newLines}, ok && ok2
}

func parseRange(text string, sign byte) (start, lines int, ok bool) {
	if text == "" || text[0] != sign {
		return 0, 0, false
	}
	first, count, counted := strings.Cut(text[1:], ",")
	start, err := strconv.Atoi(first)
	lines = 1
	if err == nil && counted {
		lines, err = strconv.Atoi(count)
	}
	// A file of MaxBlob bytes has no more lines than that.
	return start, lines, err == nil && start >= 0 && lines >= 0 && start <= MaxBlob && lines <= MaxBlob
}

// atEnd reports whether the next line belongs to the next pair. Only called between patches and their header lines,
// none of which begins with a hexadecimal digit but "copy", "deleted" and "dissimilarity", which go on differently.
func (d *diffReader) atEnd() (bool, error) {
	next, err := d.r.Peek(4)
	if len(next) == 0 && err == io.EOF {
		return true, nil
	}
	if err != nil {
		return false, noEOF(err)
	}
	return strings.Trim(string(next), "0123456789abcdef") == "", nil
}

// line reads a line and keeps what fits the buffer of it, which is more than any header that is looked at; only paths
// are longer.
func (d *diffReader) line() ([]byte, error) {
	line, err := d.r.ReadSlice('\n')
	switch err {
	case nil:
		return line[:len(line)-1], nil
	case bufio.ErrBufferFull:
		kept := bytes.Clone(line[:256])
		_, err := d.skipLine()
		return kept, noEOF(err)
	case io.EOF:
		if len(line) > 0 {
			err = io.ErrUnexpectedEOF
		}
	}
	return nil, err
}

// skipLine passes over a line of any length and returns its first byte.
func (d *diffReader) skipLine() (first byte, err error) {
	started := false
	for {
		part, err := d.r.ReadSlice('\n')
		if !started && len(part) > 0 {
			first, started = part[0], true
		}
		if err != bufio.ErrBufferFull {
			return first, err
		}
	}
}

var errFieldTooLong = errors.New("field too long")

// field reads up to a NUL. Of one with more than limit bytes it returns the first ones, and errFieldTooLong.
func (d *diffReader) field(limit int) (string, error) {
	var kept []byte
	for {
		part, err := d.r.ReadSlice(0)
		if room := limit + 1 - len(kept); room > 0 {
			kept = append(kept, part[:min(room, len(part))]...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err != nil:
			return "", noEOF(err)
		case part[len(part)-1] == 0 && len(kept) <= limit+1 && kept[len(kept)-1] == 0:
			return string(kept[:len(kept)-1]), nil
		}
		return string(kept), errFieldTooLong
	}
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
