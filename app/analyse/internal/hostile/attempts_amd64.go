//go:build linux

package hostile

import (
	"context"
	"os"

	"golang.org/x/sys/unix"

	"github.com/assay-app/assay/checks"
)

// nativeAttempts are calls that only amd64 has.
func nativeAttempts() []attempt {
	return []attempt{
		{"open as of old", unix.SYS_OPEN, [6]uintptr{str("/etc/passwd"), unix.O_RDONLY}},
		{"create as of old", unix.SYS_CREAT, [6]uintptr{str("/tmp/assay-hostile"), 0o600}},
		{"stat as of old", unix.SYS_STAT, [6]uintptr{str("/etc/passwd"), bytesAt(make([]byte, 256))}},
		{"fork as of old", unix.SYS_FORK, [6]uintptr{}},
		{"input and output ports", unix.SYS_IOPL, [6]uintptr{3}},
		{"descriptor table", unix.SYS_MODIFY_LDT, [6]uintptr{0, bytesAt(make([]byte, 256)), 256}},
		{"segment registers", unix.SYS_ARCH_PRCTL, [6]uintptr{0x1004, bytesAt(make([]byte, 8))}}, // ARCH_GET_GS
	}
}

// x32Getpid is getpid through amd64's x32 interface.
const x32Getpid = 0x40000000 | unix.SYS_GETPID

// foreignABI calls the kernel through another interface, where numbers mean other calls.
func foreignABI(context.Context, *checks.Change) (checks.Report, error) {
	unix.RawSyscall(x32Getpid, 0, 0, 0)
	return checks.Report{Evidence: []checks.Evidence{evidence("x32", "went through in "+os.Args[0])}}, nil
}
