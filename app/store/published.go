package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Published is what was last written to GitHub under a name on a commit, so that it is found again and not written
// twice.
type Published struct {
	RepositoryID int64
	SHA          string
	Name         string // of the check run
	CheckRunID   int64
	Digest       string // of what was written
}

// SavePublished remembers p.
func (s *Store) SavePublished(ctx context.Context, p Published) error {
	return s.InTx(ctx, func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO published (repository_id, sha, name, check_run_id, digest, written_at) VALUES (?, ?, ?, ?, ?, `+s.stamp()+`)
			ON CONFLICT (repository_id, sha, name)
			DO UPDATE SET check_run_id = excluded.check_run_id, digest = excluded.digest, written_at = excluded.written_at`,
			p.RepositoryID, p.SHA, p.Name, p.CheckRunID, p.Digest)
		if err != nil {
			return s.aboutRepository(err, p.RepositoryID, "remember what was published on %s", p.SHA)
		}
		return nil
	})
}

// Published returns what was last written under the name, and whether anything was.
func (s *Store) Published(ctx context.Context, repositoryID int64, sha, name string) (Published, bool, error) {
	p := Published{RepositoryID: repositoryID, SHA: sha, Name: name}
	err := s.engine.reads().QueryRow(ctx, `SELECT check_run_id, digest FROM published WHERE repository_id = ? AND sha = ? AND name = ?`,
		repositoryID, sha, name).Scan(&p.CheckRunID, &p.Digest)
	if errors.Is(err, sql.ErrNoRows) {
		return Published{}, false, nil
	}
	if err != nil {
		return Published{}, false, fmt.Errorf("read what was published on %s: %w", sha, err)
	}
	return p, true, nil
}

// PublishedOn is all that was written on a commit, by name.
func (s *Store) PublishedOn(ctx context.Context, repositoryID int64, sha string) ([]Published, error) {
	rows, err := s.engine.reads().Query(ctx, `SELECT name, check_run_id, digest FROM published WHERE repository_id = ? AND sha = ? ORDER BY name`, repositoryID, sha)
	all, err := collect(rows, err, func(row Row) (Published, error) {
		p := Published{RepositoryID: repositoryID, SHA: sha}
		err := row.Scan(&p.Name, &p.CheckRunID, &p.Digest)
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what was published on %s: %w", sha, err)
	}
	return all, nil
}
