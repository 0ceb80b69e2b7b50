package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
)

// pace is the time between two deliveries: 200 a second.
const pace = time.Second / 200

// BenchmarkWebhook delivers 200 pull requests a second while workers run their jobs, each of which stores a result and
// asks for a decision. It fails unless every delivery was run exactly once. Latencies count from the moment at which a
// delivery was due, so that a stall counts for all that it delays. For a minute of it:
//
//	go test -run '^$' -bench Webhook -benchtime 60s ./app/webhook
func BenchmarkWebhook(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { benchmark(b, storetest.Open(b, storetest.SQLite(b))) })
	b.Run("Postgres", func(b *testing.B) { benchmark(b, storetest.Open(b, storetest.Postgres(b))) })
}

func benchmark(b *testing.B, s *store.Store) {
	r := receive(b, s)
	var mu sync.Mutex
	analysed, decided := map[string]int{}, map[string]int{}
	result := bytes.Repeat([]byte(`{"rule":"x"},`), 200)
	r.onAnalyse(func(a queue.Analyse) error {
		mu.Lock()
		analysed[a.Head]++
		mu.Unlock()
		key := store.ResultKey{RepositoryID: a.RepositoryID, Number: a.Number, Head: a.Head}
		if err := s.SaveResult(context.Background(), key, result); err != nil {
			return err
		}
		_, err := r.queue.Enqueue(context.Background(), queue.Decide{InstallationID: 1, RepositoryID: a.RepositoryID, Owner: a.Owner, Name: a.Name, Head: a.Head})
		return err
	})
	r.onDecide(func(d queue.Decide) error {
		mu.Lock()
		decided[d.Head]++
		mu.Unlock()
		return nil
	})
	r.startJobs()
	payload := padded(b)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

	b.ResetTimer()
	var refused atomic.Int32
	latencies := make([]time.Duration, b.N)
	start := time.Now()
	var group sync.WaitGroup
	for i := range b.N {
		due := start.Add(time.Duration(i) * pace)
		time.Sleep(time.Until(due))
		group.Go(func() {
			body := bytes.ReplaceAll(payload, []byte(headA), fmt.Appendf(nil, "%040x", i))
			body = bytes.ReplaceAll(body, []byte(`"number":3`), fmt.Appendf(nil, `"number":%d`, i+1))
			resp, err := client.Do(r.request("pull_request", fmt.Sprint("guid-", i), body))
			if err != nil {
				b.Error(err)
				return
			}
			resp.Body.Close()
			latencies[i] = time.Since(due)
			if resp.StatusCode != http.StatusAccepted {
				refused.Add(1)
			}
		})
	}
	group.Wait()
	b.StopTimer()
	if n := refused.Load(); n > 0 {
		b.Fatalf("%d of %d deliveries were refused; the slowest answer took %v", n, b.N, slices.Max(latencies))
	}

	last := time.Now()
	for deadline := time.Now().Add(5 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		mu.Lock()
		done := len(decided)
		mu.Unlock()
		if done == b.N {
			break
		}
		if time.Now().After(deadline) {
			b.Fatalf("%d of %d deliveries led to a decision", done, b.N)
		}
	}
	behind := time.Since(last)
	for head, n := range analysed {
		if n != 1 {
			b.Errorf("%s was analysed %d times", head, n)
		}
	}
	slices.Sort(latencies)
	at := func(q float64) float64 { return float64(latencies[int(q*float64(b.N-1))].Microseconds()) / 1000 }
	b.ReportMetric(0, "ns/op") // the pace is given
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
	b.ReportMetric(float64(behind.Milliseconds()), "drain-ms")
}

// padded is a payload of the usual size: GitHub sends about 25 KiB about a pull request.
func padded(b *testing.B) []byte {
	body := pullEvent("opened", headA)
	var links []string
	for i := range 300 {
		links = append(links, fmt.Sprintf("https://api.github.example/repos/acme/shop/things%d{/sha}", i))
	}
	body["pull_request"].(object)["_links"] = links
	text, err := json.Marshal(body)
	if err != nil {
		b.Fatal(err)
	}
	return text
}
