package setup

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestRegistration(t *testing.T) {
	github := newRegistrar(t)
	o := github.options()
	start, wait := run(t, o)
	if got := newBrowser(t).submit(start); got != http.StatusOK {
		t.Errorf("the last page has status %d", got)
	}
	result, err := wait()
	if err != nil {
		t.Fatal(err)
	}
	if result.App.ID != 12345 || result.App.Slug != "assay-octo" || len(result.Differences) != 0 {
		t.Errorf("got %+v", result)
	}
	if github.path != "/organizations/octo/settings/apps/new" {
		t.Errorf("the form went to %s", github.path)
	}
	t.Run("asks for what app.yml says and no more", func(t *testing.T) { checkPosted(t, github.manifest) })
	t.Run("keeps the credentials to the user", func(t *testing.T) { checkKept(t, o.Directory) })
	t.Run("says what to do and no secret", func(t *testing.T) { checkSaid(t, o.Out.(*bytes.Buffer).String(), github.URL, o.Directory) })
}

func checkPosted(t *testing.T, manifest map[string]any) {
	if manifest["public"] != false {
		t.Errorf("public is %v: GitHub must be told that it is false", manifest["public"])
	}
	hook, _ := manifest["hook_attributes"].(map[string]any)
	if hook["url"] != hookURL || hook["active"] != true {
		t.Errorf("hook is %v", hook)
	}
	permissions, _ := manifest["default_permissions"].(map[string]any)
	want := map[string]any{"metadata": "read", "contents": "read", "pull_requests": "write", "checks": "write", "issues": "read", "merge_queues": "read"}
	if !maps.Equal(permissions, want) {
		t.Errorf("permissions are %v, want %v", permissions, want)
	}
	if back, _ := manifest["redirect_url"].(string); !strings.HasPrefix(back, "http://127.0.0.1:") || !strings.HasSuffix(back, "/callback") {
		t.Errorf("comes back to %q", back)
	}
	for _, key := range []string{"request_oauth_on_install", "callback_urls", "setup_url"} {
		if _, asked := manifest[key]; asked {
			t.Errorf("%s was sent", key)
		}
	}
}

func checkKept(t *testing.T, dir string) {
	stat, err := os.Stat(dir)
	if err != nil || stat.Mode().Perm() != 0o700 {
		t.Fatalf("directory: %v, %v", stat, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
		stat, err := entry.Info()
		if err != nil || stat.Mode() != 0o600 {
			t.Errorf("%s has mode %v, %v", entry.Name(), stat.Mode(), err)
		}
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil || strings.Contains(string(text), testClientSecret) {
			t.Errorf("%s holds the client secret, or %v", entry.Name(), err)
		}
	}
	if want := []string{"app.json", "organisation-ruleset.json", "private-key.pem", "ruleset.json", "webhook-secret"}; !slices.Equal(names, want) {
		t.Errorf("files are %v, want %v", names, want)
	}
	c, err := LoadCredentials(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.App.ID != 12345 || c.WebhookSecret != testWebhookSecret || !bytes.Equal(c.PrivateKey, testKey()) {
		t.Errorf("loaded %v", c)
	}
	if said := fmt.Sprintf("%v %+v %#v %s", c, c, c, &c); strings.Contains(said, testWebhookSecret) || strings.Contains(said, "BEGIN") {
		t.Error("printing the credentials prints secrets")
	}
}

func checkSaid(t *testing.T, said, github, dir string) {
	for _, want := range []string{
		"Registered assay-octo (App 12345) for octo.", "checks         write", "no more and no less",
		github + "/apps/assay-octo/installations/new", "assay serve --credentials " + dir, hookURL,
		filepath.Join(dir, "ruleset.json"), `"integration_id": 12345`, `"context": "Assay"`, `"~DEFAULT_BRANCH"`,
	} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said in:\n%s", want, said)
		}
	}
	for _, secret := range []string{testWebhookSecret, testClientSecret, strings.Fields(string(testKey()))[5], "BEGIN RSA"} {
		if strings.Contains(said, secret) {
			t.Errorf("a secret is said in:\n%s", said)
		}
	}
}

func TestTheOwnersChangesAreSaid(t *testing.T) {
	github := newRegistrar(t)
	github.adjust = func(answer map[string]any) {
		answer["permissions"] = map[string]any{"metadata": "read", "contents": "write", "pull_requests": "write", "checks": "read", "issues": "read", "\x1b[31mx": "read"}
		answer["events"] = []string{"pull_request", "push"}
		answer["owner"] = map[string]any{"login": "mona"}
	}
	o := github.options()
	start, wait := run(t, o)
	newBrowser(t).submit(start)
	result, err := wait()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"contents: asked read, granted write", "checks: asked write, granted read", "merge_queues: asked read, granted nothing",
		"event merge_group: asked, not subscribed", "event push: subscribed, not asked", "owner: asked octo, registered for mona",
	} {
		if !slices.Contains(result.Differences, want) || !strings.Contains(o.Out.(*bytes.Buffer).String(), want) {
			t.Errorf("%q is not said; differences are %q", want, result.Differences)
		}
	}
	if strings.Contains(o.Out.(*bytes.Buffer).String(), "\x1b") {
		t.Error("GitHub's answer reaches the terminal raw")
	}
}
