package gitrepo

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

func rawEntry(mode, name string) string {
	id, err := hex.DecodeString(idA)
	if err != nil {
		panic(err)
	}
	return mode + " " + name + "\x00" + string(id)
}

func TestTreeObjectsAreReadAsTheyAreStored(t *testing.T) {
	in := rawEntry("100644", "a b") + rawEntry("100755", "x\n\xff") + rawEntry("40000", "dir") + rawEntry("120000", "..") +
		rawEntry("160000", "sub") + rawEntry("100664", "old") + rawEntry("040000", "padded")
	want := []string{
		"-rw-r--r-- a b", "-rwxr-xr-x x\n\xff", "drwxr-xr-x dir", "Lrwxrwxrwx ..", "d?rwxr-xr-x sub", "-rw-r--r-- old", "drwxr-xr-x padded",
	}
	list, err := parseTree([]byte(in), 20)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, fmt.Sprintf("%v %s", e.mode, e.name))
		if e.id != idA {
			t.Errorf("%s has id %s", e.name, e.id)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, bad := range map[string]string{
		"no mode": " a\x00", "a mode with letters": rawEntry("1006x4", "a"), "no end of the name": "100644 a", "no name": rawEntry("100644", ""),
		"a cut id": rawEntry("100644", "a")[:20], "a long mode": rawEntry("0000100644", "a"), "a rest": rawEntry("100644", "a") + "x",
	} {
		if _, err := parseTree([]byte(bad), 20); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestADirectoryFindsItsEntriesByName(t *testing.T) {
	for _, n := range []int{1, maxSearched, maxSearched + 1, 1000} {
		var list []treeEntry
		for i := range n {
			list = append(list, treeEntry{name: fmt.Sprintf("n%d", i), id: objectID(fmt.Sprint(i))})
		}
		d := newDirectory(append(list, treeEntry{name: "n0", id: "again"}))
		for i := range n {
			if e, ok := d.entry(fmt.Sprintf("n%d", i)); !ok || e.id != objectID(fmt.Sprint(i)) {
				t.Errorf("of %d, n%d is %+v, %v", n, i, e, ok)
			}
		}
		if e, ok := d.entry("nowhere"); ok {
			t.Errorf("of %d, what is not there is %+v", n, e)
		}
	}
}

func FuzzParseTree(f *testing.F) {
	f.Add([]byte(rawEntry("100644", "a")+rawEntry("40000", "b")), false)
	f.Fuzz(func(t *testing.T, in []byte, long bool) {
		size := 20
		if long {
			size = 32
		}
		list, err := parseTree(in, size)
		if err != nil {
			return
		}
		total := 0
		for _, e := range list {
			if e.name == "" || strings.Contains(e.name, "\x00") || !e.id.valid() || e.mode&^(fs.ModeType|fs.ModePerm) != 0 {
				t.Errorf("read %+v", e)
			}
			total += len(e.name) + size + 1
		}
		if total > len(in) {
			t.Errorf("%d bytes were read from %d", total, len(in))
		}
	})
}

const exampleCommit = "tree " + idA + "\nparent " + idB + "\nparent " + idC + "\n" +
	"author Zoë <zoe@example.com> 1700000000 +0130\ncommitter GitHub <noreply@example.com> 1700000001 -0800\n" +
	"gpgsig -----BEGIN\n parent " + id0 + "\n -----END\n\nsubject\n\nparent " + id0 + "\n"

func TestCommitObjectsAreRead(t *testing.T) {
	c, err := parseCommit([]byte(exampleCommit))
	if err != nil {
		t.Fatal(err)
	}
	want := commit{
		tree: idA, parents: []checks.CommitSHA{idB, idC}, message: "subject\n\nparent " + id0 + "\n",
		author:    checks.Person{Name: "Zoë", Email: "zoe@example.com", When: time.Unix(1_700_000_000, 0).In(time.FixedZone("", 5400))},
		committer: checks.Person{Name: "GitHub", Email: "noreply@example.com", When: time.Unix(1_700_000_001, 0).In(time.FixedZone("", -8*3600))},
	}
	if diff := cmp.Diff(want, c, cmp.AllowUnexported(commit{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, bad := range map[string]string{
		"nothing": "", "no tree": "author a <b> 1 +0000\n\nm", "a tree that is no id": "tree x\n\nm", "a parent that is no id": "tree " + idA + "\nparent x\n\n", "no end": "tree " + idA,
	} {
		if _, err := parseCommit([]byte(bad)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestPeopleMayWriteAnything(t *testing.T) {
	at := time.Unix(1_700_000_000, 0).UTC()
	for in, want := range map[string]checks.Person{
		"A B <a@b> 1700000000 +0000":    {Name: "A B", Email: "a@b", When: at},
		"<> 1700000000 +0000":           {When: at},
		"nobody":                        {Name: "nobody"},
		"A <a@b":                        {Name: "A <a@b"},
		"A <x> <y> 1700000000 +0000":    {Name: "A", Email: "x> <y", When: at},
		"A <a> -5 +0000":                {Name: "A", Email: "a"},
		"A <a> 99999999999999999 +0000": {Name: "A", Email: "a"},
		"A <a> 1700000000 +99999999":    {Name: "A", Email: "a", When: at},
		"latin \xe9 <a> 1700000000":     {Name: "latin \ufffd", Email: "a", When: at},
	} {
		if diff := cmp.Diff(want, parsePerson(in)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", in, diff)
		}
	}
	if p := parsePerson(strings.Repeat("n", 5000) + " <" + strings.Repeat("e", 5000) + "> 1 +0000"); len(p.Name) != maxPerson || len(p.Email) != maxPerson {
		t.Errorf("%d and %d bytes are kept", len(p.Name), len(p.Email))
	}
}

func TestAMessageIsCutBetweenCharacters(t *testing.T) {
	for _, message := range []string{strings.Repeat("é", checks.MaxCommitMessage), "x" + strings.Repeat("é", checks.MaxCommitMessage), strings.Repeat("x\xff", checks.MaxCommitMessage)} {
		c, err := parseCommit([]byte("tree " + idA + "\n\n" + message))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(c.message); n > checks.MaxCommitMessage || n < checks.MaxCommitMessage-utf8.UTFMax || !utf8.ValidString(c.message) {
			t.Errorf("%d bytes, valid: %v", n, utf8.ValidString(c.message))
		}
	}
}

func FuzzParseCommit(f *testing.F) {
	f.Add([]byte(exampleCommit))
	f.Add([]byte("tree " + idA + "\n\n\xff"))
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := parseCommit(in)
		if err != nil {
			return
		}
		if !c.tree.valid() || len(c.parents) > maxParents || len(c.message) > checks.MaxCommitMessage {
			t.Errorf("read %+v", c)
		}
		for _, text := range []string{c.message, c.author.Name, c.author.Email, c.committer.Name, c.committer.Email} {
			if !utf8.ValidString(text) {
				t.Errorf("%q is not UTF-8", text)
			}
		}
		if _, err := c.author.When.MarshalJSON(); err != nil {
			t.Error(err)
		}
	})
}

func TestLinesOfAMergeAreThoseThatDifferFromEveryParent(t *testing.T) {
	hunk := func(start, n int) checks.Hunk { return checks.Hunk{NewStart: start, NewLines: n} }
	for name, test := range map[string]struct{ a, b, want []checks.Hunk }{
		"apart":        {[]checks.Hunk{hunk(1, 2)}, []checks.Hunk{hunk(3, 2)}, nil},
		"equal":        {[]checks.Hunk{hunk(1, 2)}, []checks.Hunk{hunk(1, 2)}, []checks.Hunk{hunk(1, 2)}},
		"overlapping":  {[]checks.Hunk{hunk(1, 5)}, []checks.Hunk{hunk(3, 9)}, []checks.Hunk{hunk(3, 3)}},
		"one in two":   {[]checks.Hunk{hunk(1, 9)}, []checks.Hunk{hunk(2, 1), hunk(5, 2)}, []checks.Hunk{hunk(2, 1), hunk(5, 2)}},
		"only removed": {[]checks.Hunk{{OldStart: 1, OldLines: 3}}, []checks.Hunk{hunk(1, 3)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			side := func(hunks []checks.Hunk) []checks.FileChange {
				return []checks.FileChange{{Path: "f", OldPath: "f", Status: checks.Modified, Hunks: hunks}}
			}
			for _, sides := range [][][]checks.FileChange{{side(test.a), side(test.b)}, {side(test.b), side(test.a)}} {
				got := ownChanges(sides)
				if len(got) != 1 {
					t.Fatalf("%d files", len(got))
				}
				if diff := cmp.Diff(test.want, got[0].Hunks); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func FuzzMerge(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4}, []byte{2, 2, 9, 1})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		hunks := func(in []byte) (list []checks.Hunk, lines map[int]bool) {
			lines = map[int]bool{}
			at := 1
			for i := 0; i+1 < len(in); i += 2 {
				at += int(in[i] % 8)
				list = append(list, checks.Hunk{NewStart: at, NewLines: int(in[i+1] % 8)})
				for range in[i+1] % 8 {
					lines[at] = true
					at++
				}
			}
			return list, lines
		}
		left, inLeft := hunks(a)
		right, inRight := hunks(b)
		both := checks.FileChange{Status: checks.Modified, Hunks: overlap(taken(left), taken(right))}
		for line := 1; line < 16*(len(a)+len(b)+1); line++ {
			if got, want := both.IsAdded(line), inLeft[line] && inRight[line]; got != want {
				t.Fatalf("line %d: %v, want %v, in %+v and %+v", line, got, want, left, right)
			}
		}
	})
}

func TestADirectoryThatIsTooLargeIsRefused(t *testing.T) {
	r := newRepository(t)
	base := r.commit("base")
	r.write("f", strings.Repeat("x", 100))
	r.commit("head")
	o := openRange(t, r.dir, string(base), "HEAD").objects
	blob := objectID(r.git("rev-parse", "HEAD:f"))
	if _, err := o.read(t.Context(), blob, "blob", 99); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("a byte above the limit: %v", err)
	}
	if raw, err := o.read(t.Context(), blob, "blob", 100); err != nil || !bytes.Equal(raw, []byte(strings.Repeat("x", 100))) {
		t.Errorf("at the limit: %d bytes, %v", len(raw), err)
	}
	if _, err := o.read(t.Context(), blob, "tree", 100); err == nil || !strings.Contains(err.Error(), "not a tree") {
		t.Errorf("a blob for a tree: %v", err)
	}
	if _, err := o.read(t.Context(), "HEAD", "blob", 100); err == nil {
		t.Error("a name passes for an id")
	}
}
