package gitrepo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

func TestAFileOf50MBAndALineOf20MBAreCompared(t *testing.T) {
	r := newRepository(t)
	base := r.commit("base")
	long := bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvwxyz 0123456789\n"), 50<<20/48)
	r.write("text", string(long))
	r.write("line", strings.Repeat("x", 20<<20))
	r.commit("added")
	r.write("text", string(long)+"more\n")
	r.write("line", strings.Repeat("x", 20<<20)+"y")
	r.commit("changed")
	got := openRange(t, r.dir, string(base), "HEAD")
	n := 50 << 20 / 48
	want := fmt.Sprintf("added line -0,0+1,1\nadded text -0,0+1,%d\n", n+1)
	if diff := cmp.Diff(want, show(got.Change().Files)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(fmt.Sprintf("modified line -1,1+1,1\nmodified text -%d,0+%d,1\n", n, n+1), show(got.Change().Commits[1].Files)); diff != "" {
		t.Errorf("second commit (-want +got):\n%s", diff)
	}
	f, err := got.Change().Head.Open("text")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var end [5]byte
	if _, err := f.(io.ReaderAt).ReadAt(end[:], int64(len(long))); err != nil || string(end[:]) != "more\n" {
		t.Errorf("the end reads %q, %v", end, err)
	}
}

func TestAFileThatGitHubWouldNotTakeIsTooLarge(t *testing.T) {
	r := newRepository(t)
	base := r.commit("base")
	f, err := os.Create(filepath.Join(r.dir, "huge"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(MaxBlob+1), f.Close()); err != nil {
		t.Fatal(err)
	}
	r.commit("huge")
	got := openRange(t, r.dir, string(base), "HEAD")
	if diff := cmp.Diff("added huge binary\n", show(got.Change().Files)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if _, err := got.Change().Head.Open("huge"); !errors.Is(err, ErrTooLarge) {
		t.Errorf("open: %v, want %v", err, ErrTooLarge)
	}
	if stat, err := got.Change().Head.Stat("huge"); err != nil || stat.Size() != MaxBlob+1 {
		t.Errorf("stat: %v, %v", stat, err)
	}
	got.objects.mu.Lock()
	running := got.objects.process != nil
	got.objects.mu.Unlock()
	if !running {
		t.Error("no process answered after the one that would have had to be read to the end")
	}
}

// bulk writes a commit of n files with fast-import, on top of parent if there is one.
func bulk(r *testRepository, branch, parent string, n int, path func(i int) string) {
	r.t.Helper()
	var script strings.Builder
	fmt.Fprintf(&script, "commit refs/heads/%s\ncommitter Ada <ada@example.com> 1900000000 +0000\ndata 5\nbulk\n\n", branch)
	if parent != "" {
		fmt.Fprintf(&script, "from %s\n", parent)
	}
	for i := range n {
		content := fmt.Sprintf("file %d\n", i)
		fmt.Fprintf(&script, "M 644 inline %s\ndata %d\n%s\n", path(i), len(content), content)
	}
	r.gitIn(strings.NewReader(script.String()), "fast-import", "--quiet", "--force")
}

func TestAChangeOf10000FilesIsTakenAndOneMoreIsSaid(t *testing.T) {
	for _, n := range []int{MaxFiles, MaxFiles + 1} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			r := newRepository(t)
			base := r.commit("base")
			bulk(r, "many", string(base), n, func(i int) string { return fmt.Sprintf("d%02d/f%05d", i%100, i) })
			s := newServer(t)
			q := FetchRequest{RepositoryID: 7, URL: s.serve("o/r", r), Head: checks.CommitSHA(r.git("rev-parse", "many")), MergeBase: base, Commits: 1}
			got := fetch(t, newMirrors(t, MirrorOptions{}), q)
			if len(got.Change().Files) != MaxFiles || len(got.Change().Commits[0].Files) != MaxFiles {
				t.Errorf("%d files, and %d in the commit", len(got.Change().Files), len(got.Change().Commits[0].Files))
			}
			if said := len(got.Unscanned()); said != 2*(n-MaxFiles) {
				t.Errorf("unscanned: %+v", got.Unscanned())
			}
		})
	}
}

func TestAPathOf4096BytesIsOpenedAndALongerOneIsSaid(t *testing.T) {
	r := newRepository(t)
	base := r.commit("base")
	blob := r.gitIn(strings.NewReader("deep\n"), "hash-object", "-w", "--stdin")
	nest := func(depth int) (tree string) {
		tree = r.gitIn(strings.NewReader("100644 blob "+blob+"\tff\n"), "mktree")
		for range depth {
			tree = r.gitIn(strings.NewReader("040000 tree "+tree+"\td\n"), "mktree")
		}
		return tree
	}
	// Names of 200 bytes keep the number of processes down.
	long := strings.Repeat("n", 203)
	nestLong := func(leaf string) string {
		tree := r.gitIn(strings.NewReader("100644 blob "+blob+"\t"+leaf+"\n"), "mktree")
		for range 20 {
			tree = r.gitIn(strings.NewReader("040000 tree "+tree+"\t"+long+"\n"), "mktree")
		}
		return tree
	}
	prefix := strings.Repeat(long+"/", 20)
	fits, over := strings.Repeat("f", MaxPath-len(prefix)), strings.Repeat("f", MaxPath-len(prefix)+1)
	for name, test := range map[string]struct {
		tree, path string
		said       int
	}{
		"4,096 bytes":        {nestLong(fits), prefix + fits, 0},
		"4,097 bytes":        {nestLong(over), "", 2},
		"100 folders in one": {nest(100), strings.Repeat("d/", 100) + "ff", 0},
	} {
		t.Run(name, func(t *testing.T) {
			head := r.git("commit-tree", "-p", string(base), "-m", "deep", test.tree)
			got := openRange(t, r.dir, string(base), head)
			if len(got.Unscanned()) != test.said {
				t.Errorf("unscanned: %+v", got.Unscanned())
			}
			if test.path == "" {
				return
			}
			if files := got.Change().Files; len(files) != 1 || string(files[0].Path) != test.path {
				t.Fatalf("%d files", len(files))
			}
			for _, tree := range []checks.Tree{got.Change().Head, got.Change().Commits[0].Tree} {
				if content := readTree(t, tree, test.path); content != "deep\n" {
					t.Errorf("it holds %q", content)
				}
			}
		})
	}
}

func TestFilesOfALargeFolderComeSorted(t *testing.T) {
	dir := t.TempDir()
	manyFiles(t, dir, 5000)
	got := scan(t, dir)
	if n := len(got.Change().Files); n != 5000 {
		t.Errorf("%d files", n)
	}
	if f := got.Change().Files; f[0].Path != "d0/f0" || f[1].Path != "d0/f100" || f[2].Path != "d0/f1000" {
		t.Errorf("they begin with %s, %s and %s", f[0].Path, f[1].Path, f[2].Path)
	}
}

// manyFiles makes n empty files in 100 folders.
func manyFiles(t testing.TB, dir string, n int) {
	t.Helper()
	for i := range n {
		if i < 100 {
			if err := os.Mkdir(filepath.Join(dir, fmt.Sprint("d", i)), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		f, err := os.Create(filepath.Join(dir, fmt.Sprint("d", i%100), fmt.Sprint("f", i)))
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
