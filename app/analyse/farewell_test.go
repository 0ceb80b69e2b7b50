//go:build linux

package analyse

import (
	"io"
	"os"
	"syscall"
	"testing"
)

func TestWhatAChildSaidBeforeItEndedIsRead(t *testing.T) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, child := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "child")
	defer ours.Close()
	if _, err := child.WriteString("last words"); err != nil {
		t.Fatal(err)
	}
	if _, err := ours.WriteString("an answer that nobody reads"); err != nil {
		t.Fatal(err)
	}
	if err := child.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ours.WriteString("too late"); !isGone(err) {
		t.Errorf("a write to a child that ended: %v", err)
	}
	if said, err := io.ReadAll(farewell{ours}); string(said) != "last words" || err != nil {
		t.Errorf("read %q, %v", said, err)
	}
}
