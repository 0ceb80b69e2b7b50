package gitrepo

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNothingThatARepositoryConfiguresIsRun(t *testing.T) {
	r := newRepository(t)
	r.write("a.txt", "one\n")
	r.write(".gitattributes", "*.txt diff=evil filter=evil merge=evil\n")
	base := string(r.commit("base"))
	r.write("a.txt", "two\n")
	r.commit("head")
	r.write("a.txt", "three\n")
	r.git("add", "a.txt")

	ran := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(r.dir, ".git", "evil")
	writeFile(t, script, "#!/bin/sh\necho \"$0 $@\" >> "+ran+"\ncat\n")
	if err := os.Chmod(script, 0o755); err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"core.fsmonitor": script, "core.hooksPath": filepath.Join(r.dir, ".git", "evilhooks"), "core.pager": script, "core.editor": script,
		"core.sshCommand": script, "core.askPass": script, "core.gitProxy": script, "core.alternateRefsCommand": script,
		"diff.external": script, "diff.evil.command": script, "diff.evil.textconv": script,
		"filter.evil.clean": script, "filter.evil.smudge": script, "filter.evil.process": script,
		"credential.helper": "!" + script, "gpg.program": script, "log.showSignature": "true", "interactive.diffFilter": script,
		"uploadpack.packObjectsHook": script, "alias.cat-file": "!" + script, "alias.diff-tree": "!" + script,
		"remote.origin.url": "ext::" + script, "remote.origin.promisor": "true", "remote.origin.partialclonefilter": "blob:none",
		"protocol.ext.allow": "always", "protocol.allow": "always", "extensions.partialClone": "origin", "core.repositoryformatversion": "1",
		"submodule.recurse": "true", "pager.cat-file": script,
	} {
		r.git("config", key, value)
	}
	for _, hook := range []string{"post-index-change", "pre-commit", "post-checkout", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc"} {
		for _, dir := range []string{"hooks", "evilhooks"} {
			path := filepath.Join(r.dir, ".git", dir, hook)
			writeFile(t, path, "#!/bin/sh\necho hook >> "+ran+"\n")
			if err := os.Chmod(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}

	got := openRange(t, r.dir, base, "HEAD")
	if diff := cmp.Diff("modified a.txt -1,1+1,1\n", show(got.Change().Files)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	readTree(t, got.Change().Head, "a.txt")
	staged, err := OpenStaged(t.Context(), r.dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	closeAtEnd(t, staged)
	if diff := cmp.Diff("modified a.txt -1,1+1,1\n", show(staged.Change().Files)); diff != "" {
		t.Errorf("staged (-want +got):\n%s", diff)
	}
	// A missing object must not be fetched from where the repository says either.
	if _, err := OpenRange(t.Context(), r.dir, strings.Repeat("1", 40), "HEAD"); !errors.Is(err, ErrNoCommit) {
		t.Errorf("%v, want %v", err, ErrNoCommit)
	}
	if content, err := os.ReadFile(ran); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("was run: %s", content)
	}
}

func TestReplacedAndGraftedCommitsCountForNothing(t *testing.T) {
	r := newRepository(t)
	r.write("a", "one\n")
	base := string(r.commit("base"))
	r.write("a", "two\n")
	r.commit("head")
	r.git("replace", r.git("rev-parse", "HEAD:a"), r.git("rev-parse", base+":a"))
	got := openRange(t, r.dir, base, "HEAD")
	if content := readTree(t, got.Change().Head, "a"); content != "two\n" {
		t.Errorf("a holds %q, want what was committed", content)
	}
}

// exampleToken is put together here, so that no scanner takes it for a real one.
func exampleToken() string { return "gh" + "s_" + strings.Repeat("Zx9", 12) }

func TestTheTokenIsShownToTheServerAndToNobodyElse(t *testing.T) {
	r, q := pullRequest(t)
	s := newServer(t)
	q.URL = s.serve("o/r", r)
	q.Token = exampleToken()
	m := newMirrors(t, MirrorOptions{})
	basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + q.Token))

	// While git talks to the server, every process's arguments are looked at.
	var seen atomic.Int64
	s.answerWith(func(w http.ResponseWriter, hq *http.Request) {
		if hq.Header.Get("Authorization") == "Basic "+basic {
			seen.Add(1)
		}
		arguments, err := filepath.Glob("/proc/[0-9]*/cmdline")
		if err != nil {
			t.Error(err)
		}
		for _, path := range arguments {
			line, err := os.ReadFile(path)
			if err == nil && (strings.Contains(string(line), q.Token) || strings.Contains(string(line), basic)) {
				t.Errorf("the token is in an argument: %q", line)
			}
		}
		s.backEnd(w, hq)
	})
	got := fetch(t, m, q)
	readTree(t, got.Change().Head, "unchanged")
	if seen.Load() == 0 {
		t.Error("the server never saw the token")
	}
	err := filepath.WalkDir(m.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if strings.Contains(string(content), q.Token) || strings.Contains(string(content), basic) {
			t.Errorf("the token is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}

	s.answerWith(func(w http.ResponseWriter, _ *http.Request) {
		// A server that repeats what it was shown.
		http.Error(w, q.Token+" "+basic, http.StatusTeapot)
	})
	q.Head, q.RepositoryID = q.MergeBase, 8
	_, err = m.Fetch(t.Context(), q)
	if err == nil || strings.Contains(err.Error(), q.Token) || strings.Contains(err.Error(), basic) {
		t.Errorf("the error is missing, or repeats the token: %v", err)
	}
}

func TestErrorsAreFreeOfSecretsAndControlCharacters(t *testing.T) {
	s := &stderr{redact: []string{"hunter2"}}
	fmt.Fprintf(s, "fatal: bad hunter2\n\x1b[31mred\x07\nlatin \xe9")
	if got, want := s.String(), "fatal: bad [redacted]; \ufffd[31mred\ufffd; latin \ufffd"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	fmt.Fprint(s, strings.Repeat("x", 2*maxStderr))
	if n := s.kept.Len(); n != maxStderr {
		t.Errorf("%d bytes are kept, want %d", n, maxStderr)
	}
}

func TestRefusalAndFailureAreToldApart(t *testing.T) {
	r, q := pullRequest(t)
	s := newServer(t)
	q.URL = s.serve("o/r", r)
	q.Token = exampleToken()
	tests := map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"a wrong token": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }, ErrRefused},
		"no repository": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusNotFound) }, ErrRefused},
		"a bad gateway": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadGateway) }, errRemote},
		"too many":      {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTooManyRequests) }, errRemote},
		"garbage":       {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, errRemote},
		"a closed door": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, errRemote},
		"who are you then": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", "Basic")
			w.WriteHeader(401)
		}, ErrRefused},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s.answerWith(test.answer)
			m := newMirrors(t, MirrorOptions{})
			if _, err := m.Fetch(t.Context(), q); !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
		})
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	r, q := pullRequest(t)
	real := newServer(t)
	to := real.serve("o/r", r)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, hq *http.Request) {
		http.Redirect(w, hq, strings.Replace(hq.URL.String(), "/x/y", to, 1), http.StatusMovedPermanently)
	}))
	t.Cleanup(other.Close)
	q.URL = other.URL + "/x/y"
	if _, err := newMirrors(t, MirrorOptions{}).Fetch(t.Context(), q); !errors.Is(err, errRemote) {
		t.Errorf("%v, want %v", err, errRemote)
	}
	if n := real.count("GET") + real.count("POST"); n > 0 {
		t.Errorf("%d requests reached where the redirect led", n)
	}
}

func TestOnlyPlainHTTPSAddressesAreFetchedFrom(t *testing.T) {
	r, q := pullRequest(t)
	ran := filepath.Join(t.TempDir(), "ran")
	m := newMirrors(t, MirrorOptions{})
	for name, url := range map[string]string{
		"a path": r.dir, "file": "file://" + r.dir, "ext": "ext::touch " + ran, "ssh": "ssh://git@127.0.0.1/o/r", "scp": "git@127.0.0.1:o/r",
		"git": "git://127.0.0.1/o/r", "an option": "--upload-pack=touch " + ran, "a password": "https://user:secret@127.0.0.1/o/r",
		"http elsewhere": "http://github.com/o/r", "nothing": "", "a query": "https://127.0.0.1/o/r?x", "a helper": "https::http://127.0.0.1/",
	} {
		t.Run(name, func(t *testing.T) {
			q.URL = url
			_, err := m.Fetch(t.Context(), q)
			if err == nil || !strings.Contains(err.Error(), "clone address") || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v, want the address to be refused and not repeated", err)
			}
		})
	}
	// Also when it comes from a place that is not checked, git itself speaks nothing else.
	g := m.git
	g.dir = filepath.Join(newRepository(t).dir, ".git")
	for _, allow := range []string{"", "https"} {
		for _, url := range []string{"file://" + r.dir, r.dir, "ext::touch " + ran} {
			g.allow = allow
			if _, err := g.output(t.Context(), nil, "fetch", url); err == nil || !strings.Contains(err.Error(), "not allowed") {
				t.Errorf("with %q allowed, fetching %s: %v", allow, url, err)
			}
		}
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a command was run")
	}
}

func TestRequestsThatMakeNoSenseAreRefused(t *testing.T) {
	_, good := pullRequest(t)
	good.URL = "https://127.0.0.1:1/o/r"
	m := newMirrors(t, MirrorOptions{})
	for name, spoil := range map[string]func(q *FetchRequest){
		"no repository id":     func(q *FetchRequest) { q.RepositoryID = 0 },
		"a head of two ids":    func(q *FetchRequest) { q.Head += ":refs/x" },
		"an option for a head": func(q *FetchRequest) { q.Head = "--upload-pack=x" },
		"upper case":           func(q *FetchRequest) { q.Target = "ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCD" },
		"a refspec for a ref":  func(q *FetchRequest) { q.HeadRef = "refs/heads/x:refs/heads/y" },
		"a pattern":            func(q *FetchRequest) { q.HeadRef = "refs/heads/*" },
		"no merge base":        func(q *FetchRequest) { q.MergeBase = "" },
	} {
		t.Run(name, func(t *testing.T) {
			q := good
			spoil(&q)
			_, err := m.Fetch(t.Context(), q)
			if err == nil || errors.Is(err, errRemote) {
				t.Errorf("%v, want the request to be refused before anything is asked", err)
			}
		})
	}
}

func TestTheVersionOfGitIsChecked(t *testing.T) {
	for line, want := range map[string]string{
		"git version 2.39.5\n": "", "git version 2.39.5 (Apple Git-154)\n": "", "git version 2.51.0.windows.1\n": "", "git version 3.0.0\n": "",
		"git version 2.38.4\n": "too old: install git 2.39", "git version 1.99\n": "too old", "busybox\n": "where its version was expected",
	} {
		err := checkVersion(line)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
}

func TestTheEnvironmentOfGitHoldsNothingOfOurs(t *testing.T) {
	t.Setenv("GIT_SSH_COMMAND", "touch /tmp/never")
	t.Setenv("GIT_EXTERNAL_DIFF", "touch /tmp/never")
	t.Setenv("SECRET_OF_THE_SERVER", "x")
	g, err := findGit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range g.environ() {
		if strings.Contains(line, "touch") || strings.Contains(line, "SECRET_OF_THE_SERVER") {
			t.Errorf("git is told %s", line)
		}
	}
}

func TestTheWholeProcessGroupIsKilledWhenTheTimeIsUp(t *testing.T) {
	g, err := findGit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g.program, err = exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	pid := filepath.Join(t.TempDir(), "pid")
	cmd, _ := g.command(t.Context(), "-c", "sleep 1000 & echo $! > "+pid+"; wait")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, pid)
	var child string
	for child == "" {
		raw, err := os.ReadFile(pid)
		if err != nil {
			t.Fatal(err)
		}
		child = strings.TrimSpace(string(raw))
	}
	if err := cmd.Cancel(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it ended well")
	}
	for range 500 {
		state, err := os.ReadFile("/proc/" + child + "/stat")
		if err != nil || strings.Contains(string(state), ") Z ") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the child %s is still alive", child)
}
