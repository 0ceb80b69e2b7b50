package githubapi

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"
)

func TestManyCallersOverManyInstallations(t *testing.T) {
	d := newDouble(t)
	a := d.app(func(c *Config) { c.Observer = observerFunc(func(string, string, int, time.Duration) {}) })
	var mu sync.Mutex
	atOnce, most := 0, 0
	d.on(readLine, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		atOnce++
		most = max(most, atOnce)
		mu.Unlock()
		defer func() {
			mu.Lock()
			atOnce--
			mu.Unlock()
		}()
		answerJSON(200, `{"number":1}`, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "4000", "X-RateLimit-Reset", "1748782800")(w, r)
	})
	var group sync.WaitGroup
	for i := range 120 {
		group.Go(func() {
			client := a.Repository(int64(i%4+1), int64(i%6+1), reviewing())
			if _, _, err := client.PullRequests.Get(context.Background(), "o", "r", 1); err != nil {
				t.Error(err)
			}
			if i%3 == 0 {
				a.AsApp().Apps.Get(context.Background(), "")
			}
		})
	}
	group.Wait()
	if want := 12; d.mints() != want {
		t.Errorf("%d tokens, want %d: one for each installation and repository", d.mints(), want)
	}
	if most > 4*maxConcurrentPerInstallation {
		t.Errorf("%d calls at once", most)
	}
}

func TestAnInstallationTakesNoMoreThanItsSlots(t *testing.T) {
	d := newDouble(t)
	a := d.app()
	a.tokens.keep(Scope{installation, repository, reviewing()}, token{"t", d.clock.Now().Add(time.Hour)})
	arrived, release := make(chan struct{}), make(chan struct{})
	d.on(readLine, func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-release
		answerJSON(200, `{"number":1}`)(w, r)
	})
	var group sync.WaitGroup
	for range maxConcurrentPerInstallation {
		group.Go(func() {
			if err := readPull(a); err != nil {
				t.Error(err)
			}
		})
	}
	for range maxConcurrentPerInstallation {
		<-arrived
	}
	ctx, cancel := context.WithCancel(context.Background())
	late := make(chan error, 1)
	go func() {
		_, _, err := a.Repository(installation, repository, reviewing()).PullRequests.Get(ctx, "o", "late", 1)
		late <- err
	}()
	d.on("GET /repos/o/other/pulls/1", answerJSON(200, `{"number":1}`))
	if _, _, err := a.Repository(8, repository, reviewing()).PullRequests.Get(ctx, "o", "other", 1); err != nil {
		t.Errorf("another installation has to wait: %v", err)
	}
	cancel()
	if err := <-late; Classify(err) != Cancelled {
		t.Errorf("got %v", err)
	}
	if got := len(d.asked("GET /repos/o/late/pulls/1")); got != 0 {
		t.Error("a ninth call reached GitHub")
	}
	close(release)
	group.Wait()
}
