// Package storetest runs tests on every database that Assay supports: SQLite, and a Postgres that it starts itself
// from the binaries on the machine.
//
// A package that uses it has
//
//	func TestMain(m *testing.M) { storetest.Main(m) }
//
// so that the Postgres cluster, which all tests of the binary share, is stopped at the end.
package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/assay-app/assay/app/store"
)

// Each runs the test once on each engine, on a fresh and migrated database.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	EachDSN(t, func(t *testing.T, dsn string) { test(t, Open(t, dsn)) })
}

// EachDSN runs the test once on each engine, with the address of a fresh and empty database.
func EachDSN(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("Postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// Open opens and migrates a database, and closes it at the end of the test.
func Open(t testing.TB, dsn string) *store.Store {
	t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	if err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

// SQLite returns the address of a new SQLite database.
func SQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "assay.db")
}

var databases atomic.Int64

// Postgres returns the address of a new database in the cluster of this test binary.
func Postgres(t testing.TB) string {
	t.Helper()
	cluster := shared(t)
	name := fmt.Sprintf("test%d", databases.Add(1))
	if err := cluster.createDatabase(context.Background(), name); err != nil {
		t.Fatal(err)
	}
	return cluster.dsn(name)
}

// Main runs the tests and stops what they started.
func Main(m *testing.M) {
	mainRan.Store(true)
	code := m.Run()
	if err := stopShared(); err != nil {
		fmt.Fprintln(os.Stderr, "stop Postgres:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}
