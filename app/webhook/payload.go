package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// payload is what is read of an event, whichever it is. All other fields of GitHub's are skipped.
type payload struct {
	Action       string        `json:"action"`
	Installation *installation `json:"installation"`
	Repository   *repository   `json:"repository"`
	Sender       struct {
		Login string `json:"login"`
	} `json:"sender"`

	PullRequest *pullRequest `json:"pull_request"`
	Changes     struct {
		Base *struct{} `json:"base"`
	} `json:"changes"`
	Issue *struct {
		Number      int       `json:"number"`
		PullRequest *struct{} `json:"pull_request"`
	} `json:"issue"`
	CheckRun   *check      `json:"check_run"`
	CheckSuite *check      `json:"check_suite"`
	MergeGroup *mergeGroup `json:"merge_group"`

	Repositories        []listedRepository `json:"repositories"`
	RepositoriesAdded   []listedRepository `json:"repositories_added"`
	RepositoriesRemoved []listedRepository `json:"repositories_removed"`
}

type installation struct {
	ID      int64 `json:"id"`
	Account struct {
		Login string `json:"login"`
	} `json:"account"`
}

type repository struct {
	ID            int64  `json:"id"`
	Name          string `json:"name"`
	Private       bool   `json:"private"`
	DefaultBranch string `json:"default_branch"`
	Owner         struct {
		Login string `json:"login"`
	} `json:"owner"`
}

// listedRepository is a repository as the installation events list it: without an owner of its own.
type listedRepository struct {
	ID       int64  `json:"id"`
	FullName string `json:"full_name"`
	Private  bool   `json:"private"`
}

type pullRequest struct {
	Number    int       `json:"number"`
	State     string    `json:"state"`
	Draft     bool      `json:"draft"`
	UpdatedAt time.Time `json:"updated_at"`
	Head      struct {
		SHA string `json:"sha"`
	} `json:"head"`
	Base struct {
		Ref  string `json:"ref"`
		Repo struct {
			ID int64 `json:"id"`
		} `json:"repo"`
	} `json:"base"`
}

// check is a check run or a check suite.
type check struct {
	HeadSHA string `json:"head_sha"`
	App     struct {
		ID int64 `json:"id"`
	} `json:"app"`
	PullRequests []pullRequest `json:"pull_requests"`
}

type mergeGroup struct {
	HeadSHA string `json:"head_sha"`
	BaseSHA string `json:"base_sha"`
	BaseRef string `json:"base_ref"` // refs/heads/…
}

// parse reads a payload. What an event needs is checked where the event is understood.
func parse(body []byte) (payload, error) {
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return payload{}, fmt.Errorf("the payload is not the JSON that GitHub sends: %w", err)
	}
	return p, nil
}

// Bounds on names that come from payloads: they are used in requests to GitHub, and stored.
const (
	maxName = 100  // GitHub's own bound on a repository's name; a login is shorter
	maxRef  = 1024 // git's own bound is lower
)

var (
	shaForm  = regexp.MustCompile(`^(?:[0-9a-f]{40}|[0-9a-f]{64})$`)
	nameForm = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)
)

func validSHA(sha string) bool { return shaForm.MatchString(sha) }

func validName(name string) bool {
	return len(name) <= maxName && nameForm.MatchString(name) && name != "." && name != ".."
}

func validRef(ref string) bool { return ref != "" && len(ref) <= maxRef }

func (r *repository) check() error {
	switch {
	case r == nil:
		return errors.New("it names no repository")
	case r.ID <= 0 || !validName(r.Name) || !validName(r.Owner.Login) || len(r.DefaultBranch) > maxRef:
		return errors.New("its repository is not described as GitHub does")
	}
	return nil
}

// split returns the owner and name of a listed repository.
func (r listedRepository) split() (owner, name string, err error) {
	owner, name, _ = strings.Cut(r.FullName, "/")
	if r.ID <= 0 || !validName(owner) || !validName(name) {
		return "", "", errors.New("one of its repositories is not described as GitHub does")
	}
	return owner, name, nil
}

func (p *pullRequest) check() error {
	switch {
	case p == nil:
		return errors.New("it names no pull request")
	case p.Number <= 0 || !validSHA(p.Head.SHA) || !validRef(p.Base.Ref):
		return errors.New("its pull request is not described as GitHub does")
	}
	return nil
}

func (c *check) check() error {
	switch {
	case c == nil:
		return errors.New("it names no check")
	case !validSHA(c.HeadSHA) || c.App.ID <= 0:
		return errors.New("its check is not described as GitHub does")
	}
	return nil
}
