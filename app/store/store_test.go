package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
)

func TestMigrateIsSafeWhenSeveralProcessesStartAtOnceAndLosesNothing(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := t.Context()
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				s, err := store.Open(ctx, dsn)
				if err != nil {
					t.Error(err)
					return
				}
				defer s.Close()
				if err := s.Migrate(ctx); err != nil {
					t.Error(err)
				}
				if _, err := s.RandomKey(ctx, "fingerprints"); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()

		s := storetest.Open(t, dsn) // migrates once more
		before, err := s.RandomKey(ctx, "fingerprints")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		after, err := s.RandomKey(ctx, "fingerprints")
		if err != nil || string(after) != string(before) {
			t.Errorf("the key changed in a migration: %v", err)
		}
	})
}

func TestMigrateRefusesADatabaseOfANewerVersion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		err := s.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO assay_migrations (version, applied_at) VALUES (999, 0)`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Migrate(ctx); !errors.Is(err, store.ErrNewerDatabase) {
			t.Errorf("Migrate: %v; want ErrNewerDatabase", err)
		}
	})
}

func TestOpenRefusesAnAddressItDoesNotKnowWithoutShowingIt(t *testing.T) {
	password := "hunter" + "2"
	for _, dsn := range []string{"", "mysql://root:" + password + "@host/db", "sqlite:", "sqlite::memory:", "postgres://u:" + password + "@[::1/db"} {
		_, err := store.Open(t.Context(), dsn)
		if err == nil {
			t.Errorf("Open(%q) succeeded", dsn)
		} else if strings.Contains(err.Error(), password) {
			t.Errorf("Open(%q) shows the password: %v", dsn, err)
		}
	}
}

func TestASQLiteFileIsReadableByItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a name with ? and % and #.db")
	s := storetest.Open(t, "sqlite:"+path)
	if err := s.SetSetting(t.Context(), "a", []byte("b")); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		stat, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if stat.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", path+suffix, stat.Mode())
		}
	}
}

func TestInTx(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		count := func() (n int) {
			t.Helper()
			err := s.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
				return tx.QueryRow(ctx, `SELECT count(*) FROM settings WHERE name = ? AND '?' = '?'`, "a").Scan(&n)
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		insert := func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO settings (name, value) VALUES (?, ?)`, "a", []byte{1})
			return err
		}

		t.Run("an error rolls everything back", func(t *testing.T) {
			want := errors.New("no")
			err := s.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
				return errors.Join(insert(ctx, tx), want)
			})
			if !errors.Is(err, want) || count() != 0 {
				t.Errorf("InTx: %v, %d rows", err, count())
			}
		})
		t.Run("a panic rolls everything back", func(t *testing.T) {
			func() {
				defer func() { _ = recover() }()
				_ = s.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
					if err := insert(ctx, tx); err != nil {
						t.Error(err)
					}
					panic("no")
				})
			}()
			if count() != 0 {
				t.Error("a row was stored")
			}
		})
		t.Run("a transaction inside another is refused rather than waiting for itself", func(t *testing.T) {
			err := s.InTx(ctx, func(ctx context.Context, _ store.Tx) error { return s.InTx(ctx, insert) })
			if err == nil || count() != 0 {
				t.Errorf("InTx: %v, %d rows", err, count())
			}
		})
		t.Run("success commits", func(t *testing.T) {
			if err := s.InTx(ctx, insert); err != nil || count() != 1 {
				t.Errorf("InTx: %v, %d rows", err, count())
			}
		})
	})
}

func set(ctx context.Context, tx store.Tx, name string) error {
	_, err := tx.Exec(ctx, `INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, []byte(name))
	return err
}

func TestATransactionThatPostgresEndsToResolveADeadlockRunsAgain(t *testing.T) {
	s := storetest.Open(t, storetest.Postgres(t))
	ctx := t.Context()
	if err := s.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(set(ctx, tx, "a"), set(ctx, tx, "b"))
	}); err != nil {
		t.Fatal(err)
	}

	var bothHoldOne, group sync.WaitGroup
	bothHoldOne.Add(2)
	var runs atomic.Int32
	for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
		group.Go(func() {
			var once sync.Once
			err := s.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
				runs.Add(1)
				if err := set(ctx, tx, order[0]); err != nil {
					return err
				}
				once.Do(bothHoldOne.Done)
				bothHoldOne.Wait()
				return set(ctx, tx, order[1])
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if runs.Load() != 3 {
		t.Errorf("%d runs of two transactions; want 3, as one is the deadlock's victim", runs.Load())
	}
}

func TestTwoProcessesOnOneSQLiteFileWaitForEachOther(t *testing.T) {
	dsn := storetest.SQLite(t)
	ctx := t.Context()
	var group sync.WaitGroup
	for _, s := range []*store.Store{storetest.Open(t, dsn), storetest.Open(t, dsn)} {
		for range 4 {
			group.Go(func() {
				for range 20 {
					if err := s.InTx(ctx, func(ctx context.Context, tx store.Tx) error { return set(ctx, tx, "a") }); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	group.Wait()
}
