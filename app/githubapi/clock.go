package githubapi

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// Clock is time as the clients see it; tests bring their own.
type Clock interface {
	Now() time.Time
	// Sleep waits for d, or until ctx ends and then returns its error.
	Sleep(ctx context.Context, d time.Duration) error
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// githubClock also knows how far GitHub's clock is from ours, from the Date of its answers. Signatures and the expiry
// of tokens are judged by GitHub's clock, so a machine whose clock is off by minutes still works.
type githubClock struct {
	Clock
	ahead atomic.Int64 // nanoseconds that GitHub's clock is ahead of ours
}

const (
	// minSkew is the least difference believed: the Date header counts whole seconds, and the answer travelled.
	minSkew = 5 * time.Second
	// worthResigning is half of jwtBackdate: less cannot be why a signature was refused.
	worthResigning = 30 * time.Second
)

// github is the time on GitHub's clock.
func (c *githubClock) github() time.Time { return c.Now().Add(c.skew()) }

func (c *githubClock) skew() time.Duration { return time.Duration(c.ahead.Load()) }

// movedFrom reports whether our idea of GitHub's clock changed by so much that a signature which was refused may now be
// accepted.
func (c *githubClock) movedFrom(before time.Duration) bool {
	return (c.skew() - before).Abs() >= worthResigning
}

func (c *githubClock) learn(h http.Header) {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	skew := date.Sub(c.Now())
	if skew.Abs() < minSkew {
		skew = 0
	}
	c.ahead.Store(int64(skew))
}

// learnClock compares the clocks at every answer.
func learnClock(c *githubClock) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err == nil {
				c.learn(resp.Header)
			}
			return resp, err
		})
	}
}
