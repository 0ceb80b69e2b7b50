package localhub

import (
	"fmt"
	"net/url"
	"strings"
)

// repositoryLinks are the addresses below a repository's own that every view of it lists.
var repositoryLinks = map[string]string{
	"archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}", "blobs_url": "/git/blobs{/sha}",
	"branches_url": "/branches{/branch}", "collaborators_url": "/collaborators{/collaborator}",
	"comments_url": "/comments{/number}", "commits_url": "/commits{/sha}", "compare_url": "/compare/{base}...{head}",
	"contents_url": "/contents/{+path}", "contributors_url": "/contributors", "deployments_url": "/deployments",
	"downloads_url": "/downloads", "events_url": "/events", "forks_url": "/forks", "git_commits_url": "/git/commits{/sha}",
	"git_refs_url": "/git/refs{/sha}", "git_tags_url": "/git/tags{/sha}", "hooks_url": "/hooks",
	"issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
	"issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}",
	"languages_url": "/languages", "merges_url": "/merges", "milestones_url": "/milestones{/number}",
	"notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}",
	"releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
	"subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags", "teams_url": "/teams",
	"trees_url": "/git/trees{/sha}",
}

func (r *Repository) view() object {
	h := r.hub
	self := h.api("/repos/%s", r.fullName())
	page := h.root + "/" + r.fullName()
	visibility := "public"
	if r.private {
		visibility = "private"
	}
	pushed := r.pushed
	if pushed.IsZero() {
		pushed = r.created
	}
	view := object{
		"id": r.id, "node_id": nodeID("R", r.id), "name": r.name, "full_name": r.fullName(), "owner": h.userView(r.owner),
		"private": r.private, "html_url": page, "description": textOrNull(r.description), "fork": r.parent != nil,
		"url": self, "git_url": strings.Replace(page, "http:", "git:", 1) + ".git", "ssh_url": "git@localhost:" + r.fullName() + ".git",
		"clone_url": r.CloneURL(), "svn_url": page, "mirror_url": nil, "homepage": nil, "language": nil,
		"forks_count": 0, "stargazers_count": 0, "watchers_count": 0, "size": 0, "default_branch": r.defaultBranch,
		"open_issues_count": r.openPulls(), "forks": 0, "open_issues": r.openPulls(), "watchers": 0,
		"subscribers_count": 0, "network_count": 0, "license": nil, "topics": []string{},
		"has_issues": true, "has_projects": false, "has_wiki": false, "has_pages": false, "has_downloads": false,
		"has_discussions": false, "archived": false, "disabled": false, "visibility": visibility, "allow_forking": true,
		"is_template": false, "web_commit_signoff_required": false,
		"pushed_at": stamp(pushed), "created_at": stamp(r.created), "updated_at": stamp(pushed),
	}
	for key, path := range repositoryLinks {
		view[key] = self + path
	}
	return view
}

// fullView is what asking for the one repository adds.
func (r *Repository) fullView() object {
	view := r.view()
	if r.owner.kind == "Organization" {
		view["organization"] = r.hub.userView(r.owner)
	}
	if r.parent != nil {
		view["parent"], view["source"] = r.parent.view(), r.parent.view()
	}
	return view
}

func (r *Repository) openPulls() (n int) {
	for _, p := range r.pulls {
		if p.open() {
			n++
		}
	}
	return n
}

func personView(p Person, when string) object {
	return object{"name": p.Name, "email": p.Email, "date": when}
}

// accountOrNull is whose commit it is, by its e-mail address; null when nobody's.
func (h *Hub) accountOrNull(p Person) any {
	if a := h.byEmail(p.Email); a != nil {
		return h.userView(a)
	}
	return nil
}

func (r *Repository) commitView(c gitCommit) object {
	self := r.hub.api("/repos/%s/commits/%s", r.fullName(), c.sha)
	page := fmt.Sprintf("%s/%s/commit/", r.hub.root, r.fullName())
	parents := []object{}
	for _, parent := range c.parents {
		parents = append(parents, object{
			"sha": parent, "url": r.hub.api("/repos/%s/commits/%s", r.fullName(), parent), "html_url": page + parent,
		})
	}
	return object{
		"sha": c.sha, "node_id": "C_" + c.sha, "url": self, "html_url": page + c.sha, "comments_url": self + "/comments",
		"commit": object{
			"author":    personView(c.author, stamp(c.authored)),
			"committer": personView(c.committer, stamp(c.committed)),
			"message":   c.message,
			"tree":      object{"sha": c.tree, "url": r.hub.api("/repos/%s/git/trees/%s", r.fullName(), c.tree)},
			"url":       r.hub.api("/repos/%s/git/commits/%s", r.fullName(), c.sha), "comment_count": 0,
			"verification": object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil},
		},
		"author": r.hub.accountOrNull(c.author), "committer": r.hub.accountOrNull(c.committer), "parents": parents,
	}
}

// simpleCommitView is a commit inside of webhooks and check suites.
func simpleCommitView(c gitCommit) object {
	return object{
		"id": c.sha, "tree_id": c.tree, "message": c.message, "timestamp": stamp(c.authored),
		"author":    object{"name": c.author.Name, "email": c.author.Email},
		"committer": object{"name": c.committer.Name, "email": c.committer.Email},
	}
}

// fileViews lists changed files as list-files and compare do. only chooses among their indices, page by page.
func (r *Repository) fileViews(d *diff, head string, only []int) []object {
	views := []object{}
	shown := d.shown(r.hub.options.Limits)
	for _, i := range only {
		f := &d.files[i]
		at := escapePath(f.path)
		view := object{
			"sha": f.blob, "filename": f.path, "status": f.status, "additions": f.additions, "deletions": f.deletions,
			"changes":      f.additions + f.deletions,
			"blob_url":     fmt.Sprintf("%s/%s/blob/%s/%s", r.hub.root, r.fullName(), head, at),
			"raw_url":      fmt.Sprintf("%s/%s/raw/%s/%s", r.hub.root, r.fullName(), head, at),
			"contents_url": r.hub.api("/repos/%s/contents/%s?ref=%s", r.fullName(), at, head),
		}
		if shown[i] {
			view["patch"] = f.patch
		}
		if f.previous != "" {
			view["previous_filename"] = f.previous
		}
		views = append(views, view)
	}
	return views
}

// indices are those of the diff's files, up to a cap.
func (d *diff) indices(most int) []int {
	all := make([]int, min(len(d.files), most))
	for i := range all {
		all[i] = i
	}
	return all
}

func escapePath(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}
