package server_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
)

// keyLine is a line of code with a key in it.
func keyLine(seed byte) string { return "KEY = \"" + anthropicKey(seed) + "\"\n" }

// hostilePaths are names that git takes and that mean something to a terminal, to Markdown or to GitHub.
var hostilePaths = []string{
	"new\nline.py",
	"quo\"te'.py",
	"tab\tbell\a.py",
	"\u202eyp.txt.py", // turns the direction of what follows
	"](javascript:alert(1)) <img src=x onerror=alert(1)> @octocat `tick` | pipe.py",
	"--upload-pack=evil",
	"a b/#1 GH-2 **bold**.py",
	"con:\\dos.py",
	strings.Repeat(strings.Repeat("d", 203)+"/", 20) + "sixteen bytes..x", // 4,096 bytes
}

// notUTF8 is a name that GitHub's API cannot say.
const notUTF8 = "bad\xff\xfeutf8.py"

// hostileText is what stands around a key, in titles and in messages.
const hostileText = "@octocat </details> ``` ~~~ <script>alert(1)</script> <!-- ![x](https://evil.example/x.png) [y](javascript:alert(1))"

func TestHostileNamesAndTextsAreShownAndDoNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, enforcing(nil))
	if n := len(hostilePaths[len(hostilePaths)-1]); n != 4096 {
		t.Fatalf("the long path has %d bytes", n)
	}
	files := localhub.Files{}
	for i, path := range append(hostilePaths, notUTF8) {
		files[path] = strings.TrimSuffix(keyLine(byte(i)), "\n") + " # " + hostileText + "\n"
	}
	w.repo.Commit("feature", "Add "+hostileText, w.dev, files)
	pull := w.repo.OpenPull(localhub.NewPull{Head: "feature", Title: hostileText, Body: hostileText, Author: w.dev})
	gate := w.concluded(pull.Head(), "Assay", "failure")

	commented := map[string]bool{}
	texts := []string{gate.Summary, gate.Text}
	for _, c := range pull.ReviewComments() {
		commented[c.Place.Path] = true
		texts = append(texts, c.Body)
	}
	for _, path := range hostilePaths {
		if !commented[path] {
			t.Errorf("%.60q has no comment", path)
		}
	}
	if !strings.Contains(gate.Text, `"bad&#92;377&#92;376utf8.py"`) {
		t.Errorf("what cannot have a comment is not explained:\n%s", gate.Text)
	}
	for _, text := range texts {
		if live := liveMarkup.FindString(withoutCode(text)); live != "" {
			t.Errorf("%q takes effect in:\n%s", live, text)
		}
	}
	for _, address := range []string{pull.URL(), fmt.Sprintf("%s/acme/bot/runs/%d", w.hub.URL(), gate.ID)} {
		page := get(t, address)
		for _, active := range []string{"<script", "<img src=x", "evil.example/x.png\"", "href=\"javascript:"} {
			if strings.Contains(page, active) {
				t.Errorf("%s appears on the page %s", active, address)
			}
		}
	}
}

// liveMarkup is what a pull request's text could do to a page, or to a person, that is not behind an escape.
var liveMarkup = regexp.MustCompile(`@octocat|<script|<img|\]\(javascript:|!\[x\]|https://evil\.example|\*\*bold\*\*|[^\w;]#1\b|GH-2`)

// withoutCode leaves out what Markdown shows as it is, fenced blocks and spans of code, and where our own links lead.
func withoutCode(text string) string {
	for _, code := range []*regexp.Regexp{
		regexp.MustCompile("(?ms)^`{5,}.*?^`{5,}$"), regexp.MustCompile("(?ms)^`{4}[^`]*\n.*?^`{4}$"),
		regexp.MustCompile("(?ms)^`{3}[^`]*\n.*?^`{3}$"), regexp.MustCompile("`[^`\n]+`"),
		regexp.MustCompile(`\]\(http://127\.0\.0\.1:[^)\s]*\)`),
	} {
		text = code.ReplaceAllString(text, "")
	}
	return text
}

// get reads a page as a browser does.
func get(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", address, response.StatusCode, err)
	}
	return string(body)
}

// manyFiles are so many small files, the last of which holds a key.
func manyFiles(n int) localhub.Files {
	files := localhub.Files{}
	for i := range n - 1 {
		files[fmt.Sprintf("src/%05d.py", i)] = fmt.Sprintf("x = %d\n", i)
	}
	files["z.py"] = keyLine(1)
	return files
}

// TestUnusualChangesAreReviewedOrSaidToBeUnscanned holds for everything that git can carry: nothing passes that was not
// looked at.
func TestUnusualChangesAreReviewedOrSaidToBeUnscanned(t *testing.T) {
	t.Parallel()
	const largest = 50 << 20 // bytes of the largest file that is looked at
	for _, c := range []struct {
		name       string
		files      localhub.Files
		options    []localhub.CommitOption
		conclusion string
		says       []string // in the summary
		comments   []string
	}{
		{"an empty commit", nil, nil, "success", []string{"No new findings"}, nil},
		{"symbolic links that lead out of the repository", nil,
			[]localhub.CommitOption{localhub.Symlink("passwd", "/etc/passwd"), localhub.Symlink("up", "../../.."), localhub.Symlink("self", "self")},
			"success", []string{"No new findings"}, nil},
		{"a link in place of a folder, and a key behind it", localhub.Files{"real/settings.py": keyLine(1)},
			[]localhub.CommitOption{localhub.Symlink("linked", "real")}, "failure", []string{"real/settings.py:1"}, []string{"real/settings.py:1"}},
		{"a submodule", localhub.Files{".gitmodules": "[submodule \"x\"]\n\tpath = x\n\turl = --upload-pack=touch /tmp/x\n"},
			[]localhub.CommitOption{localhub.Submodule("x", strings.Repeat("a", 40))}, "success", []string{"No new findings"}, nil},
		{"line ends of Windows", localhub.Files{"a.py": "import os\r\n" + strings.TrimSpace(keyLine(1)) + "\r\nx = 1\r\n"}, nil,
			"failure", []string{"a.py:2"}, []string{"a.py:2"}},
		{"line ends of old Macs", localhub.Files{"a.py": "import os\r" + strings.TrimSpace(keyLine(1)) + "\rx = 1\r"}, nil,
			"failure", []string{"a.py:"}, []string{"a.py:1"}},
		{"a key that ends the file without a line feed", localhub.Files{"a.py": strings.TrimSpace(keyLine(1))}, nil,
			"failure", []string{"a.py:1"}, []string{"a.py:1"}},
		{"a binary file", localhub.Files{"blob.bin": "\x00\x01\x02\xff" + strings.Repeat("\x00", 5000)}, nil,
			"success", []string{"left out 1 file"}, nil},
		{"text that is not UTF-8", localhub.Files{"latin.py": "# caf\xe9\n" + keyLine(1)}, nil,
			"failure", []string{"latin.py:2"}, []string{"latin.py:2"}},
		{"a text above the limit", localhub.Files{"large.txt": strings.Repeat("A line.\n", largest/8+1)}, nil,
			"failure", []string{"large.txt", "larger than 50 MiB", "What was not checked does not pass"}, nil},
		{"10,000 files, of which GitHub lists 3,000", manyFiles(10_000), nil,
			"failure", []string{"z.py:1", "at a line that GitHub does not show"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, enforcing(nil))
			w.repo.Commit("feature", "Change", w.dev, c.files, c.options...)
			pull := w.repo.OpenPull(localhub.NewPull{Head: "feature", Title: c.name, Author: w.dev})
			gate := w.concluded(pull.Head(), "Assay", c.conclusion)
			for _, text := range c.says {
				if !strings.Contains(gate.Summary, text) {
					t.Errorf("the summary does not say %q:\n%s", text, gate.Summary)
				}
			}
			if got := w.outcome(pull).Comments; strings.Join(got, " ") != strings.Join(c.comments, " ") {
				t.Errorf("comments at %v, want %v", got, c.comments)
			}
		})
	}
}

// maxServerMemory is what the server itself may need for the largest changes; the analysis is a process of its own with
// a bound of its own.
const maxServerMemory = 256 << 20

func TestLargeFilesAreReviewedWithoutFillingTheServersMemory(t *testing.T) {
	t.Parallel()
	w := newWorldWithoutServer(t, enforcing(nil))
	p := w.launch(freeAddress(t))
	prose := "The quick brown fox jumps over the lazy dog, again and again\n"
	w.repo.Commit("feature", "Change", w.dev, localhub.Files{
		"50MB.txt": strings.Repeat(prose, 50_000_000/len(prose)) + keyLine(1),
		"line.js":  "var x = \"" + strings.Repeat("abcdefgh ", 20_000_000/9) + "\"; // " + keyLine(2), // of 20 MB
	})
	pull := w.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "Large", Author: w.dev})
	gate := w.concluded(pull.Head(), "Assay", "failure")
	for _, text := range []string{"50MB.txt:819", "line.js:1", "2 at a line that GitHub does not show"} {
		if !strings.Contains(gate.Summary, text) {
			t.Errorf("the summary does not say %q:\n%s", text, gate.Summary)
		}
	}
	if n := len(pull.ReviewComments()); n != 0 {
		t.Errorf("%d comments where GitHub takes none", n)
	}
	if peak := peakMemory(t, p.cmd.Process.Pid); peak > maxServerMemory {
		t.Errorf("the server took %d MiB, want %d at most", peak>>20, maxServerMemory>>20)
	}
}

// TestAForkThatIsDeletedIsStillReviewed: the pull request's head lives on in the repository that it is for.
func TestAForkThatIsDeletedIsStillReviewed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, enforcing(nil))
	stranger := w.hub.User("stranger")
	fork := w.repo.Fork(stranger)
	fork.Commit("feature", "Add settings", stranger, settings(anthropicKey(1)))
	w.hub.HoldWebhooks()
	pull := w.repo.OpenPull(localhub.NewPull{Head: "feature", HeadRepo: fork, Title: "From a fork", Author: stranger})
	fork.Delete()
	w.hub.ReleaseWebhooks()
	w.concluded(pull.Head(), "Assay", "failure")
	if n := len(pull.ReviewComments()); n != 1 {
		t.Errorf("%d comments, want one", n)
	}
}

// TestABaseBranchThatIsDeletedLeavesNoCheckInProgress, at whatever moment it goes.
func TestABaseBranchThatIsDeletedLeavesNoCheckInProgress(t *testing.T) {
	t.Parallel()
	w := newWorld(t, enforcing(nil), with(impatient))
	w.repo.Commit("release", "Fork off", w.dev, localhub.Files{"VERSION": "1\n"}, localhub.From("main"))
	w.repo.Protect("release")
	w.hub.Faults(noGit)
	pull := w.open("feature", "release", clean())
	w.eventually(func() bool {
		run, ok := w.check(pull.Head(), "Assay")
		return ok && run.Status == "in_progress"
	}, func() string { return "the review did not begin" })
	w.repo.DeleteBranch("release", w.dev) // which closes the pull request
	w.hub.Faults(nil)
	w.concluded(pull.Head(), "Assay", "cancelled")
	w.idle()
	if failed := w.failed(); len(failed) != 0 {
		t.Errorf("failed jobs: %+v", failed)
	}
}

// TestAHeadThatIsReplacedDuringTheFetchIsDropped: a forced push took the commit away before git could fetch it.
func TestAHeadThatIsReplacedDuringTheFetchIsDropped(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil), with(impatient))
		w.hub.HoldWebhooks()
		pull := w.open("feature", "main", settings(anthropicKey(1)))
		old := pull.Head()
		w.hub.Faults(noGit)
		w.hub.ReleaseWebhooks()
		w.eventually(func() bool { _, ok := w.check(old, "Assay"); return ok }, func() string { return "the review did not begin" })
		w.repo.Commit("feature", "Without a key", w.dev, clean(), localhub.From("main"))
		w.hub.Faults(nil)
		w.concluded(pull.Head(), "Assay", "success")
		w.concluded(old, "Assay", "cancelled")
		w.idle()
		if n := len(pull.ReviewComments()); n != 0 || len(w.failed()) != 0 {
			t.Errorf("%d comments and %d failed jobs, want none", n, len(w.failed()))
		}
	})
}
