package localhub

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Request is one line of the request log.
type Request struct {
	Time   time.Time
	Kind   string // rest, graphql, git or page
	Method string
	Path   string // below the root of its kind: /repos/…, /OWNER/REPO.git/…
	Query  string
	Header http.Header // without credentials
	Body   []byte      // not of git
	Status int         // of the answer, also when the client never saw it; 0 when there was none

	// Write says that it asked to change something a person can see. Asking for a token does not.
	Write bool

	// Applied says that the hub acted on it: no fault came before.
	Applied bool
}

// handler is everything under one address: log, latency and faults around the four kinds of service.
func (h *Hub) handler() http.Handler {
	rest := h.restAPI()
	if h.options.Wrap != nil {
		rest = h.options.Wrap(rest)
	}
	services := map[string]http.Handler{
		"rest":    http.StripPrefix(apiPrefix, rest),
		"graphql": http.HandlerFunc(h.serveGraphQL),
		"git":     http.HandlerFunc(h.serveGit),
		"page":    h.pages(),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind := kindOf(r)
		if kind == "page" {
			services[kind].ServeHTTP(w, r)
			return
		}
		h.serve(w, r, kind, services[kind])
	})
}

func kindOf(r *http.Request) string {
	path := r.URL.Path
	switch {
	case path == graphQLPath:
		return "graphql"
	case strings.HasPrefix(path, apiPrefix+"/"), path == apiPrefix:
		return "rest"
	case isGitPath(path):
		return "git"
	}
	return "page"
}

// serve answers one request as the hub's behaviour has it, and logs it.
func (h *Hub) serve(w http.ResponseWriter, r *http.Request, kind string, service http.Handler) {
	entry := Request{
		Time: h.now(), Kind: kind, Method: r.Method, Path: strings.TrimPrefix(r.URL.Path, apiPrefix), Query: r.URL.RawQuery,
		Header: r.Header.Clone(),
	}
	entry.Header.Del("Authorization")
	if kind != "git" {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBody))
		if err != nil {
			http.Error(w, "request too large", http.StatusRequestEntityTooLarge)
			return
		}
		entry.Body = body
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	entry.Write = isWrite(entry)
	latency, fault := h.behaviourFor(r, entry.Body)
	if !h.pause(r, latency) {
		return
	}
	if fault != nil && !fault.AfterApplying {
		entry.Status = fault.Status
		h.log(entry)
		h.misbehave(w, r, fault)
		return
	}
	entry.Applied = true
	if fault != nil {
		// The work is done and its answer thrown away.
		lost := &lostAnswer{header: http.Header{}, status: http.StatusOK}
		service.ServeHTTP(lost, r)
		entry.Status = lost.status
		h.log(entry)
		h.misbehave(w, r, fault)
		return
	}
	// A request is logged before its answer can be read, or a test would look for it too early.
	watched := &watchedWriter{ResponseWriter: w, onStatus: func(status int) {
		entry.Status = status
		h.log(entry)
	}}
	service.ServeHTTP(watched, r)
	watched.done()
}

func isWrite(entry Request) bool {
	switch {
	case entry.Kind == "graphql":
		return isMutation(entry.Body)
	case entry.Kind != "rest" || entry.Method == http.MethodGet || entry.Method == http.MethodHead:
		return false
	}
	return !strings.HasSuffix(entry.Path, "/access_tokens") && entry.Path != "/installation/token"
}

func (h *Hub) log(entry Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests = append(h.requests, entry)
}

// Requests is the log so far, in the order of the answers.
func (h *Hub) Requests() []Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.requests)
}

// Writes are the requests of the log that asked for a change.
func (h *Hub) Writes() []Request {
	return slices.DeleteFunc(h.Requests(), func(r Request) bool { return !r.Write })
}

// ForgetRequests empties the log.
func (h *Hub) ForgetRequests() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests = nil
}

// watchedWriter tells of an answer's status just before it is sent.
type watchedWriter struct {
	http.ResponseWriter
	onStatus func(int)
	told     bool
}

func (w *watchedWriter) WriteHeader(status int) {
	if !w.told {
		w.told = true
		w.onStatus(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watchedWriter) Write(b []byte) (int, error) {
	if !w.told {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

func (w *watchedWriter) done() {
	if !w.told {
		w.told = true
		w.onStatus(http.StatusOK)
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// lostAnswer takes an answer that nobody will read.
type lostAnswer struct {
	header http.Header
	status int
}

func (l *lostAnswer) Header() http.Header         { return l.header }
func (l *lostAnswer) WriteHeader(status int)      { l.status = status }
func (l *lostAnswer) Write(b []byte) (int, error) { return len(b), nil }
