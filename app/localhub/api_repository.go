package localhub

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
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
		view["files"] = page(c, capped(r.fileViews(d, sha), h.options.Limits.Files))
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
		view["files"] = capped(r.fileViews(d, head.sha), r.hub.options.Limits.CompareFiles)
	}
	return view
}

// maxUnpagedCommits is how many commits a comparison and a pull request list.
const maxUnpagedCommits = 250

func (h *Hub) getTree(c *call) (any, *refusal) {
	r, name := c.repo, c.PathValue("sha")
	sha := name
	if r.store.kind(name) != "tree" {
		commit, err := r.store.resolve(name)
		if err != nil {
			return nil, notFound()
		}
		found, err := r.store.commit(commit)
		if err != nil {
			return nil, gitFailed(err)
		}
		sha = found.tree
	}
	entries, err := r.store.tree(sha, c.URL.Query().Has("recursive"))
	if err != nil {
		return nil, gitFailed(err)
	}
	list := []object{}
	for _, e := range capped(entries, h.options.Limits.TreeEntries) {
		view := object{"path": e.path, "mode": e.mode, "type": e.kind, "sha": e.sha}
		if e.kind != "commit" {
			view["url"] = h.api("/repos/%s/git/%ss/%s", r.fullName(), e.kind, e.sha)
		}
		if e.kind == "blob" {
			view["size"] = e.size
		}
		list = append(list, view)
	}
	return object{
		"sha": sha, "url": h.api("/repos/%s/git/trees/%s", r.fullName(), sha), "tree": list,
		"truncated": len(entries) > len(list),
	}, nil
}

// maxBlob is the largest file that the API gives out.
const maxBlob = 100 << 20

func (h *Hub) getBlob(c *call) (any, *refusal) {
	r, sha := c.repo, c.PathValue("sha")
	if r.store.kind(sha) != "blob" {
		return nil, notFound()
	}
	content, err := r.store.blob(sha)
	if err != nil {
		return nil, gitFailed(err)
	}
	if len(content) > maxBlob {
		return nil, tooLarge()
	}
	if wantsRaw(c.Request) {
		return rawContent(content), nil
	}
	return object{
		"sha": sha, "node_id": "B_" + sha, "size": len(content), "url": h.api("/repos/%s/git/blobs/%s", r.fullName(), sha),
		"content": inLines(content), "encoding": "base64",
	}, nil
}

func tooLarge() *refusal {
	return &refusal{status: http.StatusForbidden, message: "This API returns blobs up to 100 MB in size.", errors: []any{
		object{"resource": "Blob", "field": "data", "code": "too_large"},
	}}
}

func wantsRaw(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/vnd.github.raw") || strings.Contains(accept, "application/vnd.github.v3.raw")
}

func rawContent(content []byte) reply {
	return reply{status: http.StatusOK, body: content, contentType: "application/vnd.github.raw; charset=utf-8"}
}

// inLines is base64 broken as GitHub breaks it.
func inLines(content []byte) string {
	var b strings.Builder
	encoded := base64.StdEncoding.EncodeToString(content)
	for encoded != "" {
		n := min(60, len(encoded))
		b.WriteString(encoded[:n] + "\n")
		encoded = encoded[n:]
	}
	return b.String()
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

// Sarif is an upload to code scanning.
type Sarif struct {
	ID        string
	CommitSHA string
	Ref       string
	Document  []byte // unpacked
}

// maxSarif bounds what an upload may unpack to. GitHub takes 10 MB packed.
const maxSarif = 256 << 20

func (h *Hub) uploadSarif(c *call) (any, *refusal) {
	if !c.repo.codeScanning {
		return nil, forbidden("Code scanning is not enabled for this repository. Please enable code scanning in the repository settings.")
	}
	var q struct {
		CommitSHA string `json:"commit_sha"`
		Ref       string `json:"ref"`
		Sarif     string `json:"sarif"`
	}
	if refused := c.decode(&q); refused != nil {
		return nil, refused
	}
	document, err := unpackSarif(q.Sarif)
	if err != nil || !isObjectID(q.CommitSHA) || !strings.HasPrefix(q.Ref, "refs/") {
		return nil, &refusal{status: http.StatusBadRequest, message: "Invalid request: commit_sha, ref, and gzipped, base64-encoded SARIF are needed"}
	}
	s := Sarif{ID: newGUID(), CommitSHA: q.CommitSHA, Ref: q.Ref, Document: document}
	c.repo.sarifs = append(c.repo.sarifs, s)
	return accepted(object{"id": s.ID, "url": h.api("/repos/%s/code-scanning/sarifs/%s", c.repo.fullName(), s.ID)}), nil
}

func unpackSarif(packed string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		return nil, err
	}
	unzip, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	document, err := io.ReadAll(io.LimitReader(unzip, maxSarif))
	if err == nil && !json.Valid(document) {
		err = fmt.Errorf("no JSON")
	}
	return document, err
}

// Sarifs are the uploads so far.
func (r *Repository) Sarifs() []Sarif {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	return slices.Clone(r.sarifs)
}
