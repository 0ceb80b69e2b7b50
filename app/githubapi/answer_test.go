package githubapi

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"
)

func TestAnswersThatMakeNoSense(t *testing.T) {
	filler := bytes.Repeat([]byte(" "), 1<<20)
	write := func(w io.Writer, megabytes int) {
		for range megabytes {
			if _, err := w.Write(filler); err != nil {
				return
			}
		}
	}
	tests := map[string]struct {
		answer http.HandlerFunc
		want   string
		sent   int
	}{
		"a log-in page":     {answerJSON(200, `<html>please log in</html>`, "Content-Type", "text/html"), `of "text/html", not JSON`, maxAttempts},
		"half an object":    {answerJSON(200, `{"number":1,`), "not JSON", maxAttempts},
		"an empty page":     {answerJSON(200, ""), "empty", maxAttempts},
		"two objects":       {answerJSON(200, `{}{}`), "not JSON", maxAttempts},
		"an endless answer": {func(w http.ResponseWriter, _ *http.Request) { write(w, 65) }, "larger than 64 MiB", 1},
		"a bomb once packed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
			write(z, 65)
			z.Close()
		}, "larger than 64 MiB", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDouble(t)
			d.on(readLine, test.answer)
			err := readPull(d.app())
			if Classify(err) != Garbled || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v (%s), want %q", err, Classify(err), test.want)
			}
			if got := len(d.asked(readLine)); got != test.sent {
				t.Errorf("asked %d times, want %d", got, test.sent)
			}
		})
	}
}

func TestARawFormNeedsNotBeJSON(t *testing.T) {
	d := newDouble(t)
	d.on(readLine, answerJSON(200, "diff --git a/x b/x", "Content-Type", "application/vnd.github.v3.diff"))
	diff, _, err := d.app().Repository(installation, repository, reviewing()).PullRequests.GetRaw(
		context.Background(), "o", "r", 1, github.RawOptions{Type: github.Diff})
	if err != nil || diff != "diff --git a/x b/x" {
		t.Errorf("got %q, %v", diff, err)
	}
}

func TestAFailureMayHaveAnyBody(t *testing.T) {
	for _, body := range []string{"", "<html>", `{"message":`} {
		d := newDouble(t)
		d.on(readLine, answerJSON(404, body))
		if err := readPull(d.app()); Classify(err) != NotFound {
			t.Errorf("404 with %q: %v (%s)", body, err, Classify(err))
		}
	}
}

func TestRedirects(t *testing.T) {
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		elsewhere++
		if r.Header.Get("Authorization") != "" {
			t.Error("the token went to another host")
		}
	}))
	defer other.Close()
	to := func(status int, where string) http.HandlerFunc { return answerJSON(status, `{}`, "Location", where) }
	const renamed = "/repositories/99/"

	t.Run("a renamed repository is followed, reading", func(t *testing.T) {
		d := newDouble(t)
		d.on(readLine, to(301, renamed+"pulls/1"))
		d.on("GET "+renamed+"pulls/1", answerJSON(200, `{"number":1}`))
		if err := readPull(d.app()); err != nil {
			t.Error(err)
		}
	})
	t.Run("a renamed repository is followed, writing", func(t *testing.T) {
		d := newDouble(t)
		d.on(createLine, to(307, renamed+"comments"))
		d.on("POST "+renamed+"comments", answerJSON(201, `{"id":8}`))
		if err := createComment(d.app()); err != nil {
			t.Error(err)
		}
		if sent := d.asked("POST " + renamed + "comments"); len(sent) != 1 || decode(t, sent[0].body)["body"] != "hello" {
			t.Errorf("sent %+v", sent)
		}
	})
	t.Run("a write is not turned into a read", func(t *testing.T) {
		d := newDouble(t)
		d.on(createLine, to(302, renamed+"comments"))
		d.on("GET "+renamed+"comments", answerJSON(200, `{"id":8}`))
		if err := createComment(d.app()); Classify(err) != Refused {
			t.Errorf("got %v (%s)", err, Classify(err))
		}
	})
	t.Run("another host is not followed", func(t *testing.T) {
		d := newDouble(t)
		for _, status := range []int{301, 302, 307, 308} {
			d.on(readLine, to(status, other.URL+"/steal"))
			if err := readPull(d.app()); Classify(err) != Refused {
				t.Errorf("%d: got %v (%s)", status, err, Classify(err))
			}
		}
	})
	t.Run("another host is not followed without a token either", func(t *testing.T) {
		d := newDouble(t)
		d.on(readLine, to(302, other.URL+"/internal"))
		client, _, err := Anonymous(Config{BaseURL: d.URL, Clock: d.clock})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := client.PullRequests.Get(context.Background(), "o", "r", 1); Classify(err) != Refused {
			t.Errorf("got %v (%s)", err, Classify(err))
		}
		if got := d.asked(readLine)[0].header.Get("Authorization"); got != "" {
			t.Error("an anonymous request is authorised")
		}
	})
	t.Run("another scheme is not followed", func(t *testing.T) {
		d := newDouble(t)
		d.on(readLine, to(301, strings.Replace(d.URL, "http:", "https:", 1)+"/x"))
		if err := readPull(d.app()); Classify(err) != Refused {
			t.Errorf("got %v (%s)", err, Classify(err))
		}
	})
	t.Run("a circle ends", func(t *testing.T) {
		d := newDouble(t)
		d.on(readLine, to(301, "/repos/o/r/pulls/1"))
		if err := readPull(d.app()); Classify(err) != Refused || len(d.asked(readLine)) != maxRedirects+1 {
			t.Errorf("got %v after %d requests", err, len(d.asked(readLine)))
		}
	})
	t.Run("a token is not sent to a host that a caller made up", func(t *testing.T) {
		d := newDouble(t)
		a := d.app()
		for name, client := range map[string]*github.Client{
			"token": a.Repository(installation, repository, reviewing()), "signature": a.AsApp(),
		} {
			req, err := client.NewRequest("GET", other.URL+"/steal", nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.Do(context.Background(), req, nil); Classify(err) != Refused {
				t.Errorf("%s: got %v (%s)", name, err, Classify(err))
			}
		}
	})
	if elsewhere != 0 {
		t.Errorf("the other host was asked %d times", elsewhere)
	}
}

func TestRetryNotFound(t *testing.T) {
	missing := answerJSON(404, `{"message":"Not Found"}`)
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		want    Kind
		asked   int
		waited  time.Duration
	}{
		"what GitHub can read at once":           {[]http.HandlerFunc{answerJSON(200, `{"number":1}`)}, Other, 1, 0},
		"what GitHub announced before it had it": {[]http.HandlerFunc{missing, missing, answerJSON(200, `{"number":1}`)}, Other, 3, 3 * time.Second},
		"what is really gone":                    {[]http.HandlerFunc{missing}, NotFound, 5, 15 * time.Second},
		"what is forbidden":                      {[]http.HandlerFunc{missing, answerJSON(403, `{}`)}, Forbidden, 2, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDouble(t)
			d.on(readLine, test.answers...)
			a, start := d.app(), d.clock.Now()
			err := a.RetryNotFound(context.Background(), func(context.Context) error { return readPull(a) })
			if Classify(err) != test.want {
				t.Errorf("got %v (%s), want %s", err, Classify(err), test.want)
			}
			if got := len(d.asked(readLine)); got != test.asked {
				t.Errorf("asked %d times, want %d", got, test.asked)
			}
			if got := d.clock.Now().Sub(start); got != test.waited {
				t.Errorf("waited %v, want %v", got, test.waited)
			}
		})
	}
}

func TestClassify(t *testing.T) {
	for status, want := range map[int]Kind{
		400: Unprocessable, 401: Unauthorized, 402: Other, 403: Forbidden, 404: NotFound, 406: Unprocessable, 409: Conflict,
		410: NotFound, 413: Unprocessable, 422: Unprocessable, 429: RateLimited, 451: Forbidden, 500: Unavailable,
		502: Unavailable, 503: Unavailable, 504: Unavailable, 520: Unavailable,
	} {
		d := newDouble(t)
		d.on(readLine, answerJSON(status, `{"message":"no"}`))
		err := fmt.Errorf("review: %w", readPull(d.app()))
		if got := Classify(err); got != want {
			t.Errorf("%d is %s, want %s", status, got, want)
		}
		if got, temporary := Classify(err).Temporary(), status == 429 || status >= 500; got != temporary {
			t.Errorf("%d temporary: %v", status, got)
		}
	}
	if got := Classify(nil); got != Other {
		t.Errorf("nil is %s", got)
	}
}
