package server_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/app/localhub"
)

// serveProcess is `assay serve` as a process of its own, which can be killed.
type serveProcess struct {
	w    *world
	cmd  *exec.Cmd
	addr string
	done chan struct{}
}

// startProcess starts the program on what is left of an earlier one.
func (w *world) startProcess(addr string) *serveProcess {
	w.t.Helper()
	credentials := w.t.TempDir()
	for name, content := range map[string]string{"key.pem": string(w.app.PrivateKey()), "secret": w.app.WebhookSecret()} {
		if err := os.WriteFile(filepath.Join(credentials, name), []byte(content), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	return w.serve(addr, "--app-id", fmt.Sprint(w.app.ID()),
		"--private-key-file", filepath.Join(credentials, "key.pem"), "--webhook-secret-file", filepath.Join(credentials, "secret"))
}

// serve runs the program until it answers.
func (w *world) serve(addr string, credentials ...string) *serveProcess {
	w.t.Helper()
	args := []string{"serve", "--listen", addr, "--data", w.data, "--github-url", strings.TrimSuffix(w.hub.APIURL(), "/")}
	cmd := exec.Command(binary, append(args, credentials...)...)
	cmd.Stderr = testWriter{w.t}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	p := &serveProcess{w: w, cmd: cmd, addr: addr, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		_ = cmd.Wait() // it is killed
	}()
	w.t.Cleanup(p.kill)
	w.eventually(func() bool {
		resp, err := http.Get("http://" + addr + "/healthz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}, func() string { return "assay serve does not answer" })
	return p
}

// kill ends the process as kill -9 does.
func (p *serveProcess) kill() {
	_ = p.cmd.Process.Kill() // it may be dead already
	<-p.done
}

// freeAddress is a loopback address that nobody listens on just now.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// outcome is what a person finds after a review, without ids and times.
type outcome struct {
	Checks   []string
	Comments []string
	Reviews  int
}

func (w *world) outcome(pull *localhub.PullRequest) outcome {
	o := outcome{Reviews: len(pull.Reviews())}
	for _, run := range w.repo.CheckRuns(pull.Head()) {
		o.Checks = append(o.Checks, fmt.Sprintf("%s %s %s: %s, %d annotations", run.Name, run.Status, run.Conclusion, run.Title, len(run.Annotations)))
	}
	for _, c := range pull.ReviewComments() {
		o.Comments = append(o.Comments, fmt.Sprintf("%s:%d", c.Place.Path, c.Place.Line))
	}
	return o
}

// TestKilledAtAnyWriteTheReviewCompletesOnce kills the server with kill -9 when its n-th write has been applied and not
// yet answered, starts it again, and compares what stands with an undisturbed review.
func TestKilledAtAnyWriteTheReviewCompletesOnce(t *testing.T) {
	change := settings(anthropicKey(1))
	change["more.py"] = "KEY = \"" + anthropicKey(2) + "\"\n"

	quiet := newWorldWithoutServer(t, enforcing(nil))
	quiet.launch(freeAddress(t))
	pull := quiet.open("feature", "main", change)
	quiet.concluded(pull.Head(), "Assay", "failure")
	want := quiet.outcome(pull)
	// The gate set in progress, the review, the family, the gate concluded. A write is seen before it is logged.
	const writes = 4
	quiet.eventually(func() bool { return len(quiet.hub.Writes()) >= writes }, func() string {
		return fmt.Sprintf("%d writes in an undisturbed review, want %d", len(quiet.hub.Writes()), writes)
	})
	if n := len(quiet.hub.Writes()); n != writes {
		t.Fatalf("%d writes in an undisturbed review, want %d", n, writes)
	}
	for n := range writes {
		t.Run(fmt.Sprintf("after write %d", n+1), func(t *testing.T) {
			t.Parallel()
			w := newWorldWithoutServer(t, enforcing(nil))
			first := w.launch(freeAddress(t))
			killed := w.killAfterWrite(first, n+1)
			pull := w.open("feature", "main", change)
			select {
			case <-killed:
			case <-time.After(patience):
				t.Fatal("the write did not come")
			}
			first.kill()
			w.hub.Faults(nil)
			w.startProcess(first.addr)

			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			for cmp.Diff(want, w.outcome(pull)) != "" && ctx.Err() == nil {
				time.Sleep(100 * time.Millisecond)
			}
			if diff := cmp.Diff(want, w.outcome(pull)); diff != "" {
				t.Errorf("what stands differs from an undisturbed review (-undisturbed +killed):\n%s", diff)
			}
		})
	}
}

// launch starts the program at addr and installs the App.
func (w *world) launch(addr string) *serveProcess {
	p := w.startProcess(addr)
	w.app.SetWebhook("http://"+addr+"/webhook", w.app.WebhookSecret())
	w.installApp()
	return p
}

// killAfterWrite kills the process once the hub has applied its n-th write, before the answer can be read.
func (w *world) killAfterWrite(p *serveProcess, n int) <-chan struct{} {
	var mu sync.Mutex
	seen := 0
	killed := make(chan struct{})
	w.hub.Faults(func(r *http.Request) *localhub.Fault {
		if r.Method == http.MethodGet || !strings.HasPrefix(r.URL.Path, "/api/v3/repos/") {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		if seen++; seen != n {
			return nil
		}
		close(killed)
		return &localhub.Fault{AfterApplying: true, Hang: true}
	})
	return killed
}
