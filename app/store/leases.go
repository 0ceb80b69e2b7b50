package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"
)

// ErrLeaseLost is the cause with which the context of a lease's holder ends when the lease could not be renewed in
// time: another process may hold it now.
var ErrLeaseLost = errors.New("the lease could not be renewed in time and may belong to another process now")

// Waiting for a lease: the first question comes soon, later ones more rarely.
const (
	leasePollFirst = 20 * time.Millisecond
	leasePollLast  = 500 * time.Millisecond
)

type lease struct {
	name  string
	owner string
	token int64 // grows with every owner, so that an old one can be told from the present
}

type leaseKey struct{ engine engine }

// WithLease runs work while holding the lease of that name, which nobody else holds meanwhile, in this process or
// another. It waits until the lease is free. The lease is renewed while work runs; when that fails for ttl, the
// context that work was given ends with [ErrLeaseLost]. A holder that dies blocks others for at most ttl.
//
// Work that outlives its lease for a moment cannot be ruled out (a suspended machine); what it then writes to the
// database is refused if it checks [Store.HoldsLease] in the same transaction.
func (s *Store) WithLease(ctx context.Context, name string, ttl time.Duration, work func(ctx context.Context) error) error {
	held, err := s.acquire(ctx, name, ttl)
	if err != nil {
		return fmt.Errorf("lease %s: %w", name, err)
	}
	inner, cancel := context.WithCancelCause(context.WithValue(ctx, leaseKey{s.engine}, held))
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		s.keep(inner, held, ttl, cancel)
	}()
	defer func() {
		cancel(nil)
		<-renewed
		// Its own context: a cancelled caller should not make others wait for the lease to expire.
		release, done := context.WithTimeout(context.WithoutCancel(ctx), ttl)
		defer done()
		s.release(release, held)
	}()
	err = work(inner)
	if err != nil && errors.Is(context.Cause(inner), ErrLeaseLost) {
		return fmt.Errorf("lease %s: %w: %w", name, ErrLeaseLost, err)
	}
	return err
}

// HoldsLease returns [ErrLeaseLost] unless the lease under which ctx runs is still held, and keeps it so until tx ends.
func (s *Store) HoldsLease(ctx context.Context, tx Tx) error {
	held, ok := ctx.Value(leaseKey{s.engine}).(lease)
	if !ok {
		return errors.New("this context holds no lease")
	}
	token, err := one[int64](tx.QueryRow(ctx, `SELECT token FROM leases WHERE name = ?`+s.engine.lockRow(), held.name))
	if errors.Is(err, sql.ErrNoRows) || err == nil && token != held.token {
		return fmt.Errorf("lease %s: %w", held.name, ErrLeaseLost)
	}
	if err != nil {
		return fmt.Errorf("lease %s: %w", held.name, err)
	}
	return nil
}

// acquire asks again and again until the lease is ours. It reads before it writes, so that waiting costs no write.
func (s *Store) acquire(ctx context.Context, name string, ttl time.Duration) (lease, error) {
	held := lease{name: name, owner: rand.Text()}
	for pause := leasePollFirst; ; pause = min(2*pause, leasePollLast) {
		free, err := s.leaseFree(ctx, name)
		if err != nil {
			return lease{}, err
		}
		if free {
			token, err := s.tryAcquire(ctx, held, ttl)
			if err != nil {
				return lease{}, err
			}
			if token != 0 {
				held.token = token
				return held, nil
			}
		}
		if err := wait(ctx, pause/2+mathrand.N(pause)); err != nil {
			return lease{}, err
		}
	}
}

func (s *Store) leaseFree(ctx context.Context, name string) (bool, error) {
	reads := s.engine.reads()
	expires, err := one[int64](reads.QueryRow(ctx, `SELECT expires_at FROM leases WHERE name = ?`, name))
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	now, err := s.now(ctx, reads)
	return expires <= now, err
}

// tryAcquire returns the token, or 0 when somebody else was quicker.
func (s *Store) tryAcquire(ctx context.Context, held lease, ttl time.Duration) (token int64, err error) {
	err = s.InTx(ctx, func(ctx context.Context, tx Tx) error {
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		token, err = one[int64](tx.QueryRow(ctx, `
			INSERT INTO leases (name, owner, token, expires_at) VALUES (?, ?, 1, ?)
			ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, token = leases.token + 1, expires_at = excluded.expires_at
			WHERE leases.expires_at <= ?
			RETURNING token`, held.name, held.owner, now+ttl.Milliseconds(), now))
		if errors.Is(err, sql.ErrNoRows) {
			token = 0
			return nil
		}
		return err
	})
	return token, err
}

// keep renews the lease three times per ttl, and cancels once it is lost or ttl has passed since the last success, by
// this machine's own clock.
func (s *Store) keep(ctx context.Context, held lease, ttl time.Duration, cancel context.CancelCauseFunc) {
	until := time.Now().Add(ttl)
	for wait(ctx, ttl/3) == nil {
		asked := time.Now()
		attempt, done := context.WithDeadline(ctx, until)
		ours, err := s.renew(attempt, held, ttl)
		done()
		switch {
		case err == nil && ours:
			until = asked.Add(ttl)
		case err == nil, !time.Now().Before(until):
			cancel(ErrLeaseLost)
			return
		}
	}
}

func (s *Store) renew(ctx context.Context, held lease, ttl time.Duration) (ours bool, err error) {
	err = s.InTx(ctx, func(ctx context.Context, tx Tx) error {
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		changed, err := tx.Exec(ctx, `UPDATE leases SET expires_at = ? WHERE name = ? AND token = ? AND owner = ?`,
			now+ttl.Milliseconds(), held.name, held.token, held.owner)
		ours = changed == 1
		return err
	})
	return ours, err
}

// release lets others have the lease at once. If it fails, the lease expires.
func (s *Store) release(ctx context.Context, held lease) {
	_ = s.InTx(ctx, func(ctx context.Context, tx Tx) error {
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE leases SET expires_at = ? WHERE name = ? AND token = ? AND owner = ?`, now, held.name, held.token, held.owner)
		return err
	})
}
