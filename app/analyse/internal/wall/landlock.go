//go:build linux

package wall

import (
	"errors"
	"fmt"
	"os"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// The Landlock versions that brought what [restrictWithLandlock] tries.
const (
	abiFiles  = 1
	abiTCP    = 4
	abiScopes = 6
)

// restrictWithLandlock allows nothing of all that this kernel's Landlock knows, on every thread. Older kernels know
// less; the detail says how far it reaches, and seccomp stops the rest by itself.
func restrictWithLandlock() (string, error) {
	abi, err := ll.LandlockGetABIVersion()
	if err == nil && abi < abiFiles {
		err = unix.ENOSYS
	}
	if err != nil {
		return "", fmt.Errorf("this kernel has no Landlock, or it is switched off (add landlock to the lsm= boot parameter): %w", err)
	}
	if err := landlock.V11.BestEffort().Restrict(); err != nil {
		return "", err
	}
	detail := fmt.Sprintf("version %d: files", abi)
	if err := tryFiles(); err != nil {
		return "", err
	}
	if abi >= abiTCP {
		detail += ", TCP"
		if err := tryTCP(); err != nil {
			return "", err
		}
	}
	if abi >= abiScopes {
		detail += ", signals, abstract sockets"
		if err := trySignal(); err != nil {
			return "", err
		}
	}
	return detail, nil
}

func tryFiles() error {
	for _, name := range []string{"/", "/proc/self/exe", "/etc/passwd"} {
		fd, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			_ = unix.Close(fd)
		}
		if !errors.Is(err, unix.EACCES) && !errors.Is(err, unix.ENOENT) {
			return refusal("opening "+name, err)
		}
	}
	return nil
}

func tryTCP() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil // no such sockets here at all
	}
	defer unix.Close(fd)
	// Port 9 of this host discards what it gets, and nearly never listens.
	err = unix.Connect(fd, &unix.SockaddrInet4{Port: 9, Addr: [4]byte{127, 0, 0, 1}})
	if !errors.Is(err, unix.EACCES) {
		return refusal("connecting to 127.0.0.1", err)
	}
	return nil
}

func trySignal() error {
	err := unix.Kill(os.Getppid(), 0)
	if !errors.Is(err, unix.EPERM) {
		return refusal("signalling the parent", err)
	}
	return nil
}
