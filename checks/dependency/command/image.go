package command

import (
	"slices"
	"strings"
)

// image keeps an image that stands at w as [host/]name[:tag][@digest]. Variables with a default stand for it, in values
// too; a name that still holds one is passed over.
func (r *reader) image(w word, use Use, values map[string]string) {
	w = trimmed(w)
	reference, open := expanded(w.text, values)
	name, digest, _ := strings.Cut(reference, "@")
	tag := ""
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name, tag = name[:i], name[i+1:]
	}
	if !validImage(name) || r.prose && placeholder(name) {
		return
	}
	i := Image{Name: name, Use: use, Prose: r.prose, Server: r.server, At: r.at(w.span(0, len(w.text)))}
	if open = open || strings.ContainsAny(tag+digest, "${}<>`"); open {
		i.Open = true
	} else {
		i.Tag, i.Digest = tag, digest
	}
	if pin := len(reference) - len(name); reference == w.text && pin > 1 && !open {
		at := r.at(w.span(len(name)+1, len(w.text)))
		i.Pin = &at
	}
	if len(r.found.Images) >= MaxFound {
		r.lose(tooMany)
		return
	}
	r.found.Images = append(r.found.Images, i)
}

// validImage reports whether a name can be one of an image: elements of lower-case letters, digits and separators,
// before which a host may stand.
func validImage(name string) bool {
	elements := strings.Split(name, "/")
	for n, element := range elements {
		if element == "" {
			return false
		}
		host := n == 0 && len(elements) > 1 && (strings.ContainsAny(element, ".:") || element == "localhost")
		for i := 0; i < len(element); i++ {
			c := element[i]
			switch {
			case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			case (c == '.' || c == '_' || c == '-') && i > 0:
			case host && (c == ':' || 'A' <= c && c <= 'Z'):
			default:
				return false
			}
		}
	}
	// A name without a host and an owner is one of Docker Hub's own images, and of those none has an underscore: it was
	// built before.
	return name != "scratch" && (len(elements) > 1 || !strings.Contains(name, "_"))
}

// maxReference is how long in bytes a reference to an image may be, and a value that is kept for one; Docker allows 255
// bytes for the name and 128 for the tag.
const maxReference = 2 << 10

// expanded replaces variables by what is known of them: a value, or the default that ${NAME:-default} gives. It reports
// whether one is left that nothing is known of.
func expanded(text string, values map[string]string) (string, bool) {
	if len(text) > maxReference {
		return "", true
	}
	if !strings.ContainsRune(text, '$') {
		return text, strings.Contains(text, "{{")
	}
	var b strings.Builder
	open := false
	for text != "" {
		i := strings.IndexByte(text, '$')
		if i < 0 {
			b.WriteString(text)
			break
		}
		b.WriteString(text[:i])
		text = text[i:]
		name, fallback, size, ok := variableAt(text)
		value, known := values[name]
		switch {
		case ok && known && value != "":
			b.WriteString(value)
		case ok && fallback != "":
			b.WriteString(fallback)
		default:
			open = true
			size = max(size, 1)
			b.WriteString(text[:size])
		}
		text = text[size:]
		if b.Len() > maxReference {
			return "", true
		}
	}
	return b.String(), open
}

// variableAt reads $NAME, ${NAME}, ${NAME:-default} or ${NAME-default} at the start of a text, and gives its size.
func variableAt(text string) (name, fallback string, size int, ok bool) {
	if !strings.HasPrefix(text, "${") {
		end := 1
		for end < len(text) && (text[end] == '_' || '0' <= text[end] && text[end] <= '9' || 'a' <= text[end]|0x20 && text[end]|0x20 <= 'z') {
			end++
		}
		return text[1:end], "", end, end > 1
	}
	end := strings.IndexByte(text, '}')
	if end < 0 {
		return "", "", len(text), false
	}
	name = text[2:end]
	for _, sign := range []string{":-", "-"} {
		if before, after, found := strings.Cut(name, sign); found && isVariable(before) && !strings.ContainsAny(after, "${") {
			return before, after, end + 1, true
		}
	}
	return name, "", end + 1, isVariable(name)
}

// dockerFlags are options of docker run that take no value; all others do.
var dockerFlags = setOf(`-d -i -t -P -q -a --detach --interactive --tty --rm --init --privileged --publish-all --read-only
	--no-healthcheck --oom-kill-disable --sig-proxy --quiet --disable-content-trust --all-tags --use-api-socket --help
	--no-hosts --replace --systemd --tls-verify`)

// docker reads docker run, create, pull and exec, and what podman and nerdctl have of them.
func (r *reader) docker(c call) {
	words := c.words
	for len(words) > 0 && strings.HasPrefix(words[0].text, "-") { // --context x, -H x, --config x
		taken := 2
		if strings.Contains(words[0].text, "=") || dockerFlags[words[0].text] || words[0].text == "-D" || words[0].text == "--debug" {
			taken = 1
		}
		words = words[min(taken, len(words)):]
	}
	if len(words) > 0 && (words[0].text == "container" || words[0].text == "image") {
		words = words[1:]
	}
	if len(words) == 0 {
		return
	}
	verb := words[0].text
	if verb == "buildx" && len(words) > 1 {
		words = words[1:]
		verb = words[0].text
	}
	if verb == "build" || verb == "tag" {
		r.builds(words[1:], verb)
	}
	if verb != "run" && verb != "create" && verb != "pull" && verb != "exec" {
		return
	}
	rest := afterFlags(words[1:])
	if len(rest) == 0 {
		return
	}
	if verb != "exec" {
		r.image(rest[0], Ran, nil)
	}
	if verb != "pull" && len(rest) > 1 {
		r.command(rest[1:], c.depth+1)
	}
}

// builds notes the names of images that docker build and docker tag make.
func (r *reader) builds(words []word, verb string) {
	if len(r.built) >= maxValues {
		return
	}
	if verb == "tag" && len(words) > 0 {
		r.built[untagged(words[len(words)-1].text)] = true
		return
	}
	for _, a := range arguments(words, setOf("-t --tag")) {
		if a.option == "-t" || a.option == "--tag" {
			r.built[untagged(a.word.text)] = true
		}
	}
}

// untagged is the name of an image without its tag.
func untagged(reference string) string {
	if i := strings.LastIndexByte(reference, ':'); i > strings.LastIndexByte(reference, '/') {
		return reference[:i]
	}
	return reference
}

// withoutBuilt drops images that commands of the same file run and build.
func (r *reader) withoutBuilt() {
	r.found.Images = slices.DeleteFunc(r.found.Images, func(i Image) bool { return i.Use == Ran && r.built[i.Name] })
}

// afterFlags drops the options of docker run at the start. Of letters behind one hyphen only the last may take a value.
func afterFlags(words []word) []word {
	for len(words) > 0 {
		w := words[0].text
		if len(w) < 2 || w[0] != '-' {
			break
		}
		if w == "--" {
			return words[1:]
		}
		taken := 2
		if strings.HasPrefix(w, "--") {
			if strings.Contains(w, "=") || dockerFlags[w] {
				taken = 1
			}
		} else {
			taken = 1
			for i := 1; i < len(w); i++ {
				if !dockerFlags["-"+w[i:i+1]] {
					if i+1 == len(w) {
						taken = 2
					}
					break
				}
			}
		}
		words = words[min(taken, len(words)):]
	}
	return words
}
