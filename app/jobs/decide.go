package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/go-github/v62/github"

	"github.com/assay-app/assay/app/publish"
	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/checks"
)

// Decide takes the verdict on a commit over all open pull requests with that head, and publishes it.
func (w *Worker) Decide(ctx context.Context, job queue.Decide) error {
	return snoozeIfLimited(w.onCommit(ctx, job.RepositoryID, checks.CommitSHA(job.Head), func(ctx context.Context) error {
		return w.decide(ctx, job)
	}))
}

// onCommit runs work while no other process publishes on the same commit.
func (w *Worker) onCommit(ctx context.Context, repositoryID int64, head checks.CommitSHA, work func(context.Context) error) error {
	return w.Store.WithLease(ctx, fmt.Sprintf("commit/%d/%s", repositoryID, head), lockTTL, work)
}

func (w *Worker) decide(ctx context.Context, job queue.Decide) error {
	log := w.Log.With("repository", job.Owner+"/"+job.Name, "head", job.Head)
	client := w.GitHub.Repository(job.InstallationID, job.RepositoryID, access())
	open, err := w.openPulls(ctx, client, job)
	if err != nil {
		return err
	}
	gates := gates{}
	group, err := w.judgeGroup(ctx, client, job, gates)
	if err != nil {
		return err
	}
	publisher, err := w.publisher(ctx, client, job.RepositoryID, job.Owner, job.Name)
	if err != nil {
		return err
	}
	if len(open) == 0 && !group {
		log.Info("nothing to decide: no open pull request has this head")
		return publisher.Abandon(ctx, checks.CommitSHA(job.Head))
	}
	for _, pull := range open {
		if err := w.judge(ctx, client, job, publisher, pull, gates); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(gates)) {
		gate := gates[name]
		if err := publisher.Conclude(ctx, *gate); err != nil {
			return fmt.Errorf("publish %q on %s/%s@%.12s: %w", name, job.Owner, job.Name, job.Head, err)
		}
		log.Info("decided", "check", name, "pulls", len(gate.Pulls), "pending", len(gate.Pending))
	}
	return nil
}

// judge adds one pull request's verdict to the gate that it counts for, after its comments are placed. One that was not
// analysed yet, or whose base changed since, keeps the gate in progress.
func (w *Worker) judge(ctx context.Context, client *github.Client, job queue.Decide, publisher *publish.Publisher, pull *github.PullRequest, gates gates) error {
	rec, err := w.recall(ctx, job.RepositoryID, pull)
	if err != nil {
		return err
	}
	if rec == nil {
		// An unknown pull request counts for the gate until it is known not to.
		pending := gates.named(gateName, job.Head)
		pending.Pending = append(pending.Pending, pull.GetNumber())
		return w.wantAnalyse(ctx, job, pull)
	}
	if err := w.complete(ctx, client, job, rec); err != nil {
		return err
	}
	effective, decision, unscanned := rec.judge(w.Defaults)
	p := publish.Pull{
		Number:    pull.GetNumber(),
		Head:      checks.CommitSHA(job.Head),
		Draft:     pull.GetDraft(),
		Current:   true, // openPulls has just read it
		Result:    rec.Result,
		Unscanned: unscanned,
		Decision:  decision,
		CommentAt: effective.CommentAt,
		Policy:    rec.origin(),
	}
	p.Placed, err = publisher.Review(ctx, p)
	if errors.Is(err, publish.ErrStale) {
		return nil // a newer push has its own jobs
	}
	if err != nil {
		return fmt.Errorf("comment on %s/%s#%d: %w", job.Owner, job.Name, p.Number, err)
	}
	counted := gates.named(rec.gate(effective), job.Head)
	counted.Pulls = append(counted.Pulls, p)
	return nil
}
