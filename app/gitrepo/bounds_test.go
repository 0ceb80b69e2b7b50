package gitrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
)

// empties is a fast-import script of n commits without files on a branch, a minute apart and the first at a date.
func empties(branch, from string, n int, date int64) string {
	var script strings.Builder
	for i := range n {
		fmt.Fprintf(&script, "commit refs/heads/%s\ncommitter Ada <ada@example.com> %d +0000\ndata 2\nc\n", branch, date+60*int64(i))
		if i == 0 && from != "" {
			fmt.Fprintf(&script, "from %s\n", from)
		}
		script.WriteString("\n")
	}
	return script.String()
}

func (r *testRepository) fastImport(script ...string) {
	r.t.Helper()
	r.gitIn(strings.NewReader(strings.Join(script, "")), "fast-import", "--quiet", "--force")
}

// says reports whether one of the reasons, which must be of kind failed, contains text.
func says(t *testing.T, r *Range, text string) bool {
	t.Helper()
	return slices.ContainsFunc(r.Unscanned(), func(u checks.Unscanned) bool {
		if u.Kind != checks.Failed {
			t.Errorf("%+v does not make the verdict incomplete", u)
		}
		return strings.Contains(u.Reason, text)
	})
}

func TestAComparisonOfMoreNamesThanAreReadIsSaidToBeCut(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	base := r.commit("base")
	bulk(r, "many", string(base), maxRawFiles+1, func(i int) string { return fmt.Sprintf("d%03d/f%06d", i%500, i) })
	got := openRange(t, r.dir, string(base), "many")
	if n := len(got.Change().Files); n != MaxFiles {
		t.Errorf("%d files, want %d", n, MaxFiles)
	}
	if !says(t, got, "1 changed files more than the 100000") {
		t.Errorf("unscanned: %+v", got.Unscanned())
	}
}

// TestAHistoryTooLargeToWalkIsSaid: the branch merges one that forked where the base branch began, so that nothing but
// a walk over all of the base branch tells what is whose.
func TestAHistoryTooLargeToWalkIsSaid(t *testing.T) {
	t.Parallel()
	const early, late = 1_000_000_000, 1_500_000_000
	const said = "too large to tell which commits belong to it"
	for name, test := range map[string]struct {
		base, merged int // commits since the fork
		commits      int // that are looked at one by one
		said         string
	}{
		"more than are read":    {maxWalk + 10, 3, 2, said}, // those below were not come to
		"as many as are held":   {2, maxMine - 2, MaxCommits, "more than 1000 commits"},
		"one more than is held": {2, maxMine - 1, MaxCommits, said},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepository(t)
			r.fastImport(empties("main", "", 1, early))
			r.fastImport(
				empties("merged", "refs/heads/main^0", test.merged, early+60), // older than the base branch's
				empties("main", "refs/heads/main^0", test.base, late),
			)
			r.git("update-ref", "refs/heads/feature", r.git("commit-tree", "-m", "merge", "-p", "main", "-p", "merged", "main^{tree}"))
			got := openRange(t, r.dir, "main", "feature")
			if n := len(got.Change().Commits); n != test.commits {
				t.Errorf("%d commits, want %d", n, test.commits)
			}
			if is := says(t, got, said); is != (test.said == said) || test.said != "" && !says(t, got, test.said) {
				t.Errorf("unscanned: %+v, want %q", got.Unscanned(), test.said)
			}
		})
	}
}

// TestAHistoryTooDeepToFetchIsSaid: the branch merges one that forked where the base branch began.
func TestAHistoryTooDeepToFetchIsSaid(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		commits int // of the base branch
		cut     bool
	}{
		"within reach": {maxDepth - 100, false},
		"beyond":       {maxDepth + 100, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const late = 1_500_000_000
			r := newRepository(t)
			r.fastImport(empties("main", "", 1, late-120))
			r.fastImport(
				empties("old", "refs/heads/main^0", 1, late-60),
				empties("main", "refs/heads/main^0", test.commits, late),
			)
			base := checks.CommitSHA(r.git("rev-parse", "main"))
			head := checks.CommitSHA(r.git("commit-tree", "-m", "merge", "-p", string(base), "-p", "old", "main^{tree}"))
			r.git("update-ref", "refs/heads/feature", string(head))
			s := newServer(t)
			got := fetch(t, newMirrors(t, MirrorOptions{}), FetchRequest{RepositoryID: 7, URL: s.serve("o/r", r), Head: head, MergeBase: base, Commits: 2})
			if cut := says(t, got, "the history is cut"); cut != test.cut {
				t.Errorf("unscanned: %+v", got.Unscanned())
			}
		})
	}
}

func TestAFolderTooLargeToReadIsSaid(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.write("x", "1\n")
	r.commit("begin")
	blob := r.gitIn(strings.NewReader("a\n"), "hash-object", "-w", "--stdin")
	const entry = len("100644 ") + 240 + 1 + 20 // bytes in a tree, with a name of 240
	name := func(i int) string { return fmt.Sprintf("f%0239d", i) }
	folder := func(bytes int) string {
		var list strings.Builder
		for i := range bytes / entry {
			fmt.Fprintf(&list, "100644 blob %s\t%s\n", blob, name(i))
		}
		return r.gitIn(strings.NewReader(list.String()), "mktree")
	}
	root := r.gitIn(strings.NewReader(fmt.Sprintf("040000 tree %s\tlarge\n040000 tree %s\ttoo-large\n", folder(maxTreeObject), folder(maxTreeObject+entry))), "mktree")
	base := r.git("commit-tree", "-m", "base", "-p", "HEAD", root)
	r.git("update-ref", "refs/heads/main", base)
	r.git("read-tree", base)
	x := r.gitIn(strings.NewReader("2\n"), "hash-object", "-w", "--stdin")
	r.git("update-index", "--add", "--cacheinfo", "100644,"+x+",x")
	r.git("commit", "--quiet", "-m", "change")
	tree := openRange(t, r.dir, base, "main").Change().Head
	if got := readTree(t, tree, "large/"+name(7)); got != "a\n" {
		t.Errorf("in a large folder there is %q", got)
	}
	if _, err := tree.Open("too-large/" + name(7)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a file in a folder that is too large: %v", err)
	}
	if _, err := fs.ReadDir(tree, "too-large"); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a folder that is too large: %v", err)
	}
}

func TestACommitTooLargeToReadIsSaid(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	base := r.commit("base")
	for name, test := range map[string]struct {
		message int
		want    error
	}{
		"just taken": {maxCommitObject - 1<<10, nil},
		"too large":  {maxCommitObject, ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			head := r.gitIn(strings.NewReader(strings.Repeat("m", test.message)), "commit-tree", "-p", string(base), string(base)+"^{tree}")
			r.git("update-ref", "refs/heads/feature", head)
			got, err := OpenRange(t.Context(), r.dir, string(base), "feature")
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if err != nil {
				return
			}
			closeAtEnd(t, got)
			if n := len(got.Change().Commits[0].Message); n != checks.MaxCommitMessage {
				t.Errorf("%d bytes of the message are kept, want %d", n, checks.MaxCommitMessage)
			}
		})
	}
}
