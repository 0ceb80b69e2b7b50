// Package judge says what is wrong with the packages of a change, from what the world answered about them. It is pure
// and works on plain data, so that whoever asked, and when, decides nothing.
//
// The check in the child reports packages; a process that may use the network looks them up; this package makes
// findings of both.
package judge

import (
	"time"

	"github.com/assay-app/assay/checks"
)

// Name identifies a package whatever its version.
type Name struct {
	Ecosystem string `json:"ecosystem"` // as OSV writes it
	Name      string `json:"name"`      // as the ecosystem compares names
}

// Ref identifies one version of a package.
type Ref struct {
	Name
	Version string `json:"version,omitempty"`
}

// Answers is what is known about the packages of a change.
type Answers struct {
	Now        time.Time          // when it was asked; ages are taken from it
	Advisories map[Ref][]Advisory // those that hold for this very version, the gravest first; absent when there are none
	Safe       map[Ref]string     // of a version with advisories: the lowest later one that no advisory covers; absent when none is known
	Standings  map[Name]Standing  // of the names that the change adds
	Database   Database

	// Unknown are questions that nobody answered: what was asked about, and why there is no answer. They are said and
	// counted; they make no finding.
	Unknown []Unknown
}

// Unknown is a question without an answer.
type Unknown struct {
	Ref
	Reason string `json:"reason"` // a short phrase, such as "no answer within 5 s"
}

// Advisory is a public statement that some versions of a package are vulnerable or malicious. Records that alias each
// other are one.
type Advisory struct {
	ID        string // the best known one: GHSA, then the ecosystem's own, then CVE; MAL for malicious packages
	Aliases   []string
	Summary   string          // one line of text that somebody else wrote
	Severity  checks.Severity // empty when nobody scored it
	Score     float64         // CVSS base score, 0 when there is none
	CWE       []string
	Malicious bool      // the package was made to harm, or this version was
	Fixed     string    // the lowest later version that this advisory does not cover; empty when none is known
	Published time.Time // zero when not said

	Exploited bool    // in the catalogue of known exploited vulnerabilities that the operator supplies
	EPSS      float64 // probability of exploitation in the next 30 days, 0 to 1; 0 when not supplied
}

// Database says where advisories came from.
type Database struct {
	Source  string    `json:"source,omitempty"`  // "index" or "osv.dev"; empty when nothing could be asked
	Built   time.Time `json:"built,omitzero"`    // of an index: when the data was fetched
	Records int       `json:"records,omitempty"` // of an index
	Missing string    `json:"missing,omitempty"` // why there is none, in a phrase; empty when there is one
	Off     bool      `json:"off,omitempty"`     // nobody wants look-ups; then nothing is missing
}

// StaleAfter is the age at which an index is called stale. OSV adds some hundred records a day.
const StaleAfter = 7 * 24 * time.Hour

// Stale reports whether advisories are older than [StaleAfter].
func (d Database) Stale(now time.Time) bool {
	return !d.Built.IsZero() && now.Sub(d.Built) > StaleAfter
}

// State is what a name turned out to be.
type State string

// The states. An error or a time-out is never one of the others than [Unanswered].
const (
	Exists      State = "exists"
	Nonexistent State = "nonexistent" // whoever answered has no such name
	Removed     State = "removed"     // it was there and was taken down as malware
	Unanswered  State = "unanswered"
)

// Standing is what is known of a name in its ecosystem.
type Standing struct {
	State         State
	Source        string    // who said so: "deps.dev", or the host of a configured registry
	Authoritative bool      // the registry itself, which is the one to install from; deps.dev lags behind
	First         time.Time // of the first release; zero when not known
	Releases      int       // 0 when not known
	Versions      Presence  // whether the versions that the change names exist
}

// Presence says of versions whether they exist. A version that is not in it was not asked about.
type Presence map[string]bool
