package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
)

func TestWritesKeepToGitHubsLimitsInEveryWindow(t *testing.T) {
	limits := []struct {
		writes int
		within time.Duration
	}{{10, 7500 * time.Millisecond}, {80, time.Minute}, {500, time.Hour}}

	storetest.Each(t, func(t *testing.T, real *store.Store) {
		start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		now := start
		s := real.WithClock(func() time.Time { return now })
		var sent []time.Time
		for len(sent) < 620 { // always as soon as it may
			wait, err := s.TakeWrite(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			if wait == 0 {
				sent = append(sent, now)
			} else if wait < 0 || wait > time.Hour {
				t.Fatalf("to wait %v after %d writes", wait, len(sent))
			}
			now = now.Add(wait)
		}
		for _, limit := range limits {
			for i := limit.writes; i < len(sent); i++ {
				if sent[i].Sub(sent[i-limit.writes]) < limit.within {
					t.Fatalf("more than %d writes within %v, around the %dth", limit.writes, limit.within, i)
				}
			}
		}
		if took := sent[499].Sub(sent[0]); took > 7*time.Minute {
			t.Errorf("500 writes took %v; at 80 a minute they take less than 7 minutes", took)
		}
		if wait, err := s.TakeWrite(t.Context(), 2); err != nil || wait != 0 {
			t.Errorf("another installation waits %v, %v", wait, err)
		}
	})
}

func TestProcessesShareOneBudgetOfWrites(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		clock := func() time.Time { return now }
		var taken atomic.Int32
		var group sync.WaitGroup
		for _, s := range []*store.Store{storetest.Open(t, dsn).WithClock(clock), storetest.Open(t, dsn).WithClock(clock)} {
			for range 4 {
				group.Go(func() {
					for range 5 {
						wait, err := s.TakeWrite(t.Context(), 1)
						if err != nil {
							t.Error(err)
						}
						if wait == 0 {
							taken.Add(1)
						}
					}
				})
			}
		}
		group.Wait()
		if taken.Load() != 10 {
			t.Errorf("%d writes at one moment; want the burst of 10", taken.Load())
		}
	})
}
