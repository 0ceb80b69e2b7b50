package gitrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
)

// showCommits writes the commits as their message and files.
func showCommits(commits []checks.Commit) string {
	var b strings.Builder
	for _, c := range commits {
		fmt.Fprintf(&b, "* %s\n%s", strings.TrimSpace(c.Message), show(c.Files))
	}
	return b.String()
}

func TestCommitsComeOldestFirstWithWhatEachChanged(t *testing.T) {
	tests := map[string]struct {
		build func(r *testRepository) (base string)
		want  string
	}{
		"a secret that a later commit removes": {
			build: func(r *testRepository) string {
				base := r.commit("base")
				r.write("key", "secret\n")
				r.commit("add")
				r.write("key", "\n")
				r.commit("remove")
				return string(base)
			},
			want: "* add\nadded key -0,0+1,1\n* remove\nmodified key -1,1+1,1\n",
		},
		"an empty commit": {
			build: func(r *testRepository) string {
				base := r.commit("base")
				r.commit("empty")
				return string(base)
			},
			want: "* empty\n",
		},
		"a clean merge of the base branch changes nothing itself": {
			build: func(r *testRepository) string {
				r.write("shared", lines(9))
				r.commit("base")
				r.git("checkout", "-q", "-b", "feature")
				r.write("mine", "m\n")
				r.commit("mine")
				r.git("checkout", "-q", "main")
				r.write("theirs", "t\n")
				r.commit("theirs")
				r.git("checkout", "-q", "feature")
				r.n++
				r.git("merge", "-q", "--no-edit", "-m", "merge", "main")
				return "main"
			},
			want: "* mine\nadded mine -0,0+1,1\n* merge\n",
		},
		"a merge that brings lines of its own": {
			build: func(r *testRepository) string {
				r.write("a", lines(9))
				r.write("b", "b\n")
				r.commit("base")
				r.git("checkout", "-q", "-b", "feature")
				r.write("a", strings.Replace(lines(9), "line 2\n", "mine 2\n", 1))
				r.commit("mine")
				r.git("checkout", "-q", "main")
				r.write("a", strings.Replace(lines(9), "line 8\n", "theirs 8\n", 1))
				r.commit("theirs")
				r.git("checkout", "-q", "feature")
				r.git("merge", "-q", "--no-commit", "main")
				r.write("a", strings.NewReplacer("line 2\n", "mine 2\n", "line 5\n", "evil 5\n", "line 8\n", "theirs 8\n").Replace(lines(9)))
				r.write("evil", "new in the merge\n")
				r.remove("b")
				r.commit("evil merge")
				return "main"
			},
			want: "* mine\nmodified a -2,1+2,1\n" +
				"* evil merge\nmodified a -5,0+5,1\ndeleted b\nadded evil -0,0+1,1\n",
		},
		"an octopus": {
			build: func(r *testRepository) string {
				base := r.commit("base")
				for _, name := range []string{"one", "two", "three"} {
					r.git("checkout", "-q", "-b", name, string(base))
					r.write(name, name+"\n")
					r.commit(name)
				}
				r.n++
				r.git("merge", "-q", "-m", "octopus", "one", "two")
				return string(base)
			},
			want: "* one\nadded one -0,0+1,1\n* two\nadded two -0,0+1,1\n* three\nadded three -0,0+1,1\n* octopus\n",
		},
		"a branch that forked long before what it merged last": {
			build: func(r *testRepository) string {
				r.commit("root")
				r.git("checkout", "-q", "-b", "feature")
				r.write("mine", "m\n")
				r.commit("mine")
				r.git("checkout", "-q", "main")
				for i := range 5 {
					r.write("main", lines(i))
					r.commit("main")
				}
				r.git("checkout", "-q", "feature")
				r.n++
				r.git("merge", "-q", "-m", "merge", "main")
				r.write("mine", "mm\n")
				r.commit("more")
				return "main"
			},
			want: "* mine\nadded mine -0,0+1,1\n* merge\n* more\nmodified mine -1,1+1,1\n",
		},
		"the root commit of a history that was merged in": {
			build: func(r *testRepository) string {
				base := r.commit("base")
				r.git("checkout", "-q", "--orphan", "other")
				r.write("o", "o\n")
				r.commit("orphan")
				r.git("checkout", "-q", "main")
				r.n++
				r.git("merge", "-q", "--allow-unrelated-histories", "-m", "merge", "other")
				return string(base)
			},
			want: "* orphan\nadded o -0,0+1,1\n* merge\n",
		},
		"dates that lie": {
			build: func(r *testRepository) string {
				r.commit("root")
				r.git("checkout", "-q", "-b", "feature")
				r.n = -20_000_000 // 1985
				r.write("mine", "m\n")
				r.commit("long ago")
				r.n = 100
				r.git("checkout", "-q", "main")
				r.commit("main")
				r.git("checkout", "-q", "feature")
				r.n = 50
				r.git("merge", "-q", "-m", "merge", "main")
				return "main"
			},
			want: "* long ago\nadded mine -0,0+1,1\n* merge\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			base := test.build(r)
			got := openRange(t, r.dir, base, "HEAD")
			if diff := cmp.Diff(test.want, showCommits(got.Change().Commits)); diff != "" {
				t.Errorf("commits (-want +got):\n%s", diff)
			}
			if len(got.Unscanned()) > 0 {
				t.Errorf("unscanned: %v", got.Unscanned())
			}
		})
	}
}

func TestACommitHoldsItsOwnFilesAndWhoWroteThem(t *testing.T) {
	r := newRepository(t)
	r.write("dir/old", "old\n")
	base := r.commit("base")
	r.write("dir/sub/a", "a\n")
	r.write("gone", "g\n")
	r.commit("subject\n\nCo-authored-by: Somebody <s@example.com>")
	r.remove("gone")
	r.commit("second")
	c := openRange(t, r.dir, string(base), "HEAD").Change().Commits

	if c[0].Author.Name != "Ada" || c[0].Committer.Email != "ada@example.com" || c[0].Author.When.Unix() != 1_700_000_120 {
		t.Errorf("author %+v, committer %+v", c[0].Author, c[0].Committer)
	}
	if want := "subject\n\nCo-authored-by: Somebody <s@example.com>\n"; c[0].Message != want {
		t.Errorf("message %q, want %q", c[0].Message, want)
	}
	if want := []checks.CommitSHA{base}; !slices.Equal(c[0].Parents, want) {
		t.Errorf("parents %q, want %q", c[0].Parents, want)
	}
	if got := readTree(t, c[0].Tree, "gone"); got != "g\n" {
		t.Errorf("gone held %q in the commit that added it", got)
	}
	for _, absent := range []string{"dir/old", "dir/sub/b", "dir/sub/a/x"} {
		if _, err := c[0].Tree.Open(absent); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("open %s: %v, want it not to exist", absent, err)
		}
	}
	var names []string
	for _, dir := range []string{".", "dir", "dir/sub"} {
		entries, err := c[0].Tree.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
	}
	if diff := cmp.Diff([]string{"dir", "gone", "sub", "a"}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if _, err := c[1].Tree.Open("gone"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file can be opened in the commit that deletes it: %v", err)
	}
}

func TestTooManyCommitsAreSaid(t *testing.T) {
	r := newRepository(t)
	base := r.commit("base")
	var script strings.Builder
	for i := range MaxCommits + 5 {
		fmt.Fprintf(&script, "commit refs/heads/main\ncommitter Ada <ada@example.com> %d +0000\ndata 2\nc\n", 1_800_000_000+i)
		if i == 0 {
			fmt.Fprintf(&script, "from %s\n", base)
		}
		fmt.Fprintf(&script, "M 644 inline f\ndata %d\n%06d\n", 7, i)
	}
	r.gitIn(strings.NewReader(script.String()), "fast-import", "--quiet")
	got := openRange(t, r.dir, string(base), "main")
	if n := len(got.Change().Commits); n != MaxCommits {
		t.Errorf("%d commits, want %d", n, MaxCommits)
	}
	if got := got.Change().Commits[MaxCommits-1].SHA; got != checks.CommitSHA(r.git("rev-parse", "main")) {
		t.Errorf("the newest commit is %s", got)
	}
	u := got.Unscanned()
	if len(u) != 1 || u[0].Kind != checks.Failed || !strings.Contains(u[0].Reason, "more than 1000 commits: at least 5 older") {
		t.Errorf("unscanned: %+v", u)
	}
}

func TestRevisionsThatCannotBeComparedAreRefusedClearly(t *testing.T) {
	r := newRepository(t)
	r.write("a", "a\n")
	r.commit("one")
	r.git("checkout", "-q", "--orphan", "other")
	r.commit("two")
	shallow := t.TempDir()
	if out, err := exec.Command("git", "clone", "-q", "--depth=1", "--no-single-branch", "file://"+r.dir, shallow).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	tests := map[string]struct {
		dir, base, head string
		want            error
		says            string
	}{
		"no common ancestor":    {r.dir, "main", "other", ErrNoMergeBase, "no common ancestor"},
		"no such revision":      {r.dir, "main", "nowhere", ErrNoCommit, `"nowhere"`},
		"an option":             {r.dir, "--all", "main", ErrNoCommit, `"--all"`},
		"an empty revision":     {r.dir, "", "main", ErrNoCommit, `""`},
		"a line break":          {r.dir, "main\nmain", "main", ErrNoCommit, `"main\nmain"`},
		"a blob":                {r.dir, "main:a", "main", ErrNoCommit, `"main:a"`},
		"a shallow clone":       {shallow, "HEAD~1", "HEAD", ErrNoCommit, "git fetch --unshallow"},
		"shallow, no ancestor":  {shallow, "origin/main", "origin/other", ErrNoMergeBase, "git fetch --unshallow"},
		"not a repository":      {t.TempDir(), "main", "main", nil, "not a git repository"},
		"a folder that is gone": {filepath.Join(r.dir, "gone"), "main", "main", nil, "no such file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := OpenRange(t.Context(), test.dir, test.base, test.head)
			if err == nil {
				t.Fatal(got.Close(), "no error")
			}
			if test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("%v is not %q", err, test.want)
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v does not say %s", err, test.says)
			}
		})
	}
}

func TestAShallowCloneSaysWhereItsHistoryIsCut(t *testing.T) {
	r := newRepository(t)
	base := r.commit("base")
	r.git("checkout", "-q", "-b", "side")
	r.write("s", "s\n")
	r.commit("side one")
	r.write("s", "ss\n")
	r.commit("side two")
	r.git("checkout", "-q", "main")
	r.n++
	r.git("merge", "-q", "--no-ff", "-m", "merge", "side")
	shallow := t.TempDir()
	if out, err := exec.Command("git", "clone", "-q", "--depth=2", "file://"+r.dir, shallow).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := openRange(t, shallow, string(base), "HEAD")
	if diff := cmp.Diff("added s -0,0+1,1\n", show(got.Change().Files)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if len(got.Unscanned()) == 0 || got.Unscanned()[0].Kind != checks.Failed {
		t.Errorf("unscanned: %+v, want the cut history to be said", got.Unscanned())
	}
}

// mergesOfTheirOwn is n merges in a row, each with lines in f, or in the files that are named, that no parent has.
func mergesOfTheirOwn(r *testRepository, base checks.CommitSHA, n int, names ...string) {
	var script strings.Builder
	commit := func(branch, from, merge, content string) {
		if from != "" {
			from = "from " + from + "\n"
		}
		fmt.Fprintf(&script, "commit refs/heads/%s\ncommitter Ada <ada@example.com> 1900000000 +0000\ndata 1\nm\n%s%s", branch, from, merge)
		for _, name := range names {
			fmt.Fprintf(&script, "M 644 inline %s\ndata %d\n%s\n", name, len(content), content)
		}
	}
	tip := string(base)
	for i := range n {
		commit(fmt.Sprint("side", i), string(base), "", fmt.Sprint("side ", i))
		commit("merged", tip, fmt.Sprintf("merge refs/heads/side%d\n", i), fmt.Sprint("own ", i))
		tip = "" // the branch goes on
	}
	r.gitIn(strings.NewReader(script.String()), "fast-import", "--quiet", "--force")
}

func TestMergesThatAreTooManyOrTooLargeAreSaid(t *testing.T) {
	var many []string
	for i := range maxMergeNames / 200 {
		many = append(many, fmt.Sprintf("%0200d", i))
	}
	tests := map[string]struct {
		merges int
		names  []string
		says   string
	}{
		"as many merges as are looked into": {maxTouchedMerges, []string{"f"}, ""},
		"one more":                          {maxTouchedMerges + 1, []string{"f"}, "more than 64 merges have lines of their own"},
		"one with half a megabyte of names": {1, many, "the merge changes too many files itself"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			base := r.commit("base")
			mergesOfTheirOwn(r, base, test.merges, test.names...)
			got := openRange(t, r.dir, string(base), "merged")
			if n := len(got.Change().Commits); n != 2*test.merges {
				t.Errorf("%d commits, want %d", n, 2*test.merges)
			}
			var says []string
			for _, u := range got.Unscanned() {
				says = append(says, u.Reason)
			}
			if all := strings.Join(says, "; "); !strings.Contains(all, test.says) || (test.says == "") != (all == "") {
				t.Errorf("unscanned %q, want %q", all, test.says)
			}
		})
	}
}

func TestAPartialCloneSaysWhichFilesItLacks(t *testing.T) {
	r := newRepository(t)
	r.write("a", "one\n")
	base := r.commit("base")
	r.write("a", "two\n")
	r.commit("head")
	r.git("config", "uploadpack.allowFilter", "true")
	partial := t.TempDir()
	if out, err := exec.Command("git", "clone", "-q", "--bare", "--filter=blob:none", "file://"+r.dir, partial).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := openRange(t, partial, string(base), "HEAD")
	if diff := cmp.Diff("modified a\n", show(got.Change().Files)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if u := got.Unscanned(); len(u) == 0 || u[0].Path != "a" || u[0].Kind != checks.Failed || u[0].Reason != ErrMissing.Error() {
		t.Errorf("unscanned: %+v", u)
	}
	if _, err := got.Change().Head.Open("a"); !errors.Is(err, ErrMissing) || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open: %v, want %v", err, ErrMissing)
	}
}
