//go:build linux

package analyse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/assay-app/assay/app/analyse/internal/wall"
	"github.com/assay-app/assay/checks"
)

func TestSandboxRefusesEveryAttempt(t *testing.T) {
	report := mustRun(t, newRunner(t), oneFile(), "hostile-attempts")
	if len(report.Evidence) < 80 || len(report.Unscanned) > 0 {
		t.Fatalf("%d attempts were made; not scanned: %v", len(report.Evidence), report.Unscanned)
	}
	for attempt, result := range quotes(report) {
		want := "EPERM"
		if attempt == "clone3" {
			want = "ENOSYS" // the C library then uses clone
		}
		if result != want {
			t.Errorf("%s: %s, want %s", attempt, result, want)
		}
	}
}

func TestSandboxHoldsOnThreadsStartedLater(t *testing.T) {
	report := mustRun(t, newRunner(t), oneFile(), "hostile-thread-attempts")
	if len(report.Evidence) != 32 {
		t.Fatalf("%d threads made an attempt", len(report.Evidence))
	}
	for thread, result := range quotes(report) {
		if result != "EPERM" {
			t.Errorf("%s: %s", thread, result)
		}
	}
}

func TestSandboxKillsCallsOfAnotherArchitecture(t *testing.T) {
	report := mustRun(t, newRunner(t), oneFile(), "hostile-foreign-abi")
	if len(report.Unscanned) != 1 || !strings.Contains(report.Unscanned[0].Reason, "another architecture") {
		t.Errorf("not scanned: %v, evidence: %v", report.Unscanned, report.Evidence)
	}
}

// TestSandboxLandlockHoldsAlone: without the filter in front of it, Landlock is what refuses.
func TestSandboxLandlockHoldsAlone(t *testing.T) {
	r := newRunner(t)
	r.Sandbox, r.without = BestEffort, []string{wall.Seccomp}
	report := mustRun(t, r, oneFile(), "hostile-thread-attempts")
	if len(report.Evidence) != 32 {
		t.Fatalf("%d threads made an attempt", len(report.Evidence))
	}
	for thread, result := range quotes(report) {
		if result != "EACCES" {
			t.Errorf("%s: opening a file: %s", thread, result)
		}
	}
}

func TestSandboxInheritsNothing(t *testing.T) {
	t.Setenv("ASSAY_TEST_SECRET", "do-not-pass-on")
	target, err := os.Create(filepath.Join(t.TempDir(), "inherited"))
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	leaked, err := unix.Dup(int(target.Fd())) // passed on by exec, as a careless library might
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(leaked)

	t.Run("no descriptor takes a byte", func(t *testing.T) {
		report := mustRun(t, newRunner(t), oneFile(), "hostile-descriptors")
		if len(report.Evidence)+len(report.Unscanned) > 0 {
			t.Errorf("%v %v", report.Evidence, report.Unscanned)
		}
		if found, err := target.Stat(); err != nil || found.Size() > 0 {
			t.Errorf("the inherited file has %d bytes (%v)", found.Size(), err)
		}
	})

	r := newRunner(t)
	ctx, cancel := context.WithTimeout(t.Context(), killSwitch)
	defer cancel()
	child, err := r.start(ctx, r.Limits.withDefaults(), []checks.Name{"hostile-spin"}, true)
	if err != nil {
		t.Fatal(err)
	}
	defer child.end()
	proc := "/proc/" + strconv.Itoa(child.cmd.Process.Pid)

	t.Run("the environment is empty", func(t *testing.T) {
		if len(child.cmd.Environ()) > 0 {
			t.Errorf("%d variables are passed", len(child.cmd.Environ()))
		}
		text, err := os.ReadFile(proc + "/environ")
		if os.Geteuid() == 0 && (err != nil || len(text) > 0) {
			t.Errorf("%q (%v)", text, err)
		}
	})
	t.Run("every thread is filtered and without new privileges", func(t *testing.T) {
		threads, err := filepath.Glob(proc + "/task/*/status")
		if err != nil || len(threads) < 2 {
			t.Fatalf("%d threads (%v)", len(threads), err)
		}
		for _, name := range threads {
			status, err := os.ReadFile(name)
			if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
				continue // it ended meanwhile
			}
			for _, want := range []string{"\nSeccomp:\t2\n", "\nNoNewPrivs:\t1\n"} {
				if !bytes.Contains(status, []byte(want)) {
					t.Errorf("%s lacks %q (%v)", name, want, err)
				}
			}
		}
	})
	t.Run("the working directory is the root and the session its own", func(t *testing.T) {
		session, err := unix.Getsid(child.cmd.Process.Pid)
		if err != nil || session != child.cmd.Process.Pid {
			t.Errorf("session %d of process %d (%v)", session, child.cmd.Process.Pid, err)
		}
		if child.cmd.Dir != "/" {
			t.Errorf("started in %s", child.cmd.Dir)
		}
	})
}

func TestSandboxLayersAllHoldHere(t *testing.T) {
	layers, err := newRunner(t).Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !layers.Complete() {
		t.Fatalf("this machine lacks a layer: %s", layers)
	}
	if text := layers.String(); !strings.Contains(text, "landlock (version ") || strings.Contains(text, "missing") {
		t.Errorf("said: %s", text)
	}
}

func TestSandboxWithoutALayer(t *testing.T) {
	for _, name := range wall.Names() {
		t.Run(name+" is required unless told otherwise", func(t *testing.T) {
			r := newRunner(t)
			r.without = []string{name}
			_, err := r.Run(t.Context(), oneFile(), []checks.Name{"hostile-reader"})
			if !errors.Is(err, ErrSandbox) || !strings.Contains(err.Error(), name+" (left out)") {
				t.Errorf("error %v", err)
			}
			layers, err := r.Probe(t.Context())
			if err != nil || !slices.Equal(layers.Missing(), []string{name + " (left out)"}) {
				t.Errorf("probe says %v (%v)", layers, err)
			}
		})
		if name == wall.NoNewPrivs {
			continue // seccomp needs it unless it is root that asks; nothing to compare
		}
		t.Run(name+" can be done without", func(t *testing.T) {
			r := newRunner(t)
			r.Sandbox, r.without = BestEffort, []string{name}
			if report := mustRun(t, r, oneFile(), "hostile-reader"); len(report.Evidence) != 1 {
				t.Errorf("report %+v", report)
			}
		})
	}
}

// TestSandboxRefusalIsTheChildsToo: even a parent that goes on gets nothing analysed by a child that requires the wall.
func TestSandboxRefusalIsTheChildsToo(t *testing.T) {
	r := newRunner(t)
	r.without = []string{wall.Landlock}
	child, err := r.start(t.Context(), r.Limits.withDefaults(), []checks.Name{"hostile-reader"}, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := child.frames.Next(); err == nil {
		t.Error("the child went on talking")
	}
	if state := child.end(); state.ExitCode() != exitNoWall {
		t.Errorf("the child ended with %v", state)
	}
}

// TestSandboxWithoutRoot runs parent and child as nobody, the parent protected.
func TestSandboxWithoutRoot(t *testing.T) {
	for check, want := range map[checks.Name]string{
		"hostile-attempts":   `"EPERM"`,
		"hostile-reader":     `"a.txt"`,
		"hostile-segfault":   "SIGSEGV",
		"says-absolute-path": "broke the protocol",
		"hostile-busy":       "went well",
	} {
		t.Run(string(check), func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), program(t, "child"), "run", string(check))
			if os.Geteuid() == 0 {
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			}
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			var report checks.Report
			if err := json.Unmarshal(out, &report); err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(out, []byte(want)) || bytes.Contains(out, []byte("went through")) {
				t.Errorf("report %s", out)
			}
		})
	}
}

// TestSandboxChildDiesWithItsParent: no analysis outlives a parent that was killed.
func TestSandboxChildDiesWithItsParent(t *testing.T) {
	parent := exec.CommandContext(t.Context(), program(t, "child"), "run", "hostile-spin-in-c")
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var child int
	until(t, "the child runs", func() bool {
		child = childOf(parent.Process.Pid)
		return child != 0
	})
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	until(t, "the child is gone", func() bool {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(child) + "/stat")
		return err != nil || bytes.Contains(stat, []byte(") Z "))
	})
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(killSwitch); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

// childOf finds a process by its parent.
func childOf(parent int) int {
	names, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range names {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) > 1 && string(fields[1]) == strconv.Itoa(parent) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
			return pid
		}
	}
	return 0
}

func TestSandboxProtectsTheParent(t *testing.T) {
	before, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Prctl(unix.PR_SET_DUMPABLE, uintptr(before), 0, 0, 0); err != nil {
			t.Error(err)
		}
	}()
	if err := ProtectParent(); err != nil {
		t.Fatal(err)
	}
	// The kernel gives the files of an undumpable process to root.
	found, err := os.Stat("/proc/self/environ")
	if err != nil || found.Sys().(*syscall.Stat_t).Uid != 0 {
		t.Errorf("owner %v (%v)", found.Sys().(*syscall.Stat_t).Uid, err)
	}
	if now, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || now != 0 {
		t.Errorf("dumpable: %d (%v)", now, err)
	}
}
