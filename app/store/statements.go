package store

import (
	"context"
	"database/sql/driver"
	"fmt"

	"modernc.org/sqlite"
)

// maxStatements bounds how many prepared statements a connection keeps. The store and the queue together use about a
// hundred texts; what comes after that many is prepared each time.
const maxStatements = 256

// statementCache is a connector whose connections prepare each statement once. SQLite spends more time on reading a
// short statement than on running it, and a webhook runs a dozen, some of them the job queue's, which prepares none.
type statementCache struct{ driver.Connector }

func newStatementCache(dsn string) (driver.Connector, error) {
	connector, err := sqlite.NewConnector(dsn)
	return statementCache{connector}, err
}

func (c statementCache) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	full, ok := conn.(sqliteConn)
	if !ok {
		return nil, fmt.Errorf("a connection to SQLite is a %T, which lacks methods that this program needs", conn)
	}
	return &cachingConn{sqliteConn: full, statements: map[string]*statement{}}, nil
}

// sqliteConn is what a connection of modernc.org/sqlite offers to database/sql, all of which passes through.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type cachingConn struct {
	sqliteConn
	statements map[string]*statement
}

type statement struct {
	driver.Stmt
	busy bool // an answer of it is still being read
}

// prepared returns the prepared statement, or nil when it cannot be used now. A connection is used by one goroutine at
// a time.
func (c *cachingConn) prepared(ctx context.Context, query string) (*statement, error) {
	if s, ok := c.statements[query]; ok {
		if s.busy {
			return nil, nil
		}
		return s, nil
	}
	if len(c.statements) >= maxStatements {
		return nil, nil
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s := &statement{Stmt: prepared}
	c.statements[query] = s
	return s, nil
}

func (c *cachingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		return c.sqliteConn.ExecContext(ctx, query, args) // a script, perhaps, or a pragma
	}
	s, err := c.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (c *cachingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &cachedRows{Rows: rows, of: s}, nil
}

func (c *cachingConn) Close() error {
	var first error
	for _, s := range c.statements {
		if err := s.Close(); err != nil && first == nil {
			first = err
		}
	}
	if err := c.sqliteConn.Close(); err != nil {
		return err
	}
	return first
}

type cachedRows struct {
	driver.Rows
	of *statement
}

func (r *cachedRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}
