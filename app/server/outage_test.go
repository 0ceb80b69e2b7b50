package server_test

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/app/queue"
	"github.com/assay-app/assay/app/server"
)

// failed are the jobs that were given up, as an operator sees them.
func (w *world) failed() []queue.FailedJob {
	w.t.Helper()
	failed, err := w.servers[0].Queue().Failed(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return failed
}

// lasting fails every request in a place until it is told to stop.
func (w *world) lasting(place string, f localhub.Fault) {
	w.hub.Faults(func(r *http.Request) *localhub.Fault {
		if !places[place](r) {
			return nil
		}
		return &f
	})
}

// givenUp opens a pull request that git cannot fetch until the review is given up.
func givenUp(t *testing.T) (*world, *localhub.PullRequest) {
	w := newWorld(t, enforcing(nil), with(impatient))
	w.lasting("git", localhub.Fault{Status: http.StatusInternalServerError})
	pull := w.open("feature", "main", settings(anthropicKey(1)))
	gate := w.concluded(pull.Head(), "Assay", "failure")
	if !strings.Contains(gate.Summary, "given up after 8 attempts") || !strings.Contains(gate.Summary, "What was not checked does not pass") {
		t.Errorf("the gate does not say why:\n%s", gate.Summary)
	}
	w.idle()
	failed := w.failed()
	if len(failed) != 1 || failed[0].Attempts != queue.MaxAttempts || !strings.Contains(failed[0].Error, "fetch acme/bot#1") {
		t.Fatalf("failed jobs: %+v, want the review with its reason", failed)
	}
	w.hub.Faults(nil)
	return w, pull
}

func TestAReviewThatWasGivenUpShutsTheGateAndCanBeRunAgain(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]func(w *world, pull *localhub.PullRequest){
		"by the operator": func(w *world, _ *localhub.PullRequest) {
			if _, err := w.servers[0].Queue().Retry(w.t.Context(), w.failed()[0].ID); err != nil {
				w.t.Fatal(err)
			}
		},
		"by a redelivery": func(w *world, _ *localhub.PullRequest) {
			for _, d := range w.hub.Deliveries() {
				if d.Event == "pull_request" && d.Action == "opened" {
					w.hub.Redeliver(d.ID)
				}
			}
		},
		"by the button at the check": func(w *world, pull *localhub.PullRequest) {
			gate, _ := w.check(pull.Head(), "Assay")
			w.repo.Rerequest(gate.ID, w.dev)
		},
		"by the next push": func(w *world, _ *localhub.PullRequest) {
			w.repo.Commit("feature", "Go on", w.dev, localhub.Files{"more.txt": "more\n"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, pull := givenUp(t)
			again(w, pull)
			w.eventually(func() bool {
				gate, ok := w.check(pull.Head(), "Assay")
				return ok && gate.Conclusion == "failure" && strings.Contains(gate.Title, "Blocked")
			}, func() string { return "the review did not come" })
			w.idle()
			if n := len(pull.ReviewComments()); n != 1 {
				t.Errorf("%d comments, want one", n)
			}
		})
	}
}

func TestWhenGitHubIsDownForLongTheJobsFailAndCanBeRunAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, enforcing(nil), with(impatient))
	w.hub.Faults(func(*http.Request) *localhub.Fault { return &localhub.Fault{Status: http.StatusServiceUnavailable} })
	pull := w.open("feature", "main", settings(anthropicKey(1)))
	w.eventually(func() bool { return len(w.failed()) == 2 }, func() string { return "the jobs do not fail" })
	w.idle()
	if runs := w.repo.CheckRuns(pull.Head()); len(runs) != 0 {
		t.Errorf("check runs during the outage: %+v", runs)
	}
	for _, job := range w.failed() {
		if !strings.Contains(job.Error, "503") {
			t.Errorf("the job does not say what went wrong: %s", job.Error)
		}
	}
	w.hub.Faults(nil)
	for _, job := range w.failed() {
		if _, err := w.servers[0].Queue().Retry(t.Context(), job.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.concluded(pull.Head(), "Assay", "failure")
	w.eventually(func() bool { return len(pull.ReviewComments()) == 1 }, func() string { return "no comment" })
	w.idle()
	if n := len(pull.ReviewComments()); n != 1 || len(w.failed()) != 0 {
		t.Errorf("%d comments and %d failed jobs, want one and none", n, len(w.failed()))
	}
}

// What cannot be had is said at once, instead of after an hour of attempts, and opens no gate.
func TestWhatCannotBeFetchedIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*server.Config)
		open   func(w *world) *localhub.PullRequest
		says   string
	}{
		"the server refuses": {open: func(w *world) *localhub.PullRequest {
			w.lasting("git", localhub.Fault{Status: http.StatusForbidden})
			return w.open("feature", "main", clean())
		}, says: "GitHub does not let Assay fetch the repository"},
		"the change is too large": {change: func(c *server.Config) { c.MaxFetch = 1 << 20 }, open: func(w *world) *localhub.PullRequest {
			return w.open("feature", "main", localhub.Files{"noise.txt": noise(4 << 20)})
		}, says: "too large"},
		"there is no merge base": {open: func(w *world) *localhub.PullRequest {
			w.repo.Commit("lonely", "Begin anew", w.dev, clean(), localhub.Orphan())
			return w.repo.OpenPull(localhub.NewPull{Head: "lonely", Title: "Unrelated", Author: w.dev})
		}, says: "no commit in common"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options := []option{with(impatient)}
			if c.change != nil {
				options = append(options, with(c.change))
			}
			w := newWorld(t, enforcing(nil), options...)
			pull := c.open(w)
			gate := w.concluded(pull.Head(), "Assay", "failure")
			if !strings.Contains(gate.Summary, c.says) {
				t.Errorf("the gate does not say %q:\n%s", c.says, gate.Summary)
			}
			w.idle()
			if failed := w.failed(); len(failed) != 0 {
				t.Errorf("failed jobs: %+v", failed)
			}
		})
	}
}

// noise is text that does not compress.
func noise(bytes int) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"
	random := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, bytes)
	for i := range text {
		text[i] = letters[random.IntN(len(letters))]
		if i%80 == 79 {
			text[i] = '\n'
		}
	}
	return string(text)
}
