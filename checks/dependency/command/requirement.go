package command

import (
	"strings"
	"unicode"

	"github.com/assay-app/assay/checks"
)

// The ecosystems, as OSV writes them. OSV has none for conda.
const (
	pypi      = "PyPI"
	conda     = "conda"
	npm       = "npm"
	golang    = "Go"
	crates    = "crates.io"
	rubygems  = "RubyGems"
	packagist = "Packagist"
	nuget     = "NuGet"
)

// requirement keeps a package as pip's tools name it: name[extra]==1.0, name @ address, git+https://…, a path; also
// name@1.0 and name@^1.0, as uv and poetry have it.
func (r *reader) requirement(w word, i Install) {
	w = trimmed(w)
	i.Ecosystem = pypi
	text := w.text
	name := nameLength(text, "._-")
	rest := text[name:]
	extras := 0
	if strings.HasPrefix(rest, "[") {
		if extras = strings.IndexByte(rest, ']') + 1; extras == 0 {
			return
		}
	}
	at := name + extras
	for at < len(text) && text[at] == ' ' {
		at++
	}
	rest = text[at:]
	if name == 0 || strings.HasPrefix(text, "git@") || !strings.HasPrefix(rest, "@") && (isAddress(text) || isPath(text)) {
		r.elsewhere(w, i, "")
		return
	}
	i.Name = normalised(text[:name])
	rest, _, _ = strings.Cut(rest, ";") // markers say where it is needed
	rest = strings.TrimRight(rest, " ")
	if after, ok := strings.CutPrefix(rest, "@"); ok {
		if trimmedAfter := strings.TrimLeft(after, " "); isAddress(trimmedAfter) || isPath(trimmedAfter) {
			r.elsewhere(w.sub(at+1+len(after)-len(trimmedAfter), at+len(rest)), i, i.Name)
			return
		}
		if strings.HasPrefix(after, " ") || strings.HasPrefix(after, "$") { // an address that is not known
			i.Origin, i.Source = checks.URL, strings.TrimSpace(after)
			r.add(i, w, 0, 0)
			return
		}
		r.versioned(w, i, at+1, after, complete(after, 1))
		return
	}
	switch {
	case rest == "":
		r.add(i, w, 0, 0)
	case strings.HasPrefix(rest, "=="):
		version := strings.TrimLeft(rest, "= ")
		from := at + len(rest) - len(version)
		if complete(version, 1) {
			r.versioned(w, i, from, version, true)
			return
		}
		r.versioned(w, i, from, rest, false)
	case strings.IndexByte("<>!~=", rest[0]) >= 0:
		r.versioned(w, i, at, rest, false)
	}
}

// versioned keeps an install whose version or requirement begins at from in w.
func (r *reader) versioned(w word, i Install, from int, version string, exact bool) {
	if exact {
		i.Version = version
		r.add(i, w, from, from+len(version))
		return
	}
	i.Requirement = version
	r.add(i, w, 0, 0)
}

// elsewhere keeps what does not come from a registry. An address that holds a variable is kept as it is written; what
// is neither an address nor a path is passed over.
func (r *reader) elsewhere(w word, i Install, name string) {
	switch {
	case isGit(w.text):
		i.Origin = checks.Git
	case strings.HasPrefix(w.text, "file:") || isPath(w.text) && !strings.Contains(w.text, "://"):
		if strings.ContainsAny(w.text, "$`{%") {
			return
		}
		i.Origin = checks.Local
	case strings.Contains(w.text, "://"):
		i.Origin = checks.URL
	default:
		return
	}
	if name == "" {
		if _, egg, ok := strings.Cut(w.text, "#egg="); ok {
			if n := nameLength(egg, "._-"); n > 0 {
				name = normalised(egg[:n])
			}
		}
	}
	i.Name, i.Source = name, withoutCredentials(w.text)
	r.add(i, w, 0, 0)
}

// trimmed is a word without white space at its ends.
func trimmed(w word) word {
	start := len(w.text) - len(strings.TrimLeft(w.text, " \t\r\n"))
	return w.sub(start, max(start, len(strings.TrimRight(w.text, " \t\r\n"))))
}

// nameLength is how many bytes at the start of a text can be a package's name: letters and digits of any script, and
// the bytes in extra, but not at either end.
func nameLength(text, extra string) int {
	length := 0
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			length = i + len(string(r))
		case i == 0 || !strings.ContainsRune(extra, r):
			return length
		}
	}
	return length
}

// normalised is a name as PyPI compares names (PEP 503).
func normalised(name string) string {
	parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	return strings.Join(parts, "-")
}

func isAddress(text string) bool {
	return strings.Contains(text, "://") || strings.HasPrefix(text, "git+") || strings.HasPrefix(text, "file:") ||
		strings.HasPrefix(text, "git@")
}

func isGit(text string) bool {
	for _, prefix := range []string{"git+", "git://", "git@", "ssh://", "hg+", "svn+", "bzr+"} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	address, _, _ := strings.Cut(text, "#")
	return strings.Contains(address, "://") && strings.HasSuffix(address, ".git")
}

// isPath reports whether a word names a file or a folder rather than a package.
func isPath(text string) bool {
	if text == "" {
		return false
	}
	name, _, _ := strings.Cut(text, "[") // ".[dev]"
	for _, suffix := range []string{".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz", ".tar"} {
		if strings.HasSuffix(strings.ToLower(name), suffix) {
			return true
		}
	}
	return strings.IndexByte(`./~\`, text[0]) >= 0 || strings.ContainsAny(name, `/\`)
}

// complete reports whether a text is one version with at least so many numbers, rather than a range or a tag.
func complete(version string, numbers int) bool {
	if version == "" || version[0] < '0' || version[0] > '9' {
		return false
	}
	core := version
	for i := 0; i < len(version); i++ {
		c := version[i]
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.IndexByte(".+-!_", c) >= 0) {
			return false
		}
		if strings.IndexByte("+-", c) >= 0 && len(core) == len(version) {
			core = version[:i]
		}
	}
	parts := strings.Split(core, ".")
	if len(parts) < numbers {
		return false
	}
	for _, part := range parts {
		if part == "" || strings.EqualFold(part, "x") {
			return false
		}
	}
	return true
}
