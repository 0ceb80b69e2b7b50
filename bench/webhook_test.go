package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/assay-app/assay/app/localhub"
)

const (
	// perSecond is how many webhooks are delivered.
	perSecond = 200
	// pullsPerSecond of them begin a review. More than two cores can do, so that a queue builds up and the workers never
	// rest while webhooks come in.
	pullsPerSecond = 3
	// busy is how many organisations they come from: with one pull request each in ten seconds none comes near the rate
	// at which GitHub limits writes.
	busy = 10 * pullsPerSecond
)

// BenchmarkWebhook delivers webhooks as GitHub does, 200 a second, while workers review the pull requests that they are
// about: new pull requests, pushes, labels, titles, comments and reviews by people, and every twentieth a second time
// under its GUID. Answers are timed from the moment at which a delivery was due, so that a stall counts for all that it
// delays. Everything runs on this machine: server, git, the local GitHub and the sender share its cores.
func BenchmarkWebhook(b *testing.B) {
	w := newWorld(b, busy, func(repo *localhub.Repository, dev *localhub.Account) {
		repo.Commit("main", "Begin", dev, localhub.Files{".github/assay.yml": "mode: enforce\n", "README.md": "# bot\n"})
	})
	pulls, firsts, rest := w.traffic(max(busy, int(deliverFor.Seconds()*pullsPerSecond)))
	stream := mix(int(deliverFor.Seconds()*perSecond), firsts, rest)
	b.ResetTimer()
	sent := deliver(w.assay.webhook(), w.app.WebhookSecret(), stream)
	b.StopTimer()

	ended := time.Now()
	server, others := w.assay.processor()
	books := w.openBooks()
	defer books.close()
	books.drain()
	drained := time.Since(ended)
	books.nothingLost(sent)
	books.nothingTwice(pulls)

	var answers sample
	for _, d := range sent {
		answers = append(answers, d.took)
	}
	b.ReportMetric(0, "ns/op") // the pace is given
	b.ReportMetric(milliseconds(answers.at(0.50)), "p50-ms")
	b.ReportMetric(milliseconds(answers.at(0.99)), "p99-ms")
	b.ReportMetric(milliseconds(answers.at(1)), "max-ms")
	suite.table.aim(fmt.Sprintf("webhook acknowledged, %d a second for %s: p99", perSecond, *deliverFor), milliseconds(answers.at(0.99)), 50, "ms")
	suite.table.say("  p50, p95, max", fmt.Sprintf("%s, %s, %s ms", figure(milliseconds(answers.at(0.50))), figure(milliseconds(answers.at(0.95))), figure(milliseconds(answers.at(1)))))
	suite.table.say("  deliveries, of which repeated; pull requests", fmt.Sprintf("%d, %d; %d", len(stream), len(stream)-distinct(stream), len(pulls)))
	suite.table.say("  analyse jobs, reviews made, decide jobs", fmt.Sprintf("%d, %d, %d", books.count(analyses), w.assay.logged(reviewedLine), books.count("SELECT count(*) FROM river_job WHERE kind = 'decide'")))
	suite.table.say("  processor time meanwhile", fmt.Sprintf("server %s s, its git and children %s s, in %s s", figure(server.Seconds()), figure(others.Seconds()), figure(deliverFor.Seconds())))
	suite.table.say("  all work done after the last delivery", figure(drained.Seconds())+" s")
	resident, own := w.assay.memory()
	suite.table.say("  memory afterwards: resident, own", fmt.Sprintf("%s, %s MB", figure(resident), figure(own)))
}

// traffic opens pull requests and lets people work on them, with a receiver in Assay's place that only takes note. It
// gives back the webhooks that begin a review, one for each pull request, and all others by pull request.
func (w *world) traffic(n int) (pulls []pull, firsts []envelope, others [][]envelope) {
	w.b.Helper()
	notes := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		rw.WriteHeader(http.StatusAccepted)
	}))
	defer notes.Close()
	w.app.SetWebhook(notes.URL, w.app.WebhookSecret())
	defer w.app.SetWebhook(w.assay.webhook(), w.app.WebhookSecret())
	for i := range n {
		repo := w.repos[i%len(w.repos)]
		branch := fmt.Sprintf("feature-%d", i)
		if i%3 == 0 { // this one was open before, and is pushed to
			repo.Commit(branch, "Begin", w.dev, localhub.Files{"notes.md": branch + "\n"}, localhub.From("main"))
		}
		var made *localhub.PullRequest
		before := len(w.hub.Deliveries())
		if i%3 == 0 {
			made = repo.OpenPull(localhub.NewPull{Head: branch, Title: "Change", Author: w.dev})
			w.hub.Flush()
			before = len(w.hub.Deliveries())
			repo.Commit(branch, "Add settings", w.dev, keyed(i))
		} else {
			repo.Commit(branch, "Add settings", w.dev, keyed(i), localhub.From("main"))
			made = repo.OpenPull(localhub.NewPull{Head: branch, Title: "Change", Author: w.dev})
		}
		made.AddLabel("ready", w.dev)
		made.Edit("A better title", "With a description.\n", w.dev)
		made.Comment(w.dev, "Could somebody look at this?")
		made.Review(w.dev, localhub.NewReview{Event: "COMMENT", Body: "Looks good to me."})
		made.RemoveLabel("ready", w.dev)
		w.hub.Flush()
		var rest []envelope
		first := 0
		for _, d := range w.hub.Deliveries()[before:] {
			e := envelope{event: d.Event, body: d.Payload, guid: d.GUID}
			if d.Event == "pull_request" && (d.Action == "opened" || d.Action == "synchronize") {
				firsts = append(firsts, e)
				first++
			} else {
				rest = append(rest, e)
			}
		}
		if first != 1 || len(rest) < 4 {
			w.b.Fatalf("pull request %d brought %d webhooks that begin a review and %d others", i, first, len(rest))
		}
		pulls, others = append(pulls, pull{repo, made}), append(others, rest)
	}
	return pulls, firsts, others
}

type pull struct {
	repo *localhub.Repository
	*localhub.PullRequest
}

func keyed(seed int) localhub.Files {
	return localhub.Files{"settings.py": "import os\n\nANTHROPIC_API_KEY = \"" + exampleKey(seed) + "\"\nTIMEOUT = 30\n", "app.py": source(0, uint64(seed))}
}

// receipt is what came back for one delivery.
type receipt struct {
	envelope
	took   time.Duration // from when it was due
	status int           // 0 when there was no answer
	answer string        // queued, known or ignored
	err    error
}

// deliver sends the stream at its pace and waits for all answers.
func deliver(url, secret string, stream []envelope) []receipt {
	client := &http.Client{Timeout: localhub.DefaultWebhookTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	sent := make([]receipt, len(stream))
	var group sync.WaitGroup
	start := time.Now()
	for i, e := range stream {
		due := start.Add(time.Duration(i) * time.Second / perSecond)
		time.Sleep(time.Until(due))
		group.Go(func() {
			status, answer, err := e.post(client, url, secret)
			sent[i] = receipt{e, time.Since(due), status, answer, err}
		})
	}
	group.Wait()
	return sent
}

func (e envelope) post(client *http.Client, url, secret string) (status int, answer string, err error) {
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(e.body))
	if err != nil {
		return 0, "", err
	}
	request.Header = http.Header{
		"Content-Type": {"application/json"}, "X-Github-Event": {e.event}, "X-Github-Delivery": {e.guid},
		"X-Hub-Signature-256": {localhub.Sign(secret, e.body)},
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, outcome(body), err
}

// outcome is the server's word for what it did about a delivery.
func outcome(body []byte) string {
	var answer struct{ Status string }
	if err := json.Unmarshal(body, &answer); err != nil {
		return "unreadable: " + err.Error()
	}
	return answer.Status
}
