// Package record is what public advisories say, in a form of our own: one record an advisory and package, and whether
// it holds for a version. The index and the online API both answer from it, so that they judge alike.
//
// Texts come from whoever wrote an advisory. They are bounded here, and shown escaped elsewhere.
package record

import (
	"time"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/dependency/judge"
)

// Record is what one advisory says of one package.
type Record struct {
	ID      string   // at most MaxID bytes
	Aliases []string // at most MaxAliases; other ids of the same problem
	Summary string   // one line, at most MaxSummary bytes

	Severity checks.Severity // empty when nobody scored it
	Score    float64         // CVSS base score, 0 when there is none
	CWE      []string        // CWE-79, at most MaxCWE

	Published time.Time // to the second; zero when not said

	Exploited bool    // in a catalogue of known exploited vulnerabilities
	EPSS      float64 // 0 when not known

	// Versions are affected versions by name, and Ranges spans of them; a version is affected when either holds it.
	Versions Versions
	Ranges   []Range
}

// Range is a span of versions, and never of commits.
type Range struct {
	Events []Event  // sorted by version
	Limits []string // when there are any, nothing is said of versions that are not lower than one of them
}

// Event is a version at which something changes.
type Event struct {
	Kind    Kind
	Version string // "0" of an Introduced is before all versions
}

// Kind says what happens at a version.
type Kind byte

// The kinds of events.
const (
	Introduced   Kind = 'i' // this version and later ones are affected
	Fixed        Kind = 'f' // this version and later ones are not
	LastAffected Kind = 'a' // later versions are not
)

// Bounds of a record. An advisory that exceeds those of its id, its package or its events counts as unreadable; of
// longer lists and texts the rest is cut off, since nothing is missed for that.
const (
	MaxID       = 128
	MaxName     = 512 // of a package; a Maven name joins two
	MaxVersion  = 128 // of a version, here and in questions
	MaxSummary  = 300 // bytes
	MaxAliases  = 64
	MaxCWE      = 16
	MaxEvents   = 10_000  // of all ranges together
	MaxVersions = 1 << 20 // bytes of all of them together; nightly builds make thousands of versions
)

// Result answers a question about versions of packages.
type Result struct {
	Advisories map[judge.Ref][]judge.Advisory // the gravest first; absent when there are none
	Safe       map[judge.Ref]string           // the lowest later version that no advisory covers; absent when none is known
	Unknown    []judge.Unknown                // in the order of the questions
}

// NewResult has room for answers.
func NewResult() Result {
	return Result{Advisories: map[judge.Ref][]judge.Advisory{}, Safe: map[judge.Ref]string{}}
}

// Add appends an unanswered question.
func (r *Result) Add(ref judge.Ref, reason string) {
	r.Unknown = append(r.Unknown, judge.Unknown{Ref: ref, Reason: reason})
}
