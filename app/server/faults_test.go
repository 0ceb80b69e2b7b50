package server_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/app/server"
)

// quick is a clock that tells the true time and cuts all pauses short.
type quick struct{}

func (quick) Now() time.Time { return time.Now() }

func (quick) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(min(d, 5*time.Millisecond)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// impatient neither pauses long between attempts nor waits long for an answer.
func impatient(c *server.Config) {
	hasty(c)
	c.GitHub.Clock = quick{}
	c.GitHub.RequestTimeout = 5 * time.Second
}

// curt waits less than others do for an answer that does not come.
func curt(c *server.Config) {
	impatient(c)
	c.GitHub.RequestTimeout = 2 * time.Second
}

// The places where something goes wrong.
var places = map[string]func(*http.Request) bool{
	"reads":  func(r *http.Request) bool { return r.Method == http.MethodGet && isAbout(r, "/api/v3/repos/") },
	"writes": func(r *http.Request) bool { return r.Method != http.MethodGet && isAbout(r, "/api/v3/repos/") },
	"tokens": func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/access_tokens") },
	"git":    func(r *http.Request) bool { return strings.Contains(r.URL.Path, ".git/") },
}

func isAbout(r *http.Request, prefix string) bool { return strings.HasPrefix(r.URL.Path, prefix) }

// everywhere is every place.
var everywhere = []string{"reads", "writes", "tokens", "git"}

// once lets a fault strike the first request of each kind in some places, and counts how many it struck.
type once struct {
	mu     sync.Mutex
	struck map[string]string // by kind of request, the place
}

func (o *once) of(most int, in []string, f localhub.Fault) func(*http.Request) *localhub.Fault {
	o.struck = map[string]string{}
	return func(r *http.Request) *localhub.Fault {
		o.mu.Lock()
		defer o.mu.Unlock()
		at := slices.IndexFunc(in, func(place string) bool { return places[place](r) })
		kind := r.Method + " " + r.URL.Path
		if at < 0 || o.struck[kind] != "" || len(o.struck) >= most {
			return nil
		}
		o.struck[kind] = in[at]
		return &f
	}
}

func (o *once) count(place string) (n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range o.struck {
		if p == place {
			n++
		}
	}
	return n
}

const (
	every = 1000 // more kinds of request than there are

	secondary = `{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}`
	loginPage = "<html><body>Please sign in to the proxy.</body></html>"
)

func header(name, value string) http.Header { return http.Header{name: {value}} }

// TestAfterAFaultThatPassesTheReviewIsThatOfAQuietDay has GitHub fail once on each kind of request, and compares what
// people find afterwards with an undisturbed review.
func TestAfterAFaultThatPassesTheReviewIsThatOfAQuietDay(t *testing.T) {
	t.Parallel()
	quiet := newWorld(t, enforcing(nil))
	pull := quiet.open("feature", "main", settings(anthropicKey(1)))
	quiet.concluded(pull.Head(), "Assay", "failure")
	want := quiet.outcome(pull)

	for _, c := range []struct {
		name   string
		fault  localhub.Fault
		most   int // kinds of request that it strikes
		places []string
		change func(*server.Config)
	}{
		{"500", localhub.Fault{Status: 500}, every, everywhere, impatient},
		{"502 with a page", localhub.Fault{Status: 502, Body: "<html>Unicorn!</html>"}, every, everywhere, impatient},
		{"403 for a secondary limit, with Retry-After", localhub.Fault{Status: 403, Body: secondary, Header: header("Retry-After", "1")}, every, everywhere, hasty},
		{"403 for a secondary limit, without a time, to a write", localhub.Fault{Status: 403, Body: secondary}, 1, []string{"writes"}, hasty},
		{"403 for a secondary limit, without a time, to a token", localhub.Fault{Status: 403, Body: secondary}, 1, []string{"tokens"}, hasty},
		{"429 with Retry-After", localhub.Fault{Status: 429, Header: header("Retry-After", "1")}, every, everywhere, hasty},
		{"200 with a log-in page", localhub.Fault{Status: 200, Body: loginPage}, every, everywhere, impatient},
		{"an answer cut short", localhub.Fault{Status: 200, Body: `{"id": 1, "na`, Header: header("Content-Length", "4000")}, every, everywhere, impatient},
		{"no answer at all", localhub.Fault{Hang: true}, every, []string{"reads", "writes", "tokens"}, curt},
		{"no answer at all to git", localhub.Fault{Hang: true}, 1, []string{"git"}, hasty},
		{"a connection that breaks", localhub.Fault{Drop: true}, every, everywhere, impatient},
		{"a connection that breaks after the work was done", localhub.Fault{Drop: true, AfterApplying: true}, every, everywhere, impatient},
		{"a log-in page after the work was done", localhub.Fault{Status: 200, Body: loginPage, AfterApplying: true}, every, everywhere, impatient},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, enforcing(nil), with(c.change))
			var o once
			w.hub.Faults(o.of(c.most, c.places, c.fault))
			pull := w.open("feature", "main", settings(anthropicKey(1)))
			w.becomes(pull, want)
			for _, place := range c.places {
				if o.count(place) == 0 {
					t.Errorf("nothing went wrong with %s: the test tests nothing", place)
				}
			}
			w.idle()
			if diff := cmp.Diff(want, w.outcome(pull)); diff != "" {
				t.Errorf("what was done after the verdict (-undisturbed +this):\n%s", diff)
			}
			if failed := w.failed(); len(failed) != 0 {
				t.Errorf("failed jobs: %+v", failed)
			}
		})
	}
}

// becomes waits until people find what they should.
func (w *world) becomes(pull *localhub.PullRequest, want outcome) {
	w.t.Helper()
	w.eventually(func() bool { return cmp.Diff(want, w.outcome(pull)) == "" }, func() string {
		return "what stands differs from an undisturbed review (-undisturbed +this):\n" + cmp.Diff(want, w.outcome(pull))
	})
}

func TestAPullRequestThatCannotBeReadForAWhileIsReviewedOnce(t *testing.T) {
	each(t, func(t *testing.T, newWorld ground) {
		w := newWorld(t, enforcing(nil), with(impatient))
		var asked atomic.Int64
		const early = 8 // requests come before GitHub knows of the pull request everywhere
		w.hub.Faults(func(r *http.Request) *localhub.Fault {
			if !places["reads"](r) && !places["git"](r) || asked.Add(1) > early {
				return nil
			}
			return &localhub.Fault{Status: http.StatusNotFound, Body: `{"message": "Not Found"}`}
		})
		pull := w.open("feature", "main", settings(anthropicKey(1)))
		w.concluded(pull.Head(), "Assay", "failure")
		w.idle()
		if n := len(pull.ReviewComments()); n != 1 {
			t.Errorf("%d comments, want one", n)
		}
		if failed := w.failed(); len(failed) != 0 {
			t.Errorf("failed jobs: %+v", failed)
		}
	})
}
