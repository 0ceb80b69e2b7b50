package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/assay-app/assay/app/store"
)

// FailedJob is a job that was given up, for an operator to see and to retry.
type FailedJob struct {
	ID       int64
	Job      Job
	Attempts int
	Error    string // of the last attempt
	FailedAt time.Time
}

// maxFailed bounds the list of failed jobs.
const maxFailed = 500

// Failed lists the jobs that were given up, the latest first.
func (q *Queue) Failed(ctx context.Context) ([]FailedJob, error) {
	rows, err := q.river.list(ctx, river.NewJobListParams().States(rivertype.JobStateDiscarded).
		OrderBy(river.JobListOrderByFinalizedAt, river.SortOrderDesc).First(maxFailed))
	if err != nil {
		return nil, fmt.Errorf("list failed jobs: %w", err)
	}
	failed := make([]FailedJob, 0, len(rows))
	for _, row := range rows {
		job, err := decode(row)
		if err != nil {
			return nil, err
		}
		f := FailedJob{ID: row.ID, Job: job, Attempts: row.Attempt, Error: lastError(row)}
		if row.FinalizedAt != nil {
			f.FailedAt = *row.FinalizedAt
		}
		failed = append(failed, f)
	}
	return failed, nil
}

// Retry runs a failed job again from its first attempt, and returns the id of the job that replaces it. The deliveries
// that it failed wait for the new one.
func (q *Queue) Retry(ctx context.Context, id int64) (int64, error) {
	row, err := q.river.get(ctx, id)
	if errors.Is(err, rivertype.ErrNotFound) {
		return 0, fmt.Errorf("retry job %d: there is no such job", id)
	}
	if err != nil {
		return 0, fmt.Errorf("retry job %d: %w", id, err)
	}
	if row.State != rivertype.JobStateDiscarded {
		return 0, fmt.Errorf("retry job %d: it is %s, not failed", id, row.State)
	}
	job, err := decode(row)
	if err != nil {
		return 0, err
	}
	var replacement int64
	err = q.store.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
		// First the old one, so that of two calls at once one finds nothing to remove and fails.
		if err := q.river.remove(ctx, tx, id); err != nil {
			return err
		}
		if replacement, err = q.EnqueueTx(ctx, tx, job); err != nil {
			return err
		}
		if err := q.store.CloseJob(ctx, tx, id); err != nil {
			return err
		}
		return q.store.MoveDeliveries(ctx, tx, id, replacement)
	})
	if err != nil {
		return 0, fmt.Errorf("retry job %d: %w", id, err)
	}
	return replacement, nil
}

func decode(row *rivertype.JobRow) (Job, error) {
	var job Job
	var err error
	switch row.Kind {
	case kindAnalyse:
		var a Analyse
		err = json.Unmarshal(row.EncodedArgs, &a)
		job = a
	case kindDecide:
		var d Decide
		err = json.Unmarshal(row.EncodedArgs, &d)
		job = d
	default:
		err = errors.New("it is of no kind that this version knows")
	}
	if err != nil {
		return nil, fmt.Errorf("read job %d (%s): %w", row.ID, row.Kind, err)
	}
	return job, nil
}

// Lane is the state of all jobs of one kind, over all processes.
type Lane struct {
	Kind    string
	Waiting int           // to be run now
	Running int           // being run
	Delayed int           // to be run later: after a failure, or snoozed
	Failed  int           // given up
	Oldest  time.Duration // how long the oldest of Waiting has waited
}

// Depth is the state of the queue, for metrics and readiness.
func (q *Queue) Depth(ctx context.Context) ([]Lane, error) {
	lanes := []Lane{{Kind: kindAnalyse}, {Kind: kindDecide}}
	for i := range lanes {
		if err := q.count(ctx, &lanes[i]); err != nil {
			return nil, fmt.Errorf("measure the job queue: %w", err)
		}
	}
	return lanes, nil
}

func (q *Queue) count(ctx context.Context, lane *Lane) error {
	rows, err := q.store.Reads().Query(ctx, `SELECT CAST(state AS TEXT), count(*) FROM river_job WHERE queue = ? GROUP BY state`, lane.Kind)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var state string
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return err
		}
		switch rivertype.JobState(state) {
		case rivertype.JobStateAvailable:
			lane.Waiting += n
		case rivertype.JobStateRunning:
			lane.Running += n
		case rivertype.JobStateDiscarded:
			lane.Failed += n
		case rivertype.JobStateRetryable, rivertype.JobStateScheduled, rivertype.JobStatePending:
			lane.Delayed += n
		}
	}
	if err := rows.Err(); err != nil || lane.Waiting == 0 {
		return err
	}
	oldest, err := q.river.list(ctx, river.NewJobListParams().Queues(lane.Kind).States(rivertype.JobStateAvailable).
		OrderBy(river.JobListOrderByScheduledAt, river.SortOrderAsc).First(1))
	if err != nil || len(oldest) == 0 {
		return err
	}
	now, err := q.store.Now(ctx)
	lane.Oldest = max(0, now.Sub(oldest[0].ScheduledAt))
	return err
}
