package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// crossing is a flow from one file into another.
var crossing = map[string]string{
	"view.py":  "from flask import request\nfrom tools import run\n\ndef view():\n    run(request.args[\"a\"])\n",
	"tools.py": "import os\n\ndef run(command):\n    os.system(\"ls \" + command)\n",
	"plain.py": "print(1)\n",
}

// entries counts the results in a cache.
func entries(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var seconds = regexp.MustCompile(`"seconds": [0-9.e-]+`)

func TestACacheChangesNoResult(t *testing.T) {
	dir, cache := folder(t, crossing), filepath.Join(t.TempDir(), "cache")
	env := map[string]string{"XDG_STATE_HOME": t.TempDir()}
	scan := func(args ...string) string {
		t.Helper()
		got := assayWith(t, env, "", append([]string{"scan", dir, "--checks", "code", "--format", "json"}, args...)...)
		if got.code != 1 || got.stderr != "" {
			t.Fatalf("exit %d: %s%s", got.code, got.stdout, got.stderr)
		}
		return seconds.ReplaceAllString(got.stdout, "")
	}
	for _, step := range []struct {
		what    string
		change  map[string]string
		results int // in the cache, afterwards
	}{
		{"the first run", nil, 3},
		{"a run with nothing changed", nil, 3},
		{"a file changed", map[string]string{"plain.py": "print(2)\n"}, 4},
		{"a file that another imports changed", map[string]string{"tools.py": "import os\n\n\ndef run(command):\n    os.system(\"ls \" + command)\n"}, 5},
		{"a file came that another would have imported", map[string]string{"flask.py": "request = 1\n"}, 6},
	} {
		write(t, dir, step.change)
		if diff := cmp.Diff(scan(), scan("--cache", cache)); diff != "" {
			t.Errorf("%s: the result differs (-without +with):\n%s", step.what, diff)
		}
		if n := entries(t, cache); n != step.results {
			t.Errorf("%s: %d results are kept, want %d", step.what, n, step.results)
		}
	}
}

func TestAReviewWithACache(t *testing.T) {
	repo := newRepository(t, crossing)
	repo.git("checkout", "--quiet", "-b", "feature")
	repo.commit("add a view", map[string]string{"other.py": strings.ReplaceAll(crossing["view.py"], "view()", "other()")})
	env := map[string]string{"XDG_STATE_HOME": t.TempDir()}
	cache := filepath.Join(repo.dir, "ignored") // the work tree is not looked at
	var first outcome
	for range 3 {
		got := assayWith(t, env, "", "review", "--repo", repo.dir, "--base", "main", "--checks", "code", "--cache", cache)
		if first.stdout == "" {
			first = got
		}
		if diff := cmp.Diff(first, got, cmp.AllowUnexported(outcome{})); diff != "" || got.code > 1 {
			t.Errorf("exit %d, differs from the first: %s", got.code, diff)
		}
	}
	if entries(t, cache) == 0 {
		t.Error("nothing was kept")
	}
}

func TestACacheThatLiesInWhatIsScannedIsRefused(t *testing.T) {
	dir := folder(t, crossing)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, cache := range []string{dir, filepath.Join(dir, "a", "b"), filepath.Join(link, "c")} {
		got := assay(t, "scan", dir, "--cache", cache)
		if got.code != 2 || !strings.Contains(got.stderr, "lies in what is scanned") {
			t.Errorf("%s: exit %d: %s", cache, got.code, got.stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "a")); err == nil {
		t.Error("it was made all the same")
	}
}
