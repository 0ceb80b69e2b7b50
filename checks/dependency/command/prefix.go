package command

import (
	"strings"
)

// base is the last name of a path, in lower case and without what Windows adds.
func base(program string) string {
	if i := strings.LastIndexAny(program, `/\`); i >= 0 {
		program = program[i+1:]
	}
	program = strings.ToLower(program)
	for _, suffix := range []string{".exe", ".cmd", ".bat"} {
		program = strings.TrimSuffix(program, suffix)
	}
	return program
}

// toolName is the program that a word names, without its path and its version: "/opt/venv/bin/pip3.12" is "pip". A
// variable named after a tool stands for it, as "$(GO)" and "${PYTHON:-python3}" do.
func toolName(program string) string {
	if strings.Contains(program, "sys.executable") { // in a notebook
		return "python"
	}
	name := strings.TrimLeft(base(program), "!%")
	if strings.ContainsRune(name, '$') {
		name = strings.ToLower(strings.Trim(program[strings.LastIndexByte(program, '$')+1:], "(){}"))
		name, _, _ = strings.Cut(name, ":")
		for _, part := range strings.Split(name, "_") {
			if part := unversioned(part); named[part] {
				return part
			}
		}
	}
	return unversioned(name)
}

// named are tools that variables are named after.
var named = setOf("pip python uv uvx npm npx yarn pnpm bun go cargo conda mamba docker podman poetry pipx")

// unversioned drops the version from names such as python3.12.
func unversioned(name string) string {
	switch short := strings.TrimRight(name, "0123456789."); short {
	case "pip", "python", "pypy", "py", "npm":
		if short == "pypy" || short == "py" {
			return "python"
		}
		return short
	}
	return name
}

// prefixes are words that a command may stand behind, with those of their options that take the next word. Words
// between a prefix and its command that are no options are counted in operands.
var prefixes = map[string]struct {
	valued   set
	operands int
}{
	"then": {}, "do": {}, "else": {}, "elif": {}, "if": {}, "while": {}, "until": {}, "!": {}, "{": {}, "time": {},
	"exec": {}, "command": {}, "builtin": {}, "nohup": {}, "corepack": {}, "call": {}, "start": {}, "cross-env": {},
	"retry": {valued: setOf("-d -t -m -s")}, "ionice": {valued: setOf("-c -n")}, "stdbuf": {valued: setOf("-i -o -e")},
	"sudo":     {valued: setOf("-u -g -p -h -C -D -R -T -r -t --user --group --prompt --chdir")},
	"doas":     {valued: setOf("-u -C")},
	"env":      {valued: setOf("-u -C -S --unset --chdir")},
	"nice":     {valued: setOf("-n --adjustment")},
	"xargs":    {valued: setOf("-n -I -P -L -d -a -s -E --max-args --max-procs --arg-file --delimiter --max-lines")},
	"timeout":  {valued: setOf("-k -s --kill-after --signal"), operands: 1},
	"gosu":     {operands: 1},
	"su-exec":  {operands: 1},
	"chroot":   {operands: 1},
	"dotenv":   {valued: setOf("-e -f -c -v")},
	"xvfb-run": {valued: setOf("-s -n -e -f -p -w")},
}

// unprefixed drops prefixes and variables that are set, and notes the ones that name registries.
func (r *reader) unprefixed(words []word) []word {
	for len(words) > 0 {
		if name, _, ok := assignment(words[0].text); ok {
			r.variable(name, words[0].sub(len(name)+1, len(words[0].text)))
			words = words[1:]
			continue
		}
		name := base(words[0].text)
		if name == "export" || name == "set" || name == "setenv" {
			r.exported(words[1:])
			return nil
		}
		prefix, ok := prefixes[name]
		if !ok {
			break
		}
		words = behindOptions(words[1:], prefix.valued, prefix.operands)
	}
	return words
}

// behindOptions gives the words behind options at the start, with their values, and behind so many others.
func behindOptions(words []word, valued set, operands int) []word {
	for len(words) > 0 {
		switch w := words[0].text; {
		case w == "--":
			return words[1:]
		case len(w) > 1 && w[0] == '-':
			taken := 1
			all := options(words[0], valued)
			if last := all[len(all)-1]; valued[last.option] && !last.valued {
				taken = 2
			}
			words = words[min(taken, len(words)):]
		case operands > 0:
			operands--
			words = words[1:]
		default:
			return words
		}
	}
	return nil
}

// exported notes the variables that export sets.
func (r *reader) exported(words []word) {
	for _, w := range words {
		if name, _, ok := assignment(w.text); ok {
			r.variable(name, w.sub(len(name)+1, len(w.text)))
		}
	}
}

// assignment takes NAME=value apart.
func assignment(w string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(w, "=")
	return name, value, ok && isVariable(name)
}

func isVariable(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if !(c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' || i > 0 && '0' <= c && c <= '9') {
			return false
		}
	}
	return name != ""
}

// variable notes a variable of the environment that tells a package manager where to fetch from, or to check less.
func (r *reader) variable(name string, value word) {
	switch name = strings.ToUpper(name); name {
	case "PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "NPM_CONFIG_REGISTRY", "YARN_REGISTRY", "YARN_NPM_REGISTRY_SERVER", "BUN_CONFIG_REGISTRY":
		r.source(value, "", false)
	case "PIP_EXTRA_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INDEX", "PIP_FIND_LINKS", "UV_FIND_LINKS":
		for _, part := range fields(defaulted(trimmed(value))) {
			r.source(part, "", true)
		}
	case "PIP_TRUSTED_HOST":
		r.option("trusted-host", value)
	case "UV_INSECURE_HOST":
		r.option("allow-insecure-host", value)
	case "UV_INDEX_STRATEGY":
		r.option("index-strategy", value)
	case "GOINSECURE", "GONOSUMDB", "GONOSUMCHECK":
		if value.text != "" {
			r.option(name, value)
		}
	case "GOSUMDB":
		if value.text == "off" {
			r.option(name, value)
		}
	case "GOFLAGS":
		if strings.Contains(value.text, "-insecure") {
			r.option(name, value)
		}
	case "GOPROXY":
		if value.text != "off" && value.text != "direct" {
			for _, part := range fields(defaulted(trimmed(value))) {
				if strings.Contains(part.text, "://") {
					r.source(part, "", false)
				}
			}
		}
	case "NPM_CONFIG_STRICT_SSL", "NPM_CONFIG_IGNORE_SCRIPTS":
		if value.text == "false" {
			r.option(strings.ReplaceAll(strings.ToLower(name[len("NPM_CONFIG_"):]), "_", "-"), value)
		}
	}
}

// fields are the parts of a word between white space, commas and bars.
func fields(w word) []word {
	var out []word
	start := -1
	for i := 0; i <= len(w.text); i++ {
		if i < len(w.text) && strings.IndexByte(" \t\n,|", w.text[i]) < 0 {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			out = append(out, w.sub(start, i))
			start = -1
		}
	}
	return out
}

// nested reads the command inside commands that only run another one; false for all others.
func (r *reader) nested(c call) bool {
	switch c.tool {
	case "sh", "bash", "zsh", "dash", "ash", "ksh", "su":
		for i, w := range c.words {
			if len(w.text) > 1 && w.text[0] == '-' && w.text[1] != '-' && strings.HasSuffix(w.text, "c") && i+1 < len(c.words) {
				r.script(c.words[i+1].fragment(), c.depth+1)
				return true
			}
		}
		return true
	case "cmd":
		for i, w := range c.words {
			if strings.EqualFold(w.text, "/c") || strings.EqualFold(w.text, "/k") {
				if i+2 == len(c.words) {
					r.script(c.words[i+1].fragment(), c.depth+1)
				} else {
					r.command(c.words[i+1:], c.depth+1)
				}
				return true
			}
		}
		return true
	case "powershell", "pwsh":
		for i, w := range c.words {
			if strings.EqualFold(w.text, "-c") || strings.EqualFold(w.text, "-command") {
				for _, rest := range c.words[i+1:] {
					r.script(rest.fragment(), c.depth+1)
				}
				return true
			}
		}
		return true
	case "eval":
		for _, w := range c.words {
			r.script(w.fragment(), c.depth+1)
		}
		return true
	case "concurrently", "npm-run-all", "run-p", "run-s":
		for _, w := range c.words {
			if strings.ContainsRune(w.text, ' ') {
				r.script(w.fragment(), c.depth+1)
			}
		}
		return true
	}
	return false
}
