package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency"
	"github.com/assay-app/assay/checks/dependency/judge"
)

const (
	// raised is how many of the packages of a lockfile a change gives another version, one with advisories.
	raised = 20
	// reviews is how often a change is reviewed for each figure.
	reviews = 21
)

// BenchmarkDependencies measures the review of a change to a lockfile of 1,000 packages: as the command line does it, with
// a process for the checks, beside the review of a change to a text, and the check alone.
func BenchmarkDependencies(b *testing.B) {
	index, _ := generatedIndex(b)
	head := lockedRefs()
	base := append([]judge.Ref(nil), head...)
	for i := range raised {
		base[4*i].Version = "99.0.0" // which no advisory is about; every fourth has some
	}
	before, after := packageLock(b, base), packageLock(b, head)
	repo := lockRepository(b, before, after)
	review := func(branch string) []string {
		return []string{"review", "--repo", repo, "--base", "main", "--head", branch, "--checks", "dependency", "--advisories", index, "--offline", "--format", "json"}
	}
	var walls, processors, emptyWalls, emptyProcessors sample
	found := 0
	for range reviews {
		forgetPeak()
		u := measure(b, suite.binary, review("raise")...)
		walls, processors = append(walls, u.wall), append(processors, u.processor)
		found = newFindings(b, u)
		u = measure(b, suite.binary, review("text")...)
		emptyWalls, emptyProcessors = append(emptyWalls, u.wall), append(emptyProcessors, u.processor)
	}
	if found < raised {
		b.Fatalf("%d new findings: the benchmark reviews the wrong change", found)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(milliseconds(walls.median()), "median-ms")
	suite.table.aim(fmt.Sprintf("assay review of a package-lock of %d packages, %d raised, %d new findings: median", lookedUp, raised, found), milliseconds(walls.median()), 150, "ms")
	suite.table.say("  p50, p95 by the clock", quantiles(walls))
	suite.table.say("  p50, p95 of processors", quantiles(processors))
	suite.table.say("  the same of a change to a text: clock", quantiles(emptyWalls))
	suite.table.say("  the same of a change to a text: processors", quantiles(emptyProcessors))
	suite.table.aim("  on top of that, of processors: median", milliseconds(processors.median()-emptyProcessors.median()), 150, "ms")

	parent, child := peaks(b, review("raise"))
	emptyParent, emptyChild := peaks(b, review("text"))
	suite.table.say("  peak memory of parent and child", figure(parent)+", "+figure(child)+" MB")
	suite.table.say("  the same of a change to a text", figure(emptyParent)+", "+figure(emptyChild)+" MB")
	suite.table.aim("  on top of that, both together", parent+child-emptyParent-emptyChild, 60, "MB")

	checkAlone(b, before, after)
	compareOSVScanner(b, "the head's package-lock alone", after)
}

func quantiles(s sample) string {
	return fmt.Sprintf("%s, %s ms, n = %d", figure(milliseconds(s.at(0.50))), figure(milliseconds(s.at(0.95))), len(s))
}

// lockRepository makes a repository with a lockfile on main, another on the branch raise, and another text on the branch
// text.
func lockRepository(b *testing.B, before, after []byte) string {
	b.Helper()
	dir := b.TempDir()
	git := func(args ...string) {
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=dev", "-c", "user.email=dev@acme.example"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("git %q: %v: %s", args, err, out)
		}
	}
	commit := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			b.Fatal(err)
		}
		git("add", ".")
		git("commit", "-q", "-m", "Change "+name)
	}
	git("init", "-q", "-b", "main")
	var wanted struct {
		Packages map[string]struct{ Dependencies map[string]string }
	}
	if err := json.Unmarshal(before, &wanted); err != nil {
		b.Fatal(err)
	}
	manifest, err := json.MarshalIndent(map[string]any{"name": "app", "version": "1.0.0", "dependencies": wanted.Packages[""].Dependencies}, "", "  ")
	if err != nil {
		b.Fatal(err)
	}
	commit("package.json", manifest)
	commit("package-lock.json", before)
	git("checkout", "-q", "-b", "raise")
	commit("package-lock.json", after)
	git("checkout", "-q", "-b", "text", "main")
	commit("notes.txt", []byte("Ask the team.\n"))
	return dir
}

// newFindings counts what a review found that the change brought.
func newFindings(b *testing.B, u usage) int {
	b.Helper()
	var result struct {
		Findings []struct{ Status checks.Status }
	}
	if err := json.Unmarshal(u.said, &result); err != nil {
		b.Fatalf("exit %d: %v: %.300s", u.exit, err, u.said)
	}
	n := 0
	for _, f := range result.Findings {
		if f.Status == checks.New {
			n++
		}
	}
	return n
}

// peaks are the largest resident sizes, in MB, of a run of the program and of the child that it starts, the largest of
// several runs. The kernel tells a process's own peak only while it lives, so that it is asked all the time.
func peaks(b *testing.B, args []string) (parent, child float64) {
	b.Helper()
	const runs = 5
	for range runs {
		cmd := exec.Command(suite.binary, args...)
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			_ = cmd.Wait() // it ends in a verdict, which is not looked at here
			close(done)
		}()
		for running := true; running; {
			select {
			case <-done:
				running = false
			default:
				parent = max(parent, peakOf(cmd.Process.Pid))
				for _, pid := range childrenOf(cmd.Process.Pid) {
					child = max(child, peakOf(pid))
				}
				time.Sleep(time.Millisecond)
			}
		}
	}
	return parent, child
}

// peakOf is the peak of a process that lives, in MB; 0 of one that does not.
func peakOf(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, err := strconv.Atoi(fields[0])
	if err != nil {
		return 0
	}
	return float64(kib) * 1024 / 1e6
}

// childrenOf are the children of a process that run checks; git is another, and one that has only just begun still is
// its parent.
func childrenOf(pid int) []int {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil
	}
	var children []int
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue
		}
		for word := range strings.FieldsSeq(string(text)) {
			if child, err := strconv.Atoi(word); err == nil && runsChecks(child) {
				children = append(children, child)
			}
		}
	}
	return children
}

func runsChecks(pid int) bool {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && bytes.Contains(line, []byte("analyse-child"))
}

// checkAlone measures the check in this process, without look-ups.
func checkAlone(b *testing.B, before, after []byte) {
	b.Helper()
	var loaded sample
	var check *dependency.Check
	for range reviews {
		began := processorTime(b)
		var err error
		if check, err = dependency.New(); err != nil {
			b.Fatal(err)
		}
		loaded = append(loaded, processorTime(b)-began)
	}
	change := &checks.Change{
		MergeBase: fstest.MapFS{"package-lock.json": {Data: before}}, Head: fstest.MapFS{"package-lock.json": {Data: after}}, MergeBaseSHA: "base",
		Files: []checks.FileChange{{
			Path: "package-lock.json", OldPath: "package-lock.json", Status: checks.Modified, Mode: 0o644, OldMode: 0o644,
			Hunks: []checks.Hunk{{OldStart: 1, OldLines: strings.Count(string(before), "\n"), NewStart: 1, NewLines: strings.Count(string(after), "\n")}},
		}},
	}
	var walls, processors sample
	var earlier, later runtime.MemStats
	packages := 0
	for range reviews {
		runtime.GC()
		runtime.ReadMemStats(&earlier)
		clock, began := time.Now(), processorTime(b)
		report, err := check.Run(b.Context(), change)
		processors, walls = append(processors, processorTime(b)-began), append(walls, time.Since(clock))
		runtime.ReadMemStats(&later)
		if err != nil {
			b.Fatal(err)
		}
		packages = len(report.Packages)
	}
	if packages != 2*lookedUp {
		b.Fatalf("%d packages, want %d at each revision", packages, lookedUp)
	}
	suite.table.say("  the check alone, in process: p50, p95 by the clock", quantiles(walls))
	suite.table.say("    of processors", quantiles(processors))
	suite.table.say("    memory asked for", figure(float64(later.TotalAlloc-earlier.TotalAlloc)/1e6)+" MB")
	suite.table.say("    loading its rules and names before, of processors", quantiles(loaded))
}

// processorTime is what this process has taken of processors so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
