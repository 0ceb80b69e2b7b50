package setup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/githubapi"
)

func TestCodesThatAreNoCodes(t *testing.T) {
	for _, code := range []string{"", "../../user/repos", "a/b", "a?b=c", "a%2Fb", "a#b", "a b", strings.Repeat("a", 129), "é"} {
		github := newRegistrar(t)
		start, wait := run(t, github.options())
		owner := newBrowser(t)
		action, fields := owner.form(start)
		callback, state, _ := github.callbackOf(action, fields)
		if got := owner.get(with(callback, state, code)); got != http.StatusBadGateway {
			t.Errorf("%q: status %d", code, got)
		}
		if _, err := wait(); err == nil || !strings.Contains(err.Error(), "without a code") || github.exchanges != 0 {
			t.Errorf("%q: %v, %d exchanges", code, err, github.exchanges)
		}
	}
}

func TestExchangesThatFail(t *testing.T) {
	status := func(status int, body string) func(http.ResponseWriter, map[string]any) {
		return func(w http.ResponseWriter, _ map[string]any) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	tests := map[string]struct {
		convert func(http.ResponseWriter, map[string]any)
		adjust  func(map[string]any)
		is      error
		says    string
	}{
		"the code is older than an hour": {status(404, `{"message":"Not Found"}`), nil, ErrCodeSpent, "run `assay setup` again"},
		"the code was used":              {status(422, `{"message":"already used"}`), nil, ErrCodeSpent, "run `assay setup` again"},
		"GitHub is down":                 {status(503, `{}`), nil, nil, "may have registered the App"},
		"a web page answers":             {status(201, `<html>log in</html>`), nil, nil, "may have registered the App"},
		"an empty answer":                {status(201, ``), nil, nil, "may have registered the App"},
		"half an answer":                 {status(201, `{"id":12345,"pem":"-----BEGIN`), nil, nil, "may have registered the App"},
		"an answer without an end":       {func(w http.ResponseWriter, _ map[string]any) { endless(w) }, nil, nil, "larger than 64 MiB"},
		"an answer that names no App":    {nil, func(a map[string]any) { a["id"] = 0 }, nil, "the App's id is 0"},
		"a slug that is a path":          {nil, func(a map[string]any) { a["slug"] = "../x" }, nil, "the App's slug is"},
		"a slug that is a command":       {nil, func(a map[string]any) { a["slug"] = "a\x1b[2Jb" }, nil, "the App's slug is"},
		"an owner that is none":          {nil, func(a map[string]any) { a["owner"] = map[string]any{"login": "a b"} }, nil, "the App's owner is"},
		"a client id that is none":       {nil, func(a map[string]any) { a["client_id"] = "a\nb" }, nil, "the App's client id is"},
		"no webhook secret":              {nil, func(a map[string]any) { a["webhook_secret"] = nil }, nil, "webhook secret has 0 characters"},
		"a key that does not parse": {nil, func(a map[string]any) {
			a["pem"] = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"
		}, nil, "is damaged"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			github := newRegistrar(t)
			github.convert, github.adjust = test.convert, test.adjust
			o := github.options()
			start, wait := run(t, o)
			owner := newBrowser(t)
			action, fields := owner.form(start)
			callback, state, code := github.callbackOf(action, fields)
			if got := owner.get(with(callback, state, code)); got != http.StatusBadGateway {
				t.Errorf("status %d, want 502", got)
			}
			_, err := wait()
			if err == nil || test.is != nil && !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.says) || !strings.Contains(err.Error(), github.URL+"/settings/apps") {
				t.Fatalf("got %v, want %q", err, test.says)
			}
			if said := fmt.Sprintf("%v %+v", err, err); strings.Contains(said, code) || strings.Contains(said, testWebhookSecret) || strings.Contains(said, testClientSecret) {
				t.Errorf("a secret is said: %s", said)
			}
			if left, _ := os.ReadDir(o.Directory); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func endless(w io.Writer) {
	chunk := []byte(strings.Repeat(" ", 1<<20))
	for range 65 {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func TestAnExchangeWhoseFirstAnswerIsLostIsTriedAgain(t *testing.T) {
	github := newRegistrar(t)
	failed := false
	github.convert = func(w http.ResponseWriter, answer map[string]any) {
		if !failed {
			failed = true
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusCreated)
		json.NewEncoder(w).Encode(answer)
	}
	start, wait := run(t, github.options())
	newBrowser(t).submit(start)
	if _, err := wait(); err != nil || github.exchanges != 2 {
		t.Errorf("%d exchanges, %v", github.exchanges, err)
	}
}

func TestTheAppsPageIsGitHubsOwn(t *testing.T) {
	address := githubapi.Address{Web: "https://ghe.example.com"}
	for given, want := range map[string]string{
		"https://ghe.example.com/github-apps/assay":       "https://ghe.example.com/github-apps/assay",
		"https://ghe.example.com/apps/assay":              "https://ghe.example.com/apps/assay",
		"https://ghe.example.com.evil.example/apps/assay": "https://ghe.example.com/apps/assay",
		"https://ghe.example.com/apps/assay/../x":         "https://ghe.example.com/apps/assay",
		"javascript:alert(1)":                             "https://ghe.example.com/apps/assay",
		"":                                                "https://ghe.example.com/apps/assay",
	} {
		if got := (conversion{Slug: "assay", HTMLURL: given}).page(address); got != want {
			t.Errorf("%q: got %s, want %s", given, got, want)
		}
	}
}
