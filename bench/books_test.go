package bench

import (
	"database/sql"
	"net/http"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// books compares what was sent with what the database and the hub have of it.
type books struct {
	b  *testing.B
	w  *world
	db *sql.DB
}

func (w *world) openBooks() *books {
	w.b.Helper()
	db, err := sql.Open("sqlite", "file:"+w.assay.database()+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		w.b.Fatal(err)
	}
	return &books{b: w.b, w: w, db: db}
}

func (k *books) close() { k.db.Close() }

func (k *books) count(query string, args ...any) int {
	k.b.Helper()
	var n int
	if err := k.db.QueryRow(query, args...).Scan(&n); err != nil {
		k.b.Fatalf("%s: %v", query, err)
	}
	return n
}

// drain waits until nothing is left to do: no job is unfinished, and no webhook about our own writes is on its way.
func (k *books) drain() {
	k.b.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		k.w.hub.Flush()
		left := k.count("SELECT count(*) FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')") +
			k.count("SELECT count(*) FROM deliveries WHERE state = 'queued'")
		if left == 0 {
			return
		}
		if time.Now().After(deadline) {
			k.b.Fatalf("%d jobs and deliveries are not done; the server said:\n%s", left, k.w.assay.lastLines())
		}
	}
}

// nothingLost: every delivery that was taken, those of the hub's own included, is in the database once, and all that it
// asked for was done. One that asks for nothing is not kept.
func (k *books) nothingLost(all []receipt) {
	k.b.Helper()
	for _, d := range k.w.hub.Deliveries() {
		if d.URL == k.w.assay.webhook() {
			all = append(all, receipt{envelope: envelope{event: d.Event, guid: d.GUID}, status: d.StatusCode, answer: outcome(d.Response)})
		}
	}
	taken, refused := map[string]bool{}, 0
	for _, r := range all {
		if r.err != nil || r.status != http.StatusAccepted {
			refused++
			k.b.Logf("%s: status %d: %v", r.event, r.status, r.err)
		}
		if r.answer == "queued" || r.answer == "known" {
			taken[r.guid] = true
		}
	}
	if refused > 0 {
		k.b.Errorf("%d of %d deliveries were refused", refused, len(all))
	}
	rows, err := k.db.Query("SELECT guid, state, last_error FROM deliveries")
	if err != nil {
		k.b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var guid, state, reason string
		if err := rows.Scan(&guid, &state, &reason); err != nil {
			k.b.Fatal(err)
		}
		if state != "succeeded" {
			k.b.Errorf("delivery %s is %s: %s", guid, state, reason)
		}
		delete(taken, guid)
	}
	if err := rows.Err(); err != nil {
		k.b.Fatal(err)
	}
	if len(taken) > 0 {
		k.b.Errorf("%d deliveries were taken and are not in the database", len(taken))
	}
}

const (
	analyses     = "SELECT count(*) FROM river_job WHERE kind = 'analyse'"
	reviewedLine = `"msg":"reviewed"`
)

// nothingTwice: every pull request was analysed by one job, and has one gate, one review and one comment.
func (k *books) nothingTwice(pulls []pull) {
	k.b.Helper()
	if n := k.count(analyses); n != len(pulls) {
		k.b.Errorf("%d jobs analysed %d pull requests", n, len(pulls))
	}
	if n := k.w.assay.logged(reviewedLine); n != len(pulls) {
		k.b.Errorf("%d reviews of %d pull requests", n, len(pulls))
	}
	for _, p := range pulls {
		gates := 0
		for _, run := range p.repo.CheckRuns(p.Head()) {
			if run.Name == "Assay" {
				gates++
			}
			if run.Status != "completed" {
				k.b.Errorf("%s#%d: %s is %s", p.repo.FullName(), p.Number(), run.Name, run.Status)
			}
		}
		ours := 0
		for _, r := range p.Reviews() {
			if r.Author == k.w.app.Bot().Login() {
				ours++
			}
		}
		if comments := len(p.ReviewComments()); gates != 1 || ours != 1 || comments != 1 {
			k.b.Errorf("%s#%d has %d gates, %d reviews and %d comments, want one of each", p.repo.FullName(), p.Number(), gates, ours, comments)
		}
	}
}
