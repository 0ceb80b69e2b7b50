package server_test

import (
	"context"
	"database/sql"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-app/assay/app/githubapi"
	"github.com/assay-app/assay/app/localhub"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/server"
)

// patience is how long a test waits for what must happen. It is a kill switch, not a measurement.
const patience = 20 * time.Second

// world is a local GitHub with one organisation, and Assay installed on it.
type world struct {
	t       *testing.T
	hub     *localhub.Hub
	acme    *localhub.Account
	dev     *localhub.Account
	app     *localhub.App
	repo    *localhub.Repository
	install *localhub.Installation
	data    string
	srv     *server.Server
}

// binary is the assay program, built once for all tests of the package.
var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "assay")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "assay")
		if out, err := exec.Command("go", "build", "-o", binary, "github.com/assay-app/assay/cmd/assay").CombinedOutput(); err != nil {
			os.Stderr.Write(out)
			return 1
		}
		return m.Run()
	}())
}

// newWorld makes a repository acme/bot whose main branch holds files, and starts Assay.
func newWorld(t *testing.T, files localhub.Files) *world {
	t.Helper()
	w := newWorldWithoutServer(t, files)
	w.start()
	w.install = w.app.Install(w.acme)
	w.hub.Flush()
	return w
}

// newWorldWithoutServer is a world in which Assay does not run yet.
func newWorldWithoutServer(t *testing.T, files localhub.Files) *world {
	t.Helper()
	w := &world{t: t, data: t.TempDir()}
	w.hub = localhub.StartTest(t, localhub.Options{})
	w.acme, w.dev = w.hub.Organisation("acme"), w.hub.User("dev")
	w.repo = w.acme.Repository("bot", localhub.RepositoryOptions{Private: true})
	w.repo.Commit("main", "Begin", w.dev, files)
	w.app = w.hub.App(localhub.AppOptions{
		Slug:  "assay",
		Owner: w.acme,
		Permissions: map[string]string{
			"metadata": "read", "contents": "read", "issues": "read", "merge_queues": "read", "checks": "write", "pull_requests": "write",
		},
		Events: []string{"pull_request", "pull_request_review", "pull_request_review_comment", "pull_request_review_thread",
			"issue_comment", "check_run", "check_suite", "merge_group"},
	})
	return w
}

// enforcing is a main branch whose policy blocks.
func enforcing(more localhub.Files) localhub.Files {
	files := localhub.Files{".github/assay.yml": "mode: enforce\n", "README.md": "# bot\n"}
	for path, content := range more {
		files[path] = content
	}
	return files
}

// config is Assay's configuration in this world.
func (w *world) config() server.Config {
	return server.Config{
		Listen:         "127.0.0.1:0",
		Data:           w.data,
		GitHub:         githubapi.Config{BaseURL: strings.TrimSuffix(w.hub.APIURL(), "/"), AppID: w.app.ID(), PrivateKey: w.app.PrivateKey()},
		WebhookSecrets: [][]byte{[]byte(w.app.WebhookSecret())},
		Defaults:       policy.Default(),
		Executable:     binary,
		Log:            slog.New(slog.NewTextHandler(testWriter{w.t}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

func (w *world) start() {
	w.t.Helper()
	srv, err := server.Start(w.t.Context(), w.config())
	if err != nil {
		w.t.Fatal(err)
	}
	w.srv = srv
	w.app.SetWebhook(srv.URL()+"/webhook", w.app.WebhookSecret())
	w.t.Cleanup(w.stop)
}

func (w *world) stop() {
	if w.srv == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.srv.Stop(ctx); err != nil {
		w.t.Errorf("stop: %v", err)
	}
	w.srv = nil
}

// check is the latest check run of that name on a commit.
func (w *world) check(sha, name string) (localhub.CheckRun, bool) {
	runs := w.repo.CheckRuns(sha)
	at := slices.IndexFunc(runs, func(run localhub.CheckRun) bool { return run.Name == name })
	if at < 0 {
		return localhub.CheckRun{}, false
	}
	return runs[at], true
}

// concluded waits until the check has this conclusion.
func (w *world) concluded(sha, name, conclusion string) localhub.CheckRun {
	w.t.Helper()
	var last localhub.CheckRun
	w.eventually(func() bool {
		run, ok := w.check(sha, name)
		last = run
		return ok && run.Status == "completed" && run.Conclusion == conclusion
	}, func() string {
		return name + " on " + sha[:12] + " is " + last.Status + " " + last.Conclusion + ", want " + conclusion + "\n" + last.Title + "\n" + last.Summary
	})
	return last
}

// eventually waits for something that must become true.
func (w *world) eventually(done func() bool, otherwise func() string) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal(otherwise())
		}
	}
}

// mirrors are the folders of fetched repositories.
func (w *world) mirrors() []string {
	found, err := filepath.Glob(filepath.Join(w.data, "mirrors", "*.git"))
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// rows counts what a table of the database holds.
func (w *world) rows(table string) int {
	w.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(w.data, "assay.db"))
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// testWriter hands log lines to the test, which shows them when it fails.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	if w.t.Context().Err() == nil {
		w.t.Log(strings.TrimSuffix(string(p), "\n"))
	}
	return len(p), nil
}

// anthropicKey is a made-up key in the real format, put together here so that no scanner trips over the source.
func anthropicKey(seed byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	body := make([]byte, 93)
	state := uint32(seed) + 1
	for i := range body {
		state = state*1664525 + 1013904223
		body[i] = alphabet[state>>26]
	}
	return "sk-" + "ant-api03-" + string(body) + "AA"
}
