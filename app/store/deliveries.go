package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// DeliveryState is what became of a delivery.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryQueued    DeliveryState = "queued"    // a job of it is not finished
	DeliverySucceeded DeliveryState = "succeeded" // all its jobs are done, or it needed none
	DeliveryFailed    DeliveryState = "failed"    // a job of it was given up
	DeliveryIgnored   DeliveryState = "ignored"   // its jobs were cancelled, since a newer event made them pointless
)

// Delivery is one webhook delivery that was accepted. Of its payload only what names the pull request is kept.
type Delivery struct {
	GUID           string // the same when GitHub delivers it again
	Event          string
	Action         string
	InstallationID int64
	RepositoryID   int64
	Number         int
	ReceivedAt     time.Time
	State          DeliveryState
	Jobs           int // how many jobs were made for it
	Attempts       int // of the job that finished last
	LastError      string
}

// MaxLastError bounds the error text kept with a delivery or failed job, in bytes: enough for a chain of wrapped
// errors, too little to fill a disk.
const MaxLastError = 4 << 10

// AcceptDelivery records d as queued, and reports whether its work is to be done: true for a new delivery and for one
// that failed before, false for one that is waiting, done or superseded. When true, the caller enqueues jobs and links
// each with [Store.LinkDelivery] in the same transaction, then calls [Store.SettleDelivery].
func (s *Store) AcceptDelivery(ctx context.Context, tx Tx, d Delivery) (bool, error) {
	changed, err := tx.Exec(ctx, `
		INSERT INTO deliveries (guid, event, action, installation_id, repository_id, number, received_at, state)
		VALUES (?, ?, ?, ?, ?, ?, `+s.stamp()+`, 'queued')
		ON CONFLICT (guid) DO UPDATE SET state = 'queued', received_at = excluded.received_at, last_error = ''
		WHERE deliveries.state = 'failed'`,
		d.GUID, d.Event, d.Action, d.InstallationID, d.RepositoryID, d.Number)
	if err != nil {
		return false, fmt.Errorf("record delivery %s: %w", d.GUID, err)
	}
	if changed == 0 {
		return false, nil
	}
	// What failed before no longer counts.
	if _, err := tx.Exec(ctx, `DELETE FROM delivery_jobs WHERE guid = ?`, d.GUID); err != nil {
		return false, fmt.Errorf("record delivery %s: %w", d.GUID, err)
	}
	return true, nil
}

// LinkDelivery notes that the delivery is done when the job is. Linking twice is harmless.
func (s *Store) LinkDelivery(ctx context.Context, tx Tx, guid string, jobID int64) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO delivery_jobs (guid, job_id, state) VALUES (?, ?, 'queued')
		ON CONFLICT (guid, job_id) DO NOTHING`, guid, jobID)
	if err != nil {
		return fmt.Errorf("link delivery %s to job %d: %w", guid, jobID, err)
	}
	return nil
}

// SettleDelivery marks a delivery that needed no job as succeeded.
func (s *Store) SettleDelivery(ctx context.Context, tx Tx, guid string) error {
	_, err := tx.Exec(ctx, `
		UPDATE deliveries SET state = 'succeeded'
		WHERE guid = ? AND NOT EXISTS (SELECT 1 FROM delivery_jobs j WHERE j.guid = deliveries.guid AND j.state = 'queued')`, guid)
	if err != nil {
		return fmt.Errorf("settle delivery %s: %w", guid, err)
	}
	return nil
}

// FinishJob records how the job ended for all deliveries that wait for it. A delivery with several jobs has failed when
// one failed, is queued while one is open, and is ignored when none succeeded.
func (s *Store) FinishJob(ctx context.Context, tx Tx, jobID int64, state DeliveryState, attempts int, lastError string) error {
	linked, err := tx.Exec(ctx, `UPDATE delivery_jobs SET state = ? WHERE job_id = ? AND state = 'queued'`, state, jobID)
	if err == nil && linked > 0 {
		_, err = tx.Exec(ctx, `
			UPDATE deliveries SET attempts = ?, last_error = ?, state = CASE
				WHEN EXISTS (SELECT 1 FROM delivery_jobs j WHERE j.guid = deliveries.guid AND j.state = 'failed')    THEN 'failed'
				WHEN EXISTS (SELECT 1 FROM delivery_jobs j WHERE j.guid = deliveries.guid AND j.state = 'queued')    THEN 'queued'
				WHEN EXISTS (SELECT 1 FROM delivery_jobs j WHERE j.guid = deliveries.guid AND j.state = 'succeeded') THEN 'succeeded'
				ELSE 'ignored' END
			WHERE guid IN (SELECT guid FROM delivery_jobs WHERE job_id = ?)`,
			attempts, Truncate(lastError, MaxLastError), jobID)
	}
	if err != nil {
		return fmt.Errorf("record the end of job %d: %w", jobID, err)
	}
	return nil
}

// MoveDeliveries makes all deliveries that the old job failed wait for the new one.
func (s *Store) MoveDeliveries(ctx context.Context, tx Tx, oldJob, newJob int64) error {
	_, err := tx.Exec(ctx, `UPDATE deliveries SET state = 'queued', last_error = '' WHERE guid IN (SELECT guid FROM delivery_jobs WHERE job_id = ?)`, oldJob)
	if err == nil {
		_, err = tx.Exec(ctx, `
			INSERT INTO delivery_jobs (guid, job_id, state)
			SELECT guid, CAST(? AS BIGINT), 'queued' FROM delivery_jobs WHERE job_id = ?
			ON CONFLICT (guid, job_id) DO NOTHING`, newJob, oldJob)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM delivery_jobs WHERE job_id = ?`, oldJob)
	}
	if err != nil {
		return fmt.Errorf("move deliveries from job %d to %d: %w", oldJob, newJob, err)
	}
	return nil
}

const deliveryColumns = `d.guid, d.event, d.action, d.installation_id, d.repository_id, d.number, d.received_at, d.state,
	(SELECT count(*) FROM delivery_jobs j WHERE j.guid = d.guid), d.attempts, d.last_error`

// Delivery returns what is known of a delivery, and whether it is known.
func (s *Store) Delivery(ctx context.Context, guid string) (Delivery, bool, error) {
	d, err := scanDelivery(s.engine.reads().QueryRow(ctx, `SELECT `+deliveryColumns+` FROM deliveries d WHERE d.guid = ?`, guid))
	if errors.Is(err, sql.ErrNoRows) {
		return Delivery{}, false, nil
	}
	if err != nil {
		return Delivery{}, false, fmt.Errorf("read delivery %s: %w", guid, err)
	}
	return d, true, nil
}

// LastDeliveries returns the newest deliveries, newest first.
func (s *Store) LastDeliveries(ctx context.Context, limit int) ([]Delivery, error) {
	rows, err := s.engine.reads().Query(ctx, `SELECT `+deliveryColumns+` FROM deliveries d ORDER BY d.received_at DESC, d.guid LIMIT ?`, limit)
	all, err := collect(rows, err, scanDelivery)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return all, nil
}

func scanDelivery(row Row) (Delivery, error) {
	var d Delivery
	var received int64
	err := row.Scan(&d.GUID, &d.Event, &d.Action, &d.InstallationID, &d.RepositoryID, &d.Number, &received, &d.State,
		&d.Jobs, &d.Attempts, &d.LastError)
	d.ReceivedAt = fromMillis(received)
	return d, err
}

// Truncate cuts text to at most limit bytes, at the start of a character, and says that it did.
func Truncate(text string, limit int) string {
	const mark = " …(cut)"
	if len(text) <= limit {
		return text
	}
	end := limit - len(mark)
	for end > 0 && text[end]&0xc0 == 0x80 {
		end--
	}
	return text[:end] + mark
}
