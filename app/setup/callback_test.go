package setup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/app/githubapi"
)

// callbackOf is where GitHub would send the browser back to, with a code that GitHub gave.
func (r *registrar) callbackOf(action string, fields url.Values) (callback *url.URL, state, code string) {
	r.t.Helper()
	unfollowed := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := unfollowed.PostForm(action, fields)
	if err != nil {
		r.t.Fatal(err)
	}
	resp.Body.Close()
	callback, err = resp.Location()
	if err != nil {
		r.t.Fatal(err)
	}
	return callback, callback.Query().Get("state"), callback.Query().Get("code")
}

func with(callback *url.URL, state, code string) string {
	u := *callback
	u.RawQuery = url.Values{"state": {state}, "code": {code}}.Encode()
	return u.String()
}

func TestCallbacksThatAreRefused(t *testing.T) {
	github := newRegistrar(t)
	o := github.options()
	start, wait := run(t, o)
	owner := newBrowser(t)
	action, fields := owner.form(start)
	callback, state, code := github.callbackOf(action, fields)

	refused := map[string]func() int{
		"without a state":   func() int { return owner.get(callback.Scheme + "://" + callback.Host + "/callback?code=" + code) },
		"with an empty one": func() int { return owner.get(with(callback, "", code)) },
		"with another one":  func() int { return owner.get(with(callback, state[:len(state)-1]+"_", code)) },
		"with half of it":   func() int { return owner.get(with(callback, state[:len(state)/2], code)) },
		"in another browser, as if someone sent the owner a link": func() int {
			return newBrowser(t).get(with(callback, state, code))
		},
		"with a made-up cookie": func() int {
			return newBrowser(t).get(with(callback, state, code), "Cookie", cookieName+"="+state)
		},
		"from another origin's script": func() int {
			return owner.get(with(callback, state, code), "Origin", "https://evil.example")
		},
		"from a page that embeds it as an image": func() int {
			return owner.get(with(callback, state, code), "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Site", "cross-site")
		},
	}
	for name, call := range refused {
		if got := call(); got != http.StatusForbidden {
			t.Errorf("%s: status %d, want 403", name, got)
		}
	}
	if github.exchanges != 0 {
		t.Fatalf("%d codes were exchanged", github.exchanges)
	}
	t.Run("none of which spoils the true one", func(t *testing.T) {
		if got := owner.get(with(callback, state, code), "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "cross-site"); got != http.StatusOK {
			t.Errorf("status %d", got)
		}
		if _, err := wait(); err != nil {
			t.Error(err)
		}
	})
}

func TestRequestsThatAreRefused(t *testing.T) {
	github := newRegistrar(t)
	start, _ := run(t, github.options())
	u, err := url.Parse(start)
	if err != nil {
		t.Fatal(err)
	}
	if u.Hostname() != "127.0.0.1" {
		t.Errorf("listens on %s", u.Hostname())
	}
	do := func(method, path, host string) *http.Response {
		t.Helper()
		req, err := http.NewRequest(method, "http://"+u.Host+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		return resp
	}
	for name, test := range map[string]struct {
		method, path, host string
		want               int
	}{
		"a name that resolves to this machine":            {"GET", u.Path, "rebind.example:" + u.Port(), 421},
		"the right address without the port":              {"GET", u.Path, "127.0.0.1", 421},
		"another name of this machine":                    {"GET", u.Path, "localhost:" + u.Port(), 421},
		"the callback under another name":                 {"GET", "/callback", "rebind.example:" + u.Port(), 421},
		"the page without the secret in its path":         {"GET", "/", u.Host, 404},
		"the page with a wrong secret":                    {"GET", "/start/AAAAAAAAAAAAAAAAAAAAAAAAAA", u.Host, 404},
		"set-up pages that Probot leaves open":            {"GET", "/probot/setup", u.Host, 404},
		"posting to the page":                             {"POST", u.Path, u.Host, 405},
		"posting to the callback":                         {"POST", "/callback", u.Host, 405},
		"files of the binary beside the style sheet":      {"GET", "/form.html", u.Host, 404},
		"the page itself, at its secret and true address": {"GET", u.Path, u.Host, 200},
	} {
		resp := do(test.method, test.path, test.host)
		if resp.StatusCode != test.want {
			t.Errorf("%s: status %d, want %d", name, resp.StatusCode, test.want)
		}
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action " + github.URL,
		} {
			if got := resp.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
	}
}

// ticketed is a registration whose clock and exchange belong to the test.
func ticketed(now *time.Time) *registration {
	return &registration{
		manifest: Manifest{Name: "Assay"}, action: "https://github.com/settings/apps/new", web: "https://github.com",
		now:    func() time.Time { return *now },
		redeem: func(context.Context, string) (Result, error) { return Result{}, nil },
	}
}

func TestATicket(t *testing.T) {
	now := time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)
	fresh := func() *registration {
		r := ticketed(&now)
		r.ticket = &ticket{state: "state", cookie: "cookie", expires: now.Add(codeLife)}
		return r
	}
	t.Run("admits once", func(t *testing.T) {
		r := fresh()
		if !r.admit("state", "cookie") || r.admit("state", "cookie") {
			t.Error("not exactly once")
		}
	})
	t.Run("admits nobody after an hour", func(t *testing.T) {
		r := fresh()
		now = now.Add(codeLife + time.Second)
		if r.admit("state", "cookie") {
			t.Error("admitted")
		}
	})
	t.Run("admits nobody before the page was opened", func(t *testing.T) {
		if ticketed(&now).admit("", "") {
			t.Error("admitted")
		}
	})
}

func TestReloadingThePageVoidsTheEarlierState(t *testing.T) {
	github := newRegistrar(t)
	start, wait := run(t, github.options())
	owner := newBrowser(t)
	firstAction, fields := owner.form(start)
	secondAction, _ := owner.form(start)
	if firstAction == secondAction {
		t.Fatal("two loads have one state")
	}
	if got := owner.post(firstAction, fields); got != http.StatusForbidden {
		t.Errorf("the first form: status %d, want 403", got)
	}
	if got := owner.post(secondAction, fields); got != http.StatusOK {
		t.Errorf("the second form: status %d, want 200", got)
	}
	if _, err := wait(); err != nil {
		t.Error(err)
	}
}

func TestACallbackIsAnsweredOnce(t *testing.T) {
	github := newRegistrar(t)
	entered, release := make(chan struct{}), make(chan struct{})
	github.convert = func(w http.ResponseWriter, answer map[string]any) {
		close(entered)
		<-release
		w.WriteHeader(http.StatusCreated)
		json.NewEncoder(w).Encode(answer)
	}
	start, wait := run(t, github.options())
	owner := newBrowser(t)
	action, fields := owner.form(start)
	callback, state, code := github.callbackOf(action, fields)
	first := make(chan int, 1)
	go func() { first <- owner.get(with(callback, state, code)) }()
	<-entered
	if got := owner.get(with(callback, state, code)); got != http.StatusForbidden {
		t.Errorf("the replayed callback: status %d, want 403", got)
	}
	close(release)
	if got := <-first; got != http.StatusOK {
		t.Errorf("the first callback: status %d", got)
	}
	if _, err := wait(); err != nil || github.exchanges != 1 {
		t.Errorf("%d exchanges, %v", github.exchanges, err)
	}
}

func TestCodesThatAreNoCodes(t *testing.T) {
	for _, code := range []string{"", "../../user/repos", "a/b", "a?b=c", "a%2Fb", "a#b", "a b", strings.Repeat("a", 129), "é"} {
		github := newRegistrar(t)
		start, wait := run(t, github.options())
		owner := newBrowser(t)
		action, fields := owner.form(start)
		callback, state, _ := github.callbackOf(action, fields)
		if got := owner.get(with(callback, state, code)); got != http.StatusBadGateway {
			t.Errorf("%q: status %d", code, got)
		}
		if _, err := wait(); err == nil || !strings.Contains(err.Error(), "without a code") || github.exchanges != 0 {
			t.Errorf("%q: %v, %d exchanges", code, err, github.exchanges)
		}
	}
}

func TestExchangesThatFail(t *testing.T) {
	status := func(status int, body string) func(http.ResponseWriter, map[string]any) {
		return func(w http.ResponseWriter, _ map[string]any) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	tests := map[string]struct {
		convert func(http.ResponseWriter, map[string]any)
		adjust  func(map[string]any)
		is      error
		says    string
	}{
		"the code is older than an hour": {status(404, `{"message":"Not Found"}`), nil, ErrCodeSpent, "run `assay setup` again"},
		"the code was used":              {status(422, `{"message":"already used"}`), nil, ErrCodeSpent, "run `assay setup` again"},
		"GitHub is down":                 {status(503, `{}`), nil, nil, "may have registered the App"},
		"a web page answers":             {status(201, `<html>log in</html>`), nil, nil, "may have registered the App"},
		"an empty answer":                {status(201, ``), nil, nil, "may have registered the App"},
		"half an answer":                 {status(201, `{"id":12345,"pem":"-----BEGIN`), nil, nil, "may have registered the App"},
		"an answer without an end":       {func(w http.ResponseWriter, _ map[string]any) { endless(w) }, nil, nil, "larger than 64 MiB"},
		"an answer that names no App":    {nil, func(a map[string]any) { a["id"] = 0 }, nil, "the App's id is 0"},
		"a slug that is a path":          {nil, func(a map[string]any) { a["slug"] = "../x" }, nil, "the App's slug is"},
		"a slug that is a command":       {nil, func(a map[string]any) { a["slug"] = "a\x1b[2Jb" }, nil, "the App's slug is"},
		"an owner that is none":          {nil, func(a map[string]any) { a["owner"] = map[string]any{"login": "a b"} }, nil, "the App's owner is"},
		"a client id that is none":       {nil, func(a map[string]any) { a["client_id"] = "a\nb" }, nil, "the App's client id is"},
		"no webhook secret":              {nil, func(a map[string]any) { a["webhook_secret"] = nil }, nil, "webhook secret has 0 characters"},
		"a key that does not parse": {nil, func(a map[string]any) {
			a["pem"] = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"
		}, nil, "is damaged"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			github := newRegistrar(t)
			github.convert, github.adjust = test.convert, test.adjust
			o := github.options()
			start, wait := run(t, o)
			owner := newBrowser(t)
			action, fields := owner.form(start)
			callback, state, code := github.callbackOf(action, fields)
			if got := owner.get(with(callback, state, code)); got != http.StatusBadGateway {
				t.Errorf("status %d, want 502", got)
			}
			_, err := wait()
			if err == nil || test.is != nil && !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), github.URL+"/settings/apps") {
				t.Fatalf("got %v, want %q", err, test.says)
			}
			if said := fmt.Sprintf("%v %+v", err, err); strings.Contains(said, code) || strings.Contains(said, testWebhookSecret) || strings.Contains(said, testClientSecret) {
				t.Errorf("a secret is said: %s", said)
			}
			if left, _ := os.ReadDir(o.Directory); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func endless(w io.Writer) {
	chunk := []byte(strings.Repeat(" ", 1<<20))
	for range 70 {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func TestAnExchangeWhoseFirstAnswerIsLostIsTriedAgain(t *testing.T) {
	github := newRegistrar(t)
	failed := false
	github.convert = func(w http.ResponseWriter, answer map[string]any) {
		if !failed {
			failed = true
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusCreated)
		json.NewEncoder(w).Encode(answer)
	}
	start, wait := run(t, github.options())
	newBrowser(t).submit(start)
	if _, err := wait(); err != nil || github.exchanges != 2 {
		t.Errorf("%d exchanges, %v", github.exchanges, err)
	}
}

func TestTheAppsPageIsGitHubsOwn(t *testing.T) {
	address := githubapi.Address{Web: "https://ghe.example.com"}
	for given, want := range map[string]string{
		"https://ghe.example.com/github-apps/assay":       "https://ghe.example.com/github-apps/assay",
		"https://ghe.example.com/apps/assay":              "https://ghe.example.com/apps/assay",
		"https://ghe.example.com.evil.example/apps/assay": "https://ghe.example.com/apps/assay",
		"https://ghe.example.com/apps/assay/../x":         "https://ghe.example.com/apps/assay",
		"javascript:alert(1)":                             "https://ghe.example.com/apps/assay",
		"":                                                "https://ghe.example.com/apps/assay",
	} {
		if got := (conversion{Slug: "assay", HTMLURL: given}).page(address); got != want {
			t.Errorf("%q: got %s, want %s", given, got, want)
		}
	}
}

func TestNobodyCameBack(t *testing.T) {
	github := newRegistrar(t)
	o := github.options()
	ctx, cancel := context.WithCancel(context.Background())
	o.Open = func(string) error { cancel(); return errors.New("no browser") }
	if _, err := Run(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(o.Directory); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if said := o.Out.(fmt.Stringer).String(); !strings.Contains(said, "No browser could be opened") {
		t.Errorf("said %q", said)
	}
}

func TestOptionsThatAreRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"no webhook address":                {func(o *Options) { o.WebhookURL = "" }, "no webhook address"},
		"one in the clear":                  {func(o *Options) { o.WebhookURL = "http://assay.example.org/webhook" }, "is not https"},
		"one that only looks like loopback": {func(o *Options) { o.WebhookURL = "http://127.0.0.1.example.org/webhook" }, "is not https"},
		"one without a path":                {func(o *Options) { o.WebhookURL = "https://assay.example.org/" }, "takes deliveries at https://assay.example.org/webhook"},
		"one with a password":               {func(o *Options) { o.WebhookURL = "https://u:p@assay.example.org/webhook" }, "user name or password"},
		"one with a query":                  {func(o *Options) { o.WebhookURL = hookURL + "?x=1" }, "has a query"},
		"one that is no address":            {func(o *Options) { o.WebhookURL = "assay" }, "does not parse"},
		"an organisation that is a path":    {func(o *Options) { o.Organisation = "a/../b" }, "not the name of an organisation"},
		"a name that GitHub does not take":  {func(o *Options) { o.Name = strings.Repeat("a", 35) }, "GitHub takes 34"},
		"no directory":                      {func(o *Options) { o.Directory = "" }, "no directory"},
		"a directory that is a file":        {func(o *Options) { o.Directory = file }, "make the directory"},
		"a GitHub that is none":             {func(o *Options) { o.GitHub.BaseURL = "https://example.com" }, "not the root of a GitHub"},
	} {
		github := newRegistrar(t)
		o := github.options()
		test.change(&o)
		o.Open = func(string) error { t.Errorf("%s: the flow began", name); return nil }
		if _, err := Run(context.Background(), o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
	github := newRegistrar(t)
	o := github.options()
	o.WebhookURL, o.Organisation, o.Name = "http://127.0.0.1:8080/webhook", "", "My Assay"
	start, wait := run(t, o)
	newBrowser(t).submit(start)
	if _, err := wait(); err != nil || github.path != "/settings/apps/new" || github.manifest["name"] != "My Assay" {
		t.Errorf("a loopback address for the user's own account: %v, %s, %v", err, github.path, github.manifest["name"])
	}
	if said := o.Out.(fmt.Stringer).String(); !strings.Contains(said, "github.com cannot deliver to it") {
		t.Errorf("no word about the loopback address in %s", said)
	}
}
