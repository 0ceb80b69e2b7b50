package manifest

import (
	"net/url"
	"path"
	"strings"

	"github.com/assay-app/assay/checks"
)

// requirement is what PEP 508 and pip let one write of a package: "name[extra]>=1,<2; marker", "name @ address", an
// address or a path alone. Offsets are those of the text that it was read from.
type requirement struct {
	name, extras string
	specifier    string // without blanks around it and without brackets
	at           int    // offset of the specifier
	address      string // a URL or a path
}

// parseRequirement reads a requirement. It reports false for what is none.
func parseRequirement(s string) (requirement, bool) {
	var r requirement
	at := skipBlanks(s, 0)
	if isAddress(s[at:]) {
		r.address, _ = cutMarker(s[at:])
		return r, true
	}
	end := at
	for end < len(s) && isNameByte(s[end]) {
		end++
	}
	r.name = s[at:end]
	at = skipBlanks(s, end)
	if at < len(s) && s[at] == '[' {
		size := strings.IndexByte(s[at:], ']')
		if size < 0 {
			return r, false
		}
		r.extras = s[at+1 : at+size]
		at = skipBlanks(s, at+size+1)
	}
	if r.name == "" {
		return r, false
	}
	if at < len(s) && s[at] == '@' {
		at = skipBlanks(s, at+1)
		r.address, _ = cutMarker(s[at:])
		return r, r.address != ""
	}
	end = len(s)
	if i := strings.IndexByte(s[at:], ';'); i >= 0 {
		end = at + i
	}
	r.at = at
	r.specifier = strings.TrimRight(s[at:end], " \t")
	if strings.HasPrefix(r.specifier, "(") && strings.HasSuffix(r.specifier, ")") {
		inner := r.specifier[1 : len(r.specifier)-1]
		r.at += 1 + skipBlanks(inner, 0)
		r.specifier = strings.TrimSpace(inner)
	}
	return r, r.specifier == "" || isComparison(r.specifier)
}

func isComparison(specifier string) bool {
	for _, operator := range []string{"==", "<", ">", "!=", "~="} {
		if strings.HasPrefix(specifier, operator) {
			return true
		}
	}
	return false
}

// isNameByte reports whether a name may hold c. Names that no registry would take are read too, so that somebody can say so.
func isNameByte(c byte) bool {
	return c > ' ' && strings.IndexByte("!\"#$&'()*+,/:;<=>?@[\\]^`{|}~", c) < 0 || c < ' ' && c != '\t'
}

func skipBlanks(s string, at int) int {
	for at < len(s) && (s[at] == ' ' || s[at] == '\t') {
		at++
	}
	return at
}

// cutMarker splits an address from the marker behind it, which begins with a blank and a semicolon, and from other words.
func cutMarker(s string) (address, rest string) {
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return strings.TrimSuffix(s[:i], ";"), s[i:]
	}
	return s, ""
}

// isAddress reports whether a requirement is an address or a path alone, as pip tells them.
func isAddress(s string) bool {
	if s == "." || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") || strings.HasPrefix(s, "/") || strings.HasPrefix(s, ".[") || s == ".." || strings.HasPrefix(s, `.\`) || strings.HasPrefix(s, `..\`) {
		return true
	}
	address, _ := cutMarker(s)
	scheme, _, ok := strings.Cut(address, ":")
	if ok && scheme != "" && strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz+") == "" && (strings.HasPrefix(address[len(scheme):], "://") || scheme == "file") {
		return true
	}
	if strings.Contains(address, "@") || strings.ContainsAny(address, "=<>!~;") {
		return false
	}
	return strings.Contains(address, "/") || isArchive(address)
}

func isArchive(name string) bool {
	for _, ending := range []string{".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"} {
		if strings.HasSuffix(strings.ToLower(name), ending) {
			return true
		}
	}
	return false
}

// exactly is the one version that a specifier allows, and where in it that stands; "" if it allows several. Only a version
// that stands alone can be replaced by another.
func exactly(specifier string) (version string, at int, alone bool) {
	offset := 0
	clauses := strings.Split(specifier, ",")
	for _, clause := range clauses {
		start := skipBlanks(clause, 0)
		operator := 0
		switch {
		case strings.HasPrefix(clause[start:], "==="):
			operator = 3
		case strings.HasPrefix(clause[start:], "=="):
			operator = 2
		}
		found := strings.TrimSpace(clause[start+operator:])
		if operator > 0 && found != "" && !strings.ContainsAny(found, "*=<>! ") {
			return found, offset + skipBlanks(clause, start+operator), len(clauses) == 1
		}
		offset += len(clause) + 1
	}
	return "", 0, false
}

// place turns a requirement into an entry. What is a folder of the repository without a name becomes one that the
// repository holds, and reports false.
func (f *File) place(w written, r requirement, e *Entry) bool {
	e.Ecosystem = pypi
	e.Name = pep503(r.name)
	if r.address != "" {
		return f.addressed(r.address, e)
	}
	version, at, alone := exactly(r.specifier)
	if e.Version = version; version == "" {
		e.Requirement = r.specifier
		return true
	}
	if alone && f.Kind == Manifest && len(e.Hashes) == 0 {
		e.Pin = w.pin(r.at+at, r.at+at+len(version))
	}
	return true
}

// addressed fills in what an address or a path says of an entry.
func (f *File) addressed(address string, e *Entry) bool {
	e.Source = withoutCredentials(address)
	bare, fragment, _ := strings.Cut(address, "#")
	if !strings.Contains(address, "://") {
		return f.folder(bare, e)
	}
	if e.Name == "" {
		e.Name = nameInFragment(fragment)
	}
	scheme, rest, _ := strings.Cut(bare, "://")
	switch scheme = strings.ToLower(scheme); {
	case scheme == "file":
		if i := strings.Index(rest, "${PROJECT_ROOT}/"); i >= 0 {
			return f.folder(rest[i+len("${PROJECT_ROOT}/"):], e)
		}
		return f.folder(bare[len("file://"):], e)
	case strings.HasPrefix(scheme, "git+") || scheme == "git" || scheme == "ssh" || strings.HasPrefix(scheme, "hg+") || strings.HasPrefix(scheme, "svn+") || strings.HasPrefix(scheme, "bzr+"):
		e.Origin = checks.Git
		if e.Name == "" {
			repository := rest
			if i := strings.LastIndexByte(rest, '@'); i > strings.IndexByte(rest, '/') {
				repository = rest[:i]
			}
			e.Name = pep503(strings.TrimSuffix(path.Base(repository), ".git"))
		}
	default:
		e.Origin = checks.URL
		name, version := ofArchive(bare)
		if e.Name == "" {
			e.Name = name
		}
		if e.Name == name {
			e.Version = version
		}
	}
	return true
}

// folder is addressed for a path in the repository, or an archive there.
func (f *File) folder(named string, e *Entry) bool {
	e.Origin = checks.Local
	if i := strings.IndexByte(named, '['); i >= 0 {
		named = named[:i]
	}
	if isArchive(named) {
		name, version := ofArchive(named)
		if e.Name == "" {
			e.Name = name
		}
		e.Version = version
		return true
	}
	if folder, ok := inRepository(f.Path, named); ok {
		f.holds(folder)
	}
	return e.Name != ""
}

// nameInFragment is the name that an address tells pip with "#egg=".
func nameInFragment(fragment string) string {
	for part := range strings.SplitSeq(fragment, "&") {
		if name, ok := strings.CutPrefix(part, "egg="); ok {
			name, _, _ = strings.Cut(name, "[")
			return pep503(name)
		}
	}
	return ""
}

// ofArchive is the package and the version that an archive's file name tells: "name-1.0-py3-none-any.whl",
// "name-1.0.tar.gz". The name of any other file stands for its package.
func ofArchive(address string) (name, version string) {
	file := path.Base(strings.TrimRight(address, "/"))
	if unescaped, err := url.PathUnescape(file); err == nil {
		file = unescaped
	}
	file, _, _ = strings.Cut(file, "?")
	if rest, ok := strings.CutSuffix(file, ".whl"); ok {
		if parts := strings.Split(rest, "-"); len(parts) >= 5 {
			return pep503(parts[0]), parts[1]
		}
		return pep503(rest), ""
	}
	if !isArchive(file) {
		return pep503(file), ""
	}
	for _, ending := range []string{".zip", ".tgz", ".gz", ".bz2", ".xz", ".tar"} {
		file = strings.TrimSuffix(file, ending)
	}
	if i := strings.LastIndexByte(file, '-'); i > 0 && i+1 < len(file) && '0' <= file[i+1] && file[i+1] <= '9' {
		return pep503(file[:i]), file[i+1:]
	}
	return pep503(file), ""
}
