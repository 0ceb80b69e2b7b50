package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// maxUrgent and maxOthers bound how many transactions share one commit: many of those that somebody waits for, and few
// others, since the former wait for the latter. They also let the job queue's own statements, which wait for the same
// connection, have their turn.
const (
	maxUrgent = 32
	maxOthers = 8
)

type urgentKey struct{}

// Urgent marks transactions for which somebody is waiting, such as GitHub for an answer: on SQLite they go before those
// of jobs. On Postgres nobody waits for another's transaction anyway.
func Urgent(ctx context.Context) context.Context { return context.WithValue(ctx, urgentKey{}, true) }

// groupCommit runs transactions one after the other on SQLite's one writing connection, and lets those that wait at
// the same time share one commit. A commit waits for the disk; the transactions themselves take a fraction of that, so
// that a burst of deliveries costs little more than one.
//
// Each transaction is a savepoint of the shared one and runs in its caller's goroutine. One that fails is undone
// alone. None is over before the shared commit is: a caller that was told of success is durable.
type groupCommit struct {
	db *sql.DB

	mu      sync.Mutex
	urgent  []*member // who wait, in order
	waiting []*member // who wait behind the urgent, in order
	running bool      // a goroutine serves those who wait
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
	if m.ctx.Value(urgentKey{}) != nil {
		g.urgent = append(g.urgent, m)
	} else {
		g.waiting = append(g.waiting, m)
	}
	if !g.running {
		g.running = true
		go g.serve()
	}
}

// serve runs groups until nobody waits.
func (g *groupCommit) serve() {
	for {
		group := g.next()
		if group == nil {
			return
		}
		g.together(group)
	}
}

// next takes the next group out of those who wait. When there is none, serving ends.
func (g *groupCommit) next() []*member {
	g.mu.Lock()
	defer g.mu.Unlock()
	take := func(from *[]*member, most int) (taken []*member) {
		n := min(len(*from), most)
		taken, *from = (*from)[:n], (*from)[n:]
		return taken
	}
	group := slices.Concat(take(&g.urgent, maxUrgent), take(&g.waiting, maxOthers))
	if len(group) == 0 {
		g.urgent, g.waiting, g.running = nil, nil, false
		return nil
	}
	return group
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
	g.mu.Lock()
	defer g.mu.Unlock()
	rest := group[slices.Index(group, failed)+1:]
	g.urgent = append(slices.Clone(rest), g.urgent...)
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
