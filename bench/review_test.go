package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/app/localhub"
)

const (
	// reviewed is how many repositories are reviewed in turn, each in an organisation of its own.
	reviewed = 8
	// changedFiles is the size of a pull request.
	changedFiles = 30
)

// BenchmarkReview measures from the moment at which a webhook is sent to the moment at which GitHub shows the verdict.
// The pull requests change 30 files, and one of them adds a key, so that each costs a comment too.
func BenchmarkReview(b *testing.B) {
	for _, round := range []struct {
		name    string
		latency time.Duration
		aim     time.Duration
	}{
		{"no latency", 0, 1500 * time.Millisecond},
		{"80 ms a call", 80 * time.Millisecond, 3500 * time.Millisecond},
	} {
		b.Run(round.name, func(b *testing.B) {
			w := newWorld(b, reviewed, fillRepository)
			w.hub.Latency(round.latency)
			b.ResetTimer()
			var first, later, all sample
			var steps, firstSteps phases
			for n := range *rounds {
				for at := range w.repos {
					took, took2 := w.review(at, n)
					all = append(all, took)
					if n == 0 {
						first, firstSteps = append(first, took), firstSteps.with(took2)
					} else {
						later, steps = append(later, took), steps.with(took2)
					}
				}
			}
			b.StopTimer()
			b.ReportMetric(0, "ns/op") // of a whole series
			b.ReportMetric(milliseconds(all.median()), "median-ms")
			b.ReportMetric(milliseconds(first.median()), "first-ms")
			what := "30 files, webhook to verdict, " + round.name
			suite.table.aim(what+": median", milliseconds(all.median()), milliseconds(round.aim), "ms")
			suite.table.say("  first of a repository", first.spread())
			suite.table.say("    of which", firstSteps.String())
			if len(later) > 0 {
				suite.table.say("  later ones", later.spread())
				suite.table.say("    of which", steps.String())
			}
		})
	}
}

// review opens a pull request and waits for its verdict.
func (w *world) review(at, n int) (time.Duration, phase) {
	w.b.Helper()
	repo := w.repos[at]
	branch := fmt.Sprintf("feature-%d", n)
	w.b.StopTimer()
	repo.Commit(branch, "Change 30 files", w.dev, changed(at*1000+n), localhub.From("main"))
	w.hub.ForgetRequests()
	w.b.StartTimer()
	known := len(w.hub.Deliveries())
	pull := repo.OpenPull(localhub.NewPull{Head: branch, Title: "Change 30 files", Author: w.dev})
	gate := w.gate(repo, pull.Head())
	w.b.StopTimer()
	defer w.b.StartTimer()
	w.settle()
	if n := len(pull.ReviewComments()); n != 1 {
		w.b.Errorf("%d comments, want one; the gate says %s\n%s", n, gate.Title, gate.Summary)
	}
	for _, d := range w.hub.Deliveries()[known:] {
		if d.Event == "pull_request" && d.Action == "opened" {
			sent := d.DeliveredAt.Add(-d.Duration)
			return gate.Completed.Sub(sent), dissect(sent, d.DeliveredAt, gate.Completed, w.hub.Requests())
		}
	}
	w.b.Fatal("no webhook was sent")
	return 0, phase{}
}

// The kinds of files of an ordinary service: two languages, configuration, prose.
var kinds = []struct{ pattern, line string }{
	{"service/module_%d.py", "def step_%d(request, settings):\n    return client.messages.create(model=settings.model, max_tokens=%d, messages=request.history)\n"},
	{"web/src/page%d.ts", "export async function load%d(id: string) { return fetch(`/api/tickets/${id}?limit=%d`).then((r) => r.json()); }\n"},
	{"deploy/values-%d.yaml", "worker%d:\n  replicas: %d\n  image: shop/worker\n"},
	{"docs/page-%d.md", "Step %d takes up to %d seconds. Ask the team before you change it.\n"},
}

func fileName(i int) string { return fmt.Sprintf(kinds[i%len(kinds)].pattern, i) }

// source is a file of about 60 lines; two of the same seed differ in nothing.
func source(i int, seed uint64) string {
	random := rand.New(rand.NewPCG(uint64(i), seed))
	var text strings.Builder
	for line := range 60 {
		fmt.Fprintf(&text, kinds[i%len(kinds)].line, line, random.IntN(100_000))
	}
	return text.String()
}

// fillRepository makes a repository of 300 files whose policy blocks.
func fillRepository(repo *localhub.Repository, dev *localhub.Account) {
	files := localhub.Files{".github/assay.yml": "mode: enforce\n"}
	for i := range 300 {
		files[fileName(i)] = source(i, 0)
	}
	repo.Commit("main", "Begin", dev, files)
}

// changed rewrites some lines of 24 files, adds 5, and adds one with a key.
func changed(seed int) localhub.Files {
	files := localhub.Files{
		fmt.Sprintf("service/settings_%d.py", seed): "import os\n\nANTHROPIC_API_KEY = \"" + exampleKey(seed) + "\"\nTIMEOUT = 30\n",
	}
	for i := 0; len(files) < changedFiles-5; i++ {
		lines := strings.SplitAfter(source(i*7%300, 0), "\n")
		fresh := strings.SplitAfter(source(i*7%300, uint64(seed)+1), "\n")
		copy(lines[10:20], fresh[10:20])
		files[fileName(i*7%300)] = strings.Join(lines, "")
	}
	for i := range changedFiles - len(files) {
		files[fileName(1000+i)] = source(1000+i, uint64(seed)+1)
	}
	return files
}
