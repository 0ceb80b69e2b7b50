// Package taint follows data from where it enters a program to where it does harm: all taint rules of a file in one pass.
//
// It is an abstract interpreter. What a variable holds is a [cell]: which taints the whole of it carries, and which its
// fields and elements do. Statements are run in order, branches are joined, loops are run until nothing changes. A call
// of a function whose code is known runs that code once for each kind of taint that comes in; what comes out is
// remembered and used for every later call of that kind.
//
// Where rules look (their sources, sinks, sanitizers and propagators) is found by the matcher before; this package is
// given the ranges.
package taint

import (
	"context"
	"errors"
	"fmt"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/imports"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// Rule is a rule of mode taint.
type Rule struct {
	ID      string
	Options Options

	Sources     []Source
	Sinks       []Sink
	Sanitizers  []Sanitizer
	Propagators []Propagator
}

// Options are what a rule may assume, by Semgrep's names for it.
type Options struct {
	SafeFunctions   bool // taint_assume_safe_functions: what an unknown call returns is clean
	SafeIndexes     bool // taint_assume_safe_indexes: x[tainted] is clean
	SafeComparisons bool // taint_assume_safe_comparisons
	SafeBooleans    bool // taint_assume_safe_booleans: what certainly is a boolean is clean
	SafeNumbers     bool // taint_assume_safe_numbers: what certainly is a number is clean
	UnifyMetavars   bool // taint_unify_mvars: a metavariable of source and sink must be bound to the same

	// WithinFunctions keeps to what Semgrep's community edition does: calls are not followed.
	WithinFunctions bool
}

// Source is an item of pattern-sources.
type Source struct {
	Label    string            // DefaultLabel when empty
	Requires *semgrep.Requires // which labels must be there already
	Exact    bool              // only the match itself is tainted, not what is in it
	Control  bool              // having passed it is enough
	SideEffect
}

// Sink is an item of pattern-sinks.
type Sink struct {
	Requires *semgrep.Requires // DefaultLabel when it is zero
	Inexact  bool              // whatever in the match is tainted counts, not just the match itself
	AtExit   bool              // counts only where the function ends
}

// Sanitizer is an item of pattern-sanitizers.
type Sanitizer struct {
	Exact          bool // only the match itself is clean, not what is in it
	NotConflicting bool // is none where the match is a source or sink too
	SideEffect
	Guard Guard
}

// Guard says that a sanitizer is a test: it clears what its match is focused on in the code that runs after the test,
// depending on how it came out. This is not in Semgrep.
type Guard uint8

// The guards.
const (
	NoGuard    Guard = iota
	GuardHolds       // clears where the test holds: `if is_safe(x): …`, and behind `if not is_safe(x): return`
	GuardFails       // clears where it does not hold: `if is_bad(x): return; …`
)

// SideEffect says whether a match changes what the variable in it holds from there on.
type SideEffect uint8

// The side effects.
const (
	NoSideEffect   SideEffect = iota
	AlsoSideEffect            // by-side-effect: true
	OnlySideEffect            // by-side-effect: only
)

// Propagator is an item of pattern-propagators.
type Propagator struct {
	Requires      *semgrep.Requires
	Label         string   // the label of what arrives; empty to keep it
	ReplaceLabels []string // which labels Label replaces; all when empty
	NoSideEffect  bool     // by-side-effect: false
}

// DefaultLabel is the label of sources that name none.
const DefaultLabel = "__SOURCE__"

// File is one file as the analysis wants it.
type File struct {
	Path  string
	Tree  *ast.Tree
	Names *names.Info
	Hits  []Hits // by rule, as the rules are passed to Analyze
}

// Hits are what one rule's patterns match in a file.
type Hits struct {
	Sources, Sinks, Sanitizers, Propagators []Match
}

// Match is one match of an item.
type Match struct {
	Item       int // which Source, Sink, Sanitizer or Propagator of the rule
	Start, End uint32
	Node       ast.ID // the node that covers the range exactly, or None
	Bindings   []Binding

	// Place is what a guard clears; None for what the match covers.
	Place ast.ID
	// From and To are what a propagator's metavariables are bound to.
	From, To ast.ID
}

// Binding is what a metavariable stands for.
type Binding struct {
	Name string // "$X"
	Text string // the source that it covers
	Hash uint64 // equal for what means the same; 0 to compare Text
}

// Modules opens other files of the repository, for the functions that the analysed file imports. Open returns nil when
// there is no such file or it can't be read. Paths are relative to the root of the repository, with slashes.
type Modules interface {
	Open(ctx context.Context, path string) (*File, error)

	// Imports tells which files those are.
	Imports() *imports.Resolver
}

// Finding is a flow from a source into a sink.
type Finding struct {
	Rule   int   // its index
	File   *File // that the sink is in
	Sink   Match
	Source Match
	Origin *File // that the source is in

	// Bindings are those of sink and source; the sink's win.
	Bindings []Binding
	Trace    []Step // from source to sink
}

// Step is a place that a flow passes.
type Step struct {
	File *File
	Node ast.ID
}

// ErrBound means that the code is too large or too tangled: what was found is right, but there may be more.
var ErrBound = errors.New("the flow of data is too tangled to follow it to the end")

// MissedError says that calls were not followed, because they lie too deep inside others or because one function is
// called in too many ways, and that rules might have found something in them. What was found is right.
type MissedError struct {
	Rules []int // their indexes, in order
}

func (*MissedError) Error() string {
	return fmt.Sprintf("calls more than %d deep, or of one function in more than %d ways, were not followed", maxCallDepth, maxFuncContexts+maxFlatContexts)
}

// Analyze finds the flows of all rules in a file. Modules may be nil. The findings are in the order of their sinks, one
// for each match of a sink. An error means that the file was not followed to the end: it is ErrBound, a
// MissedError, the error of ctx, or one of Modules; the findings so far are returned all the same.
func Analyze(ctx context.Context, rules []Rule, file *File, modules Modules) ([]Finding, error) {
	p := newProgram(ctx, rules, modules)
	p.run(file)
	return p.findings(file), p.problem()
}
