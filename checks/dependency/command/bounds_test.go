package command

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/internal/text"
)

func TestBounds(t *testing.T) {
	many := strings.Repeat
	tests := map[string]struct {
		path    checks.Path
		content string
		lossy   bool
		count   int // of installs
	}{
		"as many commands as are read":        {"a.sh", many("x\n", MaxCommands-1) + "npx a", false, 1},
		"one command more":                    {"a.sh", many("x\n", MaxCommands) + "npx a", true, 0},
		"as many instructions as are read":    {"Dockerfile", many("ARG\n", MaxCommands-3) + "RUN npx a", false, 1},
		"one instruction more":                {"Dockerfile", many("ARG\n", MaxCommands) + "RUN npx a", true, 0},
		"as many calls as are read":           {"noxfile.py", many("session.run('a')\n", MaxCommands-1) + "session.run('npx', 'a')", false, 1},
		"one call more":                       {"noxfile.py", many("session.run('a')\n", MaxCommands) + "session.run('npx', 'a')", true, 0},
		"as many lines as are read":           {"tox.ini", "[x]\ndeps =\n" + many(" $\n", MaxCommands-2) + " a", false, 1},
		"one line more":                       {"tox.ini", "[x]\ndeps =\n" + many(" $\n", MaxCommands-1) + " a", true, 0},
		"as many words as a command may have": {"a.sh", "pip install" + many(" a", MaxWords-2), false, MaxWords - 2},
		"one word more":                       {"a.sh", "pip install" + many(" a", MaxWords-1), true, MaxWords - 2},
		"as many packages as are kept":        {"a.sh", many("npx a\n", MaxFound), false, MaxFound},
		"one package more":                    {"a.sh", many("npx a\n", MaxFound+1), true, MaxFound},
		"commands as deep as is read":         {"a.sh", many("docker exec x ", MaxDepth-1) + "npx a", false, 1},
		"one deeper":                          {"a.sh", many("docker exec x ", MaxDepth) + "npx a", true, 0},
		"expansions as deep as is read":       {"a.sh", many("x $(", MaxDepth-1) + "npx a" + many(")", MaxDepth-1), false, 1},
		"one expansion deeper":                {"a.sh", many("x $(", MaxDepth) + "npx a" + many(")", MaxDepth), true, 0},
		"a word as long as is read":           {"a.sh", "npx " + many("a", maxWord), false, 1},
		"a longer word":                       {"a.sh", "npx " + many("a", maxWord+1), true, 1},
		"letters behind one hyphen":           {"a.sh", "npx -" + many("y", maxLetters+1) + "p a b", false, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			found := read(t, test.path, test.content)
			if got := found.Lossy != ""; got != test.lossy {
				t.Errorf("something is said to be left out: %v (%q), want %v", got, found.Lossy, test.lossy)
			}
			if got := len(found.Installs); got != test.count {
				t.Errorf("%d packages, want %d", got, test.count)
			}
		})
	}
}

func TestEverythingFoundIsBounded(t *testing.T) {
	lines := func(format string) string {
		var b strings.Builder
		for i := range MaxFound + 1 {
			fmt.Fprintf(&b, format+"\n", i)
		}
		return b.String()
	}
	tests := map[string]struct {
		path    checks.Path
		content string
		count   func(*Found) int
	}{
		"images":   {"a.sh", lines("docker pull a/b%d"), func(f *Found) int { return len(f.Images) }},
		"actions":  {"action.yml", lines("- uses: a/b%d@v1"), func(f *Found) int { return len(f.Actions) }},
		"servers":  {"a.sh", lines("claude mcp add x%d y"), func(f *Found) int { return len(f.Servers) }},
		"sources":  {"a.sh", lines("PIP_INDEX_URL=https://a%d.example x"), func(f *Found) int { return len(f.Sources) }},
		"options":  {"a.sh", lines("PIP_TRUSTED_HOST=a%d.example x"), func(f *Found) int { return len(f.Options) }},
		"includes": {"a.sh", lines("pip install -r a%d.txt"), func(f *Found) int { return len(f.Includes) }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			found := read(t, test.path, test.content)
			if got := test.count(found); got != MaxFound || found.Lossy == "" {
				t.Errorf("%d %s and %q, want %d and a word about it", got, name, found.Lossy, MaxFound)
			}
		})
	}
}

func TestBoundsOfWhatIsUnderstood(t *testing.T) {
	long := strings.Repeat("x", maxExpansion)
	if got, want := outline("a ${"+long[:maxExpansion-3]+"} b"), "a|${"+long[:maxExpansion-3]+"}|b"; got != want {
		t.Errorf("an expansion as long as is read: %.40q…", got)
	}
	if got := outline("a ${" + long + " y} b"); !strings.HasSuffix(got, "|y}|b") {
		t.Errorf("a longer expansion is one: %q", got)
	}
	if got := outline(strings.Repeat("cat <<X\n", maxEndless-1) + "cat <<E\nnpx a\nE\n"); strings.Contains(got, "npx") {
		t.Errorf("the body of a here-document is read as commands: %q", got)
	}
	if got := outline(strings.Repeat("cat <<X\n", maxEndless) + "cat <<E\nnpx a\nE\n"); !strings.Contains(got, "npx") {
		t.Errorf("a here-document is looked for after %d without an end", maxEndless)
	}
	args := strings.Builder{}
	for i := range maxValues {
		fmt.Fprintf(&args, "ARG A%d=v\n", i)
	}
	reference := strings.Repeat("a", maxReference)
	if found := read(t, "Dockerfile", "FROM "+reference+"\nFROM a"+reference+"\n"); len(found.Images) != 1 {
		t.Errorf("%d references, want the one that is no longer than %d bytes", len(found.Images), maxReference)
	}
	found := read(t, "Dockerfile", args.String()+"ARG B=v\nFROM a/b:$A0\nFROM a/b:$B\n")
	if len(found.Images) != 2 || found.Images[0].Open || !found.Images[1].Open {
		t.Errorf("want the value of one of the first %d arguments and not of the next: %+v", maxValues, found.Images)
	}
}

// TestHostileTexts reads texts that a reader with look-ahead would go over again and again.
func TestHostileTexts(t *testing.T) {
	const size = 1 << 17
	for _, path := range []checks.Path{"a.sh", "Dockerfile", "Makefile", "a.md", "a.yml", ".github/workflows/a.yml", "package.json", ".mcp.json", "tox.ini", "noxfile.py", ".codex/a.toml"} {
		for _, part := range []string{"${", "$(", "$((", "(", "x=(", "<<A\n", "<(", "\"", "'", "`", "`a` ", "\"$(", "\"`", "{{", "\\", "\n```\n", "\n```sh\n", ">", "\n- ", "[", "{\"command\":", "session.install(\"", "\tx\\\n", "RUN <<A\n", "# \\\n", "FROM $A\n", "ARG A=$A$A\n", "sh -c '", "a: {b: "} {
			if _, err := Read(path, text.New([]byte(strings.Repeat(part, size/len(part))))); err != nil {
				t.Errorf("%s of %q: %v", path, part, err)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	paths := []checks.Path{"a.sh", "Dockerfile", "Makefile", "justfile", "a.ipynb", "README.md", ".github/workflows/a.yml", "compose.yml", "values.yaml", ".gitlab-ci.yml",
		"package.json", "devcontainer.json", ".mcp.json", ".codex/config.toml", "tox.ini", "noxfile.py", "bin/x"}
	for i, seed := range []string{
		"sudo pip install -r a.txt 'b==1.0' --index-url https://u@c/d && npx -y @e/f@1.0.0 $(uvx g)", "ARG A=1\nFROM b:$A AS c\nRUN <<EOF\npip install d\nEOF\nCMD [\"npx\", \"e\"]",
		"a:\n\t@pip install b \\\n\t c $$(npx d)\n", "a:\n  npx {{b}}\n", `{"cells":[{"cell_type":"code","source":["!pip install a"]}]}`, "```sh\n$ npx a\n```\n`pip install b`\n> ```json\n> {\"mcpServers\":{\"a\":{\"command\":\"npx\"}}}\n> ```",
		"jobs:\n  a:\n    container: b:1\n    steps:\n    - uses: a/b@v1 # v1\n    - run: |\n        pip install c", "services:\n  a:\n    image: b:${C:-1}\n    command: [sh, -c, npx d]", "image:\n  repository: a\n  tag: b", "image: a\nb:\n  services: [c]\n  script: [npx d]",
		`{"scripts":{"a":"npx b"}}`, `{"image":"a","postCreateCommand":{"b":["npx","c"]}}`, `{"mcpServers":{"a":{"command":"docker","args":["run","b"],"url":"c"}}}`, "[mcp_servers.a]\ncommand='npx'\nargs=['b']",
		"[testenv]\ndeps =\n  a: b==1\ncommands = npx c", "session.install('a', \"b==1\")", "#!/bin/sh\nnpx a",
	} {
		f.Add(i, seed)
	}
	f.Fuzz(func(t *testing.T, kind int, content string) {
		path := paths[uint(kind)%uint(len(paths))]
		file := text.New([]byte(content))
		found, err := Read(path, file)
		if err != nil {
			return
		}
		check := func(what string, r checks.Range) {
			if file.Offset(r.Start) > file.Offset(r.End) || r.Start.Line < 1 || r.Start.Column < 1 || file.Position(file.Offset(r.End)) != r.End {
				t.Fatalf("%s stands at %v", what, r)
			}
		}
		for _, i := range found.Installs {
			check(i.Name, i.At)
			if i.Pin != nil {
				check(i.Version, *i.Pin)
			}
			if i.Name == "" && i.Source == "" {
				t.Fatalf("nothing is installed: %+v", i)
			}
			if strings.ContainsAny(i.Name, "$ {}\n") {
				t.Fatalf("a name that is none: %q", i.Name)
			}
		}
		for _, i := range found.Images {
			check(i.Name, i.At)
			if i.Pin != nil {
				check(i.Tag, *i.Pin)
			}
		}
		for _, a := range found.Actions {
			check(a.Name, a.At)
		}
		for _, s := range found.Servers {
			check(s.Name, s.At)
		}
		for _, i := range found.Includes {
			for _, candidate := range i.Candidates {
				if strings.HasPrefix(string(candidate), "../") || strings.HasPrefix(string(candidate), "/") {
					t.Fatalf("%s lies outside", candidate)
				}
			}
		}
	})
}
