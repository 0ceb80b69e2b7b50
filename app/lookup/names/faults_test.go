package names

import (
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// TestFaultsAreNeverAnAnswer asks deps.dev and every registry, each with every fault: none of them makes a name
// nonexistent, and each is said.
func TestFaultsAreNeverAnAnswer(t *testing.T) {
	elsewhere := httptest.NewServer(body(404, ""))
	t.Cleanup(elsewhere.Close)
	filler := bytes.Repeat([]byte(" "), 1<<20)
	endless := func(w io.Writer) {
		for range 2 {
			if _, err := w.Write(filler); err != nil {
				return
			}
		}
	}
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	endless(z)
	z.Close()
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	faults := map[string]struct {
		page   http.HandlerFunc
		reason string
	}{
		"401":              {body(401, "{}"), "status 401"},
		"403":              {body(403, "{}"), "status 403"},
		"407":              {body(407, ""), "status 407"},
		"408":              {body(408, ""), "status 408"},
		"429":              {body(429, ""), "status 429"},
		"429, come later":  {body(429, "", "Retry-After", "3600"), "status 429, to come back in 1h"},
		"500":              {body(500, "not found"), "status 500"},
		"502":              {body(502, ""), "status 502"},
		"503":              {body(503, ""), "status 503"},
		"204":              {body(204, ""), "status 204"},
		"304 to no etag":   {body(304, ""), "status 304"},
		"a redirect away":  {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) }, "redirects to another host"},
		"going in circles": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.RequestURI, http.StatusFound) }, "redirects more than 3 times"},
		"a log-in page":    {body(200, `<!DOCTYPE html><html><body>Please log in</body></html>`, "Content-Type", "text/html"), ""},
		"half an object":   {body(200, `{"name":"`), ""},
		"binary garbage":   {body(200, "\x00\xff\xfe{"), ""},
		"an empty object":  {body(200, `{}`), ""},
		"an empty array":   {body(200, `[]`), ""},
		"a number":         {body(200, `404`), ""},
		"cut short": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `{"versions":[`)
		}, ""},
		"a broken connection": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "no connection, or it broke"},
		"too large":           {func(w http.ResponseWriter, _ *http.Request) { endless(w) }, "the answer "},
		"a bomb once packed":  {body(200, bomb.String(), "Content-Encoding", "gzip"), "the answer "},
		"no answer at all": {func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-over:
			}
		}, "no answer within"},
		"a body that never ends": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"versions":{`)
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
			case <-over:
			}
		}, ""},
	}
	asked := map[string]string{
		"npm": "a", "PyPI": "a", "Go": "example.com/a", "crates.io": "a", "Maven": "a:b", "RubyGems": "a", "NuGet": "a", "Packagist": "a/b", "sparse": "a", "deps.dev": "a",
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			for ecosystem, pkg := range asked {
				d := newDouble(t)
				d.on("*", fault.page)
				c := Config{Registries: map[string]string{ecosystem: d.URL}, RequestTimeout: time.Minute, maxAnswer: 1 << 20}
				where := ecosystem
				switch ecosystem {
				case "sparse":
					where, c.Registries = "crates.io", map[string]string{"crates.io": sparsePrefix + d.URL}
				case "deps.dev":
					where, c.Registries, c.DepsDev = "npm", nil, d.URL
				}
				want := fault.reason
				if want == "the answer " && ecosystem != "Go" && ecosystem != "sparse" {
					want = "larger than 32 MiB" // the two read lines, and one is too long before that
				}
				if strings.HasPrefix(fault.reason, "no answer") || strings.HasPrefix(name, "a body") {
					c.RequestTimeout = 50 * time.Millisecond
				}
				got, reason := ask(t, newClient(t, c), where, pkg)
				host := strings.TrimPrefix(d.URL, "http://") + ": "
				if got.State != judge.Unanswered || !strings.HasPrefix(reason, host) || !strings.Contains(reason, want) {
					t.Errorf("%s: got %s, %q", ecosystem, got.State, reason)
				}
			}
		})
	}
}

func TestTheLargestAnswer(t *testing.T) {
	filler := strings.Repeat(" ", maxAnswerBytes)
	answer := pack("NPM", "a", "1.0.0 2022-02-12T00:00:00Z")
	for size, want := range map[int]judge.State{maxAnswerBytes: judge.Exists, maxAnswerBytes + 1: judge.Unanswered} {
		d := newDouble(t)
		d.on("*", body(200, filler[:size-len(answer)]+answer))
		got, reason := ask(t, newClient(t, Config{DepsDev: d.URL, RequestTimeout: time.Minute}), "npm", "a")
		if got.State != want || want == judge.Unanswered && !strings.Contains(reason, "larger than 32 MiB") {
			t.Errorf("%d bytes: got %s, %q", size, got.State, reason)
		}
	}
}

func TestWhereNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	root := "http://" + listener.Addr().String()
	listener.Close()
	got, reason := ask(t, newClient(t, Config{DepsDev: root}), "npm", "a")
	if got.State != judge.Unanswered || !strings.Contains(reason, "no connection") {
		t.Errorf("got %+v, %q", got, reason)
	}
}

func TestRequestsSayWhoAsksAndNothingElse(t *testing.T) {
	d := newDouble(t)
	d.on("*", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "track", Value: "1"})
		w.WriteHeader(404)
	})
	c := newClient(t, Config{DepsDev: d.URL, Version: "1.2.3"})
	ask(t, c, "npm", "a")
	ask(t, c, "npm", "b")
	for _, r := range d.seen {
		if got := r.Header.Get("User-Agent"); got != "assay/1.2.3" || r.Method != "GET" {
			t.Errorf("%s by %q", r.Method, got)
		}
		for header := range r.Header {
			switch header {
			case "User-Agent", "Accept", "Accept-Encoding":
			default:
				t.Errorf("sent %s", header)
			}
		}
	}
	if len(d.seen) != 2 {
		t.Errorf("asked %d times", len(d.seen))
	}
}

func TestCertificatesAreVerified(t *testing.T) {
	secure := httptest.NewTLSServer(body(404, ""))
	t.Cleanup(secure.Close)
	got, reason := ask(t, newClient(t, Config{DepsDev: secure.URL}), "npm", "a")
	if got.State != judge.Unanswered || !strings.Contains(reason, "certificate does not verify") {
		t.Errorf("got %s, %q", got.State, reason)
	}
	own := http.DefaultTransport.(*http.Transport).Clone()
	own.TLSClientConfig.RootCAs = x509.NewCertPool()
	own.TLSClientConfig.RootCAs.AddCert(secure.Certificate())
	got, reason = ask(t, newClient(t, Config{DepsDev: secure.URL, Transport: own}), "npm", "a")
	if got.State != judge.Nonexistent {
		t.Errorf("with the authority: got %s, %q", got.State, reason)
	}
}

func TestAProxyIsUsed(t *testing.T) {
	proxy := newDouble(t)
	proxy.on("http://127.0.0.1:9/v3/systems/npm/packages/a", body(404, ""))
	through, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, Config{DepsDev: "http://127.0.0.1:9", Transport: &http.Transport{Proxy: http.ProxyURL(through)}})
	if got, reason := ask(t, c, "npm", "a"); got.State != judge.Nonexistent {
		t.Errorf("got %s, %q, asked %q", got.State, reason, proxy.asked())
	}
}
