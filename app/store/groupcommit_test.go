package store_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
)

// together runs transactions so that they wait at the same time, and therefore share one commit, and returns their
// errors by name.
func together(t *testing.T, s *store.Store, work map[string]func(ctx context.Context, tx store.Tx) error) map[string]error {
	t.Helper()
	first, begun := make(chan bool), make(chan bool)
	var group sync.WaitGroup
	group.Go(func() {
		err := s.InTx(t.Context(), func(context.Context, store.Tx) error {
			begun <- true
			<-first
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-begun // the one writer is busy: the others gather
	var mu sync.Mutex
	outcomes := map[string]error{}
	for name, do := range work {
		group.Go(func() {
			finished := false
			defer func() {
				thrown := recover()
				mu.Lock()
				defer mu.Unlock()
				if thrown != nil || !finished {
					outcomes[name] = fmt.Errorf("thrown: %v", thrown)
				}
			}()
			err := s.InTx(t.Context(), do)
			finished = true
			mu.Lock()
			defer mu.Unlock()
			outcomes[name] = err
		})
	}
	time.Sleep(200 * time.Millisecond) // for them to gather; if one comes late, the test only shows less
	close(first)
	group.Wait()
	return outcomes
}

func settingKept(t *testing.T, s *store.Store, name string) bool {
	t.Helper()
	_, kept, err := s.Setting(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestATransactionThatFailsIsUndoneAloneAmongThoseThatShareItsCommit(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	no := errors.New("no")
	work := map[string]func(ctx context.Context, tx store.Tx) error{
		"fails":  func(ctx context.Context, tx store.Tx) error { return errors.Join(set(ctx, tx, "fails"), no) },
		"panics": func(ctx context.Context, tx store.Tx) error { _ = set(ctx, tx, "panics"); panic("no") },
		"exits":  func(ctx context.Context, tx store.Tx) error { _ = set(ctx, tx, "exits"); runtime.Goexit(); return nil },
		"is wrong": func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO nowhere VALUES (?)`, 1)
			return errors.Join(set(ctx, tx, "is wrong"), err)
		},
	}
	for i := range 20 {
		name := fmt.Sprint("succeeds ", i)
		work[name] = func(ctx context.Context, tx store.Tx) error { return set(ctx, tx, name) }
	}
	for name, err := range together(t, s, work) {
		succeeds := name[:4] == "succ"
		if (err == nil) != succeeds || settingKept(t, s, name) != succeeds {
			t.Errorf("%s: %v; kept: %v", name, err, settingKept(t, s, name))
		}
	}
}

func TestAFailureThatTakesTheSharedTransactionDownHarmsOnlyItsOwn(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	work := map[string]func(ctx context.Context, tx store.Tx) error{
		// As SQLite itself does when the disk is full.
		"takes all down": func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Exec(ctx, `ROLLBACK`)
			return errors.Join(err, errors.New("no"))
		},
	}
	for i := range 20 {
		name := fmt.Sprint("succeeds ", i)
		work[name] = func(ctx context.Context, tx store.Tx) error { return set(ctx, tx, name) }
	}
	for name, err := range together(t, s, work) {
		if succeeds := name[:4] == "succ"; (err == nil) != succeeds || settingKept(t, s, name) != succeeds {
			t.Errorf("%s: %v; kept: %v", name, err, settingKept(t, s, name))
		}
	}
}

func TestWhoIsTiredOfWaitingLeavesWithoutATrace(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	err := s.InTx(t.Context(), func(context.Context, store.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		return s.InTx(ctx, func(ctx context.Context, tx store.Tx) error { return set(ctx, tx, "late") })
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("InTx: %v", err)
	}
	if err := s.InTx(t.Context(), func(ctx context.Context, tx store.Tx) error { return set(ctx, tx, "next") }); err != nil {
		t.Fatal(err)
	}
	if settingKept(t, s, "late") || !settingKept(t, s, "next") {
		t.Error("the one who left has written, or the next one has not")
	}
}

func TestACancelledCallerDoesNotInterruptThoseItSharesACommitWith(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	err := s.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
		cancel()
		return set(ctx, tx, "begun")
	})
	if err != nil || !settingKept(t, s, "begun") {
		t.Errorf("a transaction that had begun: %v", err)
	}
}

func TestAStatementRunsWhileAnEarlierAnswerOfItIsStillOpen(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	inTx(t, s, func(ctx context.Context, tx store.Tx) error {
		if err := errors.Join(set(ctx, tx, "a"), set(ctx, tx, "b")); err != nil {
			return err
		}
		const query = `SELECT name FROM settings WHERE name >= ? ORDER BY name`
		outer, err := tx.Query(ctx, query, "a")
		if err != nil {
			return err
		}
		defer outer.Close()
		var seen []string
		for outer.Next() {
			var name, inner string
			if err := outer.Scan(&name); err != nil {
				return err
			}
			if err := tx.QueryRow(ctx, query, name).Scan(&inner); err != nil {
				return err
			}
			seen = append(seen, name+inner)
		}
		if fmt.Sprint(seen) != "[aa bb]" {
			t.Errorf("read %v", seen)
		}
		return outer.Err()
	})
}

func TestUrgentTransactionsGoFirst(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	var mu sync.Mutex
	var order []string
	note := func(what string) func(context.Context, store.Tx) error {
		return func(context.Context, store.Tx) error {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, what)
			return nil
		}
	}
	var group sync.WaitGroup
	begun, goOn := make(chan bool), make(chan bool)
	run := func(ctx context.Context, work func(context.Context, store.Tx) error) {
		group.Go(func() {
			if err := s.InTx(ctx, work); err != nil {
				t.Error(err)
			}
		})
	}
	run(t.Context(), func(context.Context, store.Tx) error { begun <- true; <-goOn; return nil })
	<-begun
	for range 40 { // more than share one commit
		run(t.Context(), note("job"))
	}
	queued(t, s, 0, 40)
	run(store.Urgent(t.Context()), note("urgent"))
	queued(t, s, 1, 40)
	close(goOn)
	group.Wait()
	if order[0] != "urgent" {
		t.Errorf("it went as number %d of %d", slices.Index(order, "urgent")+1, len(order))
	}
}

// patience is a kill switch: what is waited for takes milliseconds.
const patience = 5 * time.Minute

// queued waits until so many transactions wait.
func queued(t *testing.T, s *store.Store, urgent, others int) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		u, o := s.Queued()
		if u == urgent && o == others {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d urgent and %d other transactions wait, not %d and %d", u, o, urgent, others)
		}
	}
}
