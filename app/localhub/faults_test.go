package localhub_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assay-app/assay/app/localhub"
)

func TestFaultsOnRequest(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	s.repo.Commit("feature", "x", s.dev, localhub.Files{"b": "b\n"})
	p := s.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "T", Author: s.dev})
	const comments = "/repos/acme/shop/issues/1/comments"
	for _, c := range []struct {
		name    string
		fault   localhub.Fault
		status  int  // that the client sees; 0 when it sees no answer
		applied bool // whether the comment was written
	}{
		{"an error instead of an answer", localhub.Fault{Status: 502, Body: "<html>Bad gateway", Header: http.Header{"Content-Type": {"text/html"}}}, 502, false},
		{"a limit with its header", localhub.Fault{Status: 429, Header: http.Header{"Retry-After": {"7"}}, Body: "{}"}, 429, false},
		{"garbage", localhub.Fault{Status: 201, Body: "{\"id\": "}, 201, false},
		{"a connection lost before the change", localhub.Fault{Drop: true}, 0, false},
		{"a connection lost after the change", localhub.Fault{Drop: true, AfterApplying: true}, 0, true},
		{"an error after the change", localhub.Fault{Status: 500, AfterApplying: true}, 500, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := len(p.Comments())
			s.hub.ForgetRequests()
			s.hub.Faults(func(*http.Request) *localhub.Fault { return &c.fault })
			response, _, err := s.try("POST", comments, s.token, object{"body": "hello"})
			s.hub.Faults(nil)
			if c.status == 0 && err == nil || c.status != 0 && (err != nil || response.StatusCode != c.status) {
				t.Errorf("the client sees %v %v, want %d", response, err, c.status)
			}
			for name := range c.fault.Header {
				if response.Header.Get(name) != c.fault.Header.Get(name) {
					t.Errorf("header %s is %q", name, response.Header.Get(name))
				}
			}
			if applied := len(p.Comments()) > before; applied != c.applied {
				t.Errorf("the comment was written: %v", applied)
			}
			writes := s.hub.Writes()
			if len(writes) != 1 || writes[0].Applied != c.applied || writes[0].Path != comments || !strings.Contains(string(writes[0].Body), "hello") {
				t.Errorf("log: %+v", writes)
			}
		})
	}
}

func TestHangingUntilTheClientGivesUp(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	s.hub.Faults(func(*http.Request) *localhub.Fault { return &localhub.Fault{Hang: true} })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, "GET", s.hub.APIURL()+"zen", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := http.DefaultClient.Do(request); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestFaultsMayPickTheirRequests(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	var asked atomic.Int32
	s.hub.Faults(func(r *http.Request) *localhub.Fault {
		if r.URL.Path == "/api/v3/repos/acme/shop" && asked.Add(1) <= 2 {
			return &localhub.Fault{Status: 404, Body: `{"message": "Not Found"}`} // GitHub announces before it can be read
		}
		return nil
	})
	for i, want := range []int{404, 404, 200} {
		if status, _ := s.call("GET", "/repos/acme/shop", s.token, nil); status != want {
			t.Errorf("call %d: %d, want %d", i, status, want)
		}
	}
}

func TestRateLimits(t *testing.T) {
	var late atomic.Int64
	s := begin(t, localhub.Options{Now: func() time.Time { return time.Now().Add(time.Duration(late.Load()) * time.Second) }}, localhub.Files{"a": "a\n"})
	get := func() *http.Response {
		response, _ := s.request("GET", "/repos/acme/shop", s.token, nil)
		return response
	}
	t.Run("every answer tells what is left", func(t *testing.T) {
		header := get().Header
		if header.Get("X-RateLimit-Limit") != "5000" || header.Get("X-RateLimit-Remaining") == "" || header.Get("X-RateLimit-Reset") == "" {
			t.Errorf("headers: %v", header)
		}
	})
	t.Run("the primary limit refuses until its hour is over", func(t *testing.T) {
		s.hub.Limit(localhub.RateLimits{PerHour: 2, Status: 403})
		get()
		get()
		refused := get()
		if refused.StatusCode != 403 || refused.Header.Get("X-RateLimit-Remaining") != "0" {
			t.Errorf("got %d, %s left", refused.StatusCode, refused.Header.Get("X-RateLimit-Remaining"))
		}
		if reset, _ := strconv.ParseInt(refused.Header.Get("X-RateLimit-Reset"), 10, 64); reset <= time.Now().Unix() {
			t.Errorf("resets at %d", reset)
		}
		late.Add(3601)
		s.token = s.newToken(nil)
		if got := get(); got.StatusCode != 200 {
			t.Errorf("an hour later: %d", got.StatusCode)
		}
	})
	t.Run("the secondary limit counts what creates content, and says when to come back only if told to", func(t *testing.T) {
		run := object{"name": "x", "head_sha": s.repo.Tip("main")}
		for _, c := range []struct {
			limits localhub.RateLimits
			status int
			retry  string
		}{
			{localhub.RateLimits{ContentPerMinute: 1, RetryAfter: time.Minute}, 403, "60"},
			{localhub.RateLimits{ContentPerHour: 1, Status: 429}, 429, ""},
		} {
			s.hub.Limit(c.limits)
			s.must(201, "POST", "/repos/acme/shop/check-runs", run)
			response, body := s.request("POST", "/repos/acme/shop/check-runs", s.token, run)
			if response.StatusCode != c.status || response.Header.Get("Retry-After") != c.retry || !strings.Contains(string(body), "secondary rate limit") {
				t.Errorf("got %d, retry after %q: %s", response.StatusCode, response.Header.Get("Retry-After"), body)
			}
			if got := get(); got.StatusCode != 200 {
				t.Errorf("reading is not limited by it: %d", got.StatusCode)
			}
		}
	})
}

func TestLatencyAndLog(t *testing.T) {
	s := begin(t, localhub.Options{}, localhub.Files{"a": "a\n"})
	s.hub.ForgetRequests()
	const latency = 30 * time.Millisecond
	s.hub.Latency(latency)
	begin := time.Now()
	s.must(200, "GET", "/repos/acme/shop?x=y", nil)
	if took := time.Since(begin); took < latency {
		t.Errorf("answered after %v", took)
	}
	s.newToken(nil)
	log := s.hub.Requests()
	if len(log) != 2 || log[0].Query != "x=y" || log[0].Kind != "rest" || log[0].Status != 200 || log[0].Header.Get("Authorization") != "" {
		t.Errorf("log: %+v", log)
	}
	if len(s.hub.Writes()) != 0 {
		t.Error("asking for a token is no write")
	}
}
