package taint

import (
	"context"
	"strconv"
)

// AnalyzeAfter is Analyze with some of the budget spent: steps taken and kinds of calls known.
func AnalyzeAfter(steps, contexts int, rules []Rule, file *File) ([]Finding, error) {
	p := newProgram(context.Background(), rules, nil)
	p.steps = steps
	for i := range contexts {
		p.summaries[strconv.Itoa(i)] = &summary{}
	}
	p.run(file)
	return p.findings(file), p.problem()
}

// The bounds that tests come close to.
const (
	MaxSteps    = maxSteps
	MaxContexts = maxContexts
)
