//go:build linux

package analyse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/assay-app/assay/app/analyse/internal/protocol"
	"github.com/assay-app/assay/checks"
)

// startTime is how long a child may take from its start until it has said which layers hold. It needs some 30 ms; the
// rest is for machines that swap.
const startTime = 30 * time.Second

// niceness lets whoever waits for an answer, such as the sender of a webhook, have the processor before an analysis.
const niceness = 10

// child is a running analysing process and the parent's end of its socket.
type child struct {
	cmd    *exec.Cmd
	socket *os.File
	frames *protocol.Reader
	stderr lastWordsOf
	wall   Layers

	allowance atomic.Pointer[allowance]
	killed    atomic.Pointer[string] // why, when we killed it
	ending    chan struct{}          // tells the watch to go
	watched   sync.WaitGroup
	release   chan struct{} // lets the starting thread go
}

// start starts a child and reads what it says of its wall.
func (r *Runner) start(ctx context.Context, limits Limits, names []checks.Name, required bool) (*child, error) {
	c, theirs, err := r.prepare()
	if err != nil {
		return nil, fmt.Errorf("start the analysing child: %w", err)
	}
	err = c.launch()
	_ = theirs.Close()
	if err != nil {
		_ = c.socket.Close()
		return nil, fmt.Errorf("start the analysing child %s: %w", c.cmd.Path, err)
	}
	c.allow(startTime)
	c.watched.Go(func() { c.watch(ctx, limits) })

	greeting := protocol.Greeting{
		Checks:      names,
		Required:    required,
		MemoryBytes: limits.MemoryBytes,
		// Every core may be busy for the whole time; the clock strikes first, unless this process is gone.
		CPUSeconds: uint64(limits.Total/time.Second+1) * uint64(runtime.NumCPU()),
		Without:    r.without,
	}
	if err := send(c.socket, protocol.Hello, greeting); err != nil {
		return nil, c.failedStart(err)
	}
	if err := expect(c.frames, protocol.Wall, &c.wall); err != nil {
		return nil, c.failedStart(err)
	}
	return c, nil
}

// prepare makes the command and both ends of the socket.
func (r *Runner) prepare() (c *child, theirs *os.File, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("socketpair: %w", err)
	}
	// Only our end is non-blocking, so that a stuck child can be given up; theirs needs no poller.
	if err := unix.SetNonblock(pair[0], true); err != nil {
		return nil, nil, errors.Join(err, unix.Close(pair[0]), unix.Close(pair[1]))
	}
	c = &child{socket: os.NewFile(uintptr(pair[0]), "analysing child"), ending: make(chan struct{}), release: make(chan struct{})}
	theirs = os.NewFile(uintptr(pair[1]), "parent")
	c.frames = protocol.NewReader(farewell{c.socket}, protocol.Type.FromChild)

	executable, args := r.Executable, r.Args
	if executable == "" {
		executable = "/proc/self/exe" // this very file, even if another lies in its place by now
	}
	if args == nil {
		args = []string{"analyse-child"}
	}
	c.cmd = exec.Command(executable, args...)
	c.cmd.Env = []string{} // nil would be ours
	c.cmd.Dir = "/"
	c.cmd.Stderr = &c.stderr
	c.cmd.ExtraFiles = []*os.File{theirs}
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	c.cmd.WaitDelay = time.Second
	return c, theirs, nil
}

// launch starts the process from a thread that lives as long as it does: the kernel sends the signal of a parent's
// death when the thread that forked ends.
func (c *child) launch() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := c.cmd.Start()
		if err == nil {
			// It leads a process group. That it cannot be told to stand back costs nobody anything but time.
			_ = unix.Setpriority(unix.PRIO_PGRP, c.cmd.Process.Pid, niceness)
		}
		started <- err
		if err == nil {
			<-c.release
		}
	}()
	return <-started
}

// failedStart ends a child that never spoke.
func (c *child) failedStart(err error) error {
	state := c.end()
	if reason := c.killed.Load(); reason != nil {
		return fmt.Errorf("the analysing child did not start: %s", *reason)
	}
	return fmt.Errorf("the analysing child did not start: %s: %w", deathReason(state, c.stderr.text()), err)
}

// kill ends the child and all that it may have started, and remembers the first reason.
func (c *child) kill(reason string) {
	c.killed.CompareAndSwap(nil, &reason)
	// The process is only waited for in end, after the last kill, so that its number is still its own.
	_ = unix.Kill(-c.cmd.Process.Pid, unix.SIGKILL)
}

// end makes sure that the child is gone and says how it went. The status of one that was ending by itself is settled
// before its socket closes, so this kill does not change it.
func (c *child) end() *os.ProcessState {
	close(c.ending)
	c.watched.Wait()
	_ = unix.Kill(-c.cmd.Process.Pid, unix.SIGKILL)
	_ = c.cmd.Wait()
	close(c.release)
	_ = c.socket.Close()
	return c.cmd.ProcessState
}

// lastWordsOf keeps the beginning of what a child writes to its standard error: a Go crash begins with its reason.
type lastWordsOf struct {
	mu   sync.Mutex
	kept []byte
}

const maxLastWords = 64 << 10

func (l *lastWordsOf) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, p[:min(len(p), maxLastWords-len(l.kept))]...)
	return len(p), nil
}

func (l *lastWordsOf) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.kept)
}
