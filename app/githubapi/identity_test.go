package githubapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"
	"github.com/google/go-cmp/cmp"
)

const goodApp = `{"id":4242,"slug":"assay","name":"Assay","permissions":{"checks":"write","merge_queues":"read"},"events":["pull_request"]}`

func TestIdentity(t *testing.T) {
	d := newDouble(t)
	d.on("GET /app", answerJSON(200, goodApp))
	got, err := d.app().Identity(context.Background())
	want := Identity{
		AppID: testAppID, Slug: "assay", Name: "Assay", BotLogin: "assay[bot]",
		Permissions: map[string]Access{"checks": Write, "merge_queues": Read}, Events: []string{"pull_request"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestIdentityTellsWhatIsWrong(t *testing.T) {
	tests := map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"the key is refused":             {answerJSON(401, `{"message":"A JSON web token could not be decoded"}`), ErrWrongKey},
		"the App does not exist":         {answerJSON(404, `{"message":"Integration not found"}`), ErrNoSuchApp},
		"the key is another App's":       {answerJSON(200, `{"id":5,"slug":"other"}`), ErrOtherApp},
		"GitHub is down":                 {answerJSON(503, `{}`), ErrUnreachable},
		"GitHub hangs up":                {hangUp, ErrUnreachable},
		"GitHub limits us":               {answerJSON(429, `{}`, "Retry-After", "600"), ErrUnreachable},
		"a proxy answers":                {answerJSON(200, `<html>log in</html>`), ErrUnreachable},
		"the answer is somebody else's":  {answerJSON(200, `{"hello":"world"}`), ErrUnreachable},
		"the App's owner is locked away": {answerJSON(403, `{"message":"suspended"}`), nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDouble(t)
			d.on("GET /app", test.answer)
			_, err := d.app().Identity(context.Background())
			if err == nil {
				t.Fatal("no error")
			}
			for _, known := range []error{ErrWrongKey, ErrNoSuchApp, ErrOtherApp, ErrUnreachable} {
				if errors.Is(err, known) != (known == test.want) {
					t.Errorf("%q, is %q: %v", err, known, errors.Is(err, known))
				}
			}
		})
	}
}

func TestACallerWhoseTimeIsOverLearnsThatGitHubIsSlow(t *testing.T) {
	d := newDouble(t)
	d.on("GET /app", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := d.app().Identity(ctx); !errors.Is(err, ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

func TestASignatureIsDatedBackAMinuteAndLivesForFive(t *testing.T) {
	d := newDouble(t)
	d.on("GET /app", answerJSON(200, goodApp))
	if _, err := d.app().Identity(context.Background()); err != nil {
		t.Fatal(err)
	}
	var claims jwt.RegisteredClaims
	signed := strings.TrimPrefix(d.asked("GET /app")[0].header.Get("Authorization"), "Bearer ")
	if _, _, err := jwt.NewParser().ParseUnverified(signed, &claims); err != nil {
		t.Fatal(err)
	}
	now := d.clock.Now()
	if !claims.IssuedAt.Equal(now.Add(-time.Minute)) || !claims.ExpiresAt.Equal(now.Add(5*time.Minute)) || claims.Issuer != "4242" {
		t.Errorf("claims are %+v at %v", claims, now)
	}
}

func TestASmallDriftCostsNoSecondSignature(t *testing.T) {
	d := newDouble(t)
	d.aheadBy = -50 * time.Second
	d.on("GET /app", answerJSON(200, goodApp))
	if _, err := d.app().Identity(context.Background()); err != nil || len(d.asked("GET /app")) != 1 {
		t.Errorf("asked %d times, %v", len(d.asked("GET /app")), err)
	}
}

func TestClocksThatDiffer(t *testing.T) {
	for name, ahead := range map[string]time.Duration{
		"equal clocks":             0,
		"ours is 50 s ahead":       -50 * time.Second,
		"ours is 20 minutes ahead": -20 * time.Minute,
		"ours is 20 minutes late":  20 * time.Minute,
		"ours lost its battery":    20 * 365 * 24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDouble(t)
			d.aheadBy = ahead
			d.on("GET /app", answerJSON(200, goodApp))
			d.on(readLine, answerJSON(200, `{"number":1}`))
			if _, err := d.app().Identity(context.Background()); err != nil {
				t.Errorf("as the App: %v", err)
			}
			a := d.app()
			for range 3 {
				if err := readPull(a); err != nil {
					t.Errorf("with a token: %v", err)
				}
			}
			if d.mints() != 1 {
				t.Errorf("%d tokens for three calls", d.mints())
			}
		})
	}
}

func TestARefusedKeyMentionsTheClock(t *testing.T) {
	d := newDouble(t)
	d.aheadBy = 20 * time.Minute
	d.on("GET /app", answerJSON(401, `{}`))
	_, err := d.app().Identity(context.Background())
	if !errors.Is(err, ErrWrongKey) || !strings.Contains(err.Error(), "clock differs from GitHub's by 20m0s") {
		t.Errorf("got %v", err)
	}
	if got := len(d.asked("GET /app")); got != 2 {
		t.Errorf("asked %d times, want a second time with the corrected clock and no third", got)
	}
}
