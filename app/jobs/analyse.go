package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/assay-app/assay/app/githubapi"
	"github.com/assay-app/assay/app/gitrepo"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/publish"
	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/checks"
)

// Analyse reviews a pull request at its present head and leaves the result to Decide.
func (w *Worker) Analyse(ctx context.Context, job queue.Analyse) error {
	return snoozeIfLimited(w.analysis(job).run(ctx))
}

// analysis is one Analyse job under way.
type analysis struct {
	*Worker
	job    queue.Analyse
	client *github.Client
	log    *slog.Logger

	pull     *github.PullRequest // nil for a merge group
	revision revision
}

func (w *Worker) analysis(job queue.Analyse) *analysis {
	return &analysis{
		Worker: w,
		job:    job,
		client: w.GitHub.Repository(job.InstallationID, job.RepositoryID, access()),
		log:    w.Log.With("repository", job.Owner+"/"+job.Name, "pull", job.Number, "delivery", job.Delivery),
	}
}

func (a *analysis) run(ctx context.Context) (err error) {
	if a.job.MergeGroup != nil {
		return a.runGroup(ctx, *a.job.MergeGroup)
	}
	a.pull, err = a.readPull(ctx, a.client, a.job.Owner, a.job.Name, a.job.Number)
	if err != nil {
		return err
	}
	if err := a.remember(ctx, a.job.RepositoryID, a.pull); err != nil {
		return err
	}
	a.revision = a.ofPull()
	a.log = a.log.With("head", a.revision.head)
	if a.pull.GetState() != "open" {
		a.log.Info("not reviewed: the pull request is closed")
		return a.wakeDecide(ctx, a.job, a.revision.head)
	}
	return a.reviewAndSave(ctx)
}

func (a *analysis) reviewAndSave(ctx context.Context) error {
	rec, err := a.review(ctx)
	if errors.Is(err, errReplaced) {
		a.log.Info("not reviewed", "reason", err)
		return a.wakeDecide(ctx, a.job, a.revision.head) // which ends the check that may be in progress
	}
	if err != nil {
		return err
	}
	return a.save(ctx, a.job, a.revision.head, rec)
}

// review does the work on a pull request that is open. While it lasts, the gate is in progress: another pull request
// with the same head may have opened it.
func (a *analysis) review(ctx context.Context) (*record, error) {
	t, err := a.readTarget(ctx)
	rec := &record{BaseRef: a.revision.baseRef, Target: t.SHA, Default: t.Default, Protected: t.Protected}
	if errors.Is(err, errNoBranch) {
		return rec.failed(fmt.Sprintf("the branch %s, into which this is to be merged, does not exist", rec.BaseRef)), nil
	}
	if err != nil {
		return nil, err
	}
	early := t.Default || t.Protected // gated whatever the policy says
	if early {
		if err := a.start(ctx, gateName); err != nil {
			return nil, err
		}
	}
	if t.MergeBase == "" {
		return rec.failed(obstacle(gitrepo.ErrNoMergeBase)), nil
	}
	lease, err := a.fetch(ctx, t)
	if reason := obstacle(err); reason != "" {
		a.log.Warn("cannot be reviewed", "error", err)
		return rec.failed(reason), nil
	}
	if errors.Is(err, gitrepo.ErrNoCommit) {
		err = a.replaced(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	defer lease.Close()

	rec.Policy, err = lease.ReadFile(ctx, t.SHA, policy.File, policy.MaxBytes+1)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, gitrepo.ErrTooLarge) {
		return nil, fmt.Errorf("read %s at %.12s: %w", policy.File, t.SHA, err)
	}
	rec.PolicyTooLarge = errors.Is(err, gitrepo.ErrTooLarge)
	effective, _, _ := rec.judge(a.Defaults)
	if !early {
		if err := a.start(ctx, rec.gate(effective)); err != nil {
			return nil, err
		}
	}
	rec.Result, err = a.analyse(ctx, lease, effective)
	return rec, err
}

// start shows on GitHub that the review has begun.
func (a *analysis) start(ctx context.Context, gate string) error {
	publisher, err := a.publisher(ctx, a.client, a.job.RepositoryID, a.job.Owner, a.job.Name)
	if err != nil {
		return err
	}
	return a.onCommit(ctx, a.job.RepositoryID, a.revision.head, func(ctx context.Context) error {
		if err := a.doubt(ctx); err != nil {
			return err
		}
		return publisher.Start(ctx, a.revision.head, gate, true)
	})
}

// analyse runs the checks on what was fetched. Of the policy it needs the names that are the organisation's own.
func (a *analysis) analyse(ctx context.Context, lease *gitrepo.Range, p policy.Policy) (*review.Result, error) {
	change := lease.Change()
	change.PullRequest = a.revision.facts
	key, err := a.Store.RandomKey(ctx, "fingerprint-key")
	if err != nil {
		return nil, err
	}
	change.Options.SecretKey = key
	change.Options.PrivateNames, change.Options.PublicHosts = p.Private, a.PublicHosts
	result, err := review.Run(ctx, a.Analyser, review.Input{Change: change, Unscanned: lease.Unscanned(), Packages: a.Packages})
	if err != nil {
		return nil, err
	}
	a.log.Info("reviewed", "files", result.Stats.Files, "bytes", result.Stats.Bytes, "seconds", result.Stats.Seconds,
		"findings", len(result.Findings), "unscanned", len(result.Unscanned))
	return result, nil
}

// GaveUp concludes what an Analyse that failed for good leaves behind: a check must not stay in progress for ever, and
// must not pass what was not checked.
func (w *Worker) GaveUp(ctx context.Context, job queue.Analyse, cause error) error {
	rec := new(record).failed(fmt.Sprintf("the review was given up after %d attempts: %s", queue.MaxAttempts, cause))
	return w.save(ctx, job, checks.CommitSHA(job.Head), rec)
}

// snoozeIfLimited gives a job back until GitHub's rate limit ends, instead of holding a worker or an attempt.
func snoozeIfLimited(err error) error {
	if until, ok := githubapi.RetryAt(err); ok {
		return queue.Snooze(time.Until(until))
	}
	return err
}

// publisher writes to a repository under the App's own name.
func (w *Worker) publisher(ctx context.Context, client *github.Client, repositoryID int64, owner, name string) (*publish.Publisher, error) {
	identity, err := w.Identity(ctx)
	if err != nil {
		return nil, err
	}
	return publish.New(client, owner, name, identity, w.Links).WithMemory(&memory{w.Store, repositoryID}), nil
}

// doubt makes the memory of check runs be checked against GitHub when the head was reviewed before: a re-run, which is
// one reason to do so again, has reset them there.
func (a *analysis) doubt(ctx context.Context) error {
	_, reviewed, err := a.Store.LatestResult(ctx, a.job.RepositoryID, a.job.Number, string(a.revision.head))
	if err != nil || !reviewed {
		return err
	}
	return (&memory{a.Store, a.job.RepositoryID}).Writing(ctx, a.revision.head)
}
