package publish

import (
	"context"

	"github.com/google/go-github/v62/github"

	"github.com/assay-app/assay/checks"
)

// Run is one of our check runs as it stands on GitHub.
type Run struct {
	ID          int64
	Digest      string // of what it says; see [Publisher]
	Completed   bool
	Conclusion  string
	Annotations int // how many are written
}

// Memory spares GitHub from being asked what we wrote there ourselves. It is only ever a shortcut: whatever it cannot
// be sure of is looked up.
type Memory interface {
	// Runs are the newest of our check runs on a commit by name, none when nothing was written there yet. It is not
	// sure while a write was begun and not noted as done.
	Runs(ctx context.Context, head checks.CommitSHA) (runs map[string]Run, sure bool, err error)

	// Writing notes that a write on the commit begins, and Wrote what stands there after the last one.
	Writing(ctx context.Context, head checks.CommitSHA) error
	Wrote(ctx context.Context, head checks.CommitSHA, runs map[string]Run) error
}

// WithMemory makes the publisher ask m before it asks GitHub for check runs.
func (p *Publisher) WithMemory(m Memory) *Publisher {
	p.memory = m
	return p
}

// forgetful remembers nothing, so that GitHub is always asked.
type forgetful struct{}

func (forgetful) Runs(context.Context, checks.CommitSHA) (map[string]Run, bool, error) {
	return nil, false, nil
}
func (forgetful) Writing(context.Context, checks.CommitSHA) error               { return nil }
func (forgetful) Wrote(context.Context, checks.CommitSHA, map[string]Run) error { return nil }

// board is what stands on one commit, and is written to.
type board struct {
	p     *Publisher
	head  checks.CommitSHA
	runs  map[string]Run
	begun bool
}

// board looks up what stands on a commit.
func (p *Publisher) board(ctx context.Context, head checks.CommitSHA) (*board, error) {
	runs, sure, err := p.memory.Runs(ctx, head)
	if err != nil {
		return nil, err
	}
	b := &board{p: p, head: head, runs: runs}
	if sure {
		return b, nil
	}
	listed, err := p.listRuns(ctx, head)
	b.runs = listed
	return b, err
}

// begin notes that something is about to be written.
func (b *board) begin(ctx context.Context) error {
	if b.begun {
		return nil
	}
	b.begun = true
	return b.p.memory.Writing(ctx, b.head)
}

// done notes what stands there now. Without it, GitHub is asked the next time.
func (b *board) done(ctx context.Context) error {
	if !b.begun {
		return nil
	}
	return b.p.memory.Wrote(ctx, b.head, b.runs)
}

func runOf(r *github.CheckRun) Run {
	return Run{
		ID: r.GetID(), Digest: r.GetExternalID(), Completed: r.GetStatus() == completed,
		Conclusion: r.GetConclusion(), Annotations: r.GetOutput().GetAnnotationsCount(),
	}
}
