package gitrepo

import (
	"crypto/sha256"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheIndexIsComparedWithoutTouchingTheRepository(t *testing.T) {
	tests := map[string]func(r *testRepository){
		"an ordinary index": func(r *testRepository) {},
		"a split index":     func(r *testRepository) { r.git("update-index", "--split-index") },
		"a sparse index": func(r *testRepository) {
			r.git("sparse-checkout", "set", "--cone", "--sparse-index", "dir")
		},
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			r.write("a", "one\n")
			r.write("b", "b\n")
			r.write("far/away", "f\n")
			r.write("far/off", "f\n")
			base := r.commit("base")
			prepare(r)
			r.write("a", "two\n")
			r.write("dir/new", "new\n")
			r.git("add", "a", "dir/new")
			r.write("a", "not staged\n")
			r.write("unknown", "not staged\n")
			r.git("rm", "-q", "--cached", "b")
			before := snapshot(t, r.dir)
			got, err := OpenStaged(t.Context(), r.dir, "HEAD")
			if err != nil {
				t.Fatal(err)
			}
			closeAtEnd(t, got)
			if diff := cmp.Diff("modified a -1,1+1,1\ndeleted b -1,1+0,0\nadded dir/new -0,0+1,1\n", show(got.Change().Files)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if content := readTree(t, got.Change().Head, "a"); content != "two\n" {
				t.Errorf("a holds %q", content)
			}
			if c := got.Change(); c.MergeBaseSHA != base || c.HeadSHA != "" || len(c.Commits) > 0 {
				t.Errorf("merge base %q, head %q, %d commits", c.MergeBaseSHA, c.HeadSHA, len(c.Commits))
			}
			if diff := cmp.Diff(before, snapshot(t, r.dir)); diff != "" {
				t.Errorf("the repository changed:\n%s", diff)
			}
		})
	}
}

// snapshot is a hash of every file below a directory.
func snapshot(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	files := map[string][32]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files[path] = sha256.Sum256(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestAnUnresolvedMergeInTheIndexIsSaid(t *testing.T) {
	r := newRepository(t)
	r.write("a", "one\n")
	r.commit("base")
	r.git("checkout", "-q", "-b", "other")
	r.write("a", "two\n")
	r.commit("two")
	r.git("checkout", "-q", "main")
	r.write("a", "three\n")
	r.commit("three")
	merge := exec.Command("git", "merge", "other")
	merge.Dir = r.dir
	if err := merge.Run(); err == nil {
		t.Fatal("the merge had no conflict")
	}
	_, err := OpenStaged(t.Context(), r.dir, "HEAD")
	if err == nil || !strings.Contains(err.Error(), "not resolved") {
		t.Errorf("%v, want the merge to be said", err)
	}
}
