package localhub

// newBody reads the text of a new or edited comment.
func (c *call) newBody() (string, *refusal) {
	var q struct {
		Body *string `json:"body"`
	}
	if refused := c.decode(&q); refused != nil {
		return "", refused
	}
	switch {
	case q.Body == nil:
		return "", badRequest("\"body\" wasn't supplied.")
	case *q.Body == "":
		return "", invalidField("IssueComment", "body", "missing_field")
	case tooLong(*q.Body):
		refused := invalidField("IssueComment", "body", "custom")
		refused.errors = []any{object{
			"resource": "IssueComment", "field": "data", "code": "unprocessable", "message": "Body is too long (maximum is 65536 characters)",
		}}
		return "", refused
	}
	return *q.Body, nil
}

func (h *Hub) listComments(c *call) (any, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, refused
	}
	var shown []*Comment
	for _, comment := range p.comments {
		if !comment.deleted {
			shown = append(shown, comment)
		}
	}
	return views(page(c, shown), (*Comment).view), nil
}

func (h *Hub) createComment(c *call) (any, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, refused
	}
	body, refused := c.newBody()
	if refused != nil {
		return nil, refused
	}
	return created(p.addComment(c.actor(), c.token.installation.app, body).view()), nil
}

// comment is the conversation's comment of the path.
//
// An app with write permission may change what others wrote; that is why text of a comment is no authority.
func (c *call) comment() (*Comment, *refusal) {
	for _, p := range c.repo.pulls {
		for _, comment := range p.comments {
			if comment.ID == c.id("comment") && !comment.deleted {
				return comment, nil
			}
		}
	}
	return nil, notFound()
}

func (h *Hub) getComment(c *call) (any, *refusal) {
	comment, refused := c.comment()
	if refused != nil {
		return nil, refused
	}
	return comment.view(), nil
}

func (h *Hub) editComment(c *call) (any, *refusal) {
	comment, refused := c.comment()
	if refused != nil {
		return nil, refused
	}
	body, refused := c.newBody()
	if refused != nil {
		return nil, refused
	}
	comment.edit(body, c.actor())
	return comment.view(), nil
}

func (h *Hub) deleteComment(c *call) (any, *refusal) {
	comment, refused := c.comment()
	if refused != nil {
		return nil, refused
	}
	comment.deleted = true
	comment.pull.emitComment("deleted", comment, c.actor(), nil)
	return noContent(), nil
}
