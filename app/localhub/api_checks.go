package localhub

import (
	"net/http"
	"slices"
	"strconv"
)

// createCheckRun runs unlocked because it asks git whether the commit exists.
func (h *Hub) createCheckRun(c *call) (any, *refusal) {
	var q checkRunRequest
	if refused := c.decode(&q); refused != nil {
		return nil, refused
	}
	if q.Name == nil || *q.Name == "" || q.HeadSHA == "" {
		return nil, badRequest("\"name\" and \"head_sha\" weren't supplied.")
	}
	if q.Output != nil && (q.Output.Title == nil || q.Output.Summary == nil) {
		return nil, badRequest("\"title\" and \"summary\" weren't supplied.")
	}
	if refused := q.check(); refused != nil {
		return nil, refused
	}
	if c.repo.store.kind(q.HeadSHA) != "commit" {
		return nil, &refusal{status: http.StatusUnprocessableEntity, message: "No commit found for SHA: " + q.HeadSHA}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	s, _ := c.repo.suite(c.token.installation.app, q.HeadSHA, "")
	run := &checkRun{suite: s, CheckRun: CheckRun{ID: h.nextID(), HeadSHA: q.HeadSHA, Status: "queued", Started: now}}
	run.apply(&q, now)
	c.repo.runs = append(c.repo.runs, run)
	c.repo.emit("check_run", "created", c.actor(), object{"check_run": run.view()})
	c.announceCompletion(run, q.Conclusion != nil)
	return created(run.view()), nil
}

// announceCompletion tells that a run, and perhaps with it the suite, is done.
func (c *call) announceCompletion(run *checkRun, completed bool) {
	if !completed {
		return
	}
	c.repo.emit("check_run", "completed", c.actor(), object{"check_run": run.view()})
	if status, _ := run.suite.standing(); status == "completed" {
		c.repo.emit("check_suite", "completed", c.actor(), object{"check_suite": run.suite.view()})
	}
}

// ownRun is the run of the path, if it is the calling app's. Apps can't touch the runs of others.
func (c *call) ownRun() (*checkRun, *refusal) {
	run := c.repo.run(c.id("run"))
	if run == nil {
		return nil, notFound()
	}
	if c.Method != http.MethodGet && run.suite.app != c.token.installation.app {
		return nil, forbidden("Invalid app_id `" + strconv.FormatInt(c.token.installation.app.id, 10) + "` - check run can only be modified by the GitHub App that created it.")
	}
	return run, nil
}

func (h *Hub) getCheckRun(c *call) (any, *refusal) {
	run, refused := c.ownRun()
	if refused != nil {
		return nil, refused
	}
	return run.view(), nil
}

func (h *Hub) updateCheckRun(c *call) (any, *refusal) {
	run, refused := c.ownRun()
	if refused != nil {
		return nil, refused
	}
	var q checkRunRequest
	if refused := c.decode(&q); refused != nil {
		return nil, refused
	}
	if q.Output != nil && q.Output.Summary == nil {
		return nil, badRequest("\"summary\" wasn't supplied.")
	}
	if refused := q.check(); refused != nil {
		return nil, refused
	}
	run.apply(&q, h.now())
	c.announceCompletion(run, q.Conclusion != nil)
	return run.view(), nil
}

func (h *Hub) listAnnotations(c *call) (any, *refusal) {
	run, refused := c.ownRun()
	if refused != nil {
		return nil, refused
	}
	return views(page(c, run.Annotations), func(a Annotation) object { return a.view(c.repo, run.HeadSHA) }), nil
}

func (h *Hub) rerequestCheckRun(c *call) (any, *refusal) {
	run, refused := c.ownRun()
	if refused != nil {
		return nil, refused
	}
	c.repo.rerequest(run, c.actor())
	return created(object{}), nil
}

// listRunsOfCommit serves commits/{ref}/check-runs.
func (h *Hub) listRunsOfCommit(c *call, sha string) (any, *refusal) {
	return c.listRuns(c.repo.runsOf(sha, c.URL.Query().Get("filter") != "all")), nil
}

func (h *Hub) listRunsOfSuite(c *call) (any, *refusal) {
	s, refused := c.suite()
	if refused != nil {
		return nil, refused
	}
	runs := slices.DeleteFunc(c.repo.runsOf(s.head, c.URL.Query().Get("filter") != "all"), func(r *checkRun) bool { return r.suite != s })
	return c.listRuns(runs), nil
}

func (c *call) listRuns(runs []*checkRun) object {
	query := c.URL.Query()
	runs = slices.DeleteFunc(runs, func(r *checkRun) bool {
		return query.Has("check_name") && r.Name != query.Get("check_name") ||
			query.Has("status") && r.Status != query.Get("status") ||
			query.Has("app_id") && strconv.FormatInt(r.suite.app.id, 10) != query.Get("app_id")
	})
	return object{"total_count": len(runs), "check_runs": views(page(c, runs), (*checkRun).view)}
}

func (c *call) suite() (*checkSuite, *refusal) {
	for _, s := range c.repo.suites {
		if s.id == c.id("suite") {
			return s, nil
		}
	}
	return nil, notFound()
}

func (h *Hub) listSuitesOfCommit(c *call, sha string) (any, *refusal) {
	query := c.URL.Query()
	var suites []*checkSuite
	for _, s := range c.repo.suites {
		if s.head == sha && (!query.Has("app_id") || strconv.FormatInt(s.app.id, 10) == query.Get("app_id")) {
			suites = append(suites, s)
		}
	}
	return object{"total_count": len(suites), "check_suites": views(page(c, suites), (*checkSuite).fullView)}, nil
}

func (h *Hub) getCheckSuite(c *call) (any, *refusal) {
	s, refused := c.suite()
	if refused != nil {
		return nil, refused
	}
	return s.fullView(), nil
}

func (h *Hub) rerequestCheckSuite(c *call) (any, *refusal) {
	s, refused := c.suite()
	if refused != nil {
		return nil, refused
	}
	c.repo.rerequestSuite(s, c.actor())
	return created(object{}), nil
}
