package command

import (
	"strings"

	"github.com/assay-app/assay/checks"
)

// npmValued are options of npm, npx, yarn, pnpm and bun that take a value.
var npmValued = setOf(`--registry --prefix -C --dir --cwd -w --workspace --loglevel --omit --include --only --cache
	--save-prefix --tag --userconfig --globalconfig --package -p -c --call --node-options --access --otp --install-strategy
	--before --filter -F --filter-prod --store-dir --modules-dir --virtual-store-dir --network-concurrency --reporter
	--lockfile-dir --mode --modules-folder --cache-folder --mutex --shell --node-arg -n --cpu --os --libc --backend
	--catalog-name --allow-build --config --min-release-age --minimum-release-age
	--allow-directory --allow-file --allow-git --allow-remote --allow-scripts --also --audit-level --auth-type --ca --cafile
	--cert --key --depth --fetch-retries --fetch-retry-factor --fetch-retry-maxtimeout --fetch-retry-mintimeout
	--fetch-timeout --git --https-proxy --proxy --noproxy --init-author-email --init-author-name --init-author-url
	--init-license --init-module --init-type --init-version --init.module --local-address --location --lockfile-version
	--logs-dir --logs-max --maxsockets --node-gyp --replace-registry-host --scope --script-shell --umask --user-agent`)

// When packages are installed, -p stands for --save-prod, and pnpm's -w for the root of the workspace.
var (
	npmAddValued  = without(npmValued, "-p", "-c", "-n")
	pnpmAddValued = without(npmAddValued, "-w")
)

// npmVerbs are npm's names of its install command, the misspelt ones that it takes included.
var npmVerbs = setOf("install i in ins inst insta instal isnt isnta isntal isntall add install-test it")

func (r *reader) npm(c call) {
	verb, rest, ok := first(c.words, arguments(c.words, npmValued))
	if !ok {
		return
	}
	for _, a := range arguments(c.words[:verb.at], npmValued) {
		r.npmOption(a)
	}
	c.words = rest
	switch name := verb.word.text; {
	case npmVerbs[name]:
		r.npmInstall(c)
	case name == "exec" || name == "x":
		r.npx(c, true)
	case name == "init" || name == "create" || name == "innit":
		r.initializer(c)
	case name == "config" || name == "c" || name == "set":
		r.npmConfig(rest, name == "set")
	}
}

// npmConfig reads config set of npm, yarn and pnpm: key and value, or key=value.
func (r *reader) npmConfig(words []word, set bool) {
	list := positional(arguments(words, nil))
	if !set {
		if len(list) == 0 || list[0].word.text != "set" {
			return
		}
		list = list[1:]
	}
	if len(list) == 0 {
		return
	}
	key := list[0].word
	if name, _, ok := strings.Cut(key.text, "="); ok {
		r.setting(name, key.sub(len(name)+1, len(key.text)))
	} else if len(list) > 1 {
		r.setting(key.text, list[1].word)
	}
}

// npmOption notes the options that say where packages come from or check less. A flag without a value may be followed by
// one: --strict-ssl false.
func (r *reader) npmOption(a argument) {
	switch {
	case !a.valued:
	case a.option == "--registry":
		r.source(a.word, "", false)
	case strings.HasPrefix(a.option, "--@") && strings.HasSuffix(a.option, ":registry"):
		r.source(a.word, strings.TrimSuffix(a.option[2:], ":registry"), false)
	case (a.option == "--strict-ssl" || a.option == "--ignore-scripts") && a.word.text == "false":
		r.option(a.option[2:], a.word)
	}
}

// npmInstall reads the packages behind an install command.
func (r *reader) npmInstall(c call) {
	valued := npmAddValued
	if c.tool == "pnpm" {
		valued = pnpmAddValued
	}
	list := arguments(c.words, valued)
	i := Install{Tool: c.tool}
	for _, a := range list {
		r.npmOption(a)
		switch a.option {
		case "-D", "--save-dev", "--dev", "-d":
			i.Group = "dev"
		case "-O", "--save-optional", "--optional":
			i.Group = "optional"
		}
	}
	for _, a := range positional(list) {
		r.npmSpec(a.word, i)
	}
}

// npx reads a command that fetches a package and runs it: npx, npm exec, bunx, pnpm dlx, yarn dlx. The first word names
// the package, unless --package does.
func (r *reader) npx(c call, localFirst bool) {
	list := arguments(c.words, npmValued)
	packages := false
	for _, a := range list {
		if a.option == "" {
			break
		}
		packages = packages || a.option == "-p" || a.option == "--package"
	}
	for _, a := range list {
		switch a.option {
		case "":
			if !packages {
				r.npmSpec(a.word, Install{Tool: c.tool, Runs: true, LocalFirst: localFirst})
			}
			return
		case "-p", "--package":
			r.npmSpec(a.word, Install{Tool: c.tool, Runs: true})
		case "-c", "--call", "--shell-auto-fallback":
			if a.valued {
				r.script(a.word.fragment(), c.depth+1)
			}
		default:
			r.npmOption(a)
		}
	}
}

// initializer reads npm init NAME and its like, which run the package create-NAME.
func (r *reader) initializer(c call) {
	w, _, ok := first(c.words, arguments(c.words, npmValued))
	if !ok || isPath(w.word.text) && !strings.HasPrefix(w.word.text, "@") || isAddress(w.word.text) {
		return
	}
	name, version := splitVersion(w.word.text)
	i := Install{Tool: c.tool, Runs: true}
	i.Ecosystem = npm
	switch scope, rest, scoped := strings.Cut(name, "/"); {
	case scoped && strings.HasPrefix(name, "@"):
		i.Name = scope + "/create-" + rest
	case scoped:
		return
	case strings.HasPrefix(name, "@"):
		i.Name = name + "/create"
	default:
		i.Name = "create-" + name
	}
	if validNPM(i.Name) {
		r.npmVersion(w.word, i, len(w.word.text)-len(version), version)
	}
}

// splitVersion takes name@version apart; the sign that a scope begins with is none.
func splitVersion(spec string) (name, version string) {
	if at := strings.IndexByte(spec[min(1, len(spec)):], '@') + 1; at > 0 {
		return spec[:at], spec[at+1:]
	}
	return spec, ""
}

// npmSpec keeps a package as npm names it: name@version, @scope/name, alias@npm:name, user/repository, an address.
func (r *reader) npmSpec(w word, i Install) {
	w = trimmed(w)
	i.Ecosystem = npm
	if alias, target, ok := strings.Cut(w.text, "@npm:"); ok && validNPM(alias) {
		i.Alias = alias
		w = w.sub(len(w.text)-len(target), len(w.text))
	}
	if strings.HasPrefix(w.text, "npm:") {
		w = w.sub(len("npm:"), len(w.text))
	}
	name, version := splitVersion(w.text)
	if isGit(w.text) || isAddress(name) || !validNPM(name) || name[0] != '@' && isPath(name) {
		r.npmElsewhere(w, i)
		return
	}
	i.Name = name
	from := len(w.text) - len(version)
	if isAddress(version) || isPath(version) {
		r.npmElsewhere(w.sub(from, len(w.text)), i)
		return
	}
	r.npmVersion(w, i, from, version)
}

// npmVersion keeps an install whose version or range begins at from in w.
func (r *reader) npmVersion(w word, i Install, from int, version string) {
	r.versioned(w, i, from, version, complete(version, 3))
}

// npmElsewhere keeps what does not come from a registry.
func (r *reader) npmElsewhere(w word, i Install) {
	text := w.text
	switch {
	case isGit(text):
		i.Origin = checks.Git
	case strings.Contains(text, "://"):
		i.Origin = checks.URL
		if host := afterScheme(text); strings.HasPrefix(host, "github.com/") && strings.Count(host, "/") == 2 {
			i.Origin = checks.Git
		}
	case hasPrefix(text, "github:", "gitlab:", "bitbucket:", "gist:"):
		i.Origin = checks.Git
	case hasPrefix(text, "file:", "link:", "portal:", "workspace:"), hasPrefix(text, ".", "/", "~", `\`), isPath(text) && strings.Count(text, "/") != 1:
		i.Origin = checks.Local
	case isRepository(text):
		i.Origin = checks.Git
	default:
		return
	}
	i.Source = withoutCredentials(text)
	r.add(i, w, 0, 0)
}

func afterScheme(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return rest
}

func hasPrefix(text string, prefixes ...string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	return false
}

// isRepository reports whether a text is user/repository, perhaps with a revision behind "#", which npm takes from
// GitHub.
func isRepository(text string) bool {
	name, _, _ := strings.Cut(text, "#")
	owner, repository, ok := strings.Cut(name, "/")
	return ok && owner != "" && repository != "" && nameLength(owner, "-_") == len(owner) && nameLength(repository, "-_.") == len(repository)
}

// validNPM reports whether a name can be one of npm. Letters of any script are let through: that a name has some is for
// others to judge.
func validNPM(name string) bool {
	if scoped, ok := strings.CutPrefix(name, "@"); ok {
		scope, rest, ok := strings.Cut(scoped, "/")
		return ok && plainName(scope) && plainName(rest)
	}
	return plainName(name)
}

func plainName(name string) bool {
	name = strings.TrimRight(name, "-_")
	return name != "" && nameLength(name, "-_.") == len(name)
}

// yarn reads yarn of both generations.
func (r *reader) yarn(c call) {
	list := arguments(c.words, npmValued)
	verb, rest, ok := first(c.words, list)
	if !ok {
		return
	}
	switch c.words = rest; verb.word.text {
	case "add":
		r.npmInstall(c)
	case "global":
		if sub, rest, ok := first(rest, arguments(rest, npmValued)); ok && sub.word.text == "add" {
			r.npmInstall(call{c.tool, rest, c.depth})
		}
	case "workspace":
		if len(rest) > 1 {
			r.yarn(c.behind(c.tool, 1))
		}
	case "dlx":
		r.npx(c, false)
	case "create":
		r.initializer(c)
	case "config":
		r.npmConfig(rest, false)
	}
}

func (r *reader) pnpm(c call) {
	verb, rest, ok := first(c.words, arguments(c.words, npmValued))
	if !ok {
		return
	}
	switch c.words = rest; verb.word.text {
	case "add", "install", "i":
		r.npmInstall(c)
	case "dlx":
		r.npx(c, false)
	case "create":
		r.initializer(c)
	case "config":
		r.npmConfig(rest, false)
	}
}

func (r *reader) bun(c call) {
	verb, rest, ok := first(c.words, arguments(c.words, npmValued))
	if !ok {
		return
	}
	switch c.words = rest; verb.word.text {
	case "add", "a", "install", "i":
		r.npmInstall(c)
	case "x":
		r.npx(c, true)
	case "create", "c":
		r.initializer(c)
	}
}

// deno reads the packages of npm that deno installs or runs.
func (r *reader) deno(c call) {
	verb, rest, ok := first(c.words, arguments(c.words, nil))
	if !ok {
		return
	}
	runs := verb.word.text == "run" || verb.word.text == "x"
	if !runs && verb.word.text != "install" && verb.word.text != "add" && verb.word.text != "i" {
		return
	}
	for _, a := range positional(arguments(rest, setOf("-n --name --root -c --config -L --log-level --import-map -e --entrypoint"))) {
		if strings.HasPrefix(a.word.text, "npm:") {
			r.npmSpec(a.word, Install{Tool: c.tool, Runs: runs})
		}
		if runs {
			return
		}
	}
}
