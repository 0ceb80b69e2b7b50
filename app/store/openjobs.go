package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// OpenJob says what an unfinished job of the queue is about, so that it can be found without reading every job's
// arguments.
type OpenJob struct {
	ID             int64
	Kind           string
	InstallationID int64
	RepositoryID   int64
	Number         int
	Head           string
}

// AddOpenJob records a job that was just enqueued.
func (s *Store) AddOpenJob(ctx context.Context, tx Tx, j OpenJob) error {
	_, err := tx.Exec(ctx, `INSERT INTO open_jobs (job_id, kind, installation_id, repository_id, number, head_sha) VALUES (?, ?, ?, ?, ?, ?)`,
		j.ID, j.Kind, j.InstallationID, j.RepositoryID, j.Number, j.Head)
	if err != nil {
		return fmt.Errorf("record job %d: %w", j.ID, err)
	}
	return nil
}

// WakeJob notes that an open job's work was asked for once more.
func (s *Store) WakeJob(ctx context.Context, tx Tx, id int64) error {
	if _, err := tx.Exec(ctx, `UPDATE open_jobs SET wakes = wakes + 1 WHERE job_id = ?`, id); err != nil {
		return fmt.Errorf("wake job %d: %w", id, err)
	}
	return nil
}

// Wakes is how often the job's work was asked for since it was enqueued; -1 when the job is not open.
func (s *Store) Wakes(ctx context.Context, id int64) (int64, error) {
	return s.WakesTx(ctx, s.engine.reads(), id)
}

// WakesTx is Wakes within a transaction.
func (s *Store) WakesTx(ctx context.Context, tx Tx, id int64) (int64, error) {
	wakes, err := one[int64](tx.QueryRow(ctx, `SELECT wakes FROM open_jobs WHERE job_id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return -1, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read job %d: %w", id, err)
	}
	return wakes, nil
}

// CloseJob forgets a job that is finished.
func (s *Store) CloseJob(ctx context.Context, tx Tx, id int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM open_jobs WHERE job_id = ?`, id); err != nil {
		return fmt.Errorf("forget job %d: %w", id, err)
	}
	return nil
}

// OlderJobs are the open jobs of a kind about one pull request at another head.
func (s *Store) OlderJobs(ctx context.Context, tx Tx, kind string, repositoryID int64, number int, head string) ([]OpenJob, error) {
	return openJobs(ctx, tx, `WHERE kind = ? AND repository_id = ? AND number = ? AND head_sha <> ? ORDER BY job_id`, kind, repositoryID, number, head)
}

// RepositoryJobs are the open jobs about one repository.
func (s *Store) RepositoryJobs(ctx context.Context, tx Tx, repositoryID int64) ([]OpenJob, error) {
	return openJobs(ctx, tx, `WHERE repository_id = ? ORDER BY job_id`, repositoryID)
}

func openJobs(ctx context.Context, tx Tx, where string, args ...any) ([]OpenJob, error) {
	rows, err := tx.Query(ctx, `SELECT job_id, kind, installation_id, repository_id, number, head_sha FROM open_jobs `+where, args...)
	all, err := collect(rows, err, func(row Row) (j OpenJob, err error) {
		err = row.Scan(&j.ID, &j.Kind, &j.InstallationID, &j.RepositoryID, &j.Number, &j.Head)
		return j, err
	})
	if err != nil {
		return nil, fmt.Errorf("list open jobs: %w", err)
	}
	return all, nil
}
