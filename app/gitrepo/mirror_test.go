package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

// pullRequest makes a repository with a branch of two commits.
func pullRequest(t testing.TB) (*testRepository, FetchRequest) {
	t.Helper()
	r := newRepository(t)
	r.write("a", lines(9))
	r.write("unchanged", "u\n")
	r.commit("root")
	base := r.commit("base")
	r.git("checkout", "-q", "-b", "feature")
	r.write("a", lines(10))
	r.commit("first")
	r.write("c", "c\n")
	head := r.commit("second")
	return r, FetchRequest{RepositoryID: 7, Head: head, MergeBase: base, Target: base, HeadRef: "refs/pull/1/head", Commits: 2}
}

const pullRequestFiles = "modified a -9,0+10,1\nadded c -0,0+1,1\n"

func wantFiles(t *testing.T, r *Range, want string) {
	t.Helper()
	if diff := cmp.Diff(want, show(r.Change().Files)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if len(r.Unscanned()) > 0 {
		t.Errorf("unscanned: %+v", r.Unscanned())
	}
}

func TestAHeadThatOnlyThePullRequestStillNamesIsFetched(t *testing.T) {
	r, q := pullRequest(t)
	r.git("update-ref", q.HeadRef, string(q.Head))
	r.git("checkout", "-q", "main")
	r.git("branch", "-q", "-D", "feature")
	s := newServer(t)
	q.URL = s.serve("o/r", r)
	wantFiles(t, fetch(t, newMirrors(t, MirrorOptions{}), q), pullRequestFiles)
}

func TestAServerThatGivesNoCommitByItsIDIsAskedForTheRef(t *testing.T) {
	for name, test := range map[string]struct {
		moved bool // the ref is at another commit by now
		want  error
	}{
		"and its commit is the one that was asked for": {false, nil},
		"and its commit is another one":                {true, ErrNoCommit},
	} {
		t.Run(name, func(t *testing.T) {
			r, q := pullRequest(t)
			r.git("update-ref", q.HeadRef, string(q.Head))
			if test.moved {
				r.git("update-ref", q.HeadRef, string(q.MergeBase))
			}
			s := newServer(t)
			q.URL = s.serve("o/r", r)
			refused := false
			s.answerWith(func(w http.ResponseWriter, hq *http.Request) {
				if hq.Method == http.MethodPost && !refused {
					refused = true
					said := "ERR upload-pack: not our ref " + string(q.Head)
					fmt.Fprintf(w, "%04x%s", len(said)+4, said)
					return
				}
				s.truncated(w, hq, 1<<30, func() {})
			})
			got, err := newMirrors(t, MirrorOptions{}).Fetch(t.Context(), q)
			if !errors.Is(err, test.want) {
				t.Fatalf("%v, want %v", err, test.want)
			}
			if err == nil {
				closeAtEnd(t, got)
				wantFiles(t, got, pullRequestFiles)
			}
		})
	}
}

func TestACommitThatIsGoneIsSaid(t *testing.T) {
	r, q := pullRequest(t)
	s := newServer(t)
	q.URL = s.serve("o/r", r)
	q.Head, q.HeadRef = checks.CommitSHA(strings.Repeat("1", 40)), "refs/pull/9/head"
	if _, err := newMirrors(t, MirrorOptions{}).Fetch(t.Context(), q); !errors.Is(err, ErrNoCommit) {
		t.Errorf("%v, want %v", err, ErrNoCommit)
	}
}

func TestTwoFetchesOfOneRepositoryAtOnce(t *testing.T) {
	r, q := pullRequest(t)
	s := newServer(t)
	q.URL = s.serve("o/r", r)
	one := newMirrors(t, MirrorOptions{})
	two, err := NewMirrors(one.dir, MirrorOptions{}) // as another process would
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			got, err := []*Mirrors{one, two}[i%2].Fetch(t.Context(), q)
			if err != nil {
				t.Error(err)
				return
			}
			if diff := cmp.Diff(pullRequestFiles, show(got.Change().Files)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if err := got.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestAnotherPullRequestsFetchDoesNotCutTheHistoryOfTheFirst(t *testing.T) {
	r := newRepository(t)
	r.write("a", "a\n")
	for range 5 {
		r.commit("old")
	}
	base := r.head()
	r.git("checkout", "-q", "-b", "long")
	for i := range 8 {
		r.write("long", lines(i))
		r.commit(fmt.Sprint("long ", i))
	}
	long := r.head()
	near := checks.CommitSHA(r.git("rev-parse", "HEAD~1"))
	s := newServer(t)
	m := newMirrors(t, MirrorOptions{})
	q := FetchRequest{RepositoryID: 7, URL: s.serve("o/r", r), Head: long, MergeBase: base, Target: base, Commits: 8}
	first := fetch(t, m, q)
	want := showCommits(first.Change().Commits)

	r.git("checkout", "-q", "-b", "short")
	r.write("short", "s\n")
	other := q
	other.Head, other.MergeBase, other.Commits = r.commit("short"), near, 1
	other.MergeBase = long
	fetch(t, m, other)

	again := fetch(t, m, q)
	if diff := cmp.Diff(want, showCommits(again.Change().Commits)); diff != "" || len(again.Change().Commits) != 8 {
		t.Errorf("%d commits (-before +after):\n%s", len(again.Change().Commits), diff)
	}
	if content := readTree(t, first.Change().Head, "long"); content != lines(7) {
		t.Errorf("the first range reads %q", content)
	}
}

func TestABranchThatMergedItsBaseIsFetchedDeepEnough(t *testing.T) {
	r := newRepository(t)
	for range 3 {
		r.commit("before")
	}
	r.git("checkout", "-q", "-b", "feature")
	r.write("mine", "m\n")
	r.commit("mine")
	r.git("checkout", "-q", "main")
	for i := range 100 {
		r.write("main", lines(i))
		r.commit("main")
	}
	base := r.head()
	r.git("checkout", "-q", "feature")
	r.n++
	r.git("merge", "-q", "-m", "merge", "main")
	s := newServer(t)
	q := FetchRequest{RepositoryID: 7, URL: s.serve("o/r", r), Head: r.head(), MergeBase: base, Target: base, Commits: 2}
	got := fetch(t, newMirrors(t, MirrorOptions{}), q)
	wantFiles(t, got, "added mine -0,0+1,1\n")
	if diff := cmp.Diff("* mine\nadded mine -0,0+1,1\n* merge\n", showCommits(got.Change().Commits)); diff != "" {
		t.Errorf("commits (-want +got):\n%s", diff)
	}
}

func TestFilesOutsideOfTheChangeAreFetchedTogetherWhenWanted(t *testing.T) {
	r := newRepository(t)
	var paths []checks.Path
	for i := range 40 {
		path := fmt.Sprintf("dir/f%d", i)
		r.write(path, path)
		paths = append(paths, checks.Path(path))
	}
	r.write("unread", "u\n")
	base := r.commit("base")
	r.write("a", "a\n")
	head := r.commit("head")
	s := newServer(t)
	q := FetchRequest{RepositoryID: 7, URL: s.serve("o/r", r), Head: head, MergeBase: base, Commits: 1}
	got := fetch(t, newMirrors(t, MirrorOptions{}), q)
	before := s.count("POST")
	got.Change().Head.(checks.Prefetcher).Prefetch(t.Context(), append(paths, "not/there"))
	if n := s.count("POST") - before; n != 1 {
		t.Errorf("40 files took %d requests, want 1", n)
	}
	for _, path := range paths {
		if content := readTree(t, got.Change().Head, string(path)); content != string(path) {
			t.Errorf("%s holds %q", path, content)
		}
	}
	if n := s.count("POST") - before; n != 1 {
		t.Errorf("reading what was prefetched made it %d requests", n)
	}
	got.objects.extra = maxExtraBlobs
	r.write("late", "late\n")
	if _, err := got.Change().MergeBase.Open("dir/f0"); err != nil {
		t.Errorf("what is here may be read for ever: %v", err)
	}
	if content, err := got.ReadFile(t.Context(), q.MergeBase, "unread", 9); err != nil || string(content) != "u\n" {
		t.Errorf("a policy is read after any review: %q, %v", content, err)
	}
	late := objectID(r.git("hash-object", "-w", "late"))
	if _, err := got.objects.blob(t.Context(), late); !errors.Is(err, ErrTooLarge) {
		t.Errorf("above the limit: %v, want %v", err, ErrTooLarge)
	}
}

func TestAFileThatTheServerNoLongerGivesIsMissingNotAbsent(t *testing.T) {
	r, q := pullRequest(t)
	s := newServer(t)
	q.URL = s.serve("o/r", r)
	got := fetch(t, newMirrors(t, MirrorOptions{}), q)
	s.answerWith(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "down", http.StatusBadGateway) })
	_, err := got.Change().Head.Open("unchanged")
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v: a file that exists must not pass for one that does not", err)
	}
	if content := readTree(t, got.Change().Head, "c"); content != "c\n" {
		t.Errorf("what was fetched reads %q", content)
	}
}

func TestMirrorsAreRemovedLeastRecentlyUsedFirstAndNeverWhileLeased(t *testing.T) {
	r, q := pullRequest(t)
	s := newServer(t)
	q.URL = s.serve("o/r", r)
	m := newMirrors(t, MirrorOptions{MaxBytes: 1})
	q.RepositoryID = 1
	leased := fetch(t, m, q)
	q.RepositoryID = 2
	if err := fetch(t, m, q).Close(); err != nil {
		t.Fatal(err)
	}
	q.RepositoryID = 3
	fetch(t, m, q)
	for id, want := range map[int64]bool{1: true, 2: false, 3: true} {
		_, err := os.Stat(m.path(id))
		if (err == nil) != want {
			t.Errorf("mirror %d is there: %v, want %v", id, err == nil, want)
		}
	}
	if content := readTree(t, leased.Change().Head, "unchanged"); content != "u\n" {
		t.Errorf("the leased mirror reads %q", content)
	}
}

func TestTheOldestOfSeveralMirrorsGoesFirst(t *testing.T) {
	r, q := pullRequest(t)
	s := newServer(t)
	q.URL = s.serve("o/r", r)
	m := newMirrors(t, MirrorOptions{})
	age := map[int64]time.Duration{1: 2 * time.Hour, 2: 3 * time.Hour, 3: time.Hour}
	for id := range int64(3) {
		q.RepositoryID = id + 1
		got := fetch(t, m, q)
		if err := got.Close(); err != nil {
			t.Fatal(err)
		}
		used := time.Now().Add(-age[id+1])
		if err := os.Chtimes(filepath.Join(m.dir, fmt.Sprint(id+1)+leaseSuffix), used, used); err != nil {
			t.Fatal(err)
		}
	}
	m.options.MaxBytes = diskBytes(m.path(1)) + diskBytes(m.path(3)) + 1
	if err := m.evict(); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int64]bool{1: true, 2: false, 3: true} {
		if _, err := os.Stat(m.path(id)); (err == nil) != want {
			t.Errorf("mirror %d is there: %v, want %v", id, err == nil, want)
		}
	}
}

func TestAMirrorWithTooManyPacksIsMadeAnewUnlessItIsRead(t *testing.T) {
	r, q := pullRequest(t)
	s := newServer(t)
	q.URL = s.serve("o/r", r)
	m := newMirrors(t, MirrorOptions{})
	first := fetch(t, m, q)
	for i := range maxPacks {
		writeFile(t, filepath.Join(m.path(7), "objects", "pack", fmt.Sprintf("pack-%040x.pack", i)), "")
	}
	packs := func() int {
		entries, err := filepath.Glob(filepath.Join(m.path(7), "objects", "pack", "*.pack"))
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	if err := fetch(t, m, q).Close(); err != nil {
		t.Fatal(err)
	}
	if n := packs(); n <= maxPacks {
		t.Errorf("%d packs are left while somebody reads", n)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, fetch(t, m, q), pullRequestFiles)
	if n := packs(); n > 9 {
		t.Errorf("%d packs are left", n)
	}
}

func TestPurgeRemovesAMirrorEvenWhileItIsRead(t *testing.T) {
	r, q := pullRequest(t)
	s := newServer(t)
	q.URL = s.serve("o/r", r)
	m := newMirrors(t, MirrorOptions{})
	got := fetch(t, m, q)
	if err := m.Purge(q.RepositoryID); err != nil {
		t.Fatal(err)
	}
	if n := diskBytes(m.dir); n != 0 {
		t.Errorf("%d bytes are left", n)
	}
	if _, err := got.Change().Head.Open("unchanged"); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open after the purge: %v, want it to be missing", err)
	}
	if err := m.Purge(q.RepositoryID); err != nil {
		t.Errorf("purging what is gone: %v", err)
	}
}

func TestADamagedMirrorIsMadeAnew(t *testing.T) {
	tests := map[string]func(t *testing.T, mirror string){
		"packs are gone": func(t *testing.T, mirror string) {
			if err := os.RemoveAll(filepath.Join(mirror, "objects", "pack")); err != nil {
				t.Fatal(err)
			}
		},
		"packs are cut": func(t *testing.T, mirror string) {
			each(t, filepath.Join(mirror, "objects", "pack", "*.pack"), func(path string) error {
				return errors.Join(os.Chmod(path, 0o600), os.Truncate(path, 40))
			})
		},
		"packs hold nonsense": func(t *testing.T, mirror string) {
			each(t, filepath.Join(mirror, "objects", "pack", "*.pack"), func(path string) error {
				content, err := os.ReadFile(path)
				for i := 12; i < len(content)-20; i++ {
					content[i] ^= 0x55
				}
				return errors.Join(err, os.Chmod(path, 0o600), os.WriteFile(path, content, 0o600))
			})
		},
		"one pack of two is gone": func(t *testing.T, mirror string) {
			packs, err := filepath.Glob(filepath.Join(mirror, "objects", "pack", "*.pack"))
			if err != nil || len(packs) < 2 {
				t.Fatal(packs, err)
			}
			if err := errors.Join(os.Remove(packs[0]), os.Remove(strings.TrimSuffix(packs[0], "pack")+"idx")); err != nil {
				t.Fatal(err)
			}
		},
		"its configuration is empty": func(t *testing.T, mirror string) { writeFile(t, filepath.Join(mirror, "config"), "[core\n") },
		"HEAD is gone": func(t *testing.T, mirror string) {
			if err := os.Remove(filepath.Join(mirror, "HEAD")); err != nil {
				t.Fatal(err)
			}
		},
		"refs hold nonsense": func(t *testing.T, mirror string) {
			each(t, filepath.Join(mirror, "refs", "assay", "*"), func(path string) error { return os.WriteFile(path, []byte("x"), 0o600) })
			if err := os.RemoveAll(filepath.Join(mirror, "objects", "pack")); err != nil {
				t.Fatal(err)
			}
		},
		"locks were left behind": func(t *testing.T, mirror string) {
			for _, name := range []string{"config.lock", "shallow.lock", "HEAD.lock", "packed-refs.lock", "refs/assay/x.lock", "objects/pack/tmp_pack_x"} {
				writeFile(t, filepath.Join(mirror, name), "")
			}
			if err := os.RemoveAll(filepath.Join(mirror, "objects", "pack")); err != nil {
				t.Fatal(err)
			}
		},
		"it is a half-removed folder": func(t *testing.T, mirror string) {
			if err := errors.Join(os.RemoveAll(mirror), os.MkdirAll(filepath.Join(mirror, "refs"), 0o700)); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			r, q := pullRequest(t)
			s := newServer(t)
			q.URL = s.serve("o/r", r)
			m := newMirrors(t, MirrorOptions{})
			if err := fetch(t, m, q).Close(); err != nil {
				t.Fatal(err)
			}
			damage(t, m.path(q.RepositoryID))
			wantFiles(t, fetch(t, m, q), pullRequestFiles)
			r.write("d", "d\n")
			q.Head, q.Commits = r.commit("third"), 3
			wantFiles(t, fetch(t, m, q), pullRequestFiles+"added d -0,0+1,1\n")
		})
	}
}

func each(t *testing.T, pattern string, do func(path string) error) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatal(pattern, err)
	}
	for _, path := range paths {
		if err := do(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAGitKilledInTheMiddleOfAFetchLeavesAMirrorThatWorks(t *testing.T) {
	r := newRepository(t)
	base := r.commit("base")
	random := exec.Command("dd", "if=/dev/urandom", "of="+filepath.Join(r.dir, "big"), "bs=1M", "count=8", "status=none")
	if err := random.Run(); err != nil {
		t.Fatal(err)
	}
	head := r.commit("big")
	s := newServer(t)
	m := newMirrors(t, MirrorOptions{})
	q := FetchRequest{RepositoryID: 7, URL: s.serve("o/r", r), Head: head, MergeBase: base, Commits: 1}

	// The server hangs as soon as a pack has begun to arrive; then every git of the mirror is killed.
	packs := filepath.Join(m.path(7), "objects", "pack", "tmp_pack_*")
	ctx, cancel := context.WithCancel(t.Context())
	s.divert = func(w http.ResponseWriter, q *http.Request) {
		s.truncated(w, q, 4<<20, func() { waitFor(t, packs); cancel() })
	}
	if _, err := m.Fetch(ctx, q); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want %v", err, context.Canceled)
	}
	s.answerWith(nil)
	got := fetch(t, m, q)
	wantFiles(t, got, "added big binary\n")
	if left, err := filepath.Glob(packs); err != nil || len(left) > 0 {
		t.Errorf("%q was left, %v", left, err)
	}
}

// truncated answers as the back end does, but after so many bytes of one answer it calls then and sends no more.
func (s *server) truncated(w http.ResponseWriter, q *http.Request, after int, then func()) {
	s.backEnd(&cutWriter{ResponseWriter: w, left: after, then: then, request: q}, q)
}

type cutWriter struct {
	http.ResponseWriter
	left    int
	then    func()
	request *http.Request
}

func (c *cutWriter) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left > 0 {
		return c.ResponseWriter.Write(p)
	}
	if f, ok := c.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
	c.then()
	<-c.request.Context().Done()
	return 0, errors.New("cut")
}

func waitFor(t *testing.T, pattern string) {
	for range 1000 {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%s did not appear", pattern)
}

func TestAKilledProcessLeavesTheLockToTheGitThatItStarted(t *testing.T) {
	m := newMirrors(t, MirrorOptions{})
	lock, err := m.lock(t.Context(), 7)
	if err != nil {
		t.Fatal(err)
	}
	g := m.git
	g.extra = []*os.File{lock.file}
	cmd, _ := g.command(t.Context(), "cat-file", "--batch")
	cmd.Env = append(cmd.Env, "GIT_DIR="+filepath.Join(newRepository(t).dir, ".git"))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := lock.release(); err != nil { // as the kernel does for a process that dies
		t.Fatal(err)
	}
	if _, err := m.tryLock(7, lockSuffix, syscall.LOCK_EX); !errors.Is(err, errLocked) {
		t.Errorf("%v: the lock was free while git was still at work", err)
	}
	if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
		t.Fatal(err)
	}
	again, err := m.tryLock(7, lockSuffix, syscall.LOCK_EX)
	if err != nil {
		t.Fatalf("the lock stays after git has ended: %v", err)
	}
	if err := again.release(); err != nil {
		t.Fatal(err)
	}
}

func TestAFetchThatBringsTooMuchIsStopped(t *testing.T) {
	r := newRepository(t)
	base := r.commit("base")
	if err := exec.Command("dd", "if=/dev/urandom", "of="+filepath.Join(r.dir, "big"), "bs=1M", "count=8", "status=none").Run(); err != nil {
		t.Fatal(err)
	}
	head := r.commit("big")
	s := newServer(t)
	m := newMirrors(t, MirrorOptions{MaxFetchBytes: 1 << 20})
	q := FetchRequest{RepositoryID: 7, URL: s.serve("o/r", r), Head: head, MergeBase: base, Commits: 1}
	for range 2 { // the same every time: nothing of the first one stays
		if _, err := m.Fetch(t.Context(), q); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%v, want %v", err, ErrTooLarge)
		}
	}
	if n := diskBytes(m.dir); n > 2<<20 {
		t.Errorf("%d bytes are left", n)
	}
}

func TestRefsOfManyFetchesAreForgotten(t *testing.T) {
	r, q := pullRequest(t)
	s := newServer(t)
	q.URL = s.serve("o/r", r)
	m := newMirrors(t, MirrorOptions{})
	fetch(t, m, q)
	refs := filepath.Join(m.path(7), "refs", "assay")
	for i := range 3 * keptRefs {
		writeFile(t, filepath.Join(refs, fmt.Sprintf("%040d", i)), string(q.MergeBase)+"\n")
	}
	r.write("d", "d\n")
	q.Head, q.Commits = r.commit("third"), 3
	fetch(t, m, q)
	entries, err := os.ReadDir(refs)
	if err != nil || len(entries) > keptRefs+3 {
		t.Errorf("%d refs, %v", len(entries), err)
	}
}
