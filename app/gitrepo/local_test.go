package gitrepo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestARangeSaysHowFilesDiffer(t *testing.T) {
	tests := map[string]struct {
		before, after func(r *testRepository)
		want          string
	}{
		"an added file": {
			after: func(r *testRepository) { r.write("a", "x\n") },
			want:  "added a -0,0+1,1\n",
		},
		"an added empty file": {
			after: func(r *testRepository) { r.write("a", "") },
			want:  "added a\n",
		},
		"a changed line in the middle": {
			before: func(r *testRepository) { r.write("a", lines(9)) },
			after:  func(r *testRepository) { r.write("a", strings.Replace(lines(9), "line 5", "LINE 5", 1)) },
			want:   "modified a -5,1+5,1\n",
		},
		"a deleted file": {
			before: func(r *testRepository) { r.write("a", "x\ny\n") },
			after:  func(r *testRepository) { r.remove("a") },
			want:   "deleted a -1,2+0,0\n",
		},
		"a file moved unchanged": {
			before: func(r *testRepository) { r.write("a", lines(9)) },
			after:  func(r *testRepository) { r.git("mv", "a", "b") },
			want:   "renamed b from a\n",
		},
		"a file moved and changed": {
			before: func(r *testRepository) { r.write("old/a", lines(20)) },
			after: func(r *testRepository) {
				r.remove("old")
				r.write("new/a", lines(20)+"more\n")
			},
			want: "renamed new/a from old/a -20,0+21,1\n",
		},
		"a copy of a file that changed too": {
			before: func(r *testRepository) { r.write("a", lines(20)) },
			after: func(r *testRepository) {
				r.write("a", lines(20)+"more\n")
				r.write("b", lines(20))
			},
			want: "modified a -20,0+21,1\ncopied b from a\n",
		},
		"a mode": {
			before: func(r *testRepository) { r.write("a", "x\n") },
			after:  func(r *testRepository) { chmod(r, "a", 0o755) },
			want:   "modified a -rw-r--r-- to -rwxr-xr-x\n",
		},
		"a file that became a link": {
			before: func(r *testRepository) { r.write("a", "x\ny\n") },
			after: func(r *testRepository) {
				r.remove("a")
				symlink(r, "elsewhere", "a")
			},
			want: "type a -rw-r--r-- to Lrwxrwxrwx -1,2+0,0 -0,0+1,1\n",
		},
		"a binary file": {
			before: func(r *testRepository) { r.write("a", "x\x00") },
			after:  func(r *testRepository) { r.write("a", "y\x00") },
			want:   "modified a binary\n",
		},
		"CRLF kept as it is": {
			before: func(r *testRepository) { r.write("a", "1\r\n2\r\n3\r\n") },
			after:  func(r *testRepository) { r.write("a", "1\r\n2\n3\r\n") },
			want:   "modified a -2,1+2,1\n",
		},
		"no newline at the end": {
			before: func(r *testRepository) { r.write("a", "1\n2") },
			after:  func(r *testRepository) { r.write("a", "1\n3") },
			want:   "modified a -2,1+2,1\n",
		},
		"lines that look like the diff's own": {
			before: func(r *testRepository) { r.write("a", "1\n2\n3\n") },
			after: func(r *testRepository) {
				r.write("a", "1\n@@ -1,9 +1,9 @@\ndiff --git a/x b/x\n-- a\n++ b\n\\ No newline\n"+strings.Repeat("a", 40)+" "+strings.Repeat("b", 40)+"\n2\n3\n")
				r.write("b", "\n")
			},
			want: "modified a -1,0+2,6\nadded b -0,0+1,1\n",
		},
		"names with newline, quote, control characters, and bytes that are not UTF-8": {
			after: func(r *testRepository) {
				for _, name := range []string{"new\nline", `quo"te`, "tab\tbell\a", "latin-\xe9", `back\slash`, " space ", "é", ":(glob)*", "-dash"} {
					r.write(name, "x\n")
				}
			},
			want: `added  space  -0,0+1,1` + "\n" +
				`added -dash -0,0+1,1` + "\n" +
				`added :(glob)* -0,0+1,1` + "\n" +
				`added "back\\slash" -0,0+1,1` + "\n" +
				`added "latin-\351" -0,0+1,1` + "\n" +
				`added "new\nline" -0,0+1,1` + "\n" +
				`added "quo\"te" -0,0+1,1` + "\n" +
				`added "tab\tbell\a" -0,0+1,1` + "\n" +
				`added é -0,0+1,1` + "\n",
		},
		"a submodule": {
			after: func(r *testRepository) {
				r.git("update-index", "--add", "--cacheinfo", "160000,"+string(r.head())+",sub")
				r.git("commit", "--quiet", "-m", "by hand")
			},
			want: "added sub -0,0+1,1\n",
		},
		"attributes that would hide a change": {
			before: func(r *testRepository) { r.write("a.py", "x\n"); r.write(".gitattributes", "*.py binary -diff\n") },
			after:  func(r *testRepository) { r.write("a.py", "y\n") },
			want:   "modified a.py -1,1+1,1\n",
		},
		"nothing at all": {
			after: func(r *testRepository) {},
			want:  "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			if test.before != nil {
				test.before(r)
			}
			base := r.commit("before")
			test.after(r)
			if r.git("log", "-1", "--format=%s") != "by hand" {
				r.commit("after")
			}
			got := openRange(t, r.dir, string(base), "HEAD")
			if diff := cmp.Diff(test.want, show(got.Change().Files)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if len(got.Unscanned()) > 0 {
				t.Errorf("unscanned: %v", got.Unscanned())
			}
		})
	}
}

func chmod(r *testRepository, path string, mode os.FileMode) {
	r.t.Helper()
	if err := os.Chmod(filepath.Join(r.dir, path), mode); err != nil {
		r.t.Fatal(err)
	}
}

func symlink(r *testRepository, target, path string) {
	r.t.Helper()
	if err := os.Symlink(target, filepath.Join(r.dir, path)); err != nil {
		r.t.Fatal(err)
	}
}
