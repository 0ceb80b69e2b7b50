//go:build linux

package analyse

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"syscall"
)

// What a panic carries may quote the file that caused it, and a reason is shown to people and logged. So only the
// runtime's own words are passed on, and where it happened.

// panicReason describes a recovered panic.
func panicReason(value any) string {
	reason := fmt.Sprintf("crashed: panic with a %T", value)
	if err, ok := value.(runtime.Error); ok {
		reason = "crashed: " + short(err.Error())
	}
	if place := panicPlace(); place != "" {
		reason += " in " + place
	}
	return reason
}

// panicPlace is the first function of ours below the panic.
func panicPlace() string {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	panicked := false
	for {
		frame, more := frames.Next()
		switch {
		case frame.Function == "runtime.gopanic":
			panicked = true
		case panicked && strings.HasPrefix(frame.Function, ourPackages):
			return strings.TrimPrefix(frame.Function, ourPackages)
		}
		if !more {
			return ""
		}
	}
}

const ourPackages = "github.com/assay-app/assay/"

var (
	// crashWords are the lines with which the Go runtime begins to die. Whatever else stands on standard error was
	// written by someone else.
	crashWords = regexp.MustCompile(`(?m)^(?:panic: (runtime error: [\x20-\x7e]{1,120})|fatal error: ([\x20-\x7e]{1,120})|(SIG[A-Z]{2,8}: [a-z ]{1,40})$|runtime/cgo: (pthread_create failed))`)
	crashPlace = regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(ourPackages) + `([A-Za-z0-9_./()*]{1,120})\(`)
	anyPanic   = regexp.MustCompile(`(?m)^panic: `)
	noMemory   = regexp.MustCompile(`(?m)^(?:fatal error: (?:runtime: )?(?:out of memory|cannot allocate memory|cannot map pages)|runtime: (?:out of memory|cannot allocate)|runtime/cgo: out of memory)`)
)

// deathReason says why a child ended, from how it went and its last words.
func deathReason(state *os.ProcessState, stderr string) string {
	if noMemory.MatchString(stderr) {
		return reasonNoMemory
	}
	reason := ""
	if words := crashWords.FindStringSubmatch(stderr); words != nil {
		reason = "crashed: " + strings.Join(words[1:], "")
	} else if anyPanic.MatchString(stderr) {
		reason = "crashed: panic"
	}
	if reason != "" {
		if place := crashPlace.FindStringSubmatch(stderr); place != nil {
			reason += " in " + place[1]
		}
		return reason
	}
	return stateReason(state)
}

const reasonNoMemory = "needed more memory than it is allowed"

func stateReason(state *os.ProcessState) string {
	status, ok := state.Sys().(syscall.WaitStatus)
	switch {
	case ok && status.Signaled() && status.Signal() == syscall.SIGKILL:
		return "was killed from outside, perhaps because this machine ran out of memory"
	case ok && status.Signaled() && status.Signal() == syscall.SIGXCPU:
		return "used up its processor time"
	case ok && status.Signaled() && status.Signal() == syscall.SIGSYS:
		return "made a system call of another architecture"
	case ok && status.Signaled():
		return "crashed: " + status.Signal().String()
	}
	switch state.ExitCode() {
	case exitNoWall:
		return "the sandbox is not complete"
	case exitParent, exitUnknown:
		return "could not talk to its parent"
	}
	return fmt.Sprintf("ended by itself with status %d", state.ExitCode())
}
