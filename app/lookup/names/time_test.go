package names

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/assay-app/assay/checks/dependency/judge"
)

// These tests run in a bubble where time passes only when all wait, so they state exact times and wait for none. The
// network in them is a function.

// wire is a network of one host.
type wire struct {
	mu     sync.Mutex
	asked  []time.Duration // since the start
	begun  time.Time
	now    int // requests under way
	most   int
	answer func(n int, r *http.Request) (*http.Response, error) // n counts from 1
	takes  time.Duration
}

func newWire(answer func(n int, r *http.Request) (*http.Response, error)) *wire {
	return &wire{begun: time.Now(), answer: answer}
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.asked = append(w.asked, time.Since(w.begun))
	n := len(w.asked)
	w.now++
	w.most = max(w.most, w.now)
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.now--
		w.mu.Unlock()
	}()
	httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(w.takes):
	}
	return w.answer(n, r)
}

// times are when requests were made.
func (w *wire) times() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]time.Duration(nil), w.asked...)
}

func response(status int, text string, headers ...string) (*http.Response, error) {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text))}
	for i := 0; i+1 < len(headers); i += 2 {
		resp.Header.Set(headers[i], headers[i+1])
	}
	return resp, nil
}

const somewhere = "https://deps.example"

// named is the package that a request is about.
func named(r *http.Request) string {
	return r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
}

func found(_ int, r *http.Request) (*http.Response, error) {
	return response(200, pack("NPM", named(r), "1.0.0 2022-02-12T00:00:00Z"))
}

func questions(n int) []Question {
	all := make([]Question, n)
	for i := range all {
		all[i] = Question{Name: judge.Name{Ecosystem: "npm", Name: fmt.Sprintf("p%d", i)}}
	}
	return all
}

// count says how many standings are of each state.
func count(standings map[judge.Name]judge.Standing) map[judge.State]int {
	n := map[judge.State]int{}
	for _, s := range standings {
		n[s.State]++
	}
	return n
}

func TestHowLongAnswersAreRemembered(t *testing.T) {
	missing := func(int, *http.Request) (*http.Response, error) { return response(404, "") }
	broken := func(int, *http.Request) (*http.Response, error) { return response(500, "") }
	for name, test := range map[string]struct {
		answer func(int, *http.Request) (*http.Response, error)
		kept   time.Duration
	}{
		"what exists, a day":           {found, 24 * time.Hour},
		"what does not exist, an hour": {missing, time.Hour},
		"what is unanswered, a minute": {broken, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(test.answer)
				c := newClient(t, Config{DepsDev: somewhere, Transport: w})
				first, reason := ask(t, c, "npm", "a")
				time.Sleep(test.kept - time.Second)
				again, reasonAgain := ask(t, c, "npm", "a")
				if n := len(w.times()); n != 1 || first.State != again.State || reason != reasonAgain {
					t.Errorf("asked %d times, got %s (%s) and %s (%s)", n, first.State, reason, again.State, reasonAgain)
				}
				time.Sleep(2 * time.Second)
				ask(t, c, "npm", "a")
				if n := len(w.times()); n != 2 {
					t.Errorf("after %s asked %d times", test.kept, n)
				}
			})
		})
	}
}

func TestWhatIsOldIsAskedWithItsETag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(func(n int, r *http.Request) (*http.Response, error) {
			tag := r.Header.Get("If-None-Match")
			switch {
			case n == 1 && tag == "":
				return response(200, pack("NPM", "a", "1.0.0 2022-02-12T00:00:00Z"), "ETag", `"x"`)
			case n == 2 && tag == `"x"`, n == 3 && tag == `"x"`:
				return response(304, "")
			}
			return response(500, "")
		})
		c := newClient(t, Config{DepsDev: somewhere, Transport: w})
		for range 3 {
			got, reason := ask(t, c, "npm", "a", "1.0.0")
			if got.State != judge.Exists || !got.Versions["1.0.0"] || got.Releases != 1 {
				t.Errorf("got %+v, %q", got, reason)
			}
			time.Sleep(25 * time.Hour)
		}
		if n := len(w.times()); n != 3 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestAVersionMayBeYoungerThanWhatIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(func(n int, _ *http.Request) (*http.Response, error) {
			switch n {
			case 1:
				return response(200, pack("NPM", "a", "1.0.0 2022-02-12T00:00:00Z"))
			case 2:
				return response(500, "")
			}
			return response(200, pack("NPM", "a", "1.0.0 2022-02-12T00:00:00Z", "2.0.0 2022-02-13T00:00:00Z"))
		})
		c := newClient(t, Config{DepsDev: somewhere, Transport: w})
		presence := func(want judge.Presence) {
			t.Helper()
			got, _ := ask(t, c, "npm", "a", "1.0.0", "2.0.0")
			if got.State != judge.Exists || len(got.Versions) != len(want) || got.Versions["2.0.0"] != want["2.0.0"] || !got.Versions["1.0.0"] {
				t.Errorf("got %+v, want %v", got, want)
			}
		}
		presence(judge.Presence{"1.0.0": true, "2.0.0": false})
		presence(judge.Presence{"1.0.0": true, "2.0.0": false}) // the list is young enough
		time.Sleep(11 * time.Minute)
		presence(judge.Presence{"1.0.0": true}) // nobody knows just now
		presence(judge.Presence{"1.0.0": true, "2.0.0": true})
		if n := len(w.times()); n != 3 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestAHostThatFailsIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		healthy := false
		w := newWire(func(n int, r *http.Request) (*http.Response, error) {
			if healthy {
				return found(n, r)
			}
			return nil, errors.New("network is unreachable")
		})
		c := newClient(t, Config{DepsDev: somewhere, Transport: w, Concurrent: 1})
		standings, unknown := c.Standings(context.Background(), questions(20))
		if n := len(w.times()); n != 3 || count(standings)[judge.Unanswered] != 20 || len(unknown) != 20 {
			t.Errorf("asked %d times, got %v and %d unknown", n, count(standings), len(unknown))
		}
		if got, want := unknown[0].Reason, "deps.example: no connection, or it broke"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if got, want := unknown[19].Reason, "deps.example: not asked for a minute after 3 failures in a row, the last: no connection, or it broke"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		healthy = true
		time.Sleep(59 * time.Second)
		if got, _ := ask(t, c, "npm", "p19"); got.State != judge.Unanswered {
			t.Errorf("within the minute: %s", got.State)
		}
		time.Sleep(2 * time.Second)
		standings, _ = c.Standings(context.Background(), questions(20))
		if count(standings)[judge.Exists] != 20 {
			t.Errorf("after the minute: %v", count(standings))
		}
	})
}

func TestFailuresBetweenAnswersDoNotAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(func(n int, r *http.Request) (*http.Response, error) {
			if n%3 != 0 {
				return response(502, "")
			}
			return found(n, r)
		})
		c := newClient(t, Config{DepsDev: somewhere, Transport: w, Concurrent: 1})
		standings, _ := c.Standings(context.Background(), questions(30))
		if got := count(standings); got[judge.Exists] != 10 || len(w.times()) != 30 {
			t.Errorf("got %v with %d requests", got, len(w.times()))
		}
	})
}

// TestAMachineWithoutANetwork: packets vanish, and nobody says so.
func TestAMachineWithoutANetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		void := roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done() // no connection, ever
			return nil, r.Context().Err()
		})
		c := newClient(t, Config{DepsDev: somewhere, Transport: void})
		begun := time.Now()
		standings, unknown := c.Standings(context.Background(), questions(MaxNames))
		if took := time.Since(begun); took != connectTimeout || count(standings)[judge.Unanswered] != MaxNames {
			t.Errorf("took %s, got %v", took, count(standings))
		}
		for _, u := range unknown {
			if !strings.HasSuffix(u.Reason, "no connection within 2s") {
				t.Errorf("got %q", u.Reason)
			}
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRetryAfter(t *testing.T) {
	tests := map[string]struct {
		after    string // the first answer is a 429 with it
		state    judge.State
		requests []time.Duration
		second   judge.State // of another name, asked at once after that
	}{
		"a short pause is kept":               {"3", judge.Exists, []time.Duration{0, 3 * time.Second}, judge.Exists},
		"no pause is none":                    {"0", judge.Exists, []time.Duration{0, 0}, judge.Exists},
		"a long one is not waited for":        {"120", judge.Unanswered, []time.Duration{0}, judge.Unanswered},
		"one that is no number is no promise": {"soon", judge.Unanswered, []time.Duration{0}, judge.Exists},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWire(func(n int, r *http.Request) (*http.Response, error) {
					if n == 1 {
						return response(429, "", "Retry-After", test.after)
					}
					return found(n, r)
				})
				c := newClient(t, Config{DepsDev: somewhere, Transport: w})
				got, reason := ask(t, c, "npm", "a")
				if got.State != test.state || fmt.Sprint(w.times()) != fmt.Sprint(test.requests) {
					t.Errorf("got %s (%s) with requests at %v", got.State, reason, w.times())
				}
				if got, reason := ask(t, c, "npm", "b"); got.State != test.second {
					t.Errorf("the next: got %s (%s)", got.State, reason)
				}
			})
		})
	}
}

// TestOneRetryAfterHoldsForAll: who asks the same host waits, too, and the host gets no request meanwhile.
func TestOneRetryAfterHoldsForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(func(n int, r *http.Request) (*http.Response, error) {
			if n == 1 {
				return response(503, "", "Retry-After", "4")
			}
			return found(n, r)
		})
		c := newClient(t, Config{DepsDev: somewhere, Transport: w, Concurrent: 1})
		standings, _ := c.Standings(context.Background(), questions(5))
		if got := count(standings); got[judge.Exists] != 5 {
			t.Errorf("got %v", got)
		}
		if at := w.times(); len(at) != 6 || at[1] != 4*time.Second {
			t.Errorf("asked at %v", at)
		}
	})
}

func TestRetryAfterAsADate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		date := http.Header{"Retry-After": {time.Now().Add(7 * time.Second).UTC().Format(http.TimeFormat)}}
		if got, ok := retryAfter(date); !ok || got != 7*time.Second {
			t.Errorf("got %s, %v", got, ok)
		}
		past := http.Header{"Retry-After": {time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)}}
		if got, ok := retryAfter(past); !ok || got != 0 {
			t.Errorf("got %s, %v", got, ok)
		}
	})
}

func TestThePaceOfAHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(found)
		c := newClient(t, Config{DepsDev: somewhere, Transport: w})
		standings, _ := c.Standings(context.Background(), questions(100))
		at := w.times()
		if count(standings)[judge.Exists] != 100 || at[39] != 0 || at[99] != 3*time.Second {
			t.Errorf("got %v; the 40th at %s, the 100th at %s", count(standings), at[39], at[99])
		}
	})
}

func TestCratesIOIsAskedOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(func(_ int, r *http.Request) (*http.Response, error) {
			return response(200, fmt.Sprintf(`{"crate":{"name":%q},"versions":[{"num":"1.0.0"}]}`, named(r)))
		})
		c := newClient(t, Config{Registries: map[string]string{"crates.io": "https://crates.example"}, Transport: w, TotalTimeout: 29500 * time.Millisecond})
		all := questions(40)
		for i := range all {
			all[i].Ecosystem = "crates.io"
		}
		standings, unknown := c.Standings(context.Background(), all)
		if at := w.times(); at[1] != 0 || at[2] != time.Second || at[10] != 9*time.Second {
			t.Errorf("asked at %v", at)
		}
		if got := count(standings); got[judge.Exists] != 31 || got[judge.Unanswered] != 9 {
			t.Errorf("within the time: %v", got)
		}
		for _, u := range unknown {
			if !strings.Contains(u.Reason, "its turn would come too late") && !strings.Contains(u.Reason, "no answer within 29.5s") {
				t.Errorf("the reason is %q", u.Reason)
			}
		}
	})
}

func TestSoManyAtOnceAndNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(found)
		w.takes = time.Second
		c := newClient(t, Config{DepsDev: somewhere, Transport: w, Concurrent: 5})
		var reviews sync.WaitGroup
		for i := range 3 {
			reviews.Go(func() { c.Standings(context.Background(), questions(30)[i*10:i*10+10]) })
		}
		reviews.Wait()
		if w.most != 5 || len(w.times()) != 30 {
			t.Errorf("%d at once, %d in all", w.most, len(w.times()))
		}
	})
}

func TestManyReviewsAskOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(found)
		w.takes = time.Second
		c := newClient(t, Config{DepsDev: somewhere, Transport: w})
		var reviews sync.WaitGroup
		for range 20 {
			reviews.Go(func() {
				if got, reason := ask(t, c, "npm", "a"); got.State != judge.Exists {
					t.Errorf("got %s, %q", got.State, reason)
				}
			})
		}
		reviews.Wait()
		if n := len(w.times()); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

// TestOneWhoGivesUpTakesNothingFromOthers: the first to ask is cancelled, and the second gets the answer.
func TestOneWhoGivesUpTakesNothingFromOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(found)
		w.takes = 2 * time.Second
		c := newClient(t, Config{DepsDev: somewhere, Transport: w})
		ctx, cancel := context.WithCancel(context.Background())
		var reviews sync.WaitGroup
		reviews.Go(func() {
			standings, _ := c.Standings(ctx, []Question{{Name: judge.Name{Ecosystem: "npm", Name: "a"}}})
			if count(standings)[judge.Unanswered] != 1 {
				t.Errorf("the cancelled one got %v", standings)
			}
		})
		time.Sleep(time.Second)
		reviews.Go(func() {
			if got, reason := ask(t, c, "npm", "a"); got.State != judge.Exists {
				t.Errorf("the other got %s, %q", got.State, reason)
			}
		})
		synctest.Wait()
		cancel()
		reviews.Wait()
		if n := len(w.times()); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestAllNamesOfAChangeHaveOneTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(found)
		w.takes = 4 * time.Second
		c := newClient(t, Config{DepsDev: somewhere, Transport: w, Concurrent: 2, TotalTimeout: 10 * time.Second})
		begun := time.Now()
		standings, unknown := c.Standings(context.Background(), questions(50))
		if took := time.Since(begun); took != 10*time.Second {
			t.Errorf("took %s", took)
		}
		if got := count(standings); got[judge.Exists] != 4 || got[judge.Unanswered] != 46 {
			t.Errorf("got %v", got)
		}
		if want := "no answer within 10s for all names of the change"; unknown[45].Reason != want {
			t.Errorf("got %q", unknown[45].Reason)
		}
	})
}

func TestOnlySoManyNamesOfAChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(found)
		c := newClient(t, Config{DepsDev: somewhere, Transport: w})
		all := append(questions(MaxNames+50), questions(MaxNames+50)...) // each twice is each once
		standings, unknown := c.Standings(context.Background(), all)
		if got := count(standings); got[judge.Exists] != MaxNames || got[judge.Unanswered] != 50 || len(w.times()) != MaxNames {
			t.Errorf("got %v with %d requests", got, len(w.times()))
		}
		if want := "only the first 300 names of a change are looked up"; len(unknown) != 50 || unknown[0].Reason != want || unknown[0].Ref.Name.Name != "p300" {
			t.Errorf("got %d unknown, the first %+v", len(unknown), unknown[0])
		}
	})
}

// TestWhoJoinedLateTriesAgain: a look-up lives as long as the first to ask has time.
func TestWhoJoinedLateTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(found)
		w.takes = 2 * time.Second
		c := newClient(t, Config{DepsDev: somewhere, Transport: w})
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		var reviews sync.WaitGroup
		reviews.Go(func() { c.Standings(ctx, []Question{{Name: judge.Name{Ecosystem: "npm", Name: "a"}}}) })
		time.Sleep(500 * time.Millisecond)
		reviews.Go(func() {
			if got, reason := ask(t, c, "npm", "a"); got.State != judge.Exists {
				t.Errorf("got %s, %q", got.State, reason)
			}
		})
		reviews.Wait()
		if at := w.times(); len(at) != 2 || at[1] != time.Second {
			t.Errorf("asked at %v", at)
		}
	})
}
