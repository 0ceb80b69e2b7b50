package githubapi

import "strings"

// routeOf replaces everything in a path that is not a word of GitHub's interface by {}, so that metrics have few
// series and name no repository: /repos/octo/app/pulls/7 becomes /repos/{}/{}/pulls/{}.
func routeOf(path string) string {
	path = strings.TrimPrefix(strings.Trim(path, "/"), "api/v3/")
	if path == "api/graphql" {
		path = "graphql"
	}
	var b strings.Builder
	names := 0 // segments that are names whatever they look like: a repository may be called "pulls"
	for i, segment := range strings.Split(path, "/") {
		if i == maxRouteSegments {
			b.WriteString("/…")
			break
		}
		b.WriteByte('/')
		switch {
		case names > 0 || !isRouteWord(segment):
			b.WriteString("{}")
			names = max(0, names-1)
			continue
		default:
			b.WriteString(segment)
		}
		if i == 0 {
			names = map[string]int{"repos": 2, "orgs": 1, "users": 1, "repositories": 1}[segment]
		}
	}
	return b.String()
}

// maxRouteSegments is longer than any route of GitHub's; file names in contents/… are cut here.
const maxRouteSegments = 9

// isRouteWord knows the words in the routes that Assay calls.
func isRouteWord(segment string) bool {
	switch segment {
	case "repos", "orgs", "users", "repositories", "app", "installations", "installation", "access_tokens", "hook",
		"deliveries", "attempts", "config", "pulls", "files", "reviews", "comments", "commits", "replies", "issues",
		"labels", "check-runs", "check-suites", "annotations", "rerequest", "compare", "contents", "branches",
		"protection", "rules", "rulesets", "git", "ref", "refs", "trees", "blobs", "teams", "members", "memberships",
		"collaborators", "permission", "code-scanning", "sarifs", "graphql", "rate_limit", "meta", "deployments",
		"statuses", "status", "requested_reviewers", "app-manifests", "conversions", "user":
		return true
	}
	return false
}
