package localhub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// gitStore is one bare repository on disk. It knows git and nothing of GitHub.
type gitStore struct {
	program gitProgram
	dir     string

	// The comparison of two commits never changes, so it is kept.
	mu    sync.Mutex
	diffs map[[2]string]*diff
}

const (
	// gitTimeout kills a git that hangs; nothing here takes near as long.
	gitTimeout = 5 * time.Minute

	// keptDiffs bounds the memory of comparisons.
	keptDiffs = 128
)

func createGitStore(program gitProgram, dir string) (*gitStore, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	g := &gitStore{program: program, dir: dir, diffs: map[[2]string]*diff{}}
	if _, err := g.run(nil, "init", "--quiet", "--bare", "--initial-branch=main"); err != nil {
		return nil, err
	}
	// What GitHub's servers allow a fetch to ask for.
	settings := "[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n[gc]\n\tauto = 0\n"
	f, err := os.OpenFile(filepath.Join(dir, "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(settings)
	return g, errors.Join(err, f.Close())
}

// gitEnvironment is all that git sees: no configuration or identity of the person who runs the process.
func gitEnvironment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_TERMINAL_PROMPT=0",
		"GIT_COMMITTER_NAME=GitHub",
		"GIT_COMMITTER_EMAIL=noreply@github.com",
		"GIT_AUTHOR_NAME=GitHub",
		"GIT_AUTHOR_EMAIL=noreply@github.com",
	}
}

// run runs git in the repository and gives back its standard output.
func (g *gitStore) run(stdin []byte, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), gitTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, g.program.path, args...)
	cmd.Dir = g.dir
	cmd.Env = append(gitEnvironment(), "GIT_DIR="+g.dir)
	cmd.Stdin = bytes.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.Bytes(), fmt.Errorf("git %s: %w: %s", args[0], err, firstLine(stderr.String()))
	}
	return stdout.Bytes(), nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

var errNoCommit = errors.New("no such commit")

// resolve gives the full id of a commit, or errNoCommit. A revision is never taken for an option.
func (g *gitStore) resolve(revision string) (string, error) {
	if revision == "" || strings.HasPrefix(revision, "-") || strings.ContainsAny(revision, "\x00\n: ^~@{") {
		return "", fmt.Errorf("%w: %q", errNoCommit, revision)
	}
	candidates := []string{"refs/heads/" + revision, revision, "refs/" + revision}
	if isObjectID(revision) {
		candidates = []string{revision}
	}
	for _, candidate := range candidates {
		out, err := g.run(nil, "rev-parse", "--verify", "--quiet", "--end-of-options", candidate+"^{commit}")
		if err == nil {
			return strings.TrimSpace(string(out)), nil
		}
	}
	return "", fmt.Errorf("%w: %q", errNoCommit, revision)
}

func (g *gitStore) setRef(ref, sha string) error {
	_, err := g.run(nil, "update-ref", ref, sha)
	return err
}

func (g *gitStore) deleteRef(ref string) error {
	_, err := g.run(nil, "update-ref", "-d", ref)
	return err
}

// fetchFrom brings a commit of another repository of this hub (a fork) in and names it.
func (g *gitStore) fetchFrom(other *gitStore, sha, ref string) error {
	_, err := g.run(nil, "-c", "protocol.file.allow=always", "fetch", "--quiet", "--no-tags", other.dir, "+"+sha+":"+ref)
	return err
}

func (g *gitStore) mergeBase(a, b string) (string, error) {
	out, err := g.run(nil, "merge-base", a, b)
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 1 {
			return "", nil // no common history
		}
		return "", err
	}
	return strings.TrimSpace(string(out)), nil
}

// merge writes the merge of two commits without touching a branch. ok is false when they conflict.
func (g *gitStore) merge(base, head, message string) (sha string, ok bool, err error) {
	out, err := g.run(nil, "merge-tree", "--write-tree", "--allow-unrelated-histories", base, head)
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == 1 {
			return "", false, nil
		}
		return "", false, err
	}
	tree := firstLine(string(out))
	out, err = g.run([]byte(message), "commit-tree", tree, "-p", base, "-p", head)
	return strings.TrimSpace(string(out)), err == nil, err
}
