package jobs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/assay-app/assay/app/githubapi"
	"github.com/assay-app/assay/checks"
)

// target is where a pull request wants to go, as read for this review.
type target struct {
	SHA       checks.CommitSHA // the tip of the base branch, never what the payload said
	MergeBase checks.CommitSHA // empty when the two have no common ancestor
	Commits   int              // from the merge base to the head
	Default   bool
	Protected bool
}

// readPull reads a pull request. GitHub announces one before it can be read, so a 404 is asked about again for a while.
func (w *Worker) readPull(ctx context.Context, client *github.Client, owner, name string, number int) (*github.PullRequest, error) {
	var pull *github.PullRequest
	err := w.GitHub.RetryNotFound(ctx, func(ctx context.Context) error {
		var err error
		pull, _, err = client.PullRequests.Get(ctx, owner, name, number)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read pull request %s/%s#%d: %w", owner, name, number, err)
	}
	return pull, nil
}

// revision is what is reviewed: the head of a pull request or of a merge group.
type revision struct {
	head    checks.CommitSHA
	ref     string // that leads to head on the server
	baseRef string // branch, without refs/heads/
	base    string // what to compare with: baseRef, or for a merge group a commit
	isMain  bool   // baseRef is the default branch
	facts   checks.PullRequest
}

func (a *analysis) ofPull() revision {
	base := a.pull.GetBase()
	return revision{
		head:    checks.CommitSHA(a.pull.GetHead().GetSHA()),
		ref:     fmt.Sprintf("refs/pull/%d/head", a.pull.GetNumber()),
		baseRef: base.GetRef(),
		base:    base.GetRef(),
		isMain:  base.GetRef() == base.GetRepo().GetDefaultBranch(),
		facts:   facts(a.pull),
	}
}

// readTarget finds the tip of the base branch and the merge base with one call, and whether the branch is protected
// with another unless it is the default branch, which is gated anyway.
func (a *analysis) readTarget(ctx context.Context) (target, error) {
	t := target{Default: a.revision.isMain}
	comparison, err := a.compare(ctx)
	switch {
	case err == nil:
		t.SHA = checks.CommitSHA(comparison.GetBaseCommit().GetSHA())
		t.MergeBase = checks.CommitSHA(comparison.GetMergeBaseCommit().GetSHA())
		t.Commits = comparison.GetTotalCommits()
	case githubapi.Classify(err) != githubapi.NotFound:
		return t, fmt.Errorf("compare %s with %.12s: %w", a.revision.base, a.revision.head, err)
	}
	if t.SHA != "" && t.Default {
		return t, nil
	}
	branch, err := a.readBranch(ctx, a.client, a.job.Owner, a.job.Name, a.revision.baseRef)
	if err != nil {
		return t, err
	}
	if t.SHA == "" {
		t.SHA = checks.CommitSHA(branch.GetCommit().GetSHA())
	}
	t.Protected = branch.GetProtected()
	return t, nil
}

// errNoBranch says that the base branch does not exist.
var errNoBranch = errors.New("no such branch")

// readBranch reads a branch. One that is not there is asked for again for a while before it is [errNoBranch].
func (w *Worker) readBranch(ctx context.Context, client *github.Client, owner, name, ref string) (*github.Branch, error) {
	var branch *github.Branch
	missing := func(err error) bool { return errors.Is(err, errNoBranch) }
	err := w.GitHub.RetryWhile(ctx, missing, func(ctx context.Context) error {
		var response *github.Response
		var err error
		branch, response, err = client.Repositories.GetBranch(ctx, owner, name, ref, 1)
		if response != nil && response.StatusCode == http.StatusNotFound {
			return errNoBranch // which go-github reports without a type
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read branch %s: %w", ref, err)
	}
	return branch, nil
}

// noAncestor is how GitHub words a comparison of histories that have nothing in common, which it answers with 404. Any
// other 404 may be a server that has not heard of one of the two yet.
const noAncestor = "No common ancestor"

// compare asks GitHub what the head has that the base has not. A 404 is asked about again for a while, and then means
// that the branch is gone or that there is no common ancestor.
func (a *analysis) compare(ctx context.Context) (*github.CommitsComparison, error) {
	var comparison *github.CommitsComparison
	unknown := func(err error) bool {
		return githubapi.Classify(err) == githubapi.NotFound && !strings.Contains(err.Error(), noAncestor)
	}
	err := a.GitHub.RetryWhile(ctx, unknown, func(ctx context.Context) error {
		var err error
		comparison, _, err = a.client.Repositories.CompareCommits(ctx, a.job.Owner, a.job.Name, a.revision.base, string(a.revision.head), &github.ListOptions{PerPage: 1})
		return err
	})
	return comparison, err
}

// facts is what GitHub says of a pull request, as the checks see it.
func facts(pull *github.PullRequest) checks.PullRequest {
	p := checks.PullRequest{
		Number:     pull.GetNumber(),
		Title:      pull.GetTitle(),
		Body:       pull.GetBody(),
		Branch:     pull.GetHead().GetRef(),
		BaseBranch: pull.GetBase().GetRef(),
		Author:     checks.Account{ID: pull.GetUser().GetID(), Login: pull.GetUser().GetLogin(), Type: pull.GetUser().GetType()},
		Fork:       pull.GetHead().GetRepo().GetID() != pull.GetBase().GetRepo().GetID(),
		Draft:      pull.GetDraft(),
	}
	for _, label := range pull.Labels {
		p.Labels = append(p.Labels, label.GetName())
	}
	return p
}
