// Package secret finds credentials: those of AI providers by rules of our own, and all others by those of gitleaks.
// README.md says what is found, what is not, and how that was measured.
package secret

import (
	"context"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/rules"
)

// Check is the secret check. It is safe for concurrent use.
type Check struct{ catalogue *catalogue }

// New loads the rules. It compiles no expression: that is left to the first text that needs it.
func New() (*Check, error) {
	c, err := newCatalogue()
	if err != nil {
		return nil, err
	}
	return &Check{c}, nil
}

// Name implements [checks.Check].
func (*Check) Name() checks.Name { return checks.Secret }

// Rules lists the pages of all rules of the check.
func (c *Check) Rules() []rules.Page { return c.catalogue.pages() }

// Run looks at the changed files at the head; where something is found, at the merge base; and at what the commits
// between them added and took out again.
func (c *Check) Run(ctx context.Context, change *checks.Change) (checks.Report, error) {
	r := newReview(c.catalogue, change)
	if err := r.head(ctx); err != nil {
		return r.report, err
	}
	if err := r.history(ctx); err != nil {
		return r.report, err
	}
	err := r.mergeBase(ctx)
	r.conclude()
	return r.report, err
}
