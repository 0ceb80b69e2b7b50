package store_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
)

func TestALeaseIsHeldByOneAtATime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var inside, total atomic.Int32
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() {
				err := s.WithLease(t.Context(), "repository 2", time.Minute, func(context.Context) error {
					if inside.Add(1) != 1 {
						t.Error("two hold the lease")
					}
					total.Add(1)
					inside.Add(-1)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if total.Load() != 6 {
			t.Errorf("%d of 6 had their turn", total.Load())
		}
	})
}

func TestLeasesOfDifferentNamesDoNotWait(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		err := s.WithLease(t.Context(), "a", time.Minute, func(ctx context.Context) error {
			return s.WithLease(ctx, "b", time.Minute, func(context.Context) error { return nil })
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestALeaseIsRenewedWhileItsWorkRuns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const ttl = 4 * time.Second // a machine that stalls for most of it would fail
		var other sync.WaitGroup
		defer other.Wait()
		var done atomic.Bool
		err := s.WithLease(t.Context(), "a", ttl, func(ctx context.Context) error {
			other.Go(func() {
				err := s.WithLease(t.Context(), "a", ttl, func(context.Context) error {
					if !done.Load() {
						t.Error("the lease was taken over although its holder lives")
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
			time.Sleep(ttl + ttl/4) // longer than it lasts unrenewed
			done.Store(true)
			return context.Cause(ctx)
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestALeaseThatIsTakenAwayEndsItsHoldersContext(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		err := s.WithLease(t.Context(), "a", 3*time.Second, func(ctx context.Context) error {
			if err := s.InTx(ctx, s.HoldsLease); err != nil {
				t.Errorf("HoldsLease while it is held: %v", err)
			}
			// What another process does when this one was suspended for longer than the lease.
			if err := s.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE leases SET owner = 'another', token = token + 1 WHERE name = 'a'`)
				return err
			}); err != nil {
				t.Error(err)
			}
			if err := s.InTx(ctx, s.HoldsLease); !errors.Is(err, store.ErrLeaseLost) {
				t.Errorf("HoldsLease after it was lost: %v", err)
			}
			<-ctx.Done()
			return ctx.Err()
		})
		if !errors.Is(err, store.ErrLeaseLost) {
			t.Errorf("WithLease: %v; want ErrLeaseLost", err)
		}
	})
}

func TestTheLeaseOfADeadProcessPassesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now, err := s.Now(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		inTx(t, s, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO leases (name, owner, token, expires_at) VALUES ('a', 'dead', 41, ?)`, now.Add(300*time.Millisecond).UnixMilli())
			return err
		})
		err = s.WithLease(t.Context(), "a", time.Minute, func(ctx context.Context) error {
			return s.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
				var token int64
				if err := tx.QueryRow(ctx, `SELECT token FROM leases WHERE name = 'a'`).Scan(&token); err != nil {
					return err
				}
				if token != 42 {
					t.Errorf("token %d; want 42, more than the dead owner's", token)
				}
				return nil
			})
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestWaitingForALeaseEndsWithItsContext(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		err := s.WithLease(t.Context(), "a", time.Minute, func(context.Context) error {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			return s.WithLease(ctx, "a", time.Minute, func(context.Context) error { return errors.New("taken twice") })
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("WithLease: %v", err)
		}
	})
}
