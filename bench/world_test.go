package bench

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/app/localhub"
)

// patience is how long a benchmark waits for what must happen. It is a kill switch, not a measurement.
const patience = 5 * time.Minute

// world is a local GitHub with organisations of one repository each, all of which have installed Assay. Writes are
// limited by organisation, as GitHub limits them, so that one organisation would measure that limit.
type world struct {
	b     *testing.B
	hub   *localhub.Hub
	dev   *localhub.Account
	app   *localhub.App
	repos []*localhub.Repository
	assay *process
}

// newWorld makes repositories that fill fills, and starts Assay.
func newWorld(b *testing.B, organisations int, fill func(*localhub.Repository, *localhub.Account)) *world {
	b.Helper()
	w := &world{b: b, hub: localhub.StartTest(b, localhub.Options{})}
	w.dev = w.hub.User("dev")
	var owners []*localhub.Account
	for i := range organisations {
		owner := w.hub.Organisation(fmt.Sprintf("acme-%d", i))
		repo := owner.Repository("bot", localhub.RepositoryOptions{Private: true})
		fill(repo, w.dev)
		owners, w.repos = append(owners, owner), append(w.repos, repo)
	}
	w.app = w.hub.App(localhub.AppOptions{
		Slug: "assay", Owner: owners[0],
		Permissions: map[string]string{
			"metadata": "read", "contents": "read", "issues": "read", "merge_queues": "read", "checks": "write", "pull_requests": "write",
		},
		Events: []string{"pull_request", "pull_request_review", "pull_request_review_comment", "pull_request_review_thread",
			"issue_comment", "check_run", "check_suite", "merge_group"},
	})
	w.assay = serve(b, w.hub, w.app)
	w.app.SetWebhook(w.assay.webhook(), w.app.WebhookSecret())
	for _, owner := range owners {
		w.app.Install(owner)
	}
	w.hub.Flush()
	return w
}

// gate waits until the gate on a commit has concluded.
func (w *world) gate(repo *localhub.Repository, head string) localhub.CheckRun {
	w.b.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		for _, run := range repo.CheckRuns(head) {
			if run.Name == "Assay" && run.Status == "completed" {
				return run
			}
		}
		if time.Now().After(deadline) {
			w.b.Fatalf("no verdict on %.12s; the server said:\n%s", head, w.assay.lastLines())
		}
	}
}

// settle waits until nothing has been asked of the hub for a while, so that the next measurement has the machine.
func (w *world) settle() {
	w.hub.Flush()
	for asked := -1; ; time.Sleep(250 * time.Millisecond) {
		now := len(w.hub.Requests())
		if now == asked {
			return
		}
		asked = now
	}
}

// exampleKey is a made-up key in a real format, put together here so that no scanner trips over the source.
func exampleKey(seed int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	var body strings.Builder
	state := uint32(seed)*2654435761 + 1
	for range 93 {
		state = state*1664525 + 1013904223
		body.WriteByte(alphabet[state>>26])
	}
	return "sk-" + "ant-api03-" + body.String() + "AA"
}
