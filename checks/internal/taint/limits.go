package taint

// What exceeds one of these bounds ends the analysis with ErrBound.
const (
	maxSteps     = 4_000_000 // nodes evaluated for a file, counting repetitions
	maxLoopTurns = 40        // until a loop must have settled
	maxContexts  = 20_000    // kinds of calls of all functions together
	maxRecursion = 20        // turns until functions that call each other must have settled
	maxRounds    = 8         // over all functions, until what they tell each other through globals and fields must have settled
)

// A call that exceeds one of these bounds is not followed. The rules that could have found something in what was called
// are said in a MissedError.
const (
	maxCallDepth    = 24 // calls inside calls
	maxFuncContexts = 12 // kinds of calls of one function that are told apart by all that goes in
	maxFlatContexts = 24 // and those of one that are told apart only by which parameters are tainted
	maxRefs         = 8  // functions or classes that one value may be, and one
)

// What exceeds one of these bounds is followed less precisely, never less safely: two things are taken for one.
const (
	maxPath         = 3   // fields deep that an access path tells apart
	maxElems        = 16  // elements of a list and entries of a map that are told apart
	maxOrigins      = 3   // sources that one value is known to come from, for each label
	maxPreciseTurns = 12  // of a loop, before the parts of values are taken for one so that it settles
	maxTraceSteps   = 24  // steps of a trace; the ones behind are left out
	maxWeight       = 160 // taints and parts of one value together
)

// What exceeds one of these bounds is not looked at; checks/code/README.md says so.
const (
	maxModules = 64  // other files that are read
	maxOpens   = 600 // paths at which other files are looked for
)
