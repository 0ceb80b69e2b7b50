package dependency

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assay-app/assay/checks/dependency/manifest"
)

// insecure reports whether something is fetched from another machine without encryption.
func insecure(address string) bool {
	u, err := url.Parse(strings.TrimPrefix(strings.TrimPrefix(address, "git+"), "registry+"))
	if err != nil || u.Scheme != "http" && u.Scheme != "git" && u.Scheme != "ftp" {
		return false
	}
	return !here(u.Hostname())
}

// here reports whether a host is this machine, or in a network that no stranger is on.
func here(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".internal") || strings.HasSuffix(host, ".local") {
		return true
	}
	at, err := netip.ParseAddr(host)
	return err == nil && (at.IsLoopback() || at.IsPrivate())
}

// ownerOf is the host of an address and the first name of its path: on hosts that anybody uses, that is whose it is.
func ownerOf(address string) string {
	u, err := url.Parse(strings.TrimPrefix(address, "git+"))
	if err != nil || u.Host == "" {
		before, _, _ := strings.Cut(address, "/") // github:owner/name, git@host:owner/name
		return before
	}
	owner, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	return u.Host + "/" + owner
}

// hashInAddress is how an address may say what it must lead to.
var hashInAddress = regexp.MustCompile(`[#&](?:sha256|sha384|sha512)=[0-9a-fA-F]{64,128}\b`)

var fullCommit = regexp.MustCompile(`^[0-9a-f]{40}(?:[0-9a-f]{24})?$`)

// gitRevision is what a git address asks for, and whether that is one commit.
func gitRevision(address string) (revision string, pinned bool) {
	if _, fragment, ok := strings.Cut(address, "#"); ok {
		for part := range strings.SplitSeq(fragment, "&") {
			if fullCommit.MatchString(part) {
				return part, true
			}
			if name, value, ok := strings.Cut(part, "="); ok && (name == "commit" || name == "rev") {
				return value, fullCommit.MatchString(value)
			}
		}
	}
	u, err := url.Parse(address)
	if err == nil {
		for _, name := range []string{"rev", "commit", "ref", "tag", "branch"} {
			if value := u.Query().Get(name); value != "" {
				return value, fullCommit.MatchString(value)
			}
		}
	}
	rest, fragment, _ := strings.Cut(address, "#")
	rest, _, _ = strings.Cut(rest, "?")
	if i := strings.LastIndexByte(rest, '@'); i > strings.LastIndexByte(rest, '/') || i > 0 && i > strings.Index(rest, "://")+3 && strings.Contains(rest[:i], "/") {
		return rest[i+1:], fullCommit.MatchString(rest[i+1:])
	}
	if fragment != "" && !strings.Contains(fragment, "=") {
		return fragment, false
	}
	return "the default branch", false
}

// deceptive says what is wrong with the characters of a name, in words; "" for a name that a registry could have.
func deceptive(e *manifest.Entry) string {
	name := e.Name
	switch {
	case !utf8.ValidString(name):
		return "bytes that are no text"
	case strings.Contains(name, "/../") || strings.HasPrefix(name, "../") || strings.HasPrefix(name, "/") || strings.HasSuffix(name, "/.."):
		return "a path that leads out of its folder"
	case strings.Contains(name, "%"):
		return "an encoded character"
	}
	for _, r := range name {
		switch {
		case unicode.IsControl(r) || !unicode.IsPrint(r):
			return fmt.Sprintf("the invisible character U+%04X", r)
		case r > unicode.MaxASCII:
			return fmt.Sprintf("the character U+%04X, which is none of plain Latin", r)
		}
	}
	return ""
}
