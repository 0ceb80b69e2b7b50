package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/assay-app/assay/app/markdown"
	"github.com/assay-app/assay/checks"
)

// marker is what a comment of ours carries so that it is found again. It is the last line of the comment, and only
// there is it looked for: a comment quotes the pull request, which may hold the same words.
type marker struct {
	finding string // the fingerprint
	path    string // a hash of the path, which may hold anything
	push    string // which push it was written for
}

var markerLine = regexp.MustCompile(`^<!-- assay:finding ([0-9a-f]{8,64}) in ([0-9a-f]{16}) at ([0-9a-f]{16}) -->$`)

func newMarker(f *checks.Finding, push string) marker {
	finding := string(f.Fingerprint)
	if !fingerprint.MatchString(finding) {
		finding = shortHash(finding) // a rule from elsewhere may have its own kind
	}
	return marker{finding: finding, path: shortHash(string(f.Location.Path)), push: push}
}

var fingerprint = regexp.MustCompile(`^[0-9a-f]{8,64}$`)

func (m marker) block() markdown.Block {
	return markdown.Comment(fmt.Sprintf("assay:finding %s in %s at %s", m.finding, m.path, m.push))
}

// readMarker reads the mark of a comment.
func readMarker(body string) (marker, bool) {
	body = strings.TrimRight(body, " \t\r\n")
	last := body[strings.LastIndexByte(body, '\n')+1:]
	m := markerLine.FindStringSubmatch(last)
	if m == nil {
		return marker{}, false
	}
	return marker{finding: m[1], path: m[2], push: m[3]}, true
}

// push names a push for the purpose of "one review per push". Another base is another change, though the head is the
// same: it may bring findings that nobody has seen yet.
func (p *Pull) push() string {
	return shortHash(string(p.Head) + "\x00" + string(p.Result.MergeBase))
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}
