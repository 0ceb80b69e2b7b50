package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Beat says that the process with this id is alive, and returns for how long it had said nothing, by the database's
// clock: a machine that was suspended does not notice by its own.
func (s *Store) Beat(ctx context.Context, id string) (silence time.Duration, err error) {
	err = s.InTx(ctx, func(ctx context.Context, tx Tx) error {
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		seen, err := one[int64](tx.QueryRow(ctx, `SELECT seen_at FROM processes WHERE id = ?`, id))
		if errors.Is(err, sql.ErrNoRows) {
			_, err = tx.Exec(ctx, `INSERT INTO processes (id, started_at, seen_at) VALUES (?, ?, ?)`, id, now, now)
			return err
		}
		if err != nil {
			return err
		}
		silence = time.Duration(now-seen) * time.Millisecond
		_, err = tx.Exec(ctx, `UPDATE processes SET seen_at = ? WHERE id = ?`, now, id)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("record that process %s is alive: %w", id, err)
	}
	return silence, nil
}

// Leave forgets a process that has ended in good order.
func (s *Store) Leave(ctx context.Context, id string) error {
	return s.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM processes WHERE id = ?`, id); err != nil {
			return fmt.Errorf("record that process %s has ended: %w", id, err)
		}
		return nil
	})
}

// Alive are the ids of the processes that gave a sign of life within the last silence.
func (s *Store) Alive(ctx context.Context, silence time.Duration) (map[string]bool, error) {
	now, err := s.now(ctx, s.engine.reads())
	if err != nil {
		return nil, err
	}
	rows, err := s.engine.reads().Query(ctx, `SELECT id FROM processes WHERE seen_at >= ?`, now-silence.Milliseconds())
	ids, err := collect(rows, err, one[string])
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	alive := make(map[string]bool, len(ids))
	for _, id := range ids {
		alive[id] = true
	}
	return alive, nil
}
