// Package match finds where the formulas of Semgrep's rule language hold in a file.
//
// A file is indexed once. A pattern starts from the nodes that its rarest part can be, and what it finds is kept for all
// formulas that have it in common. Formulas then are an algebra of ranges: parts of `patterns` narrow each other, and
// metavariables must agree.
//
// What a search costs is counted in steps, so that the same file gives the same answer everywhere.
package match

import (
	"errors"

	"github.com/assay-app/assay/checks/internal/ast"
	"github.com/assay-app/assay/checks/internal/generic"
	"github.com/assay-app/assay/checks/internal/names"
	"github.com/assay-app/assay/checks/internal/prefilter"
	"github.com/assay-app/assay/checks/internal/regex"
	"github.com/assay-app/assay/checks/internal/semgrep"
)

// DefaultSteps is the budget of one rule in one file. A step is about 20 ns.
const DefaultSteps = 1 << 25

// MaxRanges bounds what one formula may find in one file.
const MaxRanges = 50000

// Errors of a search that was given up.
var (
	ErrBudget = errors.New("matching the rule needs more steps than it is allowed")
	ErrRanges = errors.New("the rule finds more places than it is allowed")
)

// Budget is the number of steps that searches may still take. It is not safe for concurrent use.
type Budget struct{ Steps int }

// Range is a place in the file where a formula holds.
type Range struct {
	Start, End uint32

	// Node is the node that was matched, or the first of several statements; None if it is text.
	Node ast.ID
	Last ast.ID // the last statement; else Node
	Env  *Env

	kind rangeKind
}

// rangeKind tells ranges that others must lie in from those that are looked for.
type rangeKind uint8

const (
	plainRange rangeKind = iota
	insideRange
	anywhereRange
)

// File is one file, indexed. It is not safe for concurrent use.
type File struct {
	Tree   *ast.Tree
	Names  *names.Info
	source string

	index    *index
	written  *prefilter.Text  // made when they are first needed
	computed *prefilter.Grams // likewise: of the texts that the code puts together
	formulas map[formulaKey][]Range
	found    map[leafKey][]Range
	errs     map[leafKey]error
	texts    map[string]*generic.Document
	within   map[embedded]*File // files made of the values of metavariables
	depth    int                // how many files this one is within
}

// leafKey is what the ranges of a leaf depend on.
type leafKey struct {
	pattern *semgrep.Pattern
	regex   *semgrep.Expression
	options uint32
	text    bool
}

// NewFile indexes the code of a file.
func NewFile(tree *ast.Tree, info *names.Info) *File {
	f := NewText(tree.Source)
	f.Tree, f.Names, f.index = tree, info, newIndex(tree, info)
	return f
}

// NewText is a file that only regular expressions and generic patterns are for.
func NewText(source string) *File {
	return &File{source: source, formulas: map[formulaKey][]Range{}, found: map[leafKey][]Range{}, errs: map[leafKey]error{}, within: map[embedded]*File{}}
}

// Ranges finds where a formula of a rule with these options holds, in the order of their starts, none twice. Language is
// that in which the file is searched: its own, or [semgrep.Regex] or [semgrep.Generic]. An error means that the file was
// not searched to the end, or that a pattern is wrong, which a strict loader would have said. The ranges are kept for the
// next rule with the same formula; the caller must not change them.
func (f *File) Ranges(formula *semgrep.Formula, language ast.Language, options *semgrep.Options, budget *Budget) ([]Range, error) {
	if budget == nil {
		budget = &Budget{Steps: DefaultSteps}
	}
	key := formulaKey{formula, language, optionBits(options), options.GenericCommentStyle}
	if known, ok := f.formulas[key]; ok {
		return known, nil
	}
	s := &search{File: f, language: language, options: options, budget: budget}
	ranges, err := s.formula(formula)
	if err != nil {
		return nil, err
	}
	f.formulas[key] = distinct(ranges)
	return f.formulas[key], nil
}

// Forget frees what was kept of earlier searches, for a file that may be searched again some day.
func (f *File) Forget() {
	fresh := NewText(f.source)
	f.formulas, f.found, f.errs, f.within = fresh.formulas, fresh.found, fresh.errs, fresh.within
	f.written, f.computed = nil, nil
}

// formulaKey is what the ranges of a formula depend on.
type formulaKey struct {
	formula  *semgrep.Formula
	language ast.Language
	options  uint32
	comments string // in generic mode
}

// search is one call of Ranges.
type search struct {
	*File
	language ast.Language
	options  *semgrep.Options
	budget   *Budget
	bounds   *span  // the part of the file that is searched; nil for all of it
	name     *Value // what is searched, if it is a name that is no expression, such as that of a method
	value    bool   // it is the value of a metavariable, which a formula that only excludes starts from
}

// spend takes steps from the budget.
func (b *Budget) spend(n int) error {
	if b.Steps -= n; b.Steps < 0 {
		return ErrBudget
	}
	return nil
}

// regexSteps lends what is left to a regular expression.
func (b *Budget) regexSteps(run func(*regex.Budget) error) error {
	lent := &regex.Budget{Steps: b.Steps}
	err := run(lent)
	b.Steps = lent.Steps
	if errors.Is(err, regex.ErrBudget) {
		return ErrBudget
	}
	return err
}

// Text is the text that a value stands for.
func (f *File) Text(v Value) string {
	if v.Kind == TextValue || v.Kind == ContentValue {
		return v.Text
	}
	return f.source[v.Start:v.End]
}
