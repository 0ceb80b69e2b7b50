package server_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/app/server"
)

// strangersKey is a key that GitHub does not know.
func strangersKey(t *testing.T) []byte {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

// TestServeDoesNotStartOnWhatNoWaitingWillHeal: better no server than one that finds out at the first webhook.
func TestServeDoesNotStartOnWhatNoWaitingWillHeal(t *testing.T) {
	t.Parallel()
	answers := func(f localhub.Fault) func(*http.Request) *localhub.Fault {
		return func(r *http.Request) *localhub.Fault {
			if strings.HasSuffix(r.URL.Path, "/app") {
				return &f
			}
			return nil
		}
	}
	for name, c := range map[string]struct {
		change func(*server.Config)
		faults func(*http.Request) *localhub.Fault
		says   string
	}{
		"no webhook secret":          {change: func(c *server.Config) { c.WebhookSecrets = nil }, says: "no webhook secret"},
		"an empty webhook secret":    {change: func(c *server.Config) { c.WebhookSecrets = [][]byte{{}} }, says: "secret is empty"},
		"a webhook secret too short": {change: func(c *server.Config) { c.WebhookSecrets = [][]byte{[]byte("hunter2")} }, says: "use 16 or more"},
		"a key that is none":         {change: func(c *server.Config) { c.GitHub.PrivateKey = []byte("-----BEGIN NOTHING-----") }, says: "key"},
		"half a key":                 {change: func(c *server.Config) { c.GitHub.PrivateKey = c.GitHub.PrivateKey[:700] }, says: "key"},
		"no App id":                  {change: func(c *server.Config) { c.GitHub.AppID = 0 }, says: "App id"},
		"another App's key":          {change: func(c *server.Config) { c.GitHub.PrivateKey = strangersKey(t) }, says: "make a new one"},
		"an App that does not exist": {faults: answers(localhub.Fault{Status: 404, Body: `{"message": "Not Found"}`}), says: "knows no App"},
		"an answer for another App":  {faults: answers(localhub.Fault{Status: 200, Body: `{"id": 7, "slug": "other"}`}), says: `this is App 7 ("other")`},
		"plain HTTP to another host": {change: func(c *server.Config) { c.GitHub.BaseURL = "http://github.example/api/v3" }, says: "https"},
		"a port that is taken": {change: func(c *server.Config) {
			c.Listen = strings.TrimPrefix(strings.TrimSuffix(c.GitHub.BaseURL, "/api/v3"), "http://")
		}, says: "listen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorldWithoutServer(t, enforcing(nil))
			w.hub.Faults(c.faults)
			config := w.config()
			if c.change != nil {
				c.change(&config)
			}
			srv, err := server.Start(t.Context(), config)
			if err == nil {
				w.servers = append(w.servers, srv)
				w.stop()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %q, want something about %q", err, c.says)
			}
			if secret := w.app.WebhookSecret(); strings.Contains(err.Error(), secret) {
				t.Errorf("it prints the secret: %v", err)
			}
		})
	}
}

func TestTheProgramEndsWithAReasonWhenItCannotServe(t *testing.T) {
	t.Parallel()
	w := newWorldWithoutServer(t, enforcing(nil))
	out, err := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--data", w.data, "--github-url", strings.TrimSuffix(w.hub.APIURL(), "/"),
		"--app-id", fmt.Sprint(w.app.ID())).CombinedOutput()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() == 0 {
		t.Fatalf("it ended with %v", err)
	}
	if !strings.Contains(string(out), "webhook secret") {
		t.Errorf("it says:\n%s", out)
	}
}

// readiness is what /readyz answers.
type readiness struct {
	code    int
	Status  string
	Reasons map[string]string
}

func (w *world) readiness() readiness {
	w.t.Helper()
	response, err := http.Get(w.servers[0].URL() + "/readyz")
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	r := readiness{code: response.StatusCode}
	if err := json.NewDecoder(response.Body).Decode(&r); err != nil {
		w.t.Fatal(err)
	}
	return r
}

// TestWhenGitHubIsDownAtTheStartWebhooksWait, and their reviews come once it is back.
func TestWhenGitHubIsDownAtTheStartWebhooksWait(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]localhub.Fault{
		"it refuses connections": {Drop: true},
		"it answers 503":         {Status: http.StatusServiceUnavailable},
		"it answers nothing":     {Hang: true},
		"a proxy answers for it": {Status: http.StatusOK, Body: loginPage},
		"it limits for a while":  {Status: http.StatusForbidden, Body: secondary, Header: header("Retry-After", "3")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorldWithoutServer(t, enforcing(nil), with(impatient), with(func(c *server.Config) { c.Backoff = 0 }))
			w.hub.Faults(func(*http.Request) *localhub.Fault { return &fault })
			w.start()
			w.installApp()
			pull := w.open("feature", "main", settings(anthropicKey(1)))
			w.hub.Flush()
			for _, d := range w.hub.Deliveries() {
				if d.StatusCode != http.StatusAccepted {
					t.Errorf("the delivery of %s was answered %d", d.Event, d.StatusCode)
				}
			}
			w.eventually(func() bool {
				r := w.readiness()
				return r.code == http.StatusOK && r.Status == "degraded" && r.Reasons["github"] != ""
			}, func() string {
				return fmt.Sprintf("/readyz answers %+v, want degraded because of GitHub", w.readiness())
			})
			w.hub.Faults(nil)
			w.concluded(pull.Head(), "Assay", "failure")
			w.eventually(func() bool { return w.readiness().Status == "ready" }, func() string { return fmt.Sprintf("%+v", w.readiness()) })
			if n := len(pull.ReviewComments()); n != 1 {
				t.Errorf("%d comments, want one", n)
			}
		})
	}
}
