package githubapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
)

// What is sent again, and when:
//
//	                                     GET HEAD PUT DELETE     POST, and PATCH that
//	                                     and other PATCH         appends annotations
//	refused for a limit (403, 429)       yes                     yes: GitHub did not apply it
//	no connection was had                yes                     yes: nobody saw it
//	500, 502, 503, 504                   yes                     no: it may have been applied
//	no answer, cut short, or no JSON     yes                     no: it may have been applied
//	any other answer                     no                      no
//
// A repeated DELETE may find nothing left to delete and answer 404. POSTs that ask for a token or query GraphQL change
// nothing and are treated as GET.

const (
	// maxAttempts and the pauses between them (1, 2 and 4 s) ride out a restarted load balancer. An outage is for
	// the queue, which waits without holding a worker.
	maxAttempts = 4
	firstPause  = time.Second
)

// retry sends a request again as the table above says, while the call has patience.
func retry(a *App) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			defer closeBody(req)
			repeatable := isRepeatable(req)
			for attempt := 1; ; attempt++ {
				resp, connected, err := attemptOnce(next, req)
				again := shouldRepeat(req.Context(), resp, err, repeatable || !connected)
				if !again || attempt == maxAttempts {
					return resp, err
				}
				if !a.pause(req, resp, err, attempt) {
					return resp, err
				}
				if resp != nil {
					discard(resp)
				}
			}
		})
	}
}

// attemptOnce sends a copy of req. connected is false when it certainly never left this machine.
func attemptOnce(next http.RoundTripper, req *http.Request) (resp *http.Response, connected bool, err error) {
	var reached atomic.Bool
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { reached.Store(true) },
	})
	clone, err := cloneRequest(ctx, req)
	if err != nil {
		return nil, true, err
	}
	resp, err = next.RoundTrip(clone)
	return resp, reached.Load(), err
}

// shouldRepeat decides by the table; safe says that sending it twice is harmless, or that it was not sent.
func shouldRepeat(ctx context.Context, resp *http.Response, err error, safe bool) bool {
	if ctx.Err() != nil {
		return false
	}
	if err == nil {
		switch resp.StatusCode {
		case http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return safe
		}
		return false
	}
	switch Classify(err) {
	case RateLimited:
		return true
	case Unavailable:
		return safe
	case Garbled:
		return safe && !errors.Is(err, errTooLarge)
	default:
		return false
	}
}

// pause waits before the next attempt, for as long as GitHub asked or twice as long as last time. It returns false when
// the caller gave up or the call has no patience left: what went wrong then says more than that.
func (a *App) pause(req *http.Request, resp *http.Response, err error, attempt int) bool {
	wait := firstPause << (attempt - 1)
	var limited *ErrRateLimited
	switch {
	case errors.As(err, &limited):
		wait = max(limited.Until.Sub(a.clock.Now()), 0)
	case resp != nil:
		if asked, ok := retryAfter(resp.Header, a.clock.github()); ok {
			wait = max(wait, asked)
		}
	}
	a.log.DebugContext(req.Context(), "sending again to GitHub", "method", req.Method, "route", routeOf(req.URL.Path),
		"attempt", attempt+1, "wait", wait.String(), "kind", Classify(err).String())
	return a.wait(req, wait) == nil
}

// isRepeatable reports whether sending a request twice leaves the same state as sending it once.
func isRepeatable(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	case http.MethodPatch:
		return !appendsAnnotations(req)
	default:
		return isHarmless(req.Context())
	}
}

// appendsAnnotations recognises the one PATCH that is not idempotent: GitHub adds the annotations of an update to
// those that the check run already has.
func appendsAnnotations(req *http.Request) bool {
	if !strings.Contains(req.URL.Path, "/check-runs/") {
		return false
	}
	if req.GetBody == nil {
		return true
	}
	body, err := req.GetBody()
	if err != nil {
		return true
	}
	defer body.Close()
	var update struct {
		Output struct {
			Annotations []json.RawMessage `json:"annotations"`
		} `json:"output"`
	}
	err = json.NewDecoder(io.LimitReader(body, maxAnswerBytes)).Decode(&update)
	return err != nil || len(update.Output.Annotations) > 0
}
