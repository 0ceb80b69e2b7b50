package githubapi

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// GitHub announces its limits in four ways: 429; 403 with Retry-After; 403 with X-Ratelimit-Remaining: 0; and 403 with
// nothing but a sentence in the body. It asks to wait for Retry-After, else for the reset, else for a minute, and
// longer each time.

const (
	// minSecondaryWait is GitHub's advice when it does not say how long a secondary limit lasts.
	minSecondaryWait = time.Minute
	// maxLimitWait bounds every wait, whatever the headers say: GitHub counts in windows of an hour.
	maxLimitWait = time.Hour
	// maxSecondaryWait ends the doubling of minSecondaryWait.
	maxSecondaryWait = 16 * time.Minute
	// minLimitWait turns "retry now" into a pause.
	minLimitWait = time.Second
	// sniffedBytes is where in a refusal the sentence about a limit is looked for; GitHub's are under 500 bytes.
	sniffedBytes = 8 << 10
)

// limit is what a refusal says about when to come back.
type limit struct {
	wait   time.Duration
	stated bool // false: GitHub named no time
}

// limitIn reads a refusal; false means that it is no limit, but a plain 403 or another answer. body is the beginning
// of the answer's body, date the time on GitHub's clock.
func limitIn(status int, h http.Header, body []byte, date time.Time) (limit, bool) {
	if status != http.StatusForbidden && status != http.StatusTooManyRequests {
		return limit{}, false
	}
	if wait, ok := retryAfter(h, date); ok {
		return limit{wait, true}, true
	}
	if h.Get("X-Ratelimit-Remaining") == "0" {
		if reset, ok := resetTime(h); ok {
			return limit{clampWait(reset.Sub(date)), true}, true
		}
		return limit{}, true
	}
	return limit{}, status == http.StatusTooManyRequests || mentionsLimit(body)
}

// mentionsLimit recognises the sentence, and the documentation address that comes with it.
func mentionsLimit(body []byte) bool {
	body = bytes.ToLower(body[:min(len(body), sniffedBytes)])
	for _, phrase := range []string{
		"secondary rate limit", "api rate limit exceeded", "abuse detection mechanism",
		"#abuse-rate-limits", "secondary-rate-limits",
	} {
		if bytes.Contains(body, []byte(phrase)) {
			return true
		}
	}
	return false
}

// retryAfter reads the header's two forms, seconds and a date.
func retryAfter(h http.Header, date time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return clampWait(time.Duration(seconds) * time.Second), true
	}
	if at, err := http.ParseTime(value); err == nil {
		return clampWait(at.Sub(date)), true
	}
	return 0, false
}

// resetTime is when the budget is full again, in GitHub's time.
func resetTime(h http.Header) (time.Time, bool) {
	seconds, err := strconv.ParseInt(h.Get("X-Ratelimit-Reset"), 10, 64)
	if err != nil || seconds <= 0 {
		return time.Time{}, false
	}
	return time.Unix(seconds, 0), true
}

func clampWait(d time.Duration) time.Duration { return min(max(d, minLimitWait), maxLimitWait) }

// budgetIn reads the budget that every answer carries. ahead is how far GitHub's clock is ahead of ours.
func budgetIn(h http.Header, ahead time.Duration) (Budget, bool) {
	total, err := strconv.Atoi(h.Get("X-Ratelimit-Limit"))
	if err != nil || total <= 0 {
		return Budget{}, false
	}
	remaining, err := strconv.Atoi(h.Get("X-Ratelimit-Remaining"))
	if err != nil || remaining < 0 {
		return Budget{}, false
	}
	reset, ok := resetTime(h)
	if !ok {
		return Budget{}, false
	}
	return Budget{Limit: total, Remaining: remaining, Reset: reset.Add(-ahead)}, true
}

// secondaryWait is how long the n-th limit in a row without a stated end is waited for.
func secondaryWait(n int) time.Duration {
	return min(minSecondaryWait<<min(n-1, 10), maxSecondaryWait)
}

// obeyLimits sends nothing while the lane is blocked or its budget spent, and learns from every answer. A refusal for
// a limit leaves it as an [ErrRateLimited], so that the layers above need not know its many forms.
func obeyLimits(a *App, l *lane) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			resource := resourceOf(req)
			// Others may have been refused while this one waited, so look again after each wait.
			for wait := l.wait(resource, a.clock.Now()); wait > 0; wait = l.wait(resource, a.clock.Now()) {
				if err := a.wait(req, wait); err != nil {
					closeBody(req)
					return nil, err
				}
			}
			resp, err := next.RoundTrip(req)
			if err != nil {
				return nil, err
			}
			return a.learnLimits(l, resource, req, resp)
		})
	}
}

func (a *App) learnLimits(l *lane, resource string, req *http.Request, resp *http.Response) (*http.Response, error) {
	if b, ok := budgetIn(resp.Header, a.clock.skew()); ok {
		b.Reset = earlier(b.Reset, a.clock.Now().Add(maxLimitWait))
		if named := resp.Header.Get("X-Ratelimit-Resource"); named == "" || named == resource {
			l.spent(resource, b)
		}
	}
	found, limited := limitIn(resp.StatusCode, resp.Header, peek(resp), a.clock.github())
	// Without it go-github does not keep its own count, which is by client and by the local clock.
	resp.Header.Del("X-Ratelimit-Reset")
	if !limited {
		if resp.StatusCode < http.StatusBadRequest {
			l.served()
		}
		return resp, nil
	}
	discard(resp)
	now := a.clock.Now()
	until := now.Add(found.wait)
	if found.stated {
		l.block(until)
	} else {
		until = l.struck(now)
	}
	a.log.WarnContext(req.Context(), "GitHub limits this installation",
		"method", req.Method, "route", routeOf(req.URL.Path), "status", resp.StatusCode, "wait", until.Sub(now).String())
	return nil, &ErrRateLimited{Until: until}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
