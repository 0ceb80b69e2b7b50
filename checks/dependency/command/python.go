package command

import (
	"path"
	"strings"

	"github.com/assay-app/assay/checks"
)

// pipValued are options of pip and of uv pip that take a value.
var pipValued = setOf(`-r --requirement --requirements -c --constraint --constraints -e --editable -t --target
	-i --index-url --extra-index-url -f --find-links --trusted-host --platform --python-version --implementation --abi
	--root --prefix --src --upgrade-strategy -C --config-settings --config-setting --global-option --install-option
	--build-option --no-binary --only-binary --progress-bar --report --hash --cache-dir --proxy --retries --timeout
	--cert --client-cert --log --exists-action --root-user-action --python --use-feature --use-deprecated --group
	--keyring-provider -d --dest -w --wheel-dir -b --build --build-constraint --uploaded-prior-to
	-p --index --default-index --index-strategy --allow-insecure-host --resolution --prerelease --exclude-newer --fork-strategy
	--link-mode --refresh-package --override --overrides --extra -P --upgrade-package --reinstall-package --python-platform
	--torch-backend --config-file --directory --project --color --no-build-package --no-binary-package --excludes
	--build-constraints --no-build-isolation-package --python-preference --preview-features --exclude-newer-package
	--upgrade-group --no-sources-package --config-settings-package --no-editable-package
	--no-install-package --output-format --prerelease-package`)

// python reads python -m pip and its like.
func (r *reader) python(c call) {
	for i, w := range c.words {
		if w.text == "-m" && i+1 < len(c.words) {
			if name := toolName(c.words[i+1].text); name == "pip" || name == "uv" || name == "pipx" || name == "poetry" {
				r.dispatch(c.behind(name, i+2))
			}
			return
		}
		if !strings.HasPrefix(w.text, "-") {
			return
		}
	}
}

func (r *reader) pip(c call) {
	verb, rest, ok := first(c.words, arguments(c.words, pipValued))
	if !ok {
		return
	}
	switch verb.word.text {
	case "install", "download", "wheel":
		r.pipInstall(call{c.tool, rest, c.depth}, arguments(c.words[:verb.at], pipValued))
	case "config":
		if set := positional(arguments(rest, pipValued)); len(set) == 3 && set[0].word.text == "set" {
			r.setting(set[1].word.text, set[2].word)
		}
	}
}

// setting notes what pip config set and npm config set change.
func (r *reader) setting(name string, value word) {
	_, short, ok := strings.Cut(name, ".")
	if !ok || strings.Contains(name, ":") {
		short = name
	}
	switch {
	case short == "index-url", short == "registry", short == "npmRegistryServer":
		r.source(value, "", false)
	case short == "extra-index-url", short == "find-links":
		r.source(value, "", true)
	case short == "trusted-host":
		r.option(short, value)
	case short == "strict-ssl" && value.text == "false":
		r.option(short, value)
	case strings.HasPrefix(short, "@") && strings.HasSuffix(short, ":registry"):
		r.source(value, strings.TrimSuffix(short, ":registry"), false)
	}
}

// pipInstall reads what stands behind pip install; before are the options before the verb.
func (r *reader) pipInstall(c call, before []argument) {
	list := arguments(c.words, pipValued)
	for _, a := range append(before, list...) {
		r.indexOption(a)
	}
	for _, a := range list {
		switch a.option {
		case "", "-e", "--editable":
			r.requirement(a.word, Install{Tool: c.tool})
		}
	}
}

// indexOption notes the options of pip and uv that say where packages come from.
func (r *reader) indexOption(a argument) {
	if !a.valued {
		return
	}
	switch a.option {
	case "-i", "--index-url", "--default-index":
		r.source(namedIndex(a.word), "", false)
	case "--extra-index-url", "--index", "-f", "--find-links":
		r.source(namedIndex(a.word), "", true)
	case "--trusted-host", "--allow-insecure-host":
		r.option(a.option[2:], a.word)
	case "--index-strategy":
		if a.word.text != "first-index" {
			r.option(a.option[2:], a.word)
		}
	case "-r", "--requirement", "--requirements", "--with-requirements":
		r.include(a.word, false)
	case "-c", "--constraint", "--constraints":
		r.include(a.word, true)
	}
}

// namedIndex is the address in name=address.
func namedIndex(w word) word {
	if name, address, ok := strings.Cut(w.text, "="); ok && strings.Contains(address, "://") && !strings.Contains(name, "://") {
		return w.sub(len(name)+1, len(w.text))
	}
	return w
}

// include keeps a file of requirements that a command names; one with a variable in its name is passed over.
func (r *reader) include(w word, constraint bool) {
	name := strings.ReplaceAll(w.text, `\`, "/")
	if name == "" || name == "-" || strings.ContainsAny(name, "$`*?<>{}") || strings.Contains(name, "://") || r.prose && placeholder(name) {
		return
	}
	if len(r.found.Includes) >= MaxFound {
		r.lose(tooMany)
		return
	}
	include := Include{Name: w.text, Constraint: constraint, At: r.at(w.span(0, len(w.text)))}
	for _, dir := range []string{path.Dir(string(r.path)), "."} {
		candidate := path.Join(dir, name)
		if strings.HasPrefix(name, "/") || candidate == "." || candidate == ".." || strings.HasPrefix(candidate, "../") {
			continue
		}
		if n := len(include.Candidates); n == 0 || include.Candidates[n-1] != checks.Path(candidate) {
			include.Candidates = append(include.Candidates, checks.Path(candidate))
		}
	}
	r.found.Includes = append(r.found.Includes, include)
}

// uvValued are options of uv's other commands that take a value, besides those of pip.
var uvValued = union(pipValued, setOf(`--from --with --with-editable --with-requirements -w --env-file --package --module
	--optional --with-executables-from --rev --tag --branch --script --bounds --marker -m --only-group --no-group --no-extra`))

func (r *reader) uv(c call) {
	verb, rest, ok := first(c.words, arguments(c.words, uvValued))
	if !ok {
		return
	}
	c.words = rest
	switch verb.word.text {
	case "pip":
		r.pip(c)
	case "add":
		list := arguments(rest, without(uvValued, "-m", "-w"))
		i := Install{Tool: c.tool}
		for _, a := range list {
			if a.option == "--dev" || a.option == "--group" && a.word.text == "dev" {
				i.Group = "dev"
			}
		}
		for _, a := range list {
			r.indexOption(a)
			if a.option == "" || a.option == "--editable" && a.valued {
				r.requirement(a.word, i)
			}
		}
	case "tool":
		if sub, rest, ok := first(c.words, arguments(c.words, uvValued)); ok {
			c.words = rest
			switch sub.word.text {
			case "run":
				r.uvx(c)
			case "install":
				r.uvTool(c, false)
			}
		}
	case "run":
		r.uvRun(c)
	}
}

// uvRun reads uv run, which runs a program of the project, beside packages of its own.
func (r *reader) uvRun(c call) {
	list := arguments(c.words, without(uvValued, "-m"))
	for _, a := range list {
		if a.option == "" {
			r.command(c.words[a.at:], c.depth+1)
			return
		}
		r.indexOption(a)
		if a.option == "--with" || a.option == "-w" {
			r.requirements(a.word, Install{Tool: c.tool, Runs: true})
		}
		if a.option == "-m" || a.option == "--module" {
			return
		}
	}
}

func (r *reader) uvx(c call) { r.uvTool(c, true) }

// uvTool reads uvx and uv tool install, whose first word names a package unless --from does.
func (r *reader) uvTool(c call, runs bool) {
	i := Install{Tool: c.tool, Runs: runs}
	from := false
	list := arguments(c.words, uvValued)
	for _, a := range list {
		switch a.option {
		case "":
			if name, _, _ := strings.Cut(a.word.text, "@"); !from && name != "python" { // which uv fetches itself
				r.requirement(a.word, i)
			}
			return
		case "--from":
			from = true
			r.requirement(a.word, i)
		case "--with", "-w":
			r.requirements(a.word, i)
		default:
			r.indexOption(a)
		}
	}
}

// requirements reads a list of requirements between commas.
func (r *reader) requirements(w word, i Install) {
	for _, part := range fields(w) {
		r.requirement(part, i)
	}
}

var pipxValued = setOf(`--python --suffix -i --index-url --pip-args --preinstall --spec --with --backend -r --requirement --requirements
	--app --cooldown --include-resources-from --lock --python-args`)

func (r *reader) pipx(c call) {
	verb, rest, ok := first(c.words, arguments(c.words, pipxValued))
	if !ok {
		return
	}
	list := arguments(rest, pipxValued)
	spec := false
	for n, a := range list {
		switch a.option {
		case "-i", "--index-url", "-r", "--requirement", "--requirements":
			r.indexOption(a)
		case "--spec":
			spec = true
			r.requirement(a.word, Install{Tool: c.tool, Runs: true})
		case "--with", "--preinstall":
			r.requirement(a.word, Install{Tool: c.tool, Runs: verb.word.text == "run"})
		case "":
			switch {
			case verb.word.text == "run":
				if !spec {
					r.requirement(a.word, Install{Tool: c.tool, Runs: true})
				}
				return
			case verb.word.text == "install", verb.word.text == "inject" && len(positional(list[:n])) > 0:
				r.requirement(a.word, Install{Tool: c.tool})
			}
		}
	}
}

var projectValued = setOf(`-G --group -E --extras --source --python --platform -C --directory -P --project --markers
	-p -L --lockfile --optional --override --skip --config-setting -e --editable -r --requirements -i --index --index-url --extra-index-url --pypi-mirror --categories --pin -k`)

// project reads poetry, pdm, pipenv, rye and hatch.
func (r *reader) project(c call) {
	verb, rest, ok := first(c.words, arguments(c.words, projectValued))
	if !ok {
		return
	}
	switch verb.word.text {
	case "run":
		r.command(rest, c.depth+1)
		return
	case "add":
	case "install":
		if c.tool != "pipenv" {
			return
		}
	default:
		return
	}
	list := arguments(rest, projectValued)
	i := Install{Tool: c.tool}
	for _, a := range list {
		if a.option == "--optional" && len(positional(list)) == 0 {
			r.requirement(a.word, i) // in earlier versions, it took no value
		}
		if a.option == "--dev" || a.option == "-D" || a.option == "-d" || (a.option == "-G" || a.option == "--group") && a.word.text == "dev" {
			i.Group = "dev"
		}
	}
	for _, a := range list {
		if a.option == "" || (a.option == "-e" || a.option == "--editable") && a.valued {
			r.requirement(a.word, i)
		} else if c.tool == "pipenv" {
			r.indexOption(a)
		}
	}
}
