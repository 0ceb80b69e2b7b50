package localhub

import (
	"errors"
	"fmt"
)

// reviewThread is an inline comment with its replies.
type reviewThread struct {
	id       int64
	pull     *PullRequest
	comments []*ReviewComment
	resolved *Account
}

// Reply answers an inline comment. GitHub makes a review of its own for it.
func (p *PullRequest) Reply(by *Account, to int64, body string) (id int64) {
	p.act("reply", func() error {
		c, refused := p.addReply(by, to, body)
		if refused != nil {
			return refused
		}
		id = c.ID
		return nil
	})
	return id
}

func (p *PullRequest) addReply(by *Account, to int64, body string) (*ReviewComment, *refusal) {
	thread := p.threadOf(to)
	if thread == nil {
		return nil, notFound()
	}
	if body == "" || tooLong(body) {
		return nil, invalid("Body is blank or too long (maximum is 65536 characters)")
	}
	first, now := thread.comments[0], p.hub.now()
	review := &Review{
		ID: p.hub.nextID(), Author: by.login, State: "COMMENTED", CommitID: p.headSHA, Submitted: now, pull: p, author: by,
	}
	c := &ReviewComment{}
	*c = *first
	c.ID, c.ReviewID, c.ReplyTo, c.Author, c.author, c.Body = p.hub.nextID(), review.ID, first.ID, by.login, by, body
	c.Created, c.Updated, c.Minimised = now, now, ""
	p.reviews = append(p.reviews, review)
	p.reviewComments = append(p.reviewComments, c)
	thread.comments = append(thread.comments, c)
	p.announce(review)
	return c, nil
}

func (p *PullRequest) threadOf(comment int64) *reviewThread {
	for _, t := range p.threads {
		for _, c := range t.comments {
			if c.ID == comment && !c.deleted {
				return t
			}
		}
	}
	return nil
}

// ResolveThread marks the thread of an inline comment as resolved; by nil it is unresolved again.
func (p *PullRequest) ResolveThread(comment int64, by *Account) {
	p.act("resolve", func() error {
		t := p.threadOf(comment)
		if t == nil {
			return fmt.Errorf("no inline comment %d", comment)
		}
		action, sender := "resolved", by
		if by == nil {
			action, sender = "unresolved", t.resolved
		}
		t.resolved = by
		if sender == nil {
			return errors.New("the thread was not resolved")
		}
		p.emitThread(action, t, sender)
		return nil
	})
}
