package command

import (
	"path"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

// kind is how a file is read.
type kind string

const (
	dockerfile kind = "dockerfile"
	shell      kind = "shell"
	guessed    kind = "guessed" // no ending: the first line may say that it is a script
	makefile   kind = "makefile"
	justfile   kind = "justfile"
	book       kind = "notebook"
	markdown   kind = "markdown"
	workflow   kind = "workflow" // of GitHub and those that took over its form, or an action
	yamlFile   kind = "yaml"
	scripts    kind = "scripts" // package.json, composer.json
	container  kind = "container"
	servers    kind = "servers" // JSON that configures MCP servers, hooks or tasks
	codex      kind = "codex"   // the same in TOML
	tox        kind = "tox"
	nox        kind = "nox"
)

// Claims reports whether [Read] may find something in a file of that name. A file without an ending is claimed, since
// only its first line can say that it is a script.
func Claims(path checks.Path) bool { return kindOf(path) != "" }

// byName gives the kinds of files that are told by their whole name.
var byName = map[string]kind{
	"makefile": makefile, "gnumakefile": makefile, "justfile": justfile, ".justfile": justfile,
	"dockerfile": dockerfile, "containerfile": dockerfile,
	"action.yml": workflow, "action.yaml": workflow,
	"package.json": scripts, "composer.json": scripts, "deno.json": scripts, "deno.jsonc": scripts,
	"devcontainer.json": container, ".devcontainer.json": container,
	"tox.ini": tox, "noxfile.py": nox,
	".cursorrules": markdown, ".windsurfrules": markdown, ".clinerules": markdown, ".goosehints": markdown, ".roorules": markdown,
	".bashrc": shell, ".bash_profile": shell, ".profile": shell, ".zshrc": shell, ".envrc": shell, "procfile": guessed,
	".mcp.json": servers, "mcp.json": servers, "mcp_config.json": servers, "mcp-config.json": servers, "mcp_settings.json": servers,
	"cline_mcp_settings.json": servers, "claude_desktop_config.json": servers, "gemini-extension.json": servers,
	"opencode.json": servers, "opencode.jsonc": servers, "mcp-servers.json": servers, "mcp_servers.json": servers,
}

// byEnding gives the kinds of files that are told by the ending of their name.
var byEnding = map[string]kind{
	".sh": shell, ".bash": shell, ".zsh": shell, ".ksh": shell, ".fish": shell, ".bats": shell, ".ps1": shell, ".psm1": shell,
	".bat": shell, ".cmd": shell, ".dockerfile": dockerfile, ".containerfile": dockerfile, ".mk": makefile, ".just": justfile,
	".ipynb": book, ".md": markdown, ".mdx": markdown, ".mdc": markdown, ".markdown": markdown, ".yml": yamlFile, ".yaml": yamlFile,
}

func kindOf(file checks.Path) kind {
	whole := strings.ToLower(string(file))
	name := path.Base(whole)
	in := func(dirs ...string) bool {
		for _, dir := range dirs {
			if strings.HasPrefix(whole, dir+"/") || strings.Contains(whole, "/"+dir+"/") {
				return true
			}
		}
		return false
	}
	ending := path.Ext(name)
	if k, ok := byName[name]; ok {
		return k
	}
	switch {
	case hasPrefix(name, "dockerfile.", "containerfile.") && (byEnding[ending] == "" || byEnding[ending] == dockerfile),
		ending == "" && hasPrefix(name, "dockerfile-", "dockerfile_", "containerfile-", "containerfile_"):
		return dockerfile
	case (ending == ".yml" || ending == ".yaml") && in(".github/workflows", ".gitea/workflows", ".forgejo/workflows"):
		return workflow
	case ending == ".json" && in(".claude", ".cursor", ".gemini", ".vscode", ".kiro", ".amazonq", ".roo", ".windsurf", ".claude-plugin", ".codex"),
		strings.HasSuffix(name, ".mcp.json"):
		return servers
	case ending == ".json" && in(".devcontainer"):
		return container
	case ending == ".toml" && in(".codex"):
		return codex
	}
	if k, ok := byEnding[ending]; ok {
		return k
	}
	if ending == "" && name != "license" && name != "notice" {
		return guessed
	}
	return ""
}

// Read reads one file that [Claims] named. The error wraps [ErrTooLarge] or [ErrMalformed].
func Read(path checks.Path, t *text.Text) (*Found, error) {
	if len(t.Bytes) > MaxBytes {
		return nil, ErrTooLarge
	}
	r := &reader{path: path, t: t, found: &Found{}, built: set{}}
	if err := r.read(kindOf(path)); err != nil {
		return nil, err
	}
	r.withoutBuilt()
	r.found.inOrder()
	return r.found, nil
}

func (r *reader) read(k kind) error {
	source := string(r.t.Bytes)
	switch k {
	case dockerfile:
		r.dockerfile(piece(source, 0))
	case shell:
		r.script(piece(source, 0), 0)
	case guessed:
		if shebang(source) {
			r.script(piece(source, 0), 0)
		}
	case makefile:
		r.recipes(source, '\t')
	case justfile:
		r.recipes(source, ' ')
	case book:
		return r.notebook(source)
	case markdown:
		r.found.Prose = true
		r.markdown(piece(source, 0))
	case workflow, yamlFile:
		r.pipeline(source, k == workflow)
	case scripts, container, servers:
		return r.json(piece(source, 0), k)
	case codex:
		r.toml(source)
	case tox:
		r.tox(source)
	case nox:
		r.nox(source)
	}
	return nil
}

// shebang reports whether the first line gives a file to a shell.
func shebang(source string) bool {
	line, _, _ := strings.Cut(source, "\n")
	if !strings.HasPrefix(line, "#!") {
		return false
	}
	for _, name := range strings.Fields(line[2:]) {
		switch base(name) {
		case "sh", "bash", "zsh", "dash", "ash", "ksh", "fish", "bats":
			return true
		}
	}
	return false
}
