package queue

import (
	"context"
	"errors"
	"fmt"

	"github.com/riverqueue/river/rivertype"

	"github.com/assay-app/assay/app/store"
)

// superseded is what the deliveries of a cancelled job say.
const superseded = "cancelled: a newer event made this work pointless"

// CancelOlder cancels the reviews of a pull request at any head but this one, waiting or running, and returns their
// heads: on each a check may be in progress, which nobody else will end.
func (q *Queue) CancelOlder(ctx context.Context, tx store.Tx, repositoryID int64, number int, head string) (heads []string, err error) {
	jobs, err := q.store.OlderJobs(ctx, tx, kindAnalyse, repositoryID, number, head)
	if err != nil {
		return nil, err
	}
	for _, job := range jobs {
		heads = append(heads, job.Head)
	}
	return heads, q.cancelAll(ctx, tx, jobs)
}

// CancelRepository cancels all jobs about a repository, such as one that was removed from its installation.
func (q *Queue) CancelRepository(ctx context.Context, tx store.Tx, repositoryID int64) (int, error) {
	jobs, err := q.store.RepositoryJobs(ctx, tx, repositoryID)
	if err != nil {
		return 0, err
	}
	return len(jobs), q.cancelAll(ctx, tx, jobs)
}

func (q *Queue) cancelAll(ctx context.Context, tx store.Tx, jobs []store.OpenJob) error {
	for _, job := range jobs {
		if err := q.cancel(ctx, tx, job.ID); err != nil {
			return fmt.Errorf("cancel job %d: %w", job.ID, err)
		}
	}
	return nil
}

// cancel ends a waiting job at once. A running one is told to end, by a message to its process, and is closed by the
// sweep; until then a new job like it may be stored.
func (q *Queue) cancel(ctx context.Context, tx store.Tx, id int64) error {
	row, err := q.river.cancel(ctx, tx, id)
	if errors.Is(err, rivertype.ErrNotFound) {
		return nil // the sweep closes it
	}
	if err != nil {
		return err
	}
	if row.State == rivertype.JobStateRunning {
		return disown(ctx, tx, id)
	}
	return q.close(ctx, tx, row)
}

// close records the end of a job that River has ended.
func (q *Queue) close(ctx context.Context, tx store.Tx, row *rivertype.JobRow) error {
	state, last := store.DeliveryFailed, lastError(row)
	switch row.State {
	case rivertype.JobStateCompleted:
		state, last = store.DeliverySucceeded, ""
	case rivertype.JobStateCancelled:
		state, last = store.DeliveryIgnored, superseded
	}
	if err := q.store.FinishJob(ctx, tx, row.ID, state, row.Attempt, last); err != nil {
		return err
	}
	return q.store.CloseJob(ctx, tx, row.ID)
}

func lastError(row *rivertype.JobRow) string {
	if len(row.Errors) == 0 {
		return ""
	}
	return row.Errors[len(row.Errors)-1].Error
}
