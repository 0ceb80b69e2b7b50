package osv

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Bounds of talking to the service.
const (
	maxBatchBody    = 8 << 20  // of the ids for a batch of questions
	maxAdvisoryBody = 16 << 20 // of one advisory
	maxAttempts     = 3
	maxPause        = 5 * time.Second // between two of them, whatever the service asks for
)

// transport sends what the client library asks of the public service to the address that is configured.
type transport struct {
	base    *url.URL
	next    http.RoundTripper
	timeout time.Duration
	pause   func(context.Context, time.Duration) error
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// call is one call of the client library. The library takes no context, tries four times whatever happens, and sleeps in
// between for up to 26 s. So all that goes wrong is settled here, and the library gets an empty answer, which it tries
// once to read; the reason is kept beside.
type call struct {
	transport
	ctx     context.Context
	maxBody int
	body    []byte // of the answer
	err     error
}

func (t transport) call(ctx context.Context, maxBody int) *call {
	return &call{transport: t, ctx: ctx, maxBody: maxBody}
}

func (c *call) client() *http.Client { return &http.Client{Transport: c} }

// reason is why the library has no answer.
func (c *call) reason() error {
	if c.err != nil {
		return c.err
	}
	return errors.New("OSV's answer cannot be read")
}

// morePages says of each result of a batch whether there is more, which the library does not tell.
func (c *call) morePages() map[int]bool {
	var answer struct {
		Results []struct {
			Next string `json:"next_page_token"`
		} `json:"results"`
	}
	more := map[int]bool{}
	_ = json.Unmarshal(c.body, &answer) // the library has read it
	for i, result := range answer.Results {
		more[i] = result.Next != ""
	}
	return more
}

// RoundTrip answers the library. It gives no error.
func (c *call) RoundTrip(req *http.Request) (*http.Response, error) {
	var question []byte
	if req.Body != nil {
		question, c.err = io.ReadAll(req.Body) // which the library holds in memory
		req.Body.Close()
	}
	if c.err == nil {
		c.body, c.err = c.try(req, question)
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(c.body)), ContentLength: int64(len(c.body)), Request: req,
	}, nil
}

// failure is an answer that is none.
type failure struct {
	error
	again bool          // another attempt may help
	after time.Duration // as the service asks
}

func (c *call) try(req *http.Request, question []byte) ([]byte, error) {
	for attempt := 1; ; attempt++ {
		body, failed := c.attempt(req, question)
		switch {
		case failed == nil:
			return body, nil
		case c.ctx.Err() != nil:
			return nil, fmt.Errorf("OSV: %w", context.Cause(c.ctx))
		case !failed.again || attempt == maxAttempts:
			return nil, failed.error
		}
		wait := min(maxPause, max(failed.after, time.Duration(attempt)*time.Second/2))
		if err := c.pause(c.ctx, wait); err != nil {
			return nil, fmt.Errorf("OSV: %w", err)
		}
	}
}

func (c *call) attempt(asked *http.Request, question []byte) ([]byte, *failure) {
	ctx, cancel := context.WithTimeout(c.ctx, c.timeout)
	defer cancel()
	req := asked.Clone(ctx)
	req.URL = c.base.JoinPath(asked.URL.Path)
	req.Host = ""
	req.Header.Set("User-Agent", "assay")
	req.Body, req.GetBody, req.ContentLength = nil, nil, 0
	if question != nil {
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(question)), int64(len(question))
	}
	resp, err := c.next.RoundTrip(req)
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	defer resp.Body.Close()
	switch code := resp.StatusCode; {
	case code == http.StatusOK:
	case code >= 300 && code < 400:
		return nil, &failure{error: errors.New("OSV redirects, which is not followed")}
	case code == http.StatusTooManyRequests || code >= 500:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return nil, &failure{error: fmt.Errorf("OSV answers %d", code), again: true, after: time.Duration(max(0, min(seconds, 60))) * time.Second}
	default:
		return nil, &failure{error: fmt.Errorf("OSV answers %d", code)}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(c.maxBody)+1))
	switch {
	case err != nil:
		return nil, c.broken(ctx, err)
	case len(body) > c.maxBody:
		return nil, &failure{error: fmt.Errorf("OSV's answer is larger than %d MiB", c.maxBody>>20)}
	case len(body) == 0:
		return nil, &failure{error: errors.New("OSV's answer is empty")}
	}
	return body, nil
}

// broken says why there is no answer, without the address that was asked: it may hold a password of a proxy.
func (c *call) broken(ctx context.Context, err error) *failure {
	if ctx.Err() != nil {
		return &failure{error: fmt.Errorf("OSV gives no answer within %s", c.timeout)}
	}
	if inner := (*url.Error)(nil); errors.As(err, &inner) {
		err = inner.Err
	}
	return &failure{error: fmt.Errorf("OSV cannot be reached: %w", err), again: true}
}
