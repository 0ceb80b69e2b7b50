package jobs

import (
	"context"
	"fmt"

	"github.com/assay-app/assay/app/publish"
	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/checks"
)

// memory remembers in the database which check runs of ours stand on a commit of a repository.
type memory struct {
	store      *store.Store
	repository int64
}

// state is the name of the row that says whether the others can be trusted; no check run has an empty name.
const (
	state   = ""
	writing = "writing"
	written = "written"
)

// Runs implements [publish.Memory].
func (m *memory) Runs(ctx context.Context, head checks.CommitSHA) (map[string]publish.Run, bool, error) {
	rows, err := m.store.PublishedOn(ctx, m.repository, string(head))
	if err != nil {
		return nil, false, err
	}
	runs := map[string]publish.Run{}
	sure := len(rows) == 0
	for _, row := range rows {
		if row.Name == state {
			sure = row.Digest == written
			continue
		}
		run := publish.Run{ID: row.CheckRunID}
		if _, err := fmt.Sscanf(row.Digest, runForm, &run.Digest, &run.Completed, &run.Conclusion, &run.Annotations); err != nil {
			return nil, false, nil // of another version of Assay: ask GitHub
		}
		runs[row.Name] = run
	}
	return runs, sure, nil
}

// runForm is how a run is kept in one column. Quotes keep an empty text one word.
const runForm = "%q %t %q %d"

// Writing implements [publish.Memory].
func (m *memory) Writing(ctx context.Context, head checks.CommitSHA) error {
	return m.store.SavePublished(ctx, store.Published{RepositoryID: m.repository, SHA: string(head), Name: state, Digest: writing})
}

// Wrote implements [publish.Memory]. The state comes last: what is noted before it counts only with it.
func (m *memory) Wrote(ctx context.Context, head checks.CommitSHA, runs map[string]publish.Run) error {
	for name, run := range runs {
		err := m.store.SavePublished(ctx, store.Published{
			RepositoryID: m.repository, SHA: string(head), Name: name, CheckRunID: run.ID,
			Digest: fmt.Sprintf(runForm, run.Digest, run.Completed, run.Conclusion, run.Annotations),
		})
		if err != nil {
			return err
		}
	}
	return m.store.SavePublished(ctx, store.Published{RepositoryID: m.repository, SHA: string(head), Name: state, Digest: written})
}
