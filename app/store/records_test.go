package store_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
)

const (
	headA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	headB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

// inTx runs work in a transaction that must succeed.
func inTx(t *testing.T, s *store.Store, work func(ctx context.Context, tx store.Tx) error) {
	t.Helper()
	if err := s.InTx(t.Context(), work); err != nil {
		t.Fatal(err)
	}
}

// addRepository makes repository id of installation 1 known.
func addRepository(t *testing.T, s *store.Store, id int64) {
	t.Helper()
	inTx(t, s, func(ctx context.Context, tx store.Tx) error {
		return s.SaveRepository(ctx, tx, store.Repository{ID: id, InstallationID: 1, Owner: "acme", Name: "shop", DefaultBranch: "main", Private: true})
	})
}

func TestADeliveryRunsAgainOnlyWhenItFailed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		accept := func(guid string, job int64) (accepted bool) {
			t.Helper()
			inTx(t, s, func(ctx context.Context, tx store.Tx) error {
				var err error
				accepted, err = s.AcceptDelivery(ctx, tx, store.Delivery{GUID: guid, Event: "pull_request", Action: "opened", InstallationID: 1, RepositoryID: 2, Number: 3})
				if err != nil || !accepted || job == 0 {
					return err
				}
				return s.LinkDelivery(ctx, tx, guid, job)
			})
			return accepted
		}
		finish := func(job int64, state store.DeliveryState) {
			t.Helper()
			inTx(t, s, func(ctx context.Context, tx store.Tx) error {
				return s.FinishJob(ctx, tx, job, state, 8, map[bool]string{true: "boom"}[state == store.DeliveryFailed])
			})
		}
		state := func(guid string) store.DeliveryState {
			t.Helper()
			d, known, err := s.Delivery(ctx, guid)
			if err != nil || !known {
				t.Fatalf("Delivery(%s): %v %v", guid, known, err)
			}
			return d.State
		}

		if !accept("g1", 10) || state("g1") != store.DeliveryQueued {
			t.Error("a new delivery is not accepted")
		}
		if accept("g1", 10) {
			t.Error("one that is waiting is accepted again")
		}
		finish(10, store.DeliveryFailed)
		if state("g1") != store.DeliveryFailed {
			t.Error("a failed job does not fail its delivery")
		}
		inTx(t, s, func(ctx context.Context, tx store.Tx) error { return s.MoveDeliveries(ctx, tx, 10, 11) })
		if state("g1") != store.DeliveryQueued {
			t.Error("a job that is tried again leaves its delivery failed")
		}
		finish(11, store.DeliveryFailed)
		if !accept("g1", 12) || state("g1") != store.DeliveryQueued {
			t.Error("one that failed is not accepted again")
		}
		finish(12, store.DeliverySucceeded)
		if state("g1") != store.DeliverySucceeded || accept("g1", 13) {
			t.Error("one that succeeded at last is accepted again")
		}
		if d, _, _ := s.Delivery(ctx, "g1"); d.LastError != "" {
			t.Errorf("a delivery that succeeded at last shows the error %q", d.LastError)
		}
	})
}

func TestADeliveryWithSeveralJobs(t *testing.T) {
	const queued, succeeded, failed, ignored = store.DeliveryQueued, store.DeliverySucceeded, store.DeliveryFailed, store.DeliveryIgnored
	tests := []struct {
		name string
		ends []store.DeliveryState // of two jobs
		want store.DeliveryState
	}{
		{"is queued while one is open", []store.DeliveryState{succeeded}, queued},
		{"succeeded when both did", []store.DeliveryState{succeeded, succeeded}, succeeded},
		{"succeeded when the other was superseded", []store.DeliveryState{ignored, succeeded}, succeeded},
		{"failed when one failed", []store.DeliveryState{failed, succeeded}, failed},
		{"failed as soon as one failed", []store.DeliveryState{failed}, failed},
		{"is ignored when both were superseded", []store.DeliveryState{ignored, ignored}, ignored},
		{"that were none succeeded", nil, succeeded},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for i, test := range tests {
			guid := fmt.Sprint("guid", i)
			inTx(t, s, func(ctx context.Context, tx store.Tx) error {
				_, err := s.AcceptDelivery(ctx, tx, store.Delivery{GUID: guid, Event: "check_suite", Action: "rerequested"})
				if err != nil || test.ends == nil {
					return errors.Join(err, s.SettleDelivery(ctx, tx, guid))
				}
				return errors.Join(
					s.LinkDelivery(ctx, tx, guid, int64(10*i)), s.LinkDelivery(ctx, tx, guid, int64(10*i+1)),
					s.SettleDelivery(ctx, tx, guid), // does nothing, as jobs are open
				)
			})
			for j, end := range test.ends {
				inTx(t, s, func(ctx context.Context, tx store.Tx) error {
					return s.FinishJob(ctx, tx, int64(10*i+j), end, 1, strings.Repeat("ö", store.MaxLastError))
				})
			}
			d, _, err := s.Delivery(t.Context(), guid)
			if err != nil || d.State != test.want {
				t.Errorf("a delivery %s: it is %s (%v)", test.name, d.State, err)
			}
			if len(d.LastError) > store.MaxLastError || strings.ContainsRune(d.LastError, '\uFFFD') {
				t.Errorf("the error is %d bytes long", len(d.LastError))
			}
		}
		last, err := s.LastDeliveries(t.Context(), 3)
		if err != nil || len(last) != 3 {
			t.Errorf("LastDeliveries: %d, %v", len(last), err)
		}
	})
}

func TestALateWebhookDoesNotUndoANewerOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		addRepository(t, s, 2)
		at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		save := func(head string, updated time.Time) (saved bool) {
			t.Helper()
			inTx(t, s, func(ctx context.Context, tx store.Tx) error {
				var err error
				saved, err = s.SavePull(ctx, tx, store.Pull{RepositoryID: 2, Number: 7, Head: head, BaseRef: "main", State: "open", Draft: true, UpdatedAt: updated})
				return err
			})
			return saved
		}
		if !save(headB, at) || save(headA, at.Add(-time.Second)) {
			t.Error("an older event is not told from a newer one")
		}
		got, known, err := s.Pull(t.Context(), 2, 7)
		if err != nil || !known {
			t.Fatal(known, err)
		}
		got.SeenAt = time.Time{}
		want := store.Pull{RepositoryID: 2, Number: 7, Head: headB, BaseRef: "main", State: "open", Draft: true, UpdatedAt: at}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if !save(headA, at) {
			t.Error("an event of the same second is not taken")
		}
		if at, err := s.PullsAtHead(t.Context(), 2, headA); err != nil || len(at) != 1 || at[0].Number != 7 {
			t.Errorf("PullsAtHead: %v, %v", at, err)
		}
		if at, err := s.PullsAtHead(t.Context(), 2, headB); err != nil || len(at) != 0 {
			t.Errorf("PullsAtHead: %v, %v", at, err)
		}
	})
}

func TestPurgeLeavesNothingAndKeepsLateWritesOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		fill := func(repository int64) {
			t.Helper()
			addRepository(t, s, repository)
			inTx(t, s, func(ctx context.Context, tx store.Tx) error {
				_, err := s.AcceptDelivery(ctx, tx, store.Delivery{GUID: fmt.Sprint(repository), Event: "pull_request", InstallationID: 1, RepositoryID: repository})
				_, err2 := s.SavePull(ctx, tx, store.Pull{RepositoryID: repository, Number: 1, Head: headA, State: "open"})
				return errors.Join(err, err2, s.LinkDelivery(ctx, tx, fmt.Sprint(repository), repository),
					s.SaveMergeGroup(ctx, tx, store.MergeGroup{RepositoryID: repository, Head: headA, Base: headB, BaseRef: "main"}))
			})
			if err := errors.Join(
				s.SaveResult(ctx, store.ResultKey{RepositoryID: repository, Number: 1, Head: headA}, []byte("x")),
				s.SavePublished(ctx, store.Published{RepositoryID: repository, SHA: headA, Name: "Assay", CheckRunID: 1}),
			); err != nil {
				t.Fatal(err)
			}
		}
		rows := func() map[string]int {
			t.Helper()
			left := map[string]int{}
			inTx(t, s, func(ctx context.Context, tx store.Tx) error {
				for _, table := range []string{"installations", "repositories", "pulls", "merge_groups", "results", "published", "deliveries", "delivery_jobs", "writes"} {
					var n int
					if err := tx.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
						return err
					}
					if n > 0 {
						left[table] = n
					}
				}
				return nil
			})
			return left
		}
		fill(2)
		fill(3)
		fill(4)
		if _, err := s.TakeWrite(ctx, 1); err != nil {
			t.Fatal(err)
		}

		inTx(t, s, func(ctx context.Context, tx store.Tx) error { return s.PurgeRepository(ctx, tx, 3) })
		want := map[string]int{"installations": 1, "repositories": 2, "pulls": 2, "merge_groups": 2, "results": 2, "published": 2, "deliveries": 2, "delivery_jobs": 2, "writes": 1}
		if diff := cmp.Diff(want, rows()); diff != "" {
			t.Errorf("after a repository was purged:\n%s", diff)
		}
		if ids, err := s.RepositoryIDs(ctx); err != nil || !cmp.Equal(ids, []int64{2, 4}) {
			t.Errorf("RepositoryIDs: %v, %v", ids, err)
		}
		inTx(t, s, func(ctx context.Context, tx store.Tx) error {
			ids, err := s.PurgeInstallation(ctx, tx, 1)
			if !cmp.Equal(ids, []int64{2, 4}) {
				t.Errorf("PurgeInstallation returned %v", ids)
			}
			return err
		})
		if left := rows(); len(left) != 0 {
			t.Errorf("after the installation was purged: %v", left)
		}
		if removed, err := s.InstallationRemoved(ctx, 1); err != nil || !removed {
			t.Errorf("InstallationRemoved: %v, %v", removed, err)
		}
		if removed, err := s.InstallationRemoved(ctx, 2); err != nil || removed {
			t.Errorf("InstallationRemoved of another: %v, %v", removed, err)
		}
		err := s.SaveResult(ctx, store.ResultKey{RepositoryID: 2, Number: 1, Head: headA}, []byte("x"))
		if !errors.Is(err, store.ErrUnknownRepository) {
			t.Errorf("a review that ends after the purge stores its result: %v", err)
		}
	})
}

func TestRepositoriesKeepWhatALaterEventDoesNotTell(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		addRepository(t, s, 2)
		inTx(t, s, func(ctx context.Context, tx store.Tx) error {
			return errors.Join(
				s.SaveRepository(ctx, tx, store.Repository{ID: 2, InstallationID: 1, Owner: "acme", Name: "renamed"}),
				s.SaveInstallation(ctx, tx, store.Installation{ID: 1, Suspended: true}))
		})
		got, _, err := s.Repository(t.Context(), 2)
		want := store.Repository{ID: 2, InstallationID: 1, Owner: "acme", Name: "renamed", DefaultBranch: "main"}
		if err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
		all, err := s.Installations(t.Context())
		if diff := cmp.Diff([]store.Installation{{ID: 1, Account: "acme", Suspended: true}}, all); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
}

func TestResults(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		addRepository(t, s, 2)
		key := store.ResultKey{RepositoryID: 2, Number: 1, Head: headA, Target: headB, MergeBase: headB, Rules: "v1"}
		if _, found, err := s.Result(ctx, key); found || err != nil {
			t.Errorf("found before it was stored: %v, %v", found, err)
		}
		body := make([]byte, 3<<20) // does not compress
		if _, err := rand.Read(body); err != nil {
			t.Fatal(err)
		}
		other := key
		other.Rules = "v2"
		if err := errors.Join(s.SaveResult(ctx, key, body), s.SaveResult(ctx, other, nil), s.SaveResult(ctx, key, body)); err != nil {
			t.Fatal(err)
		}
		got, found, err := s.Result(ctx, key)
		if err != nil || !found || got.ResultKey != key || !bytes.Equal(got.Body, body) || got.SavedAt.IsZero() {
			t.Errorf("Result: %v, %v, %d bytes", found, err, len(got.Body))
		}
		if got, found, err := s.LatestResult(ctx, 2, 1, ""); err != nil || !found || got.Head != headA {
			t.Errorf("LatestResult: %v, %v", found, err)
		}
		if _, found, err := s.LatestResult(ctx, 2, 1, headB); err != nil || found {
			t.Errorf("LatestResult at another head: %v, %v", found, err)
		}
		if err := s.SaveResult(ctx, key, make([]byte, store.MaxResult+1)); !errors.Is(err, store.ErrTooLarge) {
			t.Errorf("a result above the bound: %v", err)
		}
		inTx(t, s, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE results SET size = size - 1 WHERE rules = 'v1'`)
			return err
		})
		if _, _, err := s.Result(ctx, key); err == nil {
			t.Error("a damaged row is read as if it were whole")
		}
	})
}

func TestPublished(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		addRepository(t, s, 2)
		p := store.Published{RepositoryID: 2, SHA: headA, Name: "Assay", CheckRunID: 5, Digest: "d1"}
		if err := s.SavePublished(ctx, p); err != nil {
			t.Fatal(err)
		}
		p.Digest = "d2"
		if err := s.SavePublished(ctx, p); err != nil {
			t.Fatal(err)
		}
		if got, found, err := s.Published(ctx, 2, headA, "Assay"); err != nil || !found || got != p {
			t.Errorf("%+v, %v, %v", got, found, err)
		}
		if got, err := s.PublishedOn(ctx, 2, headA); err != nil || !cmp.Equal(got, []store.Published{p}) {
			t.Errorf("%+v, %v", got, err)
		}
		if _, found, err := s.Published(ctx, 2, headB, "Assay"); err != nil || found {
			t.Errorf("found on another commit: %v, %v", found, err)
		}
	})
}

func TestAllProcessesGetTheSameRandomKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var group sync.WaitGroup
		keys := make([]string, 8)
		for i := range keys {
			group.Go(func() {
				key, err := s.RandomKey(t.Context(), "fingerprints")
				if err != nil || len(key) != 32 {
					t.Errorf("%d bytes, %v", len(key), err)
				}
				keys[i] = string(key)
			})
		}
		group.Wait()
		for _, key := range keys {
			if key != keys[0] {
				t.Error("two callers got different keys")
			}
		}
		if other, err := s.RandomKey(t.Context(), "other"); err != nil || string(other) == keys[0] {
			t.Errorf("two names share a key: %v", err)
		}
	})
}

func TestPruneDeletesWhatIsOldAndBelongsToNothingOpen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		addRepository(t, s, 2)
		for i := range 3 {
			guid := fmt.Sprint(i)
			inTx(t, s, func(ctx context.Context, tx store.Tx) error {
				_, err := s.AcceptDelivery(ctx, tx, store.Delivery{GUID: guid})
				if i > 0 {
					return errors.Join(err, s.SettleDelivery(ctx, tx, guid))
				}
				return err
			})
		}
		for number, state := range map[int]string{1: "open", 2: "closed"} {
			head := strings.Repeat(fmt.Sprint(number), 40)
			inTx(t, s, func(ctx context.Context, tx store.Tx) error {
				_, err := s.SavePull(ctx, tx, store.Pull{RepositoryID: 2, Number: number, Head: head, State: state})
				return err
			})
			if err := errors.Join(
				s.SaveResult(ctx, store.ResultKey{RepositoryID: 2, Number: number, Head: head}, []byte("x")),
				s.SaveResult(ctx, store.ResultKey{RepositoryID: 2, Number: number, Head: headA}, []byte("of an earlier push")),
				s.SavePublished(ctx, store.Published{RepositoryID: 2, SHA: head, Name: "Assay"}),
			); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.Prune(ctx, time.Now().Add(-time.Hour)); err != nil || n != 0 {
			t.Errorf("pruned %d rows of the last hour, %v", n, err)
		}
		// Two settled deliveries, the closed pull request with its two results and what was published, the earlier
		// result of the open one.
		if n, err := s.Prune(ctx, time.Now().Add(time.Hour)); err != nil || n != 2+1+2+1+1 {
			t.Errorf("pruned %d rows, %v; want 7", n, err)
		}
		if d, known, err := s.Delivery(ctx, "0"); err != nil || !known || d.State != store.DeliveryQueued {
			t.Errorf("a waiting delivery was pruned: %v", err)
		}
		if _, found, err := s.LatestResult(ctx, 2, 1, ""); err != nil || !found {
			t.Errorf("the result of an open pull request was pruned: %v", err)
		}
	})
}
