package command

import (
	"strings"

	"github.com/assay-app/assay/checks"
)

var goValued = setOf(`-C -o -p -tags -ldflags -gcflags -asmflags -mod -modfile -overlay -buildmode -compiler
	-exec -pkgdir -pgo -installsuffix -toolexec -covermode -coverpkg`)

// golang reads go install, go get, go run and go tool.
func (r *reader) golang(c call) {
	verb, rest, ok := first(c.words, arguments(c.words, goValued))
	if !ok {
		return
	}
	runs := verb.word.text == "run"
	if !runs && verb.word.text != "install" && verb.word.text != "get" {
		return
	}
	for _, a := range arguments(rest, goValued) {
		if a.option != "" {
			continue
		}
		r.goPackage(a.word, Install{Tool: c.tool, Runs: runs})
		if runs {
			return
		}
	}
}

// goPackage keeps a package path of Go, perhaps with a version. A path whose first element holds no dot belongs to the
// standard library or to the repository; what go run names without a version, to the repository or what it requires.
func (r *reader) goPackage(w word, i Install) {
	name, version, versioned := strings.Cut(w.text, "@")
	name = strings.TrimSuffix(strings.TrimSuffix(name, "/..."), "/")
	host, _, _ := strings.Cut(name, "/")
	if !strings.Contains(host, ".") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "/") || strings.HasSuffix(name, ".go") ||
		!goPath(name) || i.Runs && !versioned {
		return
	}
	i.Ecosystem = golang
	i.Name = moduleOf(name)
	if i.Name != name {
		i.Source = name
	}
	from := len(w.text) - len(version)
	if exact, ok := strings.CutPrefix(version, "v"); ok && complete(exact, 3) {
		r.versioned(w, i, from+1, exact, true)
		return
	}
	r.versioned(w, i, from, version, false)
}

func goPath(name string) bool {
	for _, element := range strings.Split(name, "/") {
		if element == "" || nameLength(element, "-_.~+") != len(strings.TrimRight(element, "-_~+")) {
			return false
		}
	}
	return true
}

// moduleOf is the path of the module that most likely holds a package: on the hosts where repositories are two elements
// deep those, with the major version behind them; elsewhere the shortest path that the host's own scheme allows.
func moduleOf(name string) string {
	for _, module := range nestedModules {
		if name == module || strings.HasPrefix(name, module+"/") {
			return module
		}
	}
	elements := strings.Split(name, "/")
	depth := 2
	switch elements[0] {
	case "github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitea.com", "golang.org", "git.sr.ht":
		depth = 3
	case "gopkg.in":
		depth = 2
		if len(elements) > 2 && !strings.Contains(elements[1], ".v") {
			depth = 3
		}
	case "google.golang.org", "go.uber.org", "sigs.k8s.io", "k8s.io", "gotest.tools", "mvdan.cc", "honnef.co", "go.etcd.io":
		depth = 2
		if elements[0] == "honnef.co" {
			depth = 3
		}
	}
	depth = min(depth, len(elements))
	for n := depth; n < len(elements); n++ {
		if majorVersion(elements[n]) { // a module of its own, wherever it lies
			depth = n + 1
			break
		}
	}
	return strings.Join(elements[:depth], "/")
}

// nestedModules are modules with well-known commands that lie inside others, and whose versions are not theirs.
var nestedModules = []string{
	"google.golang.org/grpc/cmd/protoc-gen-go-grpc", "golang.org/x/tools/gopls",
	"sigs.k8s.io/controller-runtime/tools/setup-envtest",
}

func majorVersion(element string) bool {
	digits, ok := strings.CutPrefix(element, "v")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

var cargoValued = setOf(`--version --vers --git --branch --tag --rev --path --root --registry --index --features -F --bin
	--example --target --target-dir --profile -j --jobs --color --config -Z -C --package -p --manifest-path --rename
	--git-fetch-timeout --maximum-resolution-timeout --strategies --pkg-url --pkg-fmt --bin-dir --install-path`)

// cargo reads cargo install, cargo add and cargo binstall.
func (r *reader) cargo(c call) {
	if len(c.words) > 0 && strings.HasPrefix(c.words[0].text, "+") {
		c.words = c.words[1:] // the toolchain
	}
	verb, rest, ok := first(c.words, arguments(c.words, cargoValued))
	if !ok || verb.word.text != "install" && verb.word.text != "add" && verb.word.text != "binstall" {
		return
	}
	list := arguments(rest, cargoValued)
	i := Install{Tool: c.tool}
	i.Ecosystem = crates
	var version *argument
	for n, a := range list {
		switch a.option {
		case "--version", "--vers":
			version = &list[n]
		case "--git":
			i.Origin, i.Source = checks.Git, withoutCredentials(a.word.text)
		case "--path":
			i.Origin, i.Source = checks.Local, a.word.text
		case "--index":
			r.source(a.word, "", false)
		case "--dev":
			i.Group = "dev"
		case "--build":
			i.Group = "build"
		}
	}
	names := positional(list)
	if len(names) == 0 && i.Origin == checks.Git {
		for _, a := range list {
			if a.option == "--git" {
				r.add(i, a.word, 0, 0)
			}
		}
	}
	for _, a := range names {
		name, written, _ := strings.Cut(a.word.text, "@")
		if name == "" || nameLength(name, "-_") != len(name) {
			continue
		}
		i := i
		i.Name = name
		switch {
		case written != "":
			r.versioned(a.word, i, len(name)+1, written, verb.word.text != "add" && complete(written, 3))
		case version != nil && len(names) == 1:
			r.separately(a.word, i, version.word, complete(version.word.text, 3))
		default:
			r.add(i, a.word, 0, 0)
		}
	}
}

// separately keeps an install whose version is a word of its own, as the value of --version is.
func (r *reader) separately(name word, i Install, version word, exact bool) {
	i.Requirement = version.text
	if exact {
		i.Version, i.Requirement = version.text, ""
	}
	before := len(r.found.Installs)
	r.add(i, name, 0, 0)
	if exact && len(r.found.Installs) > before {
		pin := r.at(version.span(0, len(version.text)))
		r.found.Installs[before].Pin = &pin
	}
}

var gemValued = setOf(`-v --version -i --install-dir -n --bindir -s --source -p --http-proxy -P --trust-policy --platform
	-g --file --without --group --git --github --branch --ref --path --require -r --document`)

// gem reads gem install and bundle add.
func (r *reader) gem(c call) {
	verb, rest, ok := first(c.words, arguments(c.words, gemValued))
	if !ok {
		return
	}
	switch verb.word.text {
	case "exec":
		r.command(rest, c.depth+1)
		return
	case "install", "i":
		if c.tool != "gem" {
			return
		}
	case "add":
		if c.tool != "bundle" {
			return
		}
	default:
		return
	}
	list := arguments(rest, gemValued)
	var version *argument
	for n, a := range list {
		switch a.option {
		case "-v", "--version":
			version = &list[n]
		case "-s", "--source":
			r.source(a.word, "", true)
		}
	}
	names := positional(list)
	for _, a := range names {
		i := Install{Tool: c.tool}
		i.Ecosystem = rubygems
		name, written, ok := strings.Cut(a.word.text, ":")
		switch {
		case strings.HasSuffix(a.word.text, ".gem"):
			i.Origin, i.Source = checks.Local, a.word.text
			r.add(i, a.word, 0, 0)
			continue
		case name == "" || nameLength(name, "-_.") != len(name):
			continue
		}
		i.Name = name
		switch {
		case ok:
			r.versioned(a.word, i, len(name)+1, written, complete(written, 2))
		case version != nil && len(names) == 1:
			r.separately(a.word, i, version.word, complete(version.word.text, 2))
		default:
			r.add(i, a.word, 0, 0)
		}
	}
}

// composer reads composer require, also for all projects, and create-project.
func (r *reader) composer(c call) {
	list := positional(arguments(c.words, setOf("-d --working-dir -s --stability --repository --repository-url --prefer-install")))
	if len(list) > 0 && list[0].word.text == "global" {
		list = list[1:]
	}
	if len(list) < 2 {
		return
	}
	runs := list[0].word.text == "create-project"
	if !runs && list[0].word.text != "require" {
		return
	}
	for n, a := range list[1:] {
		name, version, ok := strings.Cut(a.word.text, ":")
		if !ok {
			name, version, _ = strings.Cut(a.word.text, "=")
		}
		vendor, rest, ok := strings.Cut(name, "/")
		if !ok || nameLength(vendor, "-_.") != len(vendor) || nameLength(rest, "-_.") != len(rest) || vendor == "" || rest == "" {
			continue
		}
		i := Install{Tool: c.tool, Runs: runs}
		i.Ecosystem, i.Name = packagist, strings.ToLower(name)
		next := n + 2
		if version == "" && next < len(list) && (strings.IndexByte("^~<>=*", list[next].word.text[0]) >= 0 || complete(list[next].word.text, 2)) {
			r.separately(a.word, i, list[next].word, complete(list[next].word.text, 3))
		} else {
			r.versioned(a.word, i, len(a.word.text)-len(version), version, complete(version, 3))
		}
		if runs {
			return
		}
	}
}

var dotnetValued = setOf("-v --version -f --framework -s --source --package-directory --configfile --tool-path --add-source --tool-manifest -a --arch --verbosity --project --file")

// dotnet reads dotnet add package, dotnet package add and dotnet tool install.
func (r *reader) dotnet(c call) {
	list := arguments(c.words, dotnetValued)
	names := positional(list)
	at := -1
	for n, a := range names {
		if n == 0 {
			continue
		}
		switch verb := names[n-1].word.text; {
		case a.word.text == "package" && (n == 1 && verb == "add" || n == 2 && names[0].word.text == "add"),
			n == 1 && verb == "package" && a.word.text == "add",
			n == 1 && verb == "tool" && (a.word.text == "install" || a.word.text == "update"):
			at = n + 1
		}
	}
	if at < 0 || at >= len(names) {
		return
	}
	var version *argument
	for n, a := range list {
		switch a.option {
		case "-v", "--version":
			version = &list[n]
		case "-s", "--source", "--add-source":
			r.source(a.word, "", a.option == "--add-source")
		}
	}
	w := names[at].word
	name, written, _ := strings.Cut(w.text, "@")
	if name == "" || nameLength(name, "-_.") != len(name) {
		return
	}
	i := Install{Tool: c.tool}
	i.Ecosystem, i.Name = nuget, name
	switch {
	case written != "":
		r.versioned(w, i, len(name)+1, written, complete(written, 2))
	case version != nil && version.valued:
		r.separately(w, i, version.word, complete(version.word.text, 2))
	default:
		r.add(i, w, 0, 0)
	}
}
