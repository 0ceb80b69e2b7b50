package queue

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/assay-app/assay/app/store"
)

// worker is how River calls the work of one kind.
type worker[J interface {
	Job
	river.JobArgs
}] struct {
	river.WorkerDefaults[J]
	q   *Queue
	run func(context.Context, J) error
}

func (w *worker[J]) Work(ctx context.Context, job *river.Job[J]) error {
	return w.q.work(ctx, job.JobRow, func(ctx context.Context) error { return w.run(ctx, job.Args) })
}

// endTimeout bounds the transaction that records how a job ended. It does not depend on the job's own time, which may
// be over.
const endTimeout = 30 * time.Second

// work runs a job and decides what becomes of it.
func (q *Queue) work(ctx context.Context, row *rivertype.JobRow, run func(context.Context) error) error {
	before, err := q.store.Wakes(ctx, row.ID)
	if err != nil {
		return err
	}
	running, cancel := q.life.context(ctx)
	err = runSafely(running, run)
	cause := context.Cause(running)
	cancel()

	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	var again snooze
	switch {
	case err == nil:
		return q.succeed(end, row, before)
	case errors.As(err, &again):
		return river.JobSnooze(again.after)
	case errors.Is(cause, rivertype.ErrJobCancelledRemotely):
		return err
	case cause != nil && q.stopping.Load(), errors.Is(cause, errSilent):
		return river.JobSnooze(0) // hand it back: the failure is ours, not the job's
	case row.Attempt >= row.MaxAttempts, errors.As(err, new(permanent)):
		return q.giveUp(end, row, before, err)
	default:
		return bounded(err)
	}
}

// runSafely turns a panic into an error.
func runSafely(ctx context.Context, run func(context.Context) error) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = fmt.Errorf("panic: %v\n%s", thrown, debug.Stack())
		}
	}()
	return run(ctx)
}

// bounded keeps a long error text out of the database.
func bounded(err error) error {
	if text := err.Error(); len(text) > store.MaxLastError {
		return errors.New(store.Truncate(text, store.MaxLastError))
	}
	return err
}

// errWoken rolls the end of a job back when its work was asked for again during the run.
var errWoken = errors.New("asked for again")

// succeed completes the job and its deliveries, unless it must run once more.
func (q *Queue) succeed(ctx context.Context, row *rivertype.JobRow, before int64) error {
	err := q.store.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := q.river.complete(ctx, tx, row); err != nil { // locks the row
			return err
		}
		if err := q.unlessWoken(ctx, tx, row.ID, before); err != nil {
			return err
		}
		if err := q.store.FinishJob(ctx, tx, row.ID, store.DeliverySucceeded, row.Attempt, ""); err != nil {
			return err
		}
		return q.store.CloseJob(ctx, tx, row.ID)
	})
	if errors.Is(err, errWoken) {
		return river.JobSnooze(0)
	}
	if err != nil {
		return fmt.Errorf("complete job %d: %w", row.ID, err)
	}
	return nil
}

// giveUp lets the job fail for good, unless it was asked for again: then it deserves one more attempt. Its deliveries
// are marked by the sweep, once River has marked the job.
func (q *Queue) giveUp(ctx context.Context, row *rivertype.JobRow, before int64, cause error) error {
	err := q.store.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := disown(ctx, tx, row.ID); err != nil { // locks the row
			return err
		}
		return q.unlessWoken(ctx, tx, row.ID, before)
	})
	if errors.Is(err, errWoken) {
		return river.JobSnooze(0)
	}
	if err != nil {
		return errors.Join(bounded(cause), err)
	}
	row.MaxAttempts = row.Attempt // River compares the two, on this very row, to tell a last failure
	return bounded(cause)
}

// disown makes a job no longer stand in the way of a new one like it.
func disown(ctx context.Context, tx store.Tx, id int64) error {
	if _, err := tx.Exec(ctx, `UPDATE river_job SET unique_key = NULL WHERE id = ?`, id); err != nil {
		return fmt.Errorf("make way for a job like %d: %w", id, err)
	}
	return nil
}

func (q *Queue) unlessWoken(ctx context.Context, tx store.Tx, id, before int64) error {
	now, err := q.store.WakesTx(ctx, tx, id)
	if err == nil && now > before {
		return errWoken
	}
	return err
}

// backoff is the pause before the next attempt: it grows by a constant factor, and varies so that jobs that failed
// together do not return together.
type backoff struct{ first time.Duration }

// backoffFactor makes the seven pauses between MaxAttempts add up to 54 minutes when the first is ten seconds.
const backoffFactor = 2.4

// NextRetry is called by River.
func (b backoff) NextRetry(row *rivertype.JobRow) time.Time {
	pause := float64(b.first) * math.Pow(backoffFactor, float64(max(row.Attempt, 1)-1))
	return time.Now().Add(time.Duration(pause * (0.8 + 0.4*rand.Float64())))
}
