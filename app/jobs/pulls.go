package jobs

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/go-github/v62/github"

	"github.com/assay-app/assay/app/queue"
)

// maxPullPages bounds how many pages of pull requests that contain a commit are read, at pullsPerPage each, which is
// GitHub's most. A thousand open pull requests over one commit are an attack, and the job then fails.
const (
	maxPullPages = 10
	pullsPerPage = 100
)

// openPulls are the open pull requests whose head is the job's commit, lowest number first.
//
// What webhooks told is not enough: one may have been lost, and a pull request that nobody counted would buy a green
// gate. What GitHub lists for a commit is not enough either: it leaves out open pull requests once the commit is on the
// default branch, such as those from main into a release branch.
func (w *Worker) openPulls(ctx context.Context, client *github.Client, job queue.Decide) ([]*github.PullRequest, error) {
	listed, err := listPulls(ctx, client, job)
	if err != nil {
		return nil, err
	}
	open := map[int]*github.PullRequest{}
	for _, pull := range listed {
		open[pull.GetNumber()] = pull
	}
	known, err := w.Store.PullsAtHead(ctx, job.RepositoryID, job.Head)
	if err != nil {
		return nil, err
	}
	for _, k := range known {
		if open[k.Number] != nil {
			continue
		}
		pull, err := w.readPull(ctx, client, job.Owner, job.Name, k.Number)
		if err != nil {
			return nil, err
		}
		if err := w.remember(ctx, job.RepositoryID, pull); err != nil {
			return nil, err
		}
		open[k.Number] = pull
	}
	maps.DeleteFunc(open, func(_ int, p *github.PullRequest) bool {
		return p.GetState() != "open" || p.GetHead().GetSHA() != job.Head
	})
	return slices.SortedFunc(maps.Values(open), func(a, b *github.PullRequest) int {
		return cmp.Compare(a.GetNumber(), b.GetNumber())
	}), nil
}

// listPulls is what GitHub lists for a commit.
func listPulls(ctx context.Context, client *github.Client, job queue.Decide) ([]*github.PullRequest, error) {
	var all []*github.PullRequest
	options := &github.ListOptions{PerPage: pullsPerPage}
	for range maxPullPages {
		page, answer, err := client.PullRequests.ListPullRequestsWithCommit(ctx, job.Owner, job.Name, job.Head, options)
		if err != nil {
			return nil, fmt.Errorf("list the pull requests with head %.12s: %w", job.Head, err)
		}
		all = append(all, page...)
		if answer.NextPage == 0 {
			return all, nil
		}
		options.Page = answer.NextPage
	}
	return nil, queue.Permanent(fmt.Errorf("commit %.12s is part of more than %d pull requests", job.Head, maxPullPages*pullsPerPage))
}
