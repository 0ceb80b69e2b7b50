package githubapi

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Bucket spreads writes out, below the rate at which GitHub refuses them. It is shared by every process that acts for
// the same App.
type Bucket interface {
	// TakeWrite takes one write for the installation and returns 0, or takes nothing and says when to ask again.
	TakeWrite(ctx context.Context, installation int64) (wait time.Duration, err error)
}

// minBucketWait keeps many waiters from asking the database in a tight circle.
const minBucketWait = 50 * time.Millisecond

// takeWrite lets each attempt of a write wait its turn. Attempts count at GitHub, so each takes anew.
func takeWrite(a *App, installation int64) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		if a.bucket == nil || installation == appLane {
			return next // the App itself creates no content
		}
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			if isWrite(req) {
				if err := a.take(req, installation); err != nil {
					closeBody(req)
					return nil, err
				}
			}
			return next.RoundTrip(req)
		})
	}
}

// take asks until the bucket gives: another process may have been faster while this one waited.
func (a *App) take(req *http.Request, installation int64) error {
	for {
		wait, err := a.bucket.TakeWrite(req.Context(), installation)
		if err != nil {
			return fmt.Errorf("take a write for installation %d from the bucket: %w", installation, err)
		}
		if wait <= 0 {
			return nil
		}
		if err := a.wait(req, max(wait, minBucketWait)); err != nil {
			return err
		}
	}
}

// isWrite reports whether a request changes something that people see.
func isWrite(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return !isHarmless(req.Context())
}

type harmlessKey struct{}

// Harmless marks a POST that creates nothing to see and may be sent twice: a request for a token, a GraphQL query.
func Harmless(ctx context.Context) context.Context {
	return context.WithValue(ctx, harmlessKey{}, true)
}

func isHarmless(ctx context.Context) bool {
	marked, _ := ctx.Value(harmlessKey{}).(bool)
	return marked
}
