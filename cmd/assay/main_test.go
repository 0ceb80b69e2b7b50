package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-app/assay/app/analyse"
)

// TestMain lets the test binary be the child that it starts to analyse, as the shipped binary is. No test asks the
// network about packages unless it says whom.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == childCommand {
		os.Exit(analyse.Child())
	}
	if err := os.Setenv("ASSAY_OFFLINE", "true"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// outcome is what a command line led to.
type outcome struct {
	code           int
	stdout, stderr string
}

// assay runs a command line in this process, with an environment of its own.
func assay(t *testing.T, args ...string) outcome {
	t.Helper()
	return assayWith(t, nil, "", args...)
}

func assayWith(t *testing.T, env map[string]string, stdin string, args ...string) outcome {
	t.Helper()
	state := t.TempDir()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(stdin), &stdout, &stderr, func(name string) string {
		if value, ok := env[name]; ok {
			return value
		}
		return map[string]string{"XDG_STATE_HOME": state}[name]
	})
	return outcome{code, stdout.String(), stderr.String()}
}

// exampleKey looks like a key of Anthropic. It is made here so that no file holds one.
func exampleKey(seed string) string {
	var letters strings.Builder
	for i := range 4 {
		sum := sha256.Sum256([]byte{byte(i), seed[0]})
		letters.WriteString(base64.RawURLEncoding.EncodeToString(sum[:]))
	}
	return "sk-ant-" + "api03-" + letters.String()[:93] + "AA"
}

func keyLine(seed string) string {
	return "client = Anthropic(api_key=\"" + exampleKey(seed) + "\")\n"
}

// folder makes a folder of files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, files)
	return dir
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// repository is a git repository with a first commit on main.
type repository struct {
	t   *testing.T
	dir string
}

func newRepository(t *testing.T, files map[string]string) repository {
	t.Helper()
	r := repository{t, t.TempDir()}
	r.git("init", "--quiet", "--initial-branch=main")
	r.commit("first", files)
	return r
}

func (r repository) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit writes files, an empty one meaning that it is removed, and commits all.
func (r repository) commit(message string, files map[string]string) string {
	r.t.Helper()
	write(r.t, r.dir, files)
	for name, content := range files {
		if content == "" {
			if err := os.Remove(filepath.Join(r.dir, name)); err != nil {
				r.t.Fatal(err)
			}
		}
	}
	r.git("add", "--all")
	r.git("commit", "--quiet", "--allow-empty", "--message", message)
	return r.git("rev-parse", "HEAD")
}

// document is the part of the JSON output that these tests look at.
type document struct {
	Schema   string `json:"schema"`
	Findings []struct {
		Fingerprint string `json:"fingerprint"`
		Rule        string `json:"rule"`
		Check       string `json:"check"`
		Status      string `json:"status"`
		Path        string `json:"path"`
		Commit      string `json:"commit"`
	} `json:"findings"`
	Unscanned  []struct{ Path, Reason, Kind string } `json:"unscanned"`
	Authorship *struct{ Tier string }                `json:"authorship"`
	Verdict    string                                `json:"verdict"`
}

func parse(t *testing.T, o outcome) document {
	t.Helper()
	var d document
	if err := json.Unmarshal([]byte(o.stdout), &d); err != nil {
		t.Fatalf("%v in %q (stderr %q)", err, o.stdout, o.stderr)
	}
	return d
}

// withContext runs a command line under a context that has ended.
func cancelled(t *testing.T, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	state := t.TempDir()
	var stdout, stderr bytes.Buffer
	code := run(ctx, args, strings.NewReader(""), &stdout, &stderr, func(name string) string {
		return map[string]string{"XDG_STATE_HOME": state}[name]
	})
	return outcome{code, stdout.String(), stderr.String()}
}
