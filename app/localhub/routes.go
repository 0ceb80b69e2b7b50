package localhub

import "net/http"

// route is one operation of the REST API.
type route struct {
	pattern string // as router reads it, below the API's root
	who     audience
	needs   string // permission of the installation token, as accessToken.may reads it
	serve   func(*call) (any, *refusal)

	// unlocked operations run git; they take the lock themselves, for as short as they can.
	unlocked bool
}

// audience says whose credentials an operation takes.
type audience int

const (
	anyone          audience = iota
	apps                     // an app's JWT
	installations            // an installation token
	repositoryScope          // an installation token that covers {owner}/{repo}; reading a public one needs none
)

// routes is everything that is served. What is missing answers 404, as an unknown path does.
func (h *Hub) routes() []route {
	const repo = "/repos/{owner}/{repo}"
	const pull = repo + "/pulls/{number}"
	return []route{
		{"GET /", anyone, "", h.getRoot, false},
		{"GET /zen", anyone, "", h.getZen, false},
		{"GET /meta", anyone, "", h.getMeta, false},
		{"GET /rate_limit", anyone, "", h.getRateLimit, false},
		{"POST /app-manifests/{code}/conversions", anyone, "", h.convertManifest, false},

		{"GET /app", apps, "", h.getApp, false},
		{"GET /app/installations", apps, "", h.listInstallations, false},
		{"GET /app/installations/{installation}", apps, "", h.getInstallation, false},
		{"POST /app/installations/{installation}/access_tokens", apps, "", h.createToken, false},
		{"GET /app/hook/deliveries", apps, "", h.listDeliveries, false},
		{"GET /app/hook/deliveries/{delivery}", apps, "", h.getDelivery, false},
		{"POST /app/hook/deliveries/{delivery}/attempts", apps, "", h.redeliverDelivery, false},
		{"GET " + repo + "/installation", apps, "", h.getRepositoryInstallation, false},
		{"GET /orgs/{org}/installation", apps, "", h.getAccountInstallation, false},
		{"GET /installation/repositories", installations, "metadata:read", h.listInstallationRepositories, false},
		{"DELETE /installation/token", installations, "metadata:read", h.revokeToken, false},

		{"GET " + repo, repositoryScope, "metadata:read", h.getRepository, false},
		{"GET /repositories/{id}", repositoryScope, "metadata:read", h.getRepository, false},
		{"GET " + repo + "/branches/{branch...}", repositoryScope, "contents:read", h.getBranch, true},
		{"GET " + repo + "/commits/{rest...}", repositoryScope, "metadata:read", h.getCommitOrBelow, true},
		{"GET " + repo + "/compare/{basehead...}", repositoryScope, "contents:read", h.compare, true},
		{"GET " + repo + "/contents/{path...}", repositoryScope, "contents:read", h.getContents, true},
		{"GET " + repo + "/git/trees/{sha...}", repositoryScope, "contents:read", h.getTree, true},
		{"GET " + repo + "/git/blobs/{sha}", repositoryScope, "contents:read", h.getBlob, true},
		{"GET " + repo + "/collaborators/{user}/permission", repositoryScope, "metadata:read", h.getPermission, false},
		{"POST " + repo + "/code-scanning/sarifs", repositoryScope, "security_events:write", h.uploadSarif, false},

		{"GET " + repo + "/pulls", repositoryScope, "pull_requests:read", h.listPulls, false},
		{"GET " + pull, repositoryScope, "pull_requests:read", h.getPull, false},
		{"GET " + pull + "/files", repositoryScope, "pull_requests:read", h.listFiles, false},
		{"GET " + pull + "/commits", repositoryScope, "pull_requests:read", h.listPullCommits, false},
		{"GET " + pull + "/requested_reviewers", repositoryScope, "pull_requests:read", h.listReviewers, false},
		{"POST " + pull + "/requested_reviewers", repositoryScope, "pull_requests:write", h.requestReviewers, false},

		{"GET " + pull + "/reviews", repositoryScope, "pull_requests:read", h.listReviews, false},
		{"POST " + pull + "/reviews", repositoryScope, "pull_requests:write", h.createReview, false},
		{"GET " + pull + "/reviews/{review}", repositoryScope, "pull_requests:read", h.getReview, false},
		{"PUT " + pull + "/reviews/{review}", repositoryScope, "pull_requests:write", h.updateReview, false},
		{"DELETE " + pull + "/reviews/{review}", repositoryScope, "pull_requests:write", h.deleteReview, false},
		{"GET " + pull + "/reviews/{review}/comments", repositoryScope, "pull_requests:read", h.listCommentsOfReview, false},
		{"POST " + pull + "/reviews/{review}/events", repositoryScope, "pull_requests:write", h.submitReview, false},
		{"GET " + pull + "/comments", repositoryScope, "pull_requests:read", h.listReviewComments, false},
		{"POST " + pull + "/comments", repositoryScope, "pull_requests:write", h.createReviewComment, false},
		{"POST " + pull + "/comments/{comment}/replies", repositoryScope, "pull_requests:write", h.replyToComment, false},
		{"GET " + repo + "/pulls/comments/{comment}", repositoryScope, "pull_requests:read", h.getReviewComment, false},
		{"PATCH " + repo + "/pulls/comments/{comment}", repositoryScope, "pull_requests:write", h.editReviewComment, false},
		{"DELETE " + repo + "/pulls/comments/{comment}", repositoryScope, "pull_requests:write", h.deleteReviewComment, false},

		{"GET " + repo + "/issues/{number}/comments", repositoryScope, "issues:read|pull_requests:read", h.listComments, false},
		{"POST " + repo + "/issues/{number}/comments", repositoryScope, "issues:write|pull_requests:write", h.createComment, false},
		{"GET " + repo + "/issues/comments/{comment}", repositoryScope, "issues:read|pull_requests:read", h.getComment, false},
		{"PATCH " + repo + "/issues/comments/{comment}", repositoryScope, "issues:write|pull_requests:write", h.editComment, false},
		{"DELETE " + repo + "/issues/comments/{comment}", repositoryScope, "issues:write|pull_requests:write", h.deleteComment, false},

		{"POST " + repo + "/check-runs", repositoryScope, "checks:write", h.createCheckRun, true},
		{"GET " + repo + "/check-runs/{run}", repositoryScope, "checks:read", h.getCheckRun, false},
		{"PATCH " + repo + "/check-runs/{run}", repositoryScope, "checks:write", h.updateCheckRun, false},
		{"GET " + repo + "/check-runs/{run}/annotations", repositoryScope, "checks:read", h.listAnnotations, false},
		{"POST " + repo + "/check-runs/{run}/rerequest", repositoryScope, "checks:write", h.rerequestCheckRun, false},
		{"GET " + repo + "/check-suites/{suite}", repositoryScope, "checks:read", h.getCheckSuite, false},
		{"GET " + repo + "/check-suites/{suite}/check-runs", repositoryScope, "checks:read", h.listRunsOfSuite, false},
		{"POST " + repo + "/check-suites/{suite}/rerequest", repositoryScope, "checks:write", h.rerequestCheckSuite, false},
	}
}

// restAPI serves the routes.
func (h *Hub) restAPI() http.Handler {
	var all router
	for _, route := range h.routes() {
		all.add(route.pattern, h.operation(route))
	}
	return &all
}
