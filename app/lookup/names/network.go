package names

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// pace is how often a host is asked: requests a second, and how many at once before that counts.
type pace struct {
	rate  rate.Limit
	burst int
}

// The paces. Nobody documents limits but crates.io, which allows its interface one request a second; a sparse index is
// made of files and has none.
var (
	registryPace = pace{20, 40}
	depsDevPace  = pace{20, 40}
	cratesPace   = pace{1, 2}
)

const (
	// maxAnswerBytes is counted after decompression. The longest lists of versions are a third of it.
	maxAnswerBytes = 32 << 20

	// maxHeaderBytes is what net/http takes of a server anyway, made ours.
	maxHeaderBytes = 1 << 20

	// maxRedirects is how often a host may send us elsewhere on itself, such as to another spelling of a name.
	maxRedirects = 3

	// connectTimeout is for a connection to be there: name, address, proxy and certificate. It is what a machine
	// without a network waits.
	connectTimeout = 2 * time.Second
)

// network is what all hosts share.
type network struct {
	client  *http.Client
	agent   string
	log     *slog.Logger
	timeout time.Duration
	slots   chan struct{} // a place for each request under way
	largest int           // answer, in bytes

	mu    sync.Mutex
	hosts map[string]*host // by scheme and host
}

func newNetwork(c Config) *network {
	transport := c.Transport
	if transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxResponseHeaderBytes = maxHeaderBytes
		transport = own
	}
	n := &network{
		client:  &http.Client{Transport: transport, CheckRedirect: checkRedirect},
		agent:   "assay/" + c.Version,
		log:     c.Logger,
		timeout: c.RequestTimeout,
		hosts:   map[string]*host{},
	}
	if n.largest = c.maxAnswer; n.largest == 0 {
		n.largest = maxAnswerBytes
	}
	if c.Version == "" {
		n.agent = "assay"
	}
	if n.log == nil {
		n.log = slog.New(slog.DiscardHandler)
	}
	if n.timeout == 0 {
		n.timeout = DefaultRequestTimeout
	}
	if c.Concurrent <= 0 {
		c.Concurrent = DefaultConcurrent
	}
	n.slots = make(chan struct{}, c.Concurrent)
	return n
}

// host is what asks below a root. Roots on one host share its pace and its fate.
func (n *network) host(root *url.URL, p pace) *host {
	n.mu.Lock()
	defer n.mu.Unlock()
	origin := root.Scheme + "://" + strings.ToLower(root.Host)
	h := &host{network: n, root: origin + root.EscapedPath(), name: strings.ToLower(root.Host)}
	if other, ok := n.hosts[origin]; ok {
		h.limiter, h.breaker = other.limiter, other.breaker
		if p.rate < h.limiter.Limit() {
			h.limiter.SetLimit(p.rate)
			h.limiter.SetBurst(p.burst)
		}
		return h
	}
	h.limiter, h.breaker = rate.NewLimiter(p.rate, p.burst), &breaker{}
	n.hosts[origin] = h
	return h
}

var (
	errElsewhere = errors.New("it redirects to another host")
	errCircles   = fmt.Errorf("it redirects more than %d times", maxRedirects)
)

// checkRedirect follows nobody to another host: that one would answer in the name of the one that was configured.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0].URL
	switch {
	case req.URL.Scheme != first.Scheme || !strings.EqualFold(req.URL.Host, first.Host):
		return errElsewhere
	case len(via) > maxRedirects:
		return errCircles
	}
	return nil
}
