package bench

import (
	"fmt"
	"math/rand/v2"
)

// envelope is one webhook.
type envelope struct {
	event string
	guid  string
	body  []byte
}

const (
	// repeatEvery is which part of the deliveries comes a second time under its GUID.
	repeatEvery = 20
	// repeatAfter is how many others lie between the two.
	repeatAfter = 40
	// recent is how many of the newest pull requests get half of what people do.
	recent = 20
)

// mix makes n deliveries: what begins a review, evenly spread, and between them what people do on pull requests that
// began before. The same numbers give the same stream.
func mix(n int, firsts []envelope, others [][]envelope) []envelope {
	random := rand.New(rand.NewPCG(1, 2))
	var stream []envelope
	begun := 0
	for i := range n {
		switch {
		case begun < len(firsts) && i*len(firsts) >= begun*n:
			stream = append(stream, firsts[begun])
			begun++
		case i%repeatEvery == 0 && len(stream) > repeatAfter:
			stream = append(stream, stream[len(stream)-repeatAfter])
		default:
			at := random.IntN(begun)
			if random.IntN(2) == 0 {
				at = begun - 1 - random.IntN(min(begun, recent))
			}
			e := others[at][random.IntN(len(others[at]))]
			e.guid = fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
			stream = append(stream, e)
		}
	}
	return stream
}

// distinct counts the GUIDs of a stream.
func distinct(stream []envelope) int {
	seen := map[string]bool{}
	for _, e := range stream {
		seen[e.guid] = true
	}
	return len(seen)
}
