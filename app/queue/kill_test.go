package queue_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
)

// victimEnv holds the address of the database that a process runs jobs of until it is killed.
const victimEnv = "ASSAY_TEST_VICTIM"

// victimBeat against victimSilence leaves room for a machine under load.
const (
	victimBeat    = 200 * time.Millisecond
	victimSilence = 5 * time.Second
)

// beVictim takes a job, says so, and never ends it.
func beVictim(dsn string) {
	ctx := context.Background()
	s, err := store.Open(ctx, dsn)
	if err != nil {
		fmt.Println(err)
		return
	}
	q, err := queue.New(s, queue.Workers{
		Analyse: func(context.Context, queue.Analyse) error { fmt.Println("begun"); select {} },
		Decide:  func(context.Context, queue.Decide) error { return nil },
	}, queue.Options{Beat: victimBeat})
	if err == nil {
		err = q.Start(ctx)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	select {}
}

func TestTheJobOfAKilledProcessIsTakenOver(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := storetest.Open(t, dsn)
		victim := exec.Command(os.Args[0])
		victim.Env = append(os.Environ(), victimEnv+"="+dsn)
		out, err := victim.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		victim.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := victim.Start(); err != nil {
			t.Fatal(err)
		}
		kill := func() { _ = victim.Process.Kill(); _ = victim.Wait() } // it may be dead already
		defer kill()

		storer := build(t, s, queue.Workers{}, queue.Options{})
		deliver(t, s, storer, "guid", analyse(headA))
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "begun\n" {
			t.Fatalf("the process says %q (%v)", line, err)
		}

		began := make(chan bool, 1)
		start(t, s, queue.Workers{Analyse: func(context.Context, queue.Analyse) error { began <- true; return nil }},
			queue.Options{Beat: 100 * time.Millisecond, DeadAfter: victimSilence})
		time.Sleep(time.Second) // many rounds of the survivor's: while the process lives, its job is its own
		select {
		case <-began:
			t.Fatal("a job was taken over although its process lives")
		default:
		}

		kill()
		receive(t, began)
		if d := awaitDelivery(t, s, "guid", store.DeliverySucceeded); d.Attempts != 2 {
			t.Errorf("%+v", d)
		}
	})
}

func TestAJobThatKillsItsProcessEachTimeFails(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storer := build(t, s, queue.Workers{}, queue.Options{})
		deliver(t, s, storer, "guid", analyse(headA))
		// As if it had been begun for the last time by a process that is gone.
		mustExec(t, s, `UPDATE river_job SET state = 'running', attempt = max_attempts, attempted_at = `+now(s)+`, attempted_by = `+list(s, "gone"))
		start(t, s, queue.Workers{}, queue.Options{})
		d := awaitDelivery(t, s, "guid", store.DeliveryFailed)
		if want := "the process gone died during this attempt"; d.LastError != want {
			t.Errorf("the delivery says %q; want %q", d.LastError, want)
		}
	})
}

func TestACancelledJobOfADeadProcessDoesNotReturn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storer := build(t, s, queue.Workers{}, queue.Options{})
		deliver(t, s, storer, "guid", analyse(headA))
		mustExec(t, s, `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = `+now(s)+`, attempted_by = `+list(s, "gone"))
		err := s.InTx(t.Context(), func(ctx context.Context, tx store.Tx) error {
			_, err := storer.CancelOlder(ctx, tx, 2, 3, headB)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		start(t, s, queue.Workers{}, queue.Options{})
		awaitDelivery(t, s, "guid", store.DeliveryIgnored)
	})
}

// now and list are expressions of the two dialects, in the formats that River uses.
func now(s *store.Store) string {
	if s.SQLite() != nil {
		return `datetime('now', 'subsec')`
	}
	return `now()`
}

func list(s *store.Store, element string) string {
	if s.SQLite() != nil {
		return `jsonb('["` + element + `"]')`
	}
	return `ARRAY['` + element + `']`
}

func mustExec(t *testing.T, s *store.Store, query string) {
	t.Helper()
	err := s.InTx(t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Exec(ctx, query)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
