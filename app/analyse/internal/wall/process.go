//go:build linux

package wall

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// maxOpenFiles is what RLIMIT_NOFILE is set to: standard streams, socket, the runtime's poller, and a few to spare.
const maxOpenFiles = 16

// SetUndumpable keeps other processes of the same user from reading this one's memory and environment through /proc or
// ptrace, and the kernel from writing a core dump.
func SetUndumpable() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("prctl(PR_SET_DUMPABLE): %w", err)
	}
	if got, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || got != 0 {
		return fmt.Errorf("prctl(PR_GET_DUMPABLE) says %d: %v", got, err)
	}
	return nil
}

// setNoNewPrivs is for the calling thread; the seccomp filter carries it to the others.
func setNoNewPrivs() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("prctl(PR_SET_NO_NEW_PRIVS): %w", err)
	}
	return nil
}

// closeInherited closes every descriptor from first on, save for those of the runtime's own poller: they are epoll and
// event descriptors marked close-on-exec, which an inherited one cannot be.
func closeInherited(first int) error {
	const dir = "/proc/self/fd"
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("list open descriptors: %w", err)
	}
	for _, entry := range entries {
		fd, err := strconv.Atoi(entry.Name())
		if err != nil || fd < first || isPoller(fd, filepath.Join(dir, entry.Name())) {
			continue
		}
		// The listing's own descriptor is among them, closed by now.
		if err := unix.Close(fd); err != nil && !errors.Is(err, unix.EBADF) {
			return fmt.Errorf("close descriptor %d: %w", fd, err)
		}
	}
	return nil
}

func isPoller(fd int, link string) bool {
	target, err := os.Readlink(link)
	if err != nil || target != "anon_inode:[eventpoll]" && target != "anon_inode:[eventfd]" {
		return false
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err == nil && flags&unix.FD_CLOEXEC != 0
}

func setLimits(o Options) error {
	// If the machine runs out of memory, the kernel should take this process first. Only a hint, so never an error.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	for _, limit := range []struct {
		name     string
		resource int
		value    uint64
	}{
		{"RLIMIT_CORE", unix.RLIMIT_CORE, 0},
		{"RLIMIT_FSIZE", unix.RLIMIT_FSIZE, 0},
		{"RLIMIT_MEMLOCK", unix.RLIMIT_MEMLOCK, 0},
		{"RLIMIT_MSGQUEUE", unix.RLIMIT_MSGQUEUE, 0},
		{"RLIMIT_NOFILE", unix.RLIMIT_NOFILE, maxOpenFiles},
		{"RLIMIT_DATA", unix.RLIMIT_DATA, o.MemoryBytes},
		{"RLIMIT_CPU", unix.RLIMIT_CPU, o.CPUSeconds},
	} {
		want := unix.Rlimit{Cur: limit.value, Max: limit.value}
		if err := lower(limit.resource, &want); err != nil {
			return fmt.Errorf("set %s to %d: %w", limit.name, limit.value, err)
		}
	}
	return nil
}

// lower sets a limit, or keeps one that is lower already.
func lower(resource int, want *unix.Rlimit) error {
	var have unix.Rlimit
	if err := unix.Getrlimit(resource, &have); err != nil {
		return err
	}
	want.Cur, want.Max = min(want.Cur, have.Max), min(want.Max, have.Max)
	return unix.Setrlimit(resource, want)
}
