//go:build linux

package wall

import (
	"os"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
)

// trySyscalls attempts what the filter must refuse, on threads old and new. The arguments (a null path, impossible
// flags) are such that the kernel itself would fail with another error, or do nothing: EPERM comes from the filter.
func trySyscalls() error {
	const threads = 4
	failures := make([]error, threads)
	var ready, tried sync.WaitGroup
	ready.Add(threads)
	for i := range threads {
		tried.Go(func() {
			runtime.LockOSThread() // all at once, so each on a thread of its own
			defer runtime.UnlockOSThread()
			ready.Done()
			ready.Wait()
			failures[i] = tryOnThisThread()
		})
	}
	tried.Wait()
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return tryOnThisThread()
}

func tryOnThisThread() error {
	for _, attempt := range []struct {
		name string
		call uintptr
		args [4]uintptr
	}{
		{"opening a file", unix.SYS_OPENAT, [4]uintptr{0, 0, unix.O_RDONLY | unix.O_CLOEXEC}},
		{"making a TCP socket", unix.SYS_SOCKET, [4]uintptr{unix.AF_INET, unix.SOCK_STREAM | unix.SOCK_CLOEXEC}},
		{"making a unix socket", unix.SYS_SOCKET, [4]uintptr{unix.AF_UNIX, unix.SOCK_STREAM | unix.SOCK_CLOEXEC}},
		{"starting a program", unix.SYS_EXECVE, [4]uintptr{0}},
		// Without a shared memory the kernel refuses these flags with EINVAL, so that nothing is forked either way.
		{"forking", unix.SYS_CLONE, [4]uintptr{unix.CLONE_SIGHAND}},
		{"tracing the parent", unix.SYS_PTRACE, [4]uintptr{^uintptr(0), uintptr(os.Getpid())}},
		{"reading the parent's memory", unix.SYS_PROCESS_VM_READV, [4]uintptr{uintptr(os.Getpid())}},
		{"signalling", unix.SYS_KILL, [4]uintptr{uintptr(os.Getpid()), 0}},
		{"making a namespace", unix.SYS_UNSHARE, [4]uintptr{0}},
		{"making an io_uring", unix.SYS_IO_URING_SETUP, [4]uintptr{0, 0}},
		{"mapping executable memory", unix.SYS_MMAP, [4]uintptr{0, 0, unix.PROT_EXEC, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS}},
	} {
		_, _, errno := unix.RawSyscall6(attempt.call, attempt.args[0], attempt.args[1], attempt.args[2], attempt.args[3], 0, 0)
		if errno == 0 {
			return refusal(attempt.name, nil)
		}
		if errno != unix.EPERM {
			return refusal(attempt.name, errno)
		}
	}
	return nil
}
