package setup

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/githubapi"
)

func githubAddress() githubapi.Address {
	return githubapi.Address{API: "https://api.github.com", Web: "https://github.com"}
}

// identifying is a GitHub that answers GET /app.
func identifying(t *testing.T, status int, body string) githubapi.Config {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/app" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return githubapi.Config{BaseURL: server.URL, AppID: 12345, PrivateKey: testKey(), Clock: patientClock{}}
}

const wholeApp = `{"id":12345,"slug":"assay-octo",
	"permissions":{"metadata":"read","contents":"read","pull_requests":"write","checks":"write","issues":"read","merge_queues":"read"},
	"events":["pull_request","pull_request_review","pull_request_review_comment","pull_request_review_thread","issue_comment","check_run","check_suite","merge_group"]}`

func TestCheckServe(t *testing.T) {
	secrets := []string{testWebhookSecret}
	t.Run("starts when GitHub knows the App", func(t *testing.T) {
		start, err := CheckServe(context.Background(), secrets, identifying(t, 200, wholeApp))
		if err != nil || start.Degraded != nil || start.Identity.BotLogin != "assay-octo[bot]" || len(start.Missing) != 0 || start.App == nil {
			t.Errorf("got %+v, %v", start, err)
		}
	})
	t.Run("starts and names what the App was not given", func(t *testing.T) {
		start, err := CheckServe(context.Background(), secrets, identifying(t, 200, strings.NewReplacer(`"checks":"write"`, `"checks":"read"`, `"merge_group"`, `"push"`).Replace(wholeApp)))
		if want := []string{"checks: write", "event merge_group"}; err != nil || !slices.Equal(start.Missing, want) {
			t.Errorf("missing %v, %v; want %v", start.Missing, err, want)
		}
	})
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"GitHub is down":           {503, `{}`},
		"GitHub limits the App":    {403, `{"message":"You have exceeded a secondary rate limit"}`},
		"a proxy's page stands in": {200, `<html>`},
	} {
		t.Run("starts degraded when "+name, func(t *testing.T) {
			start, err := CheckServe(context.Background(), secrets, identifying(t, answer.status, answer.body))
			if err != nil || !errors.Is(start.Degraded, githubapi.ErrUnreachable) || start.App == nil {
				t.Errorf("got %+v, %v", start, err)
			}
		})
	}
	t.Run("starts degraded when nobody listens there", func(t *testing.T) {
		c := identifying(t, 200, wholeApp)
		closed := httptest.NewServer(nil)
		closed.Close()
		c.BaseURL = closed.URL
		start, err := CheckServe(context.Background(), secrets, c)
		if err != nil || !errors.Is(start.Degraded, githubapi.ErrUnreachable) {
			t.Errorf("got %+v, %v", start, err)
		}
	})
	for name, refused := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"401":         {401, `{"message":"A JSON web token could not be decoded"}`, githubapi.ErrWrongKey},
		"404":         {404, `{"message":"Integration not found"}`, githubapi.ErrNoSuchApp},
		"another App": {200, strings.Replace(wholeApp, "12345", "54321", 1), githubapi.ErrOtherApp},
	} {
		t.Run("refuses when GitHub says "+name, func(t *testing.T) {
			if _, err := CheckServe(context.Background(), secrets, identifying(t, refused.status, refused.body)); !errors.Is(err, refused.want) {
				t.Errorf("got %v, want %v", err, refused.want)
			}
		})
	}
	t.Run("passes a cancellation on", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := CheckServe(ctx, secrets, identifying(t, 200, wholeApp)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestCheckServeRefusesBeforeItAsks(t *testing.T) {
	unasked := func(t *testing.T) githubapi.Config {
		server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("GitHub was asked") }))
		t.Cleanup(server.Close)
		return githubapi.Config{BaseURL: server.URL, AppID: 12345, PrivateKey: testKey()}
	}
	for name, test := range map[string]struct {
		secrets []string
		change  func(*githubapi.Config)
		want    string
	}{
		"no secret":                    {nil, nil, "no webhook secret is configured"},
		"an empty secret":              {[]string{""}, nil, "number 1 is empty"},
		"an empty one beside a good":   {[]string{testWebhookSecret, " "}, nil, "number 2 is empty"},
		"a short secret":               {[]string{"development"}, nil, "has 11 characters"},
		"a secret with its line break": {[]string{testWebhookSecret + "\n"}, nil, "white space"},
		"a key that does not parse":    {[]string{testWebhookSecret}, func(c *githubapi.Config) { c.PrivateKey = []byte("key") }, "is not PEM"},
		"no App id":                    {[]string{testWebhookSecret}, func(c *githubapi.Config) { c.AppID = 0 }, "App id is 0"},
	} {
		t.Run(name, func(t *testing.T) {
			c := unasked(t)
			if test.change != nil {
				test.change(&c)
			}
			_, err := CheckServe(context.Background(), test.secrets, c)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			if strings.Contains(err.Error(), testWebhookSecret) {
				t.Error("the error holds the secret")
			}
		})
	}
}
