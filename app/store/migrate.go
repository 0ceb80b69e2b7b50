package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// Migrations are SQL files named NNN_words.sql, numbered from 001 without gaps. A released one is never edited.
//
//go:embed migrations
var migrations embed.FS

// migrationLock is the key of the Postgres advisory lock under which migrations run; any number that nobody else uses.
const migrationLock = 0x41737361790001

// ErrNewerDatabase is returned by [Store.Migrate] when a newer Assay has migrated the database. Running on would risk
// what the newer one wrote.
var ErrNewerDatabase = errors.New("the database was migrated by a newer version of Assay; run that version, or restore a backup from before the upgrade")

const versionTable = `CREATE TABLE IF NOT EXISTS assay_migrations (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)`

// migrate waits as long as ctx allows for another process that is migrating, since that may take longer than any
// busy timeout.
func (e *sqliteEngine) migrate(ctx context.Context) error {
	for {
		err := e.migrateOnce(ctx)
		if err == nil || !e.transient(err) || ctx.Err() != nil {
			return err
		}
	}
}

func (e *sqliteEngine) migrateOnce(ctx context.Context) error {
	tx, err := e.writer.BeginTx(ctx, nil) // takes the write lock at once
	if err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	run := func(script string) error { _, err := tx.ExecContext(ctx, script); return err }
	if err := migrateIn(ctx, sqlConn{tx}, e.clock(), "sqlite", run); err != nil {
		return err
	}
	err = migrateQueue(riversqlite.New(e.writer), func(m *rivermigrate.Migrator[*sql.Tx]) (*rivermigrate.MigrateResult, error) {
		//lint:ignore SA1019 Postgres alone has migrations that need transactions of their own; on SQLite this one holds the lock
		return m.MigrateTx(ctx, tx, rivermigrate.DirectionUp, nil)
	})
	if err != nil {
		return err
	}
	return tx.Commit()
}

// migrate works under a lock that Postgres frees when its connection ends. River's migrations need transactions of
// their own, since Postgres lets nobody use a new value of an enumeration in the one that added it; a migration that
// was cut short is taken up where it stopped.
func (e *postgresEngine) migrate(ctx context.Context) error {
	lock, err := pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	defer func() { _ = lock.Close(context.WithoutCancel(ctx)) }()
	if _, err := lock.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(migrationLock)); err != nil {
		return fmt.Errorf("migrate the database: wait for other processes: %w", err)
	}
	err = pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
		// Only the simple protocol takes a script of several statements.
		run := func(script string) error { _, err := tx.Exec(ctx, script, pgx.QueryExecModeSimpleProtocol); return err }
		return migrateIn(ctx, pgConn{tx}, e.clock(), "postgres", run)
	})
	if err != nil {
		return err
	}
	return migrateQueue(riverpgxv5.New(e.pool), func(m *rivermigrate.Migrator[pgx.Tx]) (*rivermigrate.MigrateResult, error) {
		return m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	})
}

// migrateIn runs the scripts that the database has not seen, in order, within tx.
func migrateIn(ctx context.Context, tx Tx, clock, dialect string, run func(script string) error) error {
	if err := run(versionTable); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	current, err := one[sql.NullInt64](tx.QueryRow(ctx, `SELECT max(version) FROM assay_migrations`))
	if err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	scripts, err := fs.Glob(migrations, "migrations/"+dialect+"/*.sql")
	if err != nil {
		return err
	}
	if current.Int64 > int64(len(scripts)) {
		return fmt.Errorf("%w (it is at version %d, this binary knows %d)", ErrNewerDatabase, current.Int64, len(scripts))
	}
	for _, path := range scripts[current.Int64:] {
		version, err := migrationVersion(path)
		if err != nil {
			return err
		}
		script, err := migrations.ReadFile(path)
		if err != nil {
			return err
		}
		if err := run(string(script)); err != nil {
			return fmt.Errorf("migrate the database with %s: %w", path, err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO assay_migrations (version, applied_at) VALUES (?, `+clock+`)`, version); err != nil {
			return fmt.Errorf("migrate the database with %s: %w", path, err)
		}
	}
	return nil
}

func migrationVersion(path string) (int64, error) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	number, _, _ := strings.Cut(name, "_")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("migration %s: its name does not begin with a number", path)
	}
	return version, nil
}

// migrateQueue does the same for River's tables. A version that River does not know is an error of it; a release of
// Assay that brings a newer River brings a migration of ours too, so that ours is the check that users meet.
func migrateQueue[T any](driver riverdriver.Driver[T], up func(*rivermigrate.Migrator[T]) (*rivermigrate.MigrateResult, error)) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	if _, err := up(migrator); err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	return nil
}
