package webhook

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/assay-app/assay/app/store"
)

// FuzzEvent holds the reader of events to its promises: it never panics, and what it lets through is safe to store and
// to send on.
func FuzzEvent(f *testing.F) {
	f.Add("pull_request", []byte(`{"action":"opened","installation":{"id":1},"repository":{"id":2,"name":"n","owner":{"login":"o"}},
		"pull_request":{"number":3,"state":"open","updated_at":"2026-01-02T03:04:05Z","head":{"sha":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"base":{"ref":"main"}}}`))
	f.Add("issue_comment", []byte(`{"action":"created","installation":{"id":1},"repository":{"id":2,"name":"n","owner":{"login":"o"}},"issue":{"number":3,"pull_request":{}}}`))
	f.Add("check_run", []byte(`{"action":"rerequested","installation":{"id":1},"repository":{"id":2,"name":"n","owner":{"login":"o"}},
		"check_run":{"head_sha":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","app":{"id":1},"pull_requests":[{"number":3,"head":{"sha":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}]}}`))
	f.Add("merge_group", []byte(`{"action":"checks_requested","installation":{"id":1},"repository":{"id":2,"name":"n","owner":{"login":"o"}},"merge_group":{}}`))
	f.Add("installation", []byte(`{"action":"created","installation":{"id":1,"account":{"login":"o"}},"repositories":[{"id":2,"full_name":"o/n"}]}`))
	f.Add("installation", []byte(`{"action":"deleted","installation":null}`))
	f.Add("pull_request", []byte(`{"action":"edited","changes":{"base":null}}`))
	f.Add("pull_request_review", []byte(`null`))

	s, err := store.Open(context.Background(), "sqlite:"+filepath.Join(f.TempDir(), "assay.db"))
	if err == nil {
		err = s.Migrate(context.Background())
	}
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	pl := &planner{store: s, appID: 1, bot: func() string { return "assay[bot]" }}

	f.Fuzz(func(t *testing.T, name string, body []byte) {
		p, err := parse(body)
		if err != nil {
			return
		}
		e, todo, err := pl.plan(t.Context(), name, "guid", p)
		if err != nil || todo.empty() {
			return
		}
		if e.installationID <= 0 {
			t.Fatalf("a plan for installation %d", e.installationID)
		}
		for _, job := range todo.jobs {
			var fields struct {
				RepositoryID      int64 `json:"repository_id"`
				Owner, Name, Head string
			}
			text, err := json.Marshal(job)
			if err == nil {
				err = json.Unmarshal(text, &fields)
			}
			if err != nil {
				t.Fatal(err)
			}
			if fields.RepositoryID <= 0 || !validSHA(fields.Head) || !validName(fields.Owner) || !validName(fields.Name) {
				t.Fatalf("unsafe job %s", text)
			}
		}
		for _, r := range todo.repositories {
			if r.ID <= 0 || !validName(r.Owner) || !validName(r.Name) {
				t.Fatalf("unsafe repository %+v", r)
			}
		}
	})
}

// FuzzSignature holds the reader of signatures to: one text for one signature, and no other.
func FuzzSignature(f *testing.F) {
	f.Add("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
	f.Add("sha1=7d38cdd689735b008b3c702edd92eea23791c5f6")
	f.Add("sha256=")
	f.Fuzz(func(t *testing.T, header string) {
		s, err := parseSignature([]string{header})
		if err != nil {
			return
		}
		if len(header) != len("sha256=")+64 {
			t.Fatalf("%q is taken for a signature", header)
		}
		if again, err := parseSignature([]string{header}); err != nil || again != s {
			t.Fatalf("%q is read differently the second time", header)
		}
	})
}
