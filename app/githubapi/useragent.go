package githubapi

import "net/http"

// setUserAgent names the App on every request, also on those that ghinstallation makes.
func setUserAgent(name string) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			named := req.Clone(req.Context())
			named.Header.Set("User-Agent", name)
			return next.RoundTrip(named)
		})
	}
}
