package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/assay-app/assay/app/store"
)

// errSilent ends the jobs of a process that could not say that it lives for so long that others take it for dead and
// have its jobs.
var errSilent = errors.New("this process could not reach the database for so long that others have taken over its jobs")

// life is the time during which this process is known to be alive. Jobs end with it.
type life struct {
	mu     sync.Mutex
	ctx    context.Context //nolint:containedctx // it is the thing itself
	cancel context.CancelCauseFunc
}

func (l *life) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ctx, l.cancel = context.WithCancelCause(context.Background())
}

// end ends all running jobs; those begun later belong to a new life.
func (l *life) end() {
	l.mu.Lock()
	l.cancel(errSilent)
	l.mu.Unlock()
	l.begin()
}

// context returns ctx, ended also with this life.
func (l *life) context(ctx context.Context) (context.Context, context.CancelFunc) {
	l.mu.Lock()
	mine := l.ctx
	l.mu.Unlock()
	inner, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(mine, func() { cancel(context.Cause(mine)) })
	return inner, func() { stop(); cancel(nil) }
}

// beat says again and again that this process lives.
func (q *Queue) beat(ctx context.Context) {
	last := time.Now()
	for pause(ctx, q.options.Beat) {
		attempt, cancel := context.WithTimeout(ctx, q.options.DeadAfter)
		silence, err := q.store.Beat(attempt, q.id)
		cancel()
		if err != nil && ctx.Err() == nil {
			q.log.Warn("cannot say that this process lives", "error", err)
		}
		if silence > q.options.DeadAfter || time.Since(last) > q.options.DeadAfter {
			q.log.Error("ending all jobs of this process", "reason", errSilent)
			q.life.end()
			last = time.Now()
		}
		if err == nil {
			last = time.Now()
		}
	}
}

// reconcile repairs, again and again and whenever a job of this process has ended badly, what died halfway.
func (q *Queue) reconcile(ctx context.Context, ended <-chan *river.Event) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-ended:
			if !open {
				ended = nil // River is stopping
			}
		case <-timer.C:
			if err := q.takeOver(ctx); err != nil && ctx.Err() == nil {
				q.log.Warn("cannot look for jobs of dead processes", "error", err)
			}
			timer.Reset(q.options.Beat/2 + rand.N(q.options.Beat))
		}
		if err := q.sweep(ctx); err != nil && ctx.Err() == nil {
			q.log.Warn("cannot close ended jobs", "error", err)
		}
	}
}

// maxTakeOver bounds how many running jobs are looked at in one round.
const maxTakeOver = 1000

// takeOver makes the running jobs of dead processes run again. The attempt counts: a job that kills its process must
// not do so for ever.
func (q *Queue) takeOver(ctx context.Context) error {
	running, err := q.river.list(ctx, river.NewJobListParams().States(rivertype.JobStateRunning).First(maxTakeOver))
	if err != nil {
		return fmt.Errorf("list running jobs: %w", err)
	}
	if len(running) == 0 {
		return nil
	}
	// After the list: a process that began a job since had given a sign of life before.
	alive, err := q.store.Alive(ctx, q.options.DeadAfter)
	if err != nil {
		return err
	}
	for _, row := range running {
		if len(row.AttemptedBy) == 0 || row.AttemptedAt == nil {
			continue
		}
		process := row.AttemptedBy[len(row.AttemptedBy)-1]
		if alive[process] {
			continue
		}
		if err := q.rescue(ctx, row, process); err != nil {
			return fmt.Errorf("take over job %d: %w", row.ID, err)
		}
		q.log.Warn("took over a job of a dead process", "job", row.ID, "kind", row.Kind, "process", process, "attempt", row.Attempt)
	}
	return nil
}

func (q *Queue) rescue(ctx context.Context, row *rivertype.JobRow, process string) error {
	now := time.Now()
	note, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: row.Attempt, Error: "the process " + process + " died during this attempt"})
	if err != nil {
		return err
	}
	state, final := rivertype.JobStateAvailable, (*time.Time)(nil)
	switch {
	case cancelRequested(row):
		state, final = rivertype.JobStateCancelled, &now
	case row.Attempt >= row.MaxAttempts:
		state, final = rivertype.JobStateDiscarded, &now
	}
	return q.river.rescue(ctx, &riverdriver.JobRescueManyParams{
		ID: []int64{row.ID}, Error: [][]byte{note}, FinalizedAt: []*time.Time{final},
		ScheduledAt: []time.Time{now}, State: []string{string(state)},
		// Only this attempt: if another process has begun the next one meanwhile, nothing happens.
		StuckHorizon: row.AttemptedAt.Add(time.Millisecond),
	})
}

func cancelRequested(row *rivertype.JobRow) bool {
	var metadata struct {
		At json.RawMessage `json:"cancel_attempted_at"`
	}
	return json.Unmarshal(row.Metadata, &metadata) == nil && metadata.At != nil
}

// sweepBatch bounds how many ended jobs are closed in one round.
const sweepBatch = 500

// sweep closes the jobs that River ended by itself: failed for good, cancelled while running, or removed.
func (q *Queue) sweep(ctx context.Context) error {
	ids, err := endedJobs(ctx, q.store.Reads())
	if err != nil {
		return err
	}
	for _, id := range ids {
		row, err := q.river.get(ctx, id)
		if errors.Is(err, rivertype.ErrNotFound) {
			row, err = &rivertype.JobRow{ID: id, State: rivertype.JobStateCancelled}, nil
		}
		if err == nil {
			err = q.conclude(ctx, row)
		}
		if err == nil {
			err = q.store.InTx(ctx, func(ctx context.Context, tx store.Tx) error { return q.close(ctx, tx, row) })
		}
		if err != nil && ctx.Err() == nil {
			q.log.Warn("cannot close an ended job; will try again", "job", id, "error", err)
		}
	}
	return nil
}

// conclude tells whoever wants to know that a review was given up. It comes before the job is closed, so that it is
// done again when the process dies in between.
func (q *Queue) conclude(ctx context.Context, row *rivertype.JobRow) error {
	if q.gaveUp == nil || row.State != rivertype.JobStateDiscarded {
		return nil
	}
	job, err := decode(row)
	if err != nil {
		return err
	}
	review, ok := job.(Analyse)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, endTimeout)
	defer cancel()
	err = q.gaveUp(ctx, review, errors.New(lastError(row)))
	if errors.Is(err, store.ErrUnknownRepository) {
		return nil // it was removed meanwhile; nothing is left to conclude
	}
	return err
}

func endedJobs(ctx context.Context, tx store.Tx) ([]int64, error) {
	rows, err := tx.Query(ctx, `
		SELECT o.job_id FROM open_jobs o LEFT JOIN river_job j ON j.id = o.job_id
		WHERE j.id IS NULL OR j.state IN ('completed', 'cancelled', 'discarded') ORDER BY o.job_id LIMIT ?`, sweepBatch)
	if err != nil {
		return nil, fmt.Errorf("list ended jobs: %w", err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("list ended jobs: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// pause waits for about d, and reports whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
