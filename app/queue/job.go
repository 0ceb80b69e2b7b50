package queue

import (
	"errors"
	"fmt"

	"github.com/assay-app/assay/app/store"
)

// Job is a piece of work: an [Analyse] or a [Decide].
type Job interface {
	Kind() string
	check() error
	open() store.OpenJob
}

// The kinds of job; each has its own lane, so that decisions never wait behind scans.
const (
	kindAnalyse = "analyse"
	kindDecide  = "decide"
)

// Analyse fetches and scans one pull request, or one merge group. Two with the same repository, number and head are
// the same job.
//
// Head is what the event said, and only a hint: events arrive late and out of order, so that the worker asks GitHub
// for the pull request first, and reviews the head that it finds.
type Analyse struct {
	InstallationID int64  `json:"installation_id"`
	RepositoryID   int64  `json:"repository_id" river:"unique"`
	Owner          string `json:"owner"`
	Name           string `json:"name"`
	Number         int    `json:"number" river:"unique"` // 0 for a merge group
	Head           string `json:"head" river:"unique"`
	Delivery       string `json:"delivery,omitempty"` // GUID of the first delivery that asked for it, for the log

	MergeGroup *MergeGroup `json:"merge_group,omitempty"`
}

// MergeGroup is a commit that a merge queue made of several pull requests and wants checked.
type MergeGroup struct {
	HeadSHA string `json:"head_sha"`
	BaseSHA string `json:"base_sha"`
	BaseRef string `json:"base_ref"` // branch, without refs/heads/
}

// Kind names the job in the database.
func (Analyse) Kind() string { return kindAnalyse }

func (a Analyse) check() error {
	if a.RepositoryID <= 0 || a.Head == "" || (a.Number <= 0) == (a.MergeGroup == nil) {
		return errors.New("it needs a repository, a head, and either a number or a merge group")
	}
	return nil
}

func (a Analyse) open() store.OpenJob {
	return store.OpenJob{Kind: kindAnalyse, InstallationID: a.InstallationID, RepositoryID: a.RepositoryID, Number: a.Number, Head: a.Head}
}

// Decide works out the verdict over all open pull requests at one head from what is stored, and publishes it. Two with
// the same repository and head are the same job.
type Decide struct {
	InstallationID int64  `json:"installation_id"`
	RepositoryID   int64  `json:"repository_id" river:"unique"`
	Owner          string `json:"owner"`
	Name           string `json:"name"`
	Head           string `json:"head" river:"unique"`
}

// Kind names the job in the database.
func (Decide) Kind() string { return kindDecide }

func (d Decide) check() error {
	if d.RepositoryID <= 0 || d.Head == "" {
		return errors.New("it needs a repository and a head")
	}
	return nil
}

func (d Decide) open() store.OpenJob {
	return store.OpenJob{Kind: kindDecide, InstallationID: d.InstallationID, RepositoryID: d.RepositoryID, Head: d.Head}
}

// String says which work it is, for logs.
func (a Analyse) String() string {
	if a.MergeGroup != nil {
		return fmt.Sprintf("analyse merge group %s of %s/%s", a.Head, a.Owner, a.Name)
	}
	return fmt.Sprintf("analyse %s/%s#%d at %s", a.Owner, a.Name, a.Number, a.Head)
}

// String says which work it is, for logs.
func (d Decide) String() string { return fmt.Sprintf("decide on %s/%s at %s", d.Owner, d.Name, d.Head) }
