package githubapi

import (
	"net/http"
	"time"
)

// Observer counts calls. Each attempt is a call, as GitHub counts them.
type Observer interface {
	// Call is told the method, the route with names and numbers taken out, the status (0 when there was no answer) and
	// the time to the answer's head.
	Call(method, route string, status int, elapsed time.Duration)
}

func observe(a *App) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		if a.observer == nil {
			return next
		}
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			start := a.clock.Now()
			resp, err := next.RoundTrip(req)
			status := 0
			if err == nil {
				status = resp.StatusCode
			}
			a.observer.Call(req.Method, routeOf(req.URL.Path), status, a.clock.Now().Sub(start))
			return resp, err
		})
	}
}
