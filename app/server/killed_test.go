package server_test

import (
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/assay-app/assay/app/localhub"
)

// TestKilledDuringAnAnalysisTheChildDiesToo stops the analysing child, so that it cannot end by itself, and kills the
// server with kill -9. The next server completes the review.
func TestKilledDuringAnAnalysisTheChildDiesToo(t *testing.T) {
	t.Parallel()
	w := newWorldWithoutServer(t, enforcing(nil))
	p := w.launch(freeAddress(t))
	files := manyFiles(2000) // so that it takes long enough to be caught
	w.repo.Commit("feature", "Many", w.dev, files)
	pull := w.repo.OpenPull(localhub.NewPull{Head: "feature", Title: "Many", Author: w.dev})

	var family []running
	w.eventually(func() bool {
		family = descendants(t, p.cmd.Process.Pid)
		for _, child := range family {
			if strings.Contains(child.command, "analyse-child") {
				return syscall.Kill(child.pid, syscall.SIGSTOP) == nil
			}
		}
		return false
	}, func() string { return "no analysis began" })
	family = append(family, descendants(t, p.cmd.Process.Pid)...)
	p.kill()
	w.gone(family)
	w.completesAfterTheKill(p, pull)
}

// TestKilledDuringAFetchNoGitIsLeft kills the server while git waits for an answer that does not come. Git gives such a
// server up after a minute (http.lowSpeedTime); as long as it lives it holds the lock of the mirror, so that the next
// server cannot fetch into what git still writes to.
func TestKilledDuringAFetchNoGitIsLeft(t *testing.T) {
	t.Parallel()
	w := newWorldWithoutServer(t, enforcing(nil))
	p := w.launch(freeAddress(t))
	waiting := make(chan struct{})
	var begun sync.Once
	w.hub.Faults(func(r *http.Request) *localhub.Fault {
		if !strings.HasSuffix(r.URL.Path, "/git-upload-pack") {
			return nil
		}
		begun.Do(func() { close(waiting) })
		return &localhub.Fault{Hang: true}
	})
	pull := w.open("feature", "main", manyFiles(10))
	select {
	case <-waiting:
	case <-time.After(patience):
		t.Fatal("git asks for nothing")
	}
	family := descendants(t, p.cmd.Process.Pid)
	if !strings.Contains(commands(family), "git") {
		t.Fatalf("no git runs: %s", commands(family))
	}
	p.kill()
	w.hub.Faults(nil)
	w.completesAfterTheKill(p, pull)
	w.gone(family)
}

func commands(of []running) string {
	var all strings.Builder
	for _, p := range of {
		all.WriteString(p.command + "\n")
	}
	return all.String()
}

// completesAfterTheKill starts the server again and waits for the verdict on a change with one key.
func (w *world) completesAfterTheKill(p *serveProcess, pull *localhub.PullRequest) {
	w.t.Helper()
	again := w.startProcess(p.addr)
	gate := w.concluded(pull.Head(), "Assay", "failure")
	if !strings.Contains(gate.Title, "1 new finding") {
		w.t.Errorf("the gate says %s", gate.Title)
	}
	w.eventually(func() bool { return len(descendants(w.t, again.cmd.Process.Pid)) == 0 }, func() string {
		return "processes run although nothing is left to do: " + commands(descendants(w.t, again.cmd.Process.Pid))
	})
	if comments, reviews := len(pull.ReviewComments()), len(pull.Reviews()); comments != 1 || reviews != 1 {
		w.t.Errorf("%d comments in %d reviews, want one", comments, reviews)
	}
}
