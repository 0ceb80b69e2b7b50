package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"syscall"
	"testing"
	"time"
)

// usage is what a program took until it ended, its children included.
type usage struct {
	wall      time.Duration
	processor time.Duration // of all cores, in user and kernel mode
	resident  int64         // bytes of the process of them that was largest, at its peak
	exit      int
	said      []byte // on both streams
}

// forgetPeak makes the programs that are run from here on start from a small peak: the kernel counts that of the process that starts them
// as theirs.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o200) // where that can't be done, peaks are too high
}

// programTime bounds one run of a program that is measured. It is a kill switch.
const programTime = 3 * time.Minute

// measure runs a program. Only one that could not be run, or was killed, fails the benchmark.
func measure(b *testing.B, name string, args ...string) usage {
	b.Helper()
	u, err := use(b.Context(), name, args...)
	if err != nil {
		b.Fatal(err)
	}
	return u
}

func use(ctx context.Context, name string, args ...string) (usage, error) {
	ctx, cancel := context.WithTimeout(ctx, programTime)
	defer cancel()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	began := time.Now()
	err := cmd.Run()
	u := usage{wall: time.Since(began), said: said.Bytes()}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.Exited() {
		u.exit = exit.ExitCode()
	} else if err != nil {
		return u, fmt.Errorf("%s %q: %w\n%s", name, args, err, said.Bytes())
	}
	// The kernel counts the children that were waited for, and of their sizes the largest.
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.processor = time.Duration(r.Utime.Nano() + r.Stime.Nano())
		u.resident = r.Maxrss << 10
	}
	return u, nil
}
