package localhub

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

func (h *Hub) getPull(c *call) (any, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, refused
	}
	if strings.Contains(c.Header.Get("Accept"), ".diff") {
		return h.pullDiff(p)
	}
	return p.fullView(), nil
}

// pullDiff is the .diff media type, which GitHub refuses for anything large.
func (h *Hub) pullDiff(p *PullRequest) (any, *refusal) {
	const maxFiles = 300
	limits := h.options.Limits
	lines, size := 0, 0
	for _, f := range p.diff.files {
		lines += strings.Count(f.patch, "\n")
		size += len(f.patch)
	}
	if len(p.diff.files) > maxFiles || lines > limits.DiffLines || size > limits.DiffBytes {
		return nil, &refusal{status: http.StatusNotAcceptable,
			message: fmt.Sprintf("Sorry, the diff exceeded the maximum number of files (%d) or lines (%d).", maxFiles, limits.DiffLines),
			errors:  []any{object{"resource": "PullRequest", "field": "diff", "code": "too_large"}}}
	}
	out, err := p.repo.store.run(nil, "diff-tree", "-r", "-M", "-p", "--no-ext-diff", "--no-textconv", p.baseOfDiff(), p.headSHA)
	if err != nil {
		return nil, gitFailed(err)
	}
	return reply{status: http.StatusOK, body: out, contentType: "application/vnd.github.diff; charset=utf-8"}, nil
}

func (p *PullRequest) baseOfDiff() string {
	if p.mergeBase == "" {
		return p.baseSHA
	}
	return p.mergeBase
}

// listPulls filters by state, base and head (OWNER:BRANCH; GitHub ignores a head without an owner).
func (h *Hub) listPulls(c *call) (any, *refusal) {
	query := c.URL.Query()
	state := query.Get("state")
	if state == "" {
		state = "open"
	}
	owner, branch, byHead := strings.Cut(query.Get("head"), ":")
	var pulls []*PullRequest
	for _, p := range slices.Backward(c.repo.pulls) {
		if state != "all" && p.state() != state || query.Get("base") != "" && p.baseRef != query.Get("base") {
			continue
		}
		if byHead && (!strings.EqualFold(p.headRepo.owner.login, owner) || p.headRef != branch) {
			continue
		}
		pulls = append(pulls, p)
	}
	if query.Get("direction") == "asc" {
		slices.Reverse(pulls)
	}
	return views(page(c, pulls), (*PullRequest).view), nil
}

func (h *Hub) listFiles(c *call) (any, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, refused
	}
	return p.repo.fileViews(p.diff, p.headSHA, page(c, p.diff.indices(h.options.Limits.Files))), nil
}

func (h *Hub) listPullCommits(c *call) (any, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, refused
	}
	return views(page(c, capped(p.commits, maxUnpagedCommits)), p.repo.commitView), nil
}

func (h *Hub) listReviewers(c *call) (any, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, refused
	}
	return object{"users": h.userViews(p.reviewers), "teams": []object{}}, nil
}

func (h *Hub) requestReviewers(c *call) (any, *refusal) {
	p, refused := c.pull()
	if refused != nil {
		return nil, refused
	}
	var q struct {
		Reviewers     []string `json:"reviewers"`
		TeamReviewers []string `json:"team_reviewers"`
	}
	if refused := c.decode(&q); refused != nil {
		return nil, refused
	}
	var found []*Account
	for _, login := range q.Reviewers {
		a := h.accounts[strings.ToLower(login)]
		if a == p.author {
			return nil, &refusal{status: http.StatusUnprocessableEntity, message: "Review cannot be requested from pull request author."}
		}
		if a == nil || p.repo.role(a) == "none" {
			return nil, notACollaborator()
		}
		found = append(found, a)
	}
	if len(q.TeamReviewers) > 0 {
		return nil, notACollaborator() // this hub has no teams
	}
	for _, a := range found {
		if !slices.Contains(p.reviewers, a) {
			p.reviewers = append(p.reviewers, a)
			p.emit("review_requested", c.actor(), object{"requested_reviewer": h.userView(a)})
		}
	}
	return created(p.view()), nil
}

func notACollaborator() *refusal {
	return &refusal{status: http.StatusUnprocessableEntity,
		message: "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator."}
}
