package githubapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxAnswerBytes is far above what Assay asks for: 300 files of a comparison with their patches are a few megabytes.
// It is counted after decompression.
const maxAnswerBytes = 64 << 20

var (
	// errUnanswered is a request that got no answer, or not all of it.
	errUnanswered = errors.New("no answer")
	// errGarbled is an answer that is not what the interface promises.
	errGarbled = errors.New("answer makes no sense")
	// errTooLarge is an answer above maxAnswerBytes; asking again will not make it smaller.
	errTooLarge = fmt.Errorf("%w: larger than %d MiB", errGarbled, maxAnswerBytes>>20)
	// errUntrusted is a server whose certificate does not verify.
	errUntrusted = errors.New("certificate does not verify")
)

// wholeAnswer reads each answer to its end, within the time limit, before anyone sees it: a body that is cut short,
// endless or not JSON is then a failed attempt, and no reader above can hang.
func wholeAnswer(timeout time.Duration) Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			ctx, cancel := context.WithTimeout(req.Context(), timeout)
			defer cancel()
			resp, err := next.RoundTrip(req.WithContext(ctx))
			if err == nil {
				err = readWhole(resp)
			}
			if err == nil {
				err = checkAnswer(req, resp)
			}
			if err != nil {
				return nil, describeFault(req, err, timeout)
			}
			resp.Request = withoutToken(req)
			return resp, nil
		})
	}
}

// withoutToken is the request as an answer, and so an error, may carry it.
func withoutToken(req *http.Request) *http.Request {
	bare := req.Clone(req.Context())
	bare.Header.Del("Authorization")
	return bare
}

// readWhole replaces the body by its bytes.
func readWhole(resp *http.Response) error {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes+1))
	if err != nil {
		return err
	}
	if len(body) > maxAnswerBytes {
		return errTooLarge
	}
	resp.Body = &answerBody{Reader: bytes.NewReader(body), all: body}
	resp.ContentLength = int64(len(body))
	return nil
}

// answerBody is a body that is in memory, so that a layer can look at it without consuming it.
type answerBody struct {
	*bytes.Reader
	all []byte
}

func (*answerBody) Close() error { return nil }

// peek is the body of an answer that wholeAnswer has read.
func peek(resp *http.Response) []byte {
	if body, ok := resp.Body.(*answerBody); ok {
		return body.all
	}
	return nil
}

// checkAnswer refuses a success that is no JSON where JSON was asked for: a proxy's log-in page, half an object, an
// empty page. go-github would return an empty value for the last.
func checkAnswer(req *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusCreated {
		return nil
	}
	if req.Method == http.MethodHead || !wantsJSON(req) {
		return nil
	}
	body := peek(resp)
	if !json.Valid(body) {
		what := "not JSON"
		if len(bytes.TrimSpace(body)) == 0 {
			what = "empty"
		}
		return fmt.Errorf("%w: status %d, %d bytes of %.60q, %s", errGarbled, resp.StatusCode, len(body), resp.Header.Get("Content-Type"), what)
	}
	return nil
}

// wantsJSON reports whether no raw form was asked for.
func wantsJSON(req *http.Request) bool {
	for _, accept := range req.Header.Values("Accept") {
		for _, form := range []string{".raw", ".diff", ".patch", ".sha", "octet-stream"} {
			if strings.Contains(accept, form) {
				return false
			}
		}
	}
	return true
}

// describeFault says which request failed and why. The caller's own cancellation passes through untouched; the limit
// of one attempt must not look like it.
func describeFault(req *http.Request, err error, timeout time.Duration) error {
	if ended := req.Context().Err(); ended != nil {
		return ended
	}
	what := req.Method + " " + req.URL.Path
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errGarbled), errors.Is(err, errRefused):
		return fmt.Errorf("%s: %w", what, err)
	case errors.As(err, &certificate):
		return fmt.Errorf("%s: %w: if GitHub uses a private authority, name its file as CA file: %w", what, errUntrusted, certificate)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %w within %s", what, errUnanswered, timeout)
	default:
		return fmt.Errorf("%s: %w: %w", what, errUnanswered, err)
	}
}
