package githubapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// Middleware adds one concern to a round tripper.
type Middleware func(next http.RoundTripper) http.RoundTripper

// Chain wraps base so that the first middleware sees a request first.
func Chain(base http.RoundTripper, layers ...Middleware) http.RoundTripper {
	for i := len(layers) - 1; i >= 0; i-- {
		base = layers[i](base)
	}
	return base
}

// authorization puts the right Authorization header on requests.
type authorization interface {
	wrap(next http.RoundTripper) http.RoundTripper
}

// noAuthorization leaves requests as they are.
type noAuthorization struct{}

func (noAuthorization) wrap(next http.RoundTripper) http.RoundTripper { return next }

// chain is the way of a call: these two layers see it once, those of attempts see each attempt.
func (a *App) chain(installation int64, auth authorization) http.RoundTripper {
	return Chain(a.attempts(installation), limitPatience(a), auth.wrap)
}

// attempts repeats what may be repeated, and keeps to the limits each time. Token requests enter here, below the layer
// that needs their result.
func (a *App) attempts(installation int64) http.RoundTripper {
	l := a.lane(installation)
	return Chain(a.base,
		retry(a),
		takeWrite(a, installation),
		limitConcurrency(l.slots),
		obeyLimits(a, l),
		limitConcurrency(a.all),
		wholeAnswer(a.requestTimeout),
		learnClock(a.clock),
		observe(a),
		setUserAgent(a.userAgent),
	)
}

// roundTrip is a function as an [http.RoundTripper].
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// cloneRequest copies a request with its body from the start, so that it can be changed and sent again.
func cloneRequest(ctx context.Context, req *http.Request) (*http.Request, error) {
	clone := req.Clone(ctx)
	if req.Body == nil || req.Body == http.NoBody {
		return clone, nil
	}
	if req.GetBody == nil {
		return nil, fmt.Errorf("%s %s: the body cannot be read twice; give http.NewRequest a bytes.Reader", req.Method, req.URL.Path)
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, fmt.Errorf("%s %s: read the body again: %w", req.Method, req.URL.Path, err)
	}
	clone.Body = body
	return clone, nil
}

// closeBody closes the body of a request whose clones were sent, as the contract of a round tripper asks.
func closeBody(req *http.Request) {
	if req.Body != nil {
		req.Body.Close()
	}
}

// discard frees the connection of an answer that nobody will read.
func discard(resp *http.Response) {
	io.Copy(io.Discard, io.LimitReader(resp.Body, 4<<10))
	resp.Body.Close()
}
