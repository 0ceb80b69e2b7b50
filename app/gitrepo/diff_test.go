package gitrepo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

const (
	idA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	idB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	idC = "cccccccccccccccccccccccccccccccccccccccc"
	id0 = "0000000000000000000000000000000000000000"
)

// modifiedRecord is the list of changed files with one of this name in it.
func modifiedRecord(path string) string {
	return ":100644 100644 " + idA + " " + idB + " M\x00" + path + "\x00"
}

const (
	pairLine     = idA + " " + idC + "\n"
	patchHeading = "diff --git a/f b/f\nindex " + idA + ".." + idB + " 100644\n--- a/f\n+++ b/f\n"
)

func plenty() *budget { return &budget{files: 1 << 30, hunks: 1 << 30} }

func readAllDiffs(r io.Reader, left *budget) (string, []checks.Unscanned, error) {
	d := newDiffReader(r, MaxFiles)
	var b strings.Builder
	var unscanned []checks.Unscanned
	for {
		t, err := d.next(left)
		if err == io.EOF {
			return b.String(), unscanned, nil
		}
		if err != nil {
			return b.String(), unscanned, err
		}
		fmt.Fprintf(&b, "%.4s %.4s\n%s", t.old, t.new, show(t.files))
		unscanned = append(unscanned, t.unscanned...)
	}
}

func TestTheDiffReaderCountsLinesAndTrustsNoneOfThem(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"nothing":                    {"", ""},
		"two equal trees":            {pairLine, "aaaa cccc\n"},
		"several pairs, names alone": {pairLine + modifiedRecord("f") + pairLine, "aaaa cccc\nmodified f\naaaa cccc\n"},
		"a hunk of one line each, whose counts are left out": {
			pairLine + modifiedRecord("f") + "\x00" + patchHeading + "@@ -3 +4 @@ func\n-x\n+y\n", "aaaa cccc\nmodified f -3,1+4,1\n"},
		"a line that is a header": {
			pairLine + modifiedRecord("f") + "\x00" + patchHeading + "@@ -0,0 +1,2 @@\n+" + pairLine + "+@@ -1,1 +1,1 @@\n" + pairLine,
			"aaaa cccc\nmodified f -0,0+1,2\naaaa cccc\n"},
		"no newline at the end of either": {
			pairLine + modifiedRecord("f") + "\x00" + patchHeading + "@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n",
			"aaaa cccc\nmodified f -1,1+1,1\n"},
		"a rename with a name like a field": {
			pairLine + ":100644 100644 " + idA + " " + idA + " R100\x00:100644 a\x00M\x00\x00diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n",
			"aaaa cccc\nrenamed M from :100644 a\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, _, err := readAllDiffs(strings.NewReader(test.in), plenty())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheDiffReaderRefusesWhatIsNoDiff(t *testing.T) {
	for name, in := range map[string]string{
		"no pair":                         "hello\n",
		"ids of two lengths":              idA + " " + strings.Repeat("b", 64) + "\n",
		"a record that ends":              pairLine + ":100644 100644",
		"a record without its path":       pairLine + ":100644 100644 " + idA + " " + idB + " M\x00",
		"an unknown status":               pairLine + ":100644 100644 " + idA + " " + idB + " Z\x00f\x00",
		"a mode in decimal":               pairLine + ":100648 100644 " + idA + " " + idB + " M\x00f\x00",
		"a patch of another file":         pairLine + modifiedRecord("f") + "\x00diff --git a/f b/f\nindex " + idB + ".." + idC + "\n",
		"a hunk with too few lines":       pairLine + modifiedRecord("f") + "\x00" + patchHeading + "@@ -1,2 +1,2 @@\n-x\n",
		"a hunk with other lines":         pairLine + modifiedRecord("f") + "\x00" + patchHeading + "@@ -1,2 +1,2 @@\n-x\n+y\nz\n",
		"more lines than a file can have": pairLine + modifiedRecord("f") + "\x00" + patchHeading + "@@ -1,2 +1,999999999999 @@\n-x\n",
		"a negative count":                pairLine + modifiedRecord("f") + "\x00" + patchHeading + "@@ -1,-2 +1,1 @@\n",
		"a line that is nothing":          pairLine + modifiedRecord("f") + "\x00" + patchHeading + "surprise\n",
		"a line that ends":                idA,
	} {
		t.Run(name, func(t *testing.T) {
			if got, _, err := readAllDiffs(strings.NewReader(in), plenty()); err == nil {
				t.Errorf("taken for\n%s", got)
			}
		})
	}
}

func TestTheDiffReaderDropsWhatIsTooMuchAndSaysSo(t *testing.T) {
	many := strings.Builder{}
	many.WriteString(pairLine)
	for i := range MaxFiles + 3 {
		many.WriteString(modifiedRecord(fmt.Sprintf("f%05d", i)))
	}
	hunks := strings.Builder{}
	hunks.WriteString(pairLine + modifiedRecord("f") + "\x00" + patchHeading)
	for i := range maxHunksPerFile + 1 {
		fmt.Fprintf(&hunks, "@@ -%d +%d @@\n-\n+\n", 2*i+1, 2*i+1)
	}
	three := pairLine + modifiedRecord("f") + "\x00" + patchHeading + "@@ -1 +1 @@\n-\n+\n@@ -3 +3 @@\n-\n+\n@@ -5 +5 @@\n-\n+\n"
	tests := map[string]struct {
		in    string
		left  *budget
		files int
		path  checks.Path
		says  string
	}{
		"files":                 {many.String(), plenty(), MaxFiles, "", "3 changed files more than the 10000"},
		"files over all":        {many.String(), &budget{files: 2, hunks: 9}, 2, "", "more than the 2"},
		"places in a file":      {hunks.String(), plenty(), 0, "f", "too many places"},
		"places over all":       {three, &budget{files: 9, hunks: 2}, 0, "f", "too many places"},
		"a name of 4,097 bytes": {pairLine + modifiedRecord(strings.Repeat("n", MaxPath+1)), plenty(), 0, checks.Path(strings.Repeat("n", 80)), "longer than 4096"},
		"a name of a megabyte":  {pairLine + modifiedRecord(strings.Repeat("n", 1<<20)) + modifiedRecord("f"), plenty(), 1, checks.Path(strings.Repeat("n", 80)), "longer than 4096"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, unscanned, err := readAllDiffs(strings.NewReader(test.in), test.left)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(got, "modified "); n != test.files {
				t.Errorf("%d files, want %d", n, test.files)
			}
			if len(unscanned) != 1 || unscanned[0].Kind != checks.Failed || unscanned[0].Path != test.path || !strings.Contains(unscanned[0].Reason, test.says) {
				t.Errorf("unscanned: %+v", unscanned)
			}
		})
	}
}

func TestANameOf4096BytesIsTaken(t *testing.T) {
	name := strings.Repeat("n", MaxPath)
	got, unscanned, err := readAllDiffs(strings.NewReader(pairLine+modifiedRecord(name)), plenty())
	if err != nil || len(unscanned) > 0 || !strings.Contains(got, name) {
		t.Errorf("%d bytes, %v, %v", len(got), unscanned, err)
	}
}

// repeated is a reader of one byte, so many times.
type repeated struct {
	b    byte
	left int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), r.left)
	for i := range p[:n] {
		p[i] = r.b
	}
	r.left -= n
	return n, nil
}

func TestALongLineIsNotHeldInMemory(t *testing.T) {
	long := func() io.Reader {
		return io.MultiReader(strings.NewReader(pairLine+modifiedRecord("f")+"\x00"+patchHeading+"@@ -0,0 +1,2 @@\n+"),
			&repeated{'x', 20 << 20}, strings.NewReader("\n+y\n"))
	}
	got, _, err := readAllDiffs(long(), plenty())
	if err != nil || got != "aaaa cccc\nmodified f -0,0+1,2\n" {
		t.Fatalf("%q, %v", got, err)
	}
	cost := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			if _, _, err := readAllDiffs(long(), plenty()); err != nil {
				b.Fatal(err)
			}
		}
	})
	if n := cost.AllocedBytesPerOp(); n > 1<<20 {
		t.Errorf("%d bytes were allocated for a line of 20 MiB", n)
	}
}

func FuzzDiffReader(f *testing.F) {
	f.Add([]byte(pairLine + modifiedRecord("f") + "\x00" + patchHeading + "@@ -1,2 +3 @@ x\n-a\n-b\n+c\n" + pairLine))
	f.Add([]byte(pairLine + ":000000 100644 " + id0 + " " + idB + " A\x00f\x00:100644 120000 " + idA + " " + idB + " T\x00t\x00\x00diff --git a/f b/f\nnew file mode 100644\nindex " + id0 + ".." + idB + "\nBinary files /dev/null and b/f differ\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		d := newDiffReader(bytes.NewReader(in), 3)
		left := &budget{files: 5, hunks: 5}
		kept := 0
		for {
			diff, err := d.next(left)
			if err != nil {
				if errors.Is(err, io.EOF) && err != io.EOF {
					t.Errorf("an error passes for the end: %v", err)
				}
				return
			}
			for _, file := range diff.files {
				kept++
				if file.Path == "" && len(in) == 0 || len(file.Path) > MaxPath || len(file.Hunks) > 5 {
					t.Errorf("kept %+v", file)
				}
			}
			if len(diff.files) > 3 || kept > 5 || left.files < 0 || left.hunks < 0 {
				t.Errorf("%d files kept, %+v left", kept, left)
			}
		}
	})
}
