package localhub

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

func (h *Hub) getRepository(c *call) (any, *refusal) { return c.repo.fullView(), nil }

// locked runs a part of an unlocked operation that reads the hub's state.
func (h *Hub) locked(do func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	do()
}

func (h *Hub) getBranch(c *call) (any, *refusal) {
	name, r := c.PathValue("branch"), c.repo
	var tip string
	var protected bool
	h.locked(func() { tip, protected = r.branches[name], r.protected[name] })
	if tip == "" {
		return nil, &refusal{status: http.StatusNotFound, message: "Branch not found"}
	}
	commit, err := r.store.commit(tip)
	if err != nil {
		return nil, gitFailed(err)
	}
	var view object
	h.locked(func() { view = r.commitView(commit) })
	self := h.api("/repos/%s/branches/%s", r.fullName(), name)
	checks := object{"contexts": []string{}, "checks": []object{}, "enforcement_level": "off"}
	return object{
		"name": name, "commit": view, "protected": protected,
		"protection":     object{"enabled": protected, "required_status_checks": checks},
		"protection_url": self + "/protection",
		"_links":         object{"self": self, "html": fmt.Sprintf("%s/%s/tree/%s", h.root, r.fullName(), name)},
	}, nil
}

// gitFailed is what GitHub says when its own git fails.
func gitFailed(err error) *refusal {
	return &refusal{status: http.StatusInternalServerError, message: "Server Error", errors: []any{err.Error()}}
}

// getCommitOrBelow serves commits/{ref}, where the ref may have slashes, and what lies below it.
func (h *Hub) getCommitOrBelow(c *call) (any, *refusal) {
	rest := c.PathValue("rest")
	for suffix, below := range map[string]struct {
		needs string
		serve func(*call, string) (any, *refusal)
	}{
		"/check-runs":   {"checks:read", h.listRunsOfCommit},
		"/check-suites": {"checks:read", h.listSuitesOfCommit},
		"/pulls":        {"pull_requests:read", h.listPullsOfCommit},
	} {
		ref, ok := strings.CutSuffix(rest, suffix)
		if !ok {
			continue
		}
		if refused := h.requireLocked(c, below.needs); refused != nil {
			return nil, refused
		}
		sha, err := c.repo.store.resolve(ref)
		if err != nil {
			return nil, invalid("No commit found for SHA: " + ref)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		return below.serve(c, sha)
	}
	if refused := h.requireLocked(c, "contents:read"); refused != nil {
		return nil, refused
	}
	return h.getCommit(c, rest)
}

func (h *Hub) requireLocked(c *call, permission string) *refusal {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.token == nil || !c.token.sees(c.repo) {
		return nil // a public repository, see admitToRepository
	}
	return c.require(permission)
}

func (h *Hub) getCommit(c *call, ref string) (any, *refusal) {
	r := c.repo
	sha, err := r.store.resolve(ref)
	if err != nil {
		return nil, invalid("No commit found for SHA: " + ref)
	}
	commit, err := r.store.commit(sha)
	if err != nil {
		return nil, gitFailed(err)
	}
	parent := emptyTree
	if len(commit.parents) > 0 {
		parent = commit.parents[0]
	}
	d, err := r.store.diff(parent, sha)
	if err != nil {
		return nil, gitFailed(err)
	}
	var view object
	h.locked(func() {
		view = r.commitView(commit)
		view["files"] = r.fileViews(d, sha, page(c, d.indices(h.options.Limits.Files)))
	})
	view["stats"] = object{"additions": d.additions, "deletions": d.deletions, "total": d.additions + d.deletions}
	return view, nil
}

// emptyTree is the id that git gives a tree without entries.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

func capped[T any](items []T, most int) []T { return items[:min(len(items), most)] }

// listPullsOfCommit lists the pull requests that a commit is part of.
func (h *Hub) listPullsOfCommit(c *call, sha string) (any, *refusal) {
	var pulls []*PullRequest
	for _, p := range slices.Backward(c.repo.pulls) {
		if p.headSHA == sha || slices.ContainsFunc(p.commits, func(commit gitCommit) bool { return commit.sha == sha }) {
			pulls = append(pulls, p)
		}
	}
	return views(page(c, pulls), (*PullRequest).view), nil
}

func (h *Hub) getPermission(c *call) (any, *refusal) {
	person := h.accounts[strings.ToLower(c.PathValue("user"))]
	if person == nil {
		return nil, notFound()
	}
	role := c.repo.role(person)
	// The older field knows four levels only.
	level := map[string]string{"triage": "read", "maintain": "write"}[role]
	if level == "" {
		level = role
	}
	view := h.userView(person)
	can := func(roles ...string) bool { return slices.Contains(roles, role) }
	view["role_name"] = role
	view["permissions"] = object{
		"pull": !can("none"), "triage": can("triage", "write", "maintain", "admin"),
		"push": can("write", "maintain", "admin"), "maintain": can("maintain", "admin"), "admin": can("admin"),
	}
	return object{"permission": level, "role_name": role, "user": view}, nil
}
