package localhub

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// call is one request to the REST API, authenticated and with its repository found.
type call struct {
	*http.Request
	caller
	hub    *Hub
	body   []byte
	repo   *Repository
	header http.Header // of the answer
}

// reply is an answer other than 200 with JSON.
type reply struct {
	status      int
	body        any
	contentType string // of a body that is bytes
}

func created(body any) reply  { return reply{status: http.StatusCreated, body: body} }
func accepted(body any) reply { return reply{status: http.StatusAccepted, body: body} }
func noContent() reply        { return reply{status: http.StatusNoContent} }

// maxRequestBody is far beyond what any request of GitHub's API may hold, a blob aside.
const maxRequestBody = 50 << 20

// operation serves one route: who asks, may they, then the answer.
func (h *Hub) operation(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBody))
		if err != nil {
			writeRefusal(w, &refusal{status: http.StatusRequestEntityTooLarge, message: "Request is too large"})
			return
		}
		c := &call{Request: r, hub: h, body: body, header: w.Header()}
		h.mu.Lock()
		refused := h.admit(c, route)
		if refused == nil && !route.unlocked {
			var answer any
			answer, refused = route.serve(c)
			h.mu.Unlock()
			writeAnswer(w, answer, refused)
			return
		}
		h.mu.Unlock()
		if refused != nil {
			writeAnswer(w, nil, refused)
			return
		}
		answer, refused := route.serve(c)
		writeAnswer(w, answer, refused)
	})
}

// admit authenticates the call, counts it, and checks that it may do what it asks.
func (h *Hub) admit(c *call, route route) *refusal {
	var refused *refusal
	if c.caller, refused = h.authenticate(c.Request); refused != nil {
		return refused
	}
	if refused := h.meter(c); refused != nil {
		return refused
	}
	switch route.who {
	case apps:
		if c.app == nil {
			return unauthorised("A JSON web token could not be decoded")
		}
		return nil
	case installations:
		if c.token == nil {
			return unauthorised("Requires authentication")
		}
		return c.require(route.needs)
	case repositoryScope:
		return h.admitToRepository(c, route.needs)
	}
	return nil
}

// admitToRepository finds the repository. One that the caller may not see is said not to exist.
func (h *Hub) admitToRepository(c *call, needs string) *refusal {
	r := h.repository(c.PathValue("owner"), c.PathValue("repo"))
	if id := c.PathValue("id"); id != "" {
		r = h.repositoryByID(id)
	}
	if r == nil {
		return notFound()
	}
	c.repo = r
	reading := c.Method == http.MethodGet
	if c.token == nil {
		switch {
		case c.app != nil || r.private:
			return notFound()
		case !reading:
			return unauthorised("Requires authentication")
		}
		return nil
	}
	if !c.token.sees(r) {
		if r.private {
			return notFound()
		}
		if !reading {
			return forbidden(notByIntegration)
		}
		return nil // a public repository can be read with any token
	}
	return c.require(needs)
}

const notByIntegration = "Resource not accessible by integration"

func (c *call) require(permission string) *refusal {
	if c.token.may(permission) {
		return nil
	}
	refused := forbidden(notByIntegration)
	refused.header = http.Header{"X-Accepted-Github-Permissions": {strings.NewReplacer(":", "=", "|", "; ").Replace(permission)}}
	return refused
}

func (h *Hub) repositoryByID(id string) *Repository {
	for _, r := range h.repositories {
		if !r.deleted && strconv.FormatInt(r.id, 10) == id {
			return r
		}
	}
	return nil
}

// id reads a number in the path; 0, which nothing has, when it is none.
func (c *call) id(name string) int64 {
	n, _ := strconv.ParseInt(c.PathValue(name), 10, 64)
	return n
}

// decode reads the JSON body.
func (c *call) decode(into any) *refusal {
	if err := json.Unmarshal(c.body, into); err != nil {
		return problemsParsing()
	}
	return nil
}

func problemsParsing() *refusal {
	return &refusal{status: http.StatusBadRequest, message: "Problems parsing JSON"}
}

// pull finds the pull request of the path.
func (c *call) pull() (*PullRequest, *refusal) {
	if p := c.repo.pull(int(c.id("number"))); p != nil {
		return p, nil
	}
	return nil, notFound()
}

func (c *call) installation() (*Installation, *refusal) {
	for _, i := range c.hub.installations {
		if i.id == c.id("installation") && i.app == c.app && !i.removed {
			return i, nil
		}
	}
	return nil, notFound()
}

// actor is who writes: the app's bot.
func (c *call) actor() *Account { return c.token.installation.app.bot }

// GitHub's page sizes.
const (
	defaultPerPage = 30
	maxPerPage     = 100
)

// page cuts out the page that the query asks for, and links to the others.
func page[T any](c *call, items []T) []T {
	query := c.URL.Query()
	number := func(name string, otherwise, most int) int {
		n, err := strconv.Atoi(query.Get(name))
		if err != nil || n < 1 {
			return otherwise
		}
		return min(n, most)
	}
	size := number("per_page", defaultPerPage, maxPerPage)
	this := number("page", 1, 1<<20)
	last := max(1, (len(items)+size-1)/size)
	var links []string
	link := func(page int, relation string) {
		query.Set("page", strconv.Itoa(page))
		links = append(links, fmt.Sprintf("<%s>; rel=%q", c.hub.root+apiPrefix+c.URL.EscapedPath()+"?"+query.Encode(), relation))
	}
	if this > 1 {
		link(this-1, "prev")
	}
	if this < last {
		link(this+1, "next")
		link(last, "last")
	}
	if this > 1 {
		link(1, "first")
	}
	if len(links) > 0 {
		c.header.Set("Link", strings.Join(links, ", "))
	}
	from := min((this-1)*size, len(items))
	return append([]T{}, items[from:min(from+size, len(items))]...)
}

// views shows each item of a page.
func views[T any](items []T, view func(T) object) []object {
	shown := []object{}
	for _, item := range items {
		shown = append(shown, view(item))
	}
	return shown
}

func writeAnswer(w http.ResponseWriter, answer any, refused *refusal) {
	if refused != nil {
		writeRefusal(w, refused)
		return
	}
	r, ok := answer.(reply)
	if !ok {
		r = reply{status: http.StatusOK, body: answer}
	}
	if raw, ok := r.body.([]byte); ok && r.contentType != "" {
		w.Header().Set("Content-Type", r.contentType)
		w.WriteHeader(r.status)
		_, _ = w.Write(raw) // the client is gone when this fails
		return
	}
	if r.body == nil {
		w.WriteHeader(r.status)
		return
	}
	writeJSON(w, r.status, r.body)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone when this fails
}

func writeRefusal(w http.ResponseWriter, refused *refusal) {
	for name, values := range refused.header {
		w.Header()[name] = values
	}
	writeJSON(w, refused.status, refused.body())
}
