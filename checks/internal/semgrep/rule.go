// Package semgrep reads rules in Semgrep's language, the classic one and that of `match:`, into data that a matcher
// runs.
//
// It is strict: a rule that uses something it does not know is refused with the file, the line and the operator, and the
// rules beside it are kept. Nothing is ever run in part.
package semgrep

import (
	"github.com/assay-app/assay/checks/internal/ast"
)

// Languages that are no code: the file is searched as text.
const (
	Regex   ast.Language = "regex"
	Generic ast.Language = "generic"
)

// Rule is one rule.
type Rule struct {
	ID        string
	Languages []ast.Language // without repetition, by their first names; Regex and Generic too
	Message   string
	Severity  string // as written, in upper case
	Metadata  *Node  // nil if there is none

	// Formula is what is searched for; nil in a rule of taint.
	Formula *Formula
	Taint   *Taint // nil in a rule of search

	Options  Options
	Paths    Paths
	Fix      string // a template with metavariables
	HasFix   bool   // tells an empty Fix from none
	FixRegex *FixRegex

	File string // that it was loaded from
	Line int
}

// Paths says for which files a rule is meant, as globs.
type Paths struct{ Include, Exclude []string }

// FixRegex replaces what a regular expression matches in the range that was found.
type FixRegex struct {
	Regex       *Expression
	Replacement string
	Count       int // replacements at most; 0 for all
}

// Taint is what a rule of taint follows.
type Taint struct {
	Sources     []Source
	Sinks       []Sink
	Sanitizers  []Sanitizer
	Propagators []Propagator
}

// SideEffect says whether a match taints or cleans the variable that it is, from there on.
type SideEffect uint8

// The values of by-side-effect.
const (
	NoSideEffect   SideEffect = iota
	SideEffectToo             // by-side-effect: true
	SideEffectOnly            // by-side-effect: only
)

// Source is where taint comes from.
type Source struct {
	Formula    *Formula
	SideEffect SideEffect
	Exact      bool
	Control    bool   // what runs after it is tainted, not its value
	Label      string // "__SOURCE__" if there is none
	Requires   *Requires
}

// Sink is where taint must not go.
type Sink struct {
	Formula  *Formula
	Exact    bool // only the matched expression itself counts, not what it is made of; true unless said otherwise
	AtExit   bool // only where the function ends behind it
	Requires *Requires
}

// Guard says that a sanitizer is a test, and how it comes out where the data is clean.
type Guard uint8

// The values of guard, a key of ours.
const (
	NoGuard    Guard = iota
	GuardHolds       // guard: holds, as `x in ALLOWED`
	GuardFails       // guard: fails, as `".." in x`
)

// Sanitizer is what cleans.
type Sanitizer struct {
	Formula    *Formula
	SideEffect SideEffect
	Exact      bool
	Guard      Guard
	Clears     string // the metavariable that a guard cleans; what it matches, if empty
}

// Propagator carries taint from one metavariable to another.
type Propagator struct {
	Formula       *Formula
	From, To      string
	SideEffect    bool
	Label         string // what it gives to To, or empty for the labels that From has
	Requires      *Requires
	ReplaceLabels []string
}

// DefaultLabel is the label of a source that names none.
const DefaultLabel = "__SOURCE__"
