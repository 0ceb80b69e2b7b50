package gitrepo

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"log"
	"maps"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/assay-app/assay/checks"
)

// testRepository is a real repository with a work tree.
type testRepository struct {
	t   testing.TB
	dir string
	n   int // commits so far, so that each has a date of its own
}

func newRepository(t testing.TB, options ...string) *testRepository {
	t.Helper()
	r := &testRepository{t: t, dir: t.TempDir()}
	r.git(append([]string{"init", "--quiet", "--initial-branch=main"}, options...)...)
	return r
}

// git runs git in the work tree and returns what it says, without the last newline.
func (r *testRepository) git(args ...string) string {
	r.t.Helper()
	return r.gitIn(nil, args...)
}

func (r *testRepository) gitIn(stdin io.Reader, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Stdin = stdin
	date := fmt.Sprintf("%d +0000", 1_700_000_000+60*r.n)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date,
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil {
		r.t.Fatalf("git %.200q: %v: %s", args, err, complaints.String())
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func (r *testRepository) write(path, content string) {
	r.t.Helper()
	writeFile(r.t, filepath.Join(r.dir, path), content)
}

func writeFile(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (r *testRepository) remove(path string) {
	r.t.Helper()
	if err := os.RemoveAll(filepath.Join(r.dir, path)); err != nil {
		r.t.Fatal(err)
	}
}

// commit commits all of the work tree.
func (r *testRepository) commit(message string) checks.CommitSHA {
	r.t.Helper()
	r.n++
	r.git("add", "--all")
	r.git("commit", "--quiet", "--allow-empty", "-m", message)
	return r.head()
}

func (r *testRepository) head() checks.CommitSHA {
	r.t.Helper()
	return checks.CommitSHA(r.git("rev-parse", "HEAD"))
}

// lines is n numbered lines.
func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d\n", i+1)
	}
	return b.String()
}

// server serves repositories as GitHub does: with git's own smart HTTP back end, behind a token.
type server struct {
	*httptest.Server
	program  string // git's back end
	mu       sync.Mutex
	token    string            // that must be shown, if any
	requests []string          // method and path of each
	divert   http.HandlerFunc  // answers instead, if set
	repos    map[string]string // path to directory
}

func newServer(t testing.TB) *server {
	t.Helper()
	execPath, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{repos: map[string]string{}, program: filepath.Join(strings.TrimSpace(string(execPath)), "git-http-backend")}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, q.Method+" "+q.URL.Path)
		token, divert := s.token, s.divert
		s.mu.Unlock()
		if divert != nil {
			divert(w, q)
			return
		}
		if _, password, _ := q.BasicAuth(); token != "" && password != token {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		s.backEnd(w, q)
	}))
	t.Cleanup(s.Close)
	return s
}

// backEnd hands a request to git.
func (s *server) backEnd(w http.ResponseWriter, q *http.Request) {
	s.mu.Lock()
	repos := maps.Clone(s.repos)
	s.mu.Unlock()
	for name, dir := range repos {
		if !strings.HasPrefix(q.URL.Path, "/"+name+"/") {
			continue
		}
		back := cgi.Handler{
			Path: s.program, Root: "/" + name, Logger: log.New(io.Discard, "", 0), Stderr: io.Discard,
			Env: []string{"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1",
				"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_PROTOCOL=" + q.Header.Get("Git-Protocol"),
				"GIT_CONFIG_COUNT=3", "GIT_CONFIG_KEY_0=uploadpack.allowFilter", "GIT_CONFIG_VALUE_0=true",
				"GIT_CONFIG_KEY_1=uploadpack.allowAnySHA1InWant", "GIT_CONFIG_VALUE_1=true",
				"GIT_CONFIG_KEY_2=safe.directory", "GIT_CONFIG_VALUE_2=*"},
		}
		back.ServeHTTP(w, q)
		return
	}
	http.NotFound(w, q)
}

// answerWith lets another answer all requests; nil ends that.
func (s *server) answerWith(divert http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.divert = divert
}

// serve makes a repository available and returns its address.
func (s *server) serve(name string, r *testRepository) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.repos[name] = filepath.Join(r.dir, ".git")
	return s.URL + "/" + name
}

func (s *server) count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, q := range s.requests {
		if strings.HasPrefix(q, method+" ") {
			n++
		}
	}
	return n
}

func newMirrors(t testing.TB, o MirrorOptions) *Mirrors {
	t.Helper()
	m, err := NewMirrors(filepath.Join(t.TempDir(), "mirrors"), o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// fetch fetches and closes at the end of the test.
func fetch(t testing.TB, m *Mirrors, q FetchRequest) *Range {
	t.Helper()
	r, err := m.Fetch(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	closeAtEnd(t, r)
	return r
}

func openRange(t testing.TB, dir, base, head string) *Range {
	t.Helper()
	r, err := OpenRange(t.Context(), dir, base, head)
	if err != nil {
		t.Fatal(err)
	}
	closeAtEnd(t, r)
	return r
}

func closeAtEnd(t testing.TB, r *Range) {
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

func readTree(t testing.TB, tree fs.FS, path string) string {
	t.Helper()
	content, err := fs.ReadFile(anyName{tree}, path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// anyName hides fs.ReadFileFS and the like, so that Open is what is tested.
type anyName struct{ fs.FS }

// show writes changes one a line: status, old path, new path, hunks.
func show(files []checks.FileChange) string {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%s %s", f.Status, f.Path.Quoted())
		if f.OldPath != f.Path && f.OldPath != "" {
			fmt.Fprintf(&b, " from %s", f.OldPath.Quoted())
		}
		if f.OldMode != 0 && f.Mode != f.OldMode {
			fmt.Fprintf(&b, " %v to %v", f.OldMode, f.Mode)
		}
		if f.Binary {
			b.WriteString(" binary")
		}
		for _, h := range f.Hunks {
			fmt.Fprintf(&b, " -%d,%d+%d,%d", h.OldStart, h.OldLines, h.NewStart, h.NewLines)
		}
		b.WriteString("\n")
	}
	return b.String()
}
