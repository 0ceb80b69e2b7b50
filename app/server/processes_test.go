package server_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// running is a process at one moment. Its start tells it from a later one with the same number.
type running struct {
	pid, parent int
	start       string
	command     string
}

// processes are all that run on this machine.
func processes(t *testing.T) []running {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var all []running
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		// PID (NAME) STATE PPID …; the name may hold anything.
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if fields[0] == "Z" {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			t.Fatal(err)
		}
		parent, err := strconv.Atoi(fields[1])
		if err != nil {
			t.Fatal(err)
		}
		command, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // of one that has ended it is empty
		all = append(all, running{pid, parent, fields[19], strings.ReplaceAll(string(command), "\x00", " ")})
	}
	return all
}

// descendants are the children of a process, their children, and so on.
func descendants(t *testing.T, pid int) []running {
	t.Helper()
	all := processes(t)
	family := []int{pid}
	var found []running
	for i := 0; i < len(family); i++ {
		for _, p := range all {
			if p.parent == family[i] {
				family, found = append(family, p.pid), append(found, p)
			}
		}
	}
	return found
}

// gone waits until none of these processes runs any more.
func (w *world) gone(those []running) {
	w.t.Helper()
	var left []running
	w.eventually(func() bool {
		left = slices.DeleteFunc(processes(w.t), func(p running) bool {
			return !slices.ContainsFunc(those, func(q running) bool { return p.pid == q.pid && p.start == q.start })
		})
		return len(left) == 0
	}, func() string { return fmt.Sprintf("processes outlive the server: %+v", left) })
}

// peakMemory is the most that a process has held in memory.
func peakMemory(t *testing.T, pid int) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	t.Fatal("the kernel does not say how much memory a process took")
	return 0
}
