package names

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// double stands for a registry or deps.dev on a loopback address. It answers what it was told to, by the request's
// target exactly as it was sent, and 404 to all else.
type double struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]http.HandlerFunc
	seen  []*http.Request
}

func newDouble(t *testing.T) *double {
	t.Helper()
	d := &double{pages: map[string]http.HandlerFunc{}}
	d.Server = httptest.NewServer(d)
	t.Cleanup(d.Close)
	return d
}

func (d *double) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	d.seen = append(d.seen, r)
	page, ok := d.pages[r.RequestURI]
	if !ok {
		page, ok = d.pages["*"]
	}
	d.mu.Unlock()
	if !ok {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	page(w, r)
}

func (d *double) on(target string, page http.HandlerFunc) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pages[target] = page
}

// asked are the targets that were requested, in order.
func (d *double) asked() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	targets := make([]string, len(d.seen))
	for i, r := range d.seen {
		targets[i] = r.RequestURI
	}
	return targets
}

// body answers with a text and headers, given as key, value, …
func body(status int, text string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
}

func newClient(t *testing.T, c Config) *Client {
	t.Helper()
	if c.DepsDev == "" {
		c.DepsDev = Off
	}
	client, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// ask asks about one name, and gives the reason when there is no answer.
func ask(t *testing.T, c *Client, ecosystem, name string, versions ...string) (judge.Standing, string) {
	t.Helper()
	q := Question{judge.Name{Ecosystem: ecosystem, Name: name}, versions}
	standings, unknown := c.Standings(context.Background(), []Question{q})
	standing, ok := standings[q.Name]
	if !ok || len(standings) != 1 {
		t.Fatalf("got %v, and not one standing of %s", standings, name)
	}
	if (standing.State == judge.Unanswered) != (len(unknown) == 1) {
		t.Fatalf("%s is %s, and unknown are %v", name, standing.State, unknown)
	}
	if len(unknown) == 0 {
		return standing, ""
	}
	if unknown[0].Ref.Name != q.Name || strings.Contains(unknown[0].Reason, "\n") {
		t.Errorf("got the unknown %q", unknown[0])
	}
	return standing, unknown[0].Reason
}
