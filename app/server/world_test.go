package server_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"flag"
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
	"github.com/assay-app/assay/app/localhub/openapi"
	"github.com/assay-app/assay/app/policy"
	"github.com/assay-app/assay/app/server"
)

// patience is how long a test waits for what must happen. It is a kill switch, not a measurement.
const patience = 10 * time.Minute

// atOnce is how many tests run at the same time: most of them wait for something other than a processor.
const atOnce = "8"

// world is a local GitHub with one organisation, and Assay installed on it. Everything that Assay says to it and that
// it answers is compared with GitHub's own description.
type world struct {
	t        *testing.T
	hub      *localhub.Hub
	acme     *localhub.Account
	dev      *localhub.Account
	app      *localhub.App
	repo     *localhub.Repository
	install  *localhub.Installation
	data     string // folder; each server has one of its own below it when there are several
	database string // "" for a file in data
	servers  []*server.Server
	change   []func(*server.Config)
}

// option makes a world differ from the ordinary.
type option func(*world)

// with changes Assay's configuration.
func with(change func(*server.Config)) option {
	return func(w *world) { w.change = append(w.change, change) }
}

// hasty tries failed jobs again after fractions of a second.
func hasty(c *server.Config) { c.Backoff = 5 * time.Millisecond }

// binary is the assay program, and appKey the key of all Apps; both take long to make.
var (
	binary string
	appKey *rsa.PrivateKey
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := runTests(m)
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	if err := flag.Set("test.parallel", atOnce); err != nil {
		return 1, err
	}
	// Servers that are programs of their own ask the network about no package.
	if err := os.Setenv("ASSAY_OFFLINE", "true"); err != nil {
		return 1, err
	}
	dir, err := os.MkdirTemp("", "assay")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, stopPostgres(), os.RemoveAll(dir)) }()
	binary = filepath.Join(dir, "assay")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/assay-app/assay/cmd/assay").CombinedOutput(); err != nil {
		return 1, errors.Join(err, errors.New(string(out)))
	}
	if appKey, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// newWorld makes a repository acme/bot whose main branch holds files, and starts Assay on SQLite.
func newWorld(t *testing.T, files localhub.Files, options ...option) *world {
	t.Helper()
	w := newWorldWithoutServer(t, files, options...)
	w.start()
	w.installApp()
	return w
}

// newWorldWithoutServer is a world in which Assay does not run yet.
func newWorldWithoutServer(t *testing.T, files localhub.Files, options ...option) *world {
	t.Helper()
	w := &world{t: t, data: t.TempDir()}
	github := openapi.New(t)
	w.hub = localhub.StartTest(t, localhub.Options{Wrap: github.Wrap, OnWebhook: github.Webhook})
	w.acme, w.dev = w.hub.Organisation("acme"), w.hub.User("dev")
	w.repo = w.acme.Repository("bot", localhub.RepositoryOptions{Private: true})
	w.repo.Commit("main", "Begin", w.dev, files)
	w.app = w.hub.App(localhub.AppOptions{
		Slug:  "assay",
		Owner: w.acme,
		Key:   appKey,
		Permissions: map[string]string{
			"metadata": "read", "contents": "read", "issues": "read", "merge_queues": "read", "checks": "write", "pull_requests": "write",
		},
		Events: []string{"pull_request", "pull_request_review", "pull_request_review_comment", "pull_request_review_thread",
			"issue_comment", "check_run", "check_suite", "merge_group"},
	})
	for _, o := range options {
		o(w)
	}
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
	c := server.Config{
		Listen:         "127.0.0.1:0",
		Data:           w.data,
		Database:       w.database,
		GitHub:         githubapi.Config{BaseURL: strings.TrimSuffix(w.hub.APIURL(), "/"), AppID: w.app.ID(), PrivateKey: w.app.PrivateKey()},
		WebhookSecrets: [][]byte{[]byte(w.app.WebhookSecret())},
		Defaults:       policy.Default(),
		Executable:     binary,
		Log:            slog.New(slog.NewTextHandler(testWriter{w.t}, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, change := range w.change {
		change(&c)
	}
	return c
}

// start starts a server and has webhooks delivered to it.
func (w *world) start() *server.Server {
	w.t.Helper()
	srv := w.startOne(w.config())
	w.app.SetWebhook(srv.URL()+"/webhook", w.app.WebhookSecret())
	return srv
}

func (w *world) startOne(c server.Config) *server.Server {
	w.t.Helper()
	srv, err := server.Start(w.t.Context(), c)
	if err != nil {
		w.t.Fatal(err)
	}
	w.servers = append(w.servers, srv)
	w.t.Cleanup(w.stop)
	return srv
}

// installApp installs Assay on all repositories of the organisation.
func (w *world) installApp() {
	w.install = w.app.Install(w.acme)
	w.hub.Flush()
}

// stop stops every server.
func (w *world) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, srv := range w.servers {
		if err := srv.Stop(ctx); err != nil {
			w.t.Errorf("stop: %v", err)
		}
	}
	w.servers = nil
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

// idle waits until no job is waiting, running or to be tried again.
func (w *world) idle() {
	w.t.Helper()
	var left int
	w.eventually(func() bool {
		left = 0
		lanes, err := w.servers[0].Queue().Depth(w.t.Context())
		if err != nil {
			return false
		}
		for _, lane := range lanes {
			left += lane.Waiting + lane.Running + lane.Delayed
		}
		return left == 0
	}, func() string { return "the queue does not come to rest" })
}

// mirrors are the folders of fetched repositories, of all servers.
func (w *world) mirrors() []string {
	var found []string
	for _, pattern := range []string{"mirrors/*.git", "*/mirrors/*.git"} {
		more, err := filepath.Glob(filepath.Join(w.data, pattern))
		if err != nil {
			w.t.Fatal(err)
		}
		found = append(found, more...)
	}
	return found
}

// rows counts what a table of the database holds.
func (w *world) rows(table string) int {
	w.t.Helper()
	var n int
	if err := w.servers[0].Store().Reads().QueryRow(w.t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
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
