package advisories

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// DefaultSource is where OSV publishes its exports.
const DefaultSource = "https://osv-vulnerabilities.storage.googleapis.com"

// archiveName is the archive in an ecosystem's folder.
const archiveName = "all.zip"

// source has one archive an ecosystem.
type source interface {
	// fetch gives an ecosystem's archive, which the caller closes. Without one it is errMissing, and errUnchanged when
	// it still is what the index before was built of.
	fetch(ctx context.Context, ecosystem string, before *Ecosystem) (*fetched, error)
	String() string
}

// fetched is an archive at hand.
type fetched struct {
	*os.File
	size         int64
	at           time.Time // since when its content is known
	etag         string
	lastModified string
}

var (
	errMissing   = errors.New("there is no archive")
	errUnchanged = errors.New("the archive has not changed")
)

// folder is a folder of archives.
type folder string

func (f folder) String() string { return string(f) }

func (f folder) fetch(_ context.Context, ecosystem string, _ *Ecosystem) (*fetched, error) {
	name := filepath.Join(string(f), ecosystem, archiveName)
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, errMissing
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return &fetched{File: file, size: info.Size(), at: info.ModTime()}, nil
}

// Bounds of fetching over HTTP.
const (
	maxRedirects = 5
	maxAttempts  = 4                // at one archive
	maxPause     = 30 * time.Second // between two of them
	headerTime   = 30 * time.Second // until an answer begins
	stallTime    = time.Minute      // without a byte of it
)

// server is an address with archives below it.
type server struct {
	base   *url.URL
	client *http.Client
	dir    string                                     // where to put an archive while it is read
	pause  func(context.Context, time.Duration) error // between attempts
	stall  time.Duration
}

func newServer(base *url.URL, dir string, transport http.RoundTripper) *server {
	if transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone() // which asks the environment for a proxy
		t.ResponseHeaderTimeout = headerTime
		transport = t
	}
	return &server{
		base: base, dir: dir, pause: pause, stall: stallTime,
		client: &http.Client{Transport: transport, CheckRedirect: checkRedirect},
	}
}

// checkRedirect lets nobody send us from a protected address to an open one of somebody else.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return errRedirects
	}
	if req.URL.Scheme != "https" && (req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme) {
		return errElsewhere
	}
	return nil
}

var (
	errRedirects = fmt.Errorf("the server redirects more than %d times", maxRedirects)
	errElsewhere = errors.New("the server redirects to another host without https")
)

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *server) String() string { return s.base.Redacted() }

func (s *server) fetch(ctx context.Context, ecosystem string, before *Ecosystem) (*fetched, error) {
	var last error
	for attempt := range maxAttempts {
		if attempt > 0 {
			wait := min(maxPause, time.Second<<(2*attempt-2))
			if asked := (*retryLater)(nil); errors.As(last, &asked) && asked.after > wait {
				wait = min(maxPause, asked.after)
			}
			if err := s.pause(ctx, wait); err != nil {
				return nil, err
			}
		}
		file, err := s.attempt(ctx, s.base.JoinPath(ecosystem, archiveName), before)
		later := (*retryLater)(nil)
		if err == nil || ctx.Err() != nil || !errors.As(err, &later) {
			return file, err
		}
		last = err
	}
	return nil, last
}

// retryLater is a failure that may be over when it is tried again.
type retryLater struct {
	error
	after time.Duration // as the server asks, 0 when it does not
}

func (e *retryLater) Unwrap() error { return e.error }

func (s *server) attempt(ctx context.Context, address *url.URL, before *Ecosystem) (*fetched, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "assay")
	if before != nil && before.ETag != "" {
		req.Header.Set("If-None-Match", before.ETag)
	}
	if before != nil && before.LastModified != "" {
		req.Header.Set("If-Modified-Since", before.LastModified)
	}
	resp, err := s.client.Do(req)
	switch {
	case errors.Is(err, errElsewhere):
		return nil, errElsewhere
	case errors.Is(err, errRedirects):
		return nil, errRedirects
	case err != nil:
		return nil, broken(err)
	}
	defer resp.Body.Close()
	switch code := resp.StatusCode; {
	case code == http.StatusOK:
	case code == http.StatusNotModified && before != nil:
		return nil, errUnchanged
	case code == http.StatusNotFound || code == http.StatusGone:
		return nil, errMissing
	case code == http.StatusTooManyRequests || code == http.StatusRequestTimeout || code >= 500:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return nil, &retryLater{error: fmt.Errorf("the server answers %s", resp.Status), after: time.Duration(max(0, min(seconds, 3600))) * time.Second}
	default:
		return nil, fmt.Errorf("the server answers %s", resp.Status)
	}
	if resp.ContentLength > maxArchive {
		return nil, fmt.Errorf("the archive is larger than %d GiB", maxArchive>>30)
	}
	file, err := nameless(s.dir)
	if err != nil {
		return nil, err
	}
	size, err := s.save(file, resp, cancel)
	if err != nil {
		file.Close()
		return nil, err
	}
	return &fetched{File: file, size: size, at: time.Now(), etag: header(resp, "ETag"), lastModified: header(resp, "Last-Modified")}, nil
}

// broken is why there is no answer, without the address, which is said elsewhere and may hold a password.
func broken(err error) error {
	if inner := (*url.Error)(nil); errors.As(err, &inner) {
		err = inner.Err
	}
	if name := (*net.DNSError)(nil); errors.As(err, &name) && name.IsNotFound {
		return err // nor will it be there in a minute
	}
	return &retryLater{error: err}
}

// save copies the archive to the file, as long as some of it comes.
func (s *server) save(file io.Writer, resp *http.Response, cancel context.CancelCauseFunc) (int64, error) {
	errStall := fmt.Errorf("the server sends nothing for %s", s.stall)
	watch := time.AfterFunc(s.stall, func() { cancel(errStall) })
	defer watch.Stop()
	size, err := io.Copy(file, io.LimitReader(&watched{resp.Body, watch, s.stall}, maxArchive+1))
	switch {
	case err == nil && size > maxArchive:
		return 0, fmt.Errorf("the archive is larger than %d GiB", maxArchive>>30)
	case err != nil && errors.Is(context.Cause(resp.Request.Context()), errStall):
		return 0, &retryLater{error: errStall}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return 0, &retryLater{error: errors.New("the server breaks off")}
	case err != nil:
		return 0, &retryLater{error: err}
	}
	return size, nil
}

// watched puts a timer off with each byte that comes.
type watched struct {
	io.Reader
	timer *time.Timer
	grace time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if n > 0 {
		w.timer.Reset(w.grace)
	}
	return n, err
}

// header is a short header that can be sent back.
func header(resp *http.Response, name string) string {
	const maxHeader = 256
	if value := resp.Header.Get(name); len(value) <= maxHeader {
		return value
	}
	return ""
}

// parseSource tells a folder from an address.
func parseSource(from, dir string, transport http.RoundTripper) (source, error) {
	if !strings.Contains(from, "://") {
		info, err := os.Stat(from)
		switch {
		case err != nil:
			return nil, err
		case !info.IsDir():
			return nil, fmt.Errorf("%s is no folder", from)
		}
		return folder(from), nil
	}
	base, err := url.Parse(from)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, errors.New("neither a folder nor an address that begins with https:// or http://")
	}
	return newServer(base, dir, transport), nil
}
