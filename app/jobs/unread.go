package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/go-github/v62/github"

	"github.com/assay-app/assay/app/githubapi"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/checks"
)

// complete reads from GitHub's API what a review that failed did not come to read from git: whether the branch is
// protected, and its policy. Without them a change that cannot be fetched would be judged by the server's defaults, and
// whoever can make a fetch fail could open a gate that the repository's policy keeps shut.
func (w *Worker) complete(ctx context.Context, client *github.Client, job queue.Decide, rec *record) error {
	if !rec.Unread {
		return nil
	}
	branch, err := w.readBranch(ctx, client, job.Owner, job.Name, rec.BaseRef)
	if errors.Is(err, errNoBranch) {
		rec.fault = fmt.Errorf("the branch %q does not exist", rec.BaseRef)
		return nil
	}
	if err != nil {
		return err
	}
	rec.Target = checks.CommitSHA(branch.GetCommit().GetSHA())
	rec.Protected = branch.GetProtected()
	return w.readPolicy(ctx, client, job, rec)
}

// readPolicy believes that there is no policy only after it was told so several times.
func (w *Worker) readPolicy(ctx context.Context, client *github.Client, job queue.Decide, rec *record) error {
	var file *github.RepositoryContent
	err := w.GitHub.RetryNotFound(ctx, func(ctx context.Context) (err error) {
		file, _, _, err = client.Repositories.GetContents(ctx, job.Owner, job.Name, policy.File,
			&github.RepositoryContentGetOptions{Ref: string(rec.Target)})
		return err
	})
	switch {
	case githubapi.Classify(err) == githubapi.NotFound:
		return nil
	case err != nil:
		return fmt.Errorf("read %s at %.12s: %w", policy.File, rec.Target, err)
	case file == nil || file.GetType() != "file":
		rec.fault = fmt.Errorf("%s is no file", policy.File)
		return nil
	case file.GetSize() > policy.MaxBytes:
		rec.PolicyTooLarge = true
		return nil
	}
	text, err := file.GetContent()
	if err != nil {
		return fmt.Errorf("read %s at %.12s: %w", policy.File, rec.Target, err)
	}
	rec.Policy = []byte(text)
	return nil
}
