// Package githubapi is how Assay talks to GitHub: clients that carry the least token that will do, and one chain of
// round trippers that knows GitHub's limits and faults.
//
// What a caller may rely on:
//
//   - A request that may have been applied is never sent twice, unless sending it twice is harmless; retry.go
//     has the table. A caller that creates something makes itself idempotent: it looks for its own earlier work first.
//   - No call waits longer than [Config.MaxWait] for a limit. It fails with [ErrRateLimited] instead, which says when
//     to come back, so that a job can be put aside rather than hold a worker.
//   - [Classify] tells what an error means; nobody else looks at status codes.
//   - A token, a key or a proxy's password is in no error and no log line.
package githubapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/google/go-github/v62/github"
)

// Config is what an [App] needs to reach GitHub.
type Config struct {
	// BaseURL is the root of the REST interface: https://api.github.com when empty, https://HOST/api/v3 for GitHub
	// Enterprise Server. Plain http is accepted for loopback addresses only.
	BaseURL string

	AppID      int64
	PrivateKey []byte // PEM, PKCS#1 (as GitHub hands it out) or PKCS#8

	ProxyURL string // empty: what HTTPS_PROXY and NO_PROXY say
	CAFile   string // PEM certificates trusted besides the system's

	UserAgent string // "Assay" when empty; GitHub asks that it names the App

	// Bucket is asked before every write; nil means that no other process shares the limits and none is kept.
	Bucket Bucket

	// Observer is told of every attempt; may be nil.
	Observer Observer

	Logger *slog.Logger // nothing is logged when nil

	// MaxWait is how long one call may wait for limits, all its waits added up; DefaultMaxWait when zero.
	MaxWait time.Duration
	// RequestTimeout bounds one attempt, from dialling to the last byte; DefaultRequestTimeout when zero.
	RequestTimeout time.Duration

	Clock Clock // the system's when nil
}

const (
	// DefaultMaxWait lets short waits (a burst of writes, a Retry-After of seconds) pass unnoticed; a worker is not
	// held for longer, and a secondary limit asks for at least a minute.
	DefaultMaxWait = 30 * time.Second

	// DefaultRequestTimeout is three times what GitHub gives itself: it abandons a request after 10 s.
	DefaultRequestTimeout = 30 * time.Second
)

// App is a GitHub App: the source of every client that talks to GitHub. It is safe for concurrent use.
type App struct {
	appID   int64
	address Address
	apiRoot *url.URL // with a trailing slash, as go-github wants it
	signer  *signer
	base    http.RoundTripper

	userAgent      string
	bucket         Bucket
	observer       Observer
	log            *slog.Logger
	maxWait        time.Duration
	requestTimeout time.Duration
	clock          *githubClock

	tokens *tokens
	all    chan struct{} // slots over all installations

	mu    sync.Mutex
	lanes map[int64]*lane // by installation, and appLane
}

// New checks the configuration and prepares the clients. It makes no call; [App.Identity] does.
func New(c Config) (*App, error) {
	if c.AppID <= 0 {
		return nil, fmt.Errorf("the App id is %d: set it to the number on the App's settings page", c.AppID)
	}
	key, err := ParseKey(c.PrivateKey)
	if err != nil {
		return nil, err
	}
	a, err := newApp(c)
	if err != nil {
		return nil, err
	}
	a.signer = &signer{key: key, now: a.clock.github}
	return a, nil
}

// Anonymous is a client without any authorization, for registering an App. AppID and PrivateKey are not looked at.
func Anonymous(c Config) (*github.Client, Address, error) {
	a, err := newApp(c)
	if err != nil {
		return nil, Address{}, err
	}
	return a.client(a.chain(appLane, noAuthorization{})), a.address, nil
}

func newApp(c Config) (*App, error) {
	address, err := ParseAddress(c.BaseURL)
	if err != nil {
		return nil, err
	}
	base, err := NewTransport(c.ProxyURL, c.CAFile)
	if err != nil {
		return nil, err
	}
	a := &App{
		appID:          c.AppID,
		address:        address,
		apiRoot:        address.apiRoot(),
		base:           base,
		userAgent:      c.UserAgent,
		bucket:         c.Bucket,
		observer:       c.Observer,
		log:            c.Logger,
		maxWait:        c.MaxWait,
		requestTimeout: c.RequestTimeout,
		clock:          &githubClock{Clock: c.Clock},
		all:            make(chan struct{}, maxConcurrent),
		lanes:          map[int64]*lane{},
	}
	a.setDefaults()
	a.tokens = newTokens(a)
	return a, nil
}

func (a *App) setDefaults() {
	if a.userAgent == "" {
		a.userAgent = "Assay"
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.maxWait == 0 {
		a.maxWait = DefaultMaxWait
	}
	if a.requestTimeout == 0 {
		a.requestTimeout = DefaultRequestTimeout
	}
	if a.clock.Clock == nil {
		a.clock.Clock = systemClock{}
	}
}

// Address says where this GitHub is.
func (a *App) Address() Address { return a.address }

// AsApp is a client that speaks as the App itself, for the few calls that need it.
func (a *App) AsApp() *github.Client {
	return a.client(a.chain(appLane, &appAuthorization{app: a}))
}

// Repository is a client for one repository, with a token that reaches no other and may do no more than perms says.
// Making one costs nothing; tokens are kept in the App.
func (a *App) Repository(installationID, repositoryID int64, perms Permissions) *github.Client {
	scope := Scope{installationID, repositoryID, perms}
	return a.client(a.chain(installationID, &tokenAuthorization{app: a, scope: scope}))
}

// Token is a token of that scope for use outside HTTP clients, namely by git. It lives for tokenMargin at least.
func (a *App) Token(ctx context.Context, installationID, repositoryID int64, perms Permissions) (string, error) {
	return a.tokens.get(ctx, Scope{installationID, repositoryID, perms})
}

func (a *App) client(tr http.RoundTripper) *github.Client {
	c := github.NewClient(&http.Client{Transport: tr, CheckRedirect: checkRedirect})
	c.BaseURL = a.apiRoot
	c.UserAgent = a.userAgent
	return c
}
