package taint

// Bounds. What exceeds one of the first group ends the analysis with ErrBound; what exceeds one of the second is
// followed less precisely, never less safely: two things are taken for one.
const (
	maxSteps     = 4_000_000 // nodes evaluated for a file, counting repetitions
	maxLoopTurns = 40        // until a loop must have settled
	maxContexts  = 20_000    // kinds of calls of all functions together

	maxCallDepth    = 24  // calls inside calls; deeper ones are unknown calls
	maxFuncContexts = 12  // kinds of calls of one function; more are unknown calls
	maxRecursion    = 20  // turns until functions that call each other must have settled
	maxRounds       = 4   // over all functions, for what they tell each other through globals and fields
	maxPath         = 3   // fields deep that an access path tells apart
	maxElems        = 16  // elements of a list and entries of a map that are told apart
	maxOrigins      = 3   // sources that one value is known to come from, for each label
	maxTraceSteps   = 24  // steps of a trace; the ones behind are left out
	maxWeight       = 160 // taints and parts of one value together
	maxRefs         = 4   // functions or classes that one value may be
	maxModules      = 64  // other files that are read
	maxOpens        = 600 // paths at which other files are looked for
)
