package advisories

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// served is a server of archives, by path. What it is asked is written down.
type served struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []string
	answer func(n int, w http.ResponseWriter, r *http.Request) // n counts from 1
}

func serve(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *served {
	t.Helper()
	s := &served{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.EscapedPath())
		n := len(s.asked)
		s.mu.Unlock()
		s.answer(n, w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// source is a server as an update sees it, with pauses that are noted and not made.
func (s *served) source(t *testing.T) (*server, *[]time.Duration) {
	t.Helper()
	base, err := url.Parse(s.URL + "/exports/")
	if err != nil {
		t.Fatal(err)
	}
	from := newServer(base, t.TempDir(), nil)
	var pauses []time.Duration
	from.pause = func(_ context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		return nil
	}
	return from, &pauses
}

func TestAnArchiveIsFetched(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer func(n int, w http.ResponseWriter, r *http.Request)
		error  string // empty when it succeeds
		asked  int
	}{
		{"at once", func(_ int, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "archive") }, "", 1},
		{"after two failures", func(n int, w http.ResponseWriter, _ *http.Request) {
			if n < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			fmt.Fprint(w, "archive")
		}, "", 3},
		{"not when the failures do not end", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "the server answers 500 Internal Server Error", maxAttempts},
		{"not when there is none", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, "there is no archive", 1},
		{"not when it may not be read", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, "the server answers 403 Forbidden", 1},
		{"not when it is called unchanged, and nobody asked whether it is", func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }, "the server answers 304 Not Modified", 1},
		{"not when it is too large", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(maxArchive+1))
			w.WriteHeader(200)
		}, "the archive is larger than 2 GiB", 1},
		{"not when the server always breaks off", func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "arch")
		}, "the server breaks off", maxAttempts},
		{"from another path of the same server", func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				http.Redirect(w, r, "/elsewhere", http.StatusFound)
				return
			}
			fmt.Fprint(w, "archive")
		}, "", 2},
		{"not when it is sent in circles", func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
		}, "the server redirects more than 5 times", maxRedirects + 1},
		{"not from another host without protection", func(_ int, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://other.example/all.zip", http.StatusFound)
		}, "the server redirects to another host without https", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, test.answer)
			from, _ := s.source(t)
			file, err := from.fetch(t.Context(), "GitHub Actions", nil)
			if err == nil {
				text := make([]byte, 20)
				n, _ := file.ReadAt(text, 0)
				if string(text[:n]) != "archive" || file.size != 7 {
					t.Errorf("%q of %d bytes", text[:n], file.size)
				}
				file.Close()
			}
			if (err == nil) != (test.error == "") || err != nil && !strings.Contains(err.Error(), test.error) {
				t.Errorf("%v, want %q", err, test.error)
			}
			if len(s.asked) != test.asked || s.asked[0] != "/exports/GitHub%20Actions/all.zip" {
				t.Errorf("asked %q, want %d", s.asked, test.asked)
			}
			if left, _ := os.ReadDir(from.dir); len(left) != 0 {
				t.Errorf("%d files are left", len(left))
			}
		})
	}
}

func TestRedirectsAreFollowedToTheSameHostOrUnderHTTPS(t *testing.T) {
	for _, test := range []struct {
		from, to string
		follows  bool
	}{
		{"https://a.example/x", "https://b.example/y", true},
		{"https://a.example/x", "https://a.example/y", true},
		{"http://a.example/x", "http://a.example/y", true},
		{"http://a.example/x", "https://b.example/y", true},
		{"https://a.example/x", "http://a.example/y", false},
		{"http://a.example/x", "http://b.example/y", false},
		{"http://a.example/x", "http://a.example:8080/y", false},
		{"http://a.example/x", "ftp://a.example/y", false},
	} {
		request := func(address string) *http.Request {
			r, err := http.NewRequest(http.MethodGet, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		if err := checkRedirect(request(test.to), []*http.Request{request(test.from)}); (err == nil) != test.follows {
			t.Errorf("from %s to %s: %v", test.from, test.to, err)
		}
	}
}

func TestPausesGrowAndListenToTheServer(t *testing.T) {
	s := serve(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", []string{"", "10", "9999999999"}[min(n, 3)-1])
		w.WriteHeader(http.StatusTooManyRequests)
	})
	from, pauses := s.source(t)
	if _, err := from.fetch(t.Context(), "npm", nil); err == nil {
		t.Error("it is fetched")
	}
	if diff := cmp.Diff([]time.Duration{time.Second, 10 * time.Second, maxPause}, *pauses); diff != "" {
		t.Error(diff)
	}
}

func TestAServerThatSendsNothingMoreIsGivenUp(t *testing.T) {
	s := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "arch")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	from, _ := s.source(t)
	from.stall = 20 * time.Millisecond
	if _, err := from.fetch(t.Context(), "npm", nil); err == nil || err.Error() != "the server sends nothing for 20ms" {
		t.Error(err)
	}
	if len(s.asked) != maxAttempts {
		t.Errorf("asked %d times", len(s.asked))
	}
}

func TestWhetherAnotherAttemptHelps(t *testing.T) {
	for _, test := range []struct {
		name  string
		err   error
		again bool
	}{
		{"a name that is not there", &net.DNSError{Err: "no such host", IsNotFound: true}, false},
		{"a name that nobody can tell", &net.DNSError{Err: "server misbehaving", IsTemporary: true}, true},
		{"nobody listens", &net.OpError{Op: "dial", Err: errors.New("connection refused")}, true},
	} {
		err := broken(&url.Error{Op: "Get", URL: "https://user:password@exports.example", Err: test.err})
		if again := (*retryLater)(nil); errors.As(err, &again) != test.again || strings.Contains(err.Error(), "password") {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestFetchingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	from, _ := s.source(t)
	if _, err := from.fetch(ctx, "npm", nil); !errors.Is(err, context.Canceled) || len(s.asked) != 1 {
		t.Error(err, s.asked)
	}
}

// TestWhatHasNotChangedIsNotFetchedAgain, and what is known of exploits is brought up to date all the same.
func TestWhatHasNotChangedIsNotFetchedAgain(t *testing.T) {
	npm := packed(t, map[string]string{"a.json": statement("GHSA-js", "npm", "left", "1.2.0", "CVE-2026-5")})
	pypi := packed(t, map[string]string{"a.json": statement("GHSA-py", "PyPI", "right", "1.2.0")})
	var sent []string
	s := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/npm/"):
			w.Header().Set("ETag", `"one"`)
			if r.Header.Get("If-None-Match") == `"one"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			sent = append(sent, "npm")
			w.Write(npm)
		case strings.HasPrefix(r.URL.Path, "/PyPI/"):
			w.Header().Set("Last-Modified", "Mon, 01 Jun 2026 00:00:00 GMT")
			if r.Header.Get("If-Modified-Since") == "Mon, 01 Jun 2026 00:00:00 GMT" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			sent = append(sent, "PyPI")
			w.Write(pypi)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	path := filepath.Join(t.TempDir(), "advisories.db")
	first, err := Run(t.Context(), Options{From: s.URL, Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if len(first.About.Ecosystems) != 2 || len(first.Missing) != len(Ecosystems())-2 || len(first.Unchanged) != 0 {
		t.Errorf("%+v", first)
	}
	kev := filepath.Join(t.TempDir(), "kev.json")
	if err := os.WriteFile(kev, []byte(`{"vulnerabilities":[{"cveID":"CVE-2026-5"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	second, err := Run(t.Context(), Options{From: s.URL, Path: path, KEV: kev})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"PyPI", "npm"}, second.Unchanged); diff != "" || len(sent) != 2 {
		t.Errorf("%s; sent %q", diff, sent)
	}
	if !slices.EqualFunc(first.About.Ecosystems, second.About.Ecosystems, func(a, b Ecosystem) bool {
		return a.Records == b.Records && a.Packages == b.Packages && a.ETag == b.ETag && a.LastModified == b.LastModified
	}) {
		t.Error(cmp.Diff(first.About.Ecosystems, second.About.Ecosystems))
	}
	question := []judge.Ref{ref("npm", "left", "1.0.0"), ref("PyPI", "right", "1.0")}
	got, err := opened(t, path).Lookup(t.Context(), question)
	if err != nil || len(got.Advisories) != 2 || !got.Advisories[question[0]][0].Exploited {
		t.Errorf("%+v, %v", got, err)
	}
	t.Run("but is when the index before is damaged", func(t *testing.T) {
		if err := os.Truncate(path, 100); err != nil {
			t.Fatal(err)
		}
		if _, err := Run(t.Context(), Options{From: s.URL, Path: path}); err != nil || len(sent) != 4 {
			t.Errorf("%v; sent %q", err, sent)
		}
	})
	t.Run("and when it is of another source", func(t *testing.T) {
		if _, err := Run(t.Context(), Options{From: s.URL + "/", Path: path}); err != nil || len(sent) != 6 {
			t.Errorf("%v; sent %q", err, sent)
		}
	})
}

func TestAProxyIsAsked(t *testing.T) {
	proxy := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Host) })
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse("http://exports.example")
	if err != nil {
		t.Fatal(err)
	}
	file, err := newServer(base, t.TempDir(), &http.Transport{Proxy: http.ProxyURL(at)}).fetch(t.Context(), "npm", nil)
	if err != nil || file.size != int64(len("exports.example")) {
		t.Fatal(err)
	}
	file.Close()
	if newServer(base, "", nil).client.Transport.(*http.Transport).Proxy == nil {
		t.Error("without a transport of one's own, no proxy is asked for")
	}
}
