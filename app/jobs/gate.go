package jobs

import (
	"github.com/assay-app/assay/app/publish"
	"github.com/assay-app/assay/checks"
)

// The names under which verdicts are published on a commit. A check run belongs to a commit and not to a pull request,
// so a verdict on a change into a branch that nobody protects must not be called by the name that a ruleset requires:
// the same commit, opened into a lax branch, would buy a green gate.
const (
	gateName    = "Assay"
	ungatedName = "Assay (branch not gated)"
)

// gates are the verdicts on one commit, by the name under which they are published.
type gates map[string]*publish.Gate

// named gives the gate of that name, made when it is not there yet.
func (g gates) named(name, head string) *publish.Gate {
	if g[name] == nil {
		g[name] = &publish.Gate{Name: name, Head: checks.CommitSHA(head)}
	}
	return g[name]
}
