package semgrep

import (
	"github.com/assay-app/assay/checks/internal/ast"
)

// Formula is what a rule searches for. It is immutable once loaded, and pointers to it may be map keys.
type Formula struct {
	Op   Op
	Line int

	// Of PatternOp.
	Pattern *Pattern
	// Of RegexOp.
	Regex *Expression

	// Formulas are the parts of All (in no order of meaning) and Any, and the one part of Not, Inside and Anywhere.
	Formulas []*Formula

	// Conditions filter what All finds, in order; only All has them. Focus then narrows it: each list is one
	// focus-metavariable, whose metavariables are alternatives.
	Conditions []*Condition
	Focus      [][]string

	conditions conditionChoices
	early      earlyConditions
}

// Op is what a formula does.
type Op uint8

// The operators. Not stands in All only.
const (
	PatternOp Op = iota
	RegexOp
	All      // patterns, all: what all positive parts agree on
	Any      // pattern-either, any
	Not      // pattern-not, not; with Inside in it, pattern-not-inside
	Inside   // pattern-inside, inside: what others must lie in
	Anywhere // what must be found somewhere in the file
)

// Pattern is code with holes, read anew for every language of its rule. It is shared between formulas: equal texts for
// equal languages are one Pattern.
type Pattern struct {
	Text      string
	Languages []ast.Language
	parsed    []parsedPattern // by language, in the same order
	text      parsedText
	words     patternWords
	span      int // of an ellipsis in generic mode, in lines
}

// Condition is a further demand on what the metavariables hold.
type Condition struct {
	Kind         ConditionKind
	Line         int
	Metavariable string // "$X"; of a Comparison it may be empty

	Regex  *Expression // of RegexCondition, matched at the start of the value's text
	Folded bool        // constant-propagation: the text is that of the value's constant, if it has one

	Formula  *Formula     // of PatternCondition
	Language ast.Language // that the value's text is read in; empty for that of the file

	Comparison *Comparison // of ComparisonCondition
	Analyzer   string      // of AnalysisCondition: "entropy" or "redos"
	Types      []string    // of TypeCondition: alternatives
}

// ConditionKind is what a condition demands.
type ConditionKind uint8

// The kinds of conditions.
const (
	RegexCondition ConditionKind = iota
	PatternCondition
	ComparisonCondition
	AnalysisCondition
	TypeCondition
)
