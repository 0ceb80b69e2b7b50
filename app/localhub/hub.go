package localhub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Options say where a Hub lives and how far its limits reach. The zero value of everything but Dir is useful.
type Options struct {
	// Dir holds the git repositories. It must exist and be empty.
	Dir string

	// Address to listen on; 127.0.0.1:0 when empty. Anything but a loopback address is refused.
	Address string

	// Now is the clock of tokens, limits and time stamps; time.Now when nil.
	Now func() time.Time

	// Wrap goes around the REST API and sees the paths as GitHub's own description has them ("/repos/…"). Tests put a
	// validator here. It sits inside faults: an answer that a test broke on purpose does not pass through it.
	Wrap func(http.Handler) http.Handler

	// OnWebhook sees each delivery before it is made; tests validate payloads here.
	OnWebhook func(event string, payload []byte)

	// Fail is told of every seed that failed. The first failure is also remembered, see [Hub.Err].
	Fail func(error)

	// WebhookTimeout is how long a receiver may take; DefaultWebhookTimeout when zero.
	WebhookTimeout time.Duration

	// Limits of GitHub that tests may lower. A zero field is GitHub's own figure.
	Limits Limits
}

// DefaultWebhookTimeout is the time github.com gives a receiver before the delivery counts as failed.
const DefaultWebhookTimeout = 10 * time.Second

// Limits are figures of GitHub that are slow to reach in a test.
type Limits struct {
	Files          int // entries of list-files; 3000
	FilePatchLines int // lines of one file's patch; 20 000
	FilePatchBytes int // bytes of one file's patch; 500 KB
	DiffLines      int // lines of all patches together; 20 000
	DiffBytes      int // bytes of all patches together; 1 MB
	TreeEntries    int // entries of a recursive tree; 100 000
	CompareFiles   int // files of a comparison; 300
}

func (l Limits) withDefaults() Limits {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	set(&l.Files, 3000)
	set(&l.FilePatchLines, 20_000)
	set(&l.FilePatchBytes, 500_000)
	set(&l.DiffLines, 20_000)
	set(&l.DiffBytes, 1_000_000)
	set(&l.TreeEntries, 100_000)
	set(&l.CompareFiles, 300)
	return l
}

// Hub is one running local GitHub. All of its methods may be called from several goroutines.
type Hub struct {
	options Options
	root    string // http://127.0.0.1:PORT
	git     gitProgram
	server  *http.Server
	closing sync.Once
	closed  chan struct{}
	courier *courier

	// mu guards everything below and every field of accounts, apps, repositories and pull requests.
	mu            sync.Mutex
	err           error
	lastID        int64
	accounts      map[string]*Account // by lower-case login
	apps          []*App
	installations []*Installation
	repositories  []*Repository
	tokens        map[string]*accessToken
	manifests     map[string]*App // conversion codes not yet used
	deliveries    []*Delivery
	requests      []Request
	behaviour     behaviour
}

// Start begins to listen. Close ends it.
func Start(o Options) (*Hub, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.WebhookTimeout == 0 {
		o.WebhookTimeout = DefaultWebhookTimeout
	}
	o.Limits = o.Limits.withDefaults()
	if err := os.MkdirAll(filepath.Join(o.Dir, "repositories"), 0o755); err != nil {
		return nil, fmt.Errorf("prepare the folder of the local GitHub: %w", err)
	}
	git, err := findGit()
	if err != nil {
		return nil, err
	}
	listener, err := listen(o.Address)
	if err != nil {
		return nil, err
	}
	h := &Hub{
		options:   o,
		root:      "http://" + listener.Addr().String(),
		git:       git,
		closed:    make(chan struct{}),
		lastID:    1000,
		accounts:  map[string]*Account{},
		tokens:    map[string]*accessToken{},
		manifests: map[string]*App{},
	}
	h.courier = newCourier(h)
	h.server = &http.Server{Handler: h.handler(), ReadHeaderTimeout: time.Minute}
	go func() { _ = h.server.Serve(listener) }() // ends with ErrServerClosed
	return h, nil
}

func listen(address string) (net.Listener, error) {
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for the local GitHub: %w", err)
	}
	// Whoever reaches this server may sign in as anyone: it is for one machine.
	if tcp, ok := listener.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		listener.Close()
		return nil, fmt.Errorf("listen for the local GitHub on %s: only loopback addresses are allowed", address)
	}
	return listener, nil
}

// Close stops listening, drops every connection, and ends what is on its way to a webhook receiver.
func (h *Hub) Close() error {
	var err error
	h.closing.Do(func() {
		close(h.closed)
		h.courier.close()
		err = h.server.Close()
	})
	return err
}

// TB is the part of *testing.T that StartTest needs; naming it keeps package testing out of the binary.
type TB interface {
	Helper()
	Cleanup(func())
	TempDir() string
	Fatalf(format string, args ...any)
}

// StartTest starts a Hub in a temporary folder that ends with the test, and makes a failing seed fail the test.
func StartTest(t TB, o Options) *Hub {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if o.Fail == nil {
		o.Fail = func(err error) { t.Helper(); t.Fatalf("localhub: %v", err) }
	}
	h, err := Start(o)
	if err != nil {
		t.Fatalf("localhub: %v", err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// URL is the address of pages and of git (URL/OWNER/REPO.git).
func (h *Hub) URL() string { return h.root }

// APIURL is the root of the REST API, with a slash at its end, as on GitHub Enterprise Server.
func (h *Hub) APIURL() string { return h.root + apiPrefix + "/" }

// GraphQLURL is where GraphQL queries are posted.
func (h *Hub) GraphQLURL() string { return h.root + graphQLPath }

const (
	apiPrefix   = "/api/v3"
	graphQLPath = "/api/graphql"
)

// Err is the first seed that failed, if any did.
func (h *Hub) Err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err
}

// act runs one seed or one action of a person under the lock, and reports its failure after releasing it, since a
// test's Fail does not return.
func (h *Hub) act(what string, do func() error) {
	h.mu.Lock()
	err := do()
	if err != nil {
		err = fmt.Errorf("%s: %w", what, err)
		if h.err == nil {
			h.err = err
		}
	}
	h.mu.Unlock()
	if err != nil && h.options.Fail != nil {
		h.options.Fail(err)
	}
}

// nextID numbers everything from one sequence, so that an id taken for one of another kind is never right by chance.
func (h *Hub) nextID() int64 {
	h.lastID++
	return h.lastID
}

// now is exact; GitHub shows whole seconds, see stamp.
func (h *Hub) now() time.Time { return h.options.Now().UTC() }

// gitProgram is git and its CGI program.
type gitProgram struct {
	path    string
	backend string
}

func findGit() (gitProgram, error) {
	path, err := exec.LookPath("git")
	if err != nil {
		return gitProgram{}, fmt.Errorf("the local GitHub needs git: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "--exec-path").Output()
	if err != nil {
		return gitProgram{}, fmt.Errorf("ask git for its programs: %w", err)
	}
	backend := filepath.Join(strings.TrimSpace(string(out)), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		return gitProgram{}, errors.New("git came without git-http-backend, which serves clones; install the full git package")
	}
	return gitProgram{path: path, backend: backend}, nil
}
