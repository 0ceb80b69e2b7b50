//go:build linux

package wall

import (
	"fmt"
	"os"
	"unsafe"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Syscalls are the system calls that stay allowed whatever their arguments: reading and writing what is open, memory,
// threads' housekeeping, clocks, randomness, ending. The four of [conditional] are allowed in part. Everything else
// fails with EPERM.
func Syscalls() []string {
	return []string{
		"read", "write", "writev", // the socket; stderr for a crash's last words
		"epoll_pwait",                        // the Go runtime waits for timers with it
		"brk", "madvise", "mremap", "munmap", // memory; mmap and mprotect are conditional
		"futex", "sched_yield", "sched_getaffinity", // locks
		"rseq", "set_robust_list", "gettid", "getpid", // what a new thread of the C library does
		"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", // the Go scheduler preempts by signal
		"nanosleep", "clock_nanosleep", "clock_gettime", "gettimeofday", "restart_syscall",
		"getrandom",
		"exit", "exit_group",
	}
}

const (
	// threadFlags are the clone flags of the Go runtime and of glibc's and musl's pthread_create. None makes a
	// process or a namespace.
	threadFlags = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_THREAD |
		unix.CLONE_SYSVSEM | unix.CLONE_SETTLS | unix.CLONE_PARENT_SETTID | unix.CLONE_CHILD_CLEARTID | unix.CLONE_DETACHED

	// uncountedMaps are kinds of memory that escape RLIMIT_DATA or the resident size that the parent watches.
	uncountedMaps = unix.MAP_SHARED | unix.MAP_GROWSDOWN | unix.MAP_HUGETLB
)

// conditional are the system calls allowed with some arguments only.
func conditional(pid int) []seccomp.NameWithConditions {
	forbid := func(argument uint32, bits uint64) seccomp.Condition {
		return seccomp.Condition{Argument: argument, Operation: seccomp.BitsNotSet, Value: bits}
	}
	return []seccomp.NameWithConditions{
		// New threads, no new processes.
		{Name: "clone", Conditions: seccomp.ArgumentConditions{
			{Argument: 0, Operation: seccomp.BitsSet, Value: unix.CLONE_THREAD},
			forbid(0, ^uint64(threadFlags)),
		}},
		// No new code: what runs is what was linked.
		{Name: "mmap", Conditions: seccomp.ArgumentConditions{forbid(2, unix.PROT_EXEC), forbid(3, uncountedMaps)}},
		{Name: "mprotect", Conditions: seccomp.ArgumentConditions{forbid(2, unix.PROT_EXEC)}},
		// Signals to this process's own threads, which is how the Go scheduler preempts.
		{Name: "tgkill", Conditions: seccomp.ArgumentConditions{{Argument: 0, Operation: seccomp.Equal, Value: uint64(pid)}}},
		// The Go runtime labels its memory for /proc/PID/maps.
		{Name: "prctl", Conditions: seccomp.ArgumentConditions{{Argument: 0, Operation: seccomp.Equal, Value: unix.PR_SET_VMA}}},
	}
}

// filter is the program that the kernel runs on every system call.
func filter(pid int) ([]bpf.RawInstruction, error) {
	native, err := arch.GetInfo("")
	if err != nil {
		return nil, fmt.Errorf("system calls of this architecture: %w", err)
	}
	policy := seccomp.Policy{
		DefaultAction: seccomp.ActionErrno, // EPERM
		Syscalls: []seccomp.SyscallGroup{
			{Action: seccomp.ActionAllow, Names: Syscalls(), NamesWithCondtions: conditional(pid)},
			// glibc takes ENOSYS as "use clone", whose flags a filter can see.
			{Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS), Names: []string{"clone3"}},
		},
	}
	allowlist, err := policy.Assemble()
	if err != nil {
		return nil, fmt.Errorf("assemble the filter: %w", err)
	}
	return bpf.Assemble(append(nativeOnly(native), allowlist...))
}

// Offsets into struct seccomp_data.
const (
	offsetNumber = 0
	offsetArch   = 4
)

// x32Bit marks the calls of amd64's x32 interface, whose numbers mean other calls.
const x32Bit = 0x40000000

// nativeOnly kills a process that calls the kernel through another architecture's interface (int 0x80, x32): no
// compiler that built us does that.
func nativeOnly(native *arch.Info) []bpf.Instruction {
	return []bpf.Instruction{
		bpf.LoadAbsolute{Off: offsetArch, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(native.ID), SkipTrue: 1},
		bpf.RetConstant{Val: uint32(seccomp.ActionKillProcess)},
		bpf.LoadAbsolute{Off: offsetNumber, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpLessThan, Val: x32Bit, SkipTrue: 1},
		bpf.RetConstant{Val: uint32(seccomp.ActionKillProcess)},
	}
}

// loadFilter puts the filter on every thread at once and tries it.
func loadFilter() (string, error) {
	program, err := filter(os.Getpid())
	if err != nil {
		return "", err
	}
	raw := make([]unix.SockFilter, len(program))
	for i, in := range program {
		raw[i] = unix.SockFilter{Code: in.Op, Jt: in.Jt, Jf: in.Jf, K: in.K}
	}
	fprog := unix.SockFprog{Len: uint16(len(raw)), Filter: &raw[0]}
	// With TSYNC the call also fails by returning the id of a thread that could not follow, which is why it is made
	// here and not by the library.
	thread, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&fprog)))
	if errno != 0 {
		return "", fmt.Errorf("seccomp(SECCOMP_SET_MODE_FILTER): %w", errno)
	}
	if thread != 0 {
		return "", fmt.Errorf("thread %d would not take the seccomp filter", thread)
	}
	return fmt.Sprintf("%d system calls", len(Syscalls())+len(conditional(0))), trySyscalls()
}
