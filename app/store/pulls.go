package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Pull is a pull request as it was last seen.
type Pull struct {
	RepositoryID int64
	Number       int
	Head         string // commit SHA
	BaseRef      string // branch, without refs/heads/
	State        string // open or closed
	Draft        bool
	UpdatedAt    time.Time // GitHub's updated_at, in whole seconds
	SeenAt       time.Time // set by the store
}

// SavePull remembers p unless something newer is remembered, and reports whether it did. Webhooks arrive late and out
// of order, so that an older one must not undo a newer; two within one second cannot be told apart, and the last to
// arrive wins. That is safe because a review asks GitHub for the head before it begins.
func (s *Store) SavePull(ctx context.Context, tx Tx, p Pull) (bool, error) {
	changed, err := tx.Exec(ctx, `
		INSERT INTO pulls (repository_id, number, head_sha, base_ref, state, draft, updated_at, seen_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, `+s.stamp()+`)
		ON CONFLICT (repository_id, number) DO UPDATE SET head_sha = excluded.head_sha, base_ref = excluded.base_ref,
			state = excluded.state, draft = excluded.draft, updated_at = excluded.updated_at, seen_at = excluded.seen_at
		WHERE pulls.updated_at <= excluded.updated_at`,
		p.RepositoryID, p.Number, p.Head, p.BaseRef, p.State, p.Draft, millis(p.UpdatedAt))
	if err != nil {
		return false, s.aboutRepository(err, p.RepositoryID, "remember pull request %d", p.Number)
	}
	return changed == 1, nil
}

// Pull returns a pull request, and whether it is known.
func (s *Store) Pull(ctx context.Context, repositoryID int64, number int) (Pull, bool, error) {
	p, err := scanPull(s.engine.reads().QueryRow(ctx, selectPull+`WHERE repository_id = ? AND number = ?`, repositoryID, number))
	if errors.Is(err, sql.ErrNoRows) {
		return Pull{}, false, nil
	}
	if err != nil {
		return Pull{}, false, fmt.Errorf("read pull request %d: %w", number, err)
	}
	return p, true, nil
}

// PullsAtHead are the open pull requests whose head is sha, by number. A check run on a fork's commit names none, and
// this is how they are found.
func (s *Store) PullsAtHead(ctx context.Context, repositoryID int64, sha string) ([]Pull, error) {
	rows, err := s.engine.reads().Query(ctx, selectPull+`WHERE repository_id = ? AND head_sha = ? AND state = 'open' ORDER BY number`, repositoryID, sha)
	all, err := collect(rows, err, scanPull)
	if err != nil {
		return nil, fmt.Errorf("list pull requests at %s: %w", sha, err)
	}
	return all, nil
}

const selectPull = `SELECT repository_id, number, head_sha, base_ref, state, draft, updated_at, seen_at FROM pulls `

func scanPull(row Row) (Pull, error) {
	var p Pull
	var updated, seen int64
	err := row.Scan(&p.RepositoryID, &p.Number, &p.Head, &p.BaseRef, &p.State, &p.Draft, &updated, &seen)
	p.UpdatedAt, p.SeenAt = fromMillis(updated), fromMillis(seen)
	return p, err
}

// MergeGroup is a group of pull requests that a merge queue tests together, as a commit of its own.
type MergeGroup struct {
	RepositoryID int64
	Head         string // commit SHA
	Base         string // commit SHA
	BaseRef      string // branch, without refs/heads/
}

// SaveMergeGroup remembers g, so that its checks can be asked for again.
func (s *Store) SaveMergeGroup(ctx context.Context, tx Tx, g MergeGroup) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO merge_groups (repository_id, head_sha, base_sha, base_ref, seen_at) VALUES (?, ?, ?, ?, `+s.stamp()+`)
		ON CONFLICT (repository_id, head_sha) DO UPDATE SET base_sha = excluded.base_sha, base_ref = excluded.base_ref, seen_at = excluded.seen_at`,
		g.RepositoryID, g.Head, g.Base, g.BaseRef)
	if err != nil {
		return s.aboutRepository(err, g.RepositoryID, "remember merge group %s", g.Head)
	}
	return nil
}

// MergeGroup returns the merge group whose head is sha, and whether there is one.
func (s *Store) MergeGroup(ctx context.Context, repositoryID int64, sha string) (MergeGroup, bool, error) {
	g := MergeGroup{RepositoryID: repositoryID, Head: sha}
	err := s.engine.reads().QueryRow(ctx, `SELECT base_sha, base_ref FROM merge_groups WHERE repository_id = ? AND head_sha = ?`, repositoryID, sha).Scan(&g.Base, &g.BaseRef)
	if errors.Is(err, sql.ErrNoRows) {
		return MergeGroup{}, false, nil
	}
	if err != nil {
		return MergeGroup{}, false, fmt.Errorf("read merge group %s: %w", sha, err)
	}
	return g, true, nil
}

// aboutRepository wraps an error of writing something that belongs to a repository.
func (s *Store) aboutRepository(err error, repositoryID int64, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	if s.engine.foreignKey(err) {
		return fmt.Errorf("%s of repository %d: %w", what, repositoryID, ErrUnknownRepository)
	}
	return fmt.Errorf("%s of repository %d: %w", what, repositoryID, err)
}
