// Package publish answers on GitHub: the check run that is the gate, one check run for each family of findings, and at
// most one review with inline comments for each push.
//
// GitHub is the memory. Everything that Assay wrote is found again by who wrote it and by a mark that it carries, so
// that a process may die between any two calls and the next one ends up where an undisturbed one would have. A mark
// alone proves nothing, since anyone can write one: the author must match too.
package publish

import (
	"errors"
	"net/http"

	"github.com/google/go-github/v62/github"
)

// Publisher writes to one repository. Two of them may work on one repository at a time, but not on one commit.
type Publisher struct {
	client *github.Client
	owner  string
	repo   string
	id     Identity
	links  Links
	memory Memory
}

// Identity is who Assay is on this GitHub.
type Identity struct {
	AppID    int64  // owns its check runs
	BotLogin string // writes its comments, such as "assay[bot]"; nobody else can have a login with brackets
}

// New makes the publisher of a repository. Retries and rate limits are the client's concern.
func New(client *github.Client, owner, repo string, id Identity, links Links) *Publisher {
	return &Publisher{client: client, owner: owner, repo: repo, id: id, links: links, memory: forgetful{}}
}

// ErrStale says that the pull request has another head by now. Nothing was written; the new head has its own review.
var ErrStale = errors.New("the head of the pull request has moved")

// isUnprocessable reports whether GitHub understood a request and will never take it.
func isUnprocessable(err error) bool {
	var response *github.ErrorResponse
	return errors.As(err, &response) && response.Response != nil &&
		response.Response.StatusCode == http.StatusUnprocessableEntity
}
