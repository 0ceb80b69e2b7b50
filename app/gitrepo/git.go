package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// oldestGit is the first version whose cat-file, diff-tree and fetch are known to do all that this package asks of
// them; it is what Debian 12 ships.
var oldestGit = [2]int{2, 39}

// maxStderr is how much of what git complains about is kept.
const maxStderr = 64 << 10

// killDelay is how long a killed git may take to let go of its pipes.
const killDelay = 5 * time.Second

// git runs the git program: by absolute path, without a shell, in an environment built from nothing. Nothing that the
// machine, the user or a repository configures can make it start another program, and only what fetch permits lets it
// open a connection.
type git struct {
	program string
	dir     string    // GIT_DIR; empty to let git find the repository from cwd
	cwd     string    // empty for the process's own
	env     []string  // in addition to the base, such as GIT_OBJECT_DIRECTORY
	config  []setting // in addition to the base
	allow   string    // the protocols that may be spoken, as GIT_ALLOW_PROTOCOL wants them
	redact  []string  // what must never be seen in an error
	extra   []*os.File
}

// setting is one configuration value. Settings reach git in its environment, which other users cannot read, and not
// in its arguments, which they can.
type setting struct{ key, value string }

// safeConfig disarms what could run a program, follow a redirect or do work behind the back of a fetch. Settings given
// in the environment win over every file, those of a hostile repository included.
func safeConfig() []setting {
	return []setting{
		{"core.hooksPath", os.DevNull},
		{"core.fsmonitor", "false"},
		{"core.attributesFile", os.DevNull},
		{"core.excludesFile", os.DevNull},
		{"core.askPass", ""},
		{"core.sshCommand", "false"},
		{"core.pager", "cat"},
		{"credential.helper", ""},
		{"diff.external", ""},
		{"protocol.allow", "never"},
		{"submodule.recurse", "false"},
		{"fetch.recurseSubmodules", "no"},
		{"fetch.fsckObjects", "false"}, // GitHub is full of old trees with odd modes; our own readers are strict instead
		{"fetch.writeCommitGraph", "false"},
		{"fetch.unpackLimit", "1"},
		{"gc.auto", "0"},
		{"maintenance.auto", "false"},
		// Above this size git streams a blob and calls it binary; no blob that is read here is larger.
		{"core.bigFileThreshold", strconv.Itoa(MaxBlob)},
		{"http.followRedirects", "false"},
		{"http.proxy", ""},
		{"http.lowSpeedLimit", "1000"}, // bytes a second, for as long as the next line says: then the peer is gone
		{"http.lowSpeedTime", "60"},
	}
}

// findGit finds the git program and refuses one that is too old.
func findGit(ctx context.Context) (git, error) {
	found, err := exec.LookPath("git")
	if err != nil {
		return git{}, errors.New("git is not installed, or not in PATH: install git 2.39 or newer")
	}
	program, err := filepath.Abs(found)
	if err != nil {
		return git{}, fmt.Errorf("find git: %w", err)
	}
	g := git{program: program}
	out, err := g.output(ctx, nil, "--version")
	if err != nil {
		return git{}, fmt.Errorf("ask %s for its version: %w", program, err)
	}
	return g, checkVersion(string(out))
}

var versionPattern = regexp.MustCompile(`^git version (\d{1,4})\.(\d{1,4})`)

func checkVersion(line string) error {
	m := versionPattern.FindStringSubmatch(line)
	if m == nil {
		return fmt.Errorf("git says %.80q where its version was expected", line)
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	if major < oldestGit[0] || major == oldestGit[0] && minor < oldestGit[1] {
		return fmt.Errorf("git %s.%s is too old: install git %d.%d or newer", m[1], m[2], oldestGit[0], oldestGit[1])
	}
	return nil
}

// environ is the whole environment of a git process.
func (g git) environ() []string {
	env := []string{
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_ATTR_NOSYSTEM=1",
		"HOME=" + os.DevNull + "/none", // cannot exist
		"XDG_CONFIG_HOME=" + os.DevNull + "/none",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_NO_REPLACE_OBJECTS=1",
		"LC_ALL=C",
	}
	// GIT_ALLOW_PROTOCOL beats the protocol.*.allow of any configuration file, and so also keeps gits older than 2.45,
	// which do not know GIT_NO_LAZY_FETCH, from fetching what they miss.
	if g.allow == "" {
		env = append(env, "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1")
	} else {
		env = append(env, "GIT_ALLOW_PROTOCOL="+g.allow)
	}
	if g.dir != "" {
		env = append(env, "GIT_DIR="+g.dir)
	}
	env = append(env, g.env...)
	settings := append(safeConfig(), g.config...)
	env = append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(len(settings)))
	for i, s := range settings {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, s.key), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, s.value))
	}
	return env
}

// command prepares a git process in a process group of its own, which is killed as a whole when ctx ends.
func (g git) command(ctx context.Context, args ...string) (*exec.Cmd, *stderr) {
	cmd := exec.CommandContext(ctx, g.program, args...)
	cmd.Dir = g.cwd
	cmd.Env = g.environ()
	cmd.ExtraFiles = g.extra
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = killDelay
	complaints := &stderr{redact: g.redact}
	cmd.Stderr = complaints
	return cmd, complaints
}

// output runs git to its end and returns what it wrote, which must be small.
func (g git) output(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	var out bytes.Buffer
	cmd, complaints := g.command(ctx, args...)
	cmd.Stdin, cmd.Stdout = stdin, &out
	err := start(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return nil, complaints.explain(ctx, args[0], err)
	}
	return out.Bytes(), nil
}

// niceness lets whoever waits for an answer, such as the sender of a webhook, have the processor before a fetch.
const niceness = 10

// start starts a command, which leads a process group, behind everything that is more urgent.
func start(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	// That it cannot be told to stand back costs nobody anything but time.
	_ = syscall.Setpriority(syscall.PRIO_PGRP, cmd.Process.Pid, niceness)
	return nil
}

// stream starts git and lets read consume what it writes. When read fails, git is killed and read's error returned.
func (g git) stream(ctx context.Context, stdin io.Reader, read func(io.Reader) error, args ...string) error {
	running, kill := context.WithCancel(ctx)
	defer kill()
	cmd, complaints := g.command(running, args...)
	cmd.Stdin = stdin
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start git %s: %w", args[0], err)
	}
	if err := start(cmd); err != nil {
		return fmt.Errorf("start git %s: %w", args[0], err)
	}
	readErr := read(out)
	if readErr != nil && !errors.Is(readErr, io.ErrUnexpectedEOF) {
		kill() // it would wait for somebody to read on; at an early end it is about to say why
	}
	waitErr := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("git %s: %w", args[0], context.Cause(ctx))
	case readErr != nil && complaints.String() == "":
		return fmt.Errorf("read git %s: %w", args[0], readErr)
	case waitErr != nil:
		return complaints.explain(ctx, args[0], errors.Join(waitErr, readErr))
	}
	return nil
}

// gitError is a git that failed.
type gitError struct {
	command string
	stderr  string // redacted
	err     error
}

func (e *gitError) Error() string {
	said := e.stderr
	if said == "" {
		return fmt.Sprintf("git %s: %v", e.command, e.err)
	}
	return fmt.Sprintf("git %s: %v: %s", e.command, e.err, said)
}

func (e *gitError) Unwrap() error { return e.err }

// stderr keeps the first maxStderr bytes of what a git process complains about.
type stderr struct {
	kept   bytes.Buffer
	redact []string
}

func (s *stderr) Write(p []byte) (int, error) {
	if room := maxStderr - s.kept.Len(); room > 0 {
		s.kept.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// String is what was kept, on one line, free of credentials and of anything that a terminal would act on.
func (s *stderr) String() string {
	text := s.kept.String()
	for _, secret := range s.redact {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "[redacted]")
		}
	}
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
	text = strings.ToValidUTF8(text, "\ufffd")
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return '\ufffd'
		}
		return r
	}, text)
}

func (s *stderr) explain(ctx context.Context, command string, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("git %s: %w", command, cause)
	}
	return &gitError{command: command, stderr: s.String(), err: err}
}
