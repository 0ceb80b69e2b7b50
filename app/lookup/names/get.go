package names

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/time/rate"
)

// host asks one registry, below its root.
type host struct {
	*network
	root    string // no trailing slash
	name    string // for people
	limiter *rate.Limiter
	breaker *breaker
}

// question is one request.
type question struct {
	path   string // below the root, escaped, with a leading slash
	accept string
	etag   string // of the answer that is remembered; empty for none
	read   func(*http.Response) error
}

// reply is what a host said.
type reply struct {
	status int // 200, 304, 404, 410 or 451
	etag   string
}

// What an answer can be instead of one.
var (
	errGarbled   = errors.New("the answer makes no sense, or is cut short")
	errEmpty     = errors.New("the answer is empty")
	errForeign   = errors.New("the answer is about another package")
	errTooLarge  = fmt.Errorf("the answer is larger than %d MiB", maxAnswerBytes>>20)
	errNoRelease = errors.New("it knows the name and no release of it")
)

// maxRetryAfter is how long a request is put off when a host asks for it. Longer ones are not waited for.
const maxRetryAfter = 10 * time.Second

// maxAttempts is how often one request is made: again only when the host says when to come back.
const maxAttempts = 3

// get asks, within the pace of the host, and again after a pause that the host asked for. An error is a reason for
// people, and names the host.
func (h *host) get(ctx context.Context, q question) (reply, error) {
	answer, err := h.attempt(ctx, q)
	for range maxAttempts - 1 {
		var later *errLater
		if !errors.As(err, &later) || later.wait > maxRetryAfter || !pause(ctx, later.wait) {
			break
		}
		answer, err = h.attempt(ctx, q)
	}
	h.count(ctx, err)
	if err != nil {
		return reply{}, fmt.Errorf("%s: %w", h.name, err)
	}
	return answer, nil
}

// errLater is a refusal that says when to come back.
type errLater struct {
	wait  time.Duration
	cause error
}

func (e *errLater) Error() string {
	return fmt.Sprintf("%v, to come back in %s", e.cause, e.wait.Round(time.Second))
}

func (e *errLater) Unwrap() error { return e.cause }

// pause waits, unless the time is up before that.
func pause(ctx context.Context, wait time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return true
	}
}

// attempt asks once, when the host may be asked and its pace and ours allow it.
func (h *host) attempt(ctx context.Context, q question) (reply, error) {
	if _, err := h.breaker.enter(time.Now()); err != nil {
		return reply{}, err
	}
	if err := h.limiter.Wait(ctx); err != nil {
		return reply{}, noTime(ctx)
	}
	select {
	case <-ctx.Done():
		return reply{}, noTime(ctx)
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	}
	opened, err := h.breaker.enter(time.Now())
	if err != nil {
		return reply{}, err // it opened while this one waited
	}
	answer, err := h.exchange(ctx, q, opened)
	if err != nil && ctx.Err() != nil {
		return reply{}, noTime(ctx)
	}
	var later *errLater
	if errors.As(err, &later) {
		h.breaker.hold(time.Now(), later.wait)
	}
	return answer, err
}

// count tells the breaker how it went. What is not the host's doing, and what an honest one may say, is no failure.
func (h *host) count(ctx context.Context, err error) {
	switch {
	case errors.Is(err, errNotAsked):
	case err == nil, errors.Is(err, errNoRelease), errors.Is(err, errTooLarge):
		h.breaker.succeed()
	case h.breaker.fail(time.Now(), err):
		h.log.WarnContext(ctx, "a host that knows package names is left alone", "host", h.name, "for", leftAlone.String(), "reason", err.Error())
	}
}

func noTime(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%w: %w", errNotAsked, cause)
	}
	return fmt.Errorf("%w: its turn would come too late", errNotAsked)
}

// exchange sends a request and reads its answer to the end, within the time of one. When it becomes hopeless to get a
// connection, it gives up.
func (h *host) exchange(ctx context.Context, q question, hopeless context.Context) (reply, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, h.timeout, fmt.Errorf("no answer within %s", h.timeout))
	defer cancel()
	ctx, cancelConnect := connectIn(ctx, connectTimeout, hopeless)
	defer cancelConnect()
	req, err := h.request(ctx, q)
	if err != nil {
		return reply{}, err
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return reply{}, describe(ctx, err)
	}
	defer resp.Body.Close()
	resp.Body = &bounded{ReadCloser: resp.Body, left: h.largest + 1}
	switch status := resp.StatusCode; {
	case status == http.StatusOK:
		if err := q.read(resp); err != nil {
			return reply{}, describe(ctx, err)
		}
		return reply{status, etag(resp.Header)}, nil
	case status == http.StatusNotModified && q.etag != "",
		status == http.StatusNotFound, status == http.StatusGone, status == http.StatusUnavailableForLegalReasons:
		return reply{status: status}, nil
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		if wait, ok := retryAfter(resp.Header); ok {
			return reply{}, &errLater{wait, wrongStatus(status)}
		}
	}
	return reply{}, wrongStatus(resp.StatusCode)
}

// maxETagChars is longer than any that registries send: hashes.
const maxETagChars = 256

func etag(header http.Header) string {
	if tag := header.Get("ETag"); len(tag) <= maxETagChars {
		return tag
	}
	return ""
}

func wrongStatus(status int) error { return fmt.Errorf("the answer is status %d", status) }

// request never leaves the host: a path that changes it is a mistake of ours.
func (h *host) request(ctx context.Context, q question) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.root+q.path, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: the name makes no address", errNotAsked)
	}
	if root, err := url.Parse(h.root); err != nil || req.URL.Host != root.Host || req.URL.RawQuery != "" {
		return nil, fmt.Errorf("%w: the name would change the address", errNotAsked)
	}
	req.Header.Set("User-Agent", h.agent)
	req.Header.Set("Accept", q.accept)
	if q.etag != "" {
		req.Header.Set("If-None-Match", q.etag)
	}
	return req, nil
}

// connectIn gives up when there is no connection in time, or when others found meanwhile that there will be none.
func connectIn(ctx context.Context, limit time.Duration, hopeless context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(limit, func() { cancel(fmt.Errorf("no connection within %s", limit)) })
	ignore := context.AfterFunc(hopeless, func() { cancel(context.Cause(hopeless)) })
	connected := func() {
		timer.Stop()
		ignore()
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected() }})
	return ctx, func() {
		connected()
		cancel(nil)
	}
}

// bounded is a body that ends in an error when there is more of it than anybody needs.
type bounded struct {
	io.ReadCloser
	left int // one more than is taken, to tell the end from too much
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// describe says what went wrong in a few words. Errors of net/http repeat the address, and those of a proxy may hold
// what is nobody's business.
func describe(ctx context.Context, err error) error {
	var certificate *tls.CertificateVerificationError
	var failed *url.Error
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &certificate):
		return errors.New("its certificate does not verify: if it uses a private authority, name its file as CA file")
	case reasonOf(err) != nil:
		return reasonOf(err)
	case errors.As(err, &failed):
		return errors.New("no connection, or it broke")
	default:
		return errGarbled
	}
}

func reasonOf(err error) error {
	for _, reason := range []error{errGarbled, errEmpty, errForeign, errTooLarge, errNoRelease, errNotAsked, errElsewhere, errCircles} {
		if errors.Is(err, reason) {
			return reason
		}
	}
	return nil
}

// retryAfter reads seconds or a date.
func retryAfter(header http.Header) (time.Duration, bool) {
	text := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 && seconds < 1<<20 {
		return time.Duration(seconds) * time.Second, true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	return max(time.Until(at).Round(time.Second), 0), true
}
