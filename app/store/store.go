// Package store keeps what Assay must remember: deliveries, installations, pull requests, results, leases and the
// budget of writes, in one SQLite file or in Postgres.
//
// Everything that belongs together is written in one transaction ([Store.InTx]); the job queue lives in the same
// database, so that a delivery and its job are stored together or not at all. Times are kept as Unix milliseconds and
// come from the database's clock, since the machines that share it need not agree on theirs.
package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Store is an open database. Its methods may be called from several goroutines.
type Store struct {
	engine engine
	clock  func() time.Time // nil: the database's clock
	packer *packer
}

// engine is what differs between SQLite and Postgres.
type engine interface {
	run(ctx context.Context, work func(ctx context.Context, tx Tx) error) error // in a transaction, once
	reads() Tx                                                                  // statements on their own, never inside a transaction; not for writing
	migrate(ctx context.Context) error
	clock() string             // an SQL expression: now in Unix milliseconds
	lockRow() string           // what a SELECT ends in to lock its rows until the transaction ends
	transient(err error) bool  // running the whole transaction again may help
	foreignKey(err error) bool // the row refers to one that does not exist
	ping(ctx context.Context) error
	close() error
}

// Errors that callers tell apart.
var (
	// ErrUnknownRepository is returned when something is written about a repository that was never heard of or has
	// been purged since.
	ErrUnknownRepository = errors.New("the repository is not known: it was removed from the installation, or no event has named it yet")
	// ErrTooLarge is returned for a value above its bound.
	ErrTooLarge = errors.New("too large to store")
)

// Open connects to the database that dsn names: "sqlite:PATH" or "postgres://…". A SQLite file that does not exist is
// created, readable by its owner alone. The schema is left as it is: see [Store.Migrate].
func Open(ctx context.Context, dsn string) (*Store, error) {
	scheme, rest, _ := strings.Cut(dsn, ":")
	var e engine
	var err error
	switch scheme {
	case "sqlite":
		e, err = openSQLite(ctx, rest)
	case "postgres", "postgresql":
		e, err = openPostgres(ctx, dsn)
	default:
		// The text may hold a password, so that not even a part of it is shown.
		return nil, errors.New(`open database: the address must begin with "sqlite:" (and a path) or "postgres://"`)
	}
	if err != nil {
		return nil, err
	}
	return &Store{engine: e, packer: &packer{}}, nil
}

// WithClock returns a Store on the same connections that takes the time from now instead of from the database.
func (s *Store) WithClock(now func() time.Time) *Store {
	return &Store{engine: s.engine, clock: now, packer: s.packer}
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.engine.ping(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return nil
}

// Migrate brings the schema, the job queue's included, to the version that this binary knows. Several processes may
// call it at once: one works, the others wait. A database that is already newer is refused.
func (s *Store) Migrate(ctx context.Context) error { return s.engine.migrate(ctx) }

// Close ends all connections.
func (s *Store) Close() error { return s.engine.close() }

// Now is the time by which everything stored is dated.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	ms, err := s.now(ctx, s.engine.reads())
	return fromMillis(ms), err
}

// now is the time in Unix milliseconds.
func (s *Store) now(ctx context.Context, tx Tx) (int64, error) {
	if s.clock != nil {
		return s.clock().UnixMilli(), nil
	}
	var ms int64
	if err := tx.QueryRow(ctx, "SELECT "+s.engine.clock()).Scan(&ms); err != nil {
		return 0, fmt.Errorf("read the database's clock: %w", err)
	}
	return ms, nil
}

// stamp is an SQL expression for the same, for statements that need no copy of it.
func (s *Store) stamp() string {
	if s.clock != nil {
		return strconv.FormatInt(s.clock().UnixMilli(), 10)
	}
	return s.engine.clock()
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Reads runs statements that only read, each on its own. On SQLite they never wait for a writer.
func (s *Store) Reads() Tx { return s.engine.reads() }
