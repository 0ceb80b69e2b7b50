package githubapi

import (
	"context"
	"net/http"
	"time"
)

// patience is how much longer one call may wait for limits. It travels in the call's context, so that the waits of all
// layers and attempts draw on one account.
type patience struct{ left time.Duration }

type patienceKey struct{}

// limitPatience opens the account.
func limitPatience(a *App) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			ctx := context.WithValue(req.Context(), patienceKey{}, &patience{left: a.maxWait})
			return next.RoundTrip(req.WithContext(ctx))
		})
	}
}

// wait waits for d when the call has that much patience left, and else returns an [ErrRateLimited] at once.
func (a *App) wait(req *http.Request, d time.Duration) error {
	p, ok := req.Context().Value(patienceKey{}).(*patience)
	if !ok || d > p.left {
		return &ErrRateLimited{Until: a.clock.Now().Add(d)}
	}
	p.left -= d
	return a.clock.Sleep(req.Context(), d)
}
