// Package prefilter tells what a text cannot contain, without a look at what it says: most rules have no business in most files, and
// what says so has to cost next to nothing.
package prefilter

// Literal is a string that a text may have to contain.
type Literal struct {
	Text string

	// Fold finds the text in any case. Text is then in lower case, and only letters of ASCII have another.
	Fold bool
}

// Clause is a condition on a text: it contains one of the literals. A clause without literals is never met.
type Clause struct{ Any []Literal }
