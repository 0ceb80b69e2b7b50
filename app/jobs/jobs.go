// Package jobs is what a worker does about a pull request. It joins the parts that know GitHub and the database to
// the pipeline that knows neither.
//
// There are two jobs. Analyse fetches, has the change analysed and remembers the result. Decide takes a verdict over
// all open pull requests with one head and publishes it, in a second or two and without scanning again, which is all
// that an approval, a changed label or a closed pull request needs.
//
// A webhook only wakes a job: what is true is read from GitHub's API when the job runs, so that events may come late,
// twice or in the wrong order.
package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/assay-app/assay/app/githubapi"
	"github.com/assay-app/assay/app/gitrepo"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/publish"
	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/review"
	"github.com/assay-app/assay/app/store"
)

// Worker does the jobs. All fields are needed but Packages and PublicHosts.
type Worker struct {
	GitHub   *githubapi.App
	Store    *store.Store
	Queue    Queue
	Mirrors  *gitrepo.Mirrors
	Analyser review.Analyser
	Identity func(context.Context) (publish.Identity, error) // known once GitHub was reached
	Links    publish.Links
	Defaults policy.Policy // for repositories without a policy of their own
	Rules    string        // version of all that decides what is found
	Log      *slog.Logger

	Packages    review.PackageJudge // looks packages up; nil for nobody
	PublicHosts []string            // of the public registries that it asks
}

// Queue takes jobs; one that waits already is not stored twice.
type Queue interface {
	Enqueue(ctx context.Context, job queue.Job) (id int64, err error)

	// Ensure adds nothing to a job that runs.
	Ensure(ctx context.Context, job queue.Job) error
}

const (
	// lockTTL is how long a commit stays locked after a process died in the middle of publishing. A live process
	// renews its lock.
	lockTTL = 30 * time.Second
)

// access is what the jobs ask of an installation token: to read the pull request and its code, and to answer.
func access() githubapi.Permissions {
	return githubapi.Permissions{Contents: githubapi.Read, PullRequests: githubapi.Write, Checks: githubapi.Write}
}

// fetchAccess is what git asks of its token.
func fetchAccess() githubapi.Permissions {
	return githubapi.Permissions{Contents: githubapi.Read}
}
