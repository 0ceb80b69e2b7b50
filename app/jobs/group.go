package jobs

import (
	"context"
	"fmt"

	"github.com/google/go-github/v62/github"

	"github.com/assay-app/assay/app/publish"
	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/checks"
)

// runGroup reviews what a merge queue is about to merge: everything between the commit that the queue builds on and
// the commit that it made. Nobody reads comments there; the gate alone is published.
func (a *analysis) runGroup(ctx context.Context, group queue.MergeGroup) error {
	repository, _, err := a.client.Repositories.Get(ctx, a.job.Owner, a.job.Name)
	if err != nil {
		return fmt.Errorf("read repository %s/%s: %w", a.job.Owner, a.job.Name, err)
	}
	a.revision = revision{
		head:    checks.CommitSHA(group.HeadSHA),
		ref:     "",
		baseRef: group.BaseRef,
		base:    group.BaseSHA,
		isMain:  group.BaseRef == repository.GetDefaultBranch(),
		facts:   checks.PullRequest{BaseBranch: group.BaseRef},
	}
	a.log = a.log.With("head", a.revision.head, "merge_group", true)
	return a.reviewAndSave(ctx)
}

// judgeGroup adds the verdict on a merge group to the gate, and reports whether the commit is one's head.
func (w *Worker) judgeGroup(ctx context.Context, client *github.Client, job queue.Decide, gates gates) (bool, error) {
	group, ok, err := w.Store.MergeGroup(ctx, job.RepositoryID, job.Head)
	if err != nil || !ok {
		return false, err
	}
	stored, ok, err := w.Store.LatestResult(ctx, job.RepositoryID, 0, job.Head)
	if err != nil || !ok {
		return ok, err // its analysis wakes the decision again
	}
	rec, err := decode(stored.Body)
	if err != nil {
		return false, err
	}
	if rec.BaseRef == "" { // given up before anything was known
		rec.BaseRef = group.BaseRef
	}
	if err := w.complete(ctx, client, job, rec); err != nil {
		return false, err
	}
	effective, decision, unscanned := rec.judge(w.Defaults)
	// A queue exists only for branches that are gated.
	gates.named(gateName, job.Head).Pulls = append(gates.named(gateName, job.Head).Pulls, publish.Pull{
		Head: checks.CommitSHA(job.Head), Result: rec.Result, Unscanned: unscanned,
		Decision: decision, CommentAt: effective.CommentAt, Policy: rec.origin(),
	})
	return true, nil
}
