package queue_test

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(victimEnv); dsn != "" {
		beVictim(dsn) // this process is one that a test has started in order to kill it
		return
	}
	storetest.Main(m)
}

const (
	headA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	headB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

	// patience is a kill switch: what is waited for takes milliseconds, or a few seconds on a machine under load.
	patience = 5 * time.Minute
)

func analyse(head string) queue.Analyse {
	return queue.Analyse{InstallationID: 1, RepositoryID: 2, Owner: "acme", Name: "shop", Number: 3, Head: head}
}

func decide(head string) queue.Decide {
	return queue.Decide{InstallationID: 1, RepositoryID: 2, Owner: "acme", Name: "shop", Head: head}
}

// start runs a queue with these workers until the end of the test. A worker that is nil succeeds.
func start(t *testing.T, s *store.Store, w queue.Workers, o queue.Options) *queue.Queue {
	t.Helper()
	q := build(t, s, w, o)
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, q) })
	return q
}

func build(t *testing.T, s *store.Store, w queue.Workers, o queue.Options) *queue.Queue {
	t.Helper()
	if w.Analyse == nil {
		w.Analyse = func(context.Context, queue.Analyse) error { return nil }
	}
	if w.Decide == nil {
		w.Decide = func(context.Context, queue.Decide) error { return nil }
	}
	if o.Backoff == 0 {
		o.Backoff = time.Millisecond
	}
	if o.Beat == 0 {
		o.Beat = 200 * time.Millisecond
	}
	o.Logger = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	q, err := queue.New(s, w, o)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func stop(t *testing.T, q *queue.Queue) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := q.Stop(ctx); err != nil {
		t.Errorf("stop the queue: %v", err)
	}
}

func enqueue(t *testing.T, q *queue.Queue, job queue.Job) int64 {
	t.Helper()
	id, err := q.Enqueue(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// deliver stores a delivery and its job as the webhook does.
func deliver(t *testing.T, s *store.Store, q *queue.Queue, guid string, job queue.Job) {
	t.Helper()
	err := s.InTx(t.Context(), func(ctx context.Context, tx store.Tx) error {
		if _, err := s.AcceptDelivery(ctx, tx, store.Delivery{GUID: guid, Event: "pull_request"}); err != nil {
			return err
		}
		id, err := q.EnqueueTx(ctx, tx, job)
		if err != nil {
			return err
		}
		return s.LinkDelivery(ctx, tx, guid, id)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// awaitDelivery waits until the delivery is in the state.
func awaitDelivery(t *testing.T, s *store.Store, guid string, want store.DeliveryState) store.Delivery {
	t.Helper()
	var d store.Delivery
	eventually(t, "delivery "+guid+" to be "+string(want), func() bool {
		var err error
		if d, _, err = s.Delivery(t.Context(), guid); err != nil {
			t.Fatal(err)
		}
		return d.State == want
	})
	return d
}

func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain for %s", patience, what)
		}
	}
}

// receive takes the next value from a channel.
func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("waited in vain")
		panic("unreachable")
	}
}
