package jobs

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/publish"
	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
	"github.com/assay-app/assay/checks"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestMemoryOfCheckRuns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		known(t, ctx, s)
		m := &memory{s, 7}
		const head = checks.CommitSHA("c0ffee")

		want := func(when string, runs map[string]publish.Run, sure bool) {
			t.Helper()
			got, gotSure, err := m.Runs(ctx, head)
			if err != nil {
				t.Fatal(err)
			}
			if gotSure != sure {
				t.Errorf("%s: sure is %v", when, gotSure)
			}
			if diff := cmp.Diff(runs, got); sure && diff != "" {
				t.Errorf("%s:\n%s", when, diff)
			}
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		want("before anything was written", map[string]publish.Run{}, true)

		must(m.Writing(ctx, head))
		want("while something is written", nil, false)

		runs := map[string]publish.Run{
			"Assay":         {ID: 1, Digest: "assay:1", Completed: true, Conclusion: "failure", Annotations: 51},
			"Assay: secret": {ID: 2},
		}
		must(m.Wrote(ctx, head, runs))
		want("after it was written", runs, true)

		must(m.Writing(ctx, head))
		want("while something is written again", nil, false)

		must(m.Wrote(ctx, head, runs))
		must(s.SavePublished(ctx, store.Published{RepositoryID: 7, SHA: string(head), Name: "Assay", CheckRunID: 1, Digest: "as another version wrote it"}))
		want("with a row of another version", nil, false)
	})
}

// known makes repository 7 one that may be written about.
func known(t *testing.T, ctx context.Context, s *store.Store) {
	t.Helper()
	err := s.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := s.SaveInstallation(ctx, tx, store.Installation{ID: 3, Account: "acme"}); err != nil {
			return err
		}
		return s.SaveRepository(ctx, tx, store.Repository{ID: 7, InstallationID: 3, Owner: "acme", Name: "bot", DefaultBranch: "main"})
	})
	if err != nil {
		t.Fatal(err)
	}
}
