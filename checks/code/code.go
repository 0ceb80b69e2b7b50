// Package code finds vulnerable code: above all the flows that only exist because of AI (a user's text in a system prompt, a
// model's answer in a shell), and the classic vulnerabilities that assistants write. Rules are Semgrep's language; see
// README.md for what is found, what is not, and how that was measured.
package code

import (
	"context"

	"github.com/assay-app/assay/checks"
	"github.com/assay-app/assay/rules"
)

// Check is the code check. It is safe for concurrent use.
type Check struct{ catalogue *catalogue }

// New makes the check. Rules are read when files for them come up.
func New() (*Check, error) {
	c, err := openCatalogue()
	if err != nil {
		return nil, err
	}
	return &Check{c}, nil
}

// Name implements [checks.Check].
func (*Check) Name() checks.Name { return checks.Code }

// Rules lists the pages of all rules of the check.
func (c *Check) Rules() ([]rules.Page, error) {
	all, err := newCatalogue(false)
	if err != nil {
		return nil, err
	}
	return all.pages(), nil
}

// Run looks at the changed files at the head and, where something is found, at the merge base.
func (c *Check) Run(ctx context.Context, change *checks.Change) (checks.Report, error) {
	r := newReview(c.catalogue, change)
	defer r.readAhead().Wait()
	if err := r.head(ctx); err != nil {
		return r.report, err
	}
	if err := r.mergeBase(ctx); err != nil {
		return r.report, err
	}
	return r.report, r.engine.err
}
