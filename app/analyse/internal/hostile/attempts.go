//go:build linux

package hostile

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/assay-app/assay/checks"
)

// attempt is a system call that would do harm.
type attempt struct {
	name string
	call uintptr
	args [6]uintptr
}

// str is a C string that lives as long as the process.
func str(s string) uintptr {
	b := append([]byte(s), 0)
	kept = append(kept, b)
	return uintptr(unsafe.Pointer(&b[0]))
}

// kept holds memory that only system calls know of.
var kept [][]byte

func bytesAt(b []byte) uintptr {
	kept = append(kept, b)
	return uintptr(unsafe.Pointer(&b[0]))
}

const atCWD = ^uintptr(99) // AT_FDCWD is -100

// attempts lists them with real arguments: unrefused, most would go through, at least as root.
func attempts() []attempt {
	parent := uintptr(os.Getppid())
	proc := "/proc/" + strconv.Itoa(int(parent))
	iov := bytesAt(make([]byte, 64))
	buffer := bytesAt(make([]byte, 4096))
	argv := bytesAt(make([]byte, 16))
	return []attempt{
		{"open a file for reading", unix.SYS_OPENAT, [6]uintptr{atCWD, str("/etc/passwd"), unix.O_RDONLY}},
		{"open a file for writing", unix.SYS_OPENAT, [6]uintptr{atCWD, str("/tmp/assay-hostile"), unix.O_WRONLY | unix.O_CREAT, 0o600}},
		{"open a directory", unix.SYS_OPENAT, [6]uintptr{atCWD, str("/"), unix.O_RDONLY | unix.O_DIRECTORY}},
		{"open a path handle", unix.SYS_OPENAT, [6]uintptr{atCWD, str("/"), unix.O_PATH}},
		{"openat2", unix.SYS_OPENAT2, [6]uintptr{atCWD, str("/etc/passwd"), buffer, 24}},
		{"read the parent's environment", unix.SYS_OPENAT, [6]uintptr{atCWD, str(proc + "/environ"), unix.O_RDONLY}},
		{"read the parent's memory file", unix.SYS_OPENAT, [6]uintptr{atCWD, str(proc + "/mem"), unix.O_RDWR}},
		{"read its own memory file", unix.SYS_OPENAT, [6]uintptr{atCWD, str("/proc/self/mem"), unix.O_RDWR}},
		{"open by handle", unix.SYS_OPEN_BY_HANDLE_AT, [6]uintptr{atCWD, buffer, 0}},
		{"read a link", unix.SYS_READLINKAT, [6]uintptr{atCWD, str("/proc/self/exe"), buffer, 100}},
		{"look at a file", unix.SYS_FACCESSAT, [6]uintptr{atCWD, str("/etc/passwd"), 0}},
		{"statx", unix.SYS_STATX, [6]uintptr{atCWD, str("/etc/passwd"), 0, 0, buffer}},
		{"remove a file", unix.SYS_UNLINKAT, [6]uintptr{atCWD, str("/tmp/assay-hostile"), 0}},
		{"make a directory", unix.SYS_MKDIRAT, [6]uintptr{atCWD, str("/tmp/assay-hostile"), 0o700}},
		{"rename a file", unix.SYS_RENAMEAT2, [6]uintptr{atCWD, str("/tmp/a"), atCWD, str("/tmp/b"), 0}},
		{"make a link", unix.SYS_SYMLINKAT, [6]uintptr{str("/etc/passwd"), atCWD, str("/tmp/assay-hostile")}},
		{"change a mode", unix.SYS_FCHMODAT, [6]uintptr{atCWD, str("/tmp"), 0o777}},
		{"truncate a file", unix.SYS_TRUNCATE, [6]uintptr{str("/tmp/assay-hostile"), 0}},
		{"change directory", unix.SYS_CHDIR, [6]uintptr{str("/tmp")}},
		{"change root", unix.SYS_CHROOT, [6]uintptr{str("/tmp")}},
		{"watch files", unix.SYS_INOTIFY_INIT1, [6]uintptr{}},

		{"TCP socket", unix.SYS_SOCKET, [6]uintptr{unix.AF_INET, unix.SOCK_STREAM}},
		{"TCP socket over IPv6", unix.SYS_SOCKET, [6]uintptr{unix.AF_INET6, unix.SOCK_STREAM}},
		{"UDP socket", unix.SYS_SOCKET, [6]uintptr{unix.AF_INET, unix.SOCK_DGRAM}},
		{"unix socket", unix.SYS_SOCKET, [6]uintptr{unix.AF_UNIX, unix.SOCK_STREAM}},
		{"pair of sockets", unix.SYS_SOCKETPAIR, [6]uintptr{unix.AF_UNIX, unix.SOCK_STREAM, 0, buffer}},
		{"netlink socket", unix.SYS_SOCKET, [6]uintptr{unix.AF_NETLINK, unix.SOCK_RAW}},
		{"packet socket", unix.SYS_SOCKET, [6]uintptr{unix.AF_PACKET, unix.SOCK_RAW}},
		{"vsock socket", unix.SYS_SOCKET, [6]uintptr{unix.AF_VSOCK, unix.SOCK_STREAM}},
		{"connect", unix.SYS_CONNECT, [6]uintptr{3, buffer, 16}},
		{"bind", unix.SYS_BIND, [6]uintptr{3, buffer, 16}},
		{"pass a descriptor to the parent", unix.SYS_SENDMSG, [6]uintptr{3, buffer, 0}},
		{"take a descriptor from the parent", unix.SYS_RECVMSG, [6]uintptr{3, buffer, 0}},
		{"shut the socket down", unix.SYS_SHUTDOWN, [6]uintptr{3, 2}},
		{"duplicate a descriptor", unix.SYS_DUP, [6]uintptr{3}},
		{"close a descriptor", unix.SYS_CLOSE, [6]uintptr{3}},
		{"change a descriptor", unix.SYS_FCNTL, [6]uintptr{3, unix.F_SETFL, unix.O_NONBLOCK}},
		{"ioctl", unix.SYS_IOCTL, [6]uintptr{0, unix.TIOCSTI, buffer}},
		{"a pipe", unix.SYS_PIPE2, [6]uintptr{buffer, 0}},

		{"start a program", unix.SYS_EXECVE, [6]uintptr{str("/bin/true"), argv, argv}},
		{"start a program by descriptor", unix.SYS_EXECVEAT, [6]uintptr{atCWD, str("/bin/true"), argv, argv, 0}},
		{"trace the parent", unix.SYS_PTRACE, [6]uintptr{unix.PTRACE_ATTACH, parent}},
		{"seize the parent", unix.SYS_PTRACE, [6]uintptr{unix.PTRACE_SEIZE, parent}},
		{"read the parent's memory", unix.SYS_PROCESS_VM_READV, [6]uintptr{parent, iov, 1, iov, 1}},
		{"write the parent's memory", unix.SYS_PROCESS_VM_WRITEV, [6]uintptr{parent, iov, 1, iov, 1}},
		{"signal the parent", unix.SYS_KILL, [6]uintptr{parent, uintptr(unix.SIGWINCH)}},
		{"signal everyone", unix.SYS_KILL, [6]uintptr{^uintptr(0), uintptr(unix.SIGWINCH)}},
		{"signal the parent's thread", unix.SYS_TGKILL, [6]uintptr{parent, parent, uintptr(unix.SIGWINCH)}},
		{"signal a thread", unix.SYS_TKILL, [6]uintptr{parent, uintptr(unix.SIGWINCH)}},
		{"queue a signal", unix.SYS_RT_SIGQUEUEINFO, [6]uintptr{parent, uintptr(unix.SIGWINCH), buffer}},
		{"hold the parent", unix.SYS_PIDFD_OPEN, [6]uintptr{parent}},
		{"take the parent's descriptor", unix.SYS_PIDFD_GETFD, [6]uintptr{3, 0}},
		{"compare processes", unix.SYS_KCMP, [6]uintptr{parent, parent, 0, 0, 0}},
		{"limit the parent", unix.SYS_PRLIMIT64, [6]uintptr{parent, unix.RLIMIT_NOFILE, 0, buffer}},
		{"raise its own limits", unix.SYS_PRLIMIT64, [6]uintptr{0, unix.RLIMIT_DATA, buffer, 0}},

		{"a thread in a new mount namespace", unix.SYS_CLONE, [6]uintptr{unix.CLONE_VM | unix.CLONE_SIGHAND | unix.CLONE_THREAD | unix.CLONE_NEWNS}},
		{"a process in a new user namespace", unix.SYS_CLONE, [6]uintptr{unix.CLONE_NEWUSER | uintptr(unix.SIGCHLD)}},
		{"new namespaces", unix.SYS_UNSHARE, [6]uintptr{unix.CLONE_NEWUSER | unix.CLONE_NEWNET}},
		{"join a namespace", unix.SYS_SETNS, [6]uintptr{3, 0}},
		{"mount", unix.SYS_MOUNT, [6]uintptr{str("none"), str("/tmp"), str("tmpfs"), 0, 0}},
		{"mount anew", unix.SYS_FSOPEN, [6]uintptr{str("tmpfs"), 0}},
		{"unmount", unix.SYS_UMOUNT2, [6]uintptr{str("/proc"), unix.MNT_DETACH}},
		{"pivot root", unix.SYS_PIVOT_ROOT, [6]uintptr{str("/"), str("/tmp")}},

		{"io_uring", unix.SYS_IO_URING_SETUP, [6]uintptr{8, buffer}},
		{"anonymous file", unix.SYS_MEMFD_CREATE, [6]uintptr{str("x"), 0}},
		{"secret memory", unix.SYS_MEMFD_SECRET, [6]uintptr{}},
		{"bpf", unix.SYS_BPF, [6]uintptr{0, buffer, 48}},
		{"perf events", unix.SYS_PERF_EVENT_OPEN, [6]uintptr{buffer, 0, 0, 0, 0}},
		{"userfaultfd", unix.SYS_USERFAULTFD, [6]uintptr{}},
		{"keys", unix.SYS_KEYCTL, [6]uintptr{}},
		{"load a module", unix.SYS_INIT_MODULE, [6]uintptr{buffer, 1, buffer}},
		{"load another kernel", unix.SYS_KEXEC_LOAD, [6]uintptr{}},
		{"change the clock", unix.SYS_CLOCK_SETTIME, [6]uintptr{unix.CLOCK_REALTIME, bytesAt(make([]byte, 16))}},
		{"adjust the clock", unix.SYS_ADJTIMEX, [6]uintptr{bytesAt(make([]byte, 208))}},
		{"rename the machine", unix.SYS_SETHOSTNAME, [6]uintptr{str("x"), 1}},
		{"restart the machine", unix.SYS_REBOOT, [6]uintptr{0, 0, 0}}, // wrong magic: harmless if allowed
		{"become another user", unix.SYS_SETRESUID, [6]uintptr{0, 0, 0}},
		{"set capabilities", unix.SYS_CAPSET, [6]uintptr{buffer, buffer}},
		{"become dumpable", unix.SYS_PRCTL, [6]uintptr{unix.PR_SET_DUMPABLE, 1}},
		{"outlive the parent", unix.SYS_PRCTL, [6]uintptr{unix.PR_SET_PDEATHSIG, 0}},
		{"let anyone trace it", unix.SYS_PRCTL, [6]uintptr{unix.PR_SET_PTRACER, ^uintptr(0)}},
		{"another personality", unix.SYS_PERSONALITY, [6]uintptr{0x0400000}}, // READ_IMPLIES_EXEC
		{"another filter", unix.SYS_SECCOMP, [6]uintptr{2, 0, 0}},            // SECCOMP_GET_ACTION_AVAIL
		{"leave the session", unix.SYS_SETSID, [6]uintptr{}},
		{"leave the process group", unix.SYS_SETPGID, [6]uintptr{0, 0}},
		{"shared memory segment", unix.SYS_SHMGET, [6]uintptr{0, 4096, 0o1600}},
		{"message queue", unix.SYS_MQ_OPEN, [6]uintptr{str("/x"), unix.O_CREAT | unix.O_RDWR, 0o600, 0}},
		{"executable memory", unix.SYS_MMAP, [6]uintptr{0, 4096, unix.PROT_READ | unix.PROT_EXEC, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS, ^uintptr(0)}},
		{"memory made executable", unix.SYS_MPROTECT, [6]uintptr{buffer &^ 4095, 4096, unix.PROT_READ | unix.PROT_WRITE | unix.PROT_EXEC}},
		{"memory made executable with a key", unix.SYS_PKEY_MPROTECT, [6]uintptr{buffer &^ 4095, 4096, unix.PROT_READ | unix.PROT_WRITE | unix.PROT_EXEC, ^uintptr(0)}},
		{"shared memory that no limit counts", unix.SYS_MMAP, [6]uintptr{0, 4096, unix.PROT_READ, unix.MAP_SHARED | unix.MAP_ANONYMOUS, ^uintptr(0)}},
		{"huge pages that no limit counts", unix.SYS_MMAP, [6]uintptr{0, 2 << 20, unix.PROT_READ, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS | unix.MAP_HUGETLB, ^uintptr(0)}},
		{"fork", unix.SYS_CLONE, [6]uintptr{uintptr(unix.SIGCHLD)}},
		{"clone3", unix.SYS_CLONE3, [6]uintptr{buffer, 64}},
	}
}

// try makes an attempt and says how it was answered. A fork that went through ends at once on its side.
func (a attempt) try() string {
	result, _, errno := unix.RawSyscall6(a.call, a.args[0], a.args[1], a.args[2], a.args[3], a.args[4], a.args[5])
	if errno != 0 {
		return unix.ErrnoName(errno)
	}
	if a.call == unix.SYS_CLONE && result == 0 {
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	return fmt.Sprintf("went through: %d", result)
}

func attemptAll(context.Context, *checks.Change) (checks.Report, error) {
	var report checks.Report
	for _, a := range append(attempts(), nativeAttempts()...) {
		report.Evidence = append(report.Evidence, evidence(a.name, a.try()))
	}
	return report, nil
}

// attemptOnNewThreads makes the first attempt on many threads at once, most of them started after the wall.
func attemptOnNewThreads(context.Context, *checks.Change) (checks.Report, error) {
	const threads = 32
	a := attempts()[0]
	var ready, done sync.WaitGroup
	ready.Add(threads)
	results := make([]string, threads)
	for i := range threads {
		done.Go(func() {
			runtime.LockOSThread()
			ready.Done()
			ready.Wait()
			results[i] = a.try()
		})
	}
	done.Wait()
	var report checks.Report
	for i, result := range results {
		report.Evidence = append(report.Evidence, evidence(fmt.Sprintf("thread %d", i), result))
	}
	return report, nil
}

// writeToDescriptors writes a byte to every descriptor that could have been inherited. The runtime's own refuse so few.
func writeToDescriptors(context.Context, *checks.Change) (checks.Report, error) {
	var report checks.Report
	for fd := 4; fd < 1024; fd++ {
		if _, err := unix.Write(fd, []byte("x")); err == nil {
			report.Evidence = append(report.Evidence, evidence(strconv.Itoa(fd), "went through"))
		}
	}
	return report, nil
}
