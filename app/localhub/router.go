package localhub

import (
	"net/http"
	"net/url"
	"strings"
)

// router finds the first route whose pattern fits: "METHOD /fixed/{one}/{rest...}". GitHub's paths overlap in ways that
// http.ServeMux refuses to order (pulls/comments/{comment}, pulls/{number}/files).
type router struct {
	routes []routed
}

type routed struct {
	method   string
	segments []string
	serve    http.Handler
}

func (m *router) add(pattern string, serve http.Handler) {
	method, path, _ := strings.Cut(pattern, " ")
	m.routes = append(m.routes, routed{method, strings.Split(strings.TrimPrefix(path, "/"), "/"), serve})
}

func (m *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	for _, route := range m.routes {
		if route.method != r.Method && !(route.method == http.MethodGet && r.Method == http.MethodHead) {
			continue
		}
		if values, ok := route.match(path); ok {
			for name, value := range values {
				r.SetPathValue(name, value)
			}
			route.serve.ServeHTTP(w, r)
			return
		}
	}
	writeRefusal(w, notFound())
}

// match compares segment by segment, so that an escaped slash stays inside of its segment.
func (route routed) match(path []string) (map[string]string, bool) {
	values := map[string]string{}
	for i, segment := range route.segments {
		name, isWildcard := strings.CutPrefix(strings.TrimSuffix(segment, "}"), "{")
		if name, isRest := strings.CutSuffix(name, "..."); isWildcard && isRest && i <= len(path) {
			rest, err := url.PathUnescape(strings.Join(path[i:], "/"))
			values[name] = rest
			return values, err == nil
		}
		if i >= len(path) {
			return nil, false
		}
		text, err := url.PathUnescape(path[i])
		switch {
		case err != nil, !isWildcard && text != segment, isWildcard && text == "":
			return nil, false
		case isWildcard:
			values[name] = text
		}
	}
	return values, len(path) == len(route.segments)
}
