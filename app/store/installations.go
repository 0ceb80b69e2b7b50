package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Installation is an account that has installed the App.
type Installation struct {
	ID        int64
	Account   string // login; may be empty when no event has told it yet
	Suspended bool
}

// Repository is a repository that the App may see.
type Repository struct {
	ID             int64
	InstallationID int64
	Owner          string
	Name           string
	DefaultBranch  string // may be empty when no event has told it yet
	Private        bool
}

// SaveInstallation remembers an installation. An empty account leaves the one that is known.
func (s *Store) SaveInstallation(ctx context.Context, tx Tx, i Installation) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO installations (id, account, suspended, updated_at) VALUES (?, ?, ?, `+s.stamp()+`)
		ON CONFLICT (id) DO UPDATE SET suspended = excluded.suspended, updated_at = excluded.updated_at,
			account = CASE WHEN excluded.account = '' THEN installations.account ELSE excluded.account END`,
		i.ID, i.Account, i.Suspended)
	if err != nil {
		return fmt.Errorf("remember installation %d: %w", i.ID, err)
	}
	return nil
}

// SaveRepository remembers a repository, and its installation when that is new: the event that announced it may have
// been lost. Nothing is written when nothing has changed. An empty default branch leaves the one that is known.
func (s *Store) SaveRepository(ctx context.Context, tx Tx, r Repository) error {
	known, found, err := readRepository(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if r.DefaultBranch == "" {
		r.DefaultBranch = known.DefaultBranch
	}
	if found && known == r {
		return nil
	}
	_, err = tx.Exec(ctx, `INSERT INTO installations (id, account, updated_at) VALUES (?, ?, `+s.stamp()+`) ON CONFLICT (id) DO NOTHING`, r.InstallationID, r.Owner)
	if err == nil {
		_, err = tx.Exec(ctx, `
			INSERT INTO repositories (id, installation_id, owner, name, default_branch, private, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, `+s.stamp()+`)
			ON CONFLICT (id) DO UPDATE SET installation_id = excluded.installation_id, owner = excluded.owner, name = excluded.name,
				private = excluded.private, updated_at = excluded.updated_at, default_branch = excluded.default_branch`,
			r.ID, r.InstallationID, r.Owner, r.Name, r.DefaultBranch, r.Private)
	}
	if err != nil {
		return fmt.Errorf("remember repository %s/%s: %w", r.Owner, r.Name, err)
	}
	return nil
}

// Repository returns a repository, and whether it is known.
func (s *Store) Repository(ctx context.Context, id int64) (Repository, bool, error) {
	return readRepository(ctx, s.engine.reads(), id)
}

func readRepository(ctx context.Context, tx Tx, id int64) (Repository, bool, error) {
	r := Repository{ID: id}
	err := tx.QueryRow(ctx, `SELECT installation_id, owner, name, default_branch, private FROM repositories WHERE id = ?`, id).
		Scan(&r.InstallationID, &r.Owner, &r.Name, &r.DefaultBranch, &r.Private)
	if errors.Is(err, sql.ErrNoRows) {
		return Repository{}, false, nil
	}
	if err != nil {
		return Repository{}, false, fmt.Errorf("read repository %d: %w", id, err)
	}
	return r, true, nil
}

// Installations are all installations, by id.
func (s *Store) Installations(ctx context.Context) ([]Installation, error) {
	rows, err := s.engine.reads().Query(ctx, `SELECT id, account, suspended FROM installations ORDER BY id`)
	all, err := collect(rows, err, func(row Row) (i Installation, err error) {
		err = row.Scan(&i.ID, &i.Account, &i.Suspended)
		return i, err
	})
	if err != nil {
		return nil, fmt.Errorf("list installations: %w", err)
	}
	return all, nil
}

// RepositoryIDs are the ids of all known repositories, in order. What a machine keeps about any other can go.
func (s *Store) RepositoryIDs(ctx context.Context) ([]int64, error) {
	return repositoryIDs(ctx, s.engine.reads(), `ORDER BY id`)
}

// RepositoriesOf are the ids of the repositories of an installation, in order.
func (s *Store) RepositoriesOf(ctx context.Context, tx Tx, installation int64) ([]int64, error) {
	return repositoryIDs(ctx, tx, `WHERE installation_id = ? ORDER BY id`, installation)
}

// InstallationRemoved reports whether the installation is known to have been removed.
func (s *Store) InstallationRemoved(ctx context.Context, id int64) (bool, error) {
	_, err := one[int64](s.engine.reads().QueryRow(ctx, `SELECT id FROM removed_installations WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read installation %d: %w", id, err)
	}
	return true, nil
}

// PurgeInstallation deletes everything that is known of an installation, and returns the ids of its repositories, so
// that what is kept outside the database can be deleted too. What stays until it is pruned is its bare id and that of
// the delivery that said so, since events may arrive late.
func (s *Store) PurgeInstallation(ctx context.Context, tx Tx, id int64) ([]int64, error) {
	now, err := s.now(ctx, tx)
	if err != nil {
		return nil, err
	}
	ids, err := s.RepositoriesOf(ctx, tx, id)
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO removed_installations (id, removed_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING`, id, now)
	}
	for _, query := range []string{
		`DELETE FROM installations WHERE id = ?`, // what belongs to its repositories goes with them
		`DELETE FROM deliveries WHERE installation_id = ? AND event <> 'installation'`,
		`DELETE FROM writes WHERE installation_id = ?`,
	} {
		if err == nil {
			_, err = tx.Exec(ctx, query, id)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("purge installation %d: %w", id, err)
	}
	return ids, nil
}

// PurgeRepository deletes everything that is known of a repository.
func (s *Store) PurgeRepository(ctx context.Context, tx Tx, id int64) error {
	_, err := tx.Exec(ctx, `DELETE FROM repositories WHERE id = ?`, id)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM deliveries WHERE repository_id = ?`, id)
	}
	if err != nil {
		return fmt.Errorf("purge repository %d: %w", id, err)
	}
	return nil
}

func repositoryIDs(ctx context.Context, tx Tx, where string, args ...any) ([]int64, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM repositories `+where, args...)
	ids, err := collect(rows, err, one[int64])
	if err != nil {
		return nil, fmt.Errorf("list repositories: %w", err)
	}
	return ids, nil
}
