package store

import (
	"context"
	"fmt"
	"time"
)

// Beat says that the process with this id is alive.
func (s *Store) Beat(ctx context.Context, id string) error {
	return s.InTx(ctx, func(ctx context.Context, tx Tx) error {
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO processes (id, started_at, seen_at) VALUES (?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`, id, now, now)
		if err != nil {
			return fmt.Errorf("record that process %s is alive: %w", id, err)
		}
		return nil
	})
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
