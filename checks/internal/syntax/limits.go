package syntax

import "math"

// Limits bound the work of one parse. Zero fields stand for the defaults.
type Limits struct {
	Bytes  int // of the source
	Nodes  int // of the tree
	Depth  int // of the tree, counted from the root's children
	Memory int // bytes that the parser may take
	Steps  int // one for each block the parser allocates, and more for large ones and for reading; about 0.3 µs
}

// The default limits. Source as people write it takes half a step for a byte, and the worst of 5,000 files, a table that
// the C# grammar does not understand, took 31.
const (
	MaxBytes  = 4 << 20
	MaxNodes  = 4 << 20
	MaxDepth  = 10_000
	MaxMemory = 512 << 20

	// Steps are at most MinSteps, and MaxStepsPerByte more for each byte of the source.
	MinSteps        = 4 << 20
	MaxStepsPerByte = 8
)

func (l Limits) orDefault(size int) Limits {
	for _, field := range []struct {
		value   *int
		unset   int
		highest int
	}{
		{&l.Bytes, MaxBytes, math.MaxInt32},
		{&l.Nodes, MaxNodes, math.MaxInt32},
		{&l.Depth, MaxDepth, math.MaxInt32},
		{&l.Memory, MaxMemory, math.MaxInt},
		{&l.Steps, MinSteps + MaxStepsPerByte*size, math.MaxInt},
	} {
		if *field.value <= 0 {
			*field.value = field.unset
		}
		*field.value = min(*field.value, field.highest)
	}
	return l
}
