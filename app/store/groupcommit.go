package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// maxGroup bounds how many transactions share one commit, so that the job queue's own statements, which wait for the
// same connection, have their turn.
const maxGroup = 64

// groupCommit runs transactions one after the other on SQLite's one writing connection, and lets those that wait at
// the same time share one commit. A commit waits for the disk; the transactions themselves take a fraction of that, so
// that a burst of deliveries costs little more than one.
//
// Each transaction is a savepoint of the shared one and runs in its caller's goroutine. One that fails is undone
// alone. None is over before the shared commit is: a caller that was told of success is durable.
type groupCommit struct {
	db *sql.DB

	mu      sync.Mutex
	waiting []*member
	running bool // a goroutine serves those who wait
}

// member is one transaction that waits for its turn.
type member struct {
	ctx  context.Context //nolint:containedctx // read by the goroutine that serves, to skip who has left
	turn chan *sql.Tx    // given to the caller, to work with
	done chan bool       // given back: whether the work succeeded
	over chan error      // the outcome of the shared transaction
}

// errUndone is the outcome for a member whose work succeeded, in a transaction that another member's failure took down
// with it. It runs again.
var errUndone = errors.New("undone together with another transaction that failed")

// run runs work in a transaction. The context that work gets cannot be cancelled: SQLite answers the interruption of a
// statement by undoing everything, the work of others included.
func (g *groupCommit) run(ctx context.Context, work func(ctx context.Context, tx Tx) error) error {
	m := &member{ctx: ctx, turn: make(chan *sql.Tx), done: make(chan bool), over: make(chan error, 1)}
	g.enter(m)
	var tx *sql.Tx
	select {
	case tx = <-m.turn:
	case err := <-m.over: // the transaction could not even begin
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := m.work(ctx, tx, work); err != nil {
		return err
	}
	return <-m.over
}

// work hands the turn back however it ends, by a panic too.
func (m *member) work(ctx context.Context, tx *sql.Tx, work func(ctx context.Context, tx Tx) error) error {
	succeeded := false
	defer func() { m.done <- succeeded }()
	err := work(context.WithoutCancel(ctx), sqliteTx{sqlConn{tx}, tx})
	succeeded = err == nil
	return err
}

func (g *groupCommit) enter(m *member) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, m)
	if !g.running {
		g.running = true
		go g.serve()
	}
}

// serve runs groups until nobody waits.
func (g *groupCommit) serve() {
	for {
		g.mu.Lock()
		n := min(len(g.waiting), maxGroup)
		group := g.waiting[:n:n]
		g.waiting = g.waiting[n:]
		if n == 0 {
			g.waiting, g.running = nil, false
			g.mu.Unlock()
			return
		}
		g.mu.Unlock()
		g.together(group)
	}
}

// together runs one group, and tells each member that succeeded what came of it.
func (g *groupCommit) together(group []*member) {
	// Nobody's context: the transaction belongs to all.
	tx, err := g.db.BeginTx(context.Background(), nil)
	if err != nil {
		for _, m := range group {
			m.over <- err
		}
		return
	}
	var succeeded []*member
	for _, m := range group {
		ok, err := turn(tx, m)
		if err != nil { // the failure took everything down, not only its own savepoint
			_ = tx.Rollback()
			for _, other := range succeeded {
				other.over <- errUndone
			}
			succeeded = nil
			g.requeue(group, m)
			return
		}
		if ok {
			succeeded = append(succeeded, m)
		}
	}
	err = tx.Commit()
	if err != nil {
		_ = tx.Rollback()
		err = fmt.Errorf("commit: %w", err)
	}
	for _, m := range succeeded {
		m.over <- err
	}
}

// requeue puts those who had no turn yet, after the one who failed, in front of those who wait.
func (g *groupCommit) requeue(group []*member, failed *member) {
	for i, m := range group {
		if m == failed {
			g.mu.Lock()
			g.waiting = append(group[i+1:len(group):len(group)], g.waiting...)
			g.mu.Unlock()
			return
		}
	}
}

// turn lets one member work. It reports whether that succeeded; an error means that the whole transaction is lost.
func turn(tx *sql.Tx, m *member) (bool, error) {
	background := context.Background()
	if _, err := tx.ExecContext(background, "SAVEPOINT member"); err != nil {
		m.over <- err
		return false, err
	}
	select {
	case m.turn <- tx:
	case <-m.ctx.Done(): // has left; the savepoint stays empty
		_, err := tx.ExecContext(background, "RELEASE member")
		return false, err
	}
	ok := <-m.done
	if !ok {
		if _, err := tx.ExecContext(background, "ROLLBACK TO member"); err != nil {
			return false, err
		}
	}
	if _, err := tx.ExecContext(background, "RELEASE member"); err != nil {
		if ok {
			m.over <- err
		}
		return false, err
	}
	return ok, nil
}
