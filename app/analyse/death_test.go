//go:build linux

package analyse

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sys/unix"

	"github.com/assay-app/assay/checks"
)

// shortTime is for checks that never end. The one after them does its work in a few milliseconds of a processor.
const shortTime = 2 * time.Second

// TestSandboxDeathCostsOneCheck: whatever a check dies of is said of that check, and the next one runs.
func TestSandboxDeathCostsOneCheck(t *testing.T) {
	short := Limits{Time: shortTime}
	small := Limits{MemoryBytes: 256 << 20}
	for _, c := range []struct {
		check  checks.Name
		limits Limits
		reason string
	}{
		{"hostile-segfault", Limits{}, "crashed: SIGSEGV: segmentation violation in "},
		{"hostile-abort", Limits{}, "crashed: SIGABRT: abort in "},
		{"hostile-panic", Limits{}, "crashed: runtime error: index out of range [2] with length 0 in app/analyse/internal/hostile.panicHere"},
		{"hostile-panic-elsewhere", Limits{}, "crashed: runtime error: index out of range"},
		{"hostile-stack", Limits{}, "crashed: stack overflow in "},
		{"hostile-exit", Limits{}, "ended by itself with status 0"},
		{"hostile-spin", short, "took longer than " + shortTime.String() + " of processor time"},
		{"hostile-sleep", short, "did not end within " + (stallFactor * shortTime).String()},
		{"hostile-spin-in-c", short, "took longer than " + shortTime.String() + " of processor time"},
		{"hostile-memory", small, "memory"},
		{"hostile-memory-in-c", small, "memory"},
		{"hostile-threads", Limits{}, "started more than 512 threads"},
	} {
		t.Run(string(c.check), func(t *testing.T) {
			r := newRunner(t)
			r.Limits = c.limits
			report := mustRun(t, r, oneFile(), c.check, "hostile-reader")
			if len(report.Unscanned) != 1 {
				t.Fatalf("not scanned: %v", report.Unscanned)
			}
			u := report.Unscanned[0]
			if u.Check != c.check || u.Kind != checks.Failed || !strings.Contains(u.Reason, c.reason) {
				t.Errorf("not scanned: %+v, want %q", u, c.reason)
			}
			if len(report.Evidence) != 1 {
				t.Errorf("the next check reported %v", report.Evidence)
			}
		})
	}
}

// TestSandboxDeathCostsOneFile: a check that died while it looked at a file runs again without that file.
func TestSandboxDeathCostsOneFile(t *testing.T) {
	for deed, limits := range map[string]Limits{
		"segfault": {}, "panic": {}, "exit": {}, "spin": {Time: shortTime}, "memory": {MemoryBytes: 256 << 20},
	} {
		t.Run(deed, func(t *testing.T) {
			files := memory{"a.txt": "a", "b.bin": deed + "\n", "c.txt": "c"}
			r := newRunner(t)
			r.Limits = limits
			report := mustRun(t, r, added(files, "a.txt", "b.bin", "c.txt"), "hostile-reader")
			if got := quotes(report); len(got) != 2 || got["head a.txt"] == "" || got["head c.txt"] == "" {
				t.Errorf("read %v", got)
			}
			if u := report.Unscanned; len(u) != 1 || u[0].Path != "b.bin" || u[0].Check != "hostile-reader" || u[0].Kind != checks.Failed {
				t.Errorf("not scanned: %v", u)
			}
		})
	}
	t.Run("two such files cost the check", func(t *testing.T) {
		files := memory{"a.txt": "a", "b.bin": "segfault\n", "c.bin": "panic\n"}
		report := mustRun(t, newRunner(t), added(files, "a.txt", "b.bin", "c.bin"), "hostile-reader")
		var paths []string
		for _, u := range report.Unscanned {
			paths = append(paths, string(u.Path))
		}
		if len(report.Evidence) > 0 || !slices.Equal(paths, []string{"b.bin", "c.bin", ""}) {
			t.Errorf("read %v, not scanned: %v", report.Evidence, report.Unscanned)
		}
	})
}

func TestSandboxTotalTimeEndsEverything(t *testing.T) {
	r := newRunner(t)
	r.Limits = Limits{Total: 2 * shortTime}
	report := mustRun(t, r, oneFile(), "hostile-spin", "hostile-reader")
	if len(report.Unscanned) != 2 || len(report.Evidence) > 0 {
		t.Fatalf("report %+v", report)
	}
	for i, check := range []checks.Name{"hostile-spin", "hostile-reader"} {
		if u := report.Unscanned[i]; u.Check != check || u.Reason != errTotalTime.Error() || u.Kind != checks.Failed {
			t.Errorf("not scanned: %+v", u)
		}
	}
}

// openedTree calls back when a file is opened.
type openedTree struct {
	fstest.MapFS
	opened func()
}

func (o openedTree) Open(name string) (fs.File, error) {
	o.opened()
	return o.MapFS.Open(name)
}

func TestSandboxEndsWithItsContext(t *testing.T) {
	patience := errors.New("a newer push came")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	change := added(memory{"a.txt": "spin\n"}, "a.txt")
	change.Head = openedTree{change.Head.(fstest.MapFS), func() { cancel(patience) }}
	_, err := newRunner(t).Run(ctx, change, []checks.Name{"hostile-reader"})
	if !errors.Is(err, patience) {
		t.Errorf("error %v", err)
	}
	if pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); !errors.Is(err, unix.ECHILD) {
		t.Errorf("a child is left: %d (%v)", pid, err)
	}
}
