package jobs

import (
	"context"

	"github.com/google/go-github/v62/github"

	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/checks"
)

// remember notes a pull request as GitHub has it now.
func (w *Worker) remember(ctx context.Context, repositoryID int64, pull *github.PullRequest) error {
	return w.Store.InTx(ctx, func(ctx context.Context, tx store.Tx) error {
		_, err := w.Store.SavePull(ctx, tx, store.Pull{
			RepositoryID: repositoryID,
			Number:       pull.GetNumber(),
			Head:         pull.GetHead().GetSHA(),
			BaseRef:      pull.GetBase().GetRef(),
			State:        pull.GetState(),
			Draft:        pull.GetDraft(),
			UpdatedAt:    pull.GetUpdatedAt().Time,
		})
		return err
	})
}

// save stores what an analysis gave and wakes the decision. If the process dies between the two, the job is not done
// and runs again.
func (w *Worker) save(ctx context.Context, job queue.Analyse, head checks.CommitSHA, rec *record) error {
	body, err := rec.encode()
	if err != nil {
		return err
	}
	key := store.ResultKey{RepositoryID: job.RepositoryID, Number: job.Number, Head: string(head), Target: string(rec.Target), Rules: w.Rules}
	if rec.Result != nil {
		key.MergeBase = string(rec.Result.MergeBase)
	}
	if err := w.Store.SaveResult(ctx, key, body); err != nil {
		return err
	}
	return w.wakeDecide(ctx, job, head)
}

func (w *Worker) wakeDecide(ctx context.Context, job queue.Analyse, head checks.CommitSHA) error {
	_, err := w.Queue.Enqueue(ctx, queue.Decide{
		InstallationID: job.InstallationID, RepositoryID: job.RepositoryID, Owner: job.Owner, Name: job.Name, Head: string(head),
	})
	return err
}

// wantAnalyse sees to it that a pull request is analysed. An analysis that runs is not asked to run again: it wakes this
// decision when it ends, and if it knew too little, this asks anew.
func (w *Worker) wantAnalyse(ctx context.Context, job queue.Decide, pull *github.PullRequest) error {
	return w.Queue.Ensure(ctx, queue.Analyse{
		InstallationID: job.InstallationID, RepositoryID: job.RepositoryID, Owner: job.Owner, Name: job.Name,
		Number: pull.GetNumber(), Head: pull.GetHead().GetSHA(),
	})
}

// recall finds the result of a pull request at its present head and base, nil when there is none.
func (w *Worker) recall(ctx context.Context, repositoryID int64, pull *github.PullRequest) (*record, error) {
	stored, ok, err := w.Store.LatestResult(ctx, repositoryID, pull.GetNumber(), pull.GetHead().GetSHA())
	if err != nil || !ok {
		return nil, err
	}
	rec, err := decode(stored.Body)
	if err != nil {
		return nil, err
	}
	base := pull.GetBase()
	if rec.Unread && rec.BaseRef == "" { // given up before the base was known
		rec.BaseRef, rec.Default = base.GetRef(), base.GetRef() == base.GetRepo().GetDefaultBranch()
	}
	if rec.BaseRef != base.GetRef() {
		return nil, nil
	}
	return rec, nil
}
