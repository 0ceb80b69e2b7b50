package localhub

import (
	"fmt"
	"time"
)

// Comment is a comment in the conversation of a pull request.
type Comment struct {
	ID        int64
	Author    string
	Body      string
	Minimised string // GitHub's classifier, such as OUTDATED; empty while shown
	Created   time.Time
	Updated   time.Time

	pull    *PullRequest
	author  *Account
	app     *App
	deleted bool
}

// Comment is a comment by a person in the conversation.
func (p *PullRequest) Comment(by *Account, body string) (id int64) {
	p.act("comment", func() error {
		id = p.addComment(by, nil, body).ID
		return nil
	})
	return id
}

func (p *PullRequest) addComment(by *Account, app *App, body string) *Comment {
	now := p.hub.now()
	c := &Comment{
		ID: p.hub.nextID(), Author: by.login, Body: body, Created: now, Updated: now, pull: p, author: by, app: app,
	}
	p.comments = append(p.comments, c)
	p.touch()
	p.emitComment("created", c, by, nil)
	return c
}

// EditComment changes a comment of the conversation, as anybody with write access may.
func (p *PullRequest) EditComment(id int64, body string, by *Account) {
	p.act("edit comment", func() error {
		for _, c := range p.comments {
			if c.ID == id && !c.deleted {
				c.edit(body, by)
				return nil
			}
		}
		return fmt.Errorf("no comment %d", id)
	})
}

func (c *Comment) edit(body string, by *Account) {
	from := c.Body
	c.Body, c.Updated = body, c.pull.hub.now()
	c.pull.emitComment("edited", c, by, object{"changes": object{"body": object{"from": from}}})
}

// Comments are those of the conversation.
func (p *PullRequest) Comments() []Comment {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	var comments []Comment
	for _, c := range p.comments {
		if !c.deleted {
			comments = append(comments, *c)
		}
	}
	return comments
}
