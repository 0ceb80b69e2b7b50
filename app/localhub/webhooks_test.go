package localhub_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assay-app/assay/app/localhub"
)

// receiver takes webhooks as an app does.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []received
	answer func(http.ResponseWriter, *http.Request)
}

type received struct {
	header  http.Header
	body    []byte
	payload object
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		var payload object
		if err == nil {
			err = json.Unmarshal(body, &payload)
		}
		if err != nil {
			t.Error(err)
		}
		r.mu.Lock()
		r.got = append(r.got, received{request.Header, body, payload})
		answer := r.answer
		r.mu.Unlock()
		if answer != nil {
			answer(w, request)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(r.Close)
	return r
}

// take gives back what came since the last take.
func (r *receiver) take(hub *localhub.Hub) []received {
	hub.Flush()
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

// names are the events as "event action".
func names(got []received) string {
	var list []string
	for _, g := range got {
		list = append(list, fmt.Sprint(g.header.Get("X-GitHub-Event"), " ", g.payload["action"]))
	}
	return strings.Join(list, ", ")
}

func TestEveryActionSendsGitHubsWebhook(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a.txt": numbered(20)})
	r := receive(t)
	s.app.SetWebhook(r.URL, "")
	mona := s.hub.User("mona")
	s.repo.Commit("release", "begin", s.dev, nil)
	var p *localhub.PullRequest
	var review, comment int64
	inline := func() int64 { return p.ReviewComments()[0].ID }
	run := func() int64 { return s.repo.CheckRuns(p.Head())[0].ID }
	r.take(s.hub)

	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"a push to a new branch", func() {
			s.repo.Commit("feature", "one", s.dev, localhub.Files{"a.txt": "first\n" + numbered(20)})
		}, "check_suite requested"},
		{"open", func() {
			p = s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "T", Body: "B", Author: s.dev, Labels: []string{"ai"}})
		}, "pull_request opened"},
		{"push", func() {
			s.repo.Commit("feature", "two", s.dev, localhub.Files{"b.txt": "b\n"})
		}, "check_suite requested, pull_request synchronize"},
		{"force-push", func() {
			s.repo.Commit("feature", "three", s.dev, localhub.Files{"a.txt": "first\n" + numbered(20)}, localhub.From("main"))
		}, "check_suite requested, pull_request synchronize"},
		{"edit", func() { p.Edit("New title", "New body", s.dev) }, "pull_request edited"},
		{"retarget", func() { p.Retarget("release", s.dev) }, "pull_request edited"},
		{"and back", func() { p.Retarget("main", s.dev) }, "pull_request edited"},
		{"draft", func() { p.ConvertToDraft(s.dev) }, "pull_request converted_to_draft"},
		{"ready", func() { p.Ready(s.dev) }, "pull_request ready_for_review"},
		{"label", func() { p.AddLabel("security", mona) }, "pull_request labeled"},
		{"unlabel", func() { p.RemoveLabel("security", mona) }, "pull_request unlabeled"},
		{"review by a person", func() {
			review = p.Review(mona, localhub.NewReview{Event: "APPROVE", Body: "Good", Comments: []localhub.NewReviewComment{
				{Place: localhub.Place{Path: "a.txt", Line: 1}, Body: "but look here"},
			}})
		}, "pull_request_review submitted, pull_request_review_comment created"},
		{"reply", func() { p.Reply(s.dev, inline(), "I see") }, "pull_request_review submitted, pull_request_review_comment created"},
		{"resolve", func() { p.ResolveThread(inline(), s.dev) }, "pull_request_review_thread resolved"},
		{"unresolve", func() { p.ResolveThread(inline(), nil) }, "pull_request_review_thread unresolved"},
		{"dismiss", func() { p.DismissReview(review, s.dev) }, "pull_request_review dismissed"},
		{"comment", func() { comment = p.Comment(mona, "/assay help") }, "issue_comment created"},
		{"edit a comment", func() { p.EditComment(comment, "never mind", mona) }, "issue_comment edited"},
		{"the app's own comment comes back to it", func() {
			s.must(201, "POST", "/repos/acme/shop/issues/1/comments", object{"body": "by the app"})
		}, "issue_comment created"},
		{"its review too", func() {
			s.must(200, "POST", "/repos/acme/shop/pulls/1/reviews", object{"commit_id": p.Head(), "event": "COMMENT", "body": "x", "comments": []object{
				{"path": "a.txt", "line": 1, "body": "x"},
			}})
		}, "pull_request_review submitted, pull_request_review_comment created"},
		{"and its checks", func() {
			s.must(201, "POST", "/repos/acme/shop/check-runs", object{"name": "Assay", "head_sha": p.Head(), "status": "completed", "conclusion": "failure",
				"actions": []object{{"label": "Explain", "description": "Say more", "identifier": "explain"}}})
		}, "check_run created, check_run completed, check_suite completed"},
		{"a person presses a button", func() { s.repo.RequestAction(run(), "explain", mona) }, "check_run requested_action"},
		{"re-run", func() { s.repo.Rerequest(run(), mona) }, "check_run rerequested"},
		{"re-run all", func() { s.repo.RerequestSuite(s.app, p.Head(), mona) }, "check_suite rerequested"},
		{"a merge queue", func() { p.QueueMerge(mona) }, "check_suite requested, merge_group checks_requested"},
		{"close", func() { p.Close(s.dev) }, "pull_request closed"},
		{"reopen", func() { p.Reopen(s.dev) }, "pull_request reopened"},
		{"merge", func() { p.Merge(mona) }, "pull_request closed, check_suite requested"},
		{"the base branch of an open one is deleted", func() {
			s.repo.Commit("late", "late", s.dev, localhub.Files{"l": "l\n"})
			s.repo.OpenPull(localhub.NewPull{Head: "late", Base: "release", Title: "Late", Author: s.dev})
			s.repo.DeleteBranch("release", s.dev)
		}, "check_suite requested, pull_request opened, pull_request closed"},
		{"suspend", s.installation.Suspend, "installation suspend"},
		{"unsuspend", s.installation.Unsuspend, "installation unsuspend"},
		{"accept permissions", func() { s.installation.SetPermissions(allPermissions) }, "installation new_permissions_accepted"},
		{"uninstall", s.installation.Uninstall, "installation deleted"},
		{"install on some", func() {
			i := s.app.Install(s.acme, s.repo)
			other := s.acme.Repository("other", localhub.RepositoryOptions{})
			i.AddRepository(other)
			i.RemoveRepository(other)
		}, "installation created, installation_repositories added, installation_repositories removed"},
	} {
		step.do()
		got := r.take(s.hub)
		if names(got) != step.want {
			t.Errorf("%s: got %q, want %q", step.name, names(got), step.want)
		}
		for _, g := range got {
			if g.payload["installation"].(object)["id"] == nil || g.payload["sender"] == nil {
				t.Errorf("%s: no installation or sender", step.name)
			}
		}
	}
}

func TestHeadersOfADelivery(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	r := receive(t)
	s.app.SetWebhook(r.URL, "")
	s.repo.Commit("feature", "one", s.dev, localhub.Files{"b": "b\n"})
	p := s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "T", Author: s.dev})
	before := p.Head()
	after := s.repo.Commit("feature", "two", s.dev, localhub.Files{"b": "bb\n"})
	got := r.take(s.hub)
	last := got[len(got)-1]
	for name, want := range map[string]string{
		"X-GitHub-Event":                         "pull_request",
		"X-GitHub-Hook-Installation-Target-ID":   id(s.app.ID()),
		"X-GitHub-Hook-Installation-Target-Type": "integration",
		"X-Hub-Signature-256":                    localhub.Sign("it's a secret", last.body),
		"Content-Type":                           "application/json",
	} {
		if last.header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, last.header.Get(name), want)
		}
	}
	if guid := last.header.Get("X-GitHub-Delivery"); !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(guid) {
		t.Errorf("GUID is %q", guid)
	}
	if last.payload["before"] != before || last.payload["after"] != after {
		t.Errorf("from %v to %v", last.payload["before"], last.payload["after"])
	}
}

func TestTheSignatureIsGitHubs(t *testing.T) {
	// The example of GitHub's documentation on validating webhook deliveries.
	const want = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
	if got := localhub.Sign("It's a Secret to Everybody", []byte("Hello, World!")); got != want {
		t.Errorf("got %s", got)
	}
}

func TestDeliveriesAreRecordedAndRepeatedUnderTheirGUID(t *testing.T) {
	s := begin(t, localhub.Options{WebhookTimeout: time.Minute}, localhub.Files{"a": "a\n"})
	r := receive(t)
	r.answer = func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "not now", http.StatusServiceUnavailable) }
	s.app.SetWebhook(r.URL, "")
	s.repo.Commit("feature", "one", s.dev, localhub.Files{"b": "b\n"})
	s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "T", Author: s.dev})
	first := r.take(s.hub)
	r.mu.Lock()
	r.answer = nil
	r.mu.Unlock()

	deliveries := func(query string) []object {
		response, body := s.request("GET", "/app/hook/deliveries"+query, s.jwt(nil), nil)
		var list []object
		if err := json.Unmarshal(body, &list); err != nil || response.StatusCode != 200 {
			t.Fatalf("%d %s", response.StatusCode, body)
		}
		return list
	}
	failed := deliveries("?status=failure")
	if len(failed) != 2 || failed[0]["event"] != "pull_request" || failed[0]["status_code"] != 503.0 {
		t.Fatalf("failed: %v", failed)
	}
	path := fmt.Sprintf("/app/hook/deliveries/%.0f", failed[0]["id"])
	if status, answer := s.call("GET", path, s.jwt(nil), nil); status != 200 || answer["request"].(object)["payload"].(object)["action"] != "opened" {
		t.Errorf("one delivery: %d %v", status, answer)
	}
	if status, _ := s.call("POST", path+"/attempts", s.jwt(nil), nil); status != 202 {
		t.Errorf("redeliver: %d", status)
	}
	second := r.take(s.hub)
	if len(second) != 1 || string(second[0].body) != string(first[len(first)-1].body) ||
		second[0].header.Get("X-GitHub-Delivery") != first[len(first)-1].header.Get("X-GitHub-Delivery") {
		t.Errorf("redelivered: %s", names(second))
	}
	if got := deliveries("?status=success"); len(got) != 1 || got[0]["redelivery"] != true || got[0]["guid"] != failed[0]["guid"] {
		t.Errorf("succeeded: %v", got)
	}
	t.Run("the log is paged by cursor, newest first", func(t *testing.T) {
		response, _ := s.request("GET", "/app/hook/deliveries?per_page=2", s.jwt(nil), nil)
		next, _, _ := strings.Cut(strings.TrimPrefix(response.Header.Get("Link"), "<"), ">")
		_, body := s.request("GET", next, s.jwt(nil), nil)
		if !strings.Contains(next, "cursor=") || !strings.Contains(string(body), `"check_suite"`) {
			t.Errorf("after %s: %s", next, body)
		}
	})
}

func TestReceiversThatDoNotAnswer(t *testing.T) {
	s := begin(t, localhub.Options{WebhookTimeout: time.Second}, localhub.Files{"a": "a\n"})
	release := make(chan struct{})
	hang := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer hang.Close()
	defer close(release)
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, c := range []struct{ url, want string }{{hang.URL, "timed out"}, {gone.URL, "failed to connect to host"}} {
		s.app.SetWebhook(c.url, "")
		s.installation.Suspend()
		s.hub.Flush()
		log := s.hub.Deliveries()
		if got := log[len(log)-1]; got.Status() != c.want || !got.Done {
			t.Errorf("status %q, want %q", got.Status(), c.want)
		}
	}
}

func TestAnAppHearsOnlyWhatItMay(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	r := receive(t)
	small := s.hub.App(localhub.AppOptions{
		Slug: "small", Owner: s.acme, WebhookURL: r.URL, Permissions: map[string]string{"pull_requests": "read"}, Events: []string{"pull_request"},
	})
	elsewhere := s.acme.Repository("elsewhere", localhub.RepositoryOptions{})
	small.Install(s.acme, elsewhere)
	r.take(s.hub)
	s.repo.Commit("feature", "x", s.dev, localhub.Files{"b": "b\n"})
	s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "T", Author: s.dev})
	elsewhere.Commit("main", "x", s.dev, localhub.Files{"a": "a\n"})
	elsewhere.Commit("feature", "x", s.dev, localhub.Files{"b": "b\n"})
	p := elsewhere.OpenPull(localhub.NewPull{Head: "feature", Title: "T", Author: s.dev})
	p.Comment(s.dev, "it did not subscribe to comments")
	if got := names(r.take(s.hub)); got != "pull_request opened" {
		t.Errorf("heard %q", got)
	}
}

func TestGitHubRefusesEventsWithoutPermission(t *testing.T) {
	var failure error
	hub := localhub.StartTest(t, localhub.Options{Fail: func(err error) { failure = err }})
	hub.App(localhub.AppOptions{Slug: "x", Permissions: map[string]string{"pull_requests": "write"}, Events: []string{"issue_comment"}})
	if failure == nil || !strings.Contains(failure.Error(), "issue_comment needs issues") || hub.Err() == nil {
		t.Errorf("got %v", failure)
	}
}
