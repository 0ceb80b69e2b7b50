package setup

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"
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
