package pickle

// kind says what a value is, as far as that matters.
type kind uint8

const (
	opaque    kind = iota // a float, None, a buffer: nothing that can be called or named
	integer               // at is the number, as far as it fits
	text                  // a string or bytes: size bytes of the stream from at on
	literal               // a string whose content is no plain piece of the stream; at is its place in literals
	container             // a list, tuple, dictionary or set; at is its place in bundles
	global                // what a name resolves to; at is its place in globals
	result                // what a call gave back; at is its place in calls
	external              // what the program that loads the file supplies for a persistent id
)

// value is something on the stack or in the memo. It is small, since a pickle has millions.
type value struct {
	kind kind
	size int32 // of a text, cut at the largest
	at   int64
}

// bundle is a container with those of its values that could matter later.
type bundle struct {
	items []value
	tuple bool
}

// reference is a name that was resolved.
type reference struct {
	module, name string
	computed     bool  // the name is not in the stream but made when it is loaded
	offset       int64 // of the opcode
	how          usage
}

// usage is how a name is used, the gravest last.
type usage uint8

const (
	referred     usage = iota
	instantiated       // without its constructor: NEWOBJ
	called             // REDUCE, OBJ, INST
)

// call is one call that loading makes.
type call struct {
	callee value
	args   value
	offset int64
	how    usage
}

// Bounds of what one stream keeps. One that needs more is not read to the end.
const (
	maxStack      = 4 << 20
	maxMemo       = 4 << 20
	maxItems      = 64 // values kept of one container; what comes after is judged when it is named or called, all the same
	maxContainers = 4 << 20
	maxGlobals    = 100_000
	maxCalls      = 4 << 20
	maxLiterals   = 100_000
)
