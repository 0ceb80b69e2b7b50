package webhook

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/store"
)

// plan is what an event asks for. The zero plan is to do nothing.
type plan struct {
	number int // of the pull request that the event is about, for the record

	pull      *store.Pull       // to remember
	group     *store.MergeGroup // to remember
	supersede bool              // cancel reviews of pull at other heads, unless the event is late
	jobs      []queue.Job

	installed    *store.Installation
	repositories []store.Repository
	uninstalled  int64   // an installation to purge
	removed      []int64 // repositories to purge
}

func (p plan) empty() bool {
	return p.pull == nil && p.group == nil && len(p.jobs) == 0 && p.installed == nil && p.repositories == nil &&
		p.uninstalled == 0 && p.removed == nil
}

// planner turns payloads into plans. It only reads.
type planner struct {
	store *store.Store
	appID int64
	bot   func() string
}

// step plans for one action of one event. The repository, where the event has one, is valid and known by then.
type step func(pl *planner, ctx context.Context, e event) (plan, error)

// event is a payload with the names of its event and of the installation that it belongs to.
type event struct {
	payload
	installationID int64
	guid           string
}

// steps are the events and actions that do something. Package documentation says why.
var steps = map[string]map[string]step{
	"pull_request": {
		"opened": review, "reopened": review, "synchronize": review, "edited": edited,
		"ready_for_review": redecide, "converted_to_draft": redecide,
		"labeled": redecide, "unlabeled": redecide, "closed": redecide,
	},
	"pull_request_review":         {"submitted": reviewed, "edited": reviewed, "dismissed": reviewed},
	"pull_request_review_comment": {"created": reviewed, "edited": reviewed, "deleted": reviewed},
	"pull_request_review_thread":  {"resolved": reviewed, "unresolved": reviewed},
	"issue_comment":               {"created": commented, "edited": commented, "deleted": commented},
	"check_run":                   {"rerequested": rerun, "requested_action": rerun},
	"check_suite":                 {"rerequested": rerun},
	"merge_group":                 {"checks_requested": checkGroup},
	"installation": {
		"created": installed, "new_permissions_accepted": installed, "unsuspend": installed,
		"suspend": suspended, "deleted": uninstalled,
	},
	"installation_repositories": {"added": repositoriesAdded, "removed": repositoriesRemoved},
}

// plan says what is to be done about an event; errors mean that the payload is not what GitHub sends, unless they are
// a [storeError].
func (pl *planner) plan(ctx context.Context, name, guid string, p payload) (event, plan, error) {
	e := event{payload: p, guid: guid}
	todo := steps[name][p.Action]
	if todo == nil {
		return e, plan{}, nil
	}
	if p.Installation != nil {
		e.installationID = p.Installation.ID
	}
	if !strings.HasPrefix(name, "installation") {
		if err := p.Repository.check(); err != nil {
			return e, plan{}, err
		}
		if e.installationID == 0 { // not all servers that speak GitHub's language name it everywhere
			known, _, err := pl.store.Repository(ctx, p.Repository.ID)
			if err != nil {
				return e, plan{}, storeError{err}
			}
			e.installationID = known.InstallationID
		}
	}
	if e.installationID < 0 {
		return e, plan{}, errors.New("its installation is not described as GitHub does")
	}
	if e.installationID == 0 {
		return e, plan{}, nil // not one of ours: a webhook of a repository, not of the App
	}
	if p.Action != "deleted" || name != "installation" {
		removed, err := pl.store.InstallationRemoved(ctx, e.installationID)
		if err != nil {
			return e, plan{}, storeError{err}
		}
		if removed {
			return e, plan{}, nil // it came late
		}
	}
	done, err := todo(pl, ctx, e)
	return e, done, err
}

// storeError is an error of the database, not of the payload.
type storeError struct{ error }

func (s storeError) Unwrap() error { return s.error }

func (e event) analyse(number int, head string) queue.Analyse {
	return queue.Analyse{
		InstallationID: e.installationID, RepositoryID: e.Repository.ID, Owner: e.Repository.Owner.Login, Name: e.Repository.Name,
		Number: number, Head: head, Delivery: e.guid,
	}
}

func (e event) analyseGroup(g store.MergeGroup) queue.Analyse {
	job := e.analyse(0, g.Head)
	job.MergeGroup = &queue.MergeGroup{HeadSHA: g.Head, BaseSHA: g.Base, BaseRef: g.BaseRef}
	return job
}

func (e event) decide(head string) queue.Decide {
	return queue.Decide{
		InstallationID: e.installationID, RepositoryID: e.Repository.ID, Owner: e.Repository.Owner.Login, Name: e.Repository.Name, Head: head,
	}
}

// aboutPull remembers the pull request of a pull_request event.
func (e event) aboutPull() (plan, error) {
	p := e.PullRequest
	if err := p.check(); err != nil {
		return plan{}, err
	}
	if p.State != "open" && p.State != "closed" || p.UpdatedAt.IsZero() {
		return plan{}, errors.New("its pull request is neither open nor closed, or has no date")
	}
	return plan{number: p.Number, pull: &store.Pull{
		RepositoryID: e.Repository.ID, Number: p.Number, Head: p.Head.SHA, BaseRef: p.Base.Ref,
		State: p.State, Draft: p.Draft, UpdatedAt: p.UpdatedAt,
	}}, nil
}

func review(_ *planner, _ context.Context, e event) (plan, error) {
	done, err := e.aboutPull()
	if err != nil {
		return plan{}, err
	}
	done.supersede = true
	done.jobs = []queue.Job{e.analyse(done.number, done.pull.Head)}
	return done, nil
}

func redecide(_ *planner, _ context.Context, e event) (plan, error) {
	done, err := e.aboutPull()
	if err != nil {
		return plan{}, err
	}
	done.jobs = []queue.Job{e.decide(done.pull.Head)}
	return done, nil
}

func edited(pl *planner, ctx context.Context, e event) (plan, error) {
	if e.Changes.Base != nil {
		return review(pl, ctx, e)
	}
	return redecide(pl, ctx, e)
}

// ours reports whether our own bot did it: what we write must not wake us.
func (pl *planner) ours(e event) bool {
	bot := pl.bot()
	return bot != "" && e.Sender.Login == bot
}

// reviewed does not remember the pull request: GitHub's copy in these events may be older than what is known.
func reviewed(pl *planner, _ context.Context, e event) (plan, error) {
	if err := e.PullRequest.check(); err != nil {
		return plan{}, err
	}
	if pl.ours(e) {
		return plan{}, nil
	}
	return plan{number: e.PullRequest.Number, jobs: []queue.Job{e.decide(e.PullRequest.Head.SHA)}}, nil
}

// commented finds the head by the store, since the event does not tell it. A pull request that is not known has had no
// review that a comment could be about.
func commented(pl *planner, ctx context.Context, e event) (plan, error) {
	if e.Issue == nil || e.Issue.Number <= 0 {
		return plan{}, errors.New("it names no issue")
	}
	if e.Issue.PullRequest == nil || pl.ours(e) {
		return plan{}, nil
	}
	pull, known, err := pl.store.Pull(ctx, e.Repository.ID, e.Issue.Number)
	if err != nil {
		return plan{}, storeError{err}
	}
	if !known {
		return plan{}, nil
	}
	return plan{number: pull.Number, jobs: []queue.Job{e.decide(pull.Head)}}, nil
}

// rerun reviews everything that has this head once more.
func rerun(pl *planner, ctx context.Context, e event) (plan, error) {
	about := e.CheckRun
	if about == nil {
		about = e.CheckSuite
	}
	if err := about.check(); err != nil {
		return plan{}, err
	}
	if about.App.ID != pl.appID {
		return plan{}, nil
	}
	pulls, err := pl.store.PullsAtHead(ctx, e.Repository.ID, about.HeadSHA)
	if err != nil {
		return plan{}, storeError{err}
	}
	numbers := map[int]bool{}
	for _, p := range pulls {
		numbers[p.Number] = true
	}
	for _, p := range about.PullRequests {
		// The list may name pull requests into other repositories.
		if p.Number > 0 && p.Head.SHA == about.HeadSHA && (p.Base.Repo.ID == 0 || p.Base.Repo.ID == e.Repository.ID) {
			numbers[p.Number] = true
		}
	}
	var done plan
	for _, number := range slices.Sorted(maps.Keys(numbers)) {
		done.number = number
		done.jobs = append(done.jobs, e.analyse(number, about.HeadSHA))
	}
	group, known, err := pl.store.MergeGroup(ctx, e.Repository.ID, about.HeadSHA)
	if err != nil {
		return plan{}, storeError{err}
	}
	if known {
		done.jobs = append(done.jobs, e.analyseGroup(group))
	}
	return done, nil
}

func checkGroup(_ *planner, _ context.Context, e event) (plan, error) {
	g := e.MergeGroup
	if g == nil || !validSHA(g.HeadSHA) || !validSHA(g.BaseSHA) {
		return plan{}, errors.New("its merge group is not described as GitHub does")
	}
	branch := strings.TrimPrefix(g.BaseRef, "refs/heads/")
	if !validRef(branch) {
		return plan{}, errors.New("its merge group is not described as GitHub does")
	}
	group := store.MergeGroup{RepositoryID: e.Repository.ID, Head: g.HeadSHA, Base: g.BaseSHA, BaseRef: branch}
	return plan{group: &group, jobs: []queue.Job{e.analyseGroup(group)}}, nil
}

func installed(_ *planner, _ context.Context, e event) (plan, error) {
	return e.installation(false)
}

func suspended(_ *planner, _ context.Context, e event) (plan, error) {
	return e.installation(true)
}

func (e event) installation(suspended bool) (plan, error) {
	login := e.Installation.Account.Login
	if login != "" && !validName(login) {
		return plan{}, errors.New("its account is not described as GitHub does")
	}
	repositories, err := e.listed(e.Repositories)
	return plan{installed: &store.Installation{ID: e.installationID, Account: login, Suspended: suspended}, repositories: repositories}, err
}

func uninstalled(_ *planner, _ context.Context, e event) (plan, error) {
	return plan{uninstalled: e.installationID}, nil
}

func repositoriesAdded(_ *planner, _ context.Context, e event) (plan, error) {
	repositories, err := e.listed(e.RepositoriesAdded)
	return plan{repositories: repositories}, err
}

func repositoriesRemoved(_ *planner, _ context.Context, e event) (plan, error) {
	repositories, err := e.listed(e.RepositoriesRemoved)
	var done plan
	for _, r := range repositories {
		done.removed = append(done.removed, r.ID)
	}
	return done, err
}

func (e event) listed(list []listedRepository) ([]store.Repository, error) {
	var all []store.Repository
	for _, r := range list {
		owner, name, err := r.split()
		if err != nil {
			return nil, err
		}
		all = append(all, store.Repository{ID: r.ID, InstallationID: e.installationID, Owner: owner, Name: name, Private: r.Private})
	}
	return all, nil
}
