package localhub

import (
	"fmt"
	"strings"
)

// view is the pull request as lists and webhooks of reviews show it.
func (p *PullRequest) view() object {
	r, h := p.repo, p.hub
	self := h.api("/repos/%s/pulls/%d", r.fullName(), p.number)
	issue := h.api("/repos/%s/issues/%d", r.fullName(), p.number)
	statuses := h.api("/repos/%s/statuses/%s", r.fullName(), p.headSHA)
	reviewComment := h.api("/repos/%s/pulls/comments{/number}", r.fullName())
	link := func(address string) object { return object{"href": address} }
	return object{
		"id": p.id, "node_id": nodeID("PR", p.id), "number": p.number, "state": p.state(), "locked": false,
		"title": p.title, "body": textOrNull(p.body), "user": h.userView(p.author), "labels": r.labelViews(p.labels),
		"milestone": nil, "active_lock_reason": nil, "draft": p.draft, "auto_merge": nil,
		"created_at": stamp(p.created), "updated_at": stamp(p.updated),
		"closed_at": stampOrNull(p.closed), "merged_at": stampOrNull(p.merged), "merge_commit_sha": textOrNull(p.testMerge),
		"assignee": nil, "assignees": []object{}, "requested_reviewers": h.userViews(p.reviewers), "requested_teams": []object{},
		"head": p.sideView(p.headRepo, p.headRef, p.headSHA), "base": p.sideView(r, p.baseRef, p.baseSHA),
		"author_association": r.association(p.author),
		"url":                self, "html_url": p.URL(), "diff_url": p.URL() + ".diff", "patch_url": p.URL() + ".patch",
		"issue_url": issue, "commits_url": self + "/commits", "review_comments_url": self + "/comments",
		"review_comment_url": reviewComment, "comments_url": issue + "/comments", "statuses_url": statuses,
		"_links": object{
			"self": link(self), "html": link(p.URL()), "issue": link(issue), "comments": link(issue + "/comments"),
			"review_comments": link(self + "/comments"), "review_comment": link(reviewComment),
			"commits": link(self + "/commits"), "statuses": link(statuses),
		},
	}
}

// fullView is the pull request as asking for it alone, and webhooks about itself, show it.
func (p *PullRequest) fullView() object {
	view := p.view()
	var mergedBy any
	if p.mergedBy != nil {
		mergedBy = p.hub.userView(p.mergedBy)
	}
	mergeable, state := p.testMerge != "", "clean"
	if !mergeable {
		state = "dirty"
	}
	more := object{
		"merged": p.merged != nil, "mergeable": mergeable, "rebaseable": mergeable, "mergeable_state": state,
		"merged_by": mergedBy, "comments": len(p.comments), "review_comments": len(p.reviewComments),
		"maintainer_can_modify": p.headRepo != p.repo, "commits": len(p.commits),
		"additions": p.diff.additions, "deletions": p.diff.deletions, "changed_files": len(p.diff.files),
	}
	for key, value := range more {
		view[key] = value
	}
	return view
}

func (p *PullRequest) state() string {
	if p.open() {
		return "open"
	}
	return "closed"
}

// sideView is head or base. The repository of a head is null once its fork is deleted.
func (p *PullRequest) sideView(r *Repository, ref, sha string) object {
	view := object{"label": r.owner.login + ":" + ref, "ref": ref, "sha": sha, "user": p.hub.userView(r.owner), "repo": nil}
	if !r.deleted {
		view["repo"] = r.view()
	}
	return view
}

// minimalView is the pull request inside of check runs.
func (p *PullRequest) minimalView() object {
	side := func(r *Repository, ref, sha string) object {
		return object{"ref": ref, "sha": sha, "repo": object{
			"id": r.id, "url": p.hub.api("/repos/%s", r.fullName()), "name": r.name,
		}}
	}
	return object{
		"id": p.id, "number": p.number, "url": p.hub.api("/repos/%s/pulls/%d", p.repo.fullName(), p.number),
		"head": side(p.headRepo, p.headRef, p.headSHA), "base": side(p.repo, p.baseRef, p.baseSHA),
	}
}

func (r *Review) view() object {
	p := r.pull
	pull := p.hub.api("/repos/%s/pulls/%d", p.repo.fullName(), p.number)
	page := fmt.Sprintf("%s#pullrequestreview-%d", p.URL(), r.ID)
	view := object{
		"id": r.ID, "node_id": nodeID("PRR", r.ID), "user": p.hub.userView(r.author), "body": r.Body, "state": r.State,
		"html_url": page, "pull_request_url": pull, "commit_id": r.CommitID,
		"author_association": p.repo.association(r.author),
		"_links":             object{"html": object{"href": page}, "pull_request": object{"href": pull}},
	}
	if r.State != "PENDING" {
		view["submitted_at"] = stamp(r.Submitted)
	}
	return view
}

// view is the inline comment. GitHub leaves the present place of an outdated one out.
func (c *ReviewComment) view() object {
	p := c.pull
	self := p.hub.api("/repos/%s/pulls/comments/%d", p.repo.fullName(), c.ID)
	pull := p.hub.api("/repos/%s/pulls/%d", p.repo.fullName(), p.number)
	page := fmt.Sprintf("%s#discussion_r%d", p.URL(), c.ID)
	link := func(address string) object { return object{"href": address} }
	view := object{
		"id": c.ID, "node_id": nodeID("PRRC", c.ID), "pull_request_review_id": c.ReviewID, "url": self, "html_url": page,
		"pull_request_url": pull, "diff_hunk": c.DiffHunk, "path": c.Place.Path, "commit_id": c.CommitID,
		"original_commit_id": c.OriginalCommitID, "user": p.hub.userView(c.author), "body": c.Body,
		"created_at": stamp(c.Created), "updated_at": stamp(c.Updated), "author_association": p.repo.association(c.author),
		"_links":            object{"self": link(self), "html": link(page), "pull_request": link(pull)},
		"reactions":         reactionsView(self),
		"original_position": c.originalPosition, "subject_type": "line",
	}
	if c.ReplyTo != 0 {
		view["in_reply_to_id"] = c.ReplyTo
	}
	if c.Original.File {
		view["subject_type"] = "file"
		return view
	}
	view["side"], view["original_line"] = c.Original.Side, c.Original.Line
	view["start_line"], view["original_start_line"], view["start_side"] = nil, nil, nil
	if c.Original.StartLine != 0 {
		view["original_start_line"], view["start_side"] = c.Original.StartLine, c.Original.StartSide
	}
	if !c.Outdated {
		view["position"], view["line"] = c.position, c.Place.Line
		if c.Place.StartLine != 0 {
			view["start_line"] = c.Place.StartLine
		}
	}
	return view
}

func reactionsView(self string) object {
	return object{
		"url": self + "/reactions", "total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "confused": 0, "heart": 0,
		"hooray": 0, "eyes": 0, "rocket": 0,
	}
}

func (c *Comment) view() object {
	p := c.pull
	self := p.hub.api("/repos/%s/issues/comments/%d", p.repo.fullName(), c.ID)
	view := object{
		"id": c.ID, "node_id": nodeID("IC", c.ID), "url": self, "body": c.Body, "user": p.hub.userView(c.author),
		"html_url":  fmt.Sprintf("%s#issuecomment-%d", p.URL(), c.ID),
		"issue_url": p.hub.api("/repos/%s/issues/%d", p.repo.fullName(), p.number), "created_at": stamp(c.Created),
		"updated_at": stamp(c.Updated), "author_association": p.repo.association(c.author),
		"reactions": reactionsView(self), "performed_via_github_app": nil,
	}
	if c.app != nil {
		view["performed_via_github_app"] = c.app.view()
	}
	return view
}

// issueView is the pull request as the issue that events of comments show it as.
func (p *PullRequest) issueView() object {
	self := p.hub.api("/repos/%s/issues/%d", p.repo.fullName(), p.number)
	pull := strings.Replace(self, "/issues/", "/pulls/", 1)
	return object{
		"id": p.id, "node_id": nodeID("PR", p.id), "number": p.number, "title": p.title, "body": textOrNull(p.body),
		"state": p.state(), "locked": false, "user": p.hub.userView(p.author), "labels": p.repo.labelViews(p.labels),
		"assignee": nil, "assignees": []object{}, "milestone": nil, "active_lock_reason": nil, "comments": len(p.comments),
		"author_association": p.repo.association(p.author), "created_at": stamp(p.created), "updated_at": stamp(p.updated),
		"closed_at": stampOrNull(p.closed), "draft": p.draft, "performed_via_github_app": nil, "state_reason": nil,
		"url": self, "repository_url": p.hub.api("/repos/%s", p.repo.fullName()), "labels_url": self + "/labels{/name}",
		"comments_url": self + "/comments", "events_url": self + "/events", "timeline_url": self + "/timeline",
		"html_url": p.URL(), "reactions": reactionsView(self),
		"pull_request": object{
			"url": pull, "html_url": p.URL(), "diff_url": p.URL() + ".diff", "patch_url": p.URL() + ".patch",
			"merged_at": stampOrNull(p.merged),
		},
	}
}
