package localhub_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
)

// git runs git without the configuration of whoever runs the test.
func git(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_TERMINAL_PROMPT=0")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func cloneURL(s *scene, token string) string {
	return strings.Replace(s.repo.CloneURL(), "http://", "http://x-access-token:"+token+"@", 1)
}

func TestGitOverHTTP(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"README": "hello\n"})
	s.repo.Commit("feature", "more", s.dev, localhub.Files{"more": "x\n"})
	p := s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "More", Author: s.dev})
	noContents := s.newToken(object{"permissions": object{"checks": "write"}})

	for _, c := range []struct {
		name, url, want string
	}{
		{"a token with contents: read clones a private repository", cloneURL(s, s.token), ""},
		{"nobody clones it without a token", s.repo.CloneURL(), "could not read Username"},
		{"a token without contents: read does not", cloneURL(s, noContents), "403"},
		{"an unknown token does not", cloneURL(s, "ghs_unknown"), "Authentication failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := git(t, t.TempDir(), "clone", "-q", c.url, "clone")
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(out, c.want)) {
				t.Errorf("got %v: %s, want %q", err, out, c.want)
			}
		})
	}

	t.Run("a blobless, shallow fetch of one commit id works, and refs/pull/N/head names the head", func(t *testing.T) {
		dir := t.TempDir()
		if out, err := git(t, dir, "init", "-q", "--bare"); err != nil {
			t.Fatal(out)
		}
		if out, err := git(t, dir, "fetch", "-q", "--filter=blob:none", "--depth=1", cloneURL(s, s.token), p.MergeBase()); err != nil {
			t.Fatal(out)
		}
		if out, err := git(t, dir, "fetch", "-q", cloneURL(s, s.token), "refs/pull/1/head:refs/heads/it"); err != nil {
			t.Fatal(out)
		}
		if got, _ := git(t, dir, "rev-parse", "it"); got != p.Head() {
			t.Errorf("refs/pull/1/head is %s, want %s", got, p.Head())
		}
	})

	t.Run("a push is refused, however good the token", func(t *testing.T) {
		dir := t.TempDir()
		if out, err := git(t, dir, "clone", "-q", cloneURL(s, s.token), "."); err != nil {
			t.Fatal(out)
		}
		if out, err := git(t, dir, "push", "-q", "origin", "main:other"); err == nil || !strings.Contains(out, "403") {
			t.Errorf("push: %v %s, want 403", err, out)
		}
	})
}

func TestCommitsWriteWhateverGitCanHold(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"keep": "1\n", "gone": "2\n", "old/name": "a\nb\nc\nd\n"})
	odd := "odd \"quoted\"\n\xff\\name"
	sha := s.repo.Commit("main", "Subject\n\nBody with ünï\x01 bytes", s.dev,
		localhub.Files{odd: "bytes \x00\xff\n", "crlf": "a\r\nb\r\n", "empty": ""},
		localhub.Delete("gone"), localhub.Rename("old/name", "new name"), localhub.Symlink("link", "keep"),
		localhub.Executable("run.sh", "#!/bin/sh\n"), localhub.Submodule("vendor/lib", strings.Repeat("ab", 20)),
		localhub.By(localhub.Person{Name: "A <b>", Email: "a@example.org"}, localhub.Person{Name: "C", Email: "c@example.org"}),
	)
	dir := s.repo.GitDir()
	listed, err := git(t, dir, "ls-tree", "-r", "-z", sha)
	if err != nil {
		t.Fatal(listed)
	}
	// Each record is "MODE KIND ID<tab>PATH".
	got := regexp.MustCompile(`(\d{6}) \w+ [0-9a-f]{40}\t`).ReplaceAllString(listed, "$1 ")
	want := strings.Join([]string{
		"100644 crlf", "100644 empty", "100644 keep", "120000 link", "100644 new name", "100644 " + odd, "100755 run.sh",
		"160000 vendor/lib",
	}, "\x00") + "\x00"
	if got != want {
		t.Errorf("tree is\n%q, want\n%q", got, want)
	}
	if got, _ := git(t, dir, "log", "-1", "--format=%an|%ae|%cn|%s", sha); got != "A b|a@example.org|C|Subject" {
		t.Errorf("commit says %q", got)
	}
	out, err := exec.Command("git", "-C", dir, "cat-file", "blob", sha+":"+odd).Output()
	if err != nil || string(out) != "bytes \x00\xff\n" {
		t.Errorf("content is %q, %v", out, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "refs", "localhub", "incoming")); err == nil {
		t.Error("the scratch ref is still there")
	}
}
