package githubapi_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/app/githubapi"
	"github.com/google/go-github/v62/github"
)

// These tests run against a GitHub emulator that others wrote (npm emulate, installed by emulate/fetch.sh): it proves
// signatures, tokens, the floor of permissions and the life of a check run without any assumption of ours.

const (
	emulatedApp          = 4242
	emulatedInstallation = 77
	emulatedRepository   = 1 // the first one seeded
)

func TestAgainstEmulate(t *testing.T) {
	key := newKey(t)
	emulator := startEmulator(t, key)
	app := newApp(t, emulator, emulatedApp, pkcs1(key))
	ctx := context.Background()

	t.Run("the App proves who it is", func(t *testing.T) {
		identity, err := app.Identity(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if identity.AppID != emulatedApp || identity.BotLogin != "assay[bot]" || identity.Permissions["checks"] != githubapi.Write {
			t.Errorf("got %+v", identity)
		}
	})
	t.Run("another key does not", func(t *testing.T) {
		stranger := newApp(t, emulator, emulatedApp, pkcs1(newKey(t)))
		if _, err := stranger.Identity(ctx); !errors.Is(err, githubapi.ErrWrongKey) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a check run is created, updated and listed", func(t *testing.T) { checkRunLives(t, app) })
	t.Run("a token that may only read creates no check run", func(t *testing.T) {
		reader := app.Repository(emulatedInstallation, emulatedRepository, githubapi.Permissions{Contents: githubapi.Read, Checks: githubapi.Read})
		_, _, err := reader.Checks.CreateCheckRun(ctx, "octo", "app", github.CreateCheckRunOptions{Name: "Assay", HeadSHA: headSHA(t, app)})
		if githubapi.Classify(err) != githubapi.Forbidden {
			t.Errorf("got %v (%s), want forbidden", err, githubapi.Classify(err))
		}
	})
	t.Run("a permission that was not granted is refused", func(t *testing.T) {
		_, err := app.Token(ctx, emulatedInstallation, emulatedRepository, githubapi.Permissions{SecurityEvents: githubapi.Write})
		if githubapi.Classify(err) != githubapi.Unprocessable {
			t.Errorf("got %v (%s), want unprocessable", err, githubapi.Classify(err))
		}
	})
	t.Run("a token for one repository does not write to another", func(t *testing.T) {
		other := app.Repository(emulatedInstallation, emulatedRepository, githubapi.Permissions{Checks: githubapi.Write})
		_, _, err := other.Checks.CreateCheckRun(ctx, "octo", "other", github.CreateCheckRunOptions{Name: "Assay", HeadSHA: headSHA(t, app)})
		if kind := githubapi.Classify(err); kind != githubapi.NotFound && kind != githubapi.Forbidden {
			t.Errorf("got %v (%s)", err, kind)
		}
	})
	t.Run("an installation that is not ours is not found", func(t *testing.T) {
		_, err := app.Token(ctx, 78, emulatedRepository, githubapi.Permissions{Contents: githubapi.Read})
		if githubapi.Classify(err) != githubapi.NotFound {
			t.Errorf("got %v (%s)", err, githubapi.Classify(err))
		}
	})
}

func checkRunLives(t *testing.T, app *githubapi.App) {
	ctx := context.Background()
	client := app.Repository(emulatedInstallation, emulatedRepository, githubapi.Permissions{Contents: githubapi.Read, Checks: githubapi.Write})
	head := headSHA(t, app)
	run, _, err := client.Checks.CreateCheckRun(ctx, "octo", "app", github.CreateCheckRunOptions{
		Name: "Assay", HeadSHA: head, Status: github.String("in_progress"),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = client.Checks.UpdateCheckRun(ctx, "octo", "app", run.GetID(), github.UpdateCheckRunOptions{
		Name: "Assay", Status: github.String("completed"), Conclusion: github.String("failure"),
		Output: &github.CheckRunOutput{Title: github.String("1 finding"), Summary: github.String("A key was committed.")},
	})
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := client.Checks.ListCheckRunsForRef(ctx, "octo", "app", head, nil)
	if err != nil {
		t.Fatal(err)
	}
	if list.GetTotal() != 1 || list.CheckRuns[0].GetConclusion() != "failure" || list.CheckRuns[0].GetOutput().GetTitle() != "1 finding" {
		t.Errorf("listed %v", list)
	}
	_, _, err = client.Checks.UpdateCheckRun(ctx, "octo", "app", run.GetID(), github.UpdateCheckRunOptions{
		Name: "Assay", Conclusion: github.String("splendid"),
	})
	if githubapi.Classify(err) != githubapi.Unprocessable {
		t.Errorf("a conclusion that does not exist: %v (%s)", err, githubapi.Classify(err))
	}
}

func headSHA(t *testing.T, app *githubapi.App) string {
	t.Helper()
	client := app.Repository(emulatedInstallation, emulatedRepository, githubapi.Permissions{Contents: githubapi.Read})
	ref, _, err := client.Git.GetRef(context.Background(), "octo", "app", "heads/main")
	if err != nil {
		t.Fatal(err)
	}
	return ref.GetObject().GetSHA()
}

func newApp(t *testing.T, address string, id int64, key []byte) *githubapi.App {
	t.Helper()
	app, err := githubapi.New(githubapi.Config{BaseURL: address, AppID: id, PrivateKey: key})
	if err != nil {
		t.Fatal(err)
	}
	return app
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pkcs1(key *rsa.PrivateKey) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

// startEmulator runs the emulator on a loopback port of its own until the test ends.
func startEmulator(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	entry := filepath.Join("..", "..", ".cache", "emulate", "node_modules", "emulate", "dist", "index.js")
	if _, err := os.Stat(entry); err != nil {
		t.Fatalf("the GitHub emulator is not installed: run `make emulate` (%v)", err)
	}
	preload, err := filepath.Abs(filepath.Join("emulate", "loopback.cjs"))
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("node", "--require", preload, entry, "start", "--service", "github", "--seed", writeSeed(t, key))
	command.Env = append(os.Environ(), "NO_COLOR=1")
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatalf("start the GitHub emulator with node: %v", err)
	}
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
	})
	addresses := make(chan string, 1)
	go func() {
		defer close(addresses)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			if address, found := strings.CutPrefix(lines.Text(), "emulator listens on "); found {
				addresses <- address
			}
		}
	}()
	select {
	case address := <-addresses:
		requireLoopback(t, address)
		return address
	case <-time.After(2 * time.Minute): // a kill switch: it takes a second
		t.Fatal("the GitHub emulator does not start")
		return ""
	}
}

func requireLoopback(t *testing.T, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || !net.ParseIP(u.Hostname()).IsLoopback() {
		t.Fatalf("the emulator listens on %q, want a loopback address", address)
	}
	resp, err := http.Get(address + "/meta")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// writeSeed describes the organisation that the emulator starts with. The emulator wants the key as PKCS#8, and the
// App has it as PKCS#1.
func writeSeed(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	type object = map[string]any
	permissions := object{"metadata": "read", "contents": "read", "checks": "write", "pull_requests": "write"}
	seed, err := json.Marshal(object{"github": object{
		"users": []object{{"login": "mona"}},
		"orgs":  []object{{"login": "octo"}},
		"repos": []object{
			{"owner": "octo", "name": "app", "auto_init": true},
			{"owner": "octo", "name": "other", "auto_init": true},
		},
		"apps": []object{{
			"app_id": emulatedApp, "slug": "assay", "name": "Assay",
			"private_key":   string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
			"permissions":   permissions,
			"events":        []string{"pull_request"},
			"installations": []object{{"installation_id": emulatedInstallation, "account": "octo"}},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(path, seed, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
