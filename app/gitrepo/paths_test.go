package gitrepo

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/assay-app/assay/checks"
)

func scan(t *testing.T, paths ...string) *Range {
	t.Helper()
	r, err := OpenPaths(t.Context(), paths)
	if err != nil {
		t.Fatal(err)
	}
	closeAtEnd(t, r)
	return r
}

func pathsOf(r *Range) []string {
	var list []string
	for _, f := range r.Change().Files {
		list = append(list, string(f.Path))
	}
	return list
}

func TestFoldersAndFilesAreScannedAsIfJustAdded(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, path := range []string{"src/b.py", "src/a.py", "src/deep/er/c", "src/.git/config", "src/.gitignore", "src/node_modules/x.js", "other/a.py", ".git/HEAD"} {
		writeFile(t, path, path)
	}
	src := []string{".gitignore", "a.py", "b.py", "deep/er/c", "node_modules/x.js"}
	under := func(prefix string, names []string) []string {
		var list []string
		for _, name := range names {
			list = append(list, prefix+name)
		}
		return list
	}
	tests := map[string]struct {
		args []string
		want []string
	}{
		"one folder, relative to it":             {[]string{"src"}, src},
		"one folder, absolute":                   {[]string{filepath.Join(dir, "src")}, src},
		"the folder itself":                      {[]string{"."}, slices.Concat([]string{"other/a.py"}, under("src/", src))},
		"two folders, under their names":         {[]string{"src/", "./other"}, slices.Concat([]string{"other/a.py"}, under("src/", src))},
		"a folder and one in it, each file once": {[]string{"src", "src/deep"}, under("src/", src)},
		"one file, under its name":               {[]string{"src/a.py"}, []string{"src/a.py"}},
		"a file from above, without the dots":    {[]string{"../" + filepath.Base(dir) + "/src/a.py"}, []string{filepath.Base(dir) + "/src/a.py"}},
		"an absolute file":                       {[]string{filepath.Join(dir, "src/a.py")}, []string{strings.TrimPrefix(filepath.Join(dir, "src/a.py"), "/")}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := scan(t, test.args...)
			if diff := cmp.Diff(test.want, pathsOf(got)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			for _, f := range got.Change().Files {
				if f.Status != checks.Added || f.Mode != 0o644 || !f.IsAdded(1) {
					t.Errorf("%+v is not just added", f)
				}
				if content := readTree(t, got.Change().Head, string(f.Path)); !strings.HasSuffix(content, filepath.Base(string(f.Path))) {
					t.Errorf("%s holds %q", f.Path, content)
				}
			}
			if entries, err := got.Change().MergeBase.ReadDir("."); err != nil || len(entries) > 0 {
				t.Errorf("the merge base holds %v, %v", entries, err)
			}
		})
	}
}

func TestArgumentsThatCannotBeScannedAreRefused(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeFile(t, "a/x", "one")
	writeFile(t, "b/a/x", "two")
	if err := os.Mkdir("c", 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir("b")
	for name, test := range map[string]struct {
		args []string
		says string
	}{
		"nothing":               {nil, "name a file or folder"},
		"what is not there":     {[]string{"gone"}, "no such file"},
		"two files of one name": {[]string{"a", "../a"}, "would have the same name"},
		"a broken link":         {[]string{"broken"}, "no such file"},
		"an empty name":         {[]string{""}, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.Symlink("nowhere", "broken"); err != nil && !errors.Is(err, fs.ErrExist) {
				t.Fatal(err)
			}
			if _, err := OpenPaths(t.Context(), test.args); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v, want it to say %q", err, test.says)
			}
		})
	}
}

func TestMoreFilesThanAScanTakesInAreRefused(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "sub/c"} {
		writeFile(t, filepath.Join(dir, name), name)
	}
	for limit, want := range map[int]error{2: ErrTooLarge, 3: nil} {
		r, err := openPaths(t.Context(), []string{dir}, limit)
		if !errors.Is(err, want) {
			t.Errorf("%d of 3: %v, want %v", limit, err, want)
		}
		if err == nil {
			closeAtEnd(t, r)
		}
	}
}

func TestWhatIsNoFileIsSaidAndNeverOpened(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	writeFile(t, filepath.Join(outside, "passwd"), "root")
	writeFile(t, filepath.Join(dir, "file"), "f")
	for target, link := range map[string]string{"../../etc/passwd": "up", filepath.Join(outside, "passwd"): "out", outside: "folder", "file": "within", "nowhere": "broken", "loop": "loop"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	got := scan(t, dir)
	want := []checks.Unscanned{
		{Path: "pipe", Kind: checks.Failed, Reason: "is a pipe"},
		{Path: "socket", Kind: checks.Failed, Reason: "is a socket"},
	}
	if diff := cmp.Diff(want, got.Unscanned()); diff != "" {
		t.Errorf("unscanned (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"broken", "file", "folder", "loop", "out", "up", "within"}, pathsOf(got)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	for link, target := range map[string]string{"out": filepath.Join(outside, "passwd"), "within": "file", "broken": "nowhere", "loop": "loop"} {
		if content := readTree(t, got.Change().Head, link); content != target {
			t.Errorf("%s opens as %q, want its target's name", link, content)
		}
	}
	if _, err := got.Change().Head.Open("folder/passwd"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("through a link: %v", err)
	}
	alone := scan(t, filepath.Join(dir, "pipe"))
	if len(alone.Change().Files) > 0 || len(alone.Unscanned()) != 1 {
		t.Errorf("a pipe that is named itself: %+v", alone.Unscanned())
	}
}

func TestAFileThatIsExchangedAfterTheWalkIsNotRead(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "a"), "a")
	writeFile(t, filepath.Join(dir, "sub/b"), "b")
	outside := t.TempDir()
	writeFile(t, filepath.Join(outside, "b"), "outside")
	got := scan(t, dir)
	if err := errors.Join(os.Remove(filepath.Join(dir, "a")), unix.Mkfifo(filepath.Join(dir, "a"), 0o644),
		os.RemoveAll(filepath.Join(dir, "sub")), os.Symlink(outside, filepath.Join(dir, "sub"))); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"a", "sub/b"} {
		if f, err := got.Change().Head.Open(path); err == nil {
			content, _ := io.ReadAll(f)
			t.Errorf("%s reads %q", path, content)
		}
	}
}

func TestWhatMayNotBeReadIsSaid(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "open"), "o")
	writeFile(t, filepath.Join(dir, "closed"), "c")
	at, err := os.Stat(filepath.Join(dir, "closed"))
	if err != nil {
		t.Fatal(err)
	}
	stat := *at.Sys().(*syscall.Stat_t)
	for name, test := range map[string]struct {
		mode     os.FileMode
		uid, gid uint32
		me       identity
		want     bool
	}{
		"root reads all":                  {0, 5, 5, identity{uid: 0}, true},
		"the owner's bit":                 {0o400, 5, 5, identity{uid: 5}, true},
		"an owner without the bit":        {0o044, 5, 5, identity{uid: 5}, false},
		"a group's bit":                   {0o040, 5, 6, identity{uid: 7, groups: []int{6}}, true},
		"a group without the bit":         {0o404, 5, 6, identity{uid: 7, groups: []int{6}}, false},
		"everybody's bit":                 {0o004, 5, 6, identity{uid: 7, groups: []int{8}}, true},
		"neither owner, group nor others": {0o440, 5, 6, identity{uid: 7, groups: []int{8}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			stat.Uid, stat.Gid = test.uid, test.gid
			if got := test.me.mayRead(test.mode, &stat); got != test.want {
				t.Errorf("readable: %v, want %v", got, test.want)
			}
		})
	}
}

func TestFoldersThatAreTooDeepAreSaid(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	for range maxFolderDepth + 2 {
		if err := root.Mkdir("d", 0o755); err != nil {
			t.Fatal(err)
		}
		inner, err := root.OpenRoot("d")
		if err := errors.Join(err, root.Close()); err != nil {
			t.Fatal(err)
		}
		root = inner
	}
	if err := root.Close(); err != nil {
		t.Fatal(err)
	}
	got := scan(t, dir)
	if u := got.Unscanned(); len(u) != 1 || u[0].Kind != checks.Failed || !strings.Contains(u[0].Reason, "512 folders deep") {
		t.Errorf("unscanned: %d entries", len(u))
	}
}
