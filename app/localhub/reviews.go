package localhub

import (
	"fmt"
	"time"
)

// Review is a submitted (or, with State PENDING, a begun) review.
type Review struct {
	ID        int64
	Author    string
	State     string // PENDING, COMMENTED, APPROVED, CHANGES_REQUESTED, DISMISSED
	Body      string
	CommitID  string
	Submitted time.Time
	Minimised string

	pull   *PullRequest
	author *Account
}

// ReviewComment is an inline comment.
type ReviewComment struct {
	ID        int64
	ReviewID  int64
	ReplyTo   int64 // 0 unless it answers another
	Author    string
	Body      string
	Minimised string
	Created   time.Time
	Updated   time.Time

	// Place is where it stands now; Outdated says that its line is gone and Place means nothing.
	Place    Place
	Outdated bool
	CommitID string

	// Original is where it was written, at OriginalCommitID.
	Original         Place
	OriginalCommitID string
	DiffHunk         string

	pull             *PullRequest
	author           *Account
	position         int
	originalPosition int
	deleted          bool
}

// states of a review by the event that submits it.
var reviewStates = map[string]string{
	"":                "PENDING",
	"COMMENT":         "COMMENTED",
	"APPROVE":         "APPROVED",
	"REQUEST_CHANGES": "CHANGES_REQUESTED",
}

// NewReview is a review to submit.
type NewReview struct {
	Event    string // COMMENT, APPROVE, REQUEST_CHANGES; PENDING when empty
	Body     string
	CommitID string // the head when empty
	Comments []NewReviewComment
}

// NewReviewComment is one inline comment of it.
type NewReviewComment struct {
	Place
	Body string
}

// Review is a review by a person. It gives back the review's id.
func (p *PullRequest) Review(by *Account, n NewReview) (id int64) {
	p.act("review", func() error {
		review, refused := p.addReview(by, n)
		if refused != nil {
			return refused
		}
		id = review.ID
		return nil
	})
	return id
}

// addReview takes a whole review or nothing: GitHub refuses all of it for one comment that it can't place.
func (p *PullRequest) addReview(by *Account, n NewReview) (*Review, *refusal) {
	state, known := reviewStates[n.Event]
	if !known {
		return nil, invalid("Variable $event of type PullRequestReviewEvent was provided invalid value")
	}
	if n.CommitID == "" {
		n.CommitID = p.headSHA
	}
	if by == p.author && (state == "APPROVED" || state == "CHANGES_REQUESTED") {
		return nil, invalid("Can not approve your own pull request")
	}
	if n.Body == "" && (state == "CHANGES_REQUESTED" || state == "COMMENTED" && len(n.Comments) == 0) {
		return nil, invalid("Body can't be blank")
	}
	if tooLong(n.Body) {
		return nil, invalid("Body is too long (maximum is 65536 characters)")
	}
	if state == "PENDING" {
		for _, r := range p.reviews {
			if r.author == by && r.State == "PENDING" {
				return nil, invalid("User can only have one pending review per pull request")
			}
		}
	}
	places, refused := p.placeAll(n.CommitID, n.Comments)
	if refused != nil {
		return nil, refused
	}
	review := &Review{
		ID: p.hub.nextID(), Author: by.login, State: state, Body: n.Body, CommitID: n.CommitID,
		Submitted: p.hub.now(), pull: p, author: by,
	}
	p.reviews = append(p.reviews, review)
	for i, place := range places {
		p.addReviewComment(review, place, n.CommitID, n.Comments[i].Body)
	}
	p.touch()
	if state != "PENDING" {
		p.announce(review)
	}
	return review, nil
}

// announce sends the events of a submitted review.
func (p *PullRequest) announce(review *Review) {
	p.emitReview("submitted", review)
	for _, c := range p.reviewComments {
		if c.ReviewID == review.ID {
			p.emitReviewComment("created", c)
		}
	}
}

// placeAll finds the place of every comment in the diff up to a commit of the pull request.
func (p *PullRequest) placeAll(commitID string, comments []NewReviewComment) ([]placed, *refusal) {
	d, refused := p.diffAt(commitID)
	if refused != nil {
		return nil, refused
	}
	var places []placed
	for _, c := range comments {
		if c.Body == "" {
			return nil, invalid("Body can't be blank")
		}
		if tooLong(c.Body) {
			return nil, invalid("Body is too long (maximum is 65536 characters)")
		}
		place, reason := d.place(c.Place, p.hub.options.Limits)
		if reason != "" {
			return nil, invalid(reason)
		}
		places = append(places, place)
	}
	return places, nil
}

// diffAt is the pull request's diff as of one of its commits.
func (p *PullRequest) diffAt(commitID string) (*diff, *refusal) {
	if commitID == p.headSHA {
		return p.diff, nil
	}
	for _, c := range p.commits {
		if c.sha == commitID && p.mergeBase != "" {
			d, err := p.repo.store.diff(p.mergeBase, commitID)
			if err != nil {
				return nil, invalid(err.Error())
			}
			return d, nil
		}
	}
	return nil, invalid("Commit_id is not part of the pull request")
}

func (p *PullRequest) addReviewComment(review *Review, at placed, commitID, body string) *ReviewComment {
	now := p.hub.now()
	c := &ReviewComment{
		ID: p.hub.nextID(), ReviewID: review.ID, Author: review.Author, Body: body, Created: now, Updated: now,
		Place: at.Place, CommitID: commitID, Original: at.Place, OriginalCommitID: commitID, DiffHunk: at.diffHunk,
		pull: p, author: review.author, position: at.position, originalPosition: at.position,
	}
	p.reviewComments = append(p.reviewComments, c)
	p.threads = append(p.threads, &reviewThread{id: p.hub.nextID(), pull: p, comments: []*ReviewComment{c}})
	if commitID != p.headSHA {
		p.relocate(c)
	}
	return c
}

// relocateComments finds the place of every inline comment in the diff of a new head.
func (p *PullRequest) relocateComments() error {
	for _, c := range p.reviewComments {
		p.relocate(c)
	}
	return nil
}

// relocate follows a comment from where it was written to the head. One whose line is gone is outdated.
func (p *PullRequest) relocate(c *ReviewComment) {
	at := c.Original
	if !at.File && at.Side == "RIGHT" {
		path, line, ok := p.repo.store.follow(c.OriginalCommitID, p.headSHA, at.Path, at.Line)
		if !ok {
			c.outdate()
			return
		}
		if at.StartLine != 0 {
			_, start, ok := p.repo.store.follow(c.OriginalCommitID, p.headSHA, at.Path, at.StartLine)
			if !ok {
				c.outdate()
				return
			}
			at.StartLine = start
		}
		at.Path, at.Line = path, line
	}
	now, reason := p.diff.place(at, p.hub.options.Limits)
	if reason != "" {
		c.outdate()
		return
	}
	c.Place, c.position, c.Outdated, c.CommitID = now.Place, now.position, false, p.headSHA
}

func (c *ReviewComment) outdate() { c.Outdated, c.position = true, 0 }

// DismissReview takes an approval or a request for changes back.
func (p *PullRequest) DismissReview(id int64, by *Account) {
	p.act("dismiss", func() error {
		for _, r := range p.reviews {
			if r.ID == id {
				r.State = "DISMISSED"
				p.emitReview("dismissed", r, by)
				return nil
			}
		}
		return fmt.Errorf("no review %d", id)
	})
}

// Reviews are the reviews, oldest first.
func (p *PullRequest) Reviews() []Review {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	var reviews []Review
	for _, r := range p.reviews {
		reviews = append(reviews, *r)
	}
	return reviews
}

// ReviewComments are the inline comments, oldest first.
func (p *PullRequest) ReviewComments() []ReviewComment {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	var comments []ReviewComment
	for _, c := range p.reviewComments {
		if !c.deleted {
			comments = append(comments, *c)
		}
	}
	return comments
}
