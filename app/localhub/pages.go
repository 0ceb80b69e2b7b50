package localhub

import (
	"bytes"
	"embed"
	"hash/fnv"
	"html/template"
	"net/http"
	"strings"
	"time"
)

//go:embed pages
var pageFiles embed.FS

// pages are what a person sees in a browser. Text from pull requests reaches them through html/template or markdown.
func (h *Hub) pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.indexPage)
	mux.HandleFunc("GET /-/style.css", h.stylesheet)
	mux.HandleFunc("GET /-/deliveries", h.deliveriesPage)
	mux.HandleFunc("GET /-/deliveries/{id}", h.deliveryPage)
	mux.HandleFunc("/settings/apps/new", h.newAppPage)
	mux.HandleFunc("/organizations/{org}/settings/apps/new", h.newAppPage)
	mux.HandleFunc("POST /-/register-app", h.confirmNewApp)
	mux.HandleFunc("/apps/{slug}/installations/new", h.installPage)
	mux.HandleFunc("GET /{owner}/{repo}", h.repositoryPage)
	mux.HandleFunc("GET /{owner}/{repo}/pull/{number}", h.pullPage)
	mux.HandleFunc("GET /{owner}/{repo}/runs/{run}", h.runPage)
	mux.HandleFunc("GET /{owner}/{repo}/blob/{sha}/{path...}", h.blobPage)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		h.renderProblem(w, http.StatusNotFound, "This page does not exist.")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Registering an app ends at the address of the one who registers it, on this machine.
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "+
			"form-action 'self' http://127.0.0.1:* http://localhost:*")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		mux.ServeHTTP(w, r)
	})
}

func (h *Hub) stylesheet(w http.ResponseWriter, _ *http.Request) {
	css, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(css) // the client is gone when this fails
}

// render fills one of the templates in pages.
func (h *Hub) render(w http.ResponseWriter, status int, name string, view any) {
	t, err := template.New("layout.html").Funcs(template.FuncMap{
		"initial": initial, "shade": shade, "ago": h.ago, "short": shortSHA, "line": func(i int) int { return i + 1 },
	}).ParseFS(pageFiles, "pages/layout.html", "pages/"+name+".html")
	var b bytes.Buffer
	if err == nil {
		err = t.Execute(&b, view)
	}
	if err != nil {
		http.Error(w, "render "+name+": "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the client is gone when this fails
}

func (h *Hub) renderProblem(w http.ResponseWriter, status int, text string) {
	h.render(w, status, "problem", text)
}

// initial and shade draw an avatar: a letter on one of eight colours.
func initial(login string) string {
	return strings.ToUpper(string([]rune(login + "?")[0]))
}

func shade(login string) uint32 {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(login)) // never fails, see package hash
	return hash.Sum32() % 8
}

func shortSHA(sha string) string { return sha[:min(7, len(sha))] }

// ago is how people say when.
func (h *Hub) ago(t time.Time) string {
	switch d := h.now().Sub(t); {
	case d < time.Minute:
		return "just now"
	case d < 2*time.Minute:
		return "a minute ago"
	case d < time.Hour:
		return t.Format("15:04")
	}
	return t.Format("2 Jan 2006")
}
