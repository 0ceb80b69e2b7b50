package githubapi

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestATokenReachesOneRepositoryAndDoesNoMoreThanAsked(t *testing.T) {
	d := newDouble(t)
	if _, err := d.app().Token(context.Background(), installation, repository, Permissions{Contents: Read}); err != nil {
		t.Fatal(err)
	}
	asked := d.asked("POST /app/installations/7/access_tokens")
	if len(asked) != 1 {
		t.Fatalf("%d requests", len(asked))
	}
	want := map[string]any{
		"repository_ids": []any{float64(repository)},
		"permissions":    map[string]any{"contents": "read", "metadata": "read"},
	}
	if diff := cmp.Diff(want, decode(t, asked[0].body)); diff != "" {
		t.Error(diff)
	}
	if got := asked[0].header.Get("User-Agent"); got != "assay-test" {
		t.Errorf("user agent is %q", got)
	}
}

func TestTokensThatWouldBeTooWideAreNotAskedFor(t *testing.T) {
	d := newDouble(t)
	a := d.app()
	for name, s := range map[string]Scope{
		"no repository means all of them": {installation, 0, reviewing()},
		"no installation":                 {0, repository, reviewing()},
		"writing contents":                {installation, repository, Permissions{Contents: Write}},
	} {
		if _, err := a.Token(context.Background(), s.Installation, s.Repository, s.Permissions); Classify(err) != Refused {
			t.Errorf("%s: got %v (%s), want refused", name, err, Classify(err))
		}
	}
	if got := len(d.asked("POST /app/installations/7/access_tokens")); got != 0 {
		t.Errorf("GitHub was asked %d times", got)
	}
}

func TestTokensAreKeptByScopeUntilShortlyBeforeTheyExpire(t *testing.T) {
	d := newDouble(t)
	a := d.app()
	get := func(repository int64, p Permissions) string {
		t.Helper()
		value, err := a.Token(context.Background(), installation, repository, p)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	first := get(1, Permissions{Contents: Read})
	if get(1, Permissions{Contents: Read}) != first {
		t.Error("the same scope got another token")
	}
	if get(2, Permissions{Contents: Read}) == first {
		t.Error("another repository got the same token")
	}
	if get(1, Permissions{Contents: Read, Checks: Write}) == first {
		t.Error("other permissions got the same token")
	}
	d.clock.advance(49 * time.Minute)
	if get(1, Permissions{Contents: Read}) != first {
		t.Error("a token with 11 minutes to live was replaced")
	}
	d.clock.advance(2 * time.Minute)
	if get(1, Permissions{Contents: Read}) == first {
		t.Error("a token with 9 minutes to live was handed out")
	}
}

func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	refuse := answerJSON(401, `{"message":"Bad credentials"}`)
	t.Run("and the call succeeds with the new one", func(t *testing.T) {
		d := newDouble(t)
		d.on(createLine, refuse, answerJSON(201, `{"id":8}`))
		if err := createComment(d.app()); err != nil {
			t.Fatal(err)
		}
		sent := d.asked(createLine)
		if len(sent) != 2 || sent[0].header.Get("Authorization") == sent[1].header.Get("Authorization") || sent[0].body != sent[1].body {
			t.Errorf("sent %+v", sent)
		}
	})
	t.Run("and not again when that is refused too", func(t *testing.T) {
		d := newDouble(t)
		d.on(readLine, refuse)
		if err := readPull(d.app()); Classify(err) != Unauthorized {
			t.Errorf("got %v", err)
		}
		if d.mints() != 2 || len(d.asked(readLine)) != 2 {
			t.Errorf("%d tokens, %d calls; want two of each", d.mints(), len(d.asked(readLine)))
		}
	})
	t.Run("by one new token for all who held it", func(t *testing.T) {
		d := newDouble(t)
		a := d.app()
		scope := Scope{installation, repository, reviewing()}
		a.tokens.keep(scope, token{"ghs_" + "revoked", d.clock.Now().Add(time.Hour)})
		d.on(readLine, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.Header.Get("Authorization"), "revoked") {
				refuse(w, r)
				return
			}
			answerJSON(200, `{"number":1}`)(w, r)
		})
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if err := readPull(a); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if d.mints() != 1 {
			t.Errorf("%d tokens for 20 callers, want 1", d.mints())
		}
	})
}

func TestATokenThatOthersReplacedAlreadyIsNotForgotten(t *testing.T) {
	d := newDouble(t)
	a := d.app()
	scope := Scope{installation, repository, reviewing()}
	a.tokens.keep(scope, token{"new", d.clock.Now().Add(time.Hour)})
	a.tokens.forget(scope, "old")
	if value, ok := a.tokens.kept(scope); !ok || value != "new" {
		t.Errorf("kept %q, %v", value, ok)
	}
}

func TestWhatGitHubSaysOfATokenRequestIsClassified(t *testing.T) {
	tests := map[string]struct {
		answers []http.HandlerFunc
		want    Kind
	}{
		"the installation is gone":      {[]http.HandlerFunc{answerJSON(404, `{"message":"Not Found"}`)}, NotFound},
		"the installation is suspended": {[]http.HandlerFunc{answerJSON(403, `{"message":"This installation has been suspended"}`)}, Forbidden},
		"a permission is not granted":   {[]http.HandlerFunc{answerJSON(422, `{"message":"The permissions requested are not granted to this installation."}`)}, Unprocessable},
		"GitHub is down":                {[]http.HandlerFunc{answerJSON(502, `{}`)}, Unavailable},
		"GitHub limits us":              {[]http.HandlerFunc{answerJSON(403, secondarySentence)}, RateLimited},
		"the answer holds no token":     {[]http.HandlerFunc{answerJSON(201, `{}`)}, Garbled},
		"the answer is a web page":      {[]http.HandlerFunc{answerJSON(201, `<html>`)}, Garbled},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDouble(t)
			d.on("POST /app/installations/7/access_tokens", test.answers...)
			if err := readPull(d.app()); Classify(err) != test.want {
				t.Errorf("got %v (%s), want %s", err, Classify(err), test.want)
			}
		})
	}
}

func TestATokenRequestIsHarmlessAndThusRepeated(t *testing.T) {
	d := newDouble(t)
	d.on("POST /app/installations/7/access_tokens", answerJSON(502, `{}`), hangUp, d.mint)
	d.on(readLine, answerJSON(200, `{"number":1}`))
	if err := readPull(d.app()); err != nil {
		t.Error(err)
	}
}

func TestAWaitingCallerCanGiveUpAndTheOthersStillGetTheirToken(t *testing.T) {
	d := newDouble(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	d.on("POST /app/installations/7/access_tokens", func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-release
		d.mint(w, r)
	})
	a := d.app()
	ctx, cancel := context.WithCancel(context.Background())
	impatient, patient := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := a.Token(ctx, installation, repository, reviewing())
		impatient <- err
	}()
	<-arrived
	go func() {
		_, err := a.Token(context.Background(), installation, repository, reviewing())
		patient <- err
	}()
	cancel()
	if err := <-impatient; Classify(err) != Cancelled {
		t.Errorf("the one who gave up got %v", err)
	}
	close(release)
	if err := <-patient; err != nil {
		t.Errorf("the one who waited got %v", err)
	}
	if d.mints() != 1 {
		t.Errorf("%d tokens, want 1", d.mints())
	}
}

func TestTheStoreOfTokensIsBounded(t *testing.T) {
	d := newDouble(t)
	a := d.app()
	for i := range maxTokens + 1 {
		expires := d.clock.Now().Add(time.Hour)
		if i%2 == 0 {
			expires = d.clock.Now().Add(-time.Hour)
		}
		a.tokens.keep(Scope{installation, int64(i + 1), reviewing()}, token{"t", expires})
	}
	if got := len(a.tokens.tokens); got != maxTokens/2+1 {
		t.Errorf("%d tokens kept, want the living ones and the new one", got)
	}
	for i := range maxTokens {
		a.tokens.keep(Scope{8, int64(i + 1), reviewing()}, token{"t", d.clock.Now().Add(time.Hour)})
	}
	if got := len(a.tokens.tokens); got > maxTokens {
		t.Errorf("%d tokens kept, want at most %d", got, maxTokens)
	}
}
