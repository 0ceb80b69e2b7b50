package setup

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"
)

//go:embed web
var web embed.FS

const (
	cookieName = "assay_setup"
	// maxHeaderBytes is what a browser sends to a loopback address several times over.
	maxHeaderBytes = 32 << 10
	// farewell is how long the last page has to reach the browser.
	farewell = 5 * time.Second
)

// codeForm is what GitHub's codes look like. One goes into the path of a request, so nothing else may be in it.
var codeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// registration is one run of the flow: the page with the form, and the one callback that counts.
type registration struct {
	manifest Manifest
	action   string // GitHub's page for the form
	web      string // GitHub's origin, the only one that the form may go to
	now      func() time.Time
	redeem   func(ctx context.Context, code string) (Result, error)

	host  string // 127.0.0.1:PORT
	start string // path of the page, with a secret that only the terminal shows

	mu        sync.Mutex
	ticket    *ticket
	redeeming bool

	done chan outcome
}

// ticket admits one callback: from GitHub, which knows the state, in the browser that has the cookie.
type ticket struct {
	state, cookie string
	expires       time.Time
}

type outcome struct {
	result Result
	err    error
}

// serve listens on a loopback port, says where to begin, and returns when the one callback was answered or ctx ends.
func (r *registration) serve(ctx context.Context, ready func(start string)) (Result, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return Result{}, fmt.Errorf("listen on a loopback port: %w", err)
	}
	r.host = listener.Addr().String()
	r.start = "/start/" + rand.Text()
	r.done = make(chan outcome, 1)
	server := &http.Server{
		Handler:           r.routes(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		MaxHeaderBytes:    maxHeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	defer server.Close()
	ready("http://" + r.host + r.start)
	select {
	case o := <-r.done:
		shutdown, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
		defer cancel()
		if err := server.Shutdown(shutdown); err != nil {
			server.Close()
		}
		return o.result, o.err
	case err := <-failed:
		return Result{}, fmt.Errorf("serve the registration page: %w", err)
	case <-ctx.Done():
		if r.isRedeeming() {
			o := <-r.done // the App stands: see it through, within the time limits of the call
			return o.result, o.err
		}
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return Result{}, fmt.Errorf("nobody registered the App within %s: run `assay setup` again", codeLife)
		}
		return Result{}, ctx.Err()
	}
}

func (r *registration) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+r.start, r.showForm)
	mux.HandleFunc("GET /callback", r.takeCallback)
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, req *http.Request) {
		http.ServeFileFS(w, req, subtree(), "style.css")
	})
	return r.guard(mux)
}

func subtree() fs.FS {
	sub, err := fs.Sub(web, "web")
	if err != nil {
		return web // cannot be: the name is constant and valid
	}
	return sub
}

// guard answers only requests that name this address, so that no web page can reach it through a name of its own that
// resolves to 127.0.0.1, and forbids the pages everything that they do not need.
func (r *registration) guard(next http.Handler) http.Handler {
	policy := "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action " + r.web
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer") // GitHub need not learn the secret path
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if req.Host != r.host {
			http.Error(w, "This is not the address that `assay setup` gave.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, req)
	})
}

// showForm makes a new ticket; an earlier one is void.
func (r *registration) showForm(w http.ResponseWriter, _ *http.Request) {
	fresh := &ticket{state: rand.Text(), cookie: rand.Text(), expires: r.now().Add(codeLife)}
	manifest, err := r.manifest.post("http://" + r.host + "/callback")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	r.mu.Lock()
	r.ticket = fresh
	r.mu.Unlock()
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: fresh.cookie, Path: "/callback", HttpOnly: true,
		SameSite: http.SameSiteLaxMode, // sent when GitHub redirects here, and by no embedded request
	})
	r.show(w, http.StatusOK, "form.html", map[string]any{
		"Action":   r.action + "?" + url.Values{"state": {fresh.state}}.Encode(),
		"Manifest": manifest,
		"Name":     r.manifest.Name,
		"Web":      r.web,
	})
}

// takeCallback redeems the code of the one callback that holds the ticket.
func (r *registration) takeCallback(w http.ResponseWriter, req *http.Request) {
	query := req.URL.Query()
	if !fromNavigation(req) || !r.admit(query.Get("state"), cookieOf(req)) {
		r.show(w, http.StatusForbidden, "refused.html", nil)
		return
	}
	code := query.Get("code")
	if !codeForm.MatchString(code) {
		r.finish(w, Result{}, errors.New("GitHub sent the browser back without a code: run `assay setup` again"))
		return
	}
	// The code works once: what it buys must not be lost because someone closes the browser.
	result, err := r.redeem(context.WithoutCancel(req.Context()), code)
	r.finish(w, result, err)
}

func (r *registration) finish(w http.ResponseWriter, result Result, err error) {
	if err != nil {
		r.show(w, http.StatusBadGateway, "failed.html", nil)
	} else {
		r.show(w, http.StatusOK, "done.html", map[string]any{"Slug": result.App.Slug, "Install": result.App.installURL()})
	}
	r.done <- outcome{result, err}
}

// admit compares in constant time and takes the ticket away, so that it admits once. A wrong one does not take it: a
// stranger must not be able to spoil the flow.
func (r *registration) admit(state, cookie string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ticket == nil {
		return false
	}
	same := subtle.ConstantTimeCompare([]byte(state), []byte(r.ticket.state)) &
		subtle.ConstantTimeCompare([]byte(cookie), []byte(r.ticket.cookie))
	if same != 1 {
		return false
	}
	r.redeeming = !r.now().After(r.ticket.expires)
	r.ticket = nil
	return r.redeeming
}

func (r *registration) isRedeeming() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.redeeming
}

// fromNavigation refuses requests that a page makes by itself: the browser follows GitHub's redirect as a navigation,
// which has no Origin and says so in Sec-Fetch-Mode.
func fromNavigation(req *http.Request) bool {
	mode := req.Header.Get("Sec-Fetch-Mode")
	return req.Header.Get("Origin") == "" && (mode == "" || mode == "navigate")
}

func cookieOf(req *http.Request) string {
	cookie, err := req.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (r *registration) show(w http.ResponseWriter, status int, page string, values any) {
	pages, err := template.ParseFS(web, "web/"+page)
	if err != nil {
		http.Error(w, "The page is missing from this build.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	pages.Execute(w, values) // the browser may be gone; the terminal tells the outcome
}
