package githubapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v62/github"
)

// TestNoSecretIsSaid makes every call fail in every way that the other tests know and looks for tokens, signatures and
// the key in errors and log lines.
func TestNoSecretIsSaid(t *testing.T) {
	faults := map[string]http.HandlerFunc{
		"401": answerJSON(401, `{"message":"Bad credentials"}`), "403": answerJSON(403, secondarySentence),
		"404": answerJSON(404, `{}`), "422": answerJSON(422, `{"message":"no"}`), "500": answerJSON(500, `{}`),
		"limit": answerJSON(429, `{}`, "Retry-After", "2"), "hang up": hangUp, "garbage": answerJSON(200, "<html>"),
		"empty": answerJSON(201, ""), "redirect": answerJSON(302, "", "Location", "https://example.com/x"),
		"half a token": answerJSON(201, `{"token":"ghs_`+`doubletoken`),
		"hang":         func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	}
	calls := map[string]func(*App) error{
		readLine: readPull, createLine: createComment, updateLine: updateCheck(1), deleteLine: deleteComment,
		"POST /app/installations/7/access_tokens": readPull,
		"GET /app": func(a *App) error { _, err := a.Identity(context.Background()); return err },
		graphLine: func(a *App) error {
			return a.GraphQL(context.Background(), Scope{installation, repository, reviewing()}, "{x}", nil, &struct{}{})
		},
	}
	signature := regexp.MustCompile(`eyJ[\w-]+\.`)
	for line, call := range calls {
		for fault, answer := range faults {
			t.Run(line+" "+fault, func(t *testing.T) {
				t.Parallel()
				d := newDouble(t)
				d.on(line, answer)
				err := call(d.app(func(c *Config) { c.RequestTimeout = 200 * time.Millisecond }))
				said := fmt.Sprintf("%v %+v %#v %s", err, err, err, d.logs)
				for _, secret := range []string{"doubletoken", "Bearer ", strings.Fields(string(keyPEM()))[5]} {
					if strings.Contains(said, secret) {
						t.Errorf("%.4s… is said in %s", secret, said)
					}
				}
				if signature.MatchString(said) {
					t.Errorf("a signature is said in %s", said)
				}
			})
		}
	}
}

func TestAnErrorCarriesNoToken(t *testing.T) {
	for _, line := range []string{readLine, "POST /app/installations/7/access_tokens"} {
		d := newDouble(t)
		d.on(line, answerJSON(422, `{"message":"no"}`))
		var refused *github.ErrorResponse
		if err := readPull(d.app()); !errors.As(err, &refused) {
			t.Fatalf("%s: got %v", line, err)
		}
		if got := refused.Response.Request.Header.Get("Authorization"); got != "" || len(refused.Response.Request.Header) == 0 {
			t.Errorf("%s: the error's request has %d headers, Authorization %.4q…", line, len(refused.Response.Request.Header), got)
		}
	}
}

// TestTheSecretsAreLookedForWhereTheyAre makes sure that the test above would see one.
func TestTheSecretsAreLookedForWhereTheyAre(t *testing.T) {
	d := newDouble(t)
	d.on(readLine, answerJSON(200, `{"number":1}`))
	d.on("GET /app", answerJSON(200, goodApp))
	a := d.app()
	if err := readPull(a); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.AsApp().Apps.Get(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	if got := d.asked(readLine)[0].header.Get("Authorization"); !strings.HasPrefix(got, "Bearer ghs_doubletoken") {
		t.Error("the token was not sent")
	}
	if got := d.asked("GET /app")[0].header.Get("Authorization"); !strings.HasPrefix(got, "Bearer eyJ") {
		t.Error("the signature was not sent")
	}
}
