package localhub

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// gqlQuery is the root of queries.
func (c *call) gqlQuery() gqlNode {
	return gqlNode{"Query", map[string]any{
		"viewer":     c.actor().gqlNode(),
		"rateLimit":  c.gqlRateLimit(),
		"repository": gqlResolver(c.gqlRepository),
		"node": gqlResolver(func(arguments object) (any, error) {
			if id, ok := arguments["id"].(string); ok {
				if found := c.gqlFind(id); found != nil {
					return found.gqlNode(), nil
				}
			}
			return nil, gqlFault{"NOT_FOUND", fmt.Sprintf("Could not resolve to a node with the global id of '%v'.", arguments["id"])}
		}),
	}}
}

func (c *call) gqlRateLimit() gqlNode {
	w := c.hub.behaviour.primary[c.token.installation]
	return gqlNode{"RateLimit", map[string]any{
		"cost": 1, "limit": defaultPerHour, "used": w.used, "remaining": max(0, defaultPerHour-w.used), "resetAt": stamp(w.reset),
	}}
}

func (c *call) gqlRepository(arguments object) (any, error) {
	owner, _ := arguments["owner"].(string)
	name, _ := arguments["name"].(string)
	r := c.hub.repository(owner, name)
	if r == nil || !c.token.sees(r) {
		return nil, gqlFault{"NOT_FOUND", fmt.Sprintf("Could not resolve to a Repository with the name '%s/%s'.", owner, name)}
	}
	return gqlNode{"Repository", map[string]any{
		"id": nodeID("R", r.id), "databaseId": r.id, "name": r.name, "nameWithOwner": r.fullName(), "isPrivate": r.private,
		"pullRequest": gqlResolver(func(arguments object) (any, error) {
			if !c.token.may("pull_requests:read") {
				return nil, gqlFault{"FORBIDDEN", notByIntegration}
			}
			number, _ := gqlInt(arguments["number"])
			if p := r.pull(number); p != nil {
				return p.gqlNode(), nil
			}
			return nil, gqlFault{"NOT_FOUND", fmt.Sprintf("Could not resolve to a PullRequest with the number of %d.", number)}
		}),
	}}, nil
}

// gqlInt reads a number of the query's text or of its variables.
func gqlInt(v any) (int, bool) {
	switch n := v.(type) {
	case int64:
		return int(n), true
	case float64:
		return int(n), true
	}
	return 0, false
}

func (p *PullRequest) gqlNode() gqlNode {
	return gqlNode{"PullRequest", map[string]any{
		"id": nodeID("PR", p.id), "databaseId": p.id, "number": p.number, "title": p.title, "body": p.body, "url": p.URL(),
		"isDraft": p.draft, "state": strings.ToUpper(p.state()), "headRefOid": p.headSHA, "headRefName": p.headRef,
		"baseRefOid": p.baseSHA, "baseRefName": p.baseRef, "author": p.author.gqlNode(),
		"reviewThreads": gqlConnection("PullRequestReviewThread", func() (nodes []gqlNode) {
			for _, t := range p.threads {
				if n := t.gqlNode(); n.fields["comments"] != nil {
					nodes = append(nodes, n)
				}
			}
			return nodes
		}),
		"comments": gqlConnection("IssueComment", func() (nodes []gqlNode) {
			for _, comment := range p.comments {
				if !comment.deleted {
					nodes = append(nodes, comment.gqlNode())
				}
			}
			return nodes
		}),
		"reviews": gqlConnection("PullRequestReview", func() (nodes []gqlNode) {
			for _, r := range p.visible(nil) {
				nodes = append(nodes, r.gqlNode())
			}
			return nodes
		}),
	}}
}

// gqlNode of a thread whose comments are all deleted has no comments; it is not shown.
func (t *reviewThread) gqlNode() gqlNode {
	var comments []gqlNode
	for _, comment := range t.comments {
		if !comment.deleted {
			comments = append(comments, comment.gqlNode())
		}
	}
	first := t.comments[0]
	n := gqlNode{"PullRequestReviewThread", map[string]any{
		"id": nodeID("PRRT", t.id), "isResolved": t.resolved != nil, "isOutdated": first.Outdated, "path": first.Place.Path,
		"isCollapsed": t.resolved != nil, "line": nil, "originalLine": first.Original.Line, "diffSide": first.Original.Side, "resolvedBy": nil,
	}}
	if !first.Outdated {
		n.fields["line"] = first.Place.Line
	}
	if t.resolved != nil {
		n.fields["resolvedBy"] = t.resolved.gqlNode()
	}
	if len(comments) > 0 {
		n.fields["comments"] = gqlConnection("PullRequestReviewComment", func() []gqlNode { return comments })
	}
	return n
}

func (a *Account) gqlNode() gqlNode {
	// GraphQL leaves the "[bot]" of a bot's login out, where REST has it.
	return gqlNode{a.kind, map[string]any{
		"id": nodeID("U", a.id), "databaseId": a.id, "login": strings.TrimSuffix(a.login, "[bot]"), "url": a.hub.root + "/" + a.login,
	}}
}

func gqlWritten(kind, prefix string, id int64, author *Account, body, minimised string, at time.Time) gqlNode {
	return gqlNode{kind, map[string]any{
		"id": nodeID(prefix, id), "databaseId": id, "fullDatabaseId": strconv.FormatInt(id, 10), "author": author.gqlNode(),
		"body": body, "createdAt": stamp(at), "isMinimized": minimised != "", "minimizedReason": textOrNull(strings.ToLower(minimised)),
	}}
}

func (c *Comment) gqlNode() gqlNode {
	return gqlWritten("IssueComment", "IC", c.ID, c.author, c.Body, c.Minimised, c.Created)
}

func (c *ReviewComment) gqlNode() gqlNode {
	return gqlWritten("PullRequestReviewComment", "PRRC", c.ID, c.author, c.Body, c.Minimised, c.Created)
}

func (r *Review) gqlNode() gqlNode {
	n := gqlWritten("PullRequestReview", "PRR", r.ID, r.author, r.Body, r.Minimised, r.Submitted)
	n.fields["state"] = r.State
	return n
}

// maxGQLPage is the most that a connection gives at once; GitHub refuses a query for more, or without a number.
const maxGQLPage = 100

func gqlConnection(kind string, all func() []gqlNode) gqlResolver {
	return func(arguments object) (any, error) {
		first, ok := gqlInt(arguments["first"])
		if !ok {
			return nil, gqlFault{"MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value to properly paginate the connection."}
		}
		if first < 1 || first > maxGQLPage {
			return nil, gqlFault{"EXCESSIVE_PAGINATION", fmt.Sprintf("Requesting %d records on the connection exceeds the `first` limit of %d records.", first, maxGQLPage)}
		}
		nodes := all()
		from := 0
		if after, ok := arguments["after"].(string); ok {
			from, _ = strconv.Atoi(after)
		}
		from = min(max(from, 0), len(nodes))
		to := min(from+first, len(nodes))
		return gqlNode{kind + "Connection", map[string]any{
			"totalCount": len(nodes), "nodes": nodes[from:to],
			"pageInfo": gqlNode{"PageInfo", map[string]any{"hasNextPage": to < len(nodes), "endCursor": strconv.Itoa(to)}},
		}}, nil
	}
}

// minimisable is a comment or review that can be folded away.
type minimisable interface{ gqlNode() gqlNode }

// gqlFind finds what was written, by its global id, where the token may see it.
func (c *call) gqlFind(id string) minimisable {
	for _, r := range c.hub.repositories {
		if !c.token.sees(r) {
			continue
		}
		for _, p := range r.pulls {
			for _, comment := range p.comments {
				if nodeID("IC", comment.ID) == id && !comment.deleted {
					return comment
				}
			}
			for _, comment := range p.reviewComments {
				if nodeID("PRRC", comment.ID) == id && !comment.deleted {
					return comment
				}
			}
			for _, review := range p.reviews {
				if nodeID("PRR", review.ID) == id {
					return review
				}
			}
		}
	}
	return nil
}

// gqlClassifiers are why a comment may be folded away.
var gqlClassifiers = []string{"ABUSE", "DUPLICATE", "OFF_TOPIC", "OUTDATED", "RESOLVED", "SPAM"}

// gqlMutation is the root of mutations.
func (c *call) gqlMutation() gqlNode {
	return gqlNode{"Mutation", map[string]any{
		"minimizeComment": gqlResolver(func(arguments object) (any, error) {
			classifier, _ := gqlInput(arguments, "classifier").(string)
			if !slices.Contains(gqlClassifiers, classifier) {
				return nil, gqlFault{"", fmt.Sprintf("Argument 'classifier' has an invalid value (%v). Expected type 'ReportedContentClassifiers!'.", gqlInput(arguments, "classifier"))}
			}
			return c.minimise(arguments, "MinimizeCommentPayload", "minimizedComment", classifier)
		}),
		"unminimizeComment": gqlResolver(func(arguments object) (any, error) {
			return c.minimise(arguments, "UnminimizeCommentPayload", "unminimizedComment", "")
		}),
		// An app needs contents: write for this one, which no reviewer should have.
		"resolveReviewThread": gqlResolver(c.resolveThread),
	}}
}

func gqlInput(arguments object, name string) any {
	input, _ := arguments["input"].(object)
	return input[name]
}

func (c *call) minimise(arguments object, kind, field, classifier string) (any, error) {
	if !c.token.may("pull_requests:write|issues:write") {
		return nil, gqlFault{"FORBIDDEN", notByIntegration}
	}
	id, _ := gqlInput(arguments, "subjectId").(string)
	subject := c.gqlFind(id)
	switch s := subject.(type) {
	case *Comment:
		s.Minimised = classifier
	case *ReviewComment:
		s.Minimised = classifier
	case *Review:
		s.Minimised = classifier
	default:
		return nil, gqlFault{"NOT_FOUND", fmt.Sprintf("Could not resolve to a node with the global id of '%s'.", id)}
	}
	return gqlNode{kind, map[string]any{
		field: subject.gqlNode(), "clientMutationId": gqlInput(arguments, "clientMutationId"),
	}}, nil
}

func (c *call) resolveThread(arguments object) (any, error) {
	if !c.token.may("contents:write") {
		return nil, gqlFault{"FORBIDDEN", notByIntegration}
	}
	id, _ := gqlInput(arguments, "threadId").(string)
	for _, r := range c.hub.repositories {
		if !c.token.sees(r) {
			continue
		}
		for _, p := range r.pulls {
			for _, t := range p.threads {
				if nodeID("PRRT", t.id) == id {
					t.resolved = c.actor()
					p.emitThread("resolved", t, c.actor())
					return gqlNode{"ResolveReviewThreadPayload", map[string]any{"thread": t.gqlNode()}}, nil
				}
			}
		}
	}
	return nil, gqlFault{"NOT_FOUND", fmt.Sprintf("Could not resolve to a node with the global id of '%s'.", id)}
}
