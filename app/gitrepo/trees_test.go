package gitrepo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

func TestATreeOpensFilesLinksSubmodulesAndFolders(t *testing.T) {
	r := newRepository(t)
	r.write("plain", "content\n")
	r.write("dir/sub/deep", "deep\n")
	r.write("run", "#!/bin/sh\n")
	chmod(r, "run", 0o755)
	symlink(r, "/etc/passwd", "link")
	base := r.commit("one")
	r.git("update-index", "--add", "--cacheinfo", "160000,"+string(base)+",sub")
	r.git("commit", "-q", "-m", "submodule")
	tree := openRange(t, r.dir, string(base), "HEAD").Change().Head

	if err := fstest.TestFS(withoutSpecial{tree}, "plain", "dir/sub/deep", "run"); err != nil {
		t.Error(err)
	}
	modes := map[string]fs.FileMode{
		"plain": 0o644, "run": 0o755, "dir": fs.ModeDir | 0o755, ".": fs.ModeDir | 0o755,
		"link": fs.ModeSymlink | 0o777, "sub": fs.ModeDir | fs.ModeIrregular | 0o755,
	}
	for path, want := range modes {
		stat, err := tree.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if stat.Mode() != want {
			t.Errorf("%s has mode %v, want %v", path, stat.Mode(), want)
		}
	}
	if got := readTree(t, tree, "link"); got != "/etc/passwd" {
		t.Errorf("the link opens as %q", got)
	}
	if entries, err := tree.ReadDir("sub"); err != nil || len(entries) > 0 {
		t.Errorf("the submodule holds %v, %v", entries, err)
	}
	for path, want := range map[string]error{
		"nowhere": fs.ErrNotExist, "plain/x": fs.ErrNotExist, "sub/x": fs.ErrNotExist, "link/x": fs.ErrNotExist,
		"": fs.ErrInvalid, "/plain": fs.ErrInvalid, "dir/../plain": fs.ErrInvalid, "dir//sub": fs.ErrInvalid, "./plain": fs.ErrInvalid,
	} {
		if _, err := tree.Open(path); !errors.Is(err, want) {
			t.Errorf("open %q: %v, want %v", path, err, want)
		}
	}
}

// withoutSpecial hides the link and the submodule, which fstest does not know how to treat.
type withoutSpecial struct{ checks.Tree }

func (t withoutSpecial) ReadDir(path string) ([]fs.DirEntry, error) {
	entries, err := t.Tree.ReadDir(path)
	var plain []fs.DirEntry
	for _, e := range entries {
		if e.Type()&(fs.ModeSymlink|fs.ModeIrregular) == 0 {
			plain = append(plain, e)
		}
	}
	return plain, err
}

func (t withoutSpecial) Open(path string) (fs.File, error) {
	f, err := t.Tree.Open(path)
	if err != nil || path != "." {
		return f, err
	}
	entries, err := t.ReadDir(path)
	return &openDir{stat: fileStat{name: ".", mode: fs.ModeDir | 0o755}, entries: entries}, err
}

func TestALongFileIsSpooledAndReadAtRandom(t *testing.T) {
	r := newRepository(t)
	base := r.commit("base")
	long := strings.Repeat("0123456789abcdef", 3*maxInMemory/16) + "end"
	r.write("long", long)
	r.commit("long")
	got := openRange(t, r.dir, string(base), "HEAD")
	f, err := got.Change().Head.Open("long")
	if err != nil {
		t.Fatal(err)
	}
	if err := got.Close(); err != nil {
		t.Fatal(err)
	}
	var tail [8]byte
	if _, err := f.(io.ReaderAt).ReadAt(tail[:], int64(len(long)-8)); err != nil || string(tail[:]) != "bcdefend" {
		t.Errorf("the end reads %q, %v", tail, err)
	}
	all, err := io.ReadAll(f)
	if err != nil || string(all) != long {
		t.Errorf("read %d bytes, %v", len(all), err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestSmallFilesAreReadTogetherBeforeTheyAreOpened(t *testing.T) {
	r := newRepository(t)
	base := r.commit("base")
	fits := maxAheadBytes / maxAheadFile // files of that size that are held
	bulk(r, "many", string(base), infoBatch+10, func(i int) string { return fmt.Sprintf("small%d", i) })
	r.git("checkout", "-q", "many")
	var paths []checks.Path
	for i := range infoBatch + 10 {
		paths = append(paths, checks.Path(fmt.Sprintf("small%d", i)))
	}
	for i := range fits + 3 {
		name := fmt.Sprintf("large%d", i)
		r.write(name, fmt.Sprint(i)+strings.Repeat("x", maxAheadFile-len(fmt.Sprint(i))))
		paths = append(paths, checks.Path(name))
	}
	r.write("empty", "")
	r.write("longer", strings.Repeat("y", maxAheadFile+1))
	paths = append(paths, "empty", "longer", "nowhere", "small1")
	r.commit("head")
	got := openRange(t, r.dir, string(base), "HEAD")
	tree := got.Change().Head
	tree.(checks.Prefetcher).Prefetch(t.Context(), paths)
	ahead := &got.objects.ahead
	if ahead.bytes > maxAheadBytes || ahead.bytes < maxAheadBytes-maxAheadFile {
		t.Errorf("%d bytes are held", ahead.bytes)
	}
	for _, path := range paths {
		if path == "nowhere" {
			continue
		}
		want, err := os.ReadFile(filepath.Join(r.dir, string(path)))
		if err != nil {
			t.Fatal(err)
		}
		if text := readTree(t, tree, string(path)); text != string(want) {
			t.Errorf("%s reads %.20q, want %.20q", path, text, want)
		}
	}
	if _, held := ahead.get(objectID(r.git("rev-parse", "HEAD:longer"))); held {
		t.Error("a longer file is held")
	}
	if _, held := ahead.get(objectID(r.git("rev-parse", "HEAD:small1"))); !held {
		t.Error("a small file is not held")
	}
}

func TestReadFileFindsFilesOfAnyCommit(t *testing.T) {
	r := newRepository(t)
	r.write("a", "one\n")
	base := r.commit("base")
	r.write("a", "two\n")
	head := r.commit("head")
	got := openRange(t, r.dir, string(base), "HEAD")
	tests := map[string]struct {
		rev   checks.CommitSHA
		path  string
		limit int64
		want  string
		err   error
	}{
		"at head":            {head, "a", 4, "two\n", nil},
		"at the merge base":  {base, "a", 4, "one\n", nil},
		"without a revision": {"", "a", 4, "two\n", nil},
		"a byte too long":    {head, "a", 3, "", ErrTooLarge},
		"no such file":       {head, "b", 4, "", fs.ErrNotExist},
		"no such commit":     {"0123456789012345678901234567890123456789", "a", 4, "", ErrNoCommit},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			content, err := got.ReadFile(t.Context(), test.rev, test.path, test.limit)
			if string(content) != test.want || !errors.Is(err, test.err) {
				t.Errorf("read %q, %v; want %q, %v", content, err, test.want, test.err)
			}
		})
	}
}

func TestManyReadersShareOneProcessAndSurviveItsDeath(t *testing.T) {
	r := newRepository(t)
	base := r.commit("base")
	for i := range 50 {
		r.write("f"+lines(i)[:min(6, len(lines(i)))]+string(rune('A'+i)), lines(i))
	}
	r.commit("many")
	got := openRange(t, r.dir, string(base), "HEAD")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i, f := range got.Change().Files {
				if i == 25 {
					got.objects.mu.Lock()
					if p := got.objects.process; p != nil {
						if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
							t.Error(err)
						}
					}
					got.objects.mu.Unlock()
				}
				content, err := fs.ReadFile(got.Change().Head, string(f.Path))
				if err != nil && strings.Contains(err.Error(), "no answer") {
					content, err = fs.ReadFile(got.Change().Head, string(f.Path))
				}
				if err != nil && !strings.Contains(err.Error(), "no answer") && !strings.Contains(err.Error(), "broken pipe") {
					t.Errorf("%s: %v", f.Path.Quoted(), err)
				}
				if err == nil && !strings.HasPrefix(lines(50), string(content)) {
					t.Errorf("%s holds another file's content", f.Path.Quoted())
				}
			}
		})
	}
	wg.Wait()
	readTree(t, got.Change().Head, string(got.Change().Files[0].Path))
}

func TestARepositoryMayBeAWorkTreeABareOneOrBorrowObjects(t *testing.T) {
	r := newRepository(t)
	r.write("a", "one\n")
	base := string(r.commit("base"))
	r.write("a", "two\n")
	r.commit("head")
	r.write("sub/x", "")
	added, bare, borrowed := t.TempDir()+"/w:t", t.TempDir(), t.TempDir()
	r.git("worktree", "add", "-q", added, "HEAD")
	for _, args := range [][]string{{"clone", "-q", "--bare", r.dir, bare}, {"clone", "-q", "--shared", r.dir, borrowed}} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	sha256 := newRepository(t, "--object-format=sha256")
	sha256.write("a", "one\n")
	base256 := string(sha256.commit("base"))
	sha256.write("a", "two\n")
	sha256.commit("head")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(r.dir, link); err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string][2]string{
		"itself": {r.dir, base}, "a folder in it": {filepath.Join(r.dir, "sub"), base}, "a work tree of it, with a colon in its name": {added, base},
		"a bare clone": {bare, base}, "a clone that borrows": {borrowed, base}, "one with SHA-256": {sha256.dir, base256}, "a link to it": {link, base},
	} {
		t.Run(name, func(t *testing.T) {
			got := openRange(t, at[0], at[1], "HEAD")
			if diff := cmp.Diff("modified a -1,1+1,1\n", show(got.Change().Files)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if content := readTree(t, got.Change().MergeBase, "a"); content != "one\n" {
				t.Errorf("a held %q", content)
			}
		})
	}
}
