package prefilter

// Literal is a string that a text may have to contain.
type Literal struct {
	Text string

	// Fold finds the text in any case. Text is then in lower case, and only letters of ASCII have another.
	Fold bool
}

// Clause is a condition on a text: it contains one of the literals. A clause without literals is never met.
type Clause struct{ Any []Literal }
