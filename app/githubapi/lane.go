package githubapi

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	// maxConcurrent stays below the hundred simultaneous requests at which GitHub's secondary limit begins.
	maxConcurrent = 64
	// maxConcurrentPerInstallation keeps one busy organisation from taking every slot.
	maxConcurrentPerInstallation = 8

	// appLane is the lane of what is asked as the App itself.
	appLane = 0
)

// lane is what all clients of one installation share: GitHub counts by installation, not by client.
type lane struct {
	slots chan struct{}

	mu        sync.Mutex
	budgets   map[string]Budget // by resource: core, graphql, …
	blocked   time.Time         // local time before which nothing may be sent
	secondary int               // secondary limits without a stated end, in a row
}

// Budget is what GitHub last said is left of an hour's requests.
type Budget struct {
	Limit     int
	Remaining int
	Reset     time.Time // local time
}

func (a *App) lane(installation int64) *lane {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.lanes[installation]
	if l == nil {
		l = &lane{slots: make(chan struct{}, maxConcurrentPerInstallation), budgets: map[string]Budget{}}
		a.lanes[installation] = l
	}
	return l
}

// Budget is what is left of an installation's hour for the REST interface; false before its first call.
func (a *App) Budget(installation int64) (Budget, bool) {
	l := a.lane(installation)
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.budgets[resourceCore]
	return b, ok
}

// The resources that GitHub counts apart, as it names them in X-Ratelimit-Resource.
const (
	resourceCore    = "core"
	resourceGraphQL = "graphql"
)

func resourceOf(req *http.Request) string {
	if strings.HasSuffix(req.URL.Path, "/graphql") {
		return resourceGraphQL
	}
	return resourceCore
}

// wait is how long a request for that resource must still wait.
func (l *lane) wait(resource string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	until := l.blocked
	if b := l.budgets[resource]; b.Limit > 0 && b.Remaining == 0 && b.Reset.After(until) {
		until = b.Reset
	}
	return max(0, until.Sub(now))
}

// block holds the whole lane back. A later end wins over an earlier one.
func (l *lane) block(until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until.After(l.blocked) {
		l.blocked = until
	}
}

// spent records what an answer's headers say.
func (l *lane) spent(resource string, b Budget) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.budgets[resource] = b
}

// struck blocks the lane after a secondary limit that did not say when it ends, and returns the end. Several requests
// that were under way together are refused together; that is one limit. served ends the row.
func (l *lane) struck(now time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.blocked) {
		return l.blocked
	}
	l.secondary++
	l.blocked = now.Add(secondaryWait(l.secondary))
	return l.blocked
}

func (l *lane) served() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.secondary = 0
}

// limitConcurrency lets as many requests through at once as slots has room for.
func limitConcurrency(slots chan struct{}) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			select {
			case slots <- struct{}{}:
			case <-req.Context().Done():
				closeBody(req)
				return nil, req.Context().Err()
			}
			defer func() { <-slots }()
			return next.RoundTrip(req)
		})
	}
}
