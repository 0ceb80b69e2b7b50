package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// SQLSTATE codes, from appendix A of the Postgres manual.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	foreignKeyViolation  = "23503"
)

type postgresEngine struct {
	pool *pgxpool.Pool
}

func openPostgres(ctx context.Context, dsn string) (*postgresEngine, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err) // pgx leaves the password out
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return &postgresEngine{pool: pool}, nil
}

func (e *postgresEngine) run(ctx context.Context, work func(ctx context.Context, tx Tx) error) error {
	tx, err := e.pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("begin a transaction: %w", err)
	}
	// Does nothing after a commit. Its own context, since a cancelled one would cost the connection.
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if err := work(ctx, postgresTx{pgConn{tx}, tx}); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func (e *postgresEngine) reads() Tx { return pgConn{e.pool} }
func (e *postgresEngine) clock() string {
	return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
}
func (e *postgresEngine) lockRow() string                { return " FOR UPDATE" }
func (e *postgresEngine) ping(ctx context.Context) error { return e.pool.Ping(ctx) }

func (e *postgresEngine) close() error {
	e.pool.Close()
	return nil
}

func (e *postgresEngine) transient(err error) bool {
	code := sqlState(err)
	return code == serializationFailure || code == deadlockDetected
}

func (e *postgresEngine) foreignKey(err error) bool { return sqlState(err) == foreignKeyViolation }

func sqlState(err error) string {
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		return failure.Code
	}
	return ""
}

// Postgres is the connection pool, or nil on SQLite.
func (s *Store) Postgres() *pgxpool.Pool {
	if e, ok := s.engine.(*postgresEngine); ok {
		return e.pool
	}
	return nil
}

// PostgresTx is the transaction behind tx when that is one of Postgres.
func PostgresTx(tx Tx) (pgx.Tx, bool) {
	t, ok := tx.(postgresTx)
	return t.tx, ok
}

type postgresTx struct {
	pgConn
	tx pgx.Tx
}

// pgConn lets pgx's pool and Tx be used as a Tx.
type pgConn struct {
	on interface {
		Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
		Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
		QueryRow(ctx context.Context, query string, args ...any) pgx.Row
	}
}

func (c pgConn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := c.on.Exec(ctx, numbered(query), args...)
	return tag.RowsAffected(), err
}

func (c pgConn) Query(ctx context.Context, query string, args ...any) (Rows, error) {
	rows, err := c.on.Query(ctx, numbered(query), args...)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func (c pgConn) QueryRow(ctx context.Context, query string, args ...any) Row {
	return c.on.QueryRow(ctx, numbered(query), args...)
}

// numbered replaces each "?" by "$1", "$2", … as Postgres wants it. A "?" in a quoted string stays.
func numbered(query string) string {
	if !strings.Contains(query, "?") {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 16)
	quoted, n := false, 0
	for i := range len(query) {
		switch c := query[i]; {
		case c == '?' && !quoted:
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
		default:
			quoted = quoted != (c == '\'')
			b.WriteByte(c)
		}
	}
	return b.String()
}
