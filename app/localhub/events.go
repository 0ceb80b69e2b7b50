package localhub

// emit sends a pull_request event.
func (p *PullRequest) emit(action string, by *Account, more object) {
	payload := object{"number": p.number, "pull_request": p.fullView()}
	for key, value := range more {
		payload[key] = value
	}
	p.repo.emit("pull_request", action, by, payload)
}

// emitReview sends an event of a review; by is its author unless given.
func (p *PullRequest) emitReview(action string, r *Review, by ...*Account) {
	sender := r.author
	if len(by) > 0 {
		sender = by[0]
	}
	review := r.view()
	review["state"] = eventState(r.State)
	review["submitted_at"] = stamp(r.Submitted)
	review["body"] = textOrNull(r.Body)
	p.repo.emit("pull_request_review", action, sender, object{"review": review, "pull_request": p.view()})
}

// eventState is a review's state as webhooks spell it.
func eventState(state string) string {
	return map[string]string{
		"COMMENTED": "commented", "APPROVED": "approved", "CHANGES_REQUESTED": "changes_requested", "DISMISSED": "dismissed",
	}[state]
}

func (p *PullRequest) emitReviewComment(action string, c *ReviewComment) {
	p.repo.emit("pull_request_review_comment", action, c.author, object{"comment": c.eventView(), "pull_request": p.view()})
}

// eventView is the comment inside of webhooks, which say null where the REST API leaves out.
func (c *ReviewComment) eventView() object {
	view := c.view()
	for _, key := range []string{"position", "line", "start_line", "start_side", "original_start_line", "original_line"} {
		if _, ok := view[key]; !ok {
			view[key] = nil
		}
	}
	if view["side"] == nil {
		view["side"] = "RIGHT"
	}
	return view
}

func (p *PullRequest) emitThread(action string, t *reviewThread, by *Account) {
	comments := []object{}
	for _, c := range t.comments {
		if !c.deleted {
			comments = append(comments, c.eventView())
		}
	}
	p.repo.emit("pull_request_review_thread", action, by, object{
		"thread":       object{"node_id": nodeID("PRRT", t.id), "comments": comments},
		"pull_request": p.view(), "updated_at": stamp(p.hub.now()),
	})
}

func (p *PullRequest) emitComment(action string, c *Comment, by *Account, more object) {
	payload := object{"comment": c.view(), "issue": p.issueView()}
	for key, value := range more {
		payload[key] = value
	}
	p.repo.emit("issue_comment", action, by, payload)
}
