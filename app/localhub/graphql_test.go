package localhub_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
)

// graphQL posts a query and gives back data and errors.
func (s *scene) graphQL(token, query string, variables object) (data object, errors string) {
	s.Helper()
	status, answer := s.call("POST", s.hub.GraphQLURL(), token, object{"query": query, "variables": variables})
	if status != 200 {
		return nil, fmt.Sprint(status, answer["message"])
	}
	data, _ = answer["data"].(object)
	if answer["errors"] != nil {
		text, err := json.Marshal(answer["errors"])
		if err != nil {
			s.Fatal(err)
		}
		errors = string(text)
	}
	return data, errors
}

const threadsQuery = `
query Threads($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 1, after: $after) { # one at a time
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { id isResolved isOutdated comments(first: 10) { nodes { ...comment author { login ... on Bot { kind: __typename } } } } }
      }
    }
  }
}
fragment comment on PullRequestReviewComment { id databaseId body isMinimized minimizedReason }`

func TestThreadsAreReadThroughGraphQL(t *testing.T) {
	s, p := pullForPlacement(t)
	s.must(200, "POST", "/repos/acme/shop/pulls/1/reviews", object{"commit_id": p.Head(), "event": "COMMENT", "body": "x", "comments": []object{
		{"path": "a.txt", "line": 10, "body": "one"}, {"path": "a.txt", "line": 50, "body": "two"},
	}})
	comments := p.ReviewComments()
	p.ResolveThread(comments[1].ID, s.dev)

	variables := object{"owner": "acme", "name": "shop", "number": 1}
	var seen []string
	for {
		data, errors := s.graphQL(s.token, threadsQuery, variables)
		if errors != "" {
			t.Fatal(errors)
		}
		threads := data["repository"].(object)["pullRequest"].(object)["reviewThreads"].(object)
		for _, n := range threads["nodes"].([]any) {
			node := n.(object)
			comment := node["comments"].(object)["nodes"].([]any)[0].(object)
			author := comment["author"].(object)
			seen = append(seen, fmt.Sprint(comment["body"], " ", node["isResolved"], " ", author["login"], " ", author["kind"]))
		}
		page := threads["pageInfo"].(object)
		if page["hasNextPage"] != true {
			break
		}
		variables["after"] = page["endCursor"]
	}
	if got := strings.Join(seen, ", "); got != "one false assay Bot, two true assay Bot" {
		t.Errorf("seen: %s", got)
	}
}

func TestCommentsAreMinimised(t *testing.T) {
	s, p := pullForPlacement(t)
	comment := s.must(201, "POST", "/repos/acme/shop/issues/1/comments", object{"body": "old news"})
	minimise := func(token string, id any, classifier string) (object, string) {
		return s.graphQL(token, `mutation($id: ID!, $why: ReportedContentClassifiers!) {
			minimizeComment(input: {subjectId: $id, classifier: $why}) { minimizedComment { isMinimized minimizedReason } } }`,
			object{"id": id, "why": classifier})
	}
	if _, errors := minimise(s.token, comment["node_id"], "STALE"); !strings.Contains(errors, "invalid value") {
		t.Errorf("STALE: %s", errors)
	}
	if _, errors := minimise(s.token, "IC_0", "OUTDATED"); !strings.Contains(errors, "NOT_FOUND") {
		t.Errorf("unknown: %s", errors)
	}
	reader := s.newToken(object{"permissions": object{"pull_requests": "read"}})
	if _, errors := minimise(reader, comment["node_id"], "OUTDATED"); !strings.Contains(errors, "FORBIDDEN") {
		t.Errorf("without permission: %s", errors)
	}
	s.hub.ForgetRequests()
	data, errors := minimise(s.token, comment["node_id"], "OUTDATED")
	if errors != "" || data["minimizeComment"].(object)["minimizedComment"].(object)["minimizedReason"] != "outdated" || p.Comments()[0].Minimised != "OUTDATED" {
		t.Errorf("got %v %s", data, errors)
	}
	if len(s.hub.Writes()) != 1 {
		t.Error("a mutation is a write")
	}
	s.graphQL(s.token, "query { viewer { login } }", nil)
	if len(s.hub.Writes()) != 1 {
		t.Error("a query is none")
	}
}

func TestThreadsAreNotResolvedWithoutContentsWrite(t *testing.T) {
	s, p := pullForPlacement(t)
	p.Review(s.dev, localhub.NewReview{Event: "COMMENT", Comments: []localhub.NewReviewComment{{Place: localhub.Place{Path: "a.txt", Line: 10}, Body: "x"}}})
	data, _ := s.graphQL(s.token, threadsQuery, object{"owner": "acme", "name": "shop", "number": 1})
	thread := data["repository"].(object)["pullRequest"].(object)["reviewThreads"].(object)["nodes"].([]any)[0].(object)
	_, errors := s.graphQL(s.token, `mutation { resolveReviewThread(input: {threadId: "`+thread["id"].(string)+`"}) { thread { isResolved } } }`, nil)
	if !strings.Contains(errors, "Resource not accessible by integration") {
		t.Errorf("got %s", errors)
	}
}

func TestGraphQLRefusesWhatItDoesNotKnow(t *testing.T) {
	s, _ := pullForPlacement(t)
	for _, c := range []struct{ name, token, query, want string }{
		{"nobody", "", "{ viewer { login } }", "401"},
		{"no query", s.token, "", "Parse error"},
		{"half a query", s.token, "{ viewer {", "Parse error"},
		{"a field that there is not", s.token, "{ viewer { shoeSize } }", "doesn't exist on type 'Bot'"},
		{"a mutation that there is not", s.token, `mutation { mergePullRequest(input: {}) { x } }`, "doesn't exist on type 'Mutation'"},
		{"a connection without bounds", s.token, `{ repository(owner: "acme", name: "shop") { pullRequest(number: 1) { comments { totalCount } } } }`, "MISSING_PAGINATION_BOUNDARIES"},
		{"too long a page", s.token, `{ repository(owner: "acme", name: "shop") { pullRequest(number: 1) { comments(first: 101) { totalCount } } } }`, "EXCESSIVE_PAGINATION"},
		{"another's repository", s.token, `{ repository(owner: "dev", name: "shop") { id } }`, "NOT_FOUND"},
		{"a fragment in itself", s.token, "{ viewer { ...f } } fragment f on Bot { ...f }", "nested too deeply"},
		{"a selection without end", s.token, strings.Repeat("{a", 100), "nested deeper than 32"},
	} {
		if data, errors := s.graphQL(c.token, c.query, nil); !strings.Contains(errors, c.want) {
			t.Errorf("%s: %v %s, want %s", c.name, data, errors, c.want)
		}
	}
}
