package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
	"github.com/assay-app/assay/app/webhook"
)

func TestWhatIsNotADeliveryOfGitHubsIsRefusedAndLeavesNothing(t *testing.T) {
	good := encode(t, pullEvent("opened", headA))
	resign := func(r *http.Request, body []byte) {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.Header.Set("X-Hub-Signature-256", sign(secret, body))
	}
	spoil := func(name string, change func(object)) (string, int, func(*http.Request)) {
		return name, http.StatusBadRequest, func(r *http.Request) { resign(r, encode(t, pullEvent("opened", headA, change))) }
	}
	type test struct {
		name  string
		want  int
		spoil func(*http.Request)
	}
	spoilt := func(name string, change func(object)) test {
		n, want, spoil := spoil(name, change)
		return test{n, want, spoil}
	}
	field := func(object object, name string) object { return object[name].(map[string]any) }

	tests := []test{
		{"without a signature", 401, func(r *http.Request) { r.Header.Del("X-Hub-Signature-256") }},
		{"with a signature by another secret", 401, func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", sign([]byte("wrong"), good)) }},
		{"with a signature by an empty secret", 401, func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", sign(nil, good)) }},
		{"with a signature of another body", 401, func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", sign(secret, good[1:])) }},
		{"with SHA-1 alone, though it is right", 401, func(r *http.Request) {
			r.Header.Del("X-Hub-Signature-256")
			mac := hmac.New(sha1.New, secret)
			mac.Write(good)
			r.Header.Set("X-Hub-Signature", "sha1="+hex.EncodeToString(mac.Sum(nil)))
		}},
		{"with a cut signature", 401, func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", sign(secret, good)[:70]) }},
		{"with a signature that is not hexadecimal", 401, func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", "sha256="+strings.Repeat("g", 64)) }},
		{"with two signatures", 401, func(r *http.Request) { r.Header.Add("X-Hub-Signature-256", sign(secret, good)) }},
		{"as GET", 405, func(r *http.Request) { r.Method = http.MethodGet }},
		{"as PUT", 405, func(r *http.Request) { r.Method = http.MethodPut }},
		{"as a form", 415, func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }},
		{"as text", 415, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }},
		{"without a content type", 415, func(r *http.Request) { r.Header.Del("Content-Type") }},
		{"without an event", 400, func(r *http.Request) { r.Header.Del("X-GitHub-Event") }},
		{"with an event that is none", 400, func(r *http.Request) { r.Header.Set("X-GitHub-Event", "../pull_request") }},
		{"without a GUID", 400, func(r *http.Request) { r.Header.Del("X-GitHub-Delivery") }},
		{"with a GUID that is none", 400, func(r *http.Request) { r.Header.Set("X-GitHub-Delivery", "a b'; --") }},
		{"announced as too large", 413, func(r *http.Request) { resign(r, make([]byte, webhook.MaxBody+1)) }},
		{"too large without saying so", 413, func(r *http.Request) {
			resign(r, make([]byte, webhook.MaxBody+1))
			r.ContentLength = -1
		}},
		{"empty", 400, func(r *http.Request) { resign(r, nil) }},
		{"with truncated JSON", 400, func(r *http.Request) { resign(r, good[:len(good)/2]) }},
		{"with something after the JSON", 400, func(r *http.Request) { resign(r, append(bytes.Clone(good), '{')) }},
		{"with JSON that is no object", 400, func(r *http.Request) { resign(r, []byte(`[1]`)) }},
		{"with JSON nested too deep", 400, func(r *http.Request) { resign(r, []byte(strings.Repeat(`{"changes":`, 100_000))) }},
		{"with a number where a text belongs", 400, func(r *http.Request) { resign(r, []byte(`{"action":1}`)) }},
		spoilt("without a pull request", func(o object) { delete(o, "pull_request") }),
		spoilt("without a repository", func(o object) { delete(o, "repository") }),
		spoilt("with a head that is no SHA", func(o object) { field(field(o, "pull_request"), "head")["sha"] = "--upload-pack=x" }),
		spoilt("with a head in capitals", func(o object) { field(field(o, "pull_request"), "head")["sha"] = strings.ToUpper(headA) }),
		spoilt("with a state that is none", func(o object) { field(o, "pull_request")["state"] = "" }),
		spoilt("with a number that is none", func(o object) { field(o, "pull_request")["number"] = -3 }),
		spoilt("with a date that is none", func(o object) { field(o, "pull_request")["updated_at"] = "yesterday" }),
		spoilt("with a base of 1,025 bytes", func(o object) {
			field(field(o, "pull_request"), "base")["ref"] = strings.Repeat("x", 1025)
		}),
		spoilt("with an owner that is a path", func(o object) { field(field(o, "repository"), "owner")["login"] = "../admin" }),
		spoilt("with a name that is a path", func(o object) { field(o, "repository")["name"] = ".." }),
		spoilt("with a name of 101 bytes", func(o object) { field(o, "repository")["name"] = strings.Repeat("x", 101) }),
		spoilt("with a negative installation", func(o object) { field(o, "installation")["id"] = -1 }),
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := receive(t, s)
		for _, test := range tests {
			req := r.request("pull_request", "guid", good)
			test.spoil(req)
			if status, body := r.do(req); status != test.want {
				t.Errorf("%s: %d %s; want %d", test.name, status, body, test.want)
			}
			if n := r.stored(); n != 0 {
				t.Fatalf("%s: it left %d rows", test.name, n)
			}
		}
		if outcome := r.deliver("pull_request", "guid", good); outcome != "queued" {
			t.Errorf("the same delivery, unspoilt, is %s", outcome)
		}
	})
}

func TestABodyThatBreaksOffLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := receive(t, s)
		body := encode(t, pullEvent("opened", headA))
		conn, err := net.Dial("tcp", strings.TrimPrefix(strings.TrimSuffix(r.url, "/webhook"), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		req := r.request("pull_request", "guid", body)
		fmt.Fprintf(conn, "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n", len(body))
		if err := req.Header.Write(conn); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "\r\n%s", body[:len(body)-1])
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(conn); err != nil {
			t.Fatal(err)
		}
		conn.Close()
		if n := r.stored(); n != 0 {
			t.Errorf("it left %d rows", n)
		}
	})
}

func TestEverySecretThatIsValidNowIsTaken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := receive(t, s)
		body := encode(t, pullEvent("opened", headA))
		for _, key := range [][]byte{secret, older} {
			req := r.request("pull_request", "guid", body)
			req.Header.Set("X-Hub-Signature-256", sign(key, body))
			if status, text := r.do(req); status != http.StatusAccepted {
				t.Errorf("%d %s", status, text)
			}
		}
	})
}

func TestAReceiverWithoutASecretIsNotBuilt(t *testing.T) {
	for name, o := range map[string]webhook.Options{
		"no secret":    {AppID: 1},
		"empty secret": {AppID: 1, Secrets: [][]byte{secret, {}}},
		"no App":       {Secrets: [][]byte{secret}},
	} {
		if _, err := webhook.New(nil, nil, o); err == nil {
			t.Errorf("%s: it is built", name)
		}
	}
}

func TestARepeatedDeliveryRunsAgainOnlyIfItsJobFailed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := receive(t, s)
		var mu sync.Mutex
		runs, fail := 0, true
		r.onAnalyse(func(queue.Analyse) error {
			mu.Lock()
			defer mu.Unlock()
			runs++
			if fail {
				return queue.Permanent(errBoom)
			}
			return nil
		})
		event := pullEvent("opened", headA)
		if outcome := r.deliver("pull_request", "guid", event); outcome != "queued" {
			t.Fatal(outcome)
		}
		if outcome := r.deliver("pull_request", "guid", event); outcome != "known" {
			t.Errorf("repeated while it waits: %s", outcome)
		}
		r.startJobs()
		r.await("guid", store.DeliveryFailed)
		mu.Lock()
		fail = false
		mu.Unlock()
		if outcome := r.deliver("pull_request", "guid", event); outcome != "queued" {
			t.Errorf("repeated after it failed: %s", outcome)
		}
		r.await("guid", store.DeliverySucceeded)
		if outcome := r.deliver("pull_request", "guid", event); outcome != "known" {
			t.Errorf("repeated after it succeeded: %s", outcome)
		}
		if d, _, err := s.Delivery(t.Context(), "guid"); err != nil || d.State != store.DeliverySucceeded || runs != 2 {
			t.Errorf("%+v, %v; %d runs", d, err, runs)
		}
	})
}

func TestTheSameDeliveryManyTimesAtOnceIsStoredOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := receive(t, s)
		var mu sync.Mutex
		outcomes := map[string]int{}
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				outcome := r.deliver("pull_request", "guid", pullEvent("opened", headA))
				mu.Lock()
				defer mu.Unlock()
				outcomes[outcome]++
			})
		}
		group.Wait()
		if diff := cmp.Diff(map[string]int{"queued": 1, "known": 7}, outcomes); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"analyse #3 aaaaaaa"}, r.jobs()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestADatabaseThatIsGoneIsAnswered503WithoutSayingMore(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s, err := store.Open(t.Context(), dsn)
		if err == nil {
			err = s.Migrate(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		r := receive(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		status, body := r.do(r.request("pull_request", "guid", encode(t, pullEvent("opened", headA))))
		if status != http.StatusServiceUnavailable || strings.Contains(body, "sql") || strings.Contains(body, "pool") {
			t.Errorf("%d %s", status, body)
		}
	})
}

func TestAFullDiskIsAnswered503AndLeavesNothingHalfStored(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	r := receive(t, s)
	// SQLite reports a full disk and a full database in the same way; all writes go through this one connection.
	pages := func(limit string) {
		t.Helper()
		if _, err := s.SQLite().ExecContext(t.Context(), "PRAGMA max_page_count = "+limit); err != nil {
			t.Fatal(err)
		}
	}
	pages("1") // SQLite takes it as: no more than there are now
	accepted, refused := 0, 0
	for i := range 400 {
		req := r.request("pull_request", fmt.Sprint("guid-", i), encode(t, pullEvent("opened", fmt.Sprintf("%040x", i))))
		switch status, body := r.do(req); status {
		case http.StatusAccepted:
			accepted++
		case http.StatusServiceUnavailable:
			refused++
		default:
			t.Fatalf("%d %s", status, body)
		}
	}
	if refused == 0 {
		t.Fatal("the disk did not fill")
	}
	count := func(query string) (n int) {
		t.Helper()
		if err := s.Reads().QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	stored := count(`SELECT count(*) FROM deliveries`)
	whole := count(`SELECT count(*) FROM deliveries d JOIN delivery_jobs l ON l.guid = d.guid JOIN river_job j ON j.id = l.job_id`)
	if stored != accepted || whole != accepted {
		t.Errorf("%d accepted, %d stored, %d of them with their job", accepted, stored, whole)
	}

	pages("1000000")
	if outcome := r.deliver("pull_request", "guid-399", pullEvent("opened", fmt.Sprintf("%040x", 399))); outcome != "queued" {
		t.Errorf("delivered again when there is room: %s", outcome)
	}
	var result string
	if err := s.Reads().QueryRow(t.Context(), `PRAGMA integrity_check`).Scan(&result); err != nil || result != "ok" {
		t.Errorf("integrity_check: %s, %v", result, err)
	}
}
