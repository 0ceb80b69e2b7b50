package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// buildBinary builds the program as it is shipped.
func buildBinary(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "assay")
	build := exec.Command("go", "build", "-ldflags", "-X main.version=v9.8.7 -X main.commit=cafe", "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	return binary
}

// openTerminal gives both ends of a pseudo-terminal of 60 columns.
func openTerminal(t *testing.T) (master, terminal *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 60})
	}
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, terminal
}

// onTerminal runs the binary with its output on a terminal and gives all that it wrote there.
func onTerminal(t *testing.T, binary string, env []string, args ...string) string {
	t.Helper()
	master, terminal := openTerminal(t)
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), append([]string{"NO_COLOR=", "TERM=xterm", "XDG_STATE_HOME=" + t.TempDir()}, env...)...)
	cmd.Stdout, cmd.Stderr = terminal, terminal
	written := make(chan string, 1)
	go func() {
		var all bytes.Buffer
		_, _ = all.ReadFrom(master) // ends with EIO when the last process has left the terminal
		written <- all.String()
	}()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	terminal.Close()
	return <-written
}

func TestBinaryAtATerminal(t *testing.T) {
	binary := buildBinary(t)
	dir := folder(t, map[string]string{"a.py": keyLine("a")})

	shown := onTerminal(t, binary, nil, "scan", dir)
	if !strings.Contains(shown, "\x1b[1;97;41mcritical") {
		t.Errorf("the severity is not coloured: %q", shown)
	}
	if !strings.Contains(shown, "looking at 1 file …\r\x1b[K") {
		t.Errorf("no progress is shown and taken away: %q", shown)
	}
	if !strings.Contains(shown, " s\r\n") {
		t.Errorf("the time is not said: %q", shown)
	}
	for line := range strings.Lines(shown) {
		if strings.Contains(line, "│") && len([]rune(strings.TrimSpace(colourless(line)))) > 60 {
			t.Errorf("wider than the terminal: %q", line)
		}
	}
	for name, env := range map[string]string{"NO_COLOR": "NO_COLOR=1", "a dumb terminal": "TERM=dumb"} {
		if shown := onTerminal(t, binary, []string{env}, "scan", dir); strings.Contains(shown, "\x1b[1;") {
			t.Errorf("with %s it is coloured: %q", name, shown)
		}
	}

	t.Run("keeps the promise of exit codes", func(t *testing.T) {
		for _, test := range []struct {
			args []string
			want int
		}{
			{[]string{"scan", folder(t, map[string]string{"a.py": "x\n"})}, 0}, {[]string{"scan", dir}, 1}, {[]string{"scan"}, 2},
			{[]string{childCommand}, 11}, // it is of no use to people, and says so
		} {
			cmd := exec.Command(binary, test.args...)
			out, _ := cmd.CombinedOutput()
			if got := cmd.ProcessState.ExitCode(); got != test.want {
				t.Errorf("%v: exit %d, want %d: %s", test.args, got, test.want, out)
			}
		}
	})
	t.Run("says its version", func(t *testing.T) {
		out, err := exec.Command(binary, "version").Output()
		if err != nil || !strings.HasPrefix(string(out), "assay v9.8.7 (commit cafe, go") {
			t.Errorf("%v: %s", err, out)
		}
	})
}

// colourless takes the colours out of a line.
func colourless(line string) string {
	var out strings.Builder
	for i, part := range strings.Split(line, "\x1b[") {
		if i > 0 {
			_, part, _ = strings.Cut(part, "m")
		}
		out.WriteString(part)
	}
	return out.String()
}
