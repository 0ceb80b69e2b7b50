package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// busyTimeout is how long SQLite waits for another process's lock before it gives up. Within a process nobody waits
// for a lock, since there is one writing connection.
const busyTimeout = 5 * time.Second

// readConnections bounds how many queries read at once; in WAL mode they neither wait for the writer nor hinder it.
const readConnections = 4

// sqliteEngine writes through one connection, which takes the write lock when a transaction begins: a transaction
// that read first and wanted to write later could only fail. Reads have connections of their own.
type sqliteEngine struct {
	path   string
	writer *sql.DB
	reader *sql.DB
	group  groupCommit
}

func openSQLite(ctx context.Context, path string) (*sqliteEngine, error) {
	if path == "" || path == ":memory:" {
		return nil, errors.New(`open database: "sqlite:" must be followed by the path of a file`)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	// SQLite would create it readable by all, and gives its journal files the same mode.
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}

	e := &sqliteEngine{path: path}
	writer, err := newStatementCache(sqliteAddress(path, "immediate"))
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	reader, err := newStatementCache(sqliteAddress(path, "deferred", "query_only(1)"))
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	e.writer, e.reader = sql.OpenDB(writer), sql.OpenDB(reader)
	e.writer.SetMaxOpenConns(1)
	e.group.db = e.writer
	e.reader.SetMaxOpenConns(readConnections)
	e.reader.SetMaxIdleConns(readConnections)
	if err := e.ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, err), e.close())
	}
	return e, nil
}

// sqliteAddress asks for durability over speed: with synchronous=FULL a delivery that was acknowledged survives a
// power cut.
func sqliteAddress(path, lock string, pragmas ...string) string {
	query := url.Values{"_txlock": {lock}, "_pragma": append([]string{
		fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(1)",
	}, pragmas...)}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}

func (e *sqliteEngine) run(ctx context.Context, work func(ctx context.Context, tx Tx) error) error {
	return e.group.run(ctx, work)
}

func (e *sqliteEngine) reads() Tx       { return sqlConn{e.reader} }
func (e *sqliteEngine) clock() string   { return "CAST(unixepoch('subsec') * 1000 AS INTEGER)" }
func (e *sqliteEngine) lockRow() string { return "" } // the whole database is locked
func (e *sqliteEngine) ping(ctx context.Context) error {
	return errors.Join(e.writer.PingContext(ctx), e.reader.PingContext(ctx))
}
func (e *sqliteEngine) close() error { return errors.Join(e.reader.Close(), e.writer.Close()) }

func (e *sqliteEngine) transient(err error) bool {
	var failure *sqlite.Error
	return errors.Is(err, errUndone) || errors.As(err, &failure) && failure.Code()&0xff == sqlite3.SQLITE_BUSY
}

func (e *sqliteEngine) foreignKey(err error) bool {
	var failure *sqlite.Error
	return errors.As(err, &failure) && failure.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
}

// SQLite is the writing connection pool, of one connection, or nil on Postgres.
func (s *Store) SQLite() *sql.DB {
	if e, ok := s.engine.(*sqliteEngine); ok {
		return e.writer
	}
	return nil
}

// SQLiteTx is the transaction behind tx when that is one of SQLite.
func SQLiteTx(tx Tx) (*sql.Tx, bool) {
	t, ok := tx.(sqliteTx)
	return t.tx, ok
}

type sqliteTx struct {
	sqlConn
	tx *sql.Tx
}

// sqlConn lets database/sql's DB and Tx be used as a Tx.
type sqlConn struct {
	on interface {
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
		QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	}
}

func (c sqlConn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := c.on.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (c sqlConn) Query(ctx context.Context, query string, args ...any) (Rows, error) {
	rows, err := c.on.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return sqlRows{rows}, nil
}

func (c sqlConn) QueryRow(ctx context.Context, query string, args ...any) Row {
	return c.on.QueryRowContext(ctx, query, args...)
}

type sqlRows struct{ *sql.Rows }

func (r sqlRows) Close() { _ = r.Rows.Close() } // Err has already told what went wrong
