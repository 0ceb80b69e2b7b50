package setup

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/assay-app/assay"
	"github.com/assay-app/assay/app/githubapi"
	"golang.org/x/net/html"
)

// registrar is the part of GitHub that registers Apps: the page that takes a manifest, where an owner confirms at
// once, and the exchange of the code.
type registrar struct {
	*httptest.Server
	t *testing.T

	mu        sync.Mutex
	manifest  map[string]any
	path      string
	codes     map[string]bool
	exchanges int

	convert func(w http.ResponseWriter, answer map[string]any) // how the exchange answers; nil: as GitHub does
	adjust  func(answer map[string]any)                        // what the owner changed on the page
}

const (
	testWebhookSecret = "0123456789abcdef" + "0123456789abcdef01234567"
	testClientSecret  = "fedcba9876543210" + "fedcba9876543210fedcba98"
	hookURL           = "https://assay.example.org/webhook"
)

var testKey = sync.OnceValue(func() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
})

func newRegistrar(t *testing.T) *registrar {
	r := &registrar{t: t, codes: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /settings/apps/new", r.take)
	mux.HandleFunc("POST /organizations/{org}/settings/apps/new", r.take)
	mux.HandleFunc("POST /app-manifests/{code}/conversions", r.exchange)
	r.Server = httptest.NewServer(mux)
	t.Cleanup(r.Server.Close)
	return r
}

func (r *registrar) take(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.path = req.URL.Path
	if err := json.Unmarshal([]byte(req.PostFormValue("manifest")), &r.manifest); err != nil {
		r.t.Errorf("manifest %q: %v", req.PostFormValue("manifest"), err)
	}
	code := rand.Text()
	r.codes[code] = true
	back := fmt.Sprintf("%s?code=%s&state=%s", r.manifest["redirect_url"], code, url.QueryEscape(req.URL.Query().Get("state")))
	http.Redirect(w, req, back, http.StatusFound)
}

func (r *registrar) exchange(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.exchanges++
	w.Header().Set("Content-Type", "application/json")
	if !r.codes[req.PathValue("code")] {
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"message":"Not Found"}`)
		return
	}
	answer := map[string]any{
		"id": 12345, "slug": "assay-octo", "name": "Assay", "owner": map[string]any{"login": "octo"},
		"client_id": "Iv1.abc", "client_secret": testClientSecret, "webhook_secret": testWebhookSecret, "pem": string(testKey()),
		"html_url": r.URL + "/apps/assay-octo", "permissions": r.manifest["default_permissions"], "events": r.manifest["default_events"],
	}
	if r.adjust != nil {
		r.adjust(answer)
	}
	if r.convert != nil {
		r.convert(w, answer)
		return
	}
	delete(r.codes, req.PathValue("code"))
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(answer)
}

func (r *registrar) options() Options {
	manifest, err := ParseManifest(assay.AppManifest)
	if err != nil {
		r.t.Fatal(err)
	}
	return Options{
		Manifest: manifest, Organisation: "octo", WebhookURL: hookURL,
		GitHub:    githubapi.Config{BaseURL: r.URL, Clock: patientClock{}, RequestTimeout: 5 * time.Minute},
		Directory: filepath.Join(r.t.TempDir(), "credentials"), Out: &bytes.Buffer{},
	}
}

// patientClock lets retries wait no time.
type patientClock struct{}

func (patientClock) Now() time.Time                                   { return time.Now() }
func (patientClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// run begins a registration and returns the address of its page, and a way to wait for its end.
func run(t *testing.T, o Options) (start string, wait func() (Result, error)) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	opened := make(chan string, 1)
	o.Open = func(address string) error { opened <- address; return nil }
	type end struct {
		result Result
		err    error
	}
	ended := make(chan end, 1)
	go func() {
		result, err := Run(ctx, o)
		ended <- end{result, err}
	}()
	t.Cleanup(cancel)
	select {
	case start = <-opened:
	case e := <-ended:
		t.Fatalf("ended before it began: %v", e.err)
	}
	return start, func() (Result, error) { e := <-ended; return e.result, e.err }
}

// browser is enough of one: cookies, redirects, forms.
type browser struct {
	t *testing.T
	*http.Client
}

func newBrowser(t *testing.T) browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browser{t, &http.Client{Jar: jar}}
}

// form opens the page and returns where its form goes and what it holds.
func (b browser) form(address string) (action string, fields url.Values) {
	b.t.Helper()
	resp, err := b.Get(address)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := html.Parse(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	fields = url.Values{}
	for node := range page.Descendants() {
		attributes := map[string]string{}
		for _, a := range node.Attr {
			attributes[a.Key] = a.Val
		}
		switch node.Data {
		case "form":
			action = attributes["action"]
		case "input":
			fields.Set(attributes["name"], attributes["value"])
		case "script":
			b.t.Error("the page holds a script")
		}
	}
	return action, fields
}

// submit posts the form and follows GitHub back, as an owner who agrees does. It returns the status of the last page.
func (b browser) submit(address string) int {
	b.t.Helper()
	action, fields := b.form(address)
	return b.post(action, fields)
}

func (b browser) post(action string, fields url.Values) int {
	b.t.Helper()
	resp, err := b.PostForm(action, fields)
	if err != nil {
		b.t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return resp.StatusCode
}

func (b browser) get(address string, headers ...string) int {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return resp.StatusCode
}
