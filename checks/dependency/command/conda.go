package command

import (
	"strings"

	"github.com/assay-app/assay/checks"
)

var condaValued = setOf(`-n --name -p --prefix -c --channel -f --file --solver --repodata-fn --subdir --platform --revision
	--clone --log-level --root-prefix -r --override-channels-with --cwd --no-deps-for`)

// conda reads conda install and conda create. Channels that are addresses are sources; conda's own names of channels are
// not, since what they stand for is set elsewhere.
func (r *reader) conda(c call) {
	verb, rest, ok := first(c.words, arguments(c.words, condaValued))
	if !ok {
		return
	}
	switch verb.word.text {
	case "run":
		if _, _, ok := first(rest, arguments(rest, condaValued)); ok {
			a, _, _ := first(rest, arguments(rest, condaValued))
			r.command(rest[a.at:], c.depth+1)
		}
		return
	case "install", "create":
	default:
		return
	}
	for _, a := range arguments(rest, condaValued) {
		switch {
		case (a.option == "-c" || a.option == "--channel") && strings.Contains(a.word.text, "://"):
			r.source(a.word, "", true)
		case a.option == "":
			r.condaSpec(a.word, Install{Tool: c.tool})
		}
	}
}

// condaSpec keeps channel::name=version=build, where one equals sign means any version that begins so.
func (r *reader) condaSpec(w word, i Install) {
	w = trimmed(w)
	i.Ecosystem = conda
	if n := strings.LastIndex(w.text, "::"); n >= 0 {
		if channel := w.text[:n]; strings.Contains(channel, "://") {
			r.source(w.sub(0, n), "", true)
		}
		w = w.sub(n+2, len(w.text))
	}
	name := nameLength(w.text, "-_.")
	rest := w.text[name:]
	switch {
	case isAddress(w.text):
		i.Origin, i.Source = checks.URL, withoutCredentials(w.text)
		r.add(i, w, 0, 0)
		return
	case isPath(w.text) || name == 0:
		return
	}
	i.Name = strings.ToLower(w.text[:name])
	trimmed := strings.TrimLeft(rest, " ")
	from := len(w.text) - len(trimmed)
	version := strings.TrimLeft(trimmed, "=")
	number, _, built := strings.Cut(version, "=")
	switch {
	case trimmed == "":
		r.add(i, w, 0, 0)
	case (strings.HasPrefix(trimmed, "==") || built) && complete(number, 1):
		r.versioned(w, i, len(w.text)-len(version), number, true)
	case strings.IndexByte("=<>!~[", trimmed[0]) >= 0:
		r.versioned(w, i, from, trimmed, false)
	}
}
