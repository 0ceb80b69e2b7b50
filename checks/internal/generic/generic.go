// Package generic matches patterns against text in any language, as Semgrep's generic mode does.
//
// A text is words (letters, digits and underscores of ASCII) and single other bytes, in blocks: lines indented further
// than the one before are a block, and so is what stands between brackets that open and close on one line. A pattern is
// read alike, save that its brackets make no blocks. It is matched token by token from anywhere, and may go into blocks
// and out again, but never out of the block in which it began. In it
//
//	$X        is one word, the same wherever $X stands
//	...       is anything, as little as possible, up to a number of lines below what matched before
//	$...X     is that too, and the same text wherever $...X stands
//
// A pattern that begins with ... begins at the start of a block. One that ends with ... takes as much as it may. A block
// of a pattern matches a whole block of the text, down to its end; if it holds only ... it also matches no block.
package generic

import "errors"

// Bounds.
const (
	MaxSource    = 1 << 24 // bytes of a text
	MaxPattern   = 1 << 14 // bytes of a pattern
	MaxMatches   = 1 << 16 // of one pattern in one text
	DefaultSteps = 1 << 24 // of a search without a budget of its own

	maxNodes = 2000 // of a pattern; they also bound how deep the matcher nests
)

// ErrBudget says that a search was given up because it ran out of steps.
var ErrBudget = errors.New("the pattern needs more steps than it is allowed")

// DefaultEllipsisMaxSpan is the number of lines that Semgrep lets an ellipsis go down.
const DefaultEllipsisMaxSpan = 10

// CommentStyle says which comments of a text are passed over. Those in a pattern are not.
type CommentStyle string

// The styles, by the names that Semgrep's option generic_comment_style gives them.
const (
	NoComments    CommentStyle = ""
	CComments     CommentStyle = "c"     // /* … */
	CppComments   CommentStyle = "cpp"   // those and // …
	ShellComments CommentStyle = "shell" // # …
)

// Budget is the number of steps that searches may still take. It is not safe for concurrent use.
type Budget struct{ Steps int }

// Range is the bytes [Start, End) of a text.
type Range struct{ Start, End uint32 }

// Match is one match: its range, and what each metavariable took, by its name with the dollar sign.
type Match struct {
	Range
	Bindings map[string]Range
}
