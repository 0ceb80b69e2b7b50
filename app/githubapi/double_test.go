package githubapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

// double is a GitHub that answers as a test tells it to. It checks signatures, hands out tokens and keeps what it was
// asked. Its clock is the App's, unless the test moves it.
type double struct {
	*httptest.Server
	t     *testing.T
	clock *testClock
	logs  *safeBuffer

	mu       sync.Mutex
	scripts  map[string][]http.HandlerFunc
	requests []request
	minted   int
	aheadBy  time.Duration // GitHub's clock ahead of the App's
	lifetime time.Duration // of tokens
}

type request struct {
	line   string // "GET /repos/o/r"
	header http.Header
	body   string
}

const testAppID = 4242

// testKey is made once: a 2048-bit key takes half a second on a busy machine.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func keyPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(testKey())})
}

func newDouble(t *testing.T) *double {
	d := &double{
		t: t, clock: newTestClock(), logs: &safeBuffer{}, scripts: map[string][]http.HandlerFunc{}, lifetime: time.Hour,
	}
	d.Server = httptest.NewServer(http.HandlerFunc(d.serve))
	// net/http repeats a GET by itself when a kept connection turns out dead; new connections keep the counts exact.
	d.Server.Config.SetKeepAlivesEnabled(false)
	t.Cleanup(d.Server.Close)
	return d
}

// app is an App that talks to the double; changes adjust its configuration.
func (d *double) app(changes ...func(*Config)) *App {
	d.t.Helper()
	c := Config{
		BaseURL: d.URL, AppID: testAppID, PrivateKey: keyPEM(), UserAgent: "assay-test", Clock: d.clock,
		RequestTimeout: 5 * time.Minute, // a busy machine must not look like a slow GitHub
		Logger:         slog.New(slog.NewTextHandler(d.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, change := range changes {
		change(&c)
	}
	a, err := New(c)
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

// on scripts the answers to a request line, one after the other; the last one stays.
func (d *double) on(line string, answers ...http.HandlerFunc) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.scripts[line] = answers
}

// asked lists the requests with that line, without those for tokens if line is empty.
func (d *double) asked(line string) []request {
	d.mu.Lock()
	defer d.mu.Unlock()
	var found []request
	for _, r := range d.requests {
		if r.line == line || line == "" && !strings.HasSuffix(r.line, "/access_tokens") {
			found = append(found, r)
		}
	}
	return found
}

func (d *double) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	line := r.Method + " " + r.URL.Path
	d.mu.Lock()
	now := d.clock.Now().Add(d.aheadBy)
	d.requests = append(d.requests, request{line, r.Header.Clone(), string(body)})
	answer := answerJSON(http.StatusNotFound, `{"message":"Not Found"}`)
	if script := d.scripts[line]; len(script) > 0 {
		answer = script[0]
		if len(script) > 1 {
			d.scripts[line] = script[1:]
		}
	} else if strings.HasSuffix(line, "/access_tokens") {
		answer = d.mint
	}
	d.mu.Unlock()
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	if strings.HasPrefix(r.URL.Path, "/app") && !d.signatureHolds(r, now) {
		answer = answerJSON(http.StatusUnauthorized, `{"message":"A JSON web token could not be decoded"}`)
	}
	answer(w, r)
}

// signatureHolds applies GitHub's rules for signatures: issued in the past, expiring within ten minutes.
func (d *double) signatureHolds(r *http.Request, now time.Time) bool {
	var claims jwt.RegisteredClaims
	parser := jwt.NewParser(jwt.WithoutClaimsValidation(), jwt.WithValidMethods([]string{"RS256"}))
	_, err := parser.ParseWithClaims(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), &claims,
		func(*jwt.Token) (any, error) { return &testKey().PublicKey, nil })
	return err == nil && claims.Issuer == fmt.Sprint(testAppID) &&
		!claims.IssuedAt.After(now) && claims.ExpiresAt.After(now) && !claims.ExpiresAt.After(now.Add(10*time.Minute))
}

func (d *double) mint(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	d.minted++
	value := fmt.Sprintf("ghs_%s%d", "doubletoken", d.minted)
	expires := d.clock.Now().Add(d.aheadBy + d.lifetime)
	d.mu.Unlock()
	answerJSON(http.StatusCreated, fmt.Sprintf(`{"token":%q,"expires_at":%q}`, value, expires.UTC().Format(time.RFC3339)))(w, r)
}

func (d *double) mints() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.minted
}

// answerJSON answers with a status and a body; headers come in pairs.
func answerJSON(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// hangUp reads the request, and drops the connection instead of answering.
func hangUp(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

// testClock moves only when someone sleeps, and then at once.
type testClock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newTestClock() *testClock {
	return &testClock{now: time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)}
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return nil
}

func (c *testClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *testClock) sleeps() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Duration(nil), c.slept...)
}

// safeBuffer collects log lines from many goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// decode reads a JSON body that the App sent.
func decode(t *testing.T, body string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}
