package githubapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v62/github"
	"golang.org/x/sync/singleflight"
)

const (
	// tokenMargin is how long a token that is handed out still lives at least: a fetch by git may take minutes.
	tokenMargin = 10 * time.Minute
	// maxTokens bounds memory for an organisation of many repositories; a token is then asked for again.
	maxTokens = 4096
	// mintTimeout bounds a token request over all its attempts, whoever still waits for it.
	mintTimeout = 90 * time.Second
)

// tokens keeps one token per scope until shortly before it expires.
//
// ghinstallation mints them, each with a transport of its own that is then thrown away: a kept one holds its lock
// during the call, so that a caller who gives up would still wait, and cannot be told that its token was refused.
type tokens struct {
	app    *App
	flight singleflight.Group

	mu     sync.Mutex
	tokens map[Scope]token
}

type token struct {
	value   string
	expires time.Time // on GitHub's clock
}

func newTokens(a *App) *tokens { return &tokens{app: a, tokens: map[Scope]token{}} }

// get returns a token that lives for tokenMargin or longer. Callers that want the same one share one request, which
// goes on when one of them gives up.
func (t *tokens) get(ctx context.Context, s Scope) (string, error) {
	if err := s.check(); err != nil {
		return "", err
	}
	if value, ok := t.kept(s); ok {
		return value, nil
	}
	done := t.flight.DoChan(fmt.Sprintf("%+v", s), func() (any, error) {
		if value, ok := t.kept(s); ok {
			return value, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), mintTimeout)
		defer cancel()
		fresh, err := t.app.mint(ctx, s)
		if err != nil {
			return "", fmt.Errorf("get a token for installation %d, repository %d: %w", s.Installation, s.Repository, err)
		}
		t.keep(s, fresh)
		return fresh.value, nil
	})
	select {
	case result := <-done:
		value, _ := result.Val.(string)
		return value, result.Err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (t *tokens) kept(s Scope) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	kept, ok := t.tokens[s]
	return kept.value, ok && t.app.clock.github().Add(tokenMargin).Before(kept.expires)
}

func (t *tokens) keep(s Scope, fresh token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.tokens) >= maxTokens {
		t.sweep()
	}
	t.tokens[s] = fresh
}

// sweep drops expired tokens, and all of them when that is not enough.
func (t *tokens) sweep() {
	now := t.app.clock.github()
	for s, kept := range t.tokens {
		if kept.expires.Before(now) {
			delete(t.tokens, s)
		}
	}
	if len(t.tokens) >= maxTokens {
		clear(t.tokens)
	}
}

// forget drops a token that GitHub refused. Others may have replaced it already, so the value decides.
func (t *tokens) forget(s Scope, value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.tokens[s].value == value {
		delete(t.tokens, s)
	}
}

// mint asks GitHub for a token of exactly that scope, and once more when it refused a signature made by a wrong clock.
func (a *App) mint(ctx context.Context, s Scope) (token, error) {
	before := a.clock.skew()
	fresh, err := a.mintOnce(ctx, s)
	if Classify(err) == Unauthorized && a.clock.movedFrom(before) {
		return a.mintOnce(ctx, s)
	}
	return fresh, err
}

func (a *App) mintOnce(ctx context.Context, s Scope) (token, error) {
	signing, err := a.appsTransport(Chain(a.attempts(appLane), limitPatience(a)))
	if err != nil {
		return token{}, err
	}
	minting := ghinstallation.NewFromAppsTransport(signing, s.Installation)
	minting.InstallationTokenOptions = &github.InstallationTokenOptions{
		RepositoryIDs: []int64{s.Repository},
		Permissions:   s.Permissions.options(),
	}
	value, err := minting.Token(Harmless(ctx))
	if err != nil {
		return token{}, refusal(err)
	}
	expires, _, err := minting.Expiry()
	if err != nil || value == "" || expires.IsZero() {
		return token{}, fmt.Errorf("%w: it holds no token or no expiry", errGarbled)
	}
	return token{value, expires}, nil
}

// refusal turns ghinstallation's error into go-github's, which [Classify] knows, and closes the answer's body, which
// ghinstallation leaves open.
func refusal(err error) error {
	var failed *ghinstallation.HTTPError
	if !errors.As(err, &failed) || failed.Response == nil {
		return err
	}
	defer failed.Response.Body.Close()
	if refused := github.CheckResponse(failed.Response); refused != nil {
		return refused
	}
	return err
}

// tokenAuthorization makes requests with the token of a scope. A token that GitHub refuses is replaced once: it was
// revoked, or outlived a change of the installation.
type tokenAuthorization struct {
	app   *App
	scope Scope
}

func (p *tokenAuthorization) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		defer closeBody(req)
		if err := p.app.checkHost(req); err != nil {
			return nil, err
		}
		resp, used, err := p.send(next, req)
		if err != nil || resp.StatusCode != http.StatusUnauthorized {
			return resp, err
		}
		p.app.tokens.forget(p.scope, used)
		discard(resp)
		resp, _, err = p.send(next, req)
		return resp, err
	})
}

func (p *tokenAuthorization) send(next http.RoundTripper, req *http.Request) (*http.Response, string, error) {
	value, err := p.app.tokens.get(req.Context(), p.scope)
	if err != nil {
		return nil, "", err
	}
	authorized, err := cloneRequest(req.Context(), req)
	if err != nil {
		return nil, "", err
	}
	authorized.Header.Set("Authorization", "Bearer "+value)
	resp, err := next.RoundTrip(authorized)
	return resp, value, err
}
