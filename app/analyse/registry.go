package analyse

import (
	"slices"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/checks/agent"
	"github.com/assay-app/assay/checks/code"
	"github.com/assay-app/assay/checks/dependency"
	"github.com/assay-app/assay/checks/secret"
)

// registered is a check and how to make one. Making it may compile rules, which only the child should pay for.
type registered struct {
	name checks.Name
	make func() (checks.Check, error)
}

// registry lists every check, in the order in which they run and report. Adding one is adding a line.
func registry() []registered {
	return slices.Concat([]registered{
		{checks.Secret, func() (checks.Check, error) { return secret.New() }},
		{checks.Agent, func() (checks.Check, error) { return agent.New() }},
		{checks.Dependency, func() (checks.Check, error) { return dependency.New() }},
		{checks.Code, func() (checks.Check, error) { return code.New() }},
	}, testOnly())
}

// Names lists the checks that can be run, in order.
func Names() []checks.Name {
	var names []checks.Name
	for _, r := range registry() {
		names = append(names, r.name)
	}
	return names
}
