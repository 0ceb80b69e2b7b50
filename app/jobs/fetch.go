package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/assay-app/assay/app/githubapi"
	"github.com/assay-app/assay/app/gitrepo"
	"github.com/assay-app/assay/checks"
)

// fetch brings what the review reads into the mirror. A refusal is asked about again for a while: git's servers may
// learn of a new token, fork or permission later than those of the API.
func (a *analysis) fetch(ctx context.Context, t target) (*gitrepo.Range, error) {
	var lease *gitrepo.Range
	refused := func(err error) bool { return errors.Is(err, gitrepo.ErrRefused) }
	err := a.GitHub.RetryWhile(ctx, refused, func(ctx context.Context) error {
		token, err := a.GitHub.Token(ctx, a.job.InstallationID, a.job.RepositoryID, fetchAccess())
		if err != nil {
			return fmt.Errorf("get a token to fetch with: %w", err)
		}
		lease, err = a.Mirrors.Fetch(ctx, gitrepo.FetchRequest{
			RepositoryID: a.job.RepositoryID,
			URL:          a.GitHub.Address().CloneURL(a.job.Owner, a.job.Name),
			Token:        token,
			Head:         a.revision.head,
			MergeBase:    t.MergeBase,
			Target:       t.SHA,
			HeadRef:      a.revision.ref,
			Commits:      t.Commits,
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("fetch %s/%s#%d: %w", a.job.Owner, a.job.Name, a.job.Number, err)
	}
	return lease, nil
}

// obstacle says for people why a change cannot be had, when trying again in an hour would not help either. It is empty
// for all that may pass.
func obstacle(err error) string {
	switch {
	case errors.Is(err, gitrepo.ErrTooLarge):
		return "the change is too large to be fetched: " + err.Error()
	case errors.Is(err, gitrepo.ErrNoMergeBase):
		return "the head has no commit in common with the branch that it is to be merged into, so nothing can be called new"
	case errors.Is(err, gitrepo.ErrRefused):
		return "GitHub does not let Assay fetch the repository: check that the App may read its contents"
	}
	return ""
}

// errReplaced says that a head is no longer that of its pull request, which has its own review.
var errReplaced = errors.New("the pull request has another head by now, or was closed")

// replaced tells a commit that is gone because nobody wants it any more from one that the server does not have yet.
func (a *analysis) replaced(ctx context.Context, missing error) error {
	if a.pull == nil {
		return missing
	}
	now, err := a.readPull(ctx, a.client, a.job.Owner, a.job.Name, a.job.Number)
	if githubapi.Classify(err) == githubapi.NotFound {
		return errReplaced
	}
	if err != nil {
		return errors.Join(missing, err)
	}
	if now.GetState() == "open" && checks.CommitSHA(now.GetHead().GetSHA()) == a.revision.head {
		return missing
	}
	return errReplaced
}
