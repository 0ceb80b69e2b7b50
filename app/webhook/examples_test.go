package webhook_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/store"
	"github.com/assay-app/assay/app/store/storetest"
)

// example is one event of GitHub's, as npm @octokit/webhooks-examples has them.
type example struct {
	Name     string            `json:"name"`
	Examples []json.RawMessage `json:"examples"`
}

// examples reads those of one edition of GitHub, such as "api.github.com".
func examples(t *testing.T, edition string) []example {
	t.Helper()
	dir := os.Getenv("ASSAY_OCTOKIT")
	if dir == "" {
		dir = "../../.cache/octokit"
	}
	var data []byte
	for _, below := range []string{"webhooks-examples", "node_modules/@octokit/webhooks-examples"} {
		if read, err := os.ReadFile(filepath.Join(dir, below, edition, "index.json")); err == nil {
			data = read
		}
	}
	if data == nil {
		t.Fatalf("GitHub's example webhooks are not in %s: run make octokit", dir)
	}
	var all []example
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// acted are the events that do something for every example of GitHub's that belongs to our App, by event and action.
// The number is how many examples there are in the edition of github.com.
var acted = map[string]int{
	"pull_request opened": 4, "pull_request reopened": 2, "pull_request synchronize": 1, "pull_request closed": 2,
	"pull_request labeled": 2, "pull_request unlabeled": 2, "pull_request ready_for_review": 3, "pull_request converted_to_draft": 3,
	"pull_request_review submitted": 3, "pull_request_review dismissed": 1,
	"pull_request_review_comment created": 3, "pull_request_review_comment deleted": 1, "pull_request_review_comment edited": 1,
	"pull_request_review_thread resolved": 2, "pull_request_review_thread unresolved": 1,
	"check_run rerequested": 2, "check_run requested_action": 1,
	"check_suite rerequested":      2,
	"merge_group checks_requested": 2,
	"installation created":         2, "installation deleted": 2, "installation suspend": 1, "installation unsuspend": 1,
	"installation new_permissions_accepted": 1,
	"installation_repositories added":       2, "installation_repositories removed": 1,
}

func TestEveryExampleOfGitHubsIsUnderstood(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := receive(t, s)
		seen := map[string]int{}
		for _, e := range examples(t, "api.github.com") {
			for i, payload := range e.Examples {
				var fields map[string]any
				if err := json.Unmarshal(payload, &fields); err != nil {
					t.Fatal(err)
				}
				action, _ := fields["action"].(string)
				kind := strings.TrimSpace(e.Name + " " + action)
				seen[kind]++
				ready(t, s, fields)

				guid := fmt.Sprintf("%s-%d", strings.ReplaceAll(e.Name, "_", "-"), i)
				outcome := r.deliver(e.Name, guid, encode(t, fields))
				want := "ignored"
				if acted[kind] > 0 {
					want = "queued"
				}
				if outcome != want {
					t.Errorf("%s, example %d: %s; want %s", kind, i, outcome, want)
				}
				if work := r.jobs(); want == "queued" && !strings.HasPrefix(kind, "installation") && work == nil {
					t.Errorf("%s, example %d: no job", kind, i)
				}
				for _, table := range []string{"installations", "removed_installations", "deliveries", "open_jobs", "river_job"} {
					inTx(t, s, `DELETE FROM `+table)
				}
				for len(r.purged) > 0 {
					<-r.purged
				}
				r.handler.Wait()
			}
		}
		for kind, n := range acted {
			if seen[kind] != n {
				t.Errorf("%s: %d examples; want %d", kind, seen[kind], n)
			}
		}
	})
}

// ready makes an example one of our App: the examples come from many Apps and hooks of repositories. Events that are
// mapped to pull requests through the store find one there.
func ready(t *testing.T, s *store.Store, fields map[string]any) {
	t.Helper()
	repository, ok := fields["repository"].(map[string]any)
	if !ok {
		return
	}
	if fields["installation"] == nil {
		fields["installation"] = object{"id": 1}
	}
	for _, name := range []string{"check_run", "check_suite"} {
		check, ok := fields[name].(map[string]any)
		if !ok || check["app"] == nil {
			continue
		}
		check["app"].(map[string]any)["id"] = ourApp
		inTx(t, s, `INSERT INTO installations (id, account, updated_at) VALUES (1, '', 0)`)
		inTx(t, s, `INSERT INTO repositories (id, installation_id, owner, name, default_branch, private, updated_at) VALUES (?, 1, 'o', 'n', '', ?, 0)`,
			int64(repository["id"].(float64)), true)
		inTx(t, s, `INSERT INTO pulls (repository_id, number, head_sha, base_ref, state, draft, updated_at, seen_at) VALUES (?, 3, ?, 'main', 'open', ?, 0, 0)`,
			int64(repository["id"].(float64)), check["head_sha"], false)
		return
	}
}

func TestNoExampleOfAnyEditionOfGitHubIsRefused(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	r := receive(t, s)
	n := 0
	for _, edition := range []string{"ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35", "api.github.com"} {
		for _, e := range examples(t, edition) {
			for i, payload := range e.Examples {
				r.deliver(e.Name, fmt.Sprintf("%s-%s-%d", strings.ReplaceAll(edition, ".", "-"), strings.ReplaceAll(e.Name, "_", "-"), i), []byte(payload))
				for len(r.purged) > 0 {
					<-r.purged
				}
				n++
			}
		}
	}
	if n < 700 {
		t.Errorf("%d examples; there are more", n)
	}
}
