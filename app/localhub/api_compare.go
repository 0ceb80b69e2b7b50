package localhub

import (
	"fmt"
	"net/http"
	"strings"
)

// compare shows what head has that base has not, from their merge base.
func (h *Hub) compare(c *call) (any, *refusal) {
	r := c.repo
	from, to, ok := strings.Cut(c.PathValue("basehead"), "...")
	if !ok {
		return nil, notFound()
	}
	base, head, refused := h.compared(c, from, to)
	if refused != nil {
		return nil, refused
	}
	mergeBase, err := r.store.mergeBase(base.sha, head.sha)
	if err != nil {
		return nil, gitFailed(err)
	}
	if mergeBase == "" {
		return nil, &refusal{status: http.StatusNotFound, message: fmt.Sprintf("No common ancestor between %s and %s.", from, to)}
	}
	common, err := r.store.commit(mergeBase)
	if err != nil {
		return nil, gitFailed(err)
	}
	commits, err := r.store.log(head.sha, "^"+base.sha)
	if err != nil {
		return nil, gitFailed(err)
	}
	behind, err := r.store.count(head.sha + ".." + base.sha)
	if err != nil {
		return nil, gitFailed(err)
	}
	d, err := r.store.diff(mergeBase, head.sha)
	if err != nil {
		return nil, gitFailed(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return r.comparisonView(c, from+"..."+to, [3]gitCommit{base, common, head}, commits, behind, d), nil
}

// compared finds the two sides. Each may be a branch, a commit, or OWNER:BRANCH of a fork.
func (h *Hub) compared(c *call, from, to string) (base, head gitCommit, refused *refusal) {
	var found [2]gitCommit
	for i, name := range []string{from, to} {
		if owner, branch, ok := strings.Cut(name, ":"); ok {
			name = ""
			h.locked(func() {
				for _, f := range h.repositories {
					if strings.EqualFold(f.owner.login, owner) && (f.parent == c.repo || f == c.repo) {
						name = f.branches[branch]
					}
				}
			})
		}
		sha, err := c.repo.store.resolve(name)
		if err != nil {
			return base, head, notFound()
		}
		if found[i], err = c.repo.store.commit(sha); err != nil {
			return base, head, gitFailed(err)
		}
	}
	return found[0], found[1], nil
}

func (r *Repository) comparisonView(c *call, name string, ends [3]gitCommit, commits []gitCommit, behind int, d *diff) object {
	base, common, head := ends[0], ends[1], ends[2]
	status := "identical"
	switch {
	case len(commits) > 0 && behind > 0:
		status = "diverged"
	case len(commits) > 0:
		status = "ahead"
	case behind > 0:
		status = "behind"
	}
	page1 := r.hub.root + "/" + r.fullName() + "/compare/" + escapePath(name)
	view := object{
		"url": r.hub.api("/repos/%s/compare/%s", r.fullName(), escapePath(name)), "html_url": page1,
		"permalink_url": fmt.Sprintf("%s/%s/compare/%s...%s", r.hub.root, r.fullName(), base.sha, head.sha),
		"diff_url":      page1 + ".diff", "patch_url": page1 + ".patch", "base_commit": r.commitView(base),
		"merge_base_commit": r.commitView(common), "status": status, "ahead_by": len(commits), "behind_by": behind,
		"total_commits": len(commits),
	}
	query := c.URL.Query()
	if query.Has("page") || query.Has("per_page") {
		view["commits"] = views(page(c, commits), r.commitView)
	} else {
		// Without paging GitHub shows the newest 250.
		view["commits"] = views(commits[max(0, len(commits)-maxUnpagedCommits):], r.commitView)
	}
	view["files"] = []object{}
	if p := query.Get("page"); p == "" || p == "1" {
		view["files"] = r.fileViews(d, head.sha, d.indices(r.hub.options.Limits.CompareFiles))
	}
	return view
}

// maxUnpagedCommits is how many commits a comparison and a pull request list.
const maxUnpagedCommits = 250
