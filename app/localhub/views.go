package localhub

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// object is a JSON object. Answers are built from these rather than from the structs of a client library, so that a
// misunderstanding of GitHub's can't be shared with the code under test.
type object = map[string]any

// nodeID is the global id of something, as GraphQL takes it.
func nodeID(prefix string, id int64) string { return fmt.Sprintf("%s_%d", prefix, id) }

func (h *Hub) api(format string, args ...any) string {
	return h.root + apiPrefix + fmt.Sprintf(format, args...)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// stampOrNull is null for a time that never was.
func stampOrNull(t *time.Time) any {
	if t == nil || t.IsZero() {
		return nil
	}
	return stamp(*t)
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// userView is an account as it stands beside what it wrote.
func (h *Hub) userView(a *Account) object {
	self := h.api("/users/%s", a.login)
	page := h.root + "/" + a.login
	if a.kind == "Bot" {
		page = h.root + "/apps/" + strings.TrimSuffix(a.login, "[bot]")
	}
	return object{
		"login": a.login, "id": a.id, "node_id": nodeID("U", a.id), "avatar_url": h.root + "/avatars/" + a.login,
		"gravatar_id": "", "url": self, "html_url": page, "followers_url": self + "/followers",
		"following_url": self + "/following{/other_user}", "gists_url": self + "/gists{/gist_id}",
		"starred_url": self + "/starred{/owner}{/repo}", "subscriptions_url": self + "/subscriptions",
		"organizations_url": self + "/orgs", "repos_url": self + "/repos", "events_url": self + "/events{/privacy}",
		"received_events_url": self + "/received_events", "type": a.kind, "site_admin": false,
	}
}

func (h *Hub) userViews(accounts []*Account) []object {
	views := []object{}
	for _, a := range accounts {
		views = append(views, h.userView(a))
	}
	return views
}

func (h *Hub) organisationView(a *Account) object {
	self := h.api("/orgs/%s", a.login)
	return object{
		"login": a.login, "id": a.id, "node_id": nodeID("O", a.id), "url": self, "repos_url": self + "/repos",
		"events_url": self + "/events", "hooks_url": self + "/hooks", "issues_url": self + "/issues",
		"members_url": self + "/members{/member}", "public_members_url": self + "/public_members{/member}",
		"avatar_url": h.root + "/avatars/" + a.login, "description": nil,
	}
}

func (a *App) view() object {
	return object{
		"id": a.id, "slug": a.slug, "node_id": nodeID("A", a.id), "client_id": a.clientID,
		"owner": a.hub.userView(a.owner), "name": a.name, "description": textOrNull(a.description),
		"external_url": a.externalURL, "html_url": a.hub.root + "/apps/" + a.slug,
		"created_at": stamp(a.created), "updated_at": stamp(a.created),
		"permissions": a.permissions, "events": a.eventsView(),
	}
}

func (a *App) eventsView() []string { return append([]string{}, a.events...) }

func (i *Installation) view() object {
	selection := "selected"
	if i.all {
		selection = "all"
	}
	var suspendedBy any
	if i.suspended != nil {
		suspendedBy = i.hub.userView(i.account)
	}
	return object{
		"id": i.id, "account": i.hub.userView(i.account), "repository_selection": selection,
		"access_tokens_url": i.hub.api("/app/installations/%d/access_tokens", i.id),
		"repositories_url":  i.hub.api("/installation/repositories"),
		"html_url":          fmt.Sprintf("%s/organizations/%s/settings/installations/%d", i.hub.root, i.account.login, i.id),
		"app_id":            i.app.id, "app_slug": i.app.slug, "client_id": i.app.clientID,
		"target_id": i.account.id, "target_type": i.account.kind,
		"permissions": i.permissions, "events": i.app.eventsView(),
		"created_at": stamp(i.created), "updated_at": stamp(i.created),
		"single_file_name": nil, "has_multiple_single_files": false, "single_file_paths": []string{},
		"suspended_by": suspendedBy, "suspended_at": stampOrNull(i.suspended),
	}
}

// shortRepositories is how installation events list repositories.
func (h *Hub) shortRepositories(repositories []*Repository) []object {
	short := []object{}
	for _, r := range repositories {
		short = append(short, object{
			"id": r.id, "node_id": nodeID("R", r.id), "name": r.name, "full_name": r.fullName(), "private": r.private,
		})
	}
	return short
}

func (r *Repository) labelView(name string) object {
	return object{
		"id": 1, "node_id": "LA_" + base64.RawURLEncoding.EncodeToString([]byte(name)), "name": name,
		"url":   r.hub.api("/repos/%s/labels/%s", r.fullName(), name),
		"color": "ededed", "default": false, "description": nil,
	}
}

func (r *Repository) labelViews(names []string) []object {
	views := []object{}
	for _, name := range names {
		views = append(views, r.labelView(name))
	}
	return views
}
