package store

import (
	"context"
	"fmt"
	"time"
)

// pruneBatch bounds how many rows one transaction deletes, so that a webhook never waits long behind it.
const pruneBatch = 500

// prunable are the tables whose rows age, what must hold for one to go, and the column that dates it. What is open
// stays whatever its age.
var prunable = []struct{ table, key, dated, also string }{
	{"deliveries", "guid", "received_at", "state <> 'queued'"},
	{"results", "repository_id, number, head_sha, target_sha, merge_base_sha, rules", "saved_at",
		"NOT EXISTS (SELECT 1 FROM pulls p WHERE p.repository_id = results.repository_id AND p.number = results.number AND p.head_sha = results.head_sha AND p.state = 'open')"},
	{"published", "repository_id, sha, name", "written_at",
		"NOT EXISTS (SELECT 1 FROM pulls p WHERE p.repository_id = published.repository_id AND p.head_sha = published.sha AND p.state = 'open')"},
	{"merge_groups", "repository_id, head_sha", "seen_at", "TRUE"},
	{"pulls", "repository_id, number", "seen_at", "state = 'closed'"},
	{"removed_installations", "id", "removed_at", "TRUE"},
	{"processes", "id", "seen_at", "TRUE"},
	{"leases", "name", "expires_at", "TRUE"},
}

// Prune deletes what has not been touched since the given time and belongs to nothing open, and returns how many rows
// went. Leases and processes go a day after their end at the earliest, so that a fencing token is not given out twice
// while anyone could remember it.
func (s *Store) Prune(ctx context.Context, olderThan time.Time) (int64, error) {
	var total int64
	for _, p := range prunable {
		before := olderThan
		if p.table == "leases" || p.table == "processes" {
			now, err := s.Now(ctx)
			if err != nil {
				return total, err
			}
			if day := now.Add(-24 * time.Hour); day.Before(before) {
				before = day
			}
		}
		query := fmt.Sprintf(`DELETE FROM %[1]s WHERE (%[2]s) IN (SELECT %[2]s FROM %[1]s WHERE %[3]s < ? AND %[4]s LIMIT %[5]d)`,
			p.table, p.key, p.dated, p.also, pruneBatch)
		for deleted := int64(pruneBatch); deleted == pruneBatch; total += deleted {
			err := s.InTx(ctx, func(ctx context.Context, tx Tx) error {
				var err error
				deleted, err = tx.Exec(ctx, query, before.UnixMilli())
				return err
			})
			if err != nil {
				return total, fmt.Errorf("prune %s: %w", p.table, err)
			}
		}
	}
	return total, nil
}
