package githubapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/go-github/v62/github"
)

// Kind is what an error means for the caller.
type Kind int

// The kinds of errors.
const (
	Other         Kind = iota // not from GitHub: a programming error, a full disk
	Cancelled                 // the caller gave up
	RateLimited               // come back at [RetryAt]
	Unavailable               // no answer, or a 5xx: come back later
	Garbled                   // an answer that makes no sense: come back later, or look at the proxy
	Untrusted                 // a certificate that does not verify
	Refused                   // Assay did not make the call, for safety's sake
	Unauthorized              // 401: key or token
	Forbidden                 // 403, 451: the permission is missing, the installation suspended
	NotFound                  // 404, 410: gone, or not for us to see
	Conflict                  // 409
	Unprocessable             // 400, 406, 413, 422: GitHub will not take this, however often it is sent
)

// String names the kind for logs and metrics.
func (k Kind) String() string {
	return [...]string{
		Other: "other", Cancelled: "cancelled", RateLimited: "rate limited", Unavailable: "unavailable",
		Garbled: "garbled", Untrusted: "untrusted", Refused: "refused", Unauthorized: "unauthorized",
		Forbidden: "forbidden", NotFound: "not found", Conflict: "conflict", Unprocessable: "unprocessable",
	}[k]
}

// Temporary reports whether the same call may succeed later without anyone changing anything.
func (k Kind) Temporary() bool { return k == RateLimited || k == Unavailable || k == Garbled }

// ErrRateLimited is a call that would have had to wait for longer than it may.
type ErrRateLimited struct {
	Until time.Time // by the local clock
}

func (e *ErrRateLimited) Error() string {
	return "GitHub's rate limit is reached; it ends at " + e.Until.UTC().Format(time.RFC3339)
}

// RetryAt is when a rate-limited call may be made again.
func RetryAt(err error) (time.Time, bool) {
	var limited *ErrRateLimited
	if errors.As(err, &limited) {
		return limited.Until, true
	}
	return time.Time{}, false
}

// Classify says what an error from any call means. A nil error is Other.
func Classify(err error) Kind {
	var limited *ErrRateLimited
	var response *github.ErrorResponse
	var graphql *GraphQLError
	switch {
	case errors.Is(err, errRefused):
		return Refused
	case errors.Is(err, errUntrusted):
		return Untrusted
	case errors.Is(err, errGarbled):
		return Garbled
	case errors.Is(err, errUnanswered):
		return Unavailable
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Cancelled
	case errors.As(err, &limited):
		return RateLimited
	case errors.As(err, &response) && response.Response != nil:
		return classifyStatus(response.Response.StatusCode)
	case errors.As(err, &graphql):
		return graphql.kind()
	default:
		return Other
	}
}

func classifyStatus(status int) Kind {
	switch status {
	case http.StatusUnauthorized:
		return Unauthorized
	case http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		return Forbidden
	case http.StatusNotFound, http.StatusGone:
		return NotFound
	case http.StatusConflict:
		return Conflict
	case http.StatusBadRequest, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return Unprocessable
	}
	switch {
	case status >= 500:
		return Unavailable
	case status >= 300 && status < 400:
		return Refused // a redirect without a place to go
	default:
		return Other
	}
}
