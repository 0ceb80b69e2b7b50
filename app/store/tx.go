package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Tx is a transaction on either engine. Parameters are written "?" on both.
type Tx interface {
	Exec(ctx context.Context, query string, args ...any) (affected int64, err error)
	Query(ctx context.Context, query string, args ...any) (Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) Row
}

// Row is the one row of an answer. Scan returns an error that is [database/sql.ErrNoRows] when there is none.
type Row interface {
	Scan(dest ...any) error
}

// Rows is an answer read row by row. Close may be called more than once.
type Rows interface {
	Row
	Next() bool
	Err() error
	Close()
}

// maxTxAttempts bounds how often a transaction is run when the database asks for it to be run again. Each attempt on
// SQLite has already waited busyTimeout for the lock.
const maxTxAttempts = 6

type inTxKey struct{ engine engine }

// InTx runs work in a transaction: committed when work returns nil, rolled back otherwise. When the engine reports a
// conflict with another transaction, all of work runs again, so that it must do nothing but use tx. It must be short:
// on SQLite there is one writer.
//
// A transaction inside another would wait for itself; that is refused.
func (s *Store) InTx(ctx context.Context, work func(ctx context.Context, tx Tx) error) error {
	if ctx.Value(inTxKey{s.engine}) != nil {
		return errors.New("begin a transaction: one is already open in this context; pass its Tx on")
	}
	inner := context.WithValue(ctx, inTxKey{s.engine}, true)
	var err error
	for attempt := range maxTxAttempts {
		if attempt > 0 {
			if wait(ctx, time.Duration(attempt*attempt)*(5*time.Millisecond+rand.N(5*time.Millisecond))) != nil {
				return err
			}
		}
		err = s.engine.run(inner, work)
		if err == nil || !s.engine.transient(err) {
			return err
		}
	}
	return fmt.Errorf("given up after %d attempts: %w", maxTxAttempts, err)
}

// wait sleeps for d or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// collect reads all rows with scan, which reads one.
func collect[T any](rows Rows, err error, scan func(Row) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// one scans a single column.
func one[T any](row Row) (T, error) {
	var v T
	err := row.Scan(&v)
	return v, err
}
