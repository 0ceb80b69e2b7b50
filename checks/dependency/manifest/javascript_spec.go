package manifest

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/assay-app/assay/checks"
)

// Ecosystems of JavaScript. Deno stands for modules that are imported by their address.
const (
	npm  = "npm"
	jsr  = "JSR"
	deno = "Deno"
)

// exactVersion is one version as npm writes it in full, after at most one operator. The parts are the operator and the
// version.
var exactVersion = regexp.MustCompile(`^([\^~]|[=v]{0,2}\s*)(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$`)

// span is a part of a text; empty for none.
type span struct{ start, end int }

func (s span) shift(by int) span {
	if s == (span{}) {
		return s
	}
	return span{s.start + by, s.end + by}
}

// npmEntry is the package that a name and what is wanted of it stand for, by the rules of npm and those of Yarn, pnpm and
// Bun that npm does not contradict. The span is the version in wanted, when another may be written there.
func npmEntry(name, wanted string) (Entry, span) {
	e := Entry{Ecosystem: npm, Name: name}
	rest := strings.TrimSpace(wanted)
	skipped := strings.Index(wanted, rest)
	scheme, body, _ := strings.Cut(rest, ":")
	switch scheme {
	case "npm", "jsr":
		if scheme == "jsr" {
			e.Ecosystem = jsr
		}
		target, version := splitTarget(body)
		if target != "" && target != name {
			e.Name, e.Alias = target, name
		}
		pin := e.want(version)
		return e, pin.shift(skipped + len(rest) - len(version))
	case "file", "link", "portal", "exec":
		e.Origin, e.Source = checks.Local, rest
		return e, span{}
	case "workspace":
		e.Origin, e.Source = checks.Local, rest
		if target, _ := splitTarget(body); target != "" && target != name && strings.Contains(body[1:], "@") {
			e.Name, e.Alias = target, name
		}
		return e, span{}
	case "catalog":
		e.Requirement = rest
		return e, span{}
	case "patch":
		return patched(name, rest, body), span{}
	}
	switch {
	case isGit(rest):
		e.Origin, e.Source = checks.Git, withoutCredentials(rest)
	case scheme == "http" || scheme == "https":
		e.Origin, e.Source = checks.URL, withoutCredentials(rest)
	case isFilePath(rest) || scheme == rest && strings.Contains(rest, "/"):
		e.Origin, e.Source = checks.Local, rest
	default:
		pin := e.want(rest)
		return e, pin.shift(skipped)
	}
	return e, span{}
}

// want sets the version, or the requirement that is none.
func (e *Entry) want(version string) span {
	m := exactVersion.FindStringSubmatchIndex(version)
	if m == nil {
		e.Requirement = version
		return span{}
	}
	operator, exact := version[m[2]:m[3]], span{m[4], m[5]}
	if operator == "^" || operator == "~" {
		e.Requirement = version
		return exact
	}
	e.Version = version[m[4]:m[5]]
	if operator != "" {
		return span{}
	}
	return exact
}

// splitTarget splits what follows "npm:", "jsr:" or "workspace:": a name, a version, or a name with a version. A word
// alone is a name, but for what Yarn writes for the usual tags.
func splitTarget(body string) (name, version string) {
	if i := strings.LastIndexByte(body, '@'); i > 0 {
		return body[:i], body[i+1:]
	}
	if body == "" || body == "latest" || body == "next" || strings.ContainsAny(body[:1], "0123456789^~<>=*v") && !isWord(body) {
		return "", body
	}
	return body, ""
}

// isWord reports whether a text that begins like a version is a name after all, such as "vue".
func isWord(body string) bool {
	return body[0] == 'v' && (len(body) == 1 || body[1] < '0' || body[1] > '9')
}

// patched is the package under one that Yarn changes by a patch: "patch:NAME@npm%3AVERSION#FILE".
func patched(name, wanted, body string) Entry {
	inner, _, _ := strings.Cut(body, "#")
	inner, err := url.PathUnescape(inner)
	if i := strings.IndexByte(strings.TrimPrefix(inner, "@"), '@'); err == nil && i > 0 {
		i += len(inner) - len(strings.TrimPrefix(inner, "@"))
		if version := inner[i+1:]; !strings.HasPrefix(version, "patch:") {
			e, _ := npmEntry(inner[:i], version)
			if e.Name != name && e.Alias == "" {
				e.Alias = name
			}
			e.Source = wanted
			return e
		}
	}
	return Entry{Ecosystem: npm, Name: name, Origin: checks.Local, Source: wanted}
}

// hostedGit is the address of a repository at a host whose addresses npm takes for such.
var hostedGit = regexp.MustCompile(`^https?://(?:[^/@]*@)?(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)/[^/?#]+/[^/?#]+/?(?:tree/[^?#]*)?(?:#.*)?$`)

// isGit reports whether npm fetches something with git.
func isGit(wanted string) bool {
	for _, prefix := range []string{"git+", "git:", "git@", "ssh:", "github:", "gitlab:", "bitbucket:", "gist:"} {
		if strings.HasPrefix(wanted, prefix) {
			return true
		}
	}
	address, _, _ := strings.Cut(wanted, "#")
	if strings.HasPrefix(address, "https:") || strings.HasPrefix(address, "http:") {
		return strings.HasSuffix(address, ".git") || hostedGit.MatchString(wanted) || isForgeArchive(address)
	}
	owner, repository, ok := strings.Cut(address, "/")
	return ok && owner != "" && repository != "" && !strings.ContainsAny(address, "@: \t\\") && !strings.Contains(repository, "/") && !strings.ContainsAny(owner[:1], ".~*<>=^")
}

// isForgeArchive reports whether an address is that of a commit's files, which GitHub packs on demand.
func isForgeArchive(address string) bool {
	return strings.HasPrefix(address, "https://codeload.github.com/")
}

var filePath = regexp.MustCompile(`^(?:\.{1,2}(?:[/\\]|$)|[/\\]|~/|[A-Za-z]:[/\\])|\.(?:tgz|tar|tar\.gz)$`)

func isFilePath(wanted string) bool { return filePath.MatchString(wanted) }

// integrityOf are the hashes of an "integrity".
func integrityOf(integrity string) []string { return strings.Fields(integrity) }

// lockedVersion makes the version of an entry that a lockfile gives: whatever stands there is one version.
func (e *Entry) lockedVersion() {
	if e.Version == "" {
		e.Version = e.Requirement
	}
	e.Requirement = ""
}
