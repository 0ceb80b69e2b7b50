package artefact

// Budget bounds the work on one file, over all that lies in it. Steps and bytes are counted, so that the outcome depends
// on the file alone.
type Budget struct {
	Steps    int64 // of all readers together: opcodes, members, fields, tokens
	Inflated int64 // bytes that decompression may bring forth
	Members  int64 // of archives, over all levels
	Held     int64 // bytes that may be kept in memory at the same time
	MaxDepth int   // containers in containers
}

// The bounds of one file. Real models stay far below: a pickle of a large scikit-learn forest has some ten million
// opcodes, a torch archive some thousand members.
const (
	MaxSteps    = 100_000_000
	MaxInflated = 2 << 30
	MaxMembers  = 20_000
	MaxHeld     = 128 << 20
	MaxNesting  = 6
)

// NewBudget is the budget of one file.
func NewBudget() *Budget {
	return &Budget{Steps: MaxSteps, Inflated: MaxInflated, Members: MaxMembers, Held: MaxHeld, MaxDepth: MaxNesting}
}

// Step takes so many steps, and reports whether there were as many left.
func (b *Budget) Step(n int64) bool { return take(&b.Steps, n) }

// Inflate takes bytes that were decompressed.
func (b *Budget) Inflate(n int64) bool { return take(&b.Inflated, n) }

// Member takes one member of an archive.
func (b *Budget) Member() bool { return take(&b.Members, 1) }

// Hold takes bytes that are kept in memory; Release gives them back.
func (b *Budget) Hold(n int64) bool { return take(&b.Held, n) }

// Release gives bytes back that were held.
func (b *Budget) Release(n int64) { b.Held += n }

func take(left *int64, n int64) bool {
	if n < 0 || *left < n {
		*left = min(*left, 0)
		return false
	}
	*left -= n
	return true
}
