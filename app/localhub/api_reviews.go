package localhub

import (
	"net/http"
	"slices"
)

// reviewRequest is what an app sends to create a review.
type reviewRequest struct {
	CommitID string                 `json:"commit_id"`
	Body     string                 `json:"body"`
	Event    string                 `json:"event"`
	Comments []reviewCommentRequest `json:"comments"`
}

// reviewCommentRequest is one inline comment in it. Position is GitHub's older way to say where.
type reviewCommentRequest struct {
	Body        string `json:"body"`
	CommitID    string `json:"commit_id"`
	Path        string `json:"path"`
	Position    int    `json:"position"`
	Line        int    `json:"line"`
	Side        string `json:"side"`
	StartLine   int    `json:"start_line"`
	StartSide   string `json:"start_side"`
	SubjectType string `json:"subject_type"`
	InReplyTo   int64  `json:"in_reply_to"`
}

func (q reviewCommentRequest) place(d *diff) Place {
	p := Place{
		Path: q.Path, Line: q.Line, Side: q.Side, StartLine: q.StartLine, StartSide: q.StartSide, File: q.SubjectType == "file",
	}
	if q.Line != 0 || q.Position == 0 {
		return p
	}
	if f, _ := d.file(q.Path); f != nil {
		for _, h := range f.hunks() {
			for _, l := range h.lines {
				switch {
				case l.position != q.Position:
				case l.kind == deleted:
					p.Line, p.Side = l.old, "LEFT"
				default:
					p.Line, p.Side = l.new, "RIGHT"
				}
			}
		}
	}
	return p
}

func (h *Hub) createReview(c *call) (any, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, refused
	}
	var q reviewRequest
	if refused := c.decode(&q); refused != nil {
		return nil, refused
	}
	n := NewReview{Event: q.Event, Body: q.Body, CommitID: q.CommitID}
	for _, comment := range q.Comments {
		if comment.SubjectType != "" {
			return nil, badRequest("\"subject_type\" is not a permitted key.")
		}
		n.Comments = append(n.Comments, NewReviewComment{Place: comment.place(p.diff), Body: comment.Body})
	}
	review, refused := p.addReview(c.actor(), n)
	if refused != nil {
		return nil, refused
	}
	return review.view(), nil
}

// visible leaves out what others have only begun.
func (p *PullRequest) visible(to *Account) []*Review {
	return slices.DeleteFunc(slices.Clone(p.reviews), func(r *Review) bool { return r.State == "PENDING" && r.author != to })
}

func (h *Hub) listReviews(c *call) (any, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, refused
	}
	return views(page(c, p.visible(c.reader())), (*Review).view), nil
}

// reader is who reads; nil when nobody in particular.
func (c *call) reader() *Account {
	if c.token == nil {
		return nil
	}
	return c.actor()
}

func (c *call) review() (*PullRequest, *Review, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, nil, refused
	}
	for _, r := range p.visible(c.reader()) {
		if r.ID == c.id("review") {
			return p, r, nil
		}
	}
	return nil, nil, notFound()
}

func (h *Hub) getReview(c *call) (any, *refusal) {
	_, review, refused := c.review()
	if refused != nil {
		return nil, refused
	}
	return review.view(), nil
}

func (h *Hub) updateReview(c *call) (any, *refusal) {
	_, review, refused := c.review()
	if refused != nil {
		return nil, refused
	}
	var q struct {
		Body string `json:"body"`
	}
	if refused := c.decode(&q); refused != nil {
		return nil, refused
	}
	if review.author != c.actor() {
		return nil, forbidden("Must have admin rights to Repository.")
	}
	if tooLong(q.Body) || q.Body == "" {
		return nil, invalid("Body is blank or too long (maximum is 65536 characters)")
	}
	review.Body = q.Body
	return review.view(), nil
}

func (h *Hub) submitReview(c *call) (any, *refusal) {
	p, review, refused := c.review()
	if refused != nil {
		return nil, refused
	}
	var q reviewRequest
	if refused := c.decode(&q); refused != nil {
		return nil, refused
	}
	state := reviewStates[q.Event]
	if review.State != "PENDING" || review.author != c.actor() || q.Event == "" || state == "" {
		return nil, invalid("Could not submit pull request review.")
	}
	review.State, review.Submitted = state, h.now()
	if q.Body != "" {
		review.Body = q.Body
	}
	p.announce(review)
	return review.view(), nil
}

func (h *Hub) deleteReview(c *call) (any, *refusal) {
	p, review, refused := c.review()
	if refused != nil {
		return nil, refused
	}
	if review.State != "PENDING" || review.author != c.actor() {
		return nil, invalid("Can not delete a non-pending pull request review")
	}
	view := review.view()
	p.reviews = slices.DeleteFunc(p.reviews, func(r *Review) bool { return r == review })
	for _, comment := range p.reviewComments {
		comment.deleted = comment.deleted || comment.ReviewID == review.ID
	}
	return view, nil
}

func (h *Hub) listCommentsOfReview(c *call) (any, *refusal) {
	p, review, refused := c.review()
	if refused != nil {
		return nil, refused
	}
	return views(page(c, p.shownComments(c.reader(), review.ID)), func(comment *ReviewComment) object {
		// GitHub's form of a comment here knows positions, and no present line.
		view := comment.view()
		if _, ok := view["position"]; !ok {
			view["position"] = nil
		}
		return view
	}), nil
}

// shownComments are the inline comments, of one review unless it is 0, without those of reviews that others began.
func (p *PullRequest) shownComments(to *Account, review int64) []*ReviewComment {
	shown := map[int64]bool{}
	for _, r := range p.visible(to) {
		shown[r.ID] = r.State != "PENDING" || review == r.ID
	}
	return slices.DeleteFunc(slices.Clone(p.reviewComments), func(c *ReviewComment) bool {
		return c.deleted || !shown[c.ReviewID] || review != 0 && c.ReviewID != review
	})
}

func (h *Hub) listReviewComments(c *call) (any, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, refused
	}
	return views(page(c, p.shownComments(c.reader(), 0)), (*ReviewComment).view), nil
}

// createReviewComment posts one inline comment, for which GitHub makes a review of its own.
func (h *Hub) createReviewComment(c *call) (any, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, refused
	}
	var q reviewCommentRequest
	if refused := c.decode(&q); refused != nil {
		return nil, refused
	}
	if q.InReplyTo != 0 {
		reply, refused := p.addReply(c.actor(), q.InReplyTo, q.Body)
		if refused != nil {
			return nil, refused
		}
		return created(reply.view()), nil
	}
	if q.CommitID == "" {
		return nil, badRequest("\"commit_id\" wasn't supplied.")
	}
	review, refused := p.addReview(c.actor(), NewReview{
		Event: "COMMENT", CommitID: q.CommitID, Comments: []NewReviewComment{{Place: q.place(p.diff), Body: q.Body}},
	})
	if refused != nil {
		return nil, refused
	}
	return created(p.shownComments(nil, review.ID)[0].view()), nil
}

func (h *Hub) replyToComment(c *call) (any, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, refused
	}
	var q reviewCommentRequest
	if refused := c.decode(&q); refused != nil {
		return nil, refused
	}
	reply, refused := p.addReply(c.actor(), c.id("comment"), q.Body)
	if refused != nil {
		return nil, refused
	}
	return created(reply.view()), nil
}

// reviewComment is the inline comment of the path. Apps change only their own.
func (c *call) reviewComment() (*ReviewComment, *refusal) {
	for _, p := range c.repo.pulls {
		for _, comment := range p.reviewComments {
			if comment.ID != c.id("comment") || comment.deleted {
				continue
			}
			if c.Method != http.MethodGet && comment.author != c.actor() {
				return nil, forbidden(notByIntegration)
			}
			return comment, nil
		}
	}
	return nil, notFound()
}

func (h *Hub) getReviewComment(c *call) (any, *refusal) {
	comment, refused := c.reviewComment()
	if refused != nil {
		return nil, refused
	}
	return comment.view(), nil
}

func (h *Hub) editReviewComment(c *call) (any, *refusal) {
	comment, refused := c.reviewComment()
	if refused != nil {
		return nil, refused
	}
	body, refused := c.newBody()
	if refused != nil {
		return nil, refused
	}
	from := comment.Body
	comment.Body, comment.Updated = body, h.now()
	p := comment.pull
	p.repo.emit("pull_request_review_comment", "edited", c.actor(), object{
		"comment": comment.eventView(), "pull_request": p.view(), "changes": object{"body": object{"from": from}},
	})
	return comment.view(), nil
}

func (h *Hub) deleteReviewComment(c *call) (any, *refusal) {
	comment, refused := c.reviewComment()
	if refused != nil {
		return nil, refused
	}
	comment.deleted = true
	comment.pull.emitReviewComment("deleted", comment)
	return noContent(), nil
}
