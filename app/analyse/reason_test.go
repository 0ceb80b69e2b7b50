//go:build linux

package analyse

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDeathReasonQuotesOnlyTheRuntime: last words are shown to people, and may have been chosen by an attacker.
func TestDeathReasonQuotesOnlyTheRuntime(t *testing.T) {
	command := exec.Command("/bin/sh", "-c", "exit 7")
	_ = command.Run()
	secret := "sk-" + "ant-not-to-be-shown"
	for name, c := range map[string]struct{ stderr, want string }{
		"a runtime error":         {"panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1:\n" + ourPackages + "checks/code.(*Parser).next(...)\n", "crashed: runtime error: index out of range [5] with length 3 in checks/code.(*Parser).next"},
		"a panic with a value":    {"panic: cannot parse " + secret + "\n", "crashed: panic"},
		"a fault in C":            {"SIGSEGV: segmentation violation\nPC=0x1\n", "crashed: SIGSEGV: segmentation violation"},
		"no memory":               {"runtime: out of memory: cannot allocate 4194304-byte block\n", reasonNoMemory},
		"a program of its own":    {"<script>" + secret + "</script>\n", "ended by itself with status 7"},
		"nothing":                 {"", "ended by itself with status 7"},
		"a signal that says more": {"SIGSEGV: " + secret + " [click](here)\n", "ended by itself with status 7"},
		"a place with markup":     {"panic: runtime error: x\n" + ourPackages + "[a](b)(\n", "crashed: runtime error: x"},
	} {
		t.Run(name, func(t *testing.T) {
			got := deathReason(command.ProcessState, c.stderr)
			if got != c.want || strings.Contains(got, secret) {
				t.Errorf("said %q, want %q", got, c.want)
			}
		})
	}
}

func TestLastWordsAreBounded(t *testing.T) {
	var words lastWordsOf
	for range 100 {
		if n, err := words.Write(make([]byte, 10_000)); n != 10_000 || err != nil {
			t.Fatalf("the writer would be stopped: %d, %v", n, err)
		}
	}
	if n := len(words.text()); n != maxLastWords {
		t.Errorf("%d bytes were kept", n)
	}
}
