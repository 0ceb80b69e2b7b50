//go:build linux

// Package hostile holds checks that attack the process they run in, as a file could that found a flaw in a parser.
// They are linked only with the build tag assay_hostile; tests build the real program with it and watch what happens.
package hostile

import (
	"context"

	"github.com/assay-app/assay/checks"
)

// check is an attack with a name.
type check struct {
	name   checks.Name
	attack func(ctx context.Context, c *checks.Change) (checks.Report, error)
}

func (h check) Name() checks.Name { return h.name }

func (h check) Run(ctx context.Context, c *checks.Change) (checks.Report, error) {
	return h.attack(ctx, c)
}

// Checks lists all attacks.
func Checks() []checks.Check {
	var list []checks.Check
	for _, h := range []check{
		{"hostile-attempts", attemptAll},
		{"hostile-foreign-abi", foreignABI},
		{"hostile-thread-attempts", attemptOnNewThreads},
		{"hostile-descriptors", writeToDescriptors},

		{"hostile-segfault", act(segfault)},
		{"hostile-abort", act(abort)},
		{"hostile-panic", act(panicHere)},
		{"hostile-panic-elsewhere", act(panicElsewhere)},
		{"hostile-exit", act(exitQuietly)},
		{"hostile-stack", act(overflowStack)},
		{"hostile-spin", act(spin)},
		{"hostile-sleep", act(sleep)},
		{"hostile-spin-in-c", act(spinInC)},
		{"hostile-memory", act(eatMemory)},
		{"hostile-memory-in-c", act(eatMemoryInC)},
		{"hostile-threads", act(eatThreads)},
		{"hostile-busy", beBusy},

		{"hostile-many-findings", manyFindings},
	} {
		list = append(list, h)
	}
	for _, s := range speeches() {
		list = append(list, s)
	}
	return append(list, check{"hostile-reader", readAll}) // last, to show that it still runs
}

// act makes an attack of a deed that needs no change and has no report.
func act(deed func()) func(context.Context, *checks.Change) (checks.Report, error) {
	return func(context.Context, *checks.Change) (checks.Report, error) {
		deed()
		return checks.Report{}, nil
	}
}

// evidence reports what came of one attempt.
func evidence(attempt, result string) checks.Evidence {
	return checks.Evidence{Tier: checks.Artefact, Agent: "hostile", Kind: attempt, Quote: result}
}
