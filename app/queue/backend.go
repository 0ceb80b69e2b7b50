package queue

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"github.com/assay-app/assay/app/store"
)

// backend is River on one of the two databases. Its generic types end here.
type backend interface {
	start(ctx context.Context) error
	stop(ctx context.Context) error
	subscribe(kinds ...river.EventKind) (<-chan *river.Event, func())

	insert(ctx context.Context, tx store.Tx, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
	get(ctx context.Context, id int64) (*rivertype.JobRow, error)
	list(ctx context.Context, params *river.JobListParams) ([]*rivertype.JobRow, error)
	rush(ctx context.Context, tx store.Tx, id int64) error
	cancel(ctx context.Context, tx store.Tx, id int64) (*rivertype.JobRow, error)
	complete(ctx context.Context, tx store.Tx, row *rivertype.JobRow) error
	remove(ctx context.Context, tx store.Tx, id int64) error
	rescue(ctx context.Context, params *riverdriver.JobRescueManyParams) error
}

func newBackend(s *store.Store, config *river.Config) (backend, error) {
	if db := s.SQLite(); db != nil {
		return newClient(riversqlite.New(db), store.SQLiteTx, config)
	}
	return newClient(riverpgxv5.New(s.Postgres()), store.PostgresTx, config)
}

// client is a backend for a driver D, whose transactions are T.
type client[D riverdriver.Driver[T], T any] struct {
	river  *river.Client[T]
	unwrap func(store.Tx) (T, bool)
}

func newClient[D riverdriver.Driver[T], T any](driver D, unwrap func(store.Tx) (T, bool), config *river.Config) (backend, error) {
	c, err := river.NewClient(riverdriver.Driver[T](driver), config)
	if err != nil {
		return nil, fmt.Errorf("set up the job queue: %w", err)
	}
	return &client[D, T]{river: c, unwrap: unwrap}, nil
}

func (c *client[D, T]) start(ctx context.Context) error { return c.river.Start(ctx) }
func (c *client[D, T]) stop(ctx context.Context) error  { return c.river.Stop(ctx) }

func (c *client[D, T]) subscribe(kinds ...river.EventKind) (<-chan *river.Event, func()) {
	return c.river.Subscribe(kinds...)
}

func (c *client[D, T]) insert(ctx context.Context, tx store.Tx, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error) {
	inner, err := c.inner(tx)
	if err != nil {
		return nil, err
	}
	return c.river.InsertTx(ctx, inner, args, opts)
}

func (c *client[D, T]) get(ctx context.Context, id int64) (*rivertype.JobRow, error) {
	return c.river.JobGet(ctx, id)
}

func (c *client[D, T]) list(ctx context.Context, params *river.JobListParams) ([]*rivertype.JobRow, error) {
	result, err := c.river.JobList(ctx, params)
	if err != nil {
		return nil, err
	}
	return result.Jobs, nil
}

// rush makes a job that waits for its next attempt run now.
func (c *client[D, T]) rush(ctx context.Context, tx store.Tx, id int64) error {
	inner, err := c.inner(tx)
	if err != nil {
		return err
	}
	_, err = c.river.JobRetryTx(ctx, inner, id)
	return err
}

func (c *client[D, T]) cancel(ctx context.Context, tx store.Tx, id int64) (*rivertype.JobRow, error) {
	inner, err := c.inner(tx)
	if err != nil {
		return nil, err
	}
	return c.river.JobCancelTx(ctx, inner, id)
}

// anyArgs stands for the arguments of a job of any kind, where they do not matter.
type anyArgs struct{}

func (anyArgs) Kind() string { return "any" }

// complete marks the job completed in tx. ctx must come from the job's worker.
func (c *client[D, T]) complete(ctx context.Context, tx store.Tx, row *rivertype.JobRow) error {
	inner, err := c.inner(tx)
	if err != nil {
		return err
	}
	_, err = river.JobCompleteTx[D](ctx, inner, &river.Job[anyArgs]{JobRow: row})
	return err
}

func (c *client[D, T]) remove(ctx context.Context, tx store.Tx, id int64) error {
	inner, err := c.inner(tx)
	if err != nil {
		return err
	}
	_, err = c.river.JobDeleteTx(ctx, inner, id)
	return err
}

func (c *client[D, T]) rescue(ctx context.Context, params *riverdriver.JobRescueManyParams) error {
	_, err := c.river.Driver().GetExecutor().JobRescueMany(ctx, params)
	return err
}

func (c *client[D, T]) inner(tx store.Tx) (T, error) {
	inner, ok := c.unwrap(tx)
	if !ok {
		return inner, errors.New("this transaction belongs to another database than the job queue")
	}
	return inner, nil
}
