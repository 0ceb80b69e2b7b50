package command

import (
	"slices"
	"strings"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/manifest"
	"github.com/assay-app/assay/checks/internal/text"
)

// reader collects what one file says.
type reader struct {
	path  checks.Path
	t     *text.Text
	found *Found

	commands int    // simple commands read so far
	prose    bool   // what is read stands in text for people and agents
	server   string // the MCP server whose start is read
	built    set    // names of images that commands build
}

// lose notes the first reason why something was left out.
func (r *reader) lose(reason string) {
	if r.found.Lossy == "" {
		r.found.Lossy = reason
	}
}

const tooMany = "more commands, or longer or deeper ones, than are read"

// script reads a script.
func (r *reader) script(f fragment, depth int) {
	for work := []script{{f, depth, r.prose}}; len(work) > 0; {
		s := work[0]
		work = work[1:]
		if s.depth >= MaxDepth || r.commands >= MaxCommands {
			r.lose(tooMany)
			continue
		}
		p := split(s, MaxCommands-r.commands)
		if p.lossy {
			r.lose(tooMany)
		}
		r.commands += 1 + len(p.commands)
		for i := range p.commands {
			c := &p.commands[i]
			if runsInput(c.words) && c.fed.text != "" {
				work = append(work, script{c.fed, s.depth + 1, s.prose})
			}
			r.command(c.words, s.depth)
		}
		work = append(work, p.nested...)
	}
}

// runsInput reports whether a command runs a here-document as a script of a shell; none at all, as Dockerfiles have it,
// does.
func runsInput(words []word) bool {
	for _, w := range words {
		switch base(w.text) {
		case "sh", "bash", "zsh", "dash", "ash", "ksh", "ssh":
			return true
		}
	}
	return len(words) == 0
}

// command reads a simple command or what stands behind a prefix such as sudo.
func (r *reader) command(words []word, depth int) {
	if depth >= MaxDepth {
		r.lose(tooMany)
		return
	}
	words = r.unprefixed(words)
	if len(words) == 0 {
		return
	}
	c := call{tool: toolName(words[0].text), words: words[1:], depth: depth}
	if !r.nested(c) {
		r.dispatch(c)
	}
}

// call is a command whose program is known.
type call struct {
	tool  string
	words []word // behind the program's name
	depth int
}

// behind is a call of a tool with the words from i on.
func (c call) behind(tool string, i int) call {
	return call{tool, c.words[min(i, len(c.words)):], c.depth}
}

// dispatch gives a call to whoever knows the tool.
func (r *reader) dispatch(c call) {
	switch c.tool {
	case "pip":
		r.pip(c)
	case "python":
		r.python(c)
	case "uv":
		r.uv(c)
	case "uvx":
		r.uvx(c)
	case "pipx":
		r.pipx(c)
	case "poetry", "pdm", "pipenv", "rye", "hatch":
		r.project(c)
	case "conda", "mamba", "micromamba":
		r.conda(c)
	case "npm":
		r.npm(c)
	case "npx", "bunx", "pnpx":
		r.npx(c, c.tool != "pnpx")
	case "yarn", "yarnpkg":
		r.yarn(c)
	case "pnpm":
		r.pnpm(c)
	case "bun":
		r.bun(c)
	case "deno":
		r.deno(c)
	case "go":
		r.golang(c)
	case "cargo":
		r.cargo(c)
	case "gem", "bundle":
		r.gem(c)
	case "composer":
		r.composer(c)
	case "dotnet":
		r.dotnet(c)
	case "docker", "podman", "nerdctl":
		r.docker(c)
	case "claude", "codex", "gemini", "copilot", "cursor-agent", "droid", "amp", "qwen", "local-ai":
		r.agent(c)
	}
}

// add keeps an install whose name stands at w. The bytes [from, to) of w are the version's text; none when they are
// equal.
func (r *reader) add(i Install, w word, from, to int) {
	if r.prose && (placeholder(i.Name) || standsForAny(w.text)) {
		return
	}
	if len(r.found.Installs) >= MaxFound {
		r.lose(tooMany)
		return
	}
	i.Direct, i.Prose, i.Server = true, r.prose, r.server
	i.At = r.at(w.span(0, len(w.text)))
	if from < to {
		pin := r.at(w.span(from, to))
		i.Pin = &pin
	}
	r.found.Installs = append(r.found.Installs, i)
}

// at is the bytes [start, end) of the file as a range.
func (r *reader) at(start, end int) checks.Range {
	return checks.Range{Start: r.t.Position(start), End: r.t.Position(max(start, end))}
}

// source keeps a registry that a command or a variable names. A folder with packages is none.
func (r *reader) source(w word, scope string, extra bool) {
	w = defaulted(trimmed(w))
	address := w.text
	if !strings.Contains(address, "://") && !strings.Contains(address, "$") || r.prose && placeholder(address) {
		return
	}
	if len(r.found.Sources) >= MaxFound {
		r.lose(tooMany)
		return
	}
	r.found.Sources = append(r.found.Sources, manifest.Source{
		URL: withoutCredentials(address), Scope: scope, Extra: extra, At: r.at(w.span(0, len(w.text))),
	})
}

// defaulted is the default in a word that is ${NAME:-default} and nothing else.
func defaulted(w word) word {
	if !strings.HasPrefix(w.text, "${") || !strings.HasSuffix(w.text, "}") {
		return w
	}
	if i := strings.Index(w.text, ":-"); i > 0 && isVariable(w.text[2:i]) {
		return w.sub(i+2, len(w.text)-1)
	}
	return w
}

// option keeps a switch that weakens a package manager.
func (r *reader) option(name string, w word) {
	if len(r.found.Options) >= MaxFound {
		r.lose(tooMany)
		return
	}
	r.found.Options = append(r.found.Options, manifest.Option{Name: name, Value: w.text, At: r.at(w.span(0, len(w.text)))})
}

// withoutCredentials is an address without what stands before the at sign of its host.
func withoutCredentials(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	host, _, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	return scheme + "://" + rest
}

// inOrder sorts what was found as it stands in the file: nested scripts are read after the ones around them.
func (f *Found) inOrder() {
	slices.SortStableFunc(f.Installs, func(a, b Install) int { return compare(a.At, b.At) })
	slices.SortStableFunc(f.Actions, func(a, b Action) int { return compare(a.At, b.At) })
	slices.SortStableFunc(f.Images, func(a, b Image) int { return compare(a.At, b.At) })
	slices.SortStableFunc(f.Servers, func(a, b Server) int { return compare(a.At, b.At) })
	slices.SortStableFunc(f.Sources, func(a, b manifest.Source) int { return compare(a.At, b.At) })
	slices.SortStableFunc(f.Options, func(a, b manifest.Option) int { return compare(a.At, b.At) })
	slices.SortStableFunc(f.Includes, func(a, b Include) int { return compare(a.At, b.At) })
}

func compare(a, b checks.Range) int {
	if a.Start.Line != b.Start.Line {
		return a.Start.Line - b.Start.Line
	}
	return a.Start.Column - b.Start.Column
}
