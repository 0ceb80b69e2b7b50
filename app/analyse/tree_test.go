//go:build linux

package analyse

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sys/unix"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// connected is a client that talks over a real socket to a real session, without a process and a wall in between.
func connected(tb testing.TB, change *checks.Change, without checks.Path) (*client, *session) {
	tb.Helper()
	c, s, over := connect(tb, change, nil, attempt{checks: []checks.Name{"test"}, without: without})
	tb.Cleanup(func() {
		if err := c.tell(protocol.Finished, []byte(`{"check":"test"}`)); err != nil {
			tb.Error(err)
		}
		if err := c.tell(protocol.Done, nil); err != nil {
			tb.Error(err)
		}
		if err := <-over; err != nil {
			tb.Error(err)
		}
	})
	return c, s
}

// connect begins a conversation about the first check of an attempt. What comes of it is told when it is over.
func connect(tb testing.TB, change *checks.Change, cache *ResultCache, a attempt) (*client, *session, <-chan error) {
	tb.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		tb.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "parent"), os.NewFile(uintptr(pair[1]), "child")
	fetched := make(chan struct{})
	close(fetched)
	run := &run{runner: &Runner{}, limits: Limits{}.withDefaults(), change: change, fetched: fetched, read: map[protocol.FileName]int64{},
		outcomes: map[checks.Name]*outcome{a.checks[0]: {}}, results: newResults(cache, &change.Options)}
	s := newSession(run, &child{socket: ours, frames: protocol.NewReader(ours, protocol.Type.FromChild)}, a)
	over := make(chan error, 1)
	go func() { over <- s.converse(context.Background(), []byte("{}")) }()

	frames := protocol.NewReader(theirs, protocol.Type.FromParent)
	if err := expect(frames, protocol.Change, &struct{}{}); err != nil {
		tb.Fatal(err)
	}
	c := newClient(theirs, frames)
	go c.receive(func() {})
	if err := c.tell(protocol.Started, []byte(a.checks[0])); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	return c, s, over
}

func TestTreeBehavesAsAFileSystem(t *testing.T) {
	head := memory{"a.txt": "a", "dir/b.txt": "b", "dir/sub/c.txt": strings.Repeat("c", 700<<10), "empty": ""}
	c, _ := connected(t, &checks.Change{Head: head.tree()}, "")
	tree := &tree{client: c, revision: protocol.Head}
	if err := fstest.TestFS(tree, "a.txt", "dir/b.txt", "dir/sub/c.txt", "empty"); err != nil {
		t.Error(err)
	}
}

func TestTreeReadsAnywhereInALongFile(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	content := make([]byte, 5<<20+123)
	for i := range content {
		content[i] = byte(random.Uint32())
	}
	c, s := connected(t, &checks.Change{Head: memory{"model.bin": string(content)}.tree()}, "")
	file, err := (&tree{client: c, revision: protocol.Head}).Open("model.bin")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for worker := range 8 {
		random := rand.New(rand.NewPCG(3, uint64(worker)))
		group.Go(func() {
			for range 50 {
				start := random.IntN(len(content))
				got := make([]byte, random.IntN(2<<20)+1)
				n, err := file.(io.ReaderAt).ReadAt(got, int64(start))
				want := content[start:min(len(content), start+len(got))]
				if string(got[:n]) != string(want) || (err == io.EOF) != (n < len(got)) {
					t.Errorf("%d bytes from %d on: %d read (%v)", len(got), start, n, err)
				}
			}
		})
	}
	group.Wait()
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	if _, err := file.Read(make([]byte, 1)); err == nil {
		t.Error("a closed file was read")
	}
	if _, err := (&tree{client: c, revision: protocol.Head}).Stat("."); err != nil { // the close has arrived before
		t.Fatal(err)
	}
	if len(s.library.lent) > 0 || s.run.read[protocol.FileName{Revision: protocol.Head, Path: "model.bin"}] != int64(len(content)) {
		t.Errorf("%d files are still lent, read up to %v", len(s.library.lent), s.run.read)
	}
}

func TestTreeKeepsAFileFromACheck(t *testing.T) {
	c, _ := connected(t, &checks.Change{Head: memory{"bad.bin": "x", "good.bin": "y"}.tree()}, "bad.bin")
	tree := &tree{client: c, revision: protocol.Head}
	if _, err := fs.ReadFile(tree, "bad.bin"); err == nil || !strings.Contains(err.Error(), protocol.ErrRefused.Error()) {
		t.Errorf("error %v", err)
	}
	if _, err := tree.Stat("bad.bin"); err == nil {
		t.Error("it can be seen")
	}
	if content, err := fs.ReadFile(tree, "good.bin"); err != nil || string(content) != "y" {
		t.Errorf("%q (%v)", content, err)
	}
}

func TestTreeRefusesImpossiblePaths(t *testing.T) {
	c, _ := connected(t, oneFile(), "")
	tree := &tree{client: c, revision: protocol.Head}
	for _, name := range []string{"", "/a", "../a", "a/../b", "a//b", "a/", "./a", "a\x00b", strings.Repeat("a", protocol.MaxPath+1)} {
		if _, err := tree.Open(name); err == nil || !strings.Contains(err.Error(), fs.ErrInvalid.Error()) {
			t.Errorf("%.20q: error %v", name, err)
		}
	}
}

func TestTreeSaysWhenTooManyFilesAreOpen(t *testing.T) {
	c, _ := connected(t, &checks.Change{Head: memory{"long": strings.Repeat("x", protocol.FirstRead+1)}.tree()}, "")
	tree := &tree{client: c, revision: protocol.Head}
	var files []fs.File
	for range maxOpen {
		file, err := tree.Open("long")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	if _, err := tree.Open("long"); err == nil || !strings.Contains(err.Error(), protocol.ErrTooManyOpen.Error()) {
		t.Errorf("error %v", err)
	}
	for _, file := range files {
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tree.Open("long"); err != nil {
		t.Errorf("after closing: %v", err)
	}
}

// countingTree counts how often files are opened, and remembers hints.
type countingTree struct {
	fstest.MapFS
	mu     sync.Mutex
	opened int
	hinted int
}

func (c *countingTree) Open(name string) (fs.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened++
	return c.MapFS.Open(name)
}

func (c *countingTree) Prefetch(_ context.Context, paths []checks.Path) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hinted += len(paths)
}

func TestTreePrefetchesOnce(t *testing.T) {
	files, paths := memory{}, []checks.Path{"does-not-exist"}
	for i := range 1000 {
		name := fmt.Sprintf("dir/%d.txt", i)
		files[name] = name
		paths = append(paths, checks.Path(name))
	}
	files["long.bin"] = strings.Repeat("x", 1<<20)
	paths = append(paths, "long.bin", "../invalid")
	head := &countingTree{MapFS: files.tree()}
	c, _ := connected(t, &checks.Change{Head: head}, "")
	tree := &tree{client: c, revision: protocol.Head}
	tree.Prefetch(t.Context(), paths)
	for range 2 {
		for name, content := range files {
			if got, err := fs.ReadFile(tree, name); err != nil || string(got) != content {
				t.Fatalf("%s: %d bytes (%v)", name, len(got), err)
			}
		}
	}
	if _, err := tree.Open("does-not-exist"); err == nil {
		t.Error("a missing file was opened")
	}
	head.mu.Lock()
	defer head.mu.Unlock()
	if want := 1 + 1000 + 3; head.opened != want { // the long file once ahead and twice for its content
		t.Errorf("opened %d times, want %d", head.opened, want)
	}
	if head.hinted != 1002 {
		t.Errorf("%d paths hinted", head.hinted)
	}
}

func TestCacheIsBounded(t *testing.T) {
	c := cache{entries: map[protocol.FileName]*cached{}}
	name := func(i int) protocol.FileName { return protocol.FileName{Path: fmt.Sprint(i)} }
	for i := range 1000 {
		c.put(name(i), &cached{opened: protocol.Opened{First: make([]byte, 200<<10)}})
	}
	if c.bytes > cacheBytes || len(c.entries) != len(c.order) {
		t.Errorf("%d bytes in %d entries", c.bytes, len(c.entries))
	}
	if c.get(name(0)) != nil || c.get(name(999)) == nil {
		t.Error("the oldest should have left, the newest not")
	}
}

func TestSubjectSurvivesImpossibleTimes(t *testing.T) {
	change := oneFile()
	change.Commits = []checks.Commit{{SHA: "1", Author: checks.Person{When: time.Unix(1<<55, 0)}}}
	if _, err := encodeSubject(change, false); err != nil {
		t.Error(err)
	}
	if change.Commits[0].Author.When.IsZero() {
		t.Error("the caller's change was altered")
	}
}

func TestSubjectWithoutAFile(t *testing.T) {
	change := added(memory{}, "a", "b")
	change.Files[1].OldPath = "c"
	change.Commits = []checks.Commit{{Files: []checks.FileChange{{Path: "a"}, {Path: "b"}}}}
	less := without(change, "c")
	if len(less.Files) != 1 || len(change.Files) != 2 || len(less.Commits[0].Files) != 2 {
		t.Errorf("without c: %v", less.Files)
	}
	if less = without(change, "b"); len(less.Files) != 1 || len(less.Commits[0].Files) != 1 || len(change.Commits[0].Files) != 2 {
		t.Errorf("without b: %v", less.Files)
	}
}

// TestTreeAnswersAndQuestionsPassEachOther: with both directions of the socket full, the child must still take answers,
// or parent and child would wait for each other for ever.
func TestTreeAnswersAndQuestionsPassEachOther(t *testing.T) {
	files, paths := memory{}, []checks.Path{}
	for i := range 2 * maxAhead {
		name := fmt.Sprint(i)
		files[name] = strings.Repeat(name, 200<<10/len(name))
		paths = append(paths, checks.Path(name))
	}
	c, s := connected(t, &checks.Change{Head: files.tree()}, "")
	tree := &tree{client: c, revision: protocol.Head}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 5000 { // each fills the socket a little more, and none is answered
					if err := c.tell(protocol.Opening, protocol.FileName{Revision: protocol.Head, Path: "0"}.Append(nil)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		tree.Prefetch(t.Context(), paths)
		group.Wait()
		for _, path := range paths {
			if content, err := fs.ReadFile(tree, string(path)); err != nil || string(content) != files[string(path)] {
				t.Errorf("%s: %d bytes (%v)", path, len(content), err)
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(killSwitch):
		_ = unix.Shutdown(int(s.child.socket.Fd()), unix.SHUT_RDWR) // or they would go on waiting
		t.Fatal("parent and child wait for each other")
	}
}
