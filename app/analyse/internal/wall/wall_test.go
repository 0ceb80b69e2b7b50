//go:build linux

package wall

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
)

func TestLayersSayWhatIsMissing(t *testing.T) {
	var all Layers
	for _, name := range Names() {
		all = append(all, Layer{Name: name, Holds: true})
	}
	if !all.Complete() || all.String() != strings.Join(Names(), ", ") {
		t.Errorf("%s, missing %v", all, all.Missing())
	}
	less := slices.Clone(all)
	less[4] = Layer{Name: Landlock, Detail: "switched off"}
	if less.Complete() || !slices.Equal(less.Missing(), []string{"landlock (switched off)"}) || !strings.HasSuffix(less.String(), "; missing: landlock (switched off)") {
		t.Errorf("%s", less)
	}
	if unheard := all[:5]; !slices.Equal(unheard.Missing(), []string{Seccomp}) {
		t.Errorf("a layer that was not mentioned: %v", unheard.Missing())
	}
}

// TestFilterDecides runs the very program that the kernel gets, in the interpreter of golang.org/x/net/bpf.
func TestFilterDecides(t *testing.T) {
	native, err := arch.GetInfo("")
	if err != nil {
		t.Fatal(err)
	}
	const self = 4242
	program, err := filter(self)
	if err != nil {
		t.Fatal(err)
	}
	instructions, ok := bpf.Disassemble(program)
	if !ok {
		t.Fatal("the program cannot be read back")
	}
	machine, err := bpf.NewVM(instructions)
	if err != nil {
		t.Fatal(err)
	}
	const (
		allow  = uint32(seccomp.ActionAllow)
		eperm  = uint32(seccomp.ActionErrno) | uint32(unix.EPERM)
		enosys = uint32(seccomp.ActionErrno) | uint32(unix.ENOSYS)
		kill   = uint32(seccomp.ActionKillProcess)
	)
	goThread := uint64(unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_SYSVSEM | unix.CLONE_THREAD)
	for _, c := range []struct {
		what string
		arch uint32
		call uint32
		args []uint64
		want uint32
	}{
		{"reading", uint32(native.ID), unix.SYS_READ, nil, allow},
		{"ending", uint32(native.ID), unix.SYS_EXIT_GROUP, nil, allow},
		{"opening", uint32(native.ID), unix.SYS_OPENAT, nil, eperm},
		{"a call of the far future", uint32(native.ID), 5000, nil, eperm},
		{"clone3", uint32(native.ID), unix.SYS_CLONE3, nil, enosys},
		{"a thread of the Go runtime", uint32(native.ID), unix.SYS_CLONE, []uint64{goThread}, allow},
		{"a thread of the C library", uint32(native.ID), unix.SYS_CLONE, []uint64{threadFlags}, allow},
		{"a process", uint32(native.ID), unix.SYS_CLONE, []uint64{uint64(unix.SIGCHLD)}, eperm},
		{"a process that shares memory", uint32(native.ID), unix.SYS_CLONE, []uint64{unix.CLONE_VM | unix.CLONE_VFORK}, eperm},
		{"a thread in a new mount namespace", uint32(native.ID), unix.SYS_CLONE, []uint64{goThread | unix.CLONE_NEWNS}, eperm},
		{"a thread with bits above the 32nd", uint32(native.ID), unix.SYS_CLONE, []uint64{goThread | 1<<40}, eperm},
		{"memory", uint32(native.ID), unix.SYS_MMAP, []uint64{0, 1, unix.PROT_READ | unix.PROT_WRITE, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS}, allow},
		{"executable memory", uint32(native.ID), unix.SYS_MMAP, []uint64{0, 1, unix.PROT_EXEC, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS}, eperm},
		{"shared memory", uint32(native.ID), unix.SYS_MMAP, []uint64{0, 1, unix.PROT_READ, unix.MAP_SHARED}, eperm},
		{"memory made executable", uint32(native.ID), unix.SYS_MPROTECT, []uint64{0, 1, unix.PROT_READ | unix.PROT_EXEC}, eperm},
		{"a signal to itself", uint32(native.ID), unix.SYS_TGKILL, []uint64{self, 1, 10}, allow},
		{"a signal to another", uint32(native.ID), unix.SYS_TGKILL, []uint64{self + 1, 1, 10}, eperm},
		{"a name for memory", uint32(native.ID), unix.SYS_PRCTL, []uint64{unix.PR_SET_VMA}, allow},
		{"becoming dumpable", uint32(native.ID), unix.SYS_PRCTL, []uint64{unix.PR_SET_DUMPABLE, 1}, eperm},
		{"another architecture", unix.AUDIT_ARCH_I386, unix.SYS_READ, nil, kill},
		{"x32", uint32(native.ID), x32Bit | unix.SYS_READ, nil, kill},
	} {
		got, err := machine.Run(callData(c.arch, c.call, c.args))
		if err != nil || uint32(got) != c.want {
			t.Errorf("%s: %#x (%v), want %#x", c.what, uint32(got), err, c.want)
		}
	}
}

// callData is struct seccomp_data with its words in the byte order of network packets, which is what the interpreter
// reads.
func callData(architecture, call uint32, args []uint64) []byte {
	data := make([]byte, 64)
	put := func(at int, v uint32) {
		data[at], data[at+1], data[at+2], data[at+3] = byte(v>>24), byte(v>>16), byte(v>>8), byte(v)
	}
	put(offsetNumber, call)
	put(offsetArch, architecture)
	for i, arg := range args {
		put(16+8*i, uint32(arg)) // the low word comes first, as on every machine that we support
		put(20+8*i, uint32(arg>>32))
	}
	return data
}

func TestSyscallsAreFew(t *testing.T) {
	if n := len(Syscalls()); n > 32 {
		t.Errorf("%d system calls are allowed without condition; every one more needs a reason", n)
	}
	for _, never := range []string{"open", "openat", "socket", "connect", "execve", "fork", "vfork", "clone", "clone3", "ptrace", "kill", "ioctl", "dup", "recvmsg", "sendmsg", "mmap", "mprotect", "prctl"} {
		if slices.Contains(Syscalls(), never) {
			t.Errorf("%s is allowed whatever its arguments", never)
		}
	}
}
