package gitrepo

import (
	"os"
	"os/exec"
	"testing"
)

func TestRangeKnowsTheBranchThatItsHeadWasNamedBy(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main"}, {"commit", "--quiet", "--allow-empty", "--message", "first"},
		{"branch", "copilot/fix-1"}, {"tag", "v1"},
	} {
		git := exec.Command("git", args...)
		git.Dir = dir
		git.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
			"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com")
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	for head, want := range map[string]string{
		"copilot/fix-1": "copilot/fix-1", "main": "main", "HEAD": "", "v1": "", "main~0": "", "refs/heads/main": "",
	} {
		opened, err := OpenRange(t.Context(), dir, "main", head)
		if err != nil {
			t.Fatal(err)
		}
		if got := opened.Branch(); got != want {
			t.Errorf("head %s: branch %q, want %q", head, got, want)
		}
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	}
}
