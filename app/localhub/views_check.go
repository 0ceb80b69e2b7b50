package localhub

import "fmt"

// pullsAt are the open pull requests that a check run lists: GitHub leaves those of forks out.
func (r *Repository) pullsAt(head string) []object {
	views := []object{}
	for _, p := range r.pulls {
		if p.open() && p.headSHA == head && p.headRepo == r {
			views = append(views, p.minimalView())
		}
	}
	return views
}

func (c *checkRun) view() object {
	r := c.suite.repo
	self := r.hub.api("/repos/%s/check-runs/%d", r.fullName(), c.ID)
	page := fmt.Sprintf("%s/%s/runs/%d", r.hub.root, r.fullName(), c.ID)
	details := c.DetailsURL
	if details == "" {
		details = c.suite.app.externalURL
	}
	return object{
		"id": c.ID, "node_id": nodeID("CR", c.ID), "name": c.Name, "head_sha": c.HeadSHA, "external_id": c.ExternalID,
		"url": self, "html_url": page, "details_url": details, "status": c.Status, "conclusion": textOrNull(c.Conclusion),
		"started_at": stampOrNull(&c.Started), "completed_at": stampOrNull(&c.Completed),
		"output": object{
			"title": textOrNull(c.Title), "summary": textOrNull(c.Summary), "text": textOrNull(c.Text),
			"annotations_count": len(c.Annotations), "annotations_url": self + "/annotations",
		},
		"check_suite": c.suite.simpleView(), "app": c.suite.app.view(), "pull_requests": r.pullsAt(c.HeadSHA),
	}
}

func (a Annotation) view(r *Repository, head string) object {
	var start, end any
	if a.StartColumn != nil {
		start = *a.StartColumn
	}
	if a.EndColumn != nil {
		end = *a.EndColumn
	}
	return object{
		"path": a.Path, "start_line": a.StartLine, "end_line": a.EndLine, "start_column": start, "end_column": end,
		"annotation_level": a.Level, "message": a.Message, "title": textOrNull(a.Title), "raw_details": textOrNull(a.RawDetails),
		"blob_href": fmt.Sprintf("%s/%s/blob/%s/%s", r.hub.root, r.fullName(), head, escapePath(a.Path)),
	}
}

// standing is the suite's status and conclusion: that of its worst run.
func (s *checkSuite) standing() (status, conclusion string) {
	worst := []string{"success", "neutral", "skipped", "cancelled", "action_required", "timed_out", "failure"}
	rank := -1
	for _, run := range s.repo.runsOf(s.head, true) {
		if run.suite != s {
			continue
		}
		if run.Status != "completed" {
			return run.Status, ""
		}
		for i, c := range worst {
			if c == run.Conclusion && i > rank {
				rank = i
			}
		}
	}
	if rank < 0 {
		return "queued", ""
	}
	return "completed", worst[rank]
}

func (s *checkSuite) simpleView() object {
	status, conclusion := s.standing()
	r := s.repo
	return object{
		"id": s.id, "node_id": nodeID("CS", s.id), "head_branch": textOrNull(s.branch), "head_sha": s.head,
		"status": status, "conclusion": textOrNull(conclusion), "url": r.hub.api("/repos/%s/check-suites/%d", r.fullName(), s.id),
		"before": nil, "after": s.head, "pull_requests": r.pullsAt(s.head), "app": s.app.view(), "repository": r.view(),
		"created_at": stamp(s.created), "updated_at": stamp(s.created),
	}
}

// view is the suite alone, with its commit.
func (s *checkSuite) view() object {
	view := s.simpleView()
	delete(view, "repository")
	runs := 0
	for _, run := range s.repo.runs {
		if run.suite == s {
			runs++
		}
	}
	view["latest_check_runs_count"] = runs
	view["check_runs_url"] = fmt.Sprint(view["url"], "/check-runs")
	if commit, err := s.repo.store.commit(s.head); err == nil {
		view["head_commit"] = simpleCommitView(commit)
	}
	return view
}

// fullView is the suite as the REST API shows it.
func (s *checkSuite) fullView() object {
	view := s.view()
	view["repository"] = s.repo.view()
	return view
}
