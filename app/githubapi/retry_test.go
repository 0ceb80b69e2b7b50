package githubapi

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"
)

const (
	installation = 7
	repository   = 99
)

func reviewing() Permissions {
	return Permissions{Contents: Read, Checks: Write, PullRequests: Write}
}

// The calls that the tests make: one that reads, one that creates, one that changes.
func readPull(a *App) error {
	pull, _, err := a.Repository(installation, repository, reviewing()).PullRequests.Get(context.Background(), "o", "r", 1)
	if err == nil && pull.GetNumber() != 1 {
		return io.ErrUnexpectedEOF // an empty value must never pass for an answer
	}
	return err
}

func createComment(a *App) error {
	_, _, err := a.Repository(installation, repository, reviewing()).Issues.CreateComment(
		context.Background(), "o", "r", 1, &github.IssueComment{Body: github.String("hello")})
	return err
}

func updateCheck(annotations int) func(*App) error {
	return func(a *App) error {
		output := &github.CheckRunOutput{Title: github.String("t"), Summary: github.String("s")}
		for range annotations {
			output.Annotations = append(output.Annotations, &github.CheckRunAnnotation{Message: github.String("m")})
		}
		_, _, err := a.Repository(installation, repository, reviewing()).Checks.UpdateCheckRun(
			context.Background(), "o", "r", 5, github.UpdateCheckRunOptions{Name: "Assay", Output: output})
		return err
	}
}

func deleteComment(a *App) error {
	_, err := a.Repository(installation, repository, reviewing()).Issues.DeleteComment(context.Background(), "o", "r", 3)
	return err
}

const (
	readLine   = "GET /repos/o/r/pulls/1"
	createLine = "POST /repos/o/r/issues/1/comments"
	updateLine = "PATCH /repos/o/r/check-runs/5"
	deleteLine = "DELETE /repos/o/r/issues/comments/3"
)

func TestWhatIsSentAgain(t *testing.T) {
	good := answerJSON(http.StatusOK, `{"number":1,"id":5}`)
	created := answerJSON(http.StatusCreated, `{"id":8}`)
	seconds := func(n ...int) (all []time.Duration) {
		for _, s := range n {
			all = append(all, time.Duration(s)*time.Second)
		}
		return all
	}
	fault := func(status int) http.HandlerFunc { return answerJSON(status, `{"message":"Server Error"}`) }
	storm := func(status int) []http.HandlerFunc { return []http.HandlerFunc{fault(status)} }
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, `{"number":`)
	}
	limited := answerJSON(http.StatusTooManyRequests, `{"message":"slow down"}`, "Retry-After", "3")

	tests := map[string]struct {
		line    string
		call    func(*App) error
		answers []http.HandlerFunc
		want    Kind // Other stands for success
		sent    int
		waits   []time.Duration
	}{
		"a read survives three bad answers":                     {readLine, readPull, []http.HandlerFunc{fault(500), fault(502), fault(503), good}, Other, 4, seconds(1, 2, 4)},
		"a storm of 500 ends after four attempts":               {readLine, readPull, storm(500), Unavailable, 4, seconds(1, 2, 4)},
		"a storm of 502 ends after four attempts":               {readLine, readPull, storm(502), Unavailable, 4, seconds(1, 2, 4)},
		"a storm of 503 ends after four attempts":               {readLine, readPull, storm(503), Unavailable, 4, seconds(1, 2, 4)},
		"503 with Retry-After is obeyed":                        {readLine, readPull, []http.HandlerFunc{answerJSON(503, `{}`, "Retry-After", "9"), good}, Other, 2, seconds(9)},
		"503 with a Retry-After beyond patience is not waited":  {readLine, readPull, []http.HandlerFunc{answerJSON(503, `{}`, "Retry-After", "600"), good}, Unavailable, 1, nil},
		"a read whose connection drops is sent again":           {readLine, readPull, []http.HandlerFunc{hangUp, good}, Other, 2, seconds(1)},
		"a read that is cut short is sent again":                {readLine, readPull, []http.HandlerFunc{cut, good}, Other, 2, seconds(1)},
		"a read answered with garbage is sent again":            {readLine, readPull, []http.HandlerFunc{answerJSON(200, "<html>"), good}, Other, 2, seconds(1)},
		"a read answered with nothing is sent again":            {readLine, readPull, []http.HandlerFunc{answerJSON(200, ""), good}, Other, 2, seconds(1)},
		"a delete is sent again":                                {deleteLine, deleteComment, []http.HandlerFunc{fault(502), answerJSON(204, "")}, Other, 2, seconds(1)},
		"an update without annotations is sent again":           {updateLine, updateCheck(0), []http.HandlerFunc{fault(502), good}, Other, 2, seconds(1)},
		"an update that appends annotations is not":             {updateLine, updateCheck(2), []http.HandlerFunc{fault(502), good}, Unavailable, 1, nil},
		"an update that appends and loses its answer is not":    {updateLine, updateCheck(2), []http.HandlerFunc{hangUp, good}, Unavailable, 1, nil},
		"an update that appends and is limited is sent again":   {updateLine, updateCheck(2), []http.HandlerFunc{limited, good}, Other, 2, seconds(3)},
		"a creation answered 500 is not sent again":             {createLine, createComment, []http.HandlerFunc{fault(500), created}, Unavailable, 1, nil},
		"a creation answered 502 is not sent again":             {createLine, createComment, []http.HandlerFunc{fault(502), created}, Unavailable, 1, nil},
		"a creation answered 503 is not sent again":             {createLine, createComment, []http.HandlerFunc{fault(503), created}, Unavailable, 1, nil},
		"a creation whose answer is lost is not sent again":     {createLine, createComment, []http.HandlerFunc{hangUp, created}, Unavailable, 1, nil},
		"a creation whose answer is cut short is not":           {createLine, createComment, []http.HandlerFunc{cut, created}, Unavailable, 1, nil},
		"a creation answered with garbage is not":               {createLine, createComment, []http.HandlerFunc{answerJSON(201, "<html>"), created}, Garbled, 1, nil},
		"a creation that is limited is sent again":              {createLine, createComment, []http.HandlerFunc{limited, created}, Other, 2, seconds(3)},
		"a creation refused as unprocessable is not sent again": {createLine, createComment, []http.HandlerFunc{fault(422), created}, Unprocessable, 1, nil},
		"a read that is forbidden is not sent again":            {readLine, readPull, []http.HandlerFunc{fault(403), good}, Forbidden, 1, nil},
		"a read that finds nothing is not sent again":           {readLine, readPull, []http.HandlerFunc{fault(404), good}, NotFound, 1, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDouble(t)
			d.on(test.line, test.answers...)
			err := test.call(d.app())
			if got := Classify(err); got != test.want || (err == nil) != (test.want == Other) {
				t.Errorf("error is %v (%s), want %s", err, got, test.want)
			}
			if got := len(d.asked(test.line)); got != test.sent {
				t.Errorf("sent %d times, want %d", got, test.sent)
			}
			if got := d.clock.sleeps(); !slices.Equal(got, test.waits) {
				t.Errorf("waited %v, want %v", got, test.waits)
			}
		})
	}
}

func TestEachAttemptSendsTheWholeBody(t *testing.T) {
	d := newDouble(t)
	d.on(createLine, answerJSON(429, "", "Retry-After", "1"), answerJSON(201, `{"id":8}`))
	if err := createComment(d.app()); err != nil {
		t.Fatal(err)
	}
	for _, r := range d.asked(createLine) {
		if got := decode(t, r.body)["body"]; got != "hello" {
			t.Errorf("sent %q", r.body)
		}
	}
}

func TestACreationThatNeverLeftIsSentAgain(t *testing.T) {
	// A port that nobody listens on: the connection is refused before anything is written.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	l.Close()
	d := newDouble(t)
	a := d.app(func(c *Config) { c.BaseURL = address })
	a.tokens.keep(Scope{installation, repository, reviewing()}, token{"kept", d.clock.Now().Add(time.Hour)})
	err = createComment(a)
	if Classify(err) != Unavailable || len(d.clock.sleeps()) != maxAttempts-1 {
		t.Errorf("got %v (%s) after %v, want unavailable after three waits", err, Classify(err), d.clock.sleeps())
	}
}

func TestAServerThatNeverAnswersIsGivenUp(t *testing.T) {
	d := newDouble(t)
	release := make(chan struct{})
	defer close(release)
	d.on(readLine, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	a := d.app(func(c *Config) { c.RequestTimeout = 50 * time.Millisecond })
	a.tokens.keep(Scope{installation, repository, reviewing()}, token{"kept", d.clock.Now().Add(time.Hour)})
	err := readPull(a)
	if Classify(err) != Unavailable || !strings.Contains(err.Error(), "no answer within 50ms") {
		t.Errorf("got %v (%s)", err, Classify(err))
	}
	if got := len(d.clock.sleeps()); got != maxAttempts-1 {
		t.Errorf("waited %d times, want once between each two of %d attempts", got, maxAttempts)
	}
}

func TestACallerWhoGivesUpIsNotKept(t *testing.T) {
	d := newDouble(t)
	ctx, cancel := context.WithCancel(context.Background())
	d.on(readLine, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, _, err := d.app().Repository(installation, repository, reviewing()).PullRequests.Get(ctx, "o", "r", 1)
	if Classify(err) != Cancelled {
		t.Errorf("got %v (%s), want cancelled", err, Classify(err))
	}
	if got := len(d.asked(readLine)); got != 1 {
		t.Errorf("asked %d times after the caller had gone", got)
	}
}
