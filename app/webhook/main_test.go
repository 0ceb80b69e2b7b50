package webhook_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
	"github.com/assay-app/assay/app/webhook"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const (
	ourApp = 29310
	ourBot = "assay[bot]"

	headA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	headB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	baseC = "cccccccccccccccccccccccccccccccccccccccc"

	// patience is a kill switch: what is waited for takes milliseconds, or a few seconds on a machine under load.
	patience = 5 * time.Minute
)

var (
	secret = []byte("not really " + "a secret")
	older  = []byte("the secret " + "before it")
)

// receiver is the real handler behind real HTTP, on a real database. Jobs are stored; unless started, none runs.
type receiver struct {
	t       testing.TB
	store   *store.Store
	queue   *queue.Queue
	handler *webhook.Handler
	url     string
	purged  chan []int64

	analyse atomic.Pointer[func(queue.Analyse) error]
	decide  atomic.Pointer[func(queue.Decide) error]
}

func receive(t testing.TB, s *store.Store) *receiver {
	t.Helper()
	r := &receiver{t: t, store: s, purged: make(chan []int64, 10)}
	r.onAnalyse(func(queue.Analyse) error { return nil })
	r.onDecide(func(queue.Decide) error { return nil })
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	var err error
	r.queue, err = queue.New(s, queue.Workers{
		Analyse: func(_ context.Context, a queue.Analyse) error { return (*r.analyse.Load())(a) },
		Decide:  func(_ context.Context, d queue.Decide) error { return (*r.decide.Load())(d) },
	}, queue.Options{
		Logger: log, Backoff: time.Millisecond, Beat: 200 * time.Millisecond,
		AnalyseWorkers: 16, DecideWorkers: 16, // so that no-op jobs keep pace with 200 deliveries a second
	})
	if err != nil {
		t.Fatal(err)
	}
	r.handler, err = webhook.New(s, r.queue, webhook.Options{
		Secrets: [][]byte{secret, older}, AppID: ourApp, Bot: func() string { return ourBot },
		Purge:  func(_ context.Context, ids []int64) error { r.purged <- ids; return nil },
		Logger: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.handler.Wait)
	server := httptest.NewServer(r.handler)
	t.Cleanup(server.Close)
	r.url = server.URL + "/webhook"
	return r
}

func (r *receiver) onAnalyse(work func(queue.Analyse) error) { r.analyse.Store(&work) }
func (r *receiver) onDecide(work func(queue.Decide) error)   { r.decide.Store(&work) }

// startJobs runs jobs until the end of the test.
func (r *receiver) startJobs() {
	r.t.Helper()
	if err := r.queue.Start(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := r.queue.Stop(ctx); err != nil {
			r.t.Error(err)
		}
	})
}

func sign(key, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// request is a valid delivery, for tests to spoil.
func (r *receiver) request(event, guid string, body []byte) *http.Request {
	r.t.Helper()
	req, err := http.NewRequest(http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-GitHub-Event", event)
	req.Header.Set("X-GitHub-Delivery", guid)
	req.Header.Set("X-Hub-Signature-256", sign(secret, body))
	return req
}

func (r *receiver) do(req *http.Request) (status int, body string) {
	r.t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, strings.TrimSpace(string(text))
}

// deliver sends a valid delivery that must be answered 202, and returns the outcome.
func (r *receiver) deliver(event, guid string, payload any) string {
	r.t.Helper()
	body, ok := payload.([]byte)
	if !ok {
		body = encode(r.t, payload)
	}
	status, text := r.do(r.request(event, guid, body))
	var outcome struct{ Status string }
	if err := json.Unmarshal([]byte(text), &outcome); err != nil || status != http.StatusAccepted {
		r.t.Fatalf("%s %s: %d %s", event, guid, status, text)
	}
	return outcome.Status
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// stored is everything in the database that a delivery could leave.
func (r *receiver) stored() (rows int) {
	r.t.Helper()
	for _, table := range []string{"deliveries", "delivery_jobs", "open_jobs", "river_job", "pulls", "repositories", "installations", "merge_groups"} {
		var n int
		if err := r.store.Reads().QueryRow(context.Background(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			r.t.Fatal(err)
		}
		rows += n
	}
	return rows
}

// jobs are the open jobs, as the lines "analyse #3 aaaaaaa" or "decide aaaaaaa".
func (r *receiver) jobs() []string {
	r.t.Helper()
	rows, err := r.store.Reads().Query(context.Background(), `SELECT kind, number, head_sha FROM open_jobs ORDER BY kind, number, head_sha`)
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	var jobs []string
	for rows.Next() {
		var kind, head string
		var number int
		if err := rows.Scan(&kind, &number, &head); err != nil {
			r.t.Fatal(err)
		}
		line := kind
		if number != 0 {
			line += " #" + string(rune('0'+number))
		}
		jobs = append(jobs, line+" "+head[:7])
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
	return jobs
}

func (r *receiver) await(guid string, want store.DeliveryState) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		d, _, err := r.store.Delivery(context.Background(), guid)
		if err != nil {
			r.t.Fatal(err)
		}
		if d.State == want {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("delivery %s is %q; want %q", guid, d.State, want)
		}
	}
}

var errBoom = errors.New("boom")

// object is JSON in the making.
type object = map[string]any

// pullEvent is a pull_request event about pull request 3 of acme/shop.
func pullEvent(action, head string, change ...func(object)) object {
	event := object{
		"action": action,
		"pull_request": object{
			"number": 3, "state": "open", "draft": false, "updated_at": "2026-01-02T03:04:05Z",
			"head": object{"sha": head, "ref": "feature"},
			"base": object{"ref": "main", "repo": object{"id": 2}},
		},
		"repository":   object{"id": 2, "name": "shop", "private": true, "default_branch": "main", "owner": object{"login": "acme"}},
		"installation": object{"id": 1},
		"sender":       object{"login": "octocat", "type": "User"},
	}
	for _, c := range change {
		c(event)
	}
	return event
}

// about is another event about acme/shop.
func about(action string, fields object) object {
	event := pullEvent(action, headA)
	delete(event, "pull_request")
	for name, value := range fields {
		event[name] = value
	}
	return event
}

func inTx(t testing.TB, s *store.Store, query string, args ...any) {
	t.Helper()
	err := s.InTx(context.Background(), func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
