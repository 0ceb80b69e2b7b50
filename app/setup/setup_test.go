package setup

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
		GitHub:    githubapi.Config{BaseURL: r.URL, Clock: patientClock{}},
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

func TestRegistration(t *testing.T) {
	github := newRegistrar(t)
	o := github.options()
	start, wait := run(t, o)
	if got := newBrowser(t).submit(start); got != http.StatusOK {
		t.Errorf("the last page has status %d", got)
	}
	result, err := wait()
	if err != nil {
		t.Fatal(err)
	}
	if result.App.ID != 12345 || result.App.Slug != "assay-octo" || len(result.Differences) != 0 {
		t.Errorf("got %+v", result)
	}
	if github.path != "/organizations/octo/settings/apps/new" {
		t.Errorf("the form went to %s", github.path)
	}
	t.Run("asks for what app.yml says and no more", func(t *testing.T) { checkPosted(t, github.manifest) })
	t.Run("keeps the credentials to the user", func(t *testing.T) { checkKept(t, o.Directory) })
	t.Run("says what to do and no secret", func(t *testing.T) { checkSaid(t, o.Out.(*bytes.Buffer).String(), github.URL, o.Directory) })
}

func checkPosted(t *testing.T, manifest map[string]any) {
	if manifest["public"] != false {
		t.Errorf("public is %v: GitHub must be told that it is false", manifest["public"])
	}
	hook, _ := manifest["hook_attributes"].(map[string]any)
	if hook["url"] != hookURL || hook["active"] != true {
		t.Errorf("hook is %v", hook)
	}
	permissions, _ := manifest["default_permissions"].(map[string]any)
	want := map[string]any{"metadata": "read", "contents": "read", "pull_requests": "write", "checks": "write", "issues": "read", "merge_queues": "read"}
	if !maps.Equal(permissions, want) {
		t.Errorf("permissions are %v, want %v", permissions, want)
	}
	if back, _ := manifest["redirect_url"].(string); !strings.HasPrefix(back, "http://127.0.0.1:") || !strings.HasSuffix(back, "/callback") {
		t.Errorf("comes back to %q", back)
	}
	for _, key := range []string{"request_oauth_on_install", "callback_urls", "setup_url"} {
		if _, asked := manifest[key]; asked {
			t.Errorf("%s was sent", key)
		}
	}
}

func checkKept(t *testing.T, dir string) {
	stat, err := os.Stat(dir)
	if err != nil || stat.Mode().Perm() != 0o700 {
		t.Fatalf("directory: %v, %v", stat, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
		stat, err := entry.Info()
		if err != nil || stat.Mode() != 0o600 {
			t.Errorf("%s has mode %v, %v", entry.Name(), stat.Mode(), err)
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil || strings.Contains(string(text), testClientSecret) {
			t.Errorf("%s holds the client secret, or %v", entry.Name(), err)
		}
	}
	if want := []string{"app.json", "organisation-ruleset.json", "private-key.pem", "ruleset.json", "webhook-secret"}; !slices.Equal(names, want) {
		t.Errorf("files are %v, want %v", names, want)
	}
	c, err := LoadCredentials(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.App.ID != 12345 || c.WebhookSecret != testWebhookSecret || !bytes.Equal(c.PrivateKey, testKey()) {
		t.Errorf("loaded %v", c)
	}
	if said := fmt.Sprintf("%v %+v %#v %s", c, c, c, &c); strings.Contains(said, testWebhookSecret) || strings.Contains(said, "BEGIN") {
		t.Error("printing the credentials prints secrets")
	}
}

func checkSaid(t *testing.T, said, github, dir string) {
	for _, want := range []string{
		"Registered assay-octo (App 12345) for octo.", "checks         write", "no more and no less",
		github + "/apps/assay-octo/installations/new", "assay serve --credentials " + dir, hookURL,
		filepath.Join(dir, "ruleset.json"), `"integration_id": 12345`, `"context": "Assay"`, `"~DEFAULT_BRANCH"`,
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said in:\n%s", want, said)
		}
	}
	for _, secret := range []string{testWebhookSecret, testClientSecret, strings.Fields(string(testKey()))[5], "BEGIN RSA"} {
		if strings.Contains(said, secret) {
			t.Errorf("a secret is said in:\n%s", said)
		}
	}
}

func TestTheOwnersChangesAreSaid(t *testing.T) {
	github := newRegistrar(t)
	github.adjust = func(answer map[string]any) {
		answer["permissions"] = map[string]any{"metadata": "read", "contents": "write", "pull_requests": "write", "checks": "read", "issues": "read", "\x1b[31mx": "read"}
		answer["events"] = []string{"pull_request", "push"}
		answer["owner"] = map[string]any{"login": "mona"}
	}
	o := github.options()
	start, wait := run(t, o)
	newBrowser(t).submit(start)
	result, err := wait()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"contents: asked read, granted write", "checks: asked write, granted read", "merge_queues: asked read, granted nothing",
		"event merge_group: asked, not subscribed", "event push: subscribed, not asked", "owner: asked octo, registered for mona",
	} {
		if !slices.Contains(result.Differences, want) || !strings.Contains(o.Out.(*bytes.Buffer).String(), want) {
			t.Errorf("%q is not said; differences are %q", want, result.Differences)
		}
	}
	if strings.Contains(o.Out.(*bytes.Buffer).String(), "\x1b") {
		t.Error("GitHub's answer reaches the terminal raw")
	}
}

func TestExistingCredentials(t *testing.T) {
	for _, name := range []string{appFile, keyFile, secretFile} {
		t.Run(name+" stands, and GitHub is not asked", func(t *testing.T) {
			github := newRegistrar(t)
			o := github.options()
			if err := os.MkdirAll(o.Directory, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(o.Directory, name), []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			o.Open = func(string) error { t.Error("the flow began"); return nil }
			if _, err := Run(context.Background(), o); !errors.Is(err, ErrExists) {
				t.Errorf("got %v", err)
			}
			if text, _ := os.ReadFile(filepath.Join(o.Directory, name)); string(text) != "old" {
				t.Errorf("the file holds %q now", text)
			}
		})
	}
	t.Run("they are replaced when forced, and other files are left alone", func(t *testing.T) {
		github := newRegistrar(t)
		o := github.options()
		o.Force = true
		if err := os.MkdirAll(o.Directory, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{appFile, keyFile, secretFile, "postgres-password"} {
			if err := os.WriteFile(filepath.Join(o.Directory, name), []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		start, wait := run(t, o)
		newBrowser(t).submit(start)
		if _, err := wait(); err != nil {
			t.Fatal(err)
		}
		if c, err := LoadCredentials(o.Directory); err != nil || c.App.ID != 12345 {
			t.Errorf("loaded %v, %v", c, err)
		}
		if text, _ := os.ReadFile(filepath.Join(o.Directory, "postgres-password")); string(text) != "old" {
			t.Errorf("another file holds %q now", text)
		}
	})
	t.Run("those that appear meanwhile are not replaced", func(t *testing.T) {
		github := newRegistrar(t)
		o := github.options()
		start, wait := run(t, o)
		if err := os.WriteFile(filepath.Join(o.Directory, keyFile), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		newBrowser(t).submit(start)
		if _, err := wait(); !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), "delete it at "+github.URL) {
			t.Errorf("got %v", err)
		}
		if text, _ := os.ReadFile(filepath.Join(o.Directory, keyFile)); string(text) != "old" {
			t.Errorf("the key holds %q now", text)
		}
		if _, err := LoadCredentials(o.Directory); err == nil {
			t.Error("half a set of credentials loads")
		}
		if staged, _ := filepath.Glob(filepath.Join(o.Directory, ".*")); len(staged) != 0 {
			t.Errorf("left behind: %v", staged)
		}
	})
}
