package githubapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// How GitHub announces its limits, as measured and documented.
const (
	secondarySentence = `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}`
	primarySentence   = `{"message":"API rate limit exceeded for installation ID 7."}`
	documentedLimit   = `{"message":"Slow down","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`
)

func reset(d *double, after time.Duration) string {
	return fmt.Sprint(d.clock.Now().Add(after).Unix())
}

func TestLimitsAreObeyedInAllTheirForms(t *testing.T) {
	good := answerJSON(http.StatusOK, `{"number":1}`)
	tests := map[string]struct {
		refusal func(d *double) http.HandlerFunc
		waits   []time.Duration // waited for, then answered
		until   time.Duration   // or given up, to come back then
	}{
		"429 with a short Retry-After is waited for": {
			func(*double) http.HandlerFunc { return answerJSON(429, `{}`, "Retry-After", "7") }, []time.Duration{7 * time.Second}, 0},
		"429 with a long Retry-After is for the queue": {
			func(*double) http.HandlerFunc { return answerJSON(429, `{}`, "Retry-After", "120") }, nil, 2 * time.Minute},
		"429 without any header means a minute": {
			func(*double) http.HandlerFunc { return answerJSON(429, `{}`) }, nil, time.Minute},
		"403 secondary with Retry-After": {
			func(*double) http.HandlerFunc { return answerJSON(403, secondarySentence, "Retry-After", "60") }, nil, time.Minute},
		"403 secondary known by its sentence alone": {
			func(*double) http.HandlerFunc { return answerJSON(403, secondarySentence) }, nil, time.Minute},
		"403 secondary known by its documentation alone": {
			func(*double) http.HandlerFunc { return answerJSON(403, documentedLimit) }, nil, time.Minute},
		"403 with nothing left, reset soon, is waited for": {
			func(d *double) http.HandlerFunc {
				return answerJSON(403, primarySentence, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset(d, 20*time.Second))
			}, []time.Duration{20 * time.Second}, 0},
		"403 with nothing left, reset later, is for the queue": {
			func(d *double) http.HandlerFunc {
				return answerJSON(403, primarySentence, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset(d, 40*time.Minute))
			}, nil, 40 * time.Minute},
		"429 with nothing left": {
			func(d *double) http.HandlerFunc {
				return answerJSON(429, primarySentence, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset(d, 40*time.Minute))
			}, nil, 40 * time.Minute},
		"a Retry-After that is a date": {
			func(d *double) http.HandlerFunc {
				return answerJSON(429, `{}`, "Retry-After", d.clock.Now().Add(5*time.Second).Format(http.TimeFormat))
			}, []time.Duration{5 * time.Second}, 0},
		"a Retry-After of zero still pauses": {
			func(*double) http.HandlerFunc { return answerJSON(429, `{}`, "Retry-After", "0") }, []time.Duration{time.Second}, 0},
		"a Retry-After of years is cut to an hour": {
			func(*double) http.HandlerFunc { return answerJSON(429, `{}`, "Retry-After", "4000000000") }, nil, time.Hour},
		"a reset in the past still pauses": {
			func(d *double) http.HandlerFunc {
				return answerJSON(403, primarySentence, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset(d, -time.Minute))
			}, []time.Duration{time.Second}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDouble(t)
			start := d.clock.Now()
			d.on(readLine, test.refusal(d), good)
			err := readPull(d.app())
			if test.until == 0 && err != nil {
				t.Fatal(err)
			}
			if got := d.clock.sleeps(); !slices.Equal(got, test.waits) {
				t.Errorf("waited %v, want %v", got, test.waits)
			}
			if test.until == 0 {
				return
			}
			until, ok := RetryAt(err)
			if !ok || Classify(err) != RateLimited || until.Sub(start) != test.until {
				t.Errorf("got %v: come back after %v, want %v", err, until.Sub(start), test.until)
			}
		})
	}
}

func TestAPlain403IsNoLimit(t *testing.T) {
	d := newDouble(t)
	d.on(readLine, answerJSON(403, `{"message":"Resource not accessible by integration"}`, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "4999"))
	if err := readPull(d.app()); Classify(err) != Forbidden {
		t.Errorf("got %v (%s), want forbidden", err, Classify(err))
	}
}

func TestSecondaryLimitsDoubleUntilOneAnswerIsGood(t *testing.T) {
	d := newDouble(t)
	a := d.app()
	strike := func() time.Duration {
		t.Helper()
		d.on(readLine, answerJSON(403, secondarySentence))
		until, ok := RetryAt(readPull(a))
		if !ok {
			t.Fatal("not rate limited")
		}
		wait := until.Sub(d.clock.Now())
		d.clock.advance(wait)
		return wait
	}
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 16} {
		if got := strike(); got != want*time.Minute {
			t.Errorf("limit %d: wait %v, want %v", i+1, got, want*time.Minute)
		}
	}
	d.on(readLine, answerJSON(200, `{"number":1}`))
	if err := readPull(a); err != nil {
		t.Fatal(err)
	}
	if got := strike(); got != time.Minute {
		t.Errorf("after a good answer the wait is %v, want a minute again", got)
	}
}

func TestRequestsRefusedTogetherAreOneLimit(t *testing.T) {
	d := newDouble(t)
	a := d.app()
	a.tokens.keep(Scope{installation, repository, reviewing()}, token{"t", d.clock.Now().Add(time.Hour)})
	var arrived, group sync.WaitGroup
	arrived.Add(maxConcurrentPerInstallation)
	d.on(readLine, func(w http.ResponseWriter, r *http.Request) {
		arrived.Done()
		arrived.Wait() // all are under way before the first is refused
		answerJSON(403, secondarySentence)(w, r)
	})
	for range maxConcurrentPerInstallation {
		group.Go(func() {
			if until, _ := RetryAt(readPull(a)); until.Sub(d.clock.Now()) != time.Minute {
				t.Errorf("come back after %v, want a minute", until.Sub(d.clock.Now()))
			}
		})
	}
	group.Wait()
}

func TestALimitHoldsBackEveryClientOfTheInstallationAndNoOther(t *testing.T) {
	d := newDouble(t)
	a := d.app()
	d.on(readLine, answerJSON(403, secondarySentence, "Retry-After", "300"), answerJSON(200, `{"number":1}`))
	if err := readPull(a); Classify(err) != RateLimited {
		t.Fatal(err)
	}
	_, _, err := a.Repository(installation, 100, Permissions{Contents: Read}).PullRequests.Get(context.Background(), "o", "other", 1)
	if Classify(err) != RateLimited {
		t.Errorf("another repository of the installation: %v, want rate limited", err)
	}
	if got := len(d.asked("GET /repos/o/other/pulls/1")); got != 0 {
		t.Errorf("GitHub was asked %d times although it said to wait", got)
	}
	if _, _, err := a.Repository(8, repository, reviewing()).PullRequests.Get(context.Background(), "o", "r", 1); err != nil {
		t.Errorf("another installation: %v", err)
	}
	d.clock.advance(300 * time.Second)
	if err := readPull(a); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestASpentBudgetIsNotOverdrawn(t *testing.T) {
	d := newDouble(t)
	a := d.app()
	d.on(readLine, answerJSON(200, `{"number":1}`, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0",
		"X-RateLimit-Reset", reset(d, 10*time.Minute), "X-RateLimit-Resource", "core"))
	if err := readPull(a); err != nil {
		t.Fatal(err)
	}
	if b, ok := a.Budget(installation); !ok || b.Limit != 5000 || b.Remaining != 0 {
		t.Errorf("budget is %+v", b)
	}
	if err := readPull(a); Classify(err) != RateLimited || len(d.asked(readLine)) != 1 {
		t.Errorf("got %v after %d requests, want a refusal without asking", err, len(d.asked(readLine)))
	}
	d.on("POST /graphql", answerJSON(200, `{"data":{}}`))
	if err := a.GraphQL(context.Background(), Scope{installation, repository, reviewing()}, "query{viewer{login}}", nil, nil); err != nil {
		t.Errorf("GraphQL is counted apart, but: %v", err)
	}
}

func TestAnotherResourcesBudgetDoesNotCount(t *testing.T) {
	d := newDouble(t)
	a := d.app()
	d.on(readLine, answerJSON(200, `{"number":1}`, "X-RateLimit-Limit", "1000", "X-RateLimit-Remaining", "0",
		"X-RateLimit-Reset", reset(d, time.Hour), "X-RateLimit-Resource", "code_scanning_upload"))
	for range 2 {
		if err := readPull(a); err != nil {
			t.Error(err)
		}
	}
}

func TestOnlyOneCountIsKept(t *testing.T) {
	d := newDouble(t)
	d.clock.advance(time.Since(d.clock.Now())) // go-github's own count goes by the real time
	client := d.app().Repository(installation, repository, reviewing())
	d.on(readLine, answerJSON(200, `{"number":1}`, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0",
		"X-RateLimit-Reset", reset(d, 20*time.Second)), answerJSON(200, `{"number":1}`))
	for range 2 {
		if _, _, err := client.PullRequests.Get(context.Background(), "o", "r", 1); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.clock.sleeps(); len(got) != 1 || got[0] > 20*time.Second {
		t.Errorf("waited %v, want once until the reset", got)
	}
}

func TestWaitsOfOneCallAddUp(t *testing.T) {
	d := newDouble(t)
	d.on(readLine, answerJSON(429, `{}`, "Retry-After", "20"))
	start := d.clock.Now()
	err := readPull(d.app())
	if got := d.clock.sleeps(); !slices.Equal(got, []time.Duration{20 * time.Second}) {
		t.Errorf("waited %v, want 20s once: twice would exceed %v", got, DefaultMaxWait)
	}
	if until, _ := RetryAt(err); until.Sub(start) != 40*time.Second {
		t.Errorf("come back after %v, want 40s", until.Sub(start))
	}
}

func TestALimitIsMeasuredOnGitHubsClock(t *testing.T) {
	d := newDouble(t)
	d.aheadBy = 10 * time.Minute
	d.on(readLine, answerJSON(403, primarySentence, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0",
		"X-RateLimit-Reset", reset(d, 10*time.Minute+15*time.Second)), answerJSON(200, `{"number":1}`))
	if err := readPull(d.app()); err != nil {
		t.Fatal(err)
	}
	if got := d.clock.sleeps(); !slices.Equal(got, []time.Duration{15 * time.Second}) {
		t.Errorf("waited %v, want 15s", got)
	}
}

func FuzzLimitIn(f *testing.F) {
	f.Add(403, "60", "0", "1750000000", secondarySentence)
	f.Add(429, "Sun, 06 Nov 1994 08:49:37 GMT", "", "", "")
	f.Add(403, "-1", "0", "-9223372036854775808", "")
	f.Add(403, "99999999999999999999", "0", "9223372036854775807", documentedLimit)
	f.Fuzz(func(t *testing.T, status int, after, remaining, reset, body string) {
		h := http.Header{}
		h.Set("Retry-After", after)
		h.Set("X-Ratelimit-Remaining", remaining)
		h.Set("X-Ratelimit-Reset", reset)
		h.Set("X-Ratelimit-Limit", "5000")
		found, limited := limitIn(status, h, []byte(body), time.Unix(1750000000, 0))
		if found.stated && (found.wait < minLimitWait || found.wait > maxLimitWait) {
			t.Errorf("wait is %v", found.wait)
		}
		if limited && status != 403 && status != 429 {
			t.Errorf("status %d taken for a limit", status)
		}
		budgetIn(h, 0)
	})
}
