package command

import "testing"

func TestTexts(t *testing.T) {
	runFiles(t, map[string]fileTest{
		"code in the language of a shell":    {"README.md", "```bash\npip install numpy==1.0\n```\n", []string{"pip PyPI numpy@1.0 pinned"}},
		"code without a language":            {"README.md", "~~~\npip install numpy\n~~~\n", []string{"pip PyPI numpy"}},
		"code in another language":           {"README.md", "```js\nnpm i lodash\n```\n```yaml\nrun: pip install numpy\n```\n", nil},
		"code in a list and in a quote":      {"README.md", "1. x\n\n   ```sh\n   pip install numpy\n   ```\n> ```sh\n> pip install b\n> ```\n", []string{"pip PyPI numpy", "pip PyPI b"}},
		"a fence within a longer one":        {"README.md", "````md\n```sh\npip install numpy\n```\n````\n", nil},
		"a language with attributes":         {"README.md", "```bash {1} title=x\npip install numpy\n```\n", []string{"pip PyPI numpy"}},
		"what a terminal printed":            {"README.md", "```console\n$ pip install numpy \\\n    b\nnpm i c\n(venv) $ npx d\nuser@host:~$ npx e\n```\n", []string{"pip PyPI numpy", "pip PyPI b", "npx npm d runs or finds", "npx npm e runs or finds"}},
		"a reference of documentation":       {"README.md", "See {ref}`pip install Examples` and :ref:`npm i lodash`, or: `npx tsc`\n", []string{"npx npm tsc runs or finds"}},
		"apostrophes in what is no code":     {"README.md", "```\nDon't\n$ pip install numpy\n```\n~~~\nDon't\npip install numpy\nit's\n~~~\n", []string{"pip PyPI numpy", "pip PyPI numpy"}},
		"a command in running text":          {"AGENTS.md", "Run `pip install numpy` or ``npx b``, not `requests`.\n", []string{"pip PyPI numpy", "npx npm b runs or finds"}},
		"text is no command":                 {"README.md", "pip install numpy\n\n    npm i b\n", nil},
		"names that stand for any":           {"README.md", "`pip install your-package` `pip install <package>` `npm i example` `npx @your-org/x` `pip install -r path/to/x`\n", []string{"includes path/to/x [path/to/x]"}},
		"words that stand for a name":        {"README.md", "```\npip install -r requirements/<the file you need> numpy\nnpm i <pkg>@1 lodash <a <b\n```\n`npm i X` `pip install PACKAGE_NAME`\n", []string{"pip PyPI numpy", "npm npm lodash"}},
		"a name that only looks like one":    {"install.sh", "pip install example\n", []string{"pip PyPI example"}},
		"a cell of a notebook in a text":     {"README.md", "```python\n!pip install numpy\nx = 'pip install b'\n%pip install c\n```\n", []string{"pip PyPI numpy", "pip PyPI c"}},
		"a Dockerfile in a text":             {"README.md", "```dockerfile\nFROM alpine:1\nRUN pip install numpy==1.0\n```\n", []string{"pip PyPI numpy@1.0 pinned", "base alpine:1 pinned"}},
		"a server's configuration in a text": {"SKILL.md", "```json\n{\"mcpServers\": {\"x\": {\"command\": \"uvx\", \"args\": [\"numpy==1.0\"]}}}\n```\n", []string{"uvx PyPI numpy@1.0 for x runs pinned", "server x uvx"}},
		"rules of an editor":                 {".cursor/rules/a.mdc", "---\nx: y\n---\n```\nnpm i lodash\n```\n", []string{"npm npm lodash"}},
		"a fence that nothing closes":        {"README.md", "```sh\npip install numpy", []string{"pip PyPI numpy"}},
		"a cell that goes to a shell":        {"a.ipynb", `{"cells": [{"cell_type": "code", "source": ["!pip install -q numpy==1.0\n", "%pip install \"b>=1\"\n", "x = 'pip install c'"]}]}`, []string{"pip PyPI numpy@1.0 pinned", "pip PyPI b wants >=1"}},
		"a cell that is a script":            {"a.ipynb", `{"cells": [{"cell_type": "code", "source": "%%bash\npip install numpy\nnpm i b"}]}`, []string{"pip PyPI numpy", "npm npm b"}},
		"a cell without a language":          {"a.ipynb", `{"cells": [{"cell_type": "code", "metadata": {"vscode": {"languageId": "plaintext"}}, "source": "# x\n! pip install numpy"}]}`, []string{"pip PyPI numpy"}},
		"a text between cells":               {"a.ipynb", `{"cells": [{"cell_type": "markdown", "source": ["Run ` + "`pip install numpy`" + `"]}]}`, []string{"pip PyPI numpy"}},
		"what a cell printed":                {"a.ipynb", `{"cells": [{"cell_type": "code", "source": "x", "outputs": [{"output_type": "stream", "text": "pip install numpy"}]}]}`, nil},
	})
}

func TestWhatTextsNameIsProse(t *testing.T) {
	found := read(t, "README.md", "```sh\npip install numpy\ndocker pull alpine\n```\n")
	if !found.Prose || !found.Installs[0].Prose || !found.Images[0].Prose {
		t.Errorf("a text for people is none: %+v", found)
	}
	if found = read(t, "a.sh", "pip install numpy"); found.Prose || found.Installs[0].Prose {
		t.Errorf("a script is a text for people: %+v", found)
	}
}

func TestSettings(t *testing.T) {
	runFiles(t, map[string]fileTest{
		"the scripts of a package":           {"package.json", `{"name": "npx a", "scripts": {"build": "npx a@1.0.0 && echo \"x\"", "x": "node x"}, "dependencies": {"b": "1"}}`, []string{"npx npm a@1.0.0 runs or finds pinned"}},
		"the scripts of a project in PHP":    {"composer.json", `{"scripts": {"x": ["npm i a", "@php x"]}}`, []string{"npm npm a"}},
		"the tasks of a project in Deno":     {"deno.json", `{"tasks": {"a": "npx a", "b": {"command": "npx b"}}}`, []string{"npx npm a runs or finds", "npx npm b runs or finds"}},
		"a container for development":        {".devcontainer/devcontainer.json", "{\n// x\n\"image\": \"acme/a:1\", \"postCreateCommand\": \"pip install a\", \"onCreateCommand\": [\"npm\", \"i\", \"b\"], \"postStartCommand\": {\"x\": \"npx c\", \"y\": [\"npx\", \"d\"]},}", []string{"pip PyPI a", "npm npm b", "npx npm c runs or finds", "npx npm d runs or finds", "service acme/a:1 pinned"}},
		"a server that npx runs":             {".mcp.json", `{"mcpServers": {"x": {"command": "npx", "args": ["-y", "@acme/a@1.0.0", "/data"], "env": {"K": "v"}}}}`, []string{"npx npm @acme/a@1.0.0 for x runs or finds pinned", "server x npx"}},
		"a server that uvx runs":             {".cursor/mcp.json", `{"mcpServers": {"x": {"command": "uvx", "args": ["--from", "git+https://git.example/a@main", "a"]}}}`, []string{"uvx PyPI from git git+https://git.example/a@main for x runs", "server x uvx"}},
		"a server in a container":            {".vscode/mcp.json", `{"servers": {"x": {"type": "stdio", "command": "docker", "args": ["run", "-i", "--rm", "-e", "K", "acme/a:1"]}}}`, []string{"run acme/a:1 for x pinned", "server x docker"}},
		"a server behind a shell of Windows": {"claude_desktop_config.json", `{"mcpServers": {"x": {"command": "cmd", "args": ["/c", "npx", "-y", "a"]}}}`, []string{"npx npm a for x runs or finds", "server x cmd"}},
		"a remote server":                    {".gemini/settings.json", `{"mcpServers": {"x": {"httpUrl": "https://u:p@x.example/mcp"}}}`, []string{"server x  https://x.example/mcp"}},
		"a server whose command is a list":   {"opencode.json", `{"mcp": {"x": {"type": "local", "command": ["npx", "-y", "a"]}}}`, []string{"npx npm a for x runs or finds", "server x npx"}},
		"a server whose command has words":   {"mcp.json", `{"mcpServers": {"x": {"command": "npx -y a", "args": ["b"]}}}`, []string{"npx npm a for x runs or finds", "server x npx"}},
		"a server with an escaped name":      {"mcp.json", `{"mcpServers": {"x": {"command": "npx", "args": ["\u0061bc@1.0.0"]}}}`, []string{"npx npm abc@1.0.0 for x runs or finds pinned", "server x npx"}},
		"a hook of an agent is no server":    {".claude/settings.json", `{"hooks": {"PostToolUse": [{"hooks": [{"type": "command", "command": "npx a --write"}]}]}}`, []string{"npx npm a runs or finds"}},
		"a task of an editor":                {".vscode/tasks.json", `{"tasks": [{"command": "npm", "args": ["i", "a"]}]}`, []string{"npm npm a"}},
		"servers in TOML":                    {".codex/config.toml", "[mcp_servers.x]\ncommand = \"npx\"\nargs = [\"-y\", 'a@1.0.0']\n[mcp_servers.y]\nurl = \"https://y.example\"\n", []string{"npx npm a@1.0.0 for x runs or finds pinned", "server x npx", "server y  https://y.example"}},
		"what is no configuration":           {".mcp.json", `["npx a"]`, nil},
		"the environments of tox":            {"tox.ini", "[tox]\nenvlist = py\n[testenv]\ndeps =\n    a>=1  # x\n    py311: b==1.0\n    -r requirements.txt\ncommands =\n    - pip install c {posargs}\n    pytest x\n", []string{"tox PyPI a wants >=1 in test", "tox PyPI b@1.0 in test pinned", "pip PyPI c", "includes requirements.txt [requirements.txt]"}},
		"the sessions of nox":                {"noxfile.py", "def a(session):\n    session.install(\"a==1.0\", 'b', x, f\"c{d}\", *e)\n    session.install(\n        \"-r\", \"requirements.txt\",  # x\n    )\n    session.run(\"npx\", \"-y\", \"c\")\n    session.log(\"pip install d\")\n", []string{"pip PyPI a@1.0 pinned", "pip PyPI b", "npx npm c runs or finds", "includes requirements.txt [requirements.txt]"}},
	})
}
