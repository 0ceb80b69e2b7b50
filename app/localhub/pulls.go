package localhub

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// NewPull describes a pull request to open.
type NewPull struct {
	Head     string      // branch
	HeadRepo *Repository // a fork; the repository itself when nil
	Base     string      // branch; the default branch when empty
	Title    string
	Body     string
	Author   *Account
	Draft    bool
	Labels   []string
}

// PullRequest is a pull request. Its methods are what people do to it; each sends GitHub's webhook.
type PullRequest struct {
	hub      *Hub
	repo     *Repository
	id       int64
	number   int
	title    string
	body     string
	author   *Account
	draft    bool
	labels   []string
	headRepo *Repository
	headRef  string
	headSHA  string
	baseRef  string

	// baseSHA is the tip of the base branch when the pull request was opened, retargeted or last pushed to. As on
	// GitHub it does not follow the base branch.
	baseSHA   string
	mergeBase string // empty when the histories have nothing in common
	diff      *diff
	commits   []gitCommit
	testMerge string // what refs/pull/N/merge names; empty when it conflicts

	created  time.Time
	updated  time.Time
	closed   *time.Time
	merged   *time.Time
	mergedBy *Account

	reviewers      []*Account
	reviews        []*Review
	reviewComments []*ReviewComment
	threads        []*reviewThread
	comments       []*Comment
}

// OpenPull opens a pull request.
func (r *Repository) OpenPull(n NewPull) *PullRequest {
	p := &PullRequest{hub: r.hub, repo: r}
	r.hub.act("pull request from "+n.Head, func() error { return r.openPull(p, n) })
	return p
}

func (r *Repository) openPull(p *PullRequest, n NewPull) error {
	if n.HeadRepo == nil {
		n.HeadRepo = r
	}
	if n.Base == "" {
		n.Base = r.defaultBranch
	}
	if n.Author == nil {
		return errors.New("a pull request needs an author")
	}
	head := n.HeadRepo.branches[n.Head]
	if head == "" || r.branches[n.Base] == "" {
		return fmt.Errorf("head %q or base %q is no branch", n.Head, n.Base)
	}
	for _, other := range r.pulls {
		if other.open() && other.headRepo == n.HeadRepo && other.headRef == n.Head && other.baseRef == n.Base {
			return fmt.Errorf("a pull request already exists for %s:%s", n.HeadRepo.owner.login, n.Head)
		}
	}
	r.lastNumber++
	now := r.hub.now()
	*p = PullRequest{
		hub: r.hub, repo: r, id: r.hub.nextID(), number: r.lastNumber, title: n.Title, body: n.Body, author: n.Author,
		draft: n.Draft, labels: slices.Clone(n.Labels), headRepo: n.HeadRepo, headRef: n.Head, baseRef: n.Base,
		created: now, updated: now,
	}
	if err := p.moveTo(head); err != nil {
		return err
	}
	if len(p.commits) == 0 {
		return fmt.Errorf("no commits between %s and %s", n.Base, n.Head)
	}
	r.pulls = append(r.pulls, p)
	p.emit("opened", n.Author, nil)
	return nil
}

// moveTo makes a commit the head, and works out all that follows from it.
func (p *PullRequest) moveTo(head string) error {
	store := p.repo.store
	ref := p.ref("head")
	if p.headRepo != p.repo {
		if err := store.fetchFrom(p.headRepo.store, head, ref); err != nil {
			return err
		}
	} else if err := store.setRef(ref, head); err != nil {
		return err
	}
	p.headSHA = head
	return p.recompute()
}

func (p *PullRequest) ref(which string) string {
	return "refs/pull/" + strconv.Itoa(p.number) + "/" + which
}

// recompute compares head and base anew. Everything that readers ask for is kept, so that they need no git.
func (p *PullRequest) recompute() (err error) {
	store := p.repo.store
	p.baseSHA = p.repo.branches[p.baseRef]
	if p.mergeBase, err = store.mergeBase(p.baseSHA, p.headSHA); err != nil {
		return err
	}
	from := p.mergeBase
	if from == "" {
		from = p.baseSHA
	}
	if p.diff, err = store.diff(from, p.headSHA); err != nil {
		return err
	}
	if p.commits, err = store.log(p.headSHA, "^"+p.baseSHA); err != nil {
		return err
	}
	message := fmt.Sprintf("Merge %s into %s", p.headSHA, p.baseSHA)
	sha, ok, err := store.merge(p.baseSHA, p.headSHA, message)
	if err != nil {
		return err
	}
	if p.testMerge = sha; !ok {
		return store.deleteRef(p.ref("merge"))
	}
	return store.setRef(p.ref("merge"), sha)
}

// synchronise is what a push to the head branch does.
func (p *PullRequest) synchronise(head string, by *Account) error {
	before := p.headSHA
	if err := p.moveTo(head); err != nil {
		return err
	}
	if err := p.relocateComments(); err != nil {
		return err
	}
	p.touch()
	p.emit("synchronize", by, object{"before": before, "after": head})
	return nil
}

func (p *PullRequest) open() bool { return p.closed == nil }

func (p *PullRequest) touch() { p.updated = p.hub.now() }

func (p *PullRequest) act(what string, do func() error) {
	p.hub.act(fmt.Sprintf("%s pull request %d", what, p.number), do)
}

// Number is the number in the pull request's address.
func (p *PullRequest) Number() int { return p.number }

// URL is the page of the pull request.
func (p *PullRequest) URL() string {
	return p.hub.root + "/" + p.repo.fullName() + "/pull/" + strconv.Itoa(p.number)
}

// Head is the commit at the head.
func (p *PullRequest) Head() string {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	return p.headSHA
}

// MergeBase is where head and base part.
func (p *PullRequest) MergeBase() string {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	return p.mergeBase
}

// Patch is the patch that list-files shows for a path.
func (p *PullRequest) Patch(path string) string {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	if f, i := p.diff.file(path); f != nil && p.diff.shown(p.hub.options.Limits)[i] {
		return f.patch
	}
	return ""
}

func (r *Repository) pull(number int) *PullRequest {
	for _, p := range r.pulls {
		if p.number == number {
			return p
		}
	}
	return nil
}
