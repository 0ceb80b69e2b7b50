package webhook_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
)

func with(path string, value any) func(object) {
	return func(o object) {
		if path == "pull_request.state" || path == "pull_request.updated_at" || path == "pull_request.number" {
			o["pull_request"].(map[string]any)[path[len("pull_request."):]] = value
			return
		}
		o[path] = value
	}
}

func TestWhatEachEventAsksFor(t *testing.T) {
	own := object{"login": ourBot, "type": "Bot"}
	issue := object{"number": 3, "pull_request": object{"url": "x"}}
	checkOf := func(app int, head string, pulls ...object) object {
		list := []any{}
		for _, p := range pulls {
			list = append(list, p)
		}
		return object{"head_sha": head, "app": object{"id": app}, "pull_requests": list}
	}
	pull := func(number int, head string, base int) object {
		return object{"number": number, "head": object{"sha": head}, "base": object{"ref": "main", "repo": object{"id": base}}}
	}
	group := object{"head_sha": headB, "base_sha": baseC, "base_ref": "refs/heads/main"}

	tests := []struct {
		name    string
		event   string
		payload object
		jobs    []string // nil: nothing is stored
	}{
		{"opened", "pull_request", pullEvent("opened", headA), []string{"analyse #3 aaaaaaa"}},
		{"synchronize", "pull_request", pullEvent("synchronize", headB), []string{"analyse #3 bbbbbbb"}},
		{"reopened", "pull_request", pullEvent("reopened", headA), []string{"analyse #3 aaaaaaa"}},
		{"ready_for_review", "pull_request", pullEvent("ready_for_review", headA), []string{"decide aaaaaaa"}},
		{"converted_to_draft", "pull_request", pullEvent("converted_to_draft", headA), []string{"decide aaaaaaa"}},
		{"edited, another title", "pull_request", pullEvent("edited", headA, with("changes", object{"title": object{"from": "x"}})), []string{"decide aaaaaaa"}},
		{"edited, another base", "pull_request", pullEvent("edited", headA, with("changes", object{"base": object{"ref": object{"from": "x"}}})), []string{"analyse #3 aaaaaaa"}},
		{"labeled", "pull_request", pullEvent("labeled", headA), []string{"decide aaaaaaa"}},
		{"unlabeled", "pull_request", pullEvent("unlabeled", headA), []string{"decide aaaaaaa"}},
		{"closed", "pull_request", pullEvent("closed", headA, with("pull_request.state", "closed")), []string{"decide aaaaaaa"}},
		{"assigned", "pull_request", pullEvent("assigned", headA), nil},
		{"enqueued", "pull_request", pullEvent("enqueued", headA), nil},

		{"review submitted", "pull_request_review", pullEvent("submitted", headA), []string{"decide aaaaaaa"}},
		{"review dismissed", "pull_request_review", pullEvent("dismissed", headA), []string{"decide aaaaaaa"}},
		{"review submitted by us", "pull_request_review", pullEvent("submitted", headA, with("sender", own)), nil},
		{"review comment", "pull_request_review_comment", pullEvent("created", headA), []string{"decide aaaaaaa"}},
		{"review comment by us", "pull_request_review_comment", pullEvent("created", headA, with("sender", own)), nil},
		{"thread resolved", "pull_request_review_thread", pullEvent("resolved", headA), []string{"decide aaaaaaa"}},
		{"comment on a pull request", "issue_comment", about("created", object{"issue": issue}), []string{"decide ddddddd"}},
		{"comment on a pull request by us", "issue_comment", about("created", object{"issue": issue, "sender": own}), nil},
		{"comment on an issue", "issue_comment", about("created", object{"issue": object{"number": 3}}), nil},
		{"comment on an unknown pull request", "issue_comment", about("created", object{"issue": object{"number": 9, "pull_request": object{}}}), nil},

		{"check rerequested", "check_run", about("rerequested", object{"check_run": checkOf(ourApp, headA, pull(7, headA, 2))}), []string{"analyse #7 aaaaaaa"}},
		{"check rerequested on a fork's head", "check_run", about("rerequested", object{"check_run": checkOf(ourApp, knownHead)}), []string{"analyse #3 ddddddd", "analyse #4 ddddddd"}},
		{"check with a button pressed", "check_run", about("requested_action", object{"check_run": checkOf(ourApp, knownHead, pull(3, knownHead, 2))}), []string{"analyse #3 ddddddd", "analyse #4 ddddddd"}},
		{"check rerequested that lists a pull request elsewhere", "check_run", about("rerequested", object{"check_run": checkOf(ourApp, headA, pull(7, headA, 99))}), nil},
		{"check of another App rerequested", "check_run", about("rerequested", object{"check_run": checkOf(1, knownHead)}), nil},
		{"check of a merge group rerequested", "check_run", about("rerequested", object{"check_run": checkOf(ourApp, knownGroup)}), []string{"analyse eeeeeee"}},
		{"check created", "check_run", about("created", object{"check_run": checkOf(ourApp, knownHead)}), nil},
		{"suite rerequested", "check_suite", about("rerequested", object{"check_suite": checkOf(ourApp, knownHead)}), []string{"analyse #3 ddddddd", "analyse #4 ddddddd"}},
		{"suite requested", "check_suite", about("requested", object{"check_suite": checkOf(ourApp, knownHead)}), nil},
		{"merge group", "merge_group", about("checks_requested", object{"merge_group": group}), []string{"analyse bbbbbbb"}},
		{"merge group destroyed", "merge_group", about("destroyed", object{"merge_group": group}), nil},

		{"ping", "ping", object{"zen": "Keep it logically awesome."}, nil},
		{"push", "push", about("", nil), nil},
		{"an event that GitHub may invent", "something_new", about("created", nil), nil},
		{"an event of a webhook that is not the App's", "pull_request", pullEvent("opened", headA, with("installation", nil), with("repository", object{
			"id": 77, "name": "x", "owner": object{"login": "y"}})), nil},
		{"an event that leaves the installation out", "pull_request", pullEvent("opened", headA, with("installation", nil)), []string{"analyse #3 aaaaaaa"}},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := receive(t, s)
		for i, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				clear := seed(t, s)
				guid := fmt.Sprint("guid-", i)
				outcome := r.deliver(test.event, guid, test.payload)
				if diff := cmp.Diff(test.jobs, r.jobs()); diff != "" {
					t.Error(diff)
				}
				_, known, err := s.Delivery(t.Context(), guid)
				if want := test.jobs != nil; err != nil || known != want || (outcome == "queued") != want {
					t.Errorf("the delivery is %s; stored: %v, %v", outcome, known, err)
				}
				clear()
			})
		}
	})
}

func TestANewHeadSupersedesTheOldUnlessTheEventIsLate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := receive(t, s)
		at := func(second string) func(object) {
			return with("pull_request.updated_at", "2026-01-02T03:04:"+second+"Z")
		}
		r.deliver("pull_request", "1", pullEvent("opened", headA, at("05")))
		r.deliver("pull_request", "other", pullEvent("opened", headA, at("05"), with("pull_request.number", 4)))
		r.deliver("pull_request", "2", pullEvent("synchronize", headB, at("06")))
		// The decision on the old head ends the check that its review has begun.
		if diff := cmp.Diff([]string{"analyse #3 bbbbbbb", "analyse #4 aaaaaaa", "decide aaaaaaa"}, r.jobs()); diff != "" {
			t.Errorf("after a push:\n%s", diff)
		}
		r.await("1", store.DeliveryIgnored)
		r.deliver("pull_request", "3", pullEvent("synchronize", headA, at("04")))
		if diff := cmp.Diff([]string{"analyse #3 aaaaaaa", "analyse #3 bbbbbbb", "analyse #4 aaaaaaa", "decide aaaaaaa"}, r.jobs()); diff != "" {
			t.Errorf("after a late event:\n%s", diff)
		}
		if p, _, err := s.Pull(t.Context(), 2, 3); err != nil || p.Head != headB {
			t.Errorf("the late event is remembered: %+v, %v", p, err)
		}
	})
}

func TestInstallationsComeAndGo(t *testing.T) {
	listed := func(ids ...int) []any {
		var list []any
		for _, id := range ids {
			list = append(list, object{"id": id, "full_name": fmt.Sprintf("acme/repo%d", id), "private": true})
		}
		return list
	}
	event := func(action string, fields object) object {
		o := object{"action": action, "installation": object{"id": 1, "account": object{"login": "acme"}}, "sender": object{"login": "octocat"}}
		for name, value := range fields {
			o[name] = value
		}
		return o
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := receive(t, s)
		installations := func() []store.Installation {
			t.Helper()
			all, err := s.Installations(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		known := func(want ...int64) {
			t.Helper()
			ids, err := s.RepositoryIDs(t.Context())
			if diff := cmp.Diff(want, ids); err != nil || diff != "" {
				t.Errorf("repositories: %v %s", err, diff)
			}
		}
		r.deliver("installation", "1", event("created", object{"repositories": listed(2, 3)}))
		known(2, 3)
		r.deliver("installation", "2", event("suspend", nil))
		if diff := cmp.Diff([]store.Installation{{ID: 1, Account: "acme", Suspended: true}}, installations()); diff != "" {
			t.Error(diff)
		}
		r.deliver("installation", "3", event("unsuspend", nil))
		r.deliver("installation_repositories", "4", event("added", object{"repositories_added": listed(4), "repositories_removed": listed()}))
		known(2, 3, 4)
		if diff := cmp.Diff([]store.Installation{{ID: 1, Account: "acme"}}, installations()); diff != "" {
			t.Error(diff)
		}

		r.deliver("pull_request", "5", pullEvent("opened", headA)) // of repository 2
		r.deliver("installation_repositories", "6", event("removed", object{"repositories_removed": listed(2)}))
		known(3, 4)
		if jobs := r.jobs(); jobs != nil {
			t.Errorf("jobs of a repository that was removed: %v", jobs)
		}
		if diff := cmp.Diff([]int64{2}, <-r.purged); diff != "" {
			t.Error(diff)
		}

		if outcome := r.deliver("installation", "7", event("deleted", object{"repositories": listed(3, 4)})); outcome != "queued" {
			t.Error(outcome)
		}
		known([]int64(nil)...)
		if left := installations(); left != nil {
			t.Errorf("still installed: %v", left)
		}
		if diff := cmp.Diff([]int64{3, 4}, <-r.purged); diff != "" {
			t.Error(diff)
		}
		for _, guid := range []string{"1", "2", "3", "7"} {
			r.await(guid, store.DeliverySucceeded)
		}
		if _, kept, err := s.Delivery(t.Context(), "5"); err != nil || kept {
			t.Errorf("a delivery about a repository of a removed installation is kept (%v)", err)
		}
		if outcome := r.deliver("pull_request", "8", pullEvent("opened", headA)); outcome != "ignored" {
			t.Errorf("an event that comes after its installation was removed: %s", outcome)
		}
		known([]int64(nil)...)
	})
}

const (
	knownHead  = "dddddddddddddddddddddddddddddddddddddddd"
	knownGroup = "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
)

// seed makes two open pull requests and a merge group known, and returns what forgets all.
func seed(t *testing.T, s *store.Store) (clear func()) {
	t.Helper()
	inTx(t, s, `INSERT INTO installations (id, account, updated_at) VALUES (1, 'acme', 0)`)
	inTx(t, s, `INSERT INTO repositories (id, installation_id, owner, name, default_branch, private, updated_at) VALUES (2, 1, 'acme', 'shop', 'main', ?, 0)`, true)
	for _, number := range []int{3, 4} {
		inTx(t, s, `INSERT INTO pulls (repository_id, number, head_sha, base_ref, state, draft, updated_at, seen_at) VALUES (2, ?, ?, 'main', 'open', ?, 0, 0)`, number, knownHead, false)
	}
	inTx(t, s, `INSERT INTO merge_groups (repository_id, head_sha, base_sha, base_ref, seen_at) VALUES (2, ?, ?, 'main', 0)`, knownGroup, baseC)
	return func() {
		t.Helper()
		for _, table := range []string{"installations", "deliveries", "open_jobs", "river_job"} {
			inTx(t, s, `DELETE FROM `+table)
		}
	}
}
