package queue_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
)

func TestAJobRunsWithItsArgumentsAndItsDeliverySucceeds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		got := make(chan queue.Analyse, 1)
		q := start(t, s, queue.Workers{Analyse: func(_ context.Context, a queue.Analyse) error { got <- a; return nil }}, queue.Options{})
		want := queue.Analyse{
			InstallationID: 1, RepositoryID: 2, Owner: "acme", Name: "shop", Head: headA, Delivery: "guid",
			MergeGroup: &queue.MergeGroup{HeadSHA: headA, BaseSHA: headB, BaseRef: "main"},
		}
		deliver(t, s, q, "guid", want)
		if diff := cmp.Diff(want, receive(t, got)); diff != "" {
			t.Error(diff)
		}
		if d := awaitDelivery(t, s, "guid", store.DeliverySucceeded); d.Attempts != 1 || d.Jobs != 1 {
			t.Errorf("%+v", d)
		}
	})
}

func TestAJobWhoseTransactionIsRolledBackDoesNotExist(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		q := build(t, s, queue.Workers{}, queue.Options{})
		no := errors.New("no")
		err := s.InTx(t.Context(), func(ctx context.Context, tx store.Tx) error {
			_, err := q.EnqueueTx(ctx, tx, analyse(headA))
			return errors.Join(err, no)
		})
		if !errors.Is(err, no) {
			t.Fatal(err)
		}
		lanes, err := q.Depth(t.Context())
		if diff := cmp.Diff([]queue.Lane{{Kind: "analyse"}, {Kind: "decide"}}, lanes); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
}

func TestJobsThatMakeNoSenseAreRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		q := build(t, s, queue.Workers{}, queue.Options{})
		both := analyse(headA)
		both.MergeGroup = &queue.MergeGroup{HeadSHA: headA}
		for _, job := range []queue.Job{queue.Analyse{}, analyse(""), both, queue.Decide{}, decide("")} {
			if _, err := q.Enqueue(t.Context(), job); err == nil {
				t.Errorf("%#v is stored", job)
			}
		}
	})
}

func TestTheSameWorkIsStoredOnceWhileItWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		q := build(t, s, queue.Workers{}, queue.Options{})
		again := analyse(headA)
		again.Owner, again.Delivery = "renamed", "another"
		if enqueue(t, q, analyse(headA)) != enqueue(t, q, again) {
			t.Error("stored twice")
		}
		other := analyse(headA)
		other.Number = 4
		ids := map[int64]bool{}
		for _, job := range []queue.Job{analyse(headA), analyse(headB), other, decide(headA), decide(headB)} {
			ids[enqueue(t, q, job)] = true
		}
		if len(ids) != 5 {
			t.Errorf("five pieces of work became %d jobs", len(ids))
		}
		lanes, err := q.Depth(t.Context())
		if err != nil || lanes[0].Waiting != 3 || lanes[1].Waiting != 2 {
			t.Errorf("Depth: %+v, %v", lanes, err)
		}
	})
}

func TestAnEventDuringTheRunMakesTheJobRunOnceMore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		begun, goOn := make(chan bool), make(chan bool)
		var runs atomic.Int32
		q := start(t, s, queue.Workers{Decide: func(context.Context, queue.Decide) error {
			runs.Add(1)
			begun <- true
			<-goOn
			return nil
		}}, queue.Options{})
		deliver(t, s, q, "first", decide(headA))
		receive(t, begun)
		deliver(t, s, q, "second", decide(headA))
		deliver(t, s, q, "third", decide(headA))
		goOn <- true
		receive(t, begun)
		if d, _, err := s.Delivery(t.Context(), "second"); err != nil || d.State != store.DeliveryQueued {
			t.Errorf("the delivery that came during the run is %s before its own run ends (%v)", d.State, err)
		}
		goOn <- true
		for _, guid := range []string{"first", "second", "third"} {
			awaitDelivery(t, s, guid, store.DeliverySucceeded)
		}
		if runs.Load() != 2 {
			t.Errorf("%d runs; want 2", runs.Load())
		}
	})
}

// However events and runs interleave, a run begins after the last event.
func TestNoEventIsLostHoweverItFallsIntoARun(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const events = 150
		var happened, seen, runs atomic.Int64
		q := start(t, s, queue.Workers{Decide: func(context.Context, queue.Decide) error {
			runs.Add(1)
			seen.Store(happened.Load())
			return nil
		}}, queue.Options{})
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				for range events / 3 {
					happened.Add(1)
					if _, err := q.Enqueue(t.Context(), decide(headA)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		eventually(t, "a run after the last event", func() bool { return seen.Load() == events })
		t.Logf("%d events, %d runs", events, runs.Load())
	})
}

func TestANewerHeadCancelsOlderReviews(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		begun := make(chan string, 10)
		var returned atomic.Bool // of headA, after it was cancelled
		q := start(t, s, queue.Workers{Analyse: func(ctx context.Context, a queue.Analyse) error {
			begun <- a.Head
			if a.Head == headA && !returned.Load() {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}}, queue.Options{AnalyseWorkers: 1})
		cancelOlder := func(head string, want int) {
			t.Helper()
			err := s.InTx(t.Context(), func(ctx context.Context, tx store.Tx) error {
				heads, err := q.CancelOlder(ctx, tx, 2, 3, head)
				if len(heads) != want {
					t.Errorf("reviews of %v cancelled; want %d", heads, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		other := analyse(headA)
		other.Number = 4

		deliver(t, s, q, "running", analyse(headA))
		receive(t, begun)
		deliver(t, s, q, "waiting", analyse(strings.Repeat("c", 40)))
		deliver(t, s, q, "another pull request", other)
		returned.Store(true)
		cancelOlder(headB, 2)
		deliver(t, s, q, "new", analyse(headB))
		// A forced push and back: the old head returns while its cancelled review may still be ending.
		deliver(t, s, q, "returned", analyse(headA))

		for _, guid := range []string{"running", "waiting"} {
			if d := awaitDelivery(t, s, guid, store.DeliveryIgnored); !strings.Contains(d.LastError, "newer") {
				t.Errorf("%+v", d)
			}
		}
		for _, guid := range []string{"another pull request", "new", "returned"} {
			awaitDelivery(t, s, guid, store.DeliverySucceeded)
		}
		cancelOlder(headB, 0)
	})
}

func TestFailures(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		boom := errors.New("boom")
		tests := []struct {
			name     string
			fail     func(run int32) error // of the n-th run
			runs     int32
			attempts int
			want     store.DeliveryState
		}{
			{"an error is tried again", func(run int32) error {
				if run < 3 {
					return boom
				}
				return nil
			}, 3, 3, store.DeliverySucceeded},
			{"a panic is an error", func(run int32) error {
				if run == 1 {
					panic("boom")
				}
				return nil
			}, 2, 2, store.DeliverySucceeded},
			{"after the last attempt the job has failed", func(int32) error { return boom }, queue.MaxAttempts, queue.MaxAttempts, store.DeliveryFailed},
			{"a permanent error is not tried again", func(int32) error { return queue.Permanent(boom) }, 1, 1, store.DeliveryFailed},
			{"a snooze is not an attempt", func(run int32) error {
				if run < 12 {
					return queue.Snooze(time.Millisecond)
				}
				return nil
			}, 12, 1, store.DeliverySucceeded},
		}
		var current atomic.Pointer[func() error]
		q := start(t, s, queue.Workers{Decide: func(context.Context, queue.Decide) error { return (*current.Load())() }}, queue.Options{})
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				var runs atomic.Int32
				work := func() error { return test.fail(runs.Add(1)) }
				current.Store(&work)
				deliver(t, s, q, test.name, decide(headA))
				d := awaitDelivery(t, s, test.name, test.want)
				if runs.Load() != test.runs || d.Attempts != test.attempts {
					t.Errorf("%d runs, %d attempts; want %d and %d", runs.Load(), d.Attempts, test.runs, test.attempts)
				}
				if test.want == store.DeliveryFailed && d.LastError != "boom" {
					t.Errorf("the delivery says %q", d.LastError)
				}
			})
		}
	})
}

func TestAFailedJobIsSeenAndRunsAgainWhenAskedTo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var mended atomic.Bool
		q := start(t, s, queue.Workers{Analyse: func(context.Context, queue.Analyse) error {
			if mended.Load() {
				return nil
			}
			return queue.Permanent(errors.New(strings.Repeat("long ", store.MaxLastError)))
		}}, queue.Options{})
		deliver(t, s, q, "guid", analyse(headA))
		awaitDelivery(t, s, "guid", store.DeliveryFailed)

		failed, err := q.Failed(t.Context())
		if err != nil || len(failed) != 1 {
			t.Fatalf("Failed: %+v, %v", failed, err)
		}
		if f := failed[0]; f.Job != queue.Job(analyse(headA)) || f.Attempts != 1 || len(f.Error) > store.MaxLastError || f.FailedAt.IsZero() {
			t.Errorf("%+v", f)
		}
		if lanes, err := q.Depth(t.Context()); err != nil || lanes[0].Failed != 1 {
			t.Errorf("Depth: %+v, %v", lanes, err)
		}

		mended.Store(true)
		if _, err := q.Retry(t.Context(), failed[0].ID); err != nil {
			t.Fatal(err)
		}
		awaitDelivery(t, s, "guid", store.DeliverySucceeded)
		if failed, err := q.Failed(t.Context()); err != nil || len(failed) != 0 {
			t.Errorf("still among the failed: %+v, %v", failed, err)
		}
		if _, err := q.Retry(t.Context(), failed[0].ID); err == nil {
			t.Error("a job that is not failed was retried")
		}
	})
}

func TestAReviewThatIsGivenUpIsConcludedEvenIfThatFailsAtFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var calls atomic.Int32
		causes := make(chan string, 10)
		boom := queue.Permanent(errors.New("boom"))
		q := start(t, s, queue.Workers{
			Analyse: func(context.Context, queue.Analyse) error { return boom },
			Decide:  func(context.Context, queue.Decide) error { return boom },
			GaveUp: func(_ context.Context, a queue.Analyse, cause error) error {
				if calls.Add(1) == 1 {
					return errors.New("GitHub is down")
				}
				causes <- a.Head + ": " + cause.Error()
				return nil
			},
		}, queue.Options{})
		deliver(t, s, q, "decision", decide(headB))
		deliver(t, s, q, "review", analyse(headA))
		awaitDelivery(t, s, "review", store.DeliveryFailed)
		awaitDelivery(t, s, "decision", store.DeliveryFailed)
		if got, want := receive(t, causes), headA+": boom"; got != want {
			t.Errorf("concluded %q; want %q", got, want)
		}
		if calls.Load() != 2 {
			t.Errorf("concluded %d times; want 2", calls.Load())
		}
	})
}

func TestAnEventDuringTheLastAttemptGivesTheJobOneMore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		begun, goOn := make(chan bool), make(chan error)
		q := start(t, s, queue.Workers{Decide: func(context.Context, queue.Decide) error {
			begun <- true
			return <-goOn
		}}, queue.Options{})
		deliver(t, s, q, "first", decide(headA))
		receive(t, begun)
		deliver(t, s, q, "second", decide(headA))
		goOn <- queue.Permanent(errors.New("boom"))
		receive(t, begun)
		goOn <- nil
		awaitDelivery(t, s, "first", store.DeliverySucceeded)
		awaitDelivery(t, s, "second", store.DeliverySucceeded)
	})
}

func TestAnEventMakesAJobThatWaitsAfterAFailureRunNow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var runs atomic.Int32
		q := start(t, s, queue.Workers{Decide: func(context.Context, queue.Decide) error {
			if runs.Add(1) == 1 {
				return errors.New("boom")
			}
			return nil
		}}, queue.Options{Backoff: time.Hour})
		deliver(t, s, q, "first", decide(headA))
		eventually(t, "the job to wait for its second attempt", func() bool {
			lanes, err := q.Depth(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return lanes[1].Delayed == 1
		})
		deliver(t, s, q, "second", decide(headA))
		awaitDelivery(t, s, "first", store.DeliverySucceeded)
		awaitDelivery(t, s, "second", store.DeliverySucceeded)
	})
}

func TestAJobThatRunsTooLongIsEndedAndTriedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var runs atomic.Int32
		q := start(t, s, queue.Workers{Analyse: func(ctx context.Context, _ queue.Analyse) error {
			if runs.Add(1) == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}}, queue.Options{JobTimeout: 2 * time.Second})
		deliver(t, s, q, "guid", analyse(headA))
		if d := awaitDelivery(t, s, "guid", store.DeliverySucceeded); d.Attempts != 2 {
			t.Errorf("%+v", d)
		}
	})
}

func TestStopLetsARunningJobFinish(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		begun := make(chan bool)
		var ended atomic.Bool
		q := build(t, s, queue.Workers{Analyse: func(ctx context.Context, _ queue.Analyse) error {
			begun <- true
			time.Sleep(300 * time.Millisecond) // the time that the work takes
			ended.Store(ctx.Err() == nil)
			return nil
		}}, queue.Options{})
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		deliver(t, s, q, "guid", analyse(headA))
		receive(t, begun)
		stop(t, q)
		if !ended.Load() {
			t.Error("the job was not left to finish")
		}
		awaitDelivery(t, s, "guid", store.DeliverySucceeded)
	})
}

func TestStopHandsBackWhatDoesNotFinishAndTheNextProcessRunsIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		begun := make(chan bool)
		first := build(t, s, queue.Workers{Analyse: func(ctx context.Context, _ queue.Analyse) error {
			begun <- true
			<-ctx.Done()
			return errors.New("git was killed") // not the context's error: what a program that it started reports
		}}, queue.Options{DrainTimeout: 100 * time.Millisecond})
		if err := first.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		deliver(t, s, first, "guid", analyse(headA))
		receive(t, begun)
		stop(t, first)
		if lanes, err := first.Depth(t.Context()); err != nil || lanes[0].Waiting != 1 {
			t.Errorf("after Stop: %+v, %v", lanes, err)
		}
		start(t, s, queue.Workers{}, queue.Options{})
		if d := awaitDelivery(t, s, "guid", store.DeliverySucceeded); d.Attempts != 1 {
			t.Errorf("being handed back counts as an attempt: %+v", d)
		}
	})
}

func TestTheJobsOfARepositoryThatWasRemovedAreCancelled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		q := build(t, s, queue.Workers{}, queue.Options{})
		enqueue(t, q, analyse(headA))
		enqueue(t, q, decide(headA))
		elsewhere := decide(headA)
		elsewhere.RepositoryID = 9
		enqueue(t, q, elsewhere)
		err := s.InTx(t.Context(), func(ctx context.Context, tx store.Tx) error {
			_, err := q.CancelRepository(ctx, tx, 2)
			return err
		})
		lanes, err2 := q.Depth(t.Context())
		if err != nil || err2 != nil || lanes[0].Waiting != 0 || lanes[1].Waiting != 1 {
			t.Errorf("%+v, %v, %v", lanes, err, err2)
		}
	})
}

func TestWhatIsMissingIsStoredOnceAndDoesNotMakeARunningJobRunAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		runs, release := make(chan struct{}, 10), make(chan struct{})
		q := start(t, s, queue.Workers{Analyse: func(context.Context, queue.Analyse) error {
			runs <- struct{}{}
			<-release
			return nil
		}}, queue.Options{})
		ensure := func() {
			t.Helper()
			if err := q.Ensure(t.Context(), analyse(headA)); err != nil {
				t.Fatal(err)
			}
		}
		ensure() // it is missing
		receive(t, runs)
		ensure() // it runs
		close(release)
		eventually(t, "the job to end", func() bool { return finished(t, s) == 1 })
		ensure() // it is over, and missing again
		receive(t, runs)
		eventually(t, "the second job to end", func() bool { return finished(t, s) == 2 })
		if more := len(runs); more != 0 {
			t.Errorf("it ran %d times more", more)
		}
	})
}

// finished counts the jobs that are completed.
func finished(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	if err := s.Reads().QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE state = 'completed'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
