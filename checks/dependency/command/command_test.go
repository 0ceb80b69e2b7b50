package command

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// read reads a file of a test.
func read(t *testing.T, path checks.Path, content string) *Found {
	t.Helper()
	if !Claims(path) {
		t.Fatalf("%s is not claimed", path)
	}
	found, err := Read(path, text.New([]byte(content)))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// lines writes all that was found, one a line, each with what stands at its place in the file where that is not the
// same.
func lines(content string, f *Found) []string {
	file := text.New([]byte(content))
	at := func(r checks.Range) string { return content[file.Offset(r.Start):file.Offset(r.End)] }
	pin := func(r *checks.Range, version string) string {
		if r == nil {
			return ""
		}
		if got := at(*r); got != version {
			return fmt.Sprintf(" pin:%q", got)
		}
		return " pinned"
	}
	var out []string
	for i := range f.Installs {
		e := &f.Installs[i]
		line := fmt.Sprintf("%s %s", e.Tool, e.Ecosystem)
		for _, part := range []struct{ sign, value string }{
			{" ", e.Name}, {"@", e.Version}, {" wants ", e.Requirement}, {" as ", e.Alias}, {" in ", e.Group},
			{" from ", string(e.Origin)}, {" ", e.Source}, {" for ", e.Server},
		} {
			if part.value != "" {
				line += part.sign + part.value
			}
		}
		for word, said := range map[string]bool{" runs": e.Runs && !e.LocalFirst, " runs or finds": e.LocalFirst, "": false} {
			if said {
				line += word
			}
		}
		out = append(out, line+pin(e.Pin, e.Version))
	}
	for i := range f.Actions {
		a := &f.Actions[i]
		line := "uses " + a.Name
		for word, said := range map[string]bool{" full": a.Full, " workflow": a.Workflow && !a.Local, " local": a.Local && !a.Workflow, " local workflow": a.Local && a.Workflow} {
			if said {
				line += word
			}
		}
		if a.Version != "" {
			line += " said " + a.Version
		}
		out = append(out, line+" ref "+a.Ref+pin(a.Pin, a.Ref))
	}
	for i := range f.Images {
		m := &f.Images[i]
		line := fmt.Sprintf("%s %s", m.Use, m.Name)
		for _, part := range []struct{ sign, value string }{{":", m.Tag}, {"@", m.Digest}, {" for ", m.Server}} {
			if part.value != "" {
				line += part.sign + part.value
			}
		}
		if m.Open {
			line += " open"
		}
		want := m.Tag
		if m.Digest != "" {
			want = strings.TrimPrefix(m.Tag+"@"+m.Digest, "@")
		}
		out = append(out, line+pin(m.Pin, want))
	}
	for _, s := range f.Servers {
		out = append(out, strings.TrimSpace(fmt.Sprintf("server %s %s %s", s.Name, s.Command, s.URL)))
	}
	for _, s := range f.Sources {
		line := "source " + s.URL
		if s.Scope != "" {
			line += " for " + s.Scope
		}
		if s.Extra {
			line += " extra"
		}
		out = append(out, line)
	}
	for _, o := range f.Options {
		out = append(out, fmt.Sprintf("option %s %s", o.Name, o.Value))
	}
	for _, i := range f.Includes {
		line := fmt.Sprintf("includes %s %v", i.Name, i.Candidates)
		if i.Constraint {
			line += " as constraint"
		}
		out = append(out, line)
	}
	if f.Lossy != "" {
		out = append(out, "lossy: "+f.Lossy)
	}
	return out
}

// fileTest is a file and what is found in it.
type fileTest struct {
	path    checks.Path
	content string
	want    []string
}

func runFiles(t *testing.T, tests map[string]fileTest) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			found := read(t, test.path, test.content)
			if diff := cmp.Diff(test.want, lines(test.content, found)); diff != "" {
				t.Errorf("in %s (-want +got):\n%s", test.path, diff)
			}
		})
	}
}

func TestWhichFilesAreRead(t *testing.T) {
	for path, want := range map[checks.Path]bool{
		"Dockerfile": true, "deploy/Dockerfile.prod": true, "api.Dockerfile": true, "Containerfile": true, "Dockerfile_gpu": true, "Dockerfile.md": true, "dockerfile_reader.go": false,
		"install.sh": true, "scripts/setup": true, "LICENSE": false, "Makefile": true, "build/rules.mk": true, "justfile": true,
		".github/workflows/ci.yml": true, "action.yml": true, ".gitlab-ci.yml": true, "compose.yaml": true, "k8s/deploy.yaml": true,
		"notebook.ipynb": true, "README.md": true, "AGENTS.md": true, ".claude/skills/x/SKILL.md": true, ".cursorrules": true,
		".cursor/rules/a.mdc": true, ".github/copilot-instructions.md": true, "package.json": true, "package-lock.json": false,
		".devcontainer/devcontainer.json": true, ".mcp.json": true, ".cursor/mcp.json": true, ".vscode/mcp.json": true,
		"claude_desktop_config.json": true, ".gemini/settings.json": true, ".codex/config.toml": true, "tox.ini": true,
		"noxfile.py": true, "main.go": false, "data.json": false, "pyproject.toml": false, "requirements.txt": false,
	} {
		if got := Claims(path); got != want {
			t.Errorf("%s is claimed: %v, want %v", path, got, want)
		}
	}
}

func TestWhatCannotBeReadSaysSo(t *testing.T) {
	if _, err := Read("a.sh", text.New(make([]byte, MaxBytes+1))); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a file larger than the bound: %v", err)
	}
	if _, err := Read("a.sh", text.New(make([]byte, MaxBytes))); err != nil {
		t.Errorf("a file as large as the bound: %v", err)
	}
	if _, err := Read("a.ipynb", text.New([]byte("no notebook"))); !errors.Is(err, ErrMalformed) {
		t.Errorf("a notebook that is none: %v", err)
	}
}
