package githubapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// maxRedirects is what a repository renamed twice, with room to spare, needs.
const maxRedirects = 5

// errRefused is a request that Assay does not make, for safety's sake.
var errRefused = errors.New("refused")

// checkRedirect follows a renamed repository and nothing else. net/http drops the Authorization header when the host
// changes, but the layer that authorises would put it back; so another host is never followed. A write is not followed
// when that would turn it into a GET, which net/http does on 301, 302 and 303.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("%w: more than %d redirects from %s", errRefused, maxRedirects, first.URL.Path)
	case req.URL.Scheme != first.URL.Scheme || !strings.EqualFold(req.URL.Host, first.URL.Host):
		return fmt.Errorf("%w: GitHub redirects %s to another host, %.100q", errRefused, first.URL.Path, req.URL.Host)
	case req.Method != first.Method:
		return fmt.Errorf("%w: GitHub redirects %s %s so that it would become a %s", errRefused, first.Method, first.URL.Path, req.Method)
	}
	return nil
}

// checkHost is the last guard of a token: it travels to GitHub's address and nowhere else.
func (a *App) checkHost(req *http.Request) error {
	if req.URL.Scheme == a.apiRoot.Scheme && strings.EqualFold(req.URL.Host, a.apiRoot.Host) {
		return nil
	}
	return fmt.Errorf("%w: a token for %s is not sent to %.100q", errRefused, a.apiRoot.Host, req.URL.Host)
}
